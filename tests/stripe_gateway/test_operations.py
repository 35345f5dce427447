"""What is sent is what was written down, at most once, and every answer ends in the right state."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from stripe_gateway import client, operations, pauses, schedule
from stripe_gateway.models import Pause, StripeOperation

pytestmark = pytest.mark.django_db
State = StripeOperation.State


def later(operation, now):
    """A moment at which the operation is due again, whatever the jitter was."""
    return now + timedelta(seconds=schedule.LONGEST_BACKOFF_SECONDS)


def test_an_accepted_operation_is_recorded_once(sample, local_stripe):
    operation = operations.perform(sample.prepared().pk)

    assert operation.state == State.ACCEPTED
    [top_up] = local_stripe.list("topup")
    assert (operation.stripe_id, top_up["metadata"]) == (top_up["id"], {"operation": str(operation.pk)})
    assert sample.told("sample.applied") == 1

    assert operations.perform(operation.pk).state == State.ACCEPTED
    assert len(local_stripe.list("topup")) == 1


def test_a_refusal_is_final_and_says_why(sample, local_stripe):
    operation = operations.perform(sample.prepared(currency="xxx").pk)

    assert operation.state == State.REJECTED
    assert (operation.http_status, operation.error_type) == (400, "invalid_request_error")
    assert operation.error_param == "currency"
    assert sample.told("sample.refused") == 1
    assert operations.perform(operation.pk).attempts == 1


def test_what_is_returned_is_what_stands_in_the_table(sample, local_stripe):
    for fault in ("", "500_after", "refuse"):
        if fault:
            local_stripe.fault(fault, path="/v1/topups")
        told = operations.perform(sample.prepared().pk)
        stored = StripeOperation.objects.get(pk=told.pk)
        fields = [field.attname for field in StripeOperation._meta.concrete_fields]
        assert {name: getattr(told, name) for name in fields} == {name: getattr(stored, name) for name in fields}


def test_a_worker_that_lost_its_claim_returns_what_another_wrote_down(sample, local_stripe, monkeypatch):
    send = client.send

    def overtaken(operation, **options):
        StripeOperation.objects.filter(pk=operation.pk).update(fence="another's", attempts=7)
        return send(operation, **options)

    monkeypatch.setattr(client, "send", overtaken)
    operation = operations.perform(sample.prepared().pk)
    assert (operation.state, operation.fence, operation.attempts) == (State.SENDING, "another's", 7)


def test_the_second_click_finds_the_first_operation(sample, local_stripe):
    first = sample.prepared()
    with transaction.atomic():
        terms = {"path": "/v1/topups", "params": {"amount": 5000, "currency": "usd"}, "actor": None}
        second, is_new = operations.prepare(id=first.pk, kind=sample.TOP_UP, **terms)
        assert (second.pk, is_new) == (first.pk, False)
        with pytest.raises(operations.FormReused):
            operations.prepare(id=first.pk, kind=sample.TOP_UP, **terms | {"params": {"amount": 1, "currency": "usd"}})
        with pytest.raises(operations.FormReused):
            operations.prepare(id=first.pk, kind=sample.TOP_UP, account="acct_other", **terms)


@pytest.mark.parametrize("fault", ["drop_after", "truncate", "500_after", "500_before", "503", "drop_before", "refuse"])
def test_an_unknown_outcome_is_settled_under_the_same_key(sample, local_stripe, fault):
    now = timezone.now()
    local_stripe.fault(fault, path="/v1/topups")
    operation = operations.perform(sample.prepared().pk, now=now)
    assert operation.state == State.UNKNOWN
    assert sample.told("sample.applied") == sample.told("sample.refused") == 0

    for _ in range(6):
        now = later(operation, now)
        operation = operations.perform(operation.pk, now=now)
    expected = State.UNKNOWN if fault == "500_before" else State.ACCEPTED
    assert operation.state == expected
    assert len(local_stripe.list("topup")) == (0 if fault == "500_before" else 1)
    assert {call["headers"].get("idempotency-key") for call in calls(local_stripe)} == {operation.key}


def calls(local_stripe):
    return [call for call in local_stripe.requests() if call["method"] == "POST" and call["path"] == "/v1/topups"]


@pytest.mark.parametrize("fault", ["409", "429", "429_lock"])
def test_a_busy_stripe_is_asked_again(sample, local_stripe, fault):
    now = timezone.now()
    local_stripe.fault(fault, path="/v1/topups")
    operation = operations.perform(sample.prepared().pk, now=now)
    assert operation.state == (State.APPROVED if fault == "429" else State.UNKNOWN)
    assert operation.attempts == (0 if fault == "429" else 1)
    operation = operations.perform(operation.pk, now=later(operation, now))
    assert operation.state == State.ACCEPTED
    assert len(local_stripe.list("topup")) == 1


def test_a_refused_credential_pauses_everything_and_rejects_nothing(sample, local_stripe, admin_user):
    now = timezone.now()
    local_stripe.fault("401", path="/v1/topups")
    first, second = sample.prepared(), sample.prepared()
    assert operations.perform(first.pk, now=now).state == State.APPROVED
    assert operations.perform(second.pk, now=now).state == State.APPROVED
    assert len(calls(local_stripe)) == 1
    pause = Pause.objects.get(scope=pauses.EVERYTHING, lifted_at=None)

    assert pauses.lift(pause, admin_user, "New key is in place.", now=now)
    assert operations.sweep(now=now) == {State.ACCEPTED: 2}
    assert len(local_stripe.list("topup")) == 2


def test_revoked_access_holds_that_account_alone(sample, local_stripe):
    operation = operations.perform(sample.prepared(account="acct_gone").pk)
    assert operation.state == State.APPROVED
    assert Pause.objects.get().scope == "account:acct_gone"
    assert operations.perform(sample.prepared().pk).state == State.ACCEPTED


def test_nothing_new_is_sent_while_paused(sample, local_stripe):
    pauses.open(pauses.for_kind(sample.TOP_UP), "Looking into it.")
    operation = operations.perform(sample.prepared().pk)
    assert (operation.state, operation.error_message) == (State.APPROVED, "paused")
    assert local_stripe.requests() == []


def test_a_precondition_holds_or_withdraws_what_was_never_sent(sample, local_stripe):
    now = timezone.now()
    operation = sample.prepared()
    sample.precondition.append(operations.NotNow("The source is not chargeable yet."))
    assert operations.perform(operation.pk, now=now).state == State.APPROVED
    sample.precondition[:] = [operations.Withdrawn("The business was closed.")]
    operation = operations.perform(operation.pk, now=now + schedule.HOLD)
    assert (operation.state, operation.error_code) == (State.REJECTED, "withdrawn")
    assert sample.told("sample.refused") == 1
    assert local_stripe.requests() == []


def test_what_may_have_happened_is_looked_up_instead_of_withdrawn(sample, local_stripe):
    now = timezone.now()
    local_stripe.fault("drop_after", path="/v1/topups")
    operation = operations.perform(sample.prepared().pk, now=now)
    sample.precondition.append(operations.Withdrawn("The business was closed."))
    operation = operations.perform(operation.pk, now=later(operation, now))
    assert operation.state == State.ACCEPTED
    assert len(calls(local_stripe)) == 1


def test_after_the_window_of_the_key_only_reads_are_made(sample, local_stripe):
    now = timezone.now()
    local_stripe.fault("drop_before", path="/v1/topups")
    operation = operations.perform(sample.prepared().pk, now=now)
    for hours, state in [(21, State.UNKNOWN), (25, State.NEEDS_PERSON)]:
        operation = operations.perform(operation.pk, now=now + timedelta(hours=hours))
        assert operation.state == state
    assert len(calls(local_stripe)) == 1
    assert operations.sweep(now=now + timedelta(days=9)) == {}


def test_a_late_effect_is_found_by_reading(sample, local_stripe):
    now = timezone.now()
    local_stripe.fault("drop_after", path="/v1/topups")
    operation = operations.perform(sample.prepared().pk, now=now)
    operation = operations.perform(operation.pk, now=now + timedelta(hours=30))
    assert operation.state == State.ACCEPTED
    assert len(local_stripe.list("topup")) == 1


def test_a_refusal_after_a_doubt_is_believed_only_when_nothing_happened(sample, local_stripe):
    now = timezone.now()
    for fault, state in [("drop_after", State.ACCEPTED), ("drop_before", State.REJECTED)]:
        local_stripe.fault(fault, path="/v1/topups", method="POST")
        local_stripe.fault("400", path="/v1/topups", method="POST")
        operation = operations.perform(sample.prepared().pk, now=now)
        assert operation.state == State.UNKNOWN
        assert operations.perform(operation.pk, now=later(operation, now)).state == state
    assert len(local_stripe.list("topup")) == 1


def test_a_refusal_after_a_doubt_waits_until_it_can_be_looked_up(sample, local_stripe):
    now = timezone.now()
    local_stripe.fault("drop_after", path="/v1/topups", method="POST")
    local_stripe.fault("400", path="/v1/topups", method="POST")
    local_stripe.fault("503", path="/v1/topups", method="GET")
    operation = operations.perform(sample.prepared().pk, now=now)
    for state in (State.UNKNOWN, State.ACCEPTED):
        now = later(operation, now)
        operation = operations.perform(operation.pk, now=now)
        assert operation.state == state


def test_v2_keys_are_used_for_weeks(sample, local_stripe):
    now = timezone.now()
    local_stripe.fault("drop_after", path="/v2/core/accounts")
    operation = operations.perform(sample.prepared(sample.ACCOUNT).pk, now=now)
    assert operation.state == State.UNKNOWN
    operation = operations.perform(operation.pk, now=now + timedelta(days=20))
    assert operation.state == State.ACCEPTED
    assert len(local_stripe.list("account")) == 1


def test_a_key_that_was_used_for_something_else_freezes_the_operation(sample, local_stripe):
    operation = sample.prepared()
    other = sample.prepared(amount=70_00)
    StripeOperation.objects.filter(pk=other.pk).update(key="test:taken")
    operations.perform(other.pk)
    StripeOperation.objects.filter(pk=other.pk).update(key="test:moved")
    StripeOperation.objects.filter(pk=operation.pk).update(key="test:taken")

    operation = operations.perform(operation.pk)
    assert (operation.state, operation.error_type) == (State.NEEDS_PERSON, "idempotency_error")
    assert len(local_stripe.list("topup")) == 1


def test_sealed_values_are_sent_and_then_wiped(sample, local_stripe):
    operation = sample.prepared(sample.SECRET, sealed={"statement_descriptor": "SECRETWORD"})
    assert "SECRETWORD" not in stored(operation)
    operation = operations.perform(operation.pk)
    assert operation.state == State.ACCEPTED
    assert local_stripe.list("topup")[0]["statement_descriptor"] == "SECRETWORD"
    assert operation.sealed is None


def stored(operation) -> str:
    """The row as it stands in the database, nothing decrypted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stripe_gateway_stripeoperation WHERE key = %s", [operation.key])
        return str(cursor.fetchall())


