"""Microdeposits: few tries, so none is spent twice and none without a person's submission."""

import uuid

import pytest
from django.utils import timezone

from funding import verifications
from funding.models import Source, VerificationAttempt
from stripe_gateway import operations

Status = Source.Status


def verify_calls(local_stripe):
    return [each for each in local_stripe.requests() if each["path"].endswith("/verify")]


def test_the_right_amounts_make_it_chargeable(connect, verify):
    source = connect()
    attempt = verify(source)
    source.refresh_from_db()
    assert attempt.succeeded
    assert source.status == Status.CHARGEABLE
    assert source.verified_at


def test_wrong_amounts_cost_one_try(connect, verify):
    source = connect()
    attempt = verify(source, (1, 2))
    assert attempt.succeeded is False
    assert attempt.source.attempts_remaining == 2
    assert attempt.source.status == Status.PENDING


def test_what_stripe_says_after_wrong_amounts_counts_as_read_then(connect, verify):
    source = connect()
    read_before = timezone.now()
    assert verify(source, (1, 2)).source.checked_at > read_before


def test_three_wrong_attempts_end_it(connect, verify):
    source = connect()
    for amounts in [(1, 2), (3, 4), (5, 6)]:
        last = verify(source, amounts)
    assert (last.source.status, last.source.attempts_remaining) == (Status.FAILED, 0)
    with pytest.raises(verifications.NothingToVerify):
        verify(source)


def test_amounts_and_source_id_are_wiped_once_stripe_has_answered(connect, verify):
    operation = verify(connect(), (1, 2)).operation
    operation.refresh_from_db()
    assert (operation.sealed, operation.params) == (None, {})
    assert operation.path == "/v1/sources/{source}/verify"


def test_the_same_form_twice_spends_one_try(connect, verify):
    source, form_id = connect(), uuid.uuid4()
    verify(source, (1, 2), form_id=form_id)
    again = verify(source, (1, 2), form_id=form_id)
    assert VerificationAttempt.objects.count() == 1
    assert again.source.attempts_remaining == 2


def test_the_same_form_with_other_amounts_is_refused(connect, verify):
    source, form_id = connect(), uuid.uuid4()
    verify(source, (1, 2), form_id=form_id)
    with pytest.raises(operations.FormReused):
        verify(source, (32, 45), form_id=form_id)
    source.refresh_from_db()
    assert source.attempts_remaining == 2


def test_a_second_window_has_to_wait_while_the_first_is_in_doubt(connect, verify, local_stripe):
    source = connect()
    local_stripe.fault("drop_before", path="*/verify")
    assert verify(source, (1, 2)).finished_at is None
    with pytest.raises(verifications.AttemptUnderWay):
        verify(source)
    assert VerificationAttempt.objects.count() == 1


def test_a_lost_reply_to_wrong_amounts_costs_one_try_and_is_not_repeated(connect, verify, local_stripe, sweep_later):
    source = connect()
    local_stripe.fault("drop_after", path="*/verify")
    attempt = verify(source, (1, 2))
    assert attempt.succeeded is None

    sweep_later()

    attempt.refresh_from_db()
    assert attempt.succeeded is False
    [at_stripe] = local_stripe.list("source")
    assert at_stripe["code_verification"]["attempts_remaining"] == 2


def test_a_look_up_tells_a_spent_attempt_from_one_that_never_came(connect, verify, local_stripe, sweep_later):
    source = connect()
    local_stripe.fault("drop_before", path="*/verify")
    unspent = verify(source, (1, 2))
    assert verifications.VERIFY_SOURCE.find(unspent.operation) is None

    sweep_later()
    assert verifications.VERIFY_SOURCE.find(unspent.operation)["status"] == "pending"


def test_success_whose_reply_was_lost_is_found_by_looking(connect, verify, local_stripe):
    source = connect()
    local_stripe.fault("drop_after", path="*/verify")
    attempt = verify(source)
    operations.resolve(attempt.operation_id)
    attempt.refresh_from_db()
    source.refresh_from_db()
    assert attempt.succeeded
    assert source.status == Status.CHARGEABLE
    assert len(verify_calls(local_stripe)) == 1
