"""Numbers and secrets pushed through every way of going wrong, then looked for everywhere they could have stayed."""

import io
import json
import logging
import uuid

import pytest
import stripe
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from desk.logs import RedactSecrets
from stripe_gateway import outcomes, transport
from stripe_gateway.models import StripeEvent, StripeOperation
from tests.factories.desk import PASSWORD
from tests.funding.conftest import BUSINESS, PREVIEW
from tests.isolation import answers, policy, rows
from tests.isolation.world import World, asker, path_of, token_of

ACCOUNT_NUMBER, ROUTING_NUMBER = "004417738261", "322271627"
TOKEN, SOURCE = "btok_1Canary7Qz9XwLeak", "src_1Canary7Qz9XwLeak"
KEY, SIGNING = "sk_test_51CanaryLeak9999zz", "whsec_CanaryLeak42abcdef"
NEW_PASSWORD = "Kanarienvogel im Bergwerk 9"
CANARIES = (ACCOUNT_NUMBER, ROUTING_NUMBER, TOKEN, SOURCE, KEY, SIGNING, NEW_PASSWORD)
# As a script that failed, or a page that was tampered with, would send them.
UNEXPECTED = {
    "account_number": ACCOUNT_NUMBER,
    "routing_number": ROUTING_NUMBER,
    "bank_account[account_number]": ACCOUNT_NUMBER,
    "password": NEW_PASSWORD,
    "secret_key": KEY,
    "webhook_secret": SIGNING,
    "src": SOURCE,
}
ECHO = f"No such token: '{TOKEN}' (account_number: {ACCOUNT_NUMBER}, routing {ROUTING_NUMBER}, key {KEY}, {SOURCE})"
POSTED = [route for route in policy.load().values() if "POST" in route.methods and not route.library]


class Spill:
    """Everything the portal kept or said since it was made."""

    def __init__(self, log: io.StringIO):
        self.log, self.pages = log, []

    def see(self, response):
        """Note what was answered."""
        self.pages.append(answers.everything(response))
        return response

    def leaks(self, *secrets: str) -> list[str]:
        """Where any of the secrets can be read."""
        places = {"log": self.log.getvalue(), "pages": "\n".join(self.pages), "database": _database()}
        places["sessions"] = repr([session.get_decoded() for session in Session.objects.all()])
        return [f"{secret} in {place}" for place, text in places.items() for secret in secrets if secret in text]


def _database() -> str:
    return "\n".join(f"{table}: {rows.dump(table)}" for table in connection.introspection.table_names())


@pytest.fixture
def spill(db):
    """Reads the log as it is really written: after the filter of the product."""
    handler = next(
        handler
        for handler in logging.getLogger().handlers
        if any(isinstance(each, RedactSecrets) for each in handler.filters)
    )
    log = io.StringIO()
    before = handler.setStream(log)
    yield Spill(log)
    handler.setStream(before)


@pytest.fixture
def world(db, local_stripe):
    """Tenant a exists at Stripe too, and is active there."""
    base = local_stripe.base
    platform = stripe.StripeClient("sk_test_portal", base_addresses={"api": base, "connect": base, "files": base})
    world = World()
    account = world.tenants["a"].account
    account.stripe_id = platform.v2.core.accounts.create(BUSINESS, {"stripe_version": PREVIEW}).id
    account.save()
    world.tenants["a"].ids["account"] = account.ref
    for actor in world.actors.values():
        actor.client.raise_request_exception = False
    return world


@pytest.fixture
def owner(world):
    return world.actors["owner of a"].client


def mandate_form(**changes) -> dict:
    form = {"operation": str(uuid.uuid4()), "holder_name": "Northwind LLC", "holder_type": "company", "agree": "on"}
    return form | {"token": TOKEN, "language": "en", "text_version": "2026-11"} | changes


def mandate_url(world) -> str:
    return reverse("funding:mandate-create", args=[world.tenants["a"].account.ref])


