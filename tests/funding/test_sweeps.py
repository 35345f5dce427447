"""Where money is under way, lost events are looked for first and every time, and nothing keeps the rest waiting."""

from datetime import UTC, datetime, timedelta

import pytest

from funding import balances, sources, sweeps, top_ups
from funding.models import Source, TopUp
from stripe_gateway import tables
from stripe_gateway.outcomes import NotFound, OwnLimit
from tests.factories.accounts import ConnectedAccountFactory
from tests.factories.funding import SourceFactory, TopUpFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_accounts_with_money_or_a_bank_account_under_way_are_listed():
    topping_up = TopUpFactory(status=TopUp.Status.PENDING).account
    connecting = SourceFactory(status=Source.Status.PENDING).account
    TopUpFactory(status=TopUp.Status.SUCCEEDED)

    assert sweeps.accounts_with_money_in_flight(NOW) == [topping_up.stripe_id, connecting.stripe_id]


def test_they_go_before_the_others_and_are_named_once():
    calm = ConnectedAccountFactory()
    topping_up = TopUpFactory(status=TopUp.Status.PENDING).account

    assert tables.accounts_to_backfill(NOW) == [topping_up.stripe_id, calm.stripe_id]


class OfStripe:
    """Notes what is read, and refuses some of it."""

    def __init__(self):
        self.asked, self.gone, self.calls_left = [], [], 1000

    def reread(self, row, *, urgent):
        if not self.calls_left:
            raise OwnLimit
        self.calls_left -= 1
        self.asked.append(row)
        if row in self.gone:
            raise NotFound


@pytest.fixture
def reading(monkeypatch):
    found = OfStripe()
    for room in (balances, sources, top_ups):
        monkeypatch.setattr(room, "reread", found.reread)
    monkeypatch.setattr(sweeps, "BATCH", 2)
    return found


@pytest.mark.parametrize(
    "make",
    [
        lambda: TopUpFactory(status=TopUp.Status.PENDING),
        lambda: SourceFactory(status=Source.Status.PENDING),
        lambda: ConnectedAccountFactory(active=True, can_issue=True),
    ],
)
def test_what_cannot_be_read_does_not_keep_the_rest_waiting(reading, make):
    rows = [make() for _ in range(5)]
    reading.gone = rows[:2]
    for minutes in range(0, 30, 10):
        sweeps.reread_stale(NOW + timedelta(minutes=minutes))
    assert [row for row in reading.asked if type(row) is type(rows[0])] == [*rows, rows[0]]


def test_what_was_not_asked_for_lack_of_calls_is_next(reading):
    rows = [TopUpFactory(status=TopUp.Status.PENDING) for _ in range(2)]
    reading.calls_left = 1
    assert sweeps.reread_stale(NOW) == 1
    reading.calls_left = 1
    sweeps.reread_stale(NOW + timedelta(minutes=10))
    assert reading.asked == rows
