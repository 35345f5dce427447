from datetime import date

import pytest

from local_stripe import calendar

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(
    day=st.dates(date(2024, 1, 1), date(2040, 12, 31)), first=st.integers(0, 12), second=st.integers(0, 12)
)
def test_banking_days_add_up(day, first, second):
    in_two_steps = calendar.add_banking_days(calendar.add_banking_days(day, first), second)
    assert in_two_steps == calendar.add_banking_days(day, first + second)
    assert calendar.is_banking_day(in_two_steps)
    assert in_two_steps >= day
