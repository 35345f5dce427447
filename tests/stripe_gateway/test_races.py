"""Many at once, on SQLite and on PostgreSQL: one effect, nothing stranded, no "database is locked"."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from stripe_gateway import claims, client, inbox, operations, pauses, records, schedule
from stripe_gateway.models import Pause, StripeEvent, StripeOperation

ROUNDS = 10
State = StripeOperation.State


def exceptions(results):
    return [result for result in results if isinstance(result, Exception)]


def test_workers_that_meet_at_one_operation_send_it_once(sample, local_stripe, at_once):
    for number in range(1, ROUNDS + 1):
        operation = sample.prepared()
        results = at_once(lambda pk=operation.pk: operations.perform(pk))
        assert exceptions(results) == []
        assert StripeOperation.objects.get(pk=operation.pk).attempts == 1
        assert len(local_stripe.list("topup")) == sample.told("sample.applied") == number


def test_a_double_click_makes_one_operation(sample, local_stripe, at_once):
    def click(id):
        operation = sample.prepared(id=id)
        operations.perform(operation.pk)
        return operation.pk

    for number in range(1, ROUNDS + 1):
        id = uuid.uuid4()
        assert set(at_once(lambda id=id: click(id))) == {id}
        assert len(local_stripe.list("topup")) == StripeOperation.objects.count() == number


def test_sweeps_that_run_together_share_the_work(sample, local_stripe, at_once):
    for _ in range(20):
        sample.prepared()
    ended = at_once(operations.sweep, threads=4)
    assert exceptions(ended) == []
    assert StripeOperation.objects.filter(state=State.ACCEPTED, attempts=1).count() == 20
    assert len(local_stripe.list("topup")) == sample.told("sample.applied") == 20


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_outlived_its_lease_changes_nothing(sample, local_stripe):
    now = timezone.now()
    slow = claims.claim(sample.prepared().pk, now)
    reply = client.send(slow.operation)

    later = now + schedule.LEASE
    operation = operations.perform(slow.operation.pk, now=later)
    assert operation.state == State.ACCEPTED

    records.accepted(slow.operation, reply, later)
    assert sample.told("sample.applied") == 1
    records.unknown(slow.operation, client.Unanswered("late"), later)
    assert StripeOperation.objects.get().state == State.ACCEPTED
    assert len(local_stripe.list("topup")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_overtaken_while_the_other_still_sends_settles_nothing(sample, local_stripe):
    now = timezone.now()
    slow = claims.claim(sample.prepared().pk, now)
    fast = claims.claim(slow.operation.pk, now + schedule.LEASE)
    records.refused(slow.operation, client.Refused("late", code="x", http_status=400), now)
    operation = StripeOperation.objects.get()
    assert (operation.state, operation.fence) == (State.SENDING, fast.operation.fence)
    assert sample.told("sample.refused") == 0


def test_event_workers_that_run_together_process_each_event_once(stripe_sends, handlers, local_stripe, at_once):
    for number in range(60):
        stripe_sends.keep(stripe_sends.event("v2.core.account.updated", object_id=f"acct_{number}"))
    results = at_once(inbox.process_due, threads=4)
    assert exceptions(results) == []
    assert len(handlers.seen) == len(set(handlers.seen)) == 60
    assert StripeEvent.objects.filter(state=StripeEvent.State.DONE, attempts=1).count() == 60


def test_one_event_delivered_many_times_at_once_is_kept_once(handlers, at_once):
    facts = '{"id": "evt_1", "type": "topup.created", "livemode": false}'
    kept = at_once(lambda: inbox.keep("platform", facts, now=timezone.now()))
    assert sorted(kept) == [False] * 7 + [True]


def test_a_pause_is_opened_once(at_once):
    results = at_once(lambda: pauses.open(pauses.EVERYTHING, "The key was refused."))
    assert exceptions(results) == []
    assert Pause.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_pause_lifted_while_another_is_opened_is_opened_anew(monkeypatch):
    first = pauses.open(pauses.EVERYTHING, "The key was refused.")
    standing = pauses.standing

    def lifted_just_now():
        Pause.objects.filter(pk=first.pk).update(lifted_at=timezone.now())
        return standing()

    monkeypatch.setattr(pauses, "standing", lifted_just_now)
    second = pauses.open(pauses.EVERYTHING, "Stop.")
    assert second != first
    assert second.lifted_at is None


def test_a_pause_that_comes_first_stops_the_sending(sample, local_stripe, at_once):
    """Whatever the order, what was claimed before the pause is sent once, and nothing after it."""
    for _ in range(ROUNDS):
        operation = sample.prepared()

        first = iter([True])

        def pause_or_send(first=first, pk=operation.pk):
            if next(first, False):
                return pauses.open(pauses.EVERYTHING, "Stop.")
            return operations.perform(pk)

        assert exceptions(at_once(pause_or_send)) == []
        with transaction.atomic():
            Pause.objects.update(lifted_at=timezone.now())
        operation = operations.perform(operation.pk, now=timezone.now() + timedelta(minutes=2))
        assert operation.state == State.ACCEPTED
    assert len(local_stripe.list("topup")) == ROUNDS
