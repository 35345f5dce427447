"""One budget of calls for all processes, kept in the database. People go before sweeps.

A row is a leaky bucket in one number: the microsecond from which the next call is free of debt. A call may run ahead
of it by a burst; taking a turn is one conditional UPDATE, so any number of processes may race for it.
"""

import time

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from stripe_gateway.models import CallBudget
from stripe_gateway.outcomes import OwnLimit

SECOND = 1_000_000
PLATFORM = "platform"
# One account may use at most this share of the calls, so that one busy tenant cannot starve the others.
ACCOUNT_SHARE = 0.5
# How far calls may run ahead: a person's by a whole second's worth, a sweep's by half, leaving the rest to people.
BURST = {True: SECOND, False: SECOND // 2}
# A person's call may reserve a turn this far ahead; a sweep's never reserves, so it cannot push people back.
LONGEST_WAIT = {True: 2 * SECOND, False: 0}
# A row further ahead than this was written by a clock that runs wrong, and is ignored.
CLOCK_FAULT = 60 * SECOND


def take(account: str, *, urgent: bool, now: int | None = None) -> float:
    """Take a turn for one call. Returns the seconds to wait before making it; raises OwnLimit when there is none.

    `now` is in microseconds since 1970; without it the clock is asked.
    """
    rates = {PLATFORM: settings.STRIPE_CALLS_PER_SECOND}
    if account:
        rates[account] = max(1, settings.STRIPE_CALLS_PER_SECOND * ACCOUNT_SHARE)
    now = now or time.time_ns() // 1000
    # Durable: no call to Stripe may be made from inside a transaction, and this is where every call passes.
    with transaction.atomic(durable=True):
        wait = max(_take_one(name, rate, now, urgent) for name, rate in rates.items())
    return wait / SECOND


def drain() -> None:
    """Stripe said 429: nobody calls for a second."""
    now = time.time_ns() // 1000
    with transaction.atomic():
        CallBudget.objects.filter(name=PLATFORM).update(free_at=Greatest(F("free_at"), now + 2 * SECOND))


def _take_one(name: str, rate: float, now: int, urgent: bool) -> int:
    """Move the row on by one call. Returns the microseconds to wait; raises OwnLimit when it is too far ahead."""
    step = int(SECOND / rate)
    # A burst is never less than one call, however low the rate.
    burst = max(BURST[urgent], step)
    row = CallBudget.objects.filter(name=name)
    idle = row.filter(Q(free_at__lt=now) | Q(free_at__gt=now + CLOCK_FAULT))
    in_turn = row.filter(free_at__gte=now, free_at__lte=now + burst + LONGEST_WAIT[urgent])
    if idle.update(free_at=now + step):
        return 0
    if in_turn.update(free_at=F("free_at") + step):
        return max(0, row.values_list("free_at", flat=True).get() - step - burst - now)
    if row.exists():
        raise OwnLimit("Our own budget of calls to Stripe is used up for the moment.", code=OwnLimit.CODE)
    _open(name, now + step)
    return 0


def _open(name: str, free_at: int) -> None:
    try:
        with transaction.atomic():
            CallBudget.objects.create(name=name, free_at=free_at)
    except IntegrityError:
        # Another process opened it at the same moment; that first turn is a gift.
        return
