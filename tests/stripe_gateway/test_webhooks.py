"""Nothing that Stripe did not sign is stored; what is answered with 200 is stored."""

import json
import time

import pytest
from django.db import OperationalError

from stripe_gateway.models import StripeEvent

pytestmark = pytest.mark.django_db
State = StripeEvent.State


@pytest.mark.parametrize("endpoint", StripeEvent.Endpoint.values)
def test_a_signed_event_is_kept_at_each_endpoint(stripe_sends, endpoint):
    event = stripe_sends.keep(stripe_sends.event(), endpoint)
    assert (event.state, event.type, event.object_id) == (State.NEW, "topup.created", "tu_1")
    assert json.loads(event.text)["id"] == event.stripe_id


def test_an_event_is_kept_once_however_often_it_comes(stripe_sends):
    event = stripe_sends.event()
    assert [stripe_sends.deliver(event).status_code for _ in range(3)] == [200, 200, 200]
    assert StripeEvent.objects.count() == 1


PEOPLE = {
    "person.created": {
        "id": "person_1", "object": "person", "first_name": "Kanarie", "dob": {"day": 14, "month": 7, "year": 1985},
        "address": {"line1": "Kanarie 1", "country": "US"}, "requirements": {"currently_due": ["Kanarie"]},
    },
    "account.updated": {
        "id": "acct_1", "object": "account", "email": "kanarie@example.com",
        "individual": {"last_name": "Kanarie", "dob": {"day": 14, "month": 7, "year": 1985}},
    },
    "account.external_account.created": {
        "id": "ba_1", "object": "bank_account", "account_holder_name": "Kanarie", "last4": "1985",
    },
}  # fmt: skip


@pytest.mark.parametrize("type_", PEOPLE)
def test_what_an_event_tells_about_people_is_not_stored(stripe_sends, type_):
    sent = stripe_sends.event(type_, account="acct_1", data={"object": PEOPLE[type_]})
    event = stripe_sends.keep(sent, "connect")
    kept = str(StripeEvent.objects.filter(pk=event.pk).values_list().get())
    assert "kanarie" not in kept.lower()
    assert "1985" not in event.text
    shown = json.loads(event.text)
    assert (shown["id"], shown["type"], shown["account"]) == (sent["id"], type_, "acct_1")


def test_a_person_nested_beyond_reading_does_not_stop_the_inbox(stripe_sends):
    body = b'{"id":"evt_1","type":"person.created","x":' + b'{"a":' * 800 + b"1" + b"}" * 801
    assert stripe_sends.deliver(body).status_code in (200, 400)


def test_every_secret_of_a_rolled_pair_is_taken(stripe_sends, settings):
    settings.STRIPE_WEBHOOK_SECRETS = {"platform": ["", "whsec_new", "whsec_platform"]}
    assert stripe_sends.deliver(stripe_sends.event(), secret="whsec_new").status_code == 200
    assert stripe_sends.deliver(stripe_sends.event(), secret="whsec_platform").status_code == 200
    assert stripe_sends.deliver(stripe_sends.event(), secret="whsec_other").status_code == 400


def test_two_signatures_in_one_header_are_taken(stripe_sends):
    body = json.dumps(stripe_sends.event()).encode()
    old, new = stripe_sends.signature(body, "whsec_old"), stripe_sends.signature(body, "whsec_platform")
    assert stripe_sends.deliver(body, header=f"{old},{new.partition(',')[2]},v0=ff").status_code == 200


@pytest.mark.parametrize("secrets", [[], [""]])
def test_a_blank_secret_switches_the_endpoint_off(stripe_sends, settings, secrets):
    settings.STRIPE_WEBHOOK_SECRETS = {"platform": secrets}
    assert stripe_sends.deliver(stripe_sends.event(), secret="whsec_x").status_code == 404
    body = json.dumps(stripe_sends.event()).encode()
    assert stripe_sends.deliver(body, header=stripe_sends.signature(body, "")).status_code == 404
    assert StripeEvent.objects.count() == 0


