"""The way of a business to Stripe's form and back, and what its page says meanwhile."""

import logging
import re
import urllib.request

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts import connected_accounts
from accounts.models import ConnectedAccount
from desk.models import AuditEntry
from tests.factories.accounts import ConnectedAccountFactory, RequirementFactory

pytestmark = pytest.mark.django_db(transaction=True)
Status = ConnectedAccount.Status


def url(name, account):
    return reverse(f"accounts:{name}", args=[account.ref])


@pytest.fixture
def owner(invited, as_owner):
    client = as_owner(invited)
    client.raise_request_exception = True
    return client


def everything_kept():
    """Every value of every row of every table, as text."""
    for model in apps.get_models():
        for row in model.objects.values_list():
            yield str(row)


class TestLink:
    def test_the_owner_is_sent_to_stripes_form_at_once(self, owner, local_stripe):
        answer = owner.post(url("onboard", owner.account))
        assert answer.status_code == 303
        assert answer.url.startswith(local_stripe.base + "/")
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert urllib.request.urlopen(answer.url, timeout=10).status == 200

    def test_the_link_comes_back_to_us(self, owner, local_stripe):
        owner.post(url("onboard", owner.account))
        [call] = [call for call in local_stripe.requests() if call["path"] == "/v1/account_links"]
        params = str(call)
        assert f"http://localhost:8000{url('onboarding-return', owner.account)}" in params
        assert f"http://localhost:8000{url('onboarding-refresh', owner.account)}" in params

    def test_the_link_is_neither_stored_nor_logged(self, owner, caplog):
        caplog.set_level(logging.DEBUG)
        link = owner.post(url("onboard", owner.account)).url
        secret = link.rstrip("/").rpartition("/")[2]
        assert len(secret) > 8
        assert not [row for row in everything_kept() if secret in row]
        assert secret not in caplog.text
        assert secret not in owner.get(url("business-home", owner.account)).content.decode()
        act = AuditEntry.objects.get(verb="onboarding.opened")
        assert (act.actor, act.details) == (owner.user, {})

    def test_a_new_link_is_made_every_time(self, owner):
        links = {owner.post(url("onboard", owner.account)).url for _time in range(2)}
        links.add(owner.get(url("onboarding-refresh", owner.account)).url)
        assert len(links) == 3

    def test_staff_cannot_open_it(self, invited, as_staff, local_stripe):
        client = as_staff("admin")
        assert client.post(url("onboard", invited)).status_code == 403
        assert client.get(url("onboarding-refresh", invited)).status_code == 403
        assert not [call for call in local_stripe.requests() if "account_links" in call["path"]]

    def test_nobody_is_sent_where_the_settings_do_not_say(self, owner, settings):
        settings.STRIPE_ONBOARDING_ORIGINS = ["https://connect.stripe.com"]
        answer = owner.post(url("onboard", owner.account), follow=True)
        assert answer.redirect_chain == [(url("business-home", owner.account), 302)]
        assert "could not be opened just now" in answer.content.decode()

    @pytest.mark.parametrize("fault", ["503", "drop_after", "400", "429", "403", "refuse"])
    def test_when_stripe_gives_no_link_the_page_says_so(self, owner, local_stripe, fault):
        local_stripe.fault(fault, path="/v1/account_links")
        answer = owner.post(url("onboard", owner.account), follow=True)
        assert "could not be opened just now" in answer.content.decode()

    def test_the_browser_may_follow_the_button_to_stripe_and_nowhere_else(self, owner, local_stripe):
        policy = owner.get(url("business-home", owner.account))["Content-Security-Policy"]
        assert re.search(r"form-action ([^;]+)", policy)[1].split() == ["'self'", local_stripe.base]
        other = owner.get(reverse("accounts:switch"))["Content-Security-Policy"]
        assert re.search(r"form-action ([^;]+)", other)[1].split() == ["'self'"]

    def test_who_signs_in_again_in_between_lands_on_the_home_page(self, owner):
        assert owner.get(url("onboard", owner.account)).url == url("business-home", owner.account)

    def test_before_the_account_exists_there_is_nothing_to_open(self, as_owner):
        account = ConnectedAccountFactory(stripe_id=None, status=Status.CREATING)
        answer = as_owner(account).post(url("onboard", account), follow=True)
        assert "still being prepared" in answer.content.decode()


