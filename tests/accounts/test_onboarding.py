"""A business is invited exactly once, whatever breaks on the way to Stripe."""

import uuid
from datetime import timedelta

import httpx
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import ConnectedAccount, Invitation
from desk.models import AuditEntry
from stripe_gateway import operations
from stripe_gateway.models import StripeOperation
from tests.accounts.conftest import FORM

pytestmark = pytest.mark.django_db(transaction=True)
Status = ConnectedAccount.Status

# Whether it happened or not, the answer is missing: the operation stays in doubt until somebody asks again.
IN_DOUBT = ["drop_before", "drop_after", "truncate", "500_before", "500_after", "503", "409", "429", "429_lock"]


def accounts_at(local_stripe):
    return local_stripe.list("account")


def sweep_until_settled(operation_id):
    """Let the sweeper come by as often as it needs, each time after the wait it asked for."""
    now = timezone.now()
    for _round in range(12):
        now += timedelta(minutes=10)
        operations.sweep(now=now)
        operation = StripeOperation.objects.get(pk=operation_id)
        if operation.state in StripeOperation.FINAL:
            return operation
    pytest.fail(f"still {operation.state}: {operation.history}")


def test_an_invited_business_has_an_account_that_may_have_cards(local_stripe, invite):
    answer = invite()

    account = ConnectedAccount.objects.get()
    assert answer.url == reverse("accounts:detail", args=[account.stripe_id])
    assert (account.status, account.currency) == (Status.ONBOARDING, "usd")
    found = {(row.configuration, row.name) for row in account.capabilities.all()}
    assert ("card_creator", "commercial.celtic.spend_card") in found
    assert ("recipient", "stripe_balance.stripe_transfers") in found
    [at_stripe] = accounts_at(local_stripe)
    assert at_stripe["id"] == account.stripe_id
    assert at_stripe["metadata"] == {"operation": str(account.operation.pk)}


def test_what_stripe_is_asked_for_is_an_account_without_a_dashboard(invited):
    params = invited.operation.params
    assert params["dashboard"] == "none"
    assert params["defaults"]["responsibilities"] == {
        "fees_collector": "application",
        "losses_collector": "application",
    }
    assert params["configuration"]["card_creator"]["capabilities"] == {
        "commercial": {"celtic": {"spend_card": {"requested": True}}}
    }


def test_the_invitation_goes_out_once_the_account_exists(invited):
    [message] = mail.outbox
    assert message.to == ["maya@northwind.test"]
    invitation = invited.invitations.get()
    assert invitation.sent_at
    assert invitation.next_send_at is None
    verbs = set(AuditEntry.objects.filter(stream=invited.audit_stream).values_list("verb", flat=True))
    assert {"account.invited", "account.created", "invitation.sent"} <= verbs


def test_a_double_click_invites_once(local_stripe, invite):
    form_id = str(uuid.uuid4())
    first, second = invite(operation=form_id), invite(operation=form_id)

    assert first.url == second.url
    assert ConnectedAccount.objects.count() == 1
    assert len(accounts_at(local_stripe)) == 1
    assert len(mail.outbox) == 1


def test_the_same_form_with_other_terms_is_turned_away(local_stripe, invite):
    form_id = str(uuid.uuid4())
    invite(operation=form_id)
    answer = invite(operation=form_id, name="Somebody Else")

    assert answer.status_code == 422
    assert "already sent with other details" in answer.content.decode()
    assert len(accounts_at(local_stripe)) == 1


@pytest.mark.parametrize("fault", IN_DOUBT)
def test_a_lost_answer_ends_in_one_account(local_stripe, invite, fault):
    local_stripe.fault(fault, path="/v2/core/accounts", method="POST")
    invite()
    account = ConnectedAccount.objects.get()
    assert account.status in (Status.CREATING, Status.ONBOARDING)

    sweep_until_settled(account.operation_id)

    account.refresh_from_db()
    [at_stripe] = accounts_at(local_stripe)
    assert (account.stripe_id, account.status) == (at_stripe["id"], Status.ONBOARDING)
    assert Invitation.objects.get().sent_at
    assert len(mail.outbox) == 1


def test_while_in_doubt_the_page_says_so_and_no_mail_goes_out(local_stripe, invite, as_staff):
    local_stripe.fault("drop_after", path="/v2/core/accounts", method="POST")
    answer = invite()
    assert mail.outbox == []
    page = as_staff("viewer").get(answer.url).content.decode()
    assert "The account is being created" in page


@pytest.mark.parametrize("fault", ["400", "402"])
def test_a_refusal_is_final_and_comes_back_as_a_sentence(local_stripe, invite, as_staff, fault):
    local_stripe.fault(fault, path="/v2/core/accounts", method="POST")
    answer = invite()

    account = ConnectedAccount.objects.get()
    assert account.status == Status.FAILED
    assert account.invitations.get().withdrawn_at
    assert mail.outbox == []
    client = as_staff("operator")
    page = client.get(answer.url).content.decode()
    assert "Stripe did not make this account" in page
    assert "Try again" in page
    form = client.get(reverse("accounts:invite"), {"from": account.ref}).content.decode()
    assert 'value="Northwind Couriers"' in form
    assert str(account.operation_id) not in form


