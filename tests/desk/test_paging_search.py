import pytest
from django.db.models import Q

from desk import paging
from desk.models import User
from tests.factories.desk import UserFactory

pytestmark = pytest.mark.django_db
ORDER = [("id", "desc")]


@pytest.fixture
def people(monkeypatch):
    """Nine people, every third of them a Bakery, and only the three newest are near."""
    monkeypatch.setattr(paging, "NEARBY", 3)
    return [UserFactory(full_name="Bakery" if n % 3 == 0 else f"Person {n}") for n in range(9)][::-1]


def seen(text, size, cursor=None):
    return paging.keyset(User.objects.all(), order=ORDER, cursor=cursor, size=size, sought=Q(full_name__icontains=text))


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_a_search_finds_every_match_once_near_or_far(people, size):
    found, cursor = [], None
    while cursor != "":
        page = seen("bakery", size, cursor)
        found += page.rows
        cursor = page.next_cursor
    assert found == [person for person in people if person.full_name == "Bakery"]


def test_a_search_that_many_rows_match_reads_only_those_near(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(seen("e", 2)) == 2


def test_a_search_without_a_match_ends(people):
    page = seen("nobody", 2)
    assert (page.rows, page.next_cursor) == ([], "")
