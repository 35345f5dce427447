"""Events and sweeps: any order, any repetition, or none at all, and the same state."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection

from funding import balances, events, sweeps
from funding.models import Source, TopUp
from stripe_gateway import client, inbox, processing
from stripe_gateway.models import CallBudget, StripeEvent
from tests.factories.accounts import ConnectedAccountFactory

WEEKS = 14 * 24 * 3600


@pytest.fixture
def told(account):
    """`told(type, object_id)` → an event as the inbox keeps it."""

    def make(type, object_id, **fields):
        return StripeEvent(
            endpoint="connect",
            stripe_id=f"evt_{uuid.uuid4().hex}",
            type=type,
            object_id=object_id,
            stripe_account=fields.pop("stripe_account", account.stripe_id),
            **fields,
        )

    return make


def test_money_that_arrives_moves_the_top_up_and_the_balance(chargeable, top_up, account, told, local_stripe, now):
    mine = top_up(chargeable())
    local_stripe.advance(WEEKS)
    outcome = events.top_up_changed(told("topup.succeeded", mine.stripe_id), now)
    mine.refresh_from_db()
    figures = balances.of(account)
    assert mine.status == TopUp.Status.SUCCEEDED
    assert "succeeded" in outcome
    assert (figures.available, figures.on_its_way) == (5000_00, 0)


def test_the_same_event_again_changes_nothing(chargeable, top_up, told, local_stripe, now):
    mine = top_up(chargeable())
    local_stripe.advance(WEEKS)
    events.top_up_changed(told("topup.succeeded", mine.stripe_id), now)
    assert events.top_up_changed(told("topup.succeeded", mine.stripe_id), now) == ""


def test_late_news_of_the_beginning_does_not_undo_the_end(chargeable, top_up, told, local_stripe, now):
    mine = top_up(chargeable())
    local_stripe.advance(WEEKS)
    events.top_up_changed(told("topup.succeeded", mine.stripe_id), now)
    events.top_up_changed(told("topup.created", mine.stripe_id), now)
    mine.refresh_from_db()
    assert mine.status == TopUp.Status.SUCCEEDED


def test_an_event_that_is_faster_than_the_reply_finds_its_top_up(chargeable, top_up, told, local_stripe, now):
    source = chargeable()
    local_stripe.fault("drop_after", path="/v1/topups")
    mine = top_up(source)
    [at_stripe] = local_stripe.list("topup")
    events.top_up_changed(told("topup.created", at_stripe["id"]), now)
    mine.refresh_from_db()
    assert (mine.status, mine.stripe_id) == (TopUp.Status.PENDING, at_stripe["id"])


def test_a_source_whose_reply_was_lost_is_found_by_its_event(connect, told, local_stripe, now):
    local_stripe.fault("drop_after", path="/v1/sources")
    source = connect()
    [at_stripe] = local_stripe.list("source")
    events.source_changed(told("source.chargeable", at_stripe["id"]), now)
    source.refresh_from_db()
    assert source.status == Source.Status.PENDING
    assert source.stripe_id == at_stripe["id"]


def test_the_event_of_a_source_is_kept_sealed_and_still_found(connect, verify, account, local_stripe, now):
    source = connect()
    local_stripe.fault("drop_after", path="*/verify")
    verify(source)
    obj = {"id": source.stripe_id, "object": "source", "metadata": {}}
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "source.chargeable",
        "account": account.stripe_id,
        "livemode": False,
        "created": int(now.timestamp()),
        "data": {"object": obj},
    }
    assert inbox.keep("connect", json.dumps(event), now=now)
    processing.process_due(now)

    source.refresh_from_db()
    kept = StripeEvent.objects.get()
    assert source.status == Source.Status.CHARGEABLE
    assert kept.state == StripeEvent.State.DONE
    assert source.stripe_id not in kept.object_id + kept.payload


def test_no_event_leaves_the_source_id_in_clear(chargeable, top_up, account, local_stripe, now):
    source = chargeable()
    top_up(source)
    [topup_object] = local_stripe.list("topup")
    event = {"id": "evt_2", "type": "topup.created", "account": account.stripe_id, "data": {"object": topup_object}}
    assert source.stripe_id in json.dumps(event)
    inbox.keep("connect", json.dumps(event), now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stripe_gateway_stripeevent")
        assert source.stripe_id not in str(cursor.fetchall())
    assert StripeEvent.objects.get().object_stripe_id == topup_object["id"]


def test_another_tenants_event_touches_nothing_of_ours(chargeable, top_up, account, told, at_stripe, now):
    mine = top_up(chargeable())
    TopUp.objects.filter(pk=mine.pk).update(account=ConnectedAccountFactory())
    assert "not made here" in events.top_up_changed(told("topup.succeeded", mine.stripe_id), now)


def test_a_balance_event_reads_top_ups_first_so_that_nothing_counts_twice(
    chargeable, top_up, account, told, local_stripe, now
):
    top_up(chargeable())
    local_stripe.advance(WEEKS)
    events.balance_changed(told("balance.available", ""), now)
    assert balances.of(account).total == 5000_00


def test_without_any_event_the_sweep_learns_it_all(chargeable, top_up, connect, account, local_stripe, now):
    mine, waiting = top_up(chargeable()), connect("000666666661")
    local_stripe.advance(WEEKS)
    sweeps.reread_stale(now + timedelta(minutes=10))
    mine.refresh_from_db()
    waiting.refresh_from_db()
    assert mine.status == TopUp.Status.SUCCEEDED
    assert waiting.status == Source.Status.FAILED
    assert balances.of(account).available == 5000_00


def test_the_sweep_reads_the_balance_again_once_money_has_arrived(chargeable, top_up, account, local_stripe, now):
    top_up(chargeable())
    balances.reread(account)
    local_stripe.advance(WEEKS)
    sweeps.reread_stale(now + timedelta(minutes=10))
    assert (balances.of(account).available, balances.of(account).on_its_way) == (5000_00, 0)


def test_without_any_event_a_debit_that_the_bank_took_back_is_found_within_a_day(
    chargeable, top_up, account, local_stripe, now
):
    mine = top_up(chargeable())
    local_stripe.advance(WEEKS)
    sweeps.reread_stale(now + timedelta(minutes=10))
    local_stripe.control(f"topups/{mine.stripe_id}/reverse", {})
    sweeps.reread_stale(now + timedelta(hours=25))
    mine.refresh_from_db()
    assert mine.status == TopUp.Status.REVERSED
    assert balances.of(account).available == 0


def test_a_balance_that_could_not_be_read_is_read_when_the_event_is_tried_again(
    chargeable, top_up, account, told, local_stripe, now
):
    mine = top_up(chargeable())
    balances.reread(account)
    local_stripe.advance(WEEKS)
    event = told("topup.succeeded", mine.stripe_id)
    local_stripe.fault("503", path="/v1/balance")
    with pytest.raises(client.StripeProblem):
        events.top_up_changed(event, now)
    events.top_up_changed(event, now)
    assert balances.of(account).available == 5000_00


def test_the_sweep_leaves_alone_what_was_read_a_moment_ago(chargeable, top_up, account, local_stripe, now):
    top_up(chargeable())
    sweeps.reread_stale(now + timedelta(minutes=10))
    before = len(local_stripe.requests())
    assert sweeps.reread_stale(now + timedelta(minutes=2)) == 0
    assert len(local_stripe.requests()) == before


def test_the_sweep_leaves_the_last_calls_to_people(chargeable, top_up, now):
    top_up(chargeable())
    almost_used_up = int((now + timedelta(seconds=30)).timestamp() * 1_000_000)
    CallBudget.objects.update_or_create(name="platform", defaults={"free_at": almost_used_up})
    assert sweeps.reread_stale(now + timedelta(minutes=10)) == 0


def test_one_row_that_cannot_be_read_does_not_stop_the_others(chargeable, top_up, local_stripe, now):
    source = chargeable()
    first, second = top_up(source), top_up(source, 100_00)
    local_stripe.advance(WEEKS)
    local_stripe.fault("404", path=f"/v1/topups/{first.stripe_id}")
    sweeps.reread_stale(now + timedelta(minutes=10))
    second.refresh_from_db()
    assert second.status == TopUp.Status.SUCCEEDED
