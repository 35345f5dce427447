"""A business that is paid out through Express: made with what is known, through Stripe's own form, by links alone."""

import logging
import re
import time
import uuid
from datetime import timedelta

import httpx
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import links
from accounts.models import ConnectedAccount
from desk.models import AuditEntry
from stripe_gateway import operations
from stripe_gateway.models import StripeOperation
from tests.accounts.test_business_home import everything_kept
from tests.accounts.test_onboarding import sweep_until_settled
from tests.factories.accounts import ConnectedAccountFactory

pytestmark = pytest.mark.django_db(transaction=True)
Status = ConnectedAccount.Status
EXPRESS = {"kind": "express", "url": "https://northwind.test", "mcc": "4215"}


@pytest.fixture
def business(local_stripe, invite):
    answer = invite(**EXPRESS)
    assert answer.status_code == 302, answer.content.decode()
    return ConnectedAccount.objects.get()


@pytest.fixture
def owner(business, as_owner):
    return as_owner(business)


def url(name, account):
    return reverse(f"accounts:{name}", args=[account.ref])


def home(client):
    return client.get(url("business-home", client.account)).content.decode()


class TestInvitation:
    def test_it_is_made_with_what_is_known_and_found_by_its_metadata(self, business, local_stripe):
        assert (business.kind, business.status, business.currency) == ("express", Status.ONBOARDING, "usd")
        [at_stripe] = local_stripe.list("account")
        assert at_stripe["id"] == business.stripe_id
        assert at_stripe["metadata"] == {"operation": str(business.operation_id)}
        params = business.operation.params
        assert (params["type"], params["country"], params["business_type"]) == ("express", "US", "company")
        assert params["business_profile"] == {
            "name": "Northwind Couriers",
            "url": "https://northwind.test",
            "mcc": "4215",
        }
        assert params["capabilities"] == {"transfers": {"requested": True}}

    def test_countries_that_need_it_get_card_payments_beside(self, local_stripe, invite, settings):
        settings.EXPRESS_WITH_CARD_PAYMENTS = ["GB"]
        invite(**EXPRESS, country="GB")
        account = ConnectedAccount.objects.get()
        assert sorted(account.operation.params["capabilities"]) == ["card_payments", "transfers"]
        assert account.status == Status.ONBOARDING

    def test_the_mail_speaks_of_payouts(self, business):
        [message] = mail.outbox
        assert "set up payouts" in message.subject
        assert "can be paid out" in message.body
        assert "cards" not in message.body

    def test_a_double_click_invites_once(self, local_stripe, invite):
        form_id = str(uuid.uuid4())
        first, second = (invite(**EXPRESS, operation=form_id) for _click in range(2))
        assert first.url == second.url
        assert len(local_stripe.list("account")) == len(mail.outbox) == 1
        assert invite(**EXPRESS | {"mcc": "5812"}, operation=form_id).status_code == 422

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after", "503", "409"])
    def test_a_lost_answer_ends_in_one_account(self, local_stripe, invite, fault):
        local_stripe.fault(fault, path="/v1/accounts", method="POST")
        invite(**EXPRESS)
        sweep_until_settled(ConnectedAccount.objects.get().operation_id)
        account = ConnectedAccount.objects.get()
        assert [row["id"] for row in local_stripe.list("account")] == [account.stripe_id]
        assert account.status == Status.ONBOARDING
        assert len(mail.outbox) == 1

    def test_one_that_was_made_is_found_by_reading_alone(self, local_stripe, invite):
        local_stripe.fault("drop_after", path="/v1/accounts", method="POST")
        invite(**EXPRESS)
        StripeOperation.objects.update(next_try_at=timezone.now())
        operation = operations.resolve(ConnectedAccount.objects.get().operation_id)
        assert operation.state == StripeOperation.State.ACCEPTED
        assert ConnectedAccount.objects.get().stripe_id == local_stripe.list("account")[0]["id"]

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"url": "not an address"}, "not an address of a website"),
            ({"mcc": "12"}, "has four digits"),
            ({"country": "ZZ"}, "Select a valid choice"),
            ({"kind": "nonsense"}, "Select a valid choice"),
        ],
    )
    def test_a_bad_form_says_what_is_wrong(self, local_stripe, invite, changes, sentence):
        answer = invite(**EXPRESS | changes)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert local_stripe.list("account") == []

    def test_a_refused_one_is_tried_again_with_the_same_words(self, local_stripe, invite, as_staff):
        local_stripe.fault("400", path="/v1/accounts", method="POST")
        invite(**EXPRESS)
        account = ConnectedAccount.objects.get()
        assert account.status == Status.FAILED
        form = as_staff("operator").get(reverse("accounts:invite"), {"from": account.ref}).content.decode()
        assert 'name="kind" value="express"' in form
        assert 'value="Northwind Couriers"' in form


