import pytest

from desk import paging
from desk.models import AuditStream, User
from tests.factories.desk import UserFactory

pytestmark = pytest.mark.django_db


def test_rows_added_behind_do_not_repeat_or_hide_rows():
    first = UserFactory.create_batch(4)
    order = [("id", "desc")]
    page = paging.keyset(User.objects.all(), order=order, cursor=None, size=2)
    UserFactory()
    rest = paging.keyset(User.objects.all(), order=order, cursor=page.next_cursor, size=10)
    assert page.rows + rest.rows == first[::-1]
    assert not rest.is_first


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "null:abc", "\x00"])
def test_bad_cursor_gives_the_first_page(cursor):
    UserFactory.create_batch(3)
    page = paging.keyset(User.objects.all(), order=[("id", "asc")], cursor=cursor, size=2)
    assert page.is_first
    assert len(page) == 2


def test_cursor_of_another_order_gives_the_first_page():
    UserFactory.create_batch(3)
    cursor = paging.keyset(User.objects.all(), order=[("id", "asc")], cursor=None, size=2).next_cursor
    assert paging.keyset(User.objects.all(), order=[("id", "desc")], cursor=cursor, size=2).is_first


def test_unknown_direction_is_refused():
    with pytest.raises(ValueError, match="sideways"):
        paging.keyset(User.objects.all(), order=[("id", "sideways")], cursor=None)


def test_order_may_follow_a_relation():
    AuditStream.objects.create(name="platform")
    page = paging.keyset(AuditStream.objects.all(), order=[("pk", "asc")], cursor=None, size=1)
    assert page.rows[0].name == "platform"


def test_count_stops_at_the_cap(django_assert_num_queries):
    UserFactory.create_batch(5)
    with django_assert_num_queries(1):
        assert paging.capped_count(User.objects.all(), cap=3) == 3
    assert paging.capped_count(User.objects.all()) == 5


def test_a_count_above_the_cap_says_so(monkeypatch):
    UserFactory.create_batch(3)
    assert paging.counted(User.objects.all()) == "3"
    monkeypatch.setattr(paging, "COUNT_CAP", 2)
    assert paging.counted(User.objects.all()) == "2+"
