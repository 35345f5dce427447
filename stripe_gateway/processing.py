"""Working through the inbox: claim by lease, let the rooms re-read what changed, give up after eight tries."""

import logging
import math
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from stripe_gateway import client, schedule
from stripe_gateway.models import StripeEvent, StripeOperation
from stripe_gateway.outcomes import AccessRevoked, CredentialRefused, NotFound, NotSent, RateLimited

State = StripeEvent.State
MOST_TRIES = 8
# 10 s, 40 s, 160 s … one hour: about four hours until it stands before a person.
FIRST_BACKOFF_SECONDS, BACKOFF_FACTOR, LONGEST_BACKOFF_SECONDS = 10, 4, 3600
# Large, because all events about one object in a batch are settled by one reading of it.
BATCH = 200
LEASE = timedelta(minutes=2)
# A handler may read a few objects; with less than this left the rest of the batch goes back.
TIME_FOR_ONE = timedelta(seconds=45)
# After this a handler's next call is refused; the call before it, at its slowest, ends within `TIME_FOR_ONE`.
SECONDS_OF_A_HANDLER = 25.0
# Stripe turns everybody away: not the event's fault, so no try is counted.
_STRIPE_AWAY = (RateLimited, NotSent, CredentialRefused)
logger = logging.getLogger(__name__)


class UnknownAccount(Exception):
    """An event about an account that is not ours."""


class AccountNotKnownYet(Exception):
    """An event about an account that an operation in doubt may just have made."""


def process_due(now: datetime | None = None, *, limit: int = 10_000, seconds: float = math.inf) -> Counter:
    """Process what is due, oldest first. Returns how many events ended in which state.

    Without `now` the clock is asked again and again. Nothing is begun after `seconds`: what is left of a batch goes
    back, and a handler that is at work ends within `TIME_FOR_ONE`. Safe to run in any number of workers.
    """
    ended: Counter = Counter()
    stop_at = time.monotonic() + seconds
    while sum(ended.values()) < limit and time.monotonic() < stop_at:
        batch = _claim(now or timezone.now())
        if not batch:
            break
        for events in _about_the_same(batch):
            moment = now or timezone.now()
            if time.monotonic() > stop_at or moment > batch[0].lease_until - TIME_FOR_ONE:
                ended["left"] += _finish(events, state=State.NEW, attempts=F("attempts") - 1, next_try_at=moment)
                continue
            ended[_process(events, moment)] += len(events)
    return ended


def followed_types() -> list[str]:
    """Types of events that something here follows, as they are listed: a trailing * stands for what comes after."""
    return sorted(import_string(settings.STRIPE_EVENTS))


def handler_path(type_: str) -> str | None:
    """Dotted path of what handles events of a type; None when nothing does."""
    return _handler_path(settings.STRIPE_EVENTS, type_)


@lru_cache(maxsize=512)
def _handler_path(table_path: str, type_: str) -> str | None:
    table = import_string(table_path)
    if type_ in table:
        return table[type_]
    beginnings = [name for name in table if name.endswith("*") and type_.startswith(name[:-1])]
    return table[max(beginnings, key=len)] if beginnings else None


def _claim(now: datetime) -> list[StripeEvent]:
    fence = secrets.token_hex(16)
    with transaction.atomic(durable=True):
        due = StripeEvent.objects.due(now=now).select_for_update(skip_locked=True)
        ids = list(due.order_by("next_try_at", "id").values_list("id", flat=True)[:BATCH])
        claimed = StripeEvent.objects.due(now=now).filter(id__in=ids)
        claimed.update(
            state=State.PROCESSING,
            fence=fence,
            lease_until=now + LEASE,
            next_try_at=now + LEASE,
            attempts=F("attempts") + 1,
        )
        # The text can be large and is hardly ever read: handlers read the object itself, from Stripe.
        ours = StripeEvent.objects.filter(id__in=ids, fence=fence).order_by("id")
        return list(ours.defer("payload", "sealed_payload"))