class TestReturn:
    def test_coming_back_reads_the_account_again(self, owner, local_stripe):
        local_stripe.activate(owner.account.stripe_id)
        answer = owner.get(url("onboarding-return", owner.account))
        assert answer.url == url("business-home", owner.account)
        owner.account.refresh_from_db()
        assert owner.account.status == Status.ACTIVE

    def test_coming_back_without_having_filled_in_anything_proves_nothing(self, owner):
        page = owner.get(url("onboarding-return", owner.account), follow=True).content.decode()
        assert "Registered business name" in page

    def test_when_stripe_cannot_be_asked_the_page_still_comes(self, owner, local_stripe):
        local_stripe.fault("503", path="/v2/core/accounts/*")
        page = owner.get(url("onboarding-return", owner.account), follow=True)
        assert page.status_code == 200
        assert "could not be asked just now" in page.content.decode()


class TestPage:
    def test_it_starts_and_then_continues(self, owner):
        page = owner.get(url("business-home", owner.account)).content.decode()
        assert "Fill it in here, step by step" in page
        assert "Use Stripe’s form instead" in page
        owner.post(url("onboard", owner.account))
        assert "Continue in Stripe’s form" in owner.get(url("business-home", owner.account)).content.decode()

    def test_no_path_or_code_of_stripes_is_shown(self, owner):
        page = owner.get(url("business-home", owner.account)).content.decode()
        shown = re.sub(r"<[^>]+>", " ", page)
        assert not re.findall(r"\b[a-z_]+\.[a-z_]+\.[a-z_]+\b", shown.replace(owner.user.email, ""))
        assert "requirements_past_due" not in shown

    def test_while_stripe_checks_it_says_so_and_asks_again_by_itself(self, as_owner):
        account = ConnectedAccountFactory(status=Status.IN_REVIEW)
        client = as_owner(account)
        page = client.get(url("business-home", account)).content.decode()
        assert "Stripe is checking your details" in page
        assert f'hx-get="{url("home-status", account)}"' in page

        connected_accounts.apply(
            account,
            {"configuration": {"card_creator": {"capabilities": {"x": {"status": "active"}}}}},
            read_started_at=timezone.now(),
        )
        part = client.get(url("home-status", account), headers={"HX-Request": "true"})
        assert part["HX-Refresh"] == "true"

    @pytest.mark.parametrize("status", Status)
    def test_every_status_has_a_page(self, as_owner, status):
        account = ConnectedAccountFactory(status=status)
        RequirementFactory(account=account, deadline_status="past_due")
        client = as_owner(account)
        assert client.get(url("business-home", account)).status_code == 200

    def test_an_instruction_stands_with_what_was_wrong(self, as_owner):
        account = ConnectedAccountFactory(active=True, status=Status.PAST_DUE)
        error = {"code": "verification_document_expired", "description": "raw words of Stripe"}
        RequirementFactory(account=account, description="p.documents.passport", errors=[error])
        page = as_owner(account).get(url("business-home", account)).content.decode()
        assert "Send one that is still valid." in page
        assert "raw words of Stripe" not in page

    def test_a_name_is_text(self, as_owner):
        account = ConnectedAccountFactory(name="<script>alert(1)</script>")
        assert "<script>alert(1)" not in as_owner(account).get(url("business-home", account)).content.decode()


class TestLowBalanceLine:
    @pytest.mark.parametrize(("typed", "kept"), [("2500.00", 250_000), ("0.01", 1), ("", None)])
    def test_an_owner_sets_it(self, as_owner, typed, kept):
        account = ConnectedAccountFactory(active=True, low_balance_line=5)
        client = as_owner(account)
        client.post(url("low-balance-line", account), {"line": typed})
        account.refresh_from_db()
        assert account.low_balance_line == kept
        act = AuditEntry.objects.get(verb="account.low_balance_line_changed")
        assert (act.actor, act.details) == (client.user, {"from": 5, "to": kept})

    @pytest.mark.parametrize("typed", ["-1", "ten", "1.005", "9" * 30, "1\x00"])
    def test_what_is_no_amount_gets_a_sentence(self, as_owner, typed):
        account = ConnectedAccountFactory(active=True)
        answer = as_owner(account).post(url("low-balance-line", account), {"line": typed})
        assert answer.status_code == 422
        assert 'class="err"' in answer.content.decode()
        account.refresh_from_db()
        assert account.low_balance_line is None

    def test_staff_give_a_reason(self, as_staff):
        account, client = ConnectedAccountFactory(active=True), as_staff("operator")
        answer = client.post(url("low-balance-line", account), {"line": "10.00"})
        assert answer.status_code == 422
        assert "Say why you are doing this" in answer.content.decode()
        client.post(url("low-balance-line", account), {"line": "10.00", "reason": "Asked by phone"})
        account.refresh_from_db()
        assert account.low_balance_line == 1000
        assert AuditEntry.objects.get(verb="account.low_balance_line_changed").reason == "Asked by phone"