def test_the_country_decides_the_currency(local_stripe, invite):
    invite(country="GB", program="commercial.stripe.charge_card")
    assert ConnectedAccount.objects.get().currency == "gbp"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"country": "GB"}, "Spend card (Celtic Bank) is not offered in United Kingdom."),
        ({"contact_email": "not an address"}, "This is not an e-mail address."),
        ({"contact_email": "operator@desk.test"}, "This address belongs to a member of your own staff."),
        ({"name": ""}, "This is needed."),
        ({"name": "N\x00"}, "Null characters are not allowed."),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"country": "ZZ"}, "Select a valid choice"),
        ({"operation": "nonsense"}, "This page was out of date."),
    ],
)
def test_a_bad_form_says_what_is_wrong_and_asks_stripe_nothing(local_stripe, invite, changes, sentence):
    answer = invite(**changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode().replace("&#x27;", "'")
    assert not StripeOperation.objects.exists()
    assert accounts_at(local_stripe) == []


def test_a_program_may_be_limited_to_legal_forms(local_stripe, invite, settings):
    settings.CARD_PROGRAMS = [settings.CARD_PROGRAMS[0] | {"entity_types": ["company"]}]
    answer = invite(entity_type="individual")
    assert answer.status_code == 422
    assert "is not offered to this legal form" in answer.content.decode()


def test_viewers_cannot_invite(local_stripe, as_staff):
    client = as_staff("viewer")
    assert client.get(reverse("accounts:invite")).status_code == 403
    assert client.post(reverse("accounts:invite"), FORM | {"operation": str(uuid.uuid4())}).status_code == 403
    assert not ConnectedAccount.objects.exists()


def test_an_account_found_at_stripe_settles_an_operation_whose_key_is_too_old(local_stripe, invite):
    local_stripe.fault("drop_after", path="/v2/core/accounts", method="POST")
    invite()
    account = ConnectedAccount.objects.get()
    StripeOperation.objects.update(next_try_at=timezone.now())

    operation = operations.resolve(account.operation_id)

    assert operation.state == StripeOperation.State.ACCEPTED
    account.refresh_from_db()
    assert account.stripe_id == accounts_at(local_stripe)[0]["id"]


def test_not_finding_an_account_proves_nothing(local_stripe, invite):
    local_stripe.fault("drop_before", path="/v2/core/accounts", method="POST")
    invite()
    account = ConnectedAccount.objects.get()

    operation = operations.resolve(account.operation_id)

    assert operation.state not in StripeOperation.FINAL
    account.refresh_from_db()
    assert account.status == Status.CREATING


class TestLinks:
    """Which page of Stripe's a link opens, and with what; where it leads back to carries the same."""

    @pytest.fixture
    def owner(self, invited, as_owner):
        return as_owner(invited)

    def opened(self, local_stripe, path="/v1/account_links"):
        return [call["params"] for call in local_stripe.requests() if call["path"] == path]

    def test_a_newcomer_is_asked_for_everything_at_once(self, owner, local_stripe):
        owner.post(reverse("accounts:onboard", args=[owner.account.ref]))
        [params] = self.opened(local_stripe)
        assert params["type"] == "account_onboarding"
        assert params["collection_options"] == {"fields": "eventually_due", "future_requirements": "include"}

    def test_the_platform_may_choose_to_ask_for_less_at_first(self, owner, local_stripe, settings):
        settings.ONBOARDING_COLLECTS = "currently_due"
        owner.post(reverse("accounts:onboard", args=[owner.account.ref]))
        assert self.opened(local_stripe)[0]["collection_options"]["fields"] == "currently_due"

    @pytest.mark.parametrize("api", ["v1", "v2"])
    @pytest.mark.parametrize(
        ("button", "type", "fields"),
        [("onboard", "account_onboarding", "currently_due"), ("onboard-update", "account_update", "eventually_due")],
    )
    def test_a_used_link_is_made_anew_with_the_same_parameters(
        self, owner, local_stripe, settings, api, button, type, fields
    ):
        settings.ACCOUNT_LINKS_API = api
        local_stripe.activate(owner.account.stripe_id)
        owner.get(reverse("accounts:onboarding-return", args=[owner.account.ref]))
        link = owner.post(reverse(f"accounts:{button}", args=[owner.account.ref]))
        assert link.status_code == 303
        httpx.get(link.url)
        landed = httpx.get(link.url).headers["Location"].removeprefix("http://localhost:8000")
        assert owner.get(landed).status_code == 303
        first, second = self.opened(local_stripe, f"/{api}/account_links" if api == "v1" else "/v2/core/account_links")
        assert first == second
        flow = first if api == "v1" else first["use_case"][type]
        assert (first if api == "v1" else first["use_case"])["type"] == type
        assert flow["collection_options"] == {"fields": fields, "future_requirements": "include"}
        assert flow["refresh_url"].endswith(landed)

    def test_changes_are_offered_once_the_business_has_been_through(self, owner, local_stripe):
        home = reverse("accounts:business-home", args=[owner.account.ref])
        assert "Change what Stripe knows" not in owner.get(home).content.decode()
        answer = owner.post(reverse("accounts:onboard-update", args=[owner.account.ref]), follow=True)
        assert "no page for changes" in answer.content.decode()
        assert self.opened(local_stripe) == []
        local_stripe.activate(owner.account.stripe_id)
        owner.get(reverse("accounts:onboarding-return", args=[owner.account.ref]))
        assert "Change what Stripe knows" in owner.get(home).content.decode()

    def test_whoever_comes_back_before_the_end_is_told_so(self, owner):
        page = owner.get(reverse("accounts:onboarding-return", args=[owner.account.ref]), follow=True)
        assert "You stopped before the end" in page.content.decode()
