"""Events make accounts be read again; sweeps do so when no event came."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import event_words, events, sweeps, timeline
from accounts.models import ConnectedAccount
from stripe_gateway import processing
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
        {"stripe_account": "acct_1X", "object_id": "ba_1", "type": "account.external_account.deleted"},
        {"stripe_account": "acct_1X", "object_id": "ca_1", "type": "account.application.authorized"},
        {"object_id": "acct_1X", "type": "v2.core.account[requirements].updated"},
        {"object_id": "acct_1X", "type": "v2.core.account[configuration.card_creator].capability_status_updated"},
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


FOLLOWED = [
    "account.updated",
    "capability.updated",
    "person.created",
    "person.updated",
    "person.deleted",
    "account.external_account.created",
    "account.external_account.updated",
    "account.external_account.deleted",
    "v2.core.account.created",
    "v2.core.account.updated",
    "v2.core.account.closed",
    "v2.core.account[identity].updated",
    "v2.core.account[requirements].updated",
    "v2.core.account[future_requirements].updated",
    "v2.core.account[defaults].updated",
    "v2.core.account[configuration.recipient].updated",
    "v2.core.account[configuration.merchant].capability_status_updated",
    "v2.core.account[configuration.card_creator].capability_status_updated",
    "v2.core.account_person.created",
    "v2.core.account_person.updated",
    "v2.core.account_person.deleted",
    "v2.core.account_link.returned",
]


@pytest.mark.parametrize("event_type", FOLLOWED)
def test_every_type_about_an_account_makes_it_be_read_again(event_type):
    assert processing.handler_path(event_type) == "accounts.events.account_changed"
    assert event_words.words_of(event_type) is not event_words.OTHER


@pytest.mark.parametrize("event_type", ["v2.core.account_signals.updated", "account.application", "invoice.paid"])
def test_a_type_that_nobody_foresaw_is_not_taken_for_another(event_type):
    assert processing.handler_path(event_type) is None
    assert event_words.words_of(event_type) is event_words.OTHER


def test_a_type_of_v1_that_comes_thin_reads_the_same():
    assert event_words.words_of("v1.person.updated") is event_words.words_of("person.updated")


def test_an_event_about_nobody_changes_nothing():
    assert "not one of ours" in events.account_changed(event(stripe_account="acct_1Foreign"), timezone.now())
    assert events.account_id(event(payload="{}")) == ""


class TestStrangers:
    """What comes from an account that is not ours, through the inbox."""

    def arrive(self, event_type):
        kept = StripeEvent.objects.create(
            endpoint="connect", stripe_id="evt_1", type=event_type, stripe_account="acct_1Foreign", object_id="ca_1"
        )
        processing.process_due(timezone.now())
        kept.refresh_from_db()
        return kept

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("which", ["authorized", "deauthorized"])
    def test_that_access_came_or_went_is_no_trouble(self, local_stripe, which):
        kept = self.arrive(f"account.application.{which}")
        assert kept.state == StripeEvent.State.DONE
        assert "not" in kept.outcome

    @pytest.mark.django_db(transaction=True)
    def test_anything_else_is_quarantined(self, local_stripe):
        assert self.arrive("account.updated").state == StripeEvent.State.QUARANTINED


class TestTimeline:
    def told(self, account, event_type, minutes_ago=0, **fields):
        at = timezone.now() - timedelta(minutes=minutes_ago)
        number = StripeEvent.objects.count()
        return StripeEvent.objects.create(
            **{"endpoint": "connect-thin", "stripe_id": f"evt_{number}", "type": event_type, "object_id": "x"}
            | {"stripe_account": account.stripe_id, "state": StripeEvent.State.DONE, "stripe_created_at": at}
            | fields
        )

    def test_what_stripe_told_stands_among_everything_in_words(self):
        account = ConnectedAccountFactory()
        self.told(account, "v2.core.account_link.returned")
        self.told(account, "v2.core.account[requirements].updated", 60)
        self.told(account, "something.new", 90)
        assert [entry.title for entry in timeline.entries_of(account)] == [
            "Somebody came back from Stripe’s form",
            "What Stripe asks for changed",
            "Stripe told of a change",
        ]

    def test_what_only_repeats_is_left_out_unless_asked_for(self):
        account = ConnectedAccountFactory()
        self.told(account, "account.updated")
        self.told(account, "v2.core.account[configuration.card_creator].capability_status_updated", 1)
        assert timeline.entries_of(account) == []
        assert len(timeline.entries_of(account, show="stripe")) == 2
        assert timeline.entries_of(account, show="people") == []

    def test_the_same_told_often_is_one_line(self):
        account = ConnectedAccountFactory()
        for minutes_ago in (0, 1, 2, 60):
            self.told(account, "person.updated", minutes_ago)
        first, second = timeline.entries_of(account)
        assert "told 3 times" in first.detail
        assert "told" not in second.detail
        assert first.at > second.at

    def test_the_events_of_another_business_stay_there(self):
        self.told(ConnectedAccountFactory(), "person.updated")
        assert timeline.entries_of(ConnectedAccountFactory()) == []


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

    @pytest.mark.parametrize("kind", ["issuing", "express"])
    def test_an_account_that_left_us_counts_as_revoked(self, local_stripe, invite, kind):
        invite(kind=kind)
        account = ConnectedAccount.objects.get()
        local_stripe.control(f"accounts/{account.stripe_id}/disconnect", {})
        told = event(stripe_account=account.stripe_id, type="account.application.deauthorized")
        assert "no longer open" in events.account_deauthorized(told, timezone.now())
        account.refresh_from_db()
        assert account.status == Status.REVOKED
        assert account.revoked_at
        assert "was known" in events.account_deauthorized(told, timezone.now())

    def test_an_event_of_an_end_that_is_not_so_changes_nothing(self, local_stripe, invited):
        events.account_deauthorized(event(stripe_account=invited.stripe_id), timezone.now())
        invited.refresh_from_db()
        assert invited.status == Status.ONBOARDING

    def test_an_express_account_is_read_by_the_events_of_v1(self, local_stripe, invite):
        invite(kind="express")
        account = ConnectedAccount.objects.get()
        local_stripe.activate(account.stripe_id)
        for event_type in ("account.updated", "capability.updated", "account.external_account.created"):
            events.account_changed(event(stripe_account=account.stripe_id, type=event_type), timezone.now())
        account.refresh_from_db()
        assert (account.status, account.payouts_enabled) == (Status.ACTIVE, True)

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
