"""Reading the lists of events at Stripe, for whatever the webhooks did not bring. Feeds the same inbox.

Stripe lists 30 days, the newest first. Each list has a watermark, to which it is read down, and a little further; what
is known is not stored twice. A reading that is cut off goes on next time from where it was.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from stripe_gateway import client, event_facts, inbox, tables
from stripe_gateway.models import BackfillCursor, StripeEvent

Endpoint = StripeEvent.Endpoint
OVERLAP = timedelta(minutes=15)
LISTED_FOR = timedelta(days=30)
PAGE = 100
# Far above what is read in one go; a bound so that no reading goes on for ever. Whole pages, so that the next goes on.
MOST_EVENTS = 1000 * PAGE
logger = logging.getLogger(__name__)


def backfill(*, now: datetime) -> Counter:
    """Read every list once: the platform's two, then those of the connected accounts, money in flight first.

    Returns how many events were new, per list, and under `unread` how many lists could not be read.
    """
    new: Counter = Counter()
    for name, endpoint, account, read in _lists(now):
        try:
            new[name] = _backfill_one(name, endpoint, account, partial(read, account), now)
        except client.AccessRevoked:
            new["unread"] += 1
        except client.OwnLimit:
            new["unread"] += 1
            break
        except client.StripeProblem as problem:
            logger.warning("Events of %s could not be listed: %s", name, type(problem).__name__)
            new["unread"] += 1
    return new


def _lists(now: datetime) -> Iterable[tuple]:
    yield "platform", Endpoint.PLATFORM, "", _snapshots
    yield "platform-thin", Endpoint.PLATFORM_THIN, "", _thin
    for account in tables.accounts_to_backfill(now):
        yield f"connect:{account}", Endpoint.CONNECT, account, _snapshots
        yield f"connect-thin:{account}", Endpoint.CONNECT_THIN, account, _thin


def _backfill_one(name: str, endpoint: str, account: str, read: Callable, now: datetime) -> int:
    """Keep all events down to the watermark, and only then move it to the moment the reading began."""
    cursor = _cursor(name, now)
    since = max(now - LISTED_FOR, cursor.read_up_to - OVERLAP)
    new = place = 0
    for place, event in enumerate(read(since, cursor.down_to), start=1):
        new += _keep(endpoint, as_delivered(event, account), now)
        if place % PAGE == 0:
            cursor.down_to = event_facts.moment(event.get("created")) or cursor.down_to
            cursor.save()
    if place < MOST_EVENTS:
        cursor.read_up_to, cursor.read_at = cursor.began_at, now
        cursor.began_at = cursor.down_to = None
        cursor.save()
    return new


def _cursor(name: str, now: datetime) -> BackfillCursor:
    """Where the list stands: amid a reading, or at the beginning of one."""
    cursor = BackfillCursor.objects.filter(name=name).first() or BackfillCursor(name=name, read_up_to=now - LISTED_FOR)
    if cursor.down_to is None:
        cursor.began_at = now
    return cursor


def as_delivered(event: dict, account: str) -> dict:
    """A listed event as a webhook brings it: naming its account, which the account's own list may omit."""
    return {"account": account} | event if account else event


def _keep(endpoint: str, event: dict, now: datetime) -> bool:
    try:
        return inbox.keep(endpoint, json.dumps(event), now=now, facts=event_facts.facts_of(event))
    except event_facts.NotAnEvent as problem:
        logger.error("Stripe listed something that is no event: %s", problem)
        return False


def _snapshots(account: str, since: datetime, until: datetime | None) -> Iterable[dict]:
    created = _range(since, until, lambda moment: int(moment.timestamp()))
    return client.list_all("/v1/events", account=account, params=created, limit=MOST_EVENTS, urgent=False)


def _thin(account: str, since: datetime, until: datetime | None) -> Iterable[dict]:
    created = _range(since, until, lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    return client.list_all(
        "/v2/core/events", account=account, family="events_v2", params=created, limit=MOST_EVENTS, urgent=False
    )


def _range(since: datetime, until: datetime | None, written: Callable) -> dict:
    """The filter by age. Written in whole seconds, so the end is a second later than it was."""
    created = {"gte": written(since)}
    if until:
        created["lte"] = written(until + timedelta(seconds=1))
    return {"created": created}
