from datetime import timedelta

import pytest
from django.utils import timezone

from desk import paging
from desk.models import User

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")
pytestmark = pytest.mark.django_db

ORDERS = [
    [("language", "asc"), ("last_login", "asc_nulls_last"), ("id", "asc")],
    [("language", "desc"), ("last_login", "desc_nulls_last"), ("id", "desc")],
    [("last_login", "asc_nulls_last"), ("id", "desc")],
    [("id", "desc")],
]


def every_row(order, size):
    rows, cursor, pages = [], None, 0
    while pages < 200:
        page = paging.keyset(User.objects.all(), order=order, cursor=cursor, size=size)
        rows += page.rows
        cursor, pages = page.next_cursor, pages + 1
        if not cursor:
            return rows
    raise AssertionError("the list never ends")


@hypothesis.settings(max_examples=25, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(
    people=st.lists(st.tuples(st.sampled_from(["", "en", "fr"]), st.none() | st.integers(0, 3)), max_size=12),
    order=st.sampled_from(ORDERS),
    size=st.integers(1, 4),
)
def test_every_row_comes_once_and_in_order(people, order, size):
    User.objects.all().delete()
    start = timezone.now()
    for n, (language, hours) in enumerate(people):
        last_login = None if hours is None else start + timedelta(hours=hours)
        User.objects.create(email=f"p{n}@p.test", language=language, last_login=last_login)

    paged = every_row(order, size)

    whole = paging.keyset(User.objects.all(), order=order, cursor=None, size=100).rows
    assert [row.pk for row in paged] == [row.pk for row in whole]
    assert len(set(paged)) == len(people)
