import pytest
from django.contrib.auth.models import Group, Permission

from funding import models
from funding.models import TopUp
from tests.factories.accounts import ConnectedAccountFactory
from tests.factories.desk import UserFactory
from tests.factories.funding import SourceFactory, TopUpFactory

pytestmark = pytest.mark.django_db


def top_ups_of(name, count):
    account = ConnectedAccountFactory(name=name)
    return TopUpFactory.create_batch(count, account=account, source=SourceFactory(account=account))


@pytest.mark.parametrize("enough", [1, 3, 100])
def test_a_business_is_found_whether_its_name_is_common_or_rare(monkeypatch, enough):
    monkeypatch.setattr(models, "ENOUGH", enough)
    bakery, mill = top_ups_of("Old Bakery", 3), top_ups_of("Windmill", 2)
    ConnectedAccountFactory(name="Bakery that never topped up")
    assert set(TopUp.objects.of_business("bakery")) == set(bakery)
    assert set(TopUp.objects.of_business("mill")) == set(mill)
    assert not TopUp.objects.of_business("zebra")


def test_more_matches_than_can_be_named_are_all_found(monkeypatch):
    monkeypatch.setattr(models, "MOST_MATCHES", 1)
    expected = top_ups_of("Bakery North", 1) + top_ups_of("Bakery South", 1)
    assert set(TopUp.objects.of_business("bakery")) == set(expected)


def test_a_search_stays_within_what_it_was_asked_of():
    mine, _foreign = top_ups_of("Bakery North", 1), top_ups_of("Bakery South", 1)
    assert set(TopUp.objects.filter(account=mine[0].account).of_business("bakery")) == set(mine)


def test_staff_see_every_top_up_only_with_the_right_to_view_accounts():
    rows = top_ups_of("Old Bakery", 1)
    staff = UserFactory(is_staff=True)
    assert not TopUp.objects.for_user(staff)
    role = Group.objects.create(name="Sees accounts")
    role.permissions.add(Permission.objects.get(codename="view_connectedaccount"))
    staff.groups.add(role)
    assert list(TopUp.objects.for_user(type(staff).objects.get(pk=staff.pk))) == rows
