"""Writes to Stripe that happen at most once, whatever breaks: first written down, then sent, asked again when in doubt.

The rooms call `prepare` together with their own row, commit, and then `perform`. Everything else is recovery.
"""

import json
import logging
import math
import time
import uuid
from collections import Counter
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from desk import audit
from stripe_gateway import claims, client, kinds, pauses, records, resolver, wakes
from stripe_gateway.fields import blind_index
from stripe_gateway.kinds import NotNow, OperationKind, Undecided, Withdrawn
from stripe_gateway.models import StripeOperation
from stripe_gateway.outcomes import (
    AccessRevoked,
    CredentialRefused,
    KeyMismatch,
    OwnLimit,
    Refused,
    StripeProblem,
    WrongMode,
)
from stripe_gateway.resolver import matching

__all__ = [
    "FormReused",
    "NotNow",
    "OperationKind",
    "Undecided",
    "Withdrawn",
    "ask_again",
    "matching",
    "perform",
    "prepare",
    "resolve",
    "sweep",
]

State = StripeOperation.State
ABSENT = StripeProblem("Stripe shows no trace of it.", code="not_found_at_stripe")
logger = logging.getLogger(__name__)


class FormReused(Exception):
    """The same form came back with other terms. What was asked first stands."""


def prepare(
    *, id: uuid.UUID, kind: str, path: str, params: dict, account: str = "", actor, sealed: dict | None = None
) -> tuple[StripeOperation, bool]:
    """Write an operation down, inside the caller's transaction. Returns it, and whether it is new.

    `id` is minted when the form is drawn, so a double click finds the first. Raises FormReused when the same id comes
    back with other terms.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An operation is written down in the same transaction as what it is for.")
    terms = kinds.named(kind)
    if terms.metadata:
        params = params | {"metadata": params.get("metadata", {}) | {"operation": str(id)}}
    row = {
        "kind": kind,
        "stripe_account": account,
        "method": terms.method.upper(),
        "path": path,
        "api_version": settings.STRIPE_VERSIONS[terms.family],
        "params": params,
    }
    row["params_hash"] = _hash_of(row, sealed)
    # Looked for first, because an insert would wait for whoever works on the first one, who may need a row we hold.
    existing = StripeOperation.objects.filter(pk=id).first()
    if existing is None:
        key = client.operation_key(kind, id)
        operation = StripeOperation(id=id, key=key, sealed=sealed, actor=actor, **row)
        if StripeOperation.objects.write_down(operation):
            return operation, True
        existing = StripeOperation.objects.get(pk=id)
    if existing.params_hash != row["params_hash"]:
        raise FormReused(f"{kind} {id}")
    return existing, False


def perform(operation_id: uuid.UUID, *, now: datetime | None = None) -> StripeOperation:
    """Try once, outside any transaction, and write down how it ended. Returns the operation as it then stands.

    Never raises for what Stripe answers. Does nothing when it is final, held, not due, or in other hands.
    """
    turn = claims.claim(operation_id, now or timezone.now())
    if turn is not None:
        later = _look_up(turn, now) if turn.step is claims.Step.LOOK_UP else _send(turn, now)
        if later is not None:
            wakes.later("stripe_gateway.tasks.perform_operation", later, str(operation_id))
        if turn.operation.is_as_stored:
            return turn.operation
    return StripeOperation.objects.get(pk=operation_id)


def resolve(operation_id: uuid.UUID, *, now: datetime | None = None) -> StripeOperation:
    """Look an operation in doubt up at Stripe by reads alone, whether or not it is due."""
    turn = claims.claim_for_look_up(operation_id, now or timezone.now())
    if turn is not None:
        _look_up(turn, now)
    return StripeOperation.objects.get(pk=operation_id)


def ask_again(operation: StripeOperation, *, actor, now: datetime | None = None, request=None) -> StripeOperation:
    """A person asks now instead of waiting: the same key while Stripe honours it, then reads alone. Always safe."""
    now = now or timezone.now()
    with transaction.atomic(durable=True):
        StripeOperation.objects.in_doubt().filter(pk=operation.pk).update(state=State.UNKNOWN, next_try_at=now)
        audit.record(verb="operation.asked_again", obj=operation, actor=actor, request=request)
    return perform(operation.pk, now=now)


def sweep(*, now: datetime | None = None, limit: int = 500, seconds: float = math.inf) -> Counter:
    """Try everything that is due, oldest first. Returns how many ended in which state.

    Without `now` every try asks the clock. None is begun after `seconds`. Safe to run twice and two at once; one bad
    row does not stop the rest.
    """
    ended: Counter = Counter()
    stop_at = time.monotonic() + seconds
    due = StripeOperation.objects.due(now=now or timezone.now()).order_by("next_try_at", "created_at")
    for operation_id in list(due.values_list("pk", flat=True)[:limit]):
        if time.monotonic() >= stop_at:
            break
        try:
            with client.in_background():
                operation = perform(operation_id, now=now)
        except Exception:  # A defect in one room's `apply` must not hold up every other operation; the row stays due.
            logger.exception("Operation %s could not be worked on", operation_id)
            ended["failed"] += 1
            continue
        ended[operation.state] += 1
        if operation.error_code == OwnLimit.CODE and operation.state not in StripeOperation.FINAL:
            break
    return ended


def _send(turn: claims.Turn, now: datetime | None):
    """Send it, and record the outcome. Returns after how long it is due again, None when it is settled."""
    operation = turn.operation
    try:
        reply = client.send(operation)
    except Refused as problem:
        return _refused(turn, problem, now)
    except KeyMismatch as problem:
        return records.needs_person(operation, problem, now or timezone.now())
    except StripeProblem as problem:
        _pause_for(problem, operation)
        if problem.executed:
            return records.unknown(operation, problem, now or timezone.now())
        return records.not_executed(operation, problem, now or timezone.now(), never_sent=turn.never_sent)
    return records.accepted(operation, reply, now or timezone.now())


def _refused(turn: claims.Turn, refusal: Refused, now: datetime | None):
    """A refusal is final, unless an earlier try was in doubt and turns out to have happened ("already canceled")."""
    operation = turn.operation
    try:
        obj = None if turn.never_sent else resolver.look_up(operation)
    except (Undecided, Refused):
        obj = None
    except StripeProblem as problem:
        return records.unknown(operation, problem, now or timezone.now())
    if obj is None:
        return records.refused(operation, refusal, now or timezone.now())
    return records.accepted(operation, client.Reply(obj, 200, refusal.request_id), now or timezone.now())


def _look_up(turn: claims.Turn, now: datetime | None):
    """Read at Stripe what became of it, and record that. Returns as `_send` does."""
    operation = turn.operation
    try:
        obj = resolver.look_up(operation)
    except (Undecided, Refused) as why:
        problem = StripeProblem(str(why), code="undecided")
        return records.looked_up_in_vain(operation, problem, now or timezone.now())
    except StripeProblem as problem:
        _pause_for(problem, operation)
        return records.unknown(operation, problem, now or timezone.now())
    if obj is None:
        return records.looked_up_in_vain(operation, ABSENT, now or timezone.now())
    return records.accepted(operation, client.Reply(obj, 200, ""), now or timezone.now())


def _pause_for(problem: StripeProblem, operation: StripeOperation) -> None:
    """A refused credential stops everything, a revoked access one account: nothing is rejected for it."""
    if isinstance(problem, CredentialRefused):
        why = "the answer came from the wrong mode" if isinstance(problem, WrongMode) else "the key was refused"
        pauses.open(pauses.EVERYTHING, f"Stripe: {why}. {problem.message}".strip())
    elif isinstance(problem, AccessRevoked):
        pauses.open(pauses.for_account(operation.about_account), f"Stripe: access refused. {problem.message}".strip())


def _hash_of(row: dict, sealed: dict | None) -> str:
    """Keyed, because sealed values such as two amounts in cents could be guessed from a plain hash."""
    return blind_index(json.dumps(row | {"sealed": sealed}, sort_keys=True, separators=(",", ":")))
