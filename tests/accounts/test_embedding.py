"""Onboarding inside our own page: what stands there without a script, and who gets a session of whose account."""

import logging
import uuid

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.embedding import connect_js, sessions
from accounts.models import ConnectedAccount, Membership
from desk.models import AuditEntry
from tests.factories.accounts import ConnectedAccountFactory, MembershipFactory, RequirementFactory

pytestmark = pytest.mark.django_db(transaction=True)
Status = ConnectedAccount.Status


def page_url(account):
    return reverse("accounts:embedded", args=[account.ref])


def session_url(account):
    return reverse("accounts:embedded-session", args=[account.ref])


def directives(response) -> dict[str, list[str]]:
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {part[0]: part[1:] for part in parts}


def minted(local_stripe) -> list[dict]:
    return [call for call in local_stripe.requests() if call["path"] == "/v1/account_sessions"]


@pytest.fixture(autouse=True)
def _nothing_counted(db):
    cache.clear()


@pytest.fixture
def owner(invited, as_owner):
    return as_owner(invited)


class TestPage:
    def test_its_ways_on_need_no_script(self, owner):
        text = owner.get(page_url(owner.account)).content.decode()
        assert f'href="{reverse("accounts:details", args=[owner.account.ref])}"' in text
        assert f'action="{reverse("accounts:onboard", args=[owner.account.ref])}"' in text
        assert "data-connect-form hidden" not in text

    def test_with_a_key_it_opens_what_the_component_needs_and_no_more(self, owner, local_stripe):
        response = owner.get(page_url(owner.account))
        allowed = directives(response)
        for name in ("script-src", "frame-src", "connect-src"):
            assert local_stripe.base in allowed[name]
        assert connect_js.STYLE_HASH in allowed["style-src"]
        assert "https://*.stripe.com" not in allowed["img-src"]
        assert local_stripe.base in allowed["form-action"]
        assert not [value for values in allowed.values() for value in values if "unsafe-" in value]
        assert response["Cross-Origin-Opener-Policy"] == "unsafe-none"
        assert "connect_onboarding.js" in response.content.decode()

    def test_pictures_come_from_stripe_itself_only(self, owner, settings):
        settings.STRIPE_CONNECT_JS_URL = "https://connect-js.stripe.com/v1.0/connect.js"
        settings.STRIPE_JS_URL = "https://js.stripe.com/endive/stripe.js"
        allowed = directives(owner.get(page_url(owner.account)))
        assert allowed["img-src"] == ["'self'", "data:", "https://*.stripe.com"]
        assert allowed["frame-src"] == ["https://connect-js.stripe.com", "https://js.stripe.com"]

    def test_without_a_key_nothing_of_stripe_is_loaded(self, owner, settings):
        settings.STRIPE_PUBLISHABLE_KEY = ""
        response = owner.get(page_url(owner.account))
        assert set(directives(response)) == set(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
        assert directives(response)["script-src"][0] == "'self'"
        assert len(directives(response)["script-src"]) == 2
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        text = response.content.decode()
        assert "connect_onboarding.js" not in text
        assert "data-connect=" not in text
        assert reverse("accounts:details", args=[owner.account.ref]) in text

    def test_no_other_page_is_opened(self, owner):
        response = owner.get(reverse("desk:preferences"))
        assert "frame-src" not in directives(response)
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"

    def test_opening_it_asks_stripe_nothing_and_records_nothing(self, owner, local_stripe):
        before = len(local_stripe.requests()), AuditEntry.objects.count()
        owner.get(page_url(owner.account))
        assert (len(local_stripe.requests()), AuditEntry.objects.count()) == before

    def test_it_speaks_the_reader_s_language_and_the_country_s_english(self, owner):
        assert 'data-locale="en-US"' in owner.get(page_url(owner.account)).content.decode()
        owner.user.language = "fr"
        owner.user.save()
        assert 'data-locale="fr-FR"' in owner.get(page_url(owner.account)).content.decode()
        assert connect_js.locale_of(ConnectedAccount(country="GB"), "en") == "en-GB"

    @pytest.mark.parametrize("changes", [{"kind": "oauth"}, {"status": Status.REJECTED}, {"status": Status.CLOSED}])
    def test_accounts_without_such_a_form_get_no_script(self, owner, changes):
        ConnectedAccount.objects.update(**changes)
        assert "data-connect=" not in owner.get(page_url(owner.account)).content.decode()
        assert owner.post(session_url(owner.account)).status_code == 409

    def test_an_account_that_is_not_at_stripe_yet_waits_on_its_home_page(self, as_owner):
        client = as_owner(ConnectedAccountFactory(stripe_id=None, status=Status.CREATING))
        assert client.get(page_url(client.account)).url == reverse("accounts:business-home", args=[client.account.ref])
        assert client.post(session_url(client.account)).status_code == 409


class TestBanner:
    """Stripe's own notes stand on the home page, where something is due."""

    def home(self, client):
        return client.get(reverse("accounts:business-home", args=[client.account.ref]))

    @pytest.fixture
    def active(self, as_owner):
        return as_owner(ConnectedAccountFactory(active=True))

    def test_it_stands_where_something_is_due(self, active):
        ConnectedAccount.objects.update(status=Status.INFO_DUE)
        RequirementFactory(account=active.account)
        response = self.home(active)
        assert 'data-connect="notification-banner"' in response.content.decode()
        assert "frame-src" in directives(response)
        assert response["Cross-Origin-Opener-Policy"] == "unsafe-none"

    def test_without_anything_due_the_page_is_as_closed_as_ever(self, active):
        response = self.home(active)
        assert "data-connect=" not in response.content.decode()
        assert "frame-src" not in directives(response)

    def test_only_who_may_answer_sees_it(self, as_owner):
        client = as_owner(ConnectedAccountFactory(active=True, status=Status.INFO_DUE), role=Membership.Role.VIEWER)
        RequirementFactory(account=client.account)
        assert "data-connect=" not in self.home(client).content.decode()


class TestSession:
    def test_the_owner_gets_a_secret_of_the_account_in_the_address(self, owner, local_stripe):
        response = owner.post(session_url(owner.account))
        assert response.status_code == 200
        assert response.json()["client_secret"].startswith("accs_secret__")
        assert response.json()["expires_at"] > timezone.now().isoformat()
        assert "no-store" in response["Cache-Control"]
        [call] = minted(local_stripe)
        assert call["params"]["account"] == owner.account.stripe_id
        assert {name for name, each in call["params"]["components"].items()} == set(sessions.COMPONENTS)

    def test_no_field_of_the_browser_names_the_account(self, owner, local_stripe):
        other = ConnectedAccountFactory()
        body = {"account": other.stripe_id, "components": {"payouts": {"enabled": True}}}
        owner.post(f"{session_url(owner.account)}?account={other.stripe_id}", body, content_type="application/json")
        owner.post(session_url(owner.account), {"account": other.stripe_id})
        assert {call["params"]["account"] for call in minted(local_stripe)} == {owner.account.stripe_id}

    def test_another_business_s_account_answers_as_an_absent_one(self, owner, local_stripe):
        stranger = MembershipFactory().account
        assert owner.post(session_url(stranger)).status_code == 404
        assert owner.get(page_url(stranger)).status_code == 404
        assert minted(local_stripe) == []

    @pytest.mark.parametrize("role", [Membership.Role.VIEWER, Membership.Role.FINANCE])
    def test_only_owners_get_one(self, invited, as_owner, local_stripe, role):
        client = as_owner(invited, role=role)
        assert client.post(session_url(invited)).status_code == 403
        assert client.get(page_url(invited)).status_code == 403
        assert minted(local_stripe) == []

    @pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
    def test_staff_never_do(self, invited, as_staff, local_stripe, role):
        assert as_staff(role).post(session_url(invited)).status_code == 403
        assert as_staff(role).get(page_url(invited)).status_code == 403
        assert minted(local_stripe) == []

    def test_nobody_else_does(self, invited, local_stripe):
        assert Client().post(session_url(invited)).url.startswith("/account/login/")
        assert minted(local_stripe) == []

    def test_looking_is_not_asking(self, owner, local_stripe):
        assert owner.get(session_url(owner.account)).status_code == 405
        assert minted(local_stripe) == []

    def test_another_site_cannot_ask(self, owner, local_stripe):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = owner.cookies
        assert strict.post(session_url(owner.account)).status_code == 403
        token = strict.get(page_url(owner.account)).context["csrf_token"]
        assert strict.post(session_url(owner.account), headers={"X-CSRFToken": str(token)}).status_code == 200
        assert len(minted(local_stripe)) == 1

    def test_asking_again_makes_another_and_changes_nothing_else(self, owner, local_stripe):
        secrets = {owner.post(session_url(owner.account)).json()["client_secret"] for _ in range(3)}
        assert len(secrets) == 3
        assert len(local_stripe.list("account_session")) == 3
        assert ConnectedAccount.objects.get().status == owner.account.status

    def test_a_page_is_recorded_once_however_often_it_renews(self, owner):
        visits = [str(uuid.uuid4()) for _ in range(2)]
        for visit in (visits[0], visits[0], visits[1], visits[0]):
            owner.post(session_url(owner.account), headers={"X-Visit": visit})
        entries = AuditEntry.objects.filter(verb=sessions.OPENED)
        assert entries.count() == 2
        assert {entry.actor for entry in entries} == {owner.user}
        assert entries.first().details == {}

    def test_the_secret_is_neither_stored_nor_logged(self, owner, caplog):
        caplog.set_level(logging.DEBUG)
        secret = owner.post(session_url(owner.account)).json()["client_secret"].removeprefix("accs_secret__")
        kept = [str(row) for model in apps.get_models() for row in model.objects.values_list()]
        kept += [repr(session.get_decoded()) for session in Session.objects.all()]
        assert not [row for row in kept if secret in row]
        assert secret not in caplog.text

    def test_who_asks_too_often_is_told_to_wait(self, owner, local_stripe):
        answers = [owner.post(session_url(owner.account)).status_code for _ in range(sessions.LIMIT + 1)]
        assert answers == [200] * sessions.LIMIT + [429]
        assert len(minted(local_stripe)) == sessions.LIMIT

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500_before", "429", "401"])
    def test_when_stripe_fails_the_script_is_told_so_in_words(self, owner, local_stripe, kind):
        local_stripe.fault(kind, path="/v1/account_sessions", times=5)
        response = owner.post(session_url(owner.account))
        assert response.status_code == 424
        assert response.json() == {"error": {"code": "stripe", "message": "Stripe could not be reached just now."}}
        assert not AuditEntry.objects.filter(verb=sessions.OPENED).exists()
