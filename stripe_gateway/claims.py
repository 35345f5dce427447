"""Who may work on an operation now, and what is to be done with it. Each decision is one short transaction."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction

from stripe_gateway import kinds, pauses, schedule
from stripe_gateway.models import StripeOperation
from stripe_gateway.records import withdraw

State = StripeOperation.State


class Step(Enum):
    """What a claimed operation needs next."""

    SEND = "send"
    LOOK_UP = "look up"


@dataclass(frozen=True)
class Turn:
    """A claim: this operation is ours until the lease runs out, for this one step."""

    operation: StripeOperation
    step: Step
    never_sent: bool


def claim(operation_id, now: datetime) -> Turn | None:
    """Take the operation, or None when it is final, not due, held, or in somebody else's hands.

    The moment of the first sending is committed here, before the first byte leaves.
    """
    with transaction.atomic(durable=True):
        operation = StripeOperation.objects.due(now=now).filter(pk=operation_id).first()
        step = operation and _next_step(operation, now)
        return _take(operation, step, now) if step else None


def claim_for_look_up(operation_id, now: datetime) -> Turn | None:
    """Take an operation in doubt to read about it, due or not; None when somebody works on it or it is settled."""
    with transaction.atomic(durable=True):
        operation = StripeOperation.objects.in_doubt().filter(pk=operation_id).first()
        return _take(operation, Step.LOOK_UP, now) if operation else None


def _next_step(operation: StripeOperation, now: datetime) -> Step | None:
    """What may be done now. What has never been sent may be held or withdrawn; what has been can only be settled."""
    if schedule.predates_restore(operation):
        return Step.LOOK_UP
    may_have_happened = operation.first_sent_at is not None
    if may_have_happened and not _may_be_sent_again(operation, now):
        return Step.LOOK_UP
    if pauses.active_for(operation):
        return Step.LOOK_UP if may_have_happened else _hold(operation, now, "paused")
    kind = kinds.named(operation.kind)
    if kind.check is None or (may_have_happened and not kind.lists):
        # What no list shows can be settled by asking again alone, whatever has become of its preconditions.
        return Step.SEND
    try:
        kind.check(operation)
    except kinds.NotNow as reason:
        return Step.LOOK_UP if may_have_happened else _hold(operation, now, str(reason))
    except kinds.Withdrawn as reason:
        return Step.LOOK_UP if may_have_happened else withdraw(operation, str(reason), now)
    return Step.SEND


def _may_be_sent_again(operation: StripeOperation, now: datetime) -> bool:
    answered_badly = operation.server_errors >= schedule.SERVER_ERRORS_BEFORE_LOOKING_UP
    return schedule.is_key_usable(operation, now) and not answered_badly


def _take(operation: StripeOperation, step: Step, now: datetime) -> Turn | None:
    changes = {
        "state": State.SENDING,
        "fence": secrets.token_hex(16),
        "lease_until": now + schedule.LEASE,
        "next_try_at": now + schedule.LEASE,
        "attempts": operation.attempts + 1,
    }
    if step is Step.SEND:
        changes |= {"first_sent_at": operation.first_sent_at or now, "last_sent_at": now}
    elif schedule.predates_restore(operation):
        # It may have been sent at any moment since it was written down, by the system whose backup this was.
        changes |= {"first_sent_at": operation.first_sent_at or operation.created_at}
    never_sent = operation.first_sent_at is None
    won = StripeOperation.objects.move(operation, **changes)
    return Turn(operation, step, never_sent) if won else None


def _hold(operation: StripeOperation, now: datetime, why: str) -> None:
    """Leave it unsent and look again in a while. The reason is shown to staff."""
    StripeOperation.objects.move(operation, next_try_at=now + schedule.HOLD, error_message=why)
