"""Writing down how a try ended: one transaction, guarded by the fence of the claim.

A worker whose lease ran out while it was alive finds its fence gone and changes nothing; whoever holds the new fence
will learn the same from Stripe, because the key is the same.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from stripe_gateway import client, kinds, schedule
from stripe_gateway.fields import blind_index
from stripe_gateway.models import StripeOperation
from stripe_gateway.outcomes import NotSent, ServerError, StripeProblem

State = StripeOperation.State
HISTORY_KEPT = 50
logger = logging.getLogger(__name__)


def accepted(operation: StripeOperation, reply: client.Reply, now: datetime) -> None:
    """Stripe did it: record its object on the domain row and end the operation."""
    stripe_id = _created_id(operation, reply.obj)
    owner = StripeOperation.objects.filter(stripe_id=stripe_id).exclude(pk=operation.pk) if stripe_id else None
    if owner is not None and owner.exists():
        problem = StripeProblem(f"{stripe_id} belongs to another operation.", code="object_belongs_to_another")
        needs_person(operation, problem, now)
        return
    with transaction.atomic(durable=True):
        if _end(operation, State.ACCEPTED, now, stripe_id=stripe_id, **_answer(reply)):
            kinds.named(operation.kind).apply(operation, reply.obj)


def refused(operation: StripeOperation, problem: StripeProblem, now: datetime) -> None:
    """Stripe refused it for good, without effect."""
    with transaction.atomic(durable=True):
        if _end(operation, State.REJECTED, now, **_error(problem)):
            kinds.named(operation.kind).refuse(operation)


def withdraw(operation: StripeOperation, sentence: str, now: datetime) -> None:
    """End an operation that was never sent. Called inside the claiming transaction."""
    error = _error(StripeProblem(sentence, code="withdrawn"))
    if _end(operation, State.REJECTED, now, **error):
        kinds.named(operation.kind).refuse(operation)


def unknown(operation: StripeOperation, problem: StripeProblem, now: datetime) -> timedelta:
    """Nobody knows whether it happened. Returns after how long it is due again."""
    later = schedule.backoff(operation.attempts)
    errors = operation.server_errors + isinstance(problem, ServerError)
    _again(operation, State.UNKNOWN, problem, now, due_in=later, server_errors=errors)
    return later


def not_executed(operation: StripeOperation, problem: StripeProblem, now: datetime, *, never_sent: bool) -> timedelta:
    """Certainly nothing happened in this try; an operation that was `never_sent` before it still has not been."""
    later = schedule.backoff(operation.attempts)
    changes = {"first_sent_at": None, "last_sent_at": None} if never_sent else {}
    if not isinstance(problem, NotSent):
        # Turned away at the door says nothing about this operation, so its backoff does not grow.
        changes["attempts"] = operation.attempts - 1
    _again(operation, State.APPROVED if never_sent else State.UNKNOWN, problem, now, due_in=later, **changes)
    return later


def looked_up_in_vain(operation: StripeOperation, problem: StripeProblem, now: datetime) -> timedelta | None:
    """Stripe shows no trace of it (or none that proves anything). Once nothing can come any more: a person's turn."""
    if not schedule.is_key_usable(operation, now) and schedule.is_quiet(operation, now):
        needs_person(operation, problem, now)
        return None
    later = schedule.backoff(operation.attempts)
    _again(operation, State.UNKNOWN, problem, now, due_in=later, server_errors=0, looked_up_at=now)
    return later


def needs_person(operation: StripeOperation, problem: StripeProblem, now: datetime) -> None:
    """Freeze it: code can do nothing more without risking a second effect."""
    _again(operation, State.NEEDS_PERSON, problem, now, due_in=None)
    logger.error("Operation needs a person: %s %s code=%s", operation.kind, operation.pk, problem.code)


def _end(operation: StripeOperation, state: str, now: datetime, **changes) -> bool:
    changes |= {"state": state, "finished_at": now, "next_try_at": None, "lease_until": None, "sealed": None}
    return StripeOperation.objects.move(operation, history=_told(operation, now, changes), **changes)


def _again(
    operation, state: str, problem: StripeProblem, now: datetime, *, due_in: timedelta | None, **changes
) -> None:
    changes |= _error(problem) | {"state": state, "lease_until": None, "next_try_at": due_in and now + due_in}
    with transaction.atomic(durable=True):
        StripeOperation.objects.move(operation, history=_told(operation, now, changes), **changes)


def _told(operation: StripeOperation, now: datetime, changes: dict) -> list[dict]:
    """The history with this try added: the first one and the latest are kept, for the person who looks at it."""
    entry = {"at": now.isoformat(), "state": changes["state"], "attempt": operation.attempts}
    entry |= {name: changes[name] for name in ("http_status", "request_id", "error_code", "error_message")}
    history = [*operation.history, entry]
    return history if len(history) <= HISTORY_KEPT else history[:1] + history[1 - HISTORY_KEPT :]


def _created_id(operation: StripeOperation, obj: dict) -> str | None:
    """The id of what was made; None when the operation acted on an object that its path names already."""
    stripe_id = obj.get("id")
    if not stripe_id or stripe_id in operation.filled_path.split("/"):
        return None
    return blind_index(stripe_id) if kinds.named(operation.kind).hides_id else stripe_id


def _answer(reply: client.Reply) -> dict:
    nothing_wrong = dict.fromkeys(("error_type", "error_code", "error_param", "error_message"), "")
    return nothing_wrong | {"http_status": reply.http_status, "request_id": reply.request_id}


def _error(problem: StripeProblem) -> dict:
    return {
        "http_status": problem.http_status,
        "request_id": problem.request_id,
        "error_type": problem.error_type,
        "error_code": problem.code,
        "error_param": problem.param,
        "error_message": problem.message,
    }
