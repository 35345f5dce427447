"""When to try again, and how long a key may be used. All spans of time of the protocol stand here."""

from datetime import datetime, timedelta
from random import SystemRandom

from django.conf import settings

# Longer than connect plus read time-out of a call, so that a living worker keeps what it claimed.
LEASE = timedelta(seconds=30)
FIRST_BACKOFF_SECONDS = 1
LONGEST_BACKOFF_SECONDS = 300
# While paused, while a precondition does not hold, or (for events) while Stripe turns everybody away.
HOLD = timedelta(seconds=60)
# Stripe may forget a v1 key after 24 hours and keeps v2 keys for 30 days; the rest is margin for clocks and backlog.
KEY_WINDOW_V1 = timedelta(hours=20)
KEY_WINDOW_V2 = timedelta(days=25)
# Stripe may still finish a request that failed; only after this long is "absent" believed.
QUIET = timedelta(hours=24)
# 5xx answers under one key before it is looked up instead of asked again.
SERVER_ERRORS_BEFORE_LOOKING_UP = 2
# In doubt for this long, an operation stands on the work queue.
SHOWN_AFTER = timedelta(minutes=15)

_random = SystemRandom()


def backoff(attempts: int) -> timedelta:
    """Full jitter: anything up to the doubled span, so that many failures do not come back at once."""
    ceiling = min(LONGEST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(attempts, 20))
    return timedelta(seconds=_random.uniform(0, ceiling))


def key_window(path: str) -> timedelta:
    """How long after the first sending the same key may be sent again."""
    return KEY_WINDOW_V2 if path.startswith("/v2/") else KEY_WINDOW_V1


def is_key_usable(operation, now: datetime) -> bool:
    """Whether Stripe certainly still honours the operation's key."""
    return operation.first_sent_at is None or now - operation.first_sent_at < key_window(operation.path)


def is_quiet(operation, now: datetime) -> bool:
    """Whether nothing was sent for so long that Stripe cannot still be working on it."""
    return operation.last_sent_at is None or now - operation.last_sent_at >= QUIET


def predates_restore(operation) -> bool:
    """Whether it stood in a backup that was restored and has not been looked up since: it may have been sent."""
    restored_at = settings.RESTORED_AT
    if restored_at is None or operation.created_at >= restored_at:
        return False
    return operation.looked_up_at is None or operation.looked_up_at < restored_at