class TestForm:
    def test_the_link_is_opened_for_the_owner_alone_and_kept_nowhere(self, owner, as_staff, local_stripe, caplog):
        caplog.set_level(logging.DEBUG)
        link = owner.post(url("onboard", owner.account)).url
        secret = link.rstrip("/").rpartition("/")[2]
        assert not [row for row in everything_kept() if secret in row]
        assert secret not in caplog.text
        assert as_staff("admin").post(url("onboard", owner.account)).status_code == 403
        [call] = [call for call in local_stripe.requests() if call["path"] == "/v1/account_links"]
        assert call["params"]["type"] == "account_onboarding"

    @pytest.mark.parametrize("landing", ["used", "expired"])
    def test_a_link_that_lets_nobody_in_leads_to_a_new_one(self, owner, local_stripe, landing):
        link = owner.post(url("onboard", owner.account)).url
        if landing == "expired":
            local_stripe.advance(3600)
        else:
            httpx.get(link, follow_redirects=True)
        landed = httpx.get(link)
        assert landed.status_code in (302, 303)
        refresh = landed.headers["Location"].removeprefix("http://localhost:8000")
        assert refresh == url("onboarding-refresh", owner.account)
        again = owner.get(refresh)
        assert again.status_code == 303
        assert httpx.get(again.url, follow_redirects=False).status_code in (200, 303)
        opened = [call for call in local_stripe.requests() if call["path"] == "/v1/account_links"]
        assert [call["params"] for call in opened] == [opened[0]["params"]] * 2

    def test_nobody_goes_round_in_a_circle(self, owner):
        for _time in range(3):
            assert owner.get(url("onboarding-refresh", owner.account)).status_code == 303
        stopped = owner.get(url("onboarding-refresh", owner.account), follow=True)
        assert stopped.redirect_chain == [(url("business-home", owner.account), 302)]
        assert "sent you back several times" in stopped.content.decode()

    def test_a_rejected_account_gets_a_sentence_and_no_circle(self, owner, local_stripe):
        httpx.post(
            f"{local_stripe.base}/v1/accounts/{owner.account.stripe_id}/reject",
            headers={"Authorization": "Bearer sk_test_portal"},
            data={"reason": "other"},
        )
        page = owner.get(url("onboarding-refresh", owner.account), follow=True)
        assert page.redirect_chain == [(url("business-home", owner.account), 302)]
        assert "You cannot be paid out with this account" in page.content.decode()
        again = owner.get(url("onboarding-refresh", owner.account), follow=True)
        assert len(again.redirect_chain) == 1

    def test_an_account_that_is_gone_gets_a_sentence_and_no_circle(self, owner, local_stripe):
        httpx.delete(
            f"{local_stripe.base}/v1/accounts/{owner.account.stripe_id}",
            headers={"Authorization": "Bearer sk_test_portal"},
        )
        page = owner.get(url("onboarding-refresh", owner.account), follow=True)
        assert page.redirect_chain == [(url("business-home", owner.account), 302)]
        text = page.content.decode()
        assert "has ended" in text or "is closed" in text


