"""An owner connects the Stripe account of the business: each state and each code counts once, whatever breaks."""

import logging
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import events, invitations
from accounts.connecting import connections, endings
from accounts.models import ConnectedAccount, OAuthConnection
from desk.models import AuditEntry
from stripe_gateway.models import StripeEvent
from tests.accounts.conftest import FORM
from tests.factories.accounts import ConnectedAccountFactory

pytestmark = pytest.mark.django_db(transaction=True)
Status, Step = ConnectedAccount.Status, OAuthConnection.Status
TYPED = {"email": "maya@northwind.test", "business_name": "Northwind", "country": "US", "business_type": "company"}


@pytest.fixture(autouse=True)
def _offered(settings):
    settings.STRIPE_CLIENT_ID = "ca_northwind"


@pytest.fixture
def business(local_stripe, invite):
    """A business that is invited to connect the account it has."""
    answer = invite(kind="oauth")
    assert answer.status_code == 302, answer.content.decode()
    return ConnectedAccount.objects.get()


@pytest.fixture
def owner(business, as_owner):
    return as_owner(business, user__email="maya@northwind.test")


def address_of(client, account="own"):
    """Where the button leads."""
    answer = client.post(reverse("accounts:connect", args=[client.account.ref]), {"account": account})
    assert answer.status_code == 303, answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"
    return answer.url


