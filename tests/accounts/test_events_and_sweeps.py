"""Events make accounts be read again; sweeps do so when no event came."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import events, sweeps
from accounts.models import ConnectedAccount
from stripe_gateway.models import BackfillCursor, StripeEvent
from tests.factories.accounts import ConnectedAccountFactory

pytestmark = pytest.mark.django_db
Status = ConnectedAccount.Status


def event(**fields):
    return StripeEvent(**{"type": "account.updated", "endpoint": "connect", "payload": ""} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"stripe_account": "acct_1X", "object_id": "acct_1X"},
        {"stripe_account": "acct_1X", "object_id": "card_issuing", "type": "capability.updated"},
        {"stripe_account": "acct_1X", "object_id": "person_1", "type": "person.updated"},
        {"object_id": "acct_1X", "type": "v2.core.account[requirements].updated"},
        {
            "object_id": "person_1",
            "type": "v2.core.account_person.updated",
            "payload": json.dumps({"related_object": {"url": "/v2/core/accounts/acct_1X/persons/person_1"}}),
        },
        {
            "type": "v2.core.account_link.returned",
            "payload": json.dumps({"related_object": None, "data": {"account_id": "acct_1X"}}),
        },
    ],
)
def test_every_kind_of_event_names_its_account(fields):
    assert events.account_id(event(**fields)) == "acct_1X"


def test_an_event_about_nobody_changes_nothing():
    assert "not one of ours" in events.account_changed(event(stripe_account="acct_1Foreign"), timezone.now())
    assert events.account_id(event(payload="{}")) == ""


@pytest.mark.django_db(transaction=True)
class TestAtStripe:
    def test_an_event_makes_the_account_be_read_again(self, local_stripe, invited):
        local_stripe.activate(invited.stripe_id)
        said = events.account_changed(event(stripe_account=invited.stripe_id), timezone.now())
        assert said == "The account moved from onboarding to active."
        invited.refresh_from_db()
        assert invited.status == Status.ACTIVE

    def test_a_repeated_event_says_that_nothing_changed(self, local_stripe, invited):
        said = events.account_changed(event(stripe_account=invited.stripe_id), timezone.now())
        assert said == "The account was read again. Its status stays the same."

    def test_an_account_that_left_us_counts_as_closed(self, local_stripe, invited):
        local_stripe.fault("404", path=f"/v2/core/accounts/{invited.stripe_id}")
        events.account_deauthorized(event(stripe_account=invited.stripe_id), timezone.now())
        invited.refresh_from_db()
        assert invited.status == Status.CLOSED

    def test_the_sweep_reads_what_no_event_told_of(self, local_stripe, invited):
        local_stripe.activate(invited.stripe_id)
        assert sweeps.reread_stale(timezone.now()) == 0
        assert sweeps.reread_stale(timezone.now() + sweeps.BUSY_EVERY) == 1
        invited.refresh_from_db()
        assert invited.status == Status.ACTIVE

    def test_one_account_that_cannot_be_read_does_not_stop_the_others(self, local_stripe, invite):
        for number in range(2):
            invite(contact_email=f"owner{number}@northwind.test")
        local_stripe.fault("503", path="/v2/core/accounts/*")
        assert sweeps.reread_stale(timezone.now() + sweeps.BUSY_EVERY) == 1

    def test_accounts_that_cannot_be_read_take_turns_with_the_others(self, local_stripe, invite):
        for number in range(2):
            invite(contact_email=f"owner{number}@northwind.test")
        first, second = sweeps.stale(timezone.now() + sweeps.BUSY_EVERY)
        local_stripe.fault("503", path=f"/v2/core/accounts/{first.stripe_id}", times=5)
        later = timezone.now() + sweeps.BUSY_EVERY
        assert [sweeps.reread_stale(later + timedelta(minutes=n), limit=1) for n in range(2)] == [0, 1]
        assert list(sweeps.stale(later + timedelta(days=2))) == [first, second]


def test_busy_accounts_are_read_often_calm_ones_daily_and_ended_ones_never():
    now = timezone.now()
    busy = ConnectedAccountFactory(synced_at=now - timedelta(minutes=16))
    ConnectedAccountFactory(active=True, synced_at=now - timedelta(hours=23))
    calm = ConnectedAccountFactory(active=True, synced_at=now - timedelta(hours=25))
    never = ConnectedAccountFactory(synced_at=None)
    ConnectedAccountFactory(status=Status.CLOSED)
    ConnectedAccountFactory(stripe_id=None, status=Status.CREATING)
    assert list(sweeps.stale(now)) == [never, calm, busy]


def test_events_of_every_account_are_listed_once_a_day_the_urgent_first():
    now = timezone.now()
    fine = ConnectedAccountFactory(active=True)
    urgent = ConnectedAccountFactory(status=Status.RESTRICTED)
    listed = ConnectedAccountFactory(active=True)
    BackfillCursor.objects.create(
        name=f"connect-thin:{listed.stripe_id}", read_up_to=now, read_at=now - timedelta(hours=1)
    )
    assert sweeps.accounts_to_backfill(now) == [urgent.stripe_id, fine.stripe_id]
    assert listed.stripe_id in sweeps.accounts_to_backfill(now + timedelta(days=1))
