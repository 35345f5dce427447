"""What happens to accounts without anybody asking: the floor under lost events and lost mails."""

import logging
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat

from accounts import asks, connected_accounts, invitations
from accounts.models import ConnectedAccount
from stripe_gateway.models import BackfillCursor
from stripe_gateway.outcomes import OwnLimit, StripeProblem

Status = ConnectedAccount.Status
# While Stripe or the business is busy with an account it is read often, otherwise once a day.
BUSY = (Status.ONBOARDING, Status.IN_REVIEW)
BUSY_EVERY = timedelta(minutes=15)
CALM_EVERY = timedelta(days=1)
BACKFILL_EVERY = timedelta(days=1)
# Other sweeps share the task, which is killed after two minutes.
SECONDS_FOR_MAILS = 20.0

logger = logging.getLogger(__name__)


def reread_stale(now: datetime, *, limit: int = 100) -> int:
    """Re-read accounts from Stripe whose facts have grown old. Returns how many were re-read."""
    done = 0
    for account in stale(now)[:limit]:
        _stamp(account, now)
        try:
            connected_accounts.reread(account, urgent=False)
        except OwnLimit:
            _stamp(account, account.asked_at)
            break
        except StripeProblem as problem:
            logger.warning("account %s was not re-read: %s", account.pk, type(problem).__name__)
        else:
            done += 1
    return done


def stale(now: datetime):
    """Accounts to re-read, those first that no sweep has asked for, then those asked for the longest ago.

    By the attempt and not by its success, so that accounts that cannot be read do not keep all others waiting.
    """
    old = Q(synced_at__lt=now - CALM_EVERY) | Q(synced_at__lt=now - BUSY_EVERY, status__in=BUSY) | Q(synced_at=None)
    known = ConnectedAccount.objects.exclude(stripe_id=None).exclude(status=Status.CLOSED)
    return known.filter(old).order_by(F("asked_at").asc(nulls_first=True), F("synced_at").asc(nulls_first=True), "pk")


def _stamp(account: ConnectedAccount, moment: datetime | None) -> None:
    ConnectedAccount.objects.filter(pk=account.pk).update(asked_at=moment)


def send_invitations(now: datetime) -> int:
    """Send the invitations that a crash or a broken mail server has left unsent.

    Each mail asks the clock itself: after a few slow ones `now` is long ago, and a lease counted from it over.
    """
    return invitations.send_due(seconds=SECONDS_FOR_MAILS)


def send_asks(now: datetime) -> int:
    """Send the requests for details that a crash or a broken mail server has left unsent; the clock as above."""
    return asks.send_due(seconds=SECONDS_FOR_MAILS)


def accounts_to_backfill(now: datetime, *, limit: int = 50) -> list[str]:
    """Accounts whose events at Stripe were not listed for a day: the ids of the most urgent ones."""
    last_list = Concat(Value("connect-thin:"), OuterRef("stripe_id"))
    listed = BackfillCursor.objects.filter(name=last_list, read_at__gt=now - BACKFILL_EVERY)
    known = ConnectedAccount.objects.exclude(stripe_id=None).exclude(status__in=[Status.CLOSED, Status.REVOKED])
    due = known.filter(~Exists(listed)).order_by("urgency", "next_deadline_at", "pk")
    return list(due.values_list("stripe_id", flat=True)[:limit])