BAD_BODIES = {
    "bad UTF-8": b'{"id":"evt_1","type":"\xff\xfe"}',
    "a list": b"[]",
    "null": b"null",
    "a number": b"1",
    "deep": b"[" * 200_000,
    "no JSON": b"{",
    "no id": b'{"type":"x"}',
    "an id that is no text": b'{"id":1,"type":"x"}',
    "a NUL in the id": b'{"id":"evt_\\u0000","type":"x"}',
    "a surrogate in the type": b'{"id":"evt_1","type":"\\ud800"}',
    "a long type": json.dumps({"id": "evt_1", "type": "x" * 121}).encode(),
    "nothing": b"",
    "a huge number": b'{"id":"evt_1","type":"x","created":' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_signed_nonsense_is_refused_quietly(stripe_sends, body):
    reply = stripe_sends.deliver(body)
    assert (reply.status_code, reply.content) == (400, b"")
    assert StripeEvent.objects.count() == 0


BAD_HEADERS = {
    "none": "",
    "not ASCII": "t=1,v1=é",
    "no signature": f"t={int(time.time())}",
    "no timestamp": "v1=00",
    "a word for a timestamp": "t=soon,v1=00",
    "a superscript for a timestamp": "t=²,v1=00",
    "a huge timestamp": f"t={'9' * 400},v1=00",
    "two timestamps": "t=1,t=2,v1=00",
    "wrong": f"t={int(time.time())},v1={'0' * 64}",
}


@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_bad_signature_is_refused_quietly(stripe_sends, header):
    reply = stripe_sends.deliver(stripe_sends.event(), header=header)
    assert (reply.status_code, reply.content) == (400, b"")
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("age", "status"), [(0, 200), (290, 200), (310, 400), (-290, 200), (-310, 400), (-(10**8), 400)]
)
def test_old_and_future_timestamps_are_refused(stripe_sends, age, status):
    assert stripe_sends.deliver(stripe_sends.event(), at=time.time() - age).status_code == status


def test_the_secret_of_another_endpoint_is_refused(stripe_sends):
    assert stripe_sends.deliver(stripe_sends.event(), "connect", secret="whsec_platform").status_code == 400


def test_a_large_event_is_kept_and_a_huge_one_refused(stripe_sends):
    large = stripe_sends.event(data={"object": {"id": "tu_1", "metadata": {"x": "y" * 900_000}}})
    assert stripe_sends.deliver(large).status_code == 200
    huge = stripe_sends.event(data={"object": {"id": "tu_1", "metadata": {"x": "y" * 1_050_000}}})
    assert stripe_sends.deliver(huge).status_code == 413
    assert StripeEvent.objects.count() == 1


def test_a_forged_event_costs_no_query(stripe_sends, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert stripe_sends.deliver(stripe_sends.event(), secret="whsec_forged").status_code == 400


def test_a_kept_event_costs_one_query(stripe_sends, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert stripe_sends.deliver(stripe_sends.event()).status_code == 200


def test_an_event_that_could_not_be_kept_is_not_answered_for(stripe_sends, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("the database is away")

    monkeypatch.setattr("stripe_gateway.inbox.keep", fail)
    stripe_sends.client.raise_request_exception = False
    assert stripe_sends.deliver(stripe_sends.event()).status_code == 500


def test_only_post_is_allowed(client):
    assert client.get("/webhooks/stripe/platform/").status_code == 405


def test_an_event_of_the_other_mode_is_quarantined(stripe_sends):
    event = stripe_sends.keep(stripe_sends.event(livemode=True))
    assert event.state == State.QUARANTINED
    assert "mode" in event.error


def test_the_operation_behind_an_event_is_noted(stripe_sends):
    operation = "0192aaaa-0000-7000-8000-000000000001"
    snapshot = stripe_sends.event(data={"object": {"id": "tu_1", "metadata": {"operation": operation}}})
    assert stripe_sends.keep(snapshot).operation_id == operation
    thin = {
        "id": "evt_thin",
        "object": "v2.core.event",
        "type": "v2.core.account.created",
        "created": "2026-11-20T10:00:00.000Z",
        "livemode": False,
        "context": "acct_platform/acct_1",
        "related_object": {"id": "acct_1", "type": "v2.core.account", "url": "/v2/core/accounts/acct_1"},
        "reason": {"type": "request", "request": {"idempotency_key": f"test:account.create:{operation}:1"}},
    }
    event = stripe_sends.keep(thin, "platform-thin")
    assert (event.operation_id, event.object_id, event.stripe_account) == (operation, "acct_1", "acct_1")
    assert event.stripe_created_at.isoformat() == "2026-11-20T10:00:00+00:00"
