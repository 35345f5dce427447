"""The switch that stops money: while a pause stands open, no new write of its scope starts. Nothing is rejected."""

import logging
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from desk import audit
from stripe_gateway.models import Pause, StripeOperation

EVERYTHING = "all"
logger = logging.getLogger(__name__)


def for_account(account: str) -> str:
    """Scope: every write for one connected account."""
    return f"account:{account}"


def for_kind(kind: str) -> str:
    """Scope: every write of one kind."""
    return f"kind:{kind}"


def open(scope: str, reason: str, by=None, *, now: datetime | None = None, request=None) -> Pause:
    """Pause a scope; the pause that stands already is returned unchanged. `by` is None when the product does it."""
    try:
        with transaction.atomic():
            pause = Pause.objects.create(scope=scope, reason=reason, paused_by=by, since=now or timezone.now())
            audit.record(
                verb="pause.opened", obj=pause, actor=by, details={"scope": scope}, reason=reason, request=request
            )
    except IntegrityError:
        already = standing().filter(scope=scope).first()
        # Lifted in this very moment: what the caller wants stopped has to stop all the same.
        return already or open(scope, reason, by, now=now, request=request)
    logger.error("Writes to Stripe are paused: scope=%s", scope)
    return pause


def lift(pause: Pause, by, reason: str, *, now: datetime | None = None, request=None) -> bool:
    """End a pause and make what it held due at once. False when somebody else had lifted it."""
    now = now or timezone.now()
    with transaction.atomic():
        lifted = Pause.objects.filter(pk=pause.pk, lifted_at=None).update(lifted_at=now, lifted_by=by)
        if not lifted:
            return False
        _held_by(pause.scope).update(next_try_at=now)
        audit.record(
            verb="pause.lifted", obj=pause, actor=by, details={"scope": pause.scope}, reason=reason, request=request
        )
    return True


def standing() -> QuerySet[Pause]:
    """Pauses that have not been lifted."""
    return Pause.objects.filter(lifted_at=None)


def active_for(operation: StripeOperation) -> Pause | None:
    """The pause that holds this operation, if any."""
    scopes = [EVERYTHING, for_account(operation.about_account), for_kind(operation.kind)]
    return standing().filter(scope__in=scopes).first()


def _held_by(scope: str) -> QuerySet[StripeOperation]:
    waiting = StripeOperation.objects.filter(state__in=[StripeOperation.State.APPROVED, StripeOperation.State.UNKNOWN])
    family, _, name = scope.partition(":")
    if family == "account":
        return waiting.filter(Q(stripe_account=name) | Q(stripe_account="", path__contains=name))
    if family == "kind":
        return waiting.filter(kind=name)
    return waiting
