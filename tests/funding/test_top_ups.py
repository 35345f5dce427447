"""Top-ups: once and only once, within the caps, and followed until the money is there or gone."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ConnectedAccount
from desk.models import AuditEntry
from funding import balances, limits, standing, top_ups
from funding.models import Source, TopUp
from stripe_gateway import client, operations
from stripe_gateway.models import StripeOperation

Status = TopUp.Status
WEEK = 7 * 24 * 3600


def topup_calls(local_stripe):
    return [each for each in local_stripe.requests() if each["path"] == "/v1/topups" and each["method"] == "POST"]


def test_money_is_pulled_into_the_issuing_balance(chargeable, top_up, account, local_stripe, now):
    mine = top_up(chargeable(), 5000_00, description="Week 47", statement_descriptor="Top-up")

    assert mine.status == Status.PENDING
    [sent] = topup_calls(local_stripe)
    assert sent["params"]["destination_balance"] == "issuing"
    assert (sent["params"]["amount"], sent["params"]["statement_descriptor"]) == ("500000", "Top-up")

    local_stripe.advance(WEEK + 3 * 24 * 3600)
    top_ups.reread(mine)
    balances.reread(account)
    mine.refresh_from_db()
    assert mine.status == Status.SUCCEEDED
    assert balances.of(account).available == 5000_00


def test_what_is_on_its_way_and_what_is_available_add_up(chargeable, top_up, account, local_stripe, now):
    local_stripe.fund(account.stripe_id, 213_42)
    balances.reread(account)
    top_up(chargeable(), 5000_00)
    figures = balances.of(account)
    assert (figures.available, figures.on_its_way, figures.total) == (213_42, 5000_00, 5213_42)


def test_a_double_click_moves_money_once(chargeable, top_up, local_stripe):
    source, form_id = chargeable(), uuid.uuid4()
    assert top_up(source, form_id=form_id) == top_up(source, form_id=form_id)
    assert len(local_stripe.list("topup")) == 1


def test_the_same_form_with_another_amount_is_refused(chargeable, top_up, local_stripe):
    source, form_id = chargeable(), uuid.uuid4()
    top_up(source, 100_00, form_id=form_id)
    with pytest.raises(operations.FormReused):
        top_up(source, 200_00, form_id=form_id)
    assert [each["amount"] for each in local_stripe.list("topup")] == [100_00]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after"])
def test_an_answer_that_never_came_is_doubt_and_then_one_top_up(
    chargeable, top_up, local_stripe, fault, now, sweep_later
):
    source = chargeable()
    local_stripe.fault(fault, path="/v1/topups")
    mine = top_up(source)
    assert mine.status == Status.SUBMITTING
    assert mine.operation.state == StripeOperation.State.UNKNOWN

    for _ in range(3):
        StripeOperation.objects.filter(next_try_at__isnull=False).update(next_try_at=now)
        sweep_later()

    mine.refresh_from_db()
    assert mine.status == Status.PENDING
    assert len(local_stripe.list("topup")) == 1


def test_an_unverified_source_cannot_be_debited(connect, top_up):
    with pytest.raises(top_ups.SourceNotReady, match="not verified"):
        top_up(connect())
    assert not TopUp.objects.exists()
    assert StripeOperation.objects.filter(kind="top_up.create").count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": ConnectedAccount.Status.RESTRICTED}, "restricted"),
        ({"can_issue": False}, "not active"),
    ],
)
def test_an_account_that_may_not_be_funded_says_why(chargeable, top_up, account, changes, words):
    source = chargeable()
    ConnectedAccount.objects.filter(pk=account.pk).update(**changes)
    with pytest.raises(standing.CannotFund, match=words):
        top_up(source)


def test_what_held_at_the_click_must_hold_when_it_is_sent(chargeable, top_up, local_stripe, sweep_later):
    source = chargeable()
    local_stripe.fault("refuse", path="/v1/topups")
    mine = top_up(source)
    StripeOperation.objects.filter(pk=mine.operation_id).update(
        state=StripeOperation.State.APPROVED, first_sent_at=None, last_sent_at=None
    )
    Source.objects.filter(pk=source.pk).update(status=Source.Status.CANCELED)

    sweep_later()

    mine.refresh_from_db()
    assert mine.status == Status.REFUSED
    assert "no longer be debited" in mine.operation.error_message


def test_a_status_of_tomorrow_is_kept_as_spelled_and_left_again(chargeable, top_up):
    mine = top_up(chargeable())
    assert TopUp.objects.advance(mine, "awaiting_review_by_the_bank")
    mine.refresh_from_db()
    assert mine.status == "awaiting_review_by_the_bank"
    assert len(mine.status) <= TopUp._meta.get_field("status").max_length  # SQLite would not mind.
    assert TopUp.objects.advance(mine, Status.SUCCEEDED)


@pytest.mark.parametrize("amount", [99, 30_000_001])
def test_one_top_up_stays_within_its_limits(chargeable, top_up, amount):
    with pytest.raises(limits.AmountOutsideLimits, match=r"\$(1|300,000)\.00"):
        top_up(chargeable(), amount)


def test_the_cap_of_a_day_counts_everything_that_may_still_move_money(chargeable, top_up, settings):
    settings.TOP_UP_LIMITS = {"usd": {"minimum": 100, "per_top_up": 1000_00, "per_account_day": 1500_00}}
    source = chargeable()
    first = top_up(source, 1000_00)
    with pytest.raises(limits.AmountOutsideLimits, match=r"Today \$500\.00"):
        top_up(source, 1000_00)
    TopUp.objects.filter(pk=first.pk).update(status=Status.CANCELED)
    assert top_up(source, 1000_00).status == Status.PENDING


def test_yesterdays_top_ups_do_not_count(chargeable, top_up, settings, now):
    settings.TOP_UP_LIMITS = {"usd": {"minimum": 100, "per_top_up": 1000_00, "per_account_day": 1000_00}}
    source = chargeable()
    first = top_up(source, 1000_00)
    TopUp.objects.filter(pk=first.pk).update(created_at=now - timedelta(days=1))
    assert top_up(source, 1000_00).status == Status.PENDING


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("000222222227", "insufficient_funds"),
        ("000111111113", "account_closed"),
        ("000111111116", "no_account"),
        ("000333333335", "debit_not_authorized"),
    ],
)
def test_a_debit_that_the_bank_returns_fails_with_its_reason(chargeable, top_up, local_stripe, now, number, code):
    mine = top_up(chargeable(number))
    local_stripe.advance(2 * WEEK)
    top_ups.reread(mine)
    mine.refresh_from_db()
    assert (mine.status, mine.failure_code) == (Status.FAILED, code)


def test_a_top_up_that_stripe_does_not_know_is_written_down_once_until_it_is_found(chargeable, top_up, local_stripe):
    mine = top_up(chargeable())
    local_stripe.fault("404", path=f"/v1/topups/{mine.stripe_id}", times=2)
    for _ in range(2):
        with pytest.raises(client.NotFound):
            top_ups.reread(mine)
    mine.refresh_from_db()
    assert mine.missing_since
    assert AuditEntry.objects.filter(verb="top_up.missing", object_id=str(mine.public_id)).count() == 1

    top_ups.reread(mine)
    mine.refresh_from_db()
    assert mine.missing_since is None


def test_a_top_up_on_its_way_can_be_canceled(chargeable, top_up, owner):
    mine = top_up(chargeable())
    canceled = top_ups.cancel(top_up=mine, form_id=uuid.uuid4(), actor=owner)
    assert canceled.status == Status.CANCELED


def test_canceling_twice_asks_once(chargeable, top_up, owner, local_stripe):
    mine = top_up(chargeable())
    local_stripe.fault("drop_after", path="*/cancel")
    top_ups.cancel(top_up=mine, form_id=uuid.uuid4(), actor=owner)
    top_ups.cancel(top_up=mine, form_id=uuid.uuid4(), actor=owner)
    assert StripeOperation.objects.filter(kind="top_up.cancel").count() == 1


def test_too_late_to_cancel_shows_that_it_has_arrived(chargeable, top_up, owner, local_stripe):
    mine = top_up(chargeable())
    local_stripe.advance(2 * WEEK)
    asked_at = timezone.now()
    late = top_ups.cancel(top_up=mine, form_id=uuid.uuid4(), actor=owner)
    assert late.status == Status.SUCCEEDED
    assert late.cancel_operation.state == StripeOperation.State.REJECTED
    assert late.checked_at > asked_at


def test_what_has_not_reached_stripe_cannot_be_canceled(chargeable, top_up, owner, local_stripe):
    source = chargeable()
    local_stripe.fault("drop_before", path="/v1/topups")
    with pytest.raises(top_ups.CannotCancel, match="not confirmed"):
        top_ups.cancel(top_up=top_up(source), form_id=uuid.uuid4(), actor=owner)


def test_every_act_and_every_turn_stands_in_the_audit_trail(chargeable, top_up, local_stripe, now):
    mine = top_up(chargeable())
    local_stripe.advance(2 * WEEK)
    top_ups.reread(mine)
    verbs = AuditEntry.objects.filter(object_id=str(mine.public_id)).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["top_up.requested", "top_up.pending", "top_up.succeeded"]


def test_money_taken_back_after_its_arrival_is_shown_as_reversed(chargeable, top_up, local_stripe, now):
    mine = top_up(chargeable())
    local_stripe.advance(2 * WEEK)
    top_ups.reread(mine)
    local_stripe.control(f"topups/{mine.stripe_id}/reverse", {})
    top_ups.reread(mine)
    mine.refresh_from_db()
    assert mine.status == Status.REVERSED


def test_old_news_of_a_top_up_changes_nothing(chargeable, top_up, local_stripe, now):
    mine = top_up(chargeable())
    [before] = local_stripe.list("topup")
    local_stripe.advance(2 * WEEK)
    top_ups.reread(mine)
    assert top_ups.apply(mine, before, read_at=now) is False
    mine.refresh_from_db()
    assert mine.status == Status.SUCCEEDED
