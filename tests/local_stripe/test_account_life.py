"""How accounts end and come back: rejected, taken back, closed, deleted; and capabilities that come and go."""

import json

import pytest
import stripe

from tests.local_stripe.conftest import BUSINESS, PREVIEW
from tests.local_stripe.receiver import Receiver

V2 = {"stripe_version": PREVIEW}
NEWEST = {"stripe_version": "2026-10-14.preview"}
URLS = {"refresh_url": "http://127.0.0.1:4242/reauth", "return_url": "http://127.0.0.1:4242/return"}
CARDS = "v2.core.account[configuration.card_creator].capability_status_updated"
CARD_CREATOR = BUSINESS["configuration"]["card_creator"]


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


def refusal(call, *args) -> stripe.StripeError:
    with pytest.raises(stripe.StripeError) as refused:
        call(*args)
    return refused.value


def snapshots(client, account) -> list:
    return client.v1.events.list({"limit": 100}, {"stripe_account": account}).data


def thin(client, account) -> list[str]:
    return [event.type for event in client.v2.core.events.list({"limit": 100}, {"stripe_context": account}).data]


def spend_card(client, account, options=V2) -> dict:
    include = {"include": ["configuration.card_creator"]}
    view = client.v2.core.accounts.retrieve(account, include, options).to_dict()
    return view["configuration"]["card_creator"]["capabilities"]["commercial"]["celtic"]["spend_card"]


@pytest.mark.parametrize(
    ("reason", "v1", "v2"),
    [
        ("fraud_other", "rejected.platform_fraud", "rejected_platform_fraud"),
        ("fraud_payment_method_tester", "rejected.platform_fraud", "rejected_platform_fraud"),
        ("terms_of_service", "rejected.platform_terms_of_service", "rejected_platform_terms_of_service"),
        ("credit", "rejected.platform_other", "rejected_platform_other"),
        ("other", "rejected.platform_other", "rejected_platform_other"),
    ],
)
def test_a_rejected_account_says_why_and_can_do_nothing(client, account, reason, v1, v2):
    rejected = client.v1.accounts.reject(account, {"reason": reason})
    assert rejected.requirements.disabled_reason == v1
    assert rejected.capabilities.to_dict() == {"card_issuing": "inactive", "transfers": "inactive"}
    assert (rejected.charges_enabled, rejected.payouts_enabled) == (False, False)
    assert spend_card(client, account, NEWEST) == {
        "status": "rejected",
        "status_details": [{"code": v2, "resolution": "no_resolution"}],
    }
    assert spend_card(client, account)["status"] == "restricted"
    types = [event.type for event in snapshots(client, account)]
    assert {"account.updated", "capability.updated"} <= set(types)
    assert CARDS in thin(client, account)


def test_a_rejected_account_cannot_be_onboarded(client, account):
    client.v1.accounts.reject(account, {"reason": "other"})
    link = {"account": account, "type": "account_onboarding", **URLS}
    assert refusal(client.v1.account_links.create, link).http_status == 400
    session = {"account": account, "components": {"account_onboarding": {"enabled": True}}}
    assert refusal(client.v1.account_sessions.create, session).http_status == 400


def test_payouts_go_on_after_a_rejection_when_asked_to(client, account):
    rejected = client.v1.accounts.reject(account, {"reason": "other", "payouts_action": "none"})
    assert (rejected.payouts_enabled, rejected.capabilities.transfers) == (True, "inactive")
    assert client.v1.accounts.unreject(account).payouts_enabled
    assert not client.v1.accounts.reject(account, {"reason": "other", "payouts_action": "pause"}).payouts_enabled


def test_rejections_that_stripe_refuses(client, account):
    assert refusal(client.v1.accounts.reject, account, {"reason": "fraud"}).param == "reason"
    assert refusal(client.v1.accounts.reject, account, {}).code == "parameter_missing"
    standard = client.v1.accounts.create({"type": "standard", "country": "US"}).id
    assert refusal(client.v1.accounts.reject, standard, {"reason": "other"}).http_status == 400


def test_only_the_platforms_own_rejection_is_taken_back(client, local_stripe, account):
    assert refusal(client.v1.accounts.unreject, account).http_status == 400
    client.v1.accounts.reject(account, {"reason": "other"})
    assert client.v1.accounts.unreject(account).capabilities.card_issuing == "active"
    local_stripe.control(f"accounts/{account}/outcome", {"outcome": "terms_violation"})
    assert refusal(client.v1.accounts.unreject, account).http_status == 400
    assert client.v1.accounts.retrieve(account).requirements.disabled_reason == "rejected.terms_of_service"


def test_a_closed_account_stays_readable_and_takes_nothing_more(client, account):
    closed = client.v2.core.accounts.close(account, {"applied_configurations": ["card_creator", "recipient"]}, V2)
    assert closed.closed is True
    view = client.v1.accounts.retrieve(account)
    assert view.capabilities.to_dict() == {"card_issuing": "inactive", "transfers": "inactive"}
    assert (view.charges_enabled, view.payouts_enabled) == (False, False)
    assert spend_card(client, account)["status"] == "restricted"
    assert {"v2.core.account.closed", CARDS} <= set(thin(client, account))
    assert "account.updated" in {event.type for event in snapshots(client, account)}
    for call, *args in (
        (client.v1.accounts.update, account, {"email": "else@example.com"}),
        (client.v2.core.accounts.update, account, {"display_name": "Else"}, V2),
        (client.v2.core.accounts.close, account, {}, V2),
        (client.v1.accounts.reject, account, {"reason": "other"}),
        (client.v1.account_links.create, {"account": account, "type": "account_onboarding", **URLS}),
        (client.v1.accounts.capabilities.update, account, "transfers", {"requested": False}),
    ):
        assert refusal(call, *args).http_status == 400


