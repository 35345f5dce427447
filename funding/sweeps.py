"""The floor under the webhooks: with every event lost, what is in flight is still read again in time."""

import logging
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import ConnectedAccount
from funding import balances, sources, top_ups
from funding.models import Source, TopUp
from stripe_gateway.outcomes import OwnLimit, StripeProblem

# Swept every 10 minutes, so nothing in flight is older than a quarter of an hour.
IN_FLIGHT_IS_STALE_AFTER = timedelta(minutes=4)
REST_IS_STALE_AFTER = timedelta(hours=24)
# A bank may take a debit back for this long after it was made: the longest that ACH allows, with some margin.
RETURNS_COME_FOR = timedelta(days=70)
BATCH = 200
# What cannot be read takes its turn too, and then waits for it like all others. Never asked for comes first.
LONGEST_UNASKED = F("asked_at").asc(nulls_first=True)

logger = logging.getLogger(__name__)


def reread_stale(now: datetime) -> int:
    """Read again what may have changed unheard: in flight soon, the rest daily. Returns how many were read."""
    done = 0
    for reread, row, asked_at in _stale(now):
        asked_before = getattr(row, asked_at)
        _stamp(row, asked_at, now)
        try:
            reread(row, urgent=False)
        except OwnLimit:
            # People need the calls that are left; the next sweep goes on with this one.
            _stamp(row, asked_at, asked_before)
            break
        except StripeProblem as problem:
            logger.warning("%s %s was not re-read: %s", type(row).__name__, row.pk, type(problem).__name__)
        else:
            done += 1
    return done


def accounts_with_money_in_flight(now: datetime) -> list[str]:
    """Accounts whose lost events matter most: the acct_ ids of those with a top-up or a bank account under way.

    They are listed at every backfill, however short a while ago; the others once a day.
    """
    accounts = ConnectedAccount.objects.exclude(stripe_id=None)
    waiting = Exists(TopUp.objects.in_flight().filter(account=OuterRef("pk")))
    connecting = Exists(Source.objects.filter(account=OuterRef("pk"), status__in=Source.IN_FLIGHT))
    return list(accounts.filter(waiting | connecting).order_by("pk").values_list("stripe_id", flat=True)[:BATCH])


def _stale(now: datetime):
    """What is to be read again, with the function that does it and the field of the attempt: money in flight first."""
    for top_up in _stale_top_ups(now):
        yield _reread_with_balance, top_up, "asked_at"
    for source in _stale_sources(now):
        yield sources.reread, source, "asked_at"
    for account in _accounts_with_stale_balance(now):
        yield balances.reread, account, "balance_asked_at"
    for top_up in _arrived_top_ups(now):
        yield _reread_with_balance, top_up, "asked_at"


def _stamp(row, field: str, moment: datetime | None) -> None:
    type(row).objects.filter(pk=row.pk).update(**{field: moment})


def _reread_with_balance(top_up: TopUp, *, urgent: bool) -> None:
    """What has arrived or was taken back is no longer where the balance of an earlier reading has it."""
    if top_ups.reread(top_up, urgent=urgent):
        balances.reread(top_up.account, urgent=urgent)


def _stale_top_ups(now: datetime):
    known = TopUp.objects.in_flight().exclude(stripe_id=None).select_related("account")
    return known.filter(_not_checked_since(now - IN_FLIGHT_IS_STALE_AFTER)).order_by(LONGEST_UNASKED, "pk")[:BATCH]


def _arrived_top_ups(now: datetime):
    """Top-ups that the bank may still take back."""
    arrived = TopUp.objects.filter(status=TopUp.Status.SUCCEEDED, created_at__gte=now - RETURNS_COME_FOR)
    stale = arrived.filter(_not_checked_since(now - REST_IS_STALE_AFTER)).select_related("account")
    return stale.order_by(LONGEST_UNASKED, "pk")[:BATCH]


def _stale_sources(now: datetime):
    known = Source.objects.exclude(stripe_id_index=None).select_related("account")
    in_flight = Q(status__in=Source.IN_FLIGHT) & _not_checked_since(now - IN_FLIGHT_IS_STALE_AFTER)
    verified = Q(status=Source.Status.CHARGEABLE) & _not_checked_since(now - REST_IS_STALE_AFTER)
    return known.filter(in_flight | verified).order_by(LONGEST_UNASKED, "pk")[:BATCH]


def _not_checked_since(moment: datetime) -> Q:
    return Q(checked_at=None) | Q(checked_at__lt=moment)


def _accounts_with_stale_balance(now: datetime):
    """Accounts that can spend and whose balance was never read, or not for a day."""
    spending = ConnectedAccount.objects.filter(can_issue=True).exclude(stripe_id=None)
    fresh = Q(balances__read_at__gte=now - REST_IS_STALE_AFTER)
    longest_unasked = F("balance_asked_at").asc(nulls_first=True)
    return spending.exclude(fresh).order_by(longest_unasked, "pk").distinct()[:BATCH]
