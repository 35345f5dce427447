"""Banking days of the Federal Reserve, and when ACH money moves.

All moments are Unix seconds, all days are UTC days: Stripe states its ACH cut-off in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import holidays

ACH_CUTOFF = time(22, 0)


@cache
def fed_holidays(year: int) -> frozenset[date]:
    """The days of `year` on which Reserve Banks are closed although it is not a weekend.

    The federal government gives the Friday before a Saturday holiday off; Reserve Banks do not. Both give the Monday
    after a Sunday holiday off.
    """
    named_days = holidays.country_holidays("US", years=year, observed=False)
    return frozenset(day + timedelta(days=1) if day.weekday() == 6 else day for day in named_days)


def is_banking_day(day: date) -> bool:
    return day.weekday() < 5 and day not in fed_holidays(day.year)


def add_banking_days(day: date, count: int) -> date:
    """The `count`-th banking day after `day`; with 0, `day` itself or else the next banking day."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_banking_day(day):
            day += timedelta(days=1)
    return day


def ach_day(created: int) -> date:
    """The banking day an ACH debit made at `created` counts from: after the cut-off, the next one."""
    moment = datetime.fromtimestamp(created, UTC)
    day = moment.date()
    if is_banking_day(day) and moment.time() >= ACH_CUTOFF:
        day += timedelta(days=1)
    return add_banking_days(day, 0)


def ach_arrival(created: int, banking_days: int) -> int:
    """Midnight of the day `banking_days` after the ACH debit made at `created`."""
    return midnight(add_banking_days(ach_day(created), banking_days))


def midnight(day: date) -> int:
    """The first second of `day`."""
    return int(datetime.combine(day, time(), UTC).timestamp())