def walk(client, action="connect", button="own", **form):
    """Go to Stripe and answer there; returns the address that leads back here."""
    done = httpx.post(address_of(client, button), data={"account": "new", **TYPED, **form, "action": action})
    assert done.status_code == 303, done.text
    back = urlsplit(done.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "http://localhost:8000" + reverse("accounts:oauth-return")
    return f"{back.path}?{back.query}"


def exchanges(local_stripe):
    return [call for call in local_stripe.requests() if call["path"] == "/oauth/token"]


def refreshed(account):
    account.refresh_from_db()
    return account


def everything_kept():
    for model in apps.get_models():
        for row in model.objects.values_list():
            yield str(row)


class TestInvitation:
    def test_nothing_is_made_at_stripe_and_the_mail_goes_out_at_once(self, business, local_stripe):
        assert (business.status, business.stripe_id, business.operation) == (Status.AWAITING, None, None)
        assert local_stripe.list("account") == []
        [message] = mail.outbox
        assert "connect your Stripe account" in message.subject
        assert "to connect its Stripe account" in message.body

    def test_the_link_can_be_sent_again(self, business, as_staff):
        staff, invitation = as_staff("operator"), business.invitations.get()
        assert "Send a new link" in staff.get(reverse("accounts:detail", args=[business.ref])).content.decode()
        staff.post(reverse("accounts:invitation-resend", args=[business.ref, invitation.pk]))
        assert len(mail.outbox) == 2

    def test_a_double_click_invites_once(self, local_stripe, invite):
        form_id = str(uuid.uuid4())
        first, second = (invite(kind="oauth", operation=form_id) for _click in range(2))
        assert first.url == second.url
        assert len(mail.outbox) == ConnectedAccount.objects.count() == 1
        other = invite(kind="oauth", operation=form_id, name="Somebody Else")
        assert other.status_code == 422

    def test_without_a_client_it_is_not_offered(self, local_stripe, invite, as_staff, settings):
        settings.STRIPE_CLIENT_ID = ""
        page = as_staff("operator").get(reverse("accounts:invite")).content.decode()
        assert "It has a Stripe account" not in page
        answer = invite(kind="oauth")
        assert answer.status_code == 422
        assert not ConnectedAccount.objects.exists()


class TestAddress:
    def test_it_carries_what_is_known_and_a_state_that_only_its_hash_is_kept_of(self, owner):
        found = parse_qs(urlsplit(address_of(owner)).query)
        assert found["client_id"] == ["ca_northwind"]
        assert found["response_type"] == ["code"]
        assert found["scope"] == ["read_write"]
        assert found["stripe_user[email]"] == ["maya@northwind.test"]
        assert found["stripe_user[country]"] == ["US"]
        assert found["stripe_user[business_name]"] == ["Northwind Couriers"]
        [state] = found["state"]
        assert len(state) > 40
        assert OAuthConnection.objects.get().state_hash == connections.hash_of(state)
        assert not [row for row in everything_kept() if state in row]

    def test_a_newcomer_gets_an_express_account_that_can_be_paid(self, owner):
        address = urlsplit(address_of(owner, account="new"))
        assert address.path == "/express/oauth/authorize"
        assert parse_qs(address.query)["suggested_capabilities[0]"] == ["transfers"]

    def test_every_walk_has_a_state_of_its_own(self, owner):
        assert address_of(owner) != address_of(owner)

    def test_the_browser_may_follow_the_button_to_stripe(self, owner, local_stripe):
        page = owner.get(reverse("accounts:business-home", args=[owner.account.ref]))
        assert local_stripe.base in page["Content-Security-Policy"]
        assert "Connect your Stripe account" in page.content.decode()

    def test_staff_and_members_who_are_no_owners_cannot_begin(self, business, as_staff, as_owner):
        url = reverse("accounts:connect", args=[business.ref])
        assert as_staff("admin").post(url).status_code == 403
        assert as_owner(business, role="finance").post(url).status_code == 403
        assert not OAuthConnection.objects.exists()

    def test_a_business_with_cards_has_nothing_to_connect(self, as_owner):
        client = as_owner(ConnectedAccountFactory(active=True))
        answer = client.post(reverse("accounts:connect", args=[client.account.ref]))
        assert answer.url == reverse("accounts:business-home", args=[client.account.ref])
        assert not OAuthConnection.objects.exists()


class TestConnected:
    def test_the_account_becomes_that_of_the_business(self, owner, local_stripe):
        answer = owner.get(walk(owner))
        account = refreshed(owner.account)
        assert answer.url == reverse("accounts:business-home", args=[account.stripe_id])
        [at_stripe] = local_stripe.list("account")
        assert account.stripe_id == at_stripe["id"]
        assert (account.status, account.kind, account.details_submitted) == (Status.ONBOARDING, "oauth", False)
        assert OAuthConnection.objects.get().status == Step.CONNECTED
        act = AuditEntry.objects.get(verb="oauth.connected")
        assert act.actor == owner.user

    def test_an_account_that_is_complete_is_active(self, owner):
        owner.get(walk(owner, "skip"))
        account = refreshed(owner.account)
        assert (account.details_submitted, account.payouts_enabled) == (True, True)
        page = owner.get(reverse("accounts:business-home", args=[account.ref])).content.decode()
        assert "Your payouts are on" in page

    def test_an_express_account_opened_on_the_way_is_treated_as_one(self, owner):
        owner.get(walk(owner, button="new"))
        account = refreshed(owner.account)
        assert account.kind == "express"
        page = owner.get(reverse("accounts:business-home", args=[account.ref])).content.decode()
        assert "Set up your payouts" in page

    def test_neither_code_nor_tokens_are_kept_or_logged(self, owner, caplog, local_stripe):
        back = walk(owner)
        caplog.set_level(logging.DEBUG)
        [code] = parse_qs(urlsplit(back).query)["code"]
        [state] = parse_qs(urlsplit(back).query)["state"]
        owner.get(back)
        keys = [row["key"] for row in local_stripe.list("oauth_key")]
        tokens = [row["token"] for row in local_stripe.list("oauth_refresh_token")]
        assert len(keys) == 2
        assert len(tokens) == 1
        kept = list(everything_kept())
        for secret in (code, state, *keys, *tokens):
            assert not [row for row in kept if secret in row], secret
            assert secret not in caplog.text

    def test_an_account_of_another_business_is_refused_and_left_alone(self, owner, as_owner, invite):
        owner.get(walk(owner))
        taken = refreshed(owner.account)
        invite(kind="oauth", contact_email="second@northwind.test")
        second = as_owner(ConnectedAccount.objects.get(stripe_id=None))

        answer = second.get(walk(second, account=taken.stripe_id))

        assert answer.status_code == 409
        assert "belongs to another business" in answer.content.decode()
        assert (refreshed(second.account).stripe_id, second.account.status) == (None, Status.AWAITING)
        assert refreshed(taken).status == Status.ONBOARDING


class TestRefusals:
    @pytest.mark.parametrize("changed", ["", "nonsense", "x" * 5000, "\x00"])
    def test_a_wrong_state_is_403_before_stripe_is_asked(self, owner, local_stripe, changed):
        back = urlsplit(walk(owner))
        code = parse_qs(back.query)["code"][0]
        answer = owner.get(back.path, {"code": code, "state": changed} if changed else {"code": code})
        assert answer.status_code == 403
        assert "is not valid" in answer.content.decode()
        assert exchanges(local_stripe) == []
        assert refreshed(owner.account).stripe_id is None

    def test_the_state_of_another_session_is_403(self, owner, local_stripe):
        back = walk(owner)
        elsewhere = Client()
        elsewhere.force_login(owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert elsewhere.get(back).status_code == 403
        address_of_elsewhere = elsewhere.post(reverse("accounts:connect", args=[owner.account.ref]))
        assert address_of_elsewhere.status_code == 303
        assert elsewhere.get(back).status_code == 403
        assert Client().get(back).status_code == 403
        assert exchanges(local_stripe) == []

    def test_the_state_of_another_person_in_the_same_session_is_403(self, owner, as_owner, local_stripe):
        back = walk(owner)
        OAuthConnection.objects.update(user=as_owner(owner.account).user)
        assert owner.get(back).status_code == 403
        assert exchanges(local_stripe) == []

    def test_an_expired_state_is_403(self, owner, local_stripe):
        back = walk(owner)
        OAuthConnection.objects.update(expires_at=timezone.now())
        assert owner.get(back).status_code == 403
        assert exchanges(local_stripe) == []

    def test_a_state_lasts_ten_minutes(self, owner):
        address_of(owner)
        left = OAuthConnection.objects.get().expires_at - timezone.now()
        assert timedelta(minutes=9) < left <= timedelta(minutes=10)

    def test_somebody_who_is_no_owner_any_more_cannot_finish(self, owner, local_stripe):
        back = walk(owner)
        owner.account.memberships.update(ended_at=timezone.now())
        assert owner.get(back).status_code == 403
        assert exchanges(local_stripe) == []

    def test_a_second_callback_never_sends_the_code_again(self, owner, local_stripe):
        back = walk(owner)
        owner.get(back)
        assert owner.get(back).status_code == 403
        assert len(exchanges(local_stripe)) == 1
        assert refreshed(owner.account).status == Status.ONBOARDING

    def test_a_head_request_uses_nothing_up(self, owner, local_stripe):
        back = walk(owner)
        assert owner.head(back).status_code == 403
        assert exchanges(local_stripe) == []
        assert owner.get(back).status_code == 302

    def test_denied_is_a_page_and_no_error(self, owner):
        answer = owner.get(walk(owner, "deny"), follow=True)
        assert answer.status_code == 200
        assert "nothing was connected" in answer.content.decode()
        assert OAuthConnection.objects.get().status == Step.DENIED
        assert refreshed(owner.account).status == Status.AWAITING
        assert owner.get(walk(owner)).status_code == 302

    def test_without_a_code_it_is_400(self, owner, local_stripe):
        back = urlsplit(walk(owner))
        answer = owner.get(back.path, {"state": parse_qs(back.query)["state"][0]})
        assert answer.status_code == 400
        assert exchanges(local_stripe) == []
        assert OAuthConnection.objects.get().status == Step.FAILED

    @pytest.mark.parametrize("code", ["ac_nonsense", "", "\x00", "ac_" + "x" * 3000])
    def test_a_bad_code_is_400(self, owner, code):
        back = urlsplit(walk(owner))
        answer = owner.get(back.path, {"state": parse_qs(back.query)["state"][0], "code": code})
        assert answer.status_code == 400
        assert "Nothing was lost" in answer.content.decode()
        assert OAuthConnection.objects.get().status == Step.FAILED

    @pytest.mark.parametrize("error", ["\x00", "Maya Okafor, born 1985", "x" * 3000])
    def test_an_error_that_stripe_would_not_send_is_not_kept(self, owner, error):
        back = urlsplit(walk(owner))
        answer = owner.get(back.path, {"state": parse_qs(back.query)["state"][0], "error": error})
        assert answer.status_code == 400
        assert OAuthConnection.objects.get().error_code == "unknown_error"

    @pytest.mark.parametrize(("error", "status"), [("invalid_grant", 400), ("invalid_scope", 500)])
    def test_each_refusal_of_stripes_has_its_page(self, owner, local_stripe, error, status):
        local_stripe.control("oauth/next_exchange", {"error": error})
        answer = owner.get(walk(owner))
        assert answer.status_code == status
        assert refreshed(owner.account).stripe_id is None
        assert owner.get(walk(owner)).status_code == 302

    def test_a_client_that_stripe_does_not_know_is_our_fault(self, owner, local_stripe):
        local_stripe.control("oauth/next_exchange", {"error": "invalid_client", "status": 401})
        assert owner.get(walk(owner)).status_code == 500

    @pytest.mark.parametrize("fault", ["500_before", "500_after", "503", "drop_before", "drop_after", "truncate"])
    def test_no_answer_is_a_clean_502_and_never_tried_again(self, owner, local_stripe, fault):
        local_stripe.fault(fault, path="/oauth/token")
        back = walk(owner)
        answer = owner.get(back)
        assert answer.status_code == 502
        assert "Nothing was lost" in answer.content.decode()
        assert OAuthConnection.objects.get().status == Step.UNKNOWN
        assert owner.get(back).status_code == 403
        assert len(exchanges(local_stripe)) == 1

    @pytest.mark.parametrize("fault", ["429", "refuse"])
    def test_what_certainly_did_not_happen_is_a_502_too(self, owner, local_stripe, fault, settings):
        local_stripe.fault(fault, path="/oauth/token")
        assert owner.get(walk(owner)).status_code == 502
        assert OAuthConnection.objects.get().status in (Step.FAILED, Step.UNKNOWN)


class TestDoubt:
    @pytest.fixture
    def in_doubt(self, owner, local_stripe):
        local_stripe.fault("drop_after", path="/oauth/token")
        owner.get(walk(owner))
        [account] = local_stripe.list("account")
        owner.connected_id = account["id"]
        return owner

    def told(self, stripe_id):
        return StripeEvent.objects.create(
            type="account.application.authorized",
            endpoint="connect",
            stripe_id=f"evt_{uuid.uuid4().hex}",
            stripe_account=stripe_id,
            object_id="ca_northwind",
            state=StripeEvent.State.DONE,
            next_try_at=None,
        )

    def test_the_event_tells_which_account_it_was(self, in_doubt):
        event = self.told(in_doubt.connected_id)
        assert "in doubt" in events.account_authorized(event, timezone.now())
        account = refreshed(in_doubt.account)
        assert (account.stripe_id, account.status) == (in_doubt.connected_id, Status.ONBOARDING)
        assert OAuthConnection.objects.get().status == Step.CONNECTED

    def test_connecting_again_settles_it_too(self, in_doubt):
        answer = in_doubt.get(walk(in_doubt, account=in_doubt.connected_id))
        assert answer.status_code == 302
        assert refreshed(in_doubt.account).stripe_id == in_doubt.connected_id

    def test_an_account_with_another_address_is_never_taken(self, in_doubt):
        in_doubt.user.email = "somebody@else.test"
        in_doubt.user.save()
        events.account_authorized(self.told(in_doubt.connected_id), timezone.now())
        assert refreshed(in_doubt.account).stripe_id is None

    def test_while_two_are_in_doubt_nobody_guesses(self, in_doubt, invite, as_owner, local_stripe):
        invite(kind="oauth", contact_email="second@northwind.test")
        second = as_owner(ConnectedAccount.objects.exclude(pk=in_doubt.account.pk).get())
        local_stripe.fault("drop_before", path="/oauth/token")
        second.get(walk(second))
        events.account_authorized(self.told(in_doubt.connected_id), timezone.now())
        assert refreshed(in_doubt.account).stripe_id is None

    def test_a_walk_left_behind_by_a_crash_counts_as_in_doubt(self, owner):
        walk(owner)
        OAuthConnection.objects.update(status=Step.EXCHANGING, created_at=timezone.now() - timedelta(minutes=13))
        assert endings.settle(timezone.now()) == 1
        assert OAuthConnection.objects.get().status == Step.UNKNOWN


class TestEnd:
    @pytest.fixture
    def connected(self, owner):
        owner.get(walk(owner, "skip"))
        owner.account.refresh_from_db()
        return owner

    def test_the_owner_ends_it_after_reading_what_follows(self, connected, local_stripe):
        url = reverse("accounts:disconnect", args=[connected.account.ref])
        assert "can then no longer see the Stripe account" in connected.get(url).content.decode()
        answer = connected.post(url, follow=True)
        assert "The connection was ended" in answer.content.decode()
        account = refreshed(connected.account)
        assert account.status == Status.REVOKED
        assert account.revoked_at
        assert OAuthConnection.objects.get().status == Step.DISCONNECTED
        assert local_stripe.list("account") == []

    def test_what_was_never_connected_is_not_asked_about(self, owner):
        answer = owner.get(reverse("accounts:disconnect", args=[owner.account.ref]), follow=True)
        assert "There is no connection to end." in answer.content.decode()

    def test_staff_end_it_with_a_reason(self, connected, as_staff):
        url = reverse("accounts:disconnect", args=[connected.account.ref])
        staff = as_staff("operator")
        assert staff.post(url).status_code == 422
        staff.post(url, {"reason": "asked by mail"})
        assert refreshed(connected.account).status == Status.REVOKED
        assert AuditEntry.objects.get(verb="oauth.disconnecting").reason == "asked by mail"

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after", "503"])
    def test_an_end_that_was_interrupted_is_finished(self, connected, local_stripe, fault):
        local_stripe.fault(fault, path="/oauth/deauthorize")
        local_stripe.fault("503", path="/v1/accounts/*")
        connected.post(reverse("accounts:disconnect", args=[connected.account.ref]))
        assert OAuthConnection.objects.get().status == Step.DISCONNECTING
        assert not connections.may_start(connected.account)

        endings.settle(timezone.now())

        assert OAuthConnection.objects.get().status == Step.DISCONNECTED
        assert refreshed(connected.account).status == Status.REVOKED

    def test_the_same_account_can_be_connected_again_and_no_other(self, connected, local_stripe):
        before = connected.account.stripe_id
        connected.post(reverse("accounts:disconnect", args=[before]))
        connected.account.refresh_from_db()
        page = connected.get(reverse("accounts:business-home", args=[before])).content.decode()
        assert "has ended" in page

        answer = connected.get(walk(connected))
        assert answer.status_code == 409
        assert "not the Stripe account you had connected" in answer.content.decode()
        assert refreshed(connected.account).stripe_id == before
        assert local_stripe.list("account") == []

        assert connected.get(walk(connected, account=before)).status_code == 302
        assert refreshed(connected.account).status == Status.ACTIVE
        assert connected.account.revoked_at is None

    def test_an_owner_who_ends_it_at_stripe_is_seen_by_the_event(self, connected, local_stripe):
        local_stripe.control(f"accounts/{connected.account.stripe_id}/disconnect", {})
        event = StripeEvent(type="account.application.deauthorized", stripe_account=connected.account.stripe_id)
        said = events.account_deauthorized(event, timezone.now())
        assert said == "The account is no longer open to the platform."
        assert refreshed(connected.account).status == Status.REVOKED
        assert OAuthConnection.objects.get().status == Step.DISCONNECTED

    def test_a_late_event_of_an_end_does_not_undo_a_new_connection(self, connected):
        event = StripeEvent(type="account.application.deauthorized", stripe_account=connected.account.stripe_id)
        events.account_deauthorized(event, timezone.now())
        assert refreshed(connected.account).status == Status.ACTIVE


def test_an_invitation_to_connect_is_for_owners(local_stripe, invite, as_staff):
    invite(kind="oauth")
    assert FORM["contact_email"] == ConnectedAccount.objects.get().invitations.get().email
    assert invitations.purpose_of(ConnectedAccount.objects.get().invitations.get()) == "oauth"
