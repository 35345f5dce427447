"""Events reach their endpoints signed, are tried again, and can be planned to go wrong."""

import json
import time

import pytest
import stripe

from tests.local_stripe.conftest import BUSINESS, PREVIEW
from tests.local_stripe.receiver import Receiver

TOPUP = {"amount": 100, "currency": "usd"}
V2 = {"stripe_version": PREVIEW}


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


def listen(client, receiver, *types, **more) -> str:
    """A webhook endpoint; returns its secret."""
    return client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": list(types), **more}).secret


def types_of(receiver) -> list[str]:
    return [json.loads(body)["type"] for body, _ in receiver.received]


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_snapshot_reaches_the_platforms_endpoint_signed(client, receiver):
    secret = listen(client, receiver, "topup.created")
    topup = client.v1.topups.create(TOPUP, {"idempotency_key": "told"})
    [(body, signature)] = receiver.wait_for(1)
    event = stripe.Webhook.construct_event(body, signature, secret)
    assert (event.type, event.data.object.id) == ("topup.created", topup.id)
    assert event.request.idempotency_key == "told"
    assert "account" not in event.to_dict()
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, secret)


def test_connected_accounts_have_their_own_endpoint(client, receiver, local_stripe):
    listen(client, receiver, "account.updated")
    business = client.v2.core.accounts.create(BUSINESS, V2).id
    secret = listen(client, receiver, "account.updated", connect=True)
    local_stripe.activate(business)
    body, signature = receiver.wait_for(1)[0]
    assert stripe.Webhook.construct_event(body, signature, secret).account == business
    time.sleep(0.5)
    assert len(receiver.received) == 1


def test_secrets_show_once(client, receiver):
    endpoint = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    assert endpoint.secret.startswith("whsec_")
    assert "secret" not in client.v1.webhook_endpoints.retrieve(endpoint.id).to_dict()
    assert client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True}).status == "disabled"
    assert client.v1.webhook_endpoints.delete(endpoint.id).deleted
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["topup.exploded"]})


def thin_destination(client, receiver, *types, **more):
    return client.v2.core.event_destinations.create(
        {
            "name": "thin",
            "type": "webhook_endpoint",
            "event_payload": "thin",
            "enabled_events": list(types),
            "webhook_endpoint": {"url": receiver.url},
            "events_from": ["@accounts"],
            "include": ["webhook_endpoint.signing_secret", "webhook_endpoint.url"],
            **more,
        }
    )


def test_a_thin_event_is_a_notification_to_be_fetched(client, receiver):
    destination = thin_destination(client, receiver, "v2.core.account.created")
    secret = destination.webhook_endpoint.signing_secret
    assert destination.webhook_endpoint.url == receiver.url
    business = client.v2.core.accounts.create(BUSINESS, V2).id
    body, signature = receiver.wait_for(1)[0]
    assert {"data", "changes"}.isdisjoint(json.loads(body))
    notification = client.parse_event_notification(body, signature, secret)
    assert (notification.type, str(notification.context)) == ("v2.core.account.created", business)
    assert notification.fetch_event().id == notification.id
    assert notification.fetch_related_object().id == business
    assert client.v2.core.event_destinations.retrieve(destination.id).webhook_endpoint.to_dict() == {
        "url": None, "signing_secret": None,
    }  # fmt: skip


def test_snapshot_types_come_thin_to_those_who_ask(client, receiver):
    thin_destination(client, receiver, "v1.topup.created", events_from=["@self"])
    topup = client.v1.topups.create(TOPUP)
    notification = json.loads(receiver.wait_for(1)[0][0])
    assert notification["related_object"] == {"id": topup.id, "type": "topup", "url": f"/v1/topups/{topup.id}"}
    assert client.raw_request("get", notification["related_object"]["url"]).data["id"] == topup.id