def test_a_deleted_account_is_gone_for_everybody(client, local_stripe, account):
    assert client.v1.accounts.delete(account).to_dict() == {"id": account, "object": "account", "deleted": True}
    for call, *args in (
        (client.v1.accounts.retrieve, account),
        (client.v1.accounts.update, account, {"email": "else@example.com"}),
        (client.v1.account_links.create, {"account": account, "type": "account_onboarding", **URLS}),
        (client.v1.balance.retrieve, {}, {"stripe_account": account}),
    ):
        assert refusal(call, *args).error.code == "account_invalid"
    assert refusal(client.v2.core.accounts.retrieve, account, {}, V2).http_status == 404
    told = [row["object"] for row in local_stripe.control("objects?kind=event")["objects"] if row["scope"] == account]
    assert told[-1]["type"] == "account.application.deauthorized"
    assert local_stripe.list("person") == []


def test_a_capability_given_up_says_so(client, account):
    gone = client.v1.accounts.capabilities.update(account, "card_issuing", {"requested": False})
    assert (gone.status, gone.requested) == ("unrequested", False)
    newest = next(event for event in snapshots(client, account) if event.type == "capability.updated")
    assert newest.data.object.id == "card_issuing"
    assert newest.data.previous_attributes.to_dict()["status"] == "active"
    assert client.v1.accounts.retrieve(account).capabilities.to_dict() == {"transfers": "active"}


def test_v2_asks_for_more_cards_later_and_gives_them_up(client, account):
    more = {"commercial": {"cross_river_bank": {"charge_card": {"requested": True}}}}
    update = {"configuration": {"card_creator": {"capabilities": more}}, "include": ["configuration.card_creator"]}
    updated = client.v2.core.accounts.update(account, update, V2).to_dict()
    commercial = updated["configuration"]["card_creator"]["capabilities"]["commercial"]
    assert sorted(commercial) == ["celtic", "cross_river_bank"]
    assert commercial["cross_river_bank"]["charge_card"]["status_details"][0]["code"] == "requirements_past_due"
    less = {"commercial": {"cross_river_bank": {"charge_card": {"requested": False}}}}
    update["configuration"] = {"card_creator": {"capabilities": less}}
    shown = client.v2.core.accounts.update(account, update, V2).to_dict()
    assert sorted(shown["configuration"]["card_creator"]["capabilities"]["commercial"]) == ["celtic"]


def test_capability_changes_reach_a_destination_as_printed(client, receiver):
    """Type, updated_capability and related object are as Stripe's guide prints them."""
    account = client.v2.core.accounts.create(BUSINESS, V2).id
    client.v2.core.event_destinations.create(
        {
            "name": "capabilities",
            "type": "webhook_endpoint",
            "event_payload": "thin",
            "enabled_events": [CARDS],
            "webhook_endpoint": {"url": receiver.url},
            "events_from": ["@accounts"],
        }
    )
    charge_card = {"commercial": {"celtic": {"charge_card": {"requested": True}}}}
    client.v2.core.accounts.update(account, {"configuration": {"card_creator": {"capabilities": charge_card}}}, V2)
    told = json.loads(receiver.wait_for(1)[0][0])
    assert (told["object"], told["type"]) == ("v2.core.event", CARDS)
    assert told["related_object"] == {
        "id": account,
        "type": "v2.core.account",
        "url": f"/v2/core/accounts/{account}?include=configuration.card_creator",
    }
    fetched = client.v2.core.events.retrieve(told["id"], None, {"stripe_context": account}).to_dict()
    assert fetched["data"] == {"updated_capability": "commercial.celtic.charge_card"}


def test_cards_cannot_outlive_the_transfers_they_need(client, account):
    less = {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": False}}}}}
    refused = refusal(client.v2.core.accounts.update, account, {"configuration": less}, V2)
    assert refused.error.param.endswith("stripe_transfers.requested")


def test_cards_can_be_asked_for_on_an_account_that_had_none(client):
    plain = {**BUSINESS, "configuration": {"recipient": BUSINESS["configuration"]["recipient"]}}
    account = client.v2.core.accounts.create(plain, V2).id
    shown = client.v2.core.accounts.update(account, {"configuration": {"card_creator": CARD_CREATOR}}, V2).to_dict()
    assert shown["configuration"]["card_creator"] is None
    assert shown["applied_configurations"] == ["card_creator", "recipient"]
    assert CARDS in thin(client, account)
    express = {**plain, "dashboard": "express"}
    other = client.v2.core.accounts.create(express, V2).id
    refused = refusal(client.v2.core.accounts.update, other, {"configuration": {"card_creator": CARD_CREATOR}}, V2)
    assert refused.error.param == "dashboard"


def test_stable_versions_know_no_cards(client, account):
    refused = refusal(client.v2.core.accounts.retrieve, account, {"include": ["configuration.card_creator"]})
    assert refused.http_status == 400
    refused = refusal(client.v2.core.accounts.update, account, {"configuration": {"card_creator": CARD_CREATOR}})
    assert refused.error.code == "parameter_unknown"


def test_unknown_capabilities_are_missing(client, account):
    assert refusal(client.v1.accounts.capabilities.retrieve, account, "juggling").code == "resource_missing"
    update = client.v1.accounts.capabilities.update
    assert refusal(update, account, "juggling", {"requested": True}).code == "resource_missing"
