from datetime import UTC, date, datetime

import pytest

from local_stripe import calendar


def unix(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize("day", [date(2026, 7, 3), date(2027, 6, 18), date(2027, 12, 24), date(2027, 12, 31)])
def test_reserve_banks_are_open_on_the_friday_before_a_saturday_holiday(day):
    assert calendar.is_banking_day(day)


@pytest.mark.parametrize("day", [date(2027, 7, 5), date(2022, 6, 20), date(2022, 12, 26), date(2023, 1, 2)])
def test_reserve_banks_are_closed_on_the_monday_after_a_sunday_holiday(day):
    assert not calendar.is_banking_day(day)


def test_weekends_and_weekday_holidays_are_no_banking_days():
    closed = [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1)]
    assert not any(calendar.is_banking_day(day) for day in closed)


def test_five_banking_days_skip_the_weekend():
    assert calendar.ach_arrival(unix("2026-06-01T10:00"), 5) == unix("2026-06-08T00:00")


def test_five_banking_days_skip_thanksgiving():
    assert calendar.ach_arrival(unix("2026-11-20T10:00"), 5) == unix("2026-11-30T00:00")


def test_a_debit_after_the_cutoff_counts_from_the_next_banking_day():
    before, after = unix("2026-06-01T21:59:59"), unix("2026-06-01T22:00:00")
    assert calendar.ach_arrival(before, 1) == unix("2026-06-02T00:00")
    assert calendar.ach_arrival(after, 1) == unix("2026-06-03T00:00")


def test_a_debit_on_friday_night_and_one_on_sunday_arrive_together():
    friday_night, sunday_night = unix("2026-06-05T23:00"), unix("2026-06-07T23:00")
    assert calendar.ach_arrival(friday_night, 2) == calendar.ach_arrival(sunday_night, 2) == unix("2026-06-10T00:00")