def test_destinations_can_be_pinged_and_silenced(client, receiver):
    destination = thin_destination(client, receiver, "v2.core.account.created")
    client.v2.core.event_destinations.ping(destination.id)
    receiver.wait_for(1)
    assert types_of(receiver) == ["v2.core.event_destination.ping"]
    assert client.v2.core.event_destinations.disable(destination.id).status == "disabled"
    client.v2.core.accounts.create(BUSINESS, V2)
    assert client.v2.core.event_destinations.enable(destination.id).status == "enabled"
    time.sleep(0.5)
    assert len(receiver.received) == 1
    client.v2.core.event_destinations.delete(destination.id)
    assert client.v2.core.event_destinations.list().data == []


def test_a_failed_delivery_is_tried_again_with_a_fresh_signature(client, receiver):
    secret = listen(client, receiver, "topup.created")
    receiver.answers = [500, 302]
    client.v1.topups.create(TOPUP)
    wait_until(lambda: len(receiver.received) >= 2)
    assert client.v1.events.list({"delivery_success": False}).data[0].pending_webhooks == 1
    [(first, one), (second, other)] = receiver.received[:2]
    assert json.loads(first)["id"] == json.loads(second)["id"]
    for body, signature in ((first, one), (second, other)):
        stripe.Webhook.construct_event(body, signature, secret)
    receiver.wait_for(3)
    wait_until(lambda: client.v1.events.list({"delivery_success": True, "type": "topup.created"}).data)


def test_planned_trouble_with_events(client, receiver, local_stripe):
    secret = listen(client, receiver, "topup.created")
    local_stripe.fault("duplicate", event="topup.*")
    client.v1.topups.create(TOPUP)
    (one, _), (other, _) = receiver.wait_for(2)
    assert json.loads(one)["id"] == json.loads(other)["id"]
    local_stripe.fault("missign", event="topup.created")
    client.v1.topups.create(TOPUP)
    body, signature = receiver.wait_for(3)[2]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, secret)


def test_withheld_delayed_and_reordered_events(client, receiver, local_stripe):
    listen(client, receiver, "topup.created")
    local_stripe.fault("withhold", event="topup.created")
    client.v1.topups.create(TOPUP)
    local_stripe.fault("delay", event="topup.created", seconds=3600)
    client.v1.topups.create(TOPUP)
    time.sleep(0.6)
    assert receiver.received == []
    local_stripe.advance(3601)
    receiver.wait_for(1)
    assert local_stripe.control("events/release", {}) == {"released": 1}
    receiver.wait_for(2)
    local_stripe.fault("reorder", event="topup.created")
    early, late = (client.v1.topups.create(TOPUP).id for _ in range(2))
    arrived = [json.loads(body)["data"]["object"]["id"] for body, _ in receiver.wait_for(4)[2:]]
    assert arrived == [late, early]


def test_an_event_can_be_sent_again(client, receiver, local_stripe):
    listen(client, receiver, "topup.created")
    client.v1.topups.create(TOPUP)
    event = json.loads(receiver.wait_for(1)[0][0])["id"]
    local_stripe.control(f"events/{event}/redeliver", {})
    receiver.wait_for(2)
    assert local_stripe.control(f"deliveries?event={event}")["deliveries"][0]["state"] == "sent"


def test_event_lists_filter(client, account):
    client.v1.topups.create(TOPUP)
    client.v1.topups.cancel(client.v1.topups.create(TOPUP).id)
    listed = [event.type for event in client.v1.events.list({"types": ["topup.canceled", "topup.created"]}).data]
    assert listed == ["topup.canceled", "topup.created", "topup.created"]
    assert [event.type for event in client.v1.events.list({"type": "topup.c*", "limit": 1}).data] == ["topup.canceled"]
    assert client.v1.events.list({"created": {"lt": 1}}).data == []
    assert "topup.created" not in [event.type for event in client.v1.events.list({}, {"stripe_account": account}).data]
    of_account = client.v2.core.events.list({"object_id": account, "types": ["v2.core.account.created"]}).data
    assert [event.context for event in of_account] == [account]
    assert client.v2.core.events.list().data == []