def test_the_search_finds_what_is_there(spill, world, owner):
    """A test that could not fail would prove nothing."""
    logging.getLogger("desk").warning("number %s", ACCOUNT_NUMBER)
    world.tenants["a"].owner.full_name = NEW_PASSWORD
    world.tenants["a"].owner.save()
    spill.see(owner.get(reverse("desk:preferences")))
    found = spill.leaks(ACCOUNT_NUMBER, NEW_PASSWORD)
    assert {leak.rpartition(" ")[2] for leak in found} == {"log", "pages", "database"}


@pytest.mark.parametrize("route", POSTED, ids=lambda route: route.name)
def test_fields_that_nobody_asked_for_leave_no_trace(spill, world, route):
    path = path_of(route, world)
    client = asker(route, world)
    for content_type in ("application/x-www-form-urlencoded", "application/json"):
        as_json = content_type.endswith("json")
        body = json.dumps(UNEXPECTED) if as_json else "&".join(f"{name}={text}" for name, text in UNEXPECTED.items())
        spill.see(client.generic("POST", path, body, content_type))
        # A page leads back to its own address, so what stood in that comes back to the asker, and nobody else.
        client.generic("POST", f"{path}?{'' if as_json else body}", body, content_type)
    assert spill.leaks(*CANARIES) == []


@pytest.mark.parametrize("name", ["holder_name", "holder_type", "agree", "language", "text_version", "evidence_note"])
@pytest.mark.parametrize("number", [ACCOUNT_NUMBER, f"{ROUTING_NUMBER} {ACCOUNT_NUMBER}", f"Acct {ACCOUNT_NUMBER}."])
def test_a_bank_number_in_any_field_of_the_authorization_is_gone(spill, world, owner, name, number):
    assert spill.see(owner.post(mandate_url(world), mandate_form(**{name: number}))).status_code == 422
    staff = world.actors["staff admin"].client
    url = reverse("funding:offline-mandate-create", args=[world.tenants["a"].account.ref])
    more = {"accepted_at": "2026-11-01T10:00", "evidence_note": "x", "evidence_contact": "a@b.test", "reason": "asked"}
    assert spill.see(staff.post(url, mandate_form(**more | {name: number}))).status_code == 422
    # The token goes back to whoever brought it, so that the numbers need not be typed again.
    assert spill.leaks(*set(CANARIES) - {TOKEN}) == []


@pytest.mark.parametrize("kind", ["400", "401", "402", "403", "409", "429", "503", "500_before", "truncate", "refuse"])
def test_a_token_stays_sealed_however_stripe_fails(spill, world, owner, local_stripe, kind):
    local_stripe.activate(world.tenants["a"].account.stripe_id)
    local_stripe.fault(kind, path="/v1/sources", times=3)
    answer = spill.see(owner.post(mandate_url(world), mandate_form()))
    assert answer.status_code == 302
    look_everywhere(spill, world, owner, answer.url)
    assert spill.leaks(*CANARIES) == []


@pytest.mark.parametrize("status", [400, 402, 404, 500])
def test_what_stripe_repeats_of_it_is_masked(spill, world, owner, monkeypatch, status):
    error = {"type": "invalid_request_error", "message": ECHO, "code": "resource_missing", "param": "token"}

    def repeat(self, method, url, headers, post_data=None):
        return outcomes.judge(status, {}, json.dumps({"error": error}).encode(), for_account=True)

    monkeypatch.setattr(transport.Transport, "request", repeat)
    answer = spill.see(owner.post(mandate_url(world), mandate_form()))
    assert answer.status_code == 302
    look_everywhere(spill, world, owner, answer.url)
    assert spill.leaks(TOKEN, KEY, SOURCE, ACCOUNT_NUMBER) == []


