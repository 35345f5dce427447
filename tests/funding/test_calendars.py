"""When the banks are open, and when money arrives."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from funding import calendars


@pytest.mark.parametrize("day", ["2026-07-03", "2027-06-18", "2027-12-24", "2021-12-31"])
def test_the_fed_is_open_on_the_friday_before_a_saturday_holiday(day):
    assert calendars.is_business_day(date.fromisoformat(day), "fed")


@pytest.mark.parametrize("day", ["2027-07-05", "2028-01-17", "2022-12-26", "2023-01-02", "2026-11-26", "2026-06-19"])
def test_the_fed_is_closed_on_holidays_and_on_the_monday_after_a_sunday_one(day):
    assert not calendars.is_business_day(date.fromisoformat(day), "fed")


def test_the_uk_has_its_own_substitute_days():
    assert not calendars.is_business_day(date(2026, 12, 28), "uk")
    assert not calendars.is_business_day(date(2026, 8, 31), "uk")
    assert calendars.is_business_day(date(2026, 7, 6), "uk")


def test_target2_closes_on_labour_day_and_good_friday_and_never_moves_a_holiday():
    assert not calendars.is_business_day(date(2026, 5, 1), "target2")
    assert not calendars.is_business_day(date(2026, 4, 3), "target2")
    assert calendars.is_business_day(date(2026, 12, 28), "target2")


def test_an_unknown_calendar_is_an_error():
    with pytest.raises(ValueError, match="mars"):
        calendars.is_business_day(date(2026, 11, 20), "mars")


@pytest.mark.parametrize(
    ("now", "arrival"),
    [
        # A Friday before the cut-off: five business days with Thanksgiving in between.
        (datetime(2026, 11, 20, 21, 59, tzinfo=UTC), date(2026, 11, 30)),
        # After the cut-off it counts from Monday.
        (datetime(2026, 11, 20, 22, 0, tzinfo=UTC), date(2026, 12, 1)),
        # A Saturday counts from Monday whatever the hour.
        (datetime(2026, 11, 21, 3, 0, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 11, 21, 23, 0, tzinfo=UTC), date(2026, 12, 1)),
        # Over the year's end: Christmas and New Year fall on Fridays.
        (datetime(2026, 12, 24, 12, 0, tzinfo=UTC), date(2027, 1, 4)),
        # July 3 is a business day although July 4 is a Saturday.
        (datetime(2026, 6, 26, 12, 0, tzinfo=UTC), date(2026, 7, 3)),
    ],
)
def test_a_pull_arrives_five_business_days_after_the_day_it_counts_from(now, arrival):
    assert calendars.arrives_on(now, "ach_pull") == arrival


def test_the_cut_off_is_in_utc_whatever_the_zone_of_the_moment():
    evening = datetime(2026, 11, 18, 17, 30, tzinfo=ZoneInfo("America/New_York"))
    assert calendars.arrives_on(evening, "ach_pull") == calendars.arrives_on(evening.astimezone(UTC), "ach_pull")
    assert calendars.arrives_on(evening, "microdeposits") == date(2026, 11, 23)


def test_business_days_between_two_days_are_counted_without_the_first():
    assert calendars.business_days_until(date(2026, 11, 30), start=date(2026, 11, 20), calendar="fed") == 5
    assert calendars.business_days_until(date(2026, 11, 20), start=date(2026, 11, 20), calendar="fed") == 0