class TestComingBack:
    def test_before_the_first_visit_it_says_start(self, owner):
        page = home(owner)
        assert "Set up your payouts" in page
        assert "Start" in page

    def test_whoever_stops_before_the_end_is_asked_to_go_on(self, owner):
        owner.post(url("onboard", owner.account))
        back = owner.get(url("onboarding-return", owner.account), follow=True)
        page = back.content.decode()
        assert "You stopped before the end" in page
        assert "Continue where you left off" in page
        owner.account.refresh_from_db()
        assert (owner.account.details_submitted, owner.account.payouts_enabled) == (False, False)

    def test_three_facts_stand_apart(self, as_owner, as_staff):
        account = ConnectedAccountFactory(
            kind="express", program="", details_submitted=True, charges_enabled=False, payouts_enabled=True
        )
        for page in (home(as_owner(account)), as_staff("viewer").get(url("detail", account)).content.decode()):
            facts = re.findall(r"<dt>(Details submitted|Can take payments|Is paid out)</dt>.*?(Yes|No)</span>", page)
            assert facts == [("Details submitted", "Yes"), ("Can take payments", "No"), ("Is paid out", "Yes")]

    def test_submitted_is_not_enabled(self, as_owner):
        account = ConnectedAccountFactory(
            kind="express", program="", status=Status.IN_REVIEW, details_submitted=True, payouts_enabled=False
        )
        page = home(as_owner(account))
        assert "Stripe is checking your details" in page
        assert "Your payouts are on" not in page

    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("kind", ["express", "oauth"])
    def test_every_status_has_a_page(self, as_owner, as_staff, status, kind):
        account = ConnectedAccountFactory(kind=kind, program="", status=status)
        client = as_owner(account)
        assert client.get(url("business-home", account)).status_code == 200
        assert client.get(url("home-status", account), headers={"HX-Request": "true"}).status_code == 200
        assert as_staff("viewer").get(url("detail", account)).status_code == 200


class TestDashboard:
    @pytest.fixture
    def ready(self, owner, local_stripe):
        local_stripe.activate(owner.account.stripe_id)
        owner.get(url("onboarding-return", owner.account))
        owner.account.refresh_from_db()
        assert owner.account.details_submitted
        return owner

    def test_it_opens_by_a_link_made_on_the_click_and_kept_nowhere(self, ready, local_stripe, caplog):
        caplog.set_level(logging.DEBUG)
        assert "Open the Express dashboard" in home(ready)
        answer = ready.post(url("express-dashboard", ready.account))
        assert answer.status_code == 303
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        secret = answer.url.rstrip("/").rpartition("/")[2]
        assert not [row for row in everything_kept() if secret in row]
        assert secret not in caplog.text
        assert httpx.get(answer.url).status_code == 200
        assert AuditEntry.objects.get(verb="dashboard.opened").actor == ready.user

    def test_two_clicks_are_two_links(self, ready):
        first, second = (ready.post(url("express-dashboard", ready.account)).url for _click in range(2))
        assert first != second

    def test_staff_and_finance_cannot_open_it(self, ready, as_staff, as_owner):
        assert as_staff("admin").post(url("express-dashboard", ready.account)).status_code == 403
        assert as_owner(ready.account, role="finance").post(url("express-dashboard", ready.account)).status_code == 403

    def test_before_the_form_was_filled_in_there_is_none(self, owner, local_stripe):
        answer = owner.post(url("express-dashboard", owner.account), follow=True)
        assert "once you have been through Stripe’s form" in answer.content.decode()
        assert not [call for call in local_stripe.requests() if "login_links" in call["path"]]

    def test_when_stripe_gives_none_the_page_says_so(self, ready, local_stripe):
        local_stripe.fault("503", path="/v1/accounts/*/login_links")
        answer = ready.post(url("express-dashboard", ready.account), follow=True)
        assert "could not be opened just now" in answer.content.decode()


def test_the_use_of_a_link_follows_from_how_far_the_business_is():
    assert links.fitting(ConnectedAccount(kind="express")) is links.ONBOARD
    assert links.fitting(ConnectedAccount(kind="express", details_submitted=True)) is links.SUPPLY
    assert links.fitting(ConnectedAccount(activated_at=timezone.now())) is links.SUPPLY


def test_sent_back_again_and_again_counts_for_two_minutes(as_owner, local_stripe, settings):
    account = ConnectedAccountFactory(kind="express", program="", status=Status.REJECTED)
    client = as_owner(account)
    session = client.session
    session["onboarding_refreshes"] = [time.time() - timedelta(minutes=3).total_seconds()] * 5
    session.save()
    answer = client.get(url("onboarding-refresh", account), follow=True)
    assert "sent you back several times" not in answer.content.decode()
