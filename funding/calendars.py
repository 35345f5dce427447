"""Bank business days, and when money that is sent now will have arrived."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from django.conf import settings

# Debits made after this count from the next business day. Stripe's guide to ACH payments, "Timing".
ACH_CUTOFF = time(22, 0, tzinfo=UTC)
# Stripe's guide "Funding Issuing balances with Connect": the two deposits arrive within 1 to 2 days.
MICRODEPOSIT_BUSINESS_DAYS = 2


@cache
def bank_holidays(calendar: str, year: int) -> frozenset[date]:
    """Days of `year` on which the banks of `calendar` ("fed", "uk", "target2") are closed beside weekends."""
    # Here, because it takes 4 MB in every process, and most never ask for a date.
    import holidays

    if calendar == "uk":
        return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
    if calendar == "target2":
        return frozenset(holidays.financial_holidays("ECB", years=year))
    if calendar == "fed":
        return _fed_holidays(holidays.country_holidays("US", years=year, observed=False))
    raise ValueError(f"There is no bank calendar called {calendar!r}.")


def _fed_holidays(named: Iterable[date]) -> frozenset[date]:
    """The Fed moves a Sunday holiday to Monday but stays open on the Friday before a Saturday one, unlike offices.

    The January 1 that falls on a Sunday moves within its year; the one of the next year never reaches back into this.
    """
    return frozenset(day + timedelta(days=1) if day.weekday() == 6 else day for day in named)


def is_business_day(day: date, calendar: str) -> bool:
    return day.weekday() < 5 and day not in bank_holidays(calendar, day.year)


def add_business_days(day: date, count: int, calendar: str) -> date:
    """The `count`-th business day after `day`; with 0, `day` itself or else the next business day."""
    while not is_business_day(day, calendar):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_business_day(day, calendar):
            day += timedelta(days=1)
    return day


def business_days_until(day: date, *, start: date, calendar: str) -> int:
    """How many business days lie after `start`, up to and with `day`."""
    span = (start + timedelta(days=offset) for offset in range(1, (day - start).days + 1))
    return sum(is_business_day(each, calendar) for each in span)


def arrives_on(now: datetime, rail: str) -> date:
    """The day (UTC) by which money sent at `now` will have arrived by `rail`: "ach_pull" or "microdeposits"."""
    days = {"ach_pull": settings.ACH_PULL_BUSINESS_DAYS, "microdeposits": MICRODEPOSIT_BUSINESS_DAYS}[rail]
    return add_business_days(_ach_day(now), days, "fed")


def _ach_day(now: datetime) -> date:
    """The business day from which an ACH debit made at `now` counts."""
    moment = now.astimezone(UTC)
    day = moment.date()
    if is_business_day(day, "fed") and moment.timetz() >= ACH_CUTOFF:
        day += timedelta(days=1)
    return add_business_days(day, 0, "fed")