def test_an_operation_left_behind_by_a_dead_worker_is_taken_up(sample, local_stripe):
    now = timezone.now()
    operation = sample.prepared()
    StripeOperation.objects.filter(pk=operation.pk).update(
        state=State.SENDING, fence="dead", lease_until=now, next_try_at=now, first_sent_at=now, last_sent_at=now
    )
    assert operations.sweep(now=now - timedelta(seconds=1)) == {}
    assert operations.sweep(now=now) == {State.ACCEPTED: 1}


def test_one_defect_does_not_stop_the_sweep(sample, local_stripe):
    sample.prepared(sample.DEFECTIVE)
    sample.prepared()
    assert operations.sweep() == {"failed": 1, State.ACCEPTED: 1}
    assert StripeOperation.objects.get(kind=sample.DEFECTIVE).state == State.SENDING


def test_after_a_restore_nothing_is_sent_before_it_is_looked_up(sample, local_stripe, settings):
    now = timezone.now()
    sent, unsent = sample.prepared(), sample.prepared()
    operations.perform(sent.pk, now=now)
    as_in_the_backup = {"state": State.APPROVED, "stripe_id": None, "first_sent_at": None, "next_try_at": now}
    StripeOperation.objects.filter(pk=sent.pk).update(**as_in_the_backup)
    settings.RESTORED_AT = timezone.now()

    now += timedelta(minutes=5)
    operations.sweep(now=now)
    assert StripeOperation.objects.get(pk=sent.pk).state == State.ACCEPTED
    assert StripeOperation.objects.get(pk=unsent.pk).state == State.UNKNOWN
    assert len(calls(local_stripe)) == 1

    operations.sweep(now=now + timedelta(minutes=5))
    assert StripeOperation.objects.get(pk=unsent.pk).state == State.ACCEPTED
    assert len(local_stripe.list("topup")) == 2


def test_a_person_asks_again_at_once(sample, local_stripe, admin_user):
    now = timezone.now()
    local_stripe.fault("drop_after", path="/v1/topups")
    operation = operations.perform(sample.prepared().pk, now=now)
    operation = operations.ask_again(operation, actor=admin_user, now=now)
    assert operation.state == State.ACCEPTED
    assert sample.told("operation.asked_again") == 1


def test_an_unknown_operation_does_nothing(sample):
    with pytest.raises(StripeOperation.DoesNotExist):
        operations.perform(uuid.uuid4())