def _about_the_same(batch: Iterable[StripeEvent]) -> Iterable[list[StripeEvent]]:
    """Events that one re-reading of one object settles together, since all of them happened before it."""
    groups: dict = defaultdict(list)
    for event in batch:
        path = handler_path(event.type)
        alone = event.pk if path and not event.object_id else None
        groups[(path, event.stripe_account, event.object_id if path else "", alone)].append(event)
    return groups.values()


def _process(events: list[StripeEvent], now: datetime) -> str:
    """Let the room that knows about it act on the newest, and settle all of them the same way."""
    newest = events[-1]
    path = handler_path(newest.type)
    if path is None:
        return _settle(events, State.IGNORED, now, outcome=_("Nothing here follows this type of event."))
    try:
        _refuse_unknown_account(newest)
        with client.in_background(seconds=SECONDS_OF_A_HANDLER):
            outcome = import_string(path)(newest, now)
    except UnknownAccount as problem:
        return _quarantine(events, str(problem), now)
    except (NotFound, AccessRevoked):
        return _settle(events, State.DONE, now, outcome=_("It is gone at Stripe, or no longer open to us."))
    except _STRIPE_AWAY as problem:
        return _put_back(events, problem, now)
    except Exception as problem:  # Whatever a handler stumbles over, this event waits and all others flow.
        logger.exception("Event %s of type %s could not be processed", newest.stripe_id, newest.type)
        return _try_later(events, problem, now)
    return _settle(events, State.DONE, now, outcome=str(outcome or ""))


def _refuse_unknown_account(event: StripeEvent) -> None:
    """Raises UnknownAccount. While the platform waits for an account to be made, the event may be about that one."""
    if not event.stripe_account or import_string(settings.STRIPE_ACCOUNT_IS_KNOWN)(event.stripe_account):
        return
    if event.type in import_string(settings.STRIPE_EVENTS_FROM_STRANGERS):
        return
    if StripeOperation.objects.filter(stripe_account="", state__in=StripeOperation.OPEN).exists():
        raise AccountNotKnownYet(event.stripe_account)
    raise UnknownAccount(_("The account %(account)s is not ours.") % {"account": event.stripe_account})


def _settle(events, state: str, now: datetime, *, outcome: str) -> str:
    _finish(events, state=state, outcome=outcome, error="", processed_at=now, next_try_at=None)
    return state


def _quarantine(events, error: str, now: datetime) -> str:
    _finish(events, state=State.QUARANTINED, error=error, processed_at=now, next_try_at=None)
    logger.error("Events were quarantined: %s", ", ".join(event.stripe_id for event in events))
    return State.QUARANTINED


def _put_back(events, problem: Exception, now: datetime) -> str:
    later = now + schedule.HOLD
    _finish(events, state=State.NEW, error=_told(problem), next_try_at=later, attempts=F("attempts") - 1)
    return State.NEW


def _try_later(events, problem: Exception, now: datetime) -> str:
    """Back off, each event by its own count of tries; after the last one it stands before a person."""
    worn_out = [event for event in events if event.attempts >= MOST_TRIES]
    if worn_out:
        _quarantine(worn_out, _told(problem), now)
    for event in events:
        if event not in worn_out:
            seconds = FIRST_BACKOFF_SECONDS * BACKOFF_FACTOR ** (event.attempts - 1)
            later = now + timedelta(seconds=min(LONGEST_BACKOFF_SECONDS, seconds))
            _finish([event], state=State.NEW, error=_told(problem), next_try_at=later)
    return State.QUARANTINED if len(worn_out) == len(events) else State.NEW


def _finish(events, **changes) -> int:
    """Guarded by the fence: a worker that lost its lease changes nothing."""
    ours = StripeEvent.objects.filter(pk__in=[event.pk for event in events], fence=events[0].fence)
    return ours.filter(state=State.PROCESSING).update(lease_until=None, **changes)


def _told(problem: Exception) -> str:
    """A sentence of our own exceptions; of a defect only its class, because its message may quote data."""
    is_ours = type(problem).__module__.startswith("stripe_gateway")
    return f"{type(problem).__name__}: {problem}" if is_ours else type(problem).__name__