def look_everywhere(spill, world, owner, url: str) -> None:
    """What happened, as the business and as staff see it."""
    staff = world.actors["staff admin"].client
    operation = StripeOperation.objects.get(kind="source.create", stripe_account=world.tenants["a"].account.stripe_id)
    operation_url = reverse("stripe_gateway:operation-detail", args=[operation.pk])
    for client, path in ((owner, url), (staff, url), (staff, operation_url), (staff, reverse("desk:audit"))):
        assert spill.see(client.get(path)).status_code == 200


def test_an_exception_says_nothing_to_anybody(spill, world, owner, monkeypatch):
    def break_down(**terms):
        raise RuntimeError(f"{ECHO} with {SIGNING}")

    monkeypatch.setattr("funding.views.sources.sources.connect", break_down)
    assert spill.see(owner.post(mandate_url(world), mandate_form())).status_code == 500
    assert "RuntimeError" in spill.log.getvalue()
    assert spill.leaks(TOKEN, SOURCE, KEY, SIGNING, ACCOUNT_NUMBER) == []


@pytest.mark.parametrize("endpoint", StripeEvent.Endpoint.values)
def test_a_delivery_that_is_refused_leaves_nothing(spill, client, endpoint):
    body = json.dumps({"id": "evt_1", "type": "x", "data": {"object": {"id": SOURCE, "number": ACCOUNT_NUMBER}}})
    for header in (f"t=1,v1={SIGNING}", KEY, ""):
        path = f"/webhooks/stripe/{endpoint}/"
        spill.see(client.generic("POST", path, body, "application/json", HTTP_STRIPE_SIGNATURE=header))
    assert spill.leaks(*CANARIES) == []
    assert not StripeEvent.objects.exists()


def test_an_invitation_s_token_stays_in_its_link(spill, world):
    token = token_of("a")
    link = reverse("accounts:invitation-accept", args=[token])
    visitor = Client(raise_request_exception=False)
    opened = visitor.get(link)
    assert (opened.headers["Referrer-Policy"], "no-store" in opened.headers["Cache-Control"]) == ("no-referrer", True)
    page = spill.see(visitor.get(reverse("accounts:invitation")))
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    for wrong in (f"{link}more/", f"{link}%00", link.rstrip("/") + "x/"):
        visitor.get(wrong)
    visitor.post(link)
    spill.see(visitor.post(reverse("accounts:invitation"), {"full_name": "A", "password": "short"}))
    assert spill.leaks(token) == []


def test_an_account_link_is_sent_on_and_kept_nowhere(spill, world, owner, settings, local_stripe):
    url = reverse("accounts:onboard", args=[world.tenants["a"].account.ref])
    answer = owner.post(url)
    link = answer.url
    assert link.startswith(local_stripe.base)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    spill.see(owner.get(reverse("accounts:business-home", args=[world.tenants["a"].account.ref])))
    settings.STRIPE_ONBOARDING_ORIGINS = ["https://connect.stripe.com"]
    refused = spill.see(owner.post(url))
    assert refused.url.startswith("/accounts/")
    secret = link.rstrip("/").rpartition("/")[2]
    assert spill.leaks(link, secret, "/setup/") == []
    assert [message for message in mail.outbox if secret in message.body] == []


def test_passwords_leave_no_trace(spill, world):
    visitor = Client(raise_request_exception=False)
    login, email = reverse("account_login"), world.tenants["a"].owner.email
    spill.see(visitor.post(login, {"login": email, "password": NEW_PASSWORD}))
    # Typed into the wrong field: shown to the typist, and to nobody else.
    visitor.post(login, {"login": NEW_PASSWORD, "password": PASSWORD})
    owner = world.actors["owner of a"].client
    change = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": "another one altogether"}
    spill.see(owner.post(reverse("account_change_password"), change))
    visitor.get(reverse("accounts:invitation-accept", args=[token_of("b")]))
    for full_name in ("", "Bea"):
        form = {"full_name": full_name, "password": NEW_PASSWORD}
        status = spill.see(visitor.post(reverse("accounts:invitation"), form)).status_code
        assert status == (302 if full_name else 422)
    assert spill.leaks(PASSWORD, NEW_PASSWORD) == []
