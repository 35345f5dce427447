"""What of funding stands on the work queue, and when it leaves it again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from funding import work
from funding.models import Source, TopUp
from tests.factories.accounts import ConnectedAccountFactory, MembershipFactory
from tests.factories.funding import BalanceFactory, SourceFactory, TopUpFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def business():
    return ConnectedAccountFactory(active=True)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (TopUp.Status.FAILED, "A top-up of $5,000.00 failed"),
        (TopUp.Status.REVERSED, "The bank took $5,000.00 back"),
        (TopUp.Status.REFUSED, "A top-up of $5,000.00 was refused"),
    ],
)
def test_money_that_did_not_come_needs_somebody(operator, business, now, status, words):
    TopUpFactory(account=business, status=status, settled_at=now)
    [item] = work.items(operator, now)
    assert (item.title, item.tone, item.account_name) == (words, "bad", business.name)


def test_a_top_up_that_stripe_does_not_know_needs_somebody(operator, business, now):
    top_up = TopUpFactory(account=business, status=TopUp.Status.PENDING, missing_since=now)
    [item] = work.items(operator, now)
    assert (item.title, item.tone) == ("Stripe does not know a top-up of $5,000.00", "bad")
    TopUp.objects.filter(pk=top_up.pk).update(missing_since=None)
    assert list(work.items(operator, now)) == []


def test_a_later_top_up_makes_up_for_a_failed_one(operator, business, now):
    TopUpFactory(account=business, status=TopUp.Status.FAILED, settled_at=now)
    TopUpFactory(account=business, status=TopUp.Status.PENDING)
    assert list(work.items(operator, now)) == []


def test_old_failures_are_history(operator, business, now):
    TopUpFactory(account=business, status=TopUp.Status.FAILED, settled_at=now - timedelta(days=15))
    assert list(work.items(operator, now)) == []


def test_a_low_balance_needs_somebody_unless_money_is_on_its_way(operator, now):
    account = ConnectedAccountFactory(active=True, low_balance_line=2500_00)
    BalanceFactory(account=account)
    [item] = work.items(operator, now)
    assert item.title == "The card balance is low: $2,130.42"
    TopUpFactory(account=account, amount=1000_00)
    assert list(work.items(operator, now)) == []


def test_a_bank_account_that_failed_needs_somebody_until_another_is_connected(operator, business, now):
    SourceFactory(account=business, status=Source.Status.FAILED)
    [item] = work.items(operator, now)
    assert "••6789" in item.title
    SourceFactory(account=business, status=Source.Status.PENDING)
    assert list(work.items(operator, now)) == []


def test_search_finds_a_top_up_by_either_id(operator, business):
    top_up = TopUpFactory(account=business)
    for text in (top_up.stripe_id, str(top_up.public_id)):
        [hit] = work.search(operator, text)
        assert hit.detail == business.name
    assert list(work.search(operator, "anything else")) == []


def test_people_find_only_what_is_theirs(business):
    top_up = TopUpFactory(account=business, status=TopUp.Status.FAILED, settled_at=timezone.now())
    stranger = MembershipFactory().user
    assert list(work.search(stranger, top_up.stripe_id)) == []
    assert list(work.items(stranger, timezone.now())) == []
