"""Events are processed in any order, any number of times, and poison never holds up the others."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from stripe_gateway import backfill, event_facts, inbox, operations, processing
from stripe_gateway.models import BackfillCursor, StripeEvent
from stripe_gateway.outcomes import OwnLimit

pytestmark = pytest.mark.django_db
State = StripeEvent.State


@pytest.fixture
def top_up(sample, local_stripe):
    operation = operations.perform(sample.prepared().pk)
    return operation.stripe_id


def test_an_event_is_processed_by_reading_its_object_again(stripe_sends, top_up):
    event = stripe_sends.keep(stripe_sends.event(object_id=top_up))
    assert inbox.process_due() == {State.DONE: 1}
    event.refresh_from_db()
    assert event.outcome == "The top-up is pending."
    assert event.processed_at is not None
    assert inbox.process_due() == {}


def test_many_events_about_one_object_take_one_reading(stripe_sends, handlers, top_up):
    for type_ in ("topup.created", "topup.succeeded", "topup.created"):
        stripe_sends.keep(stripe_sends.event(type_, object_id=top_up))
    assert inbox.process_due() == {State.DONE: 3}
    assert len(handlers.seen) == 1


def test_a_type_that_nobody_follows_is_kept_and_ignored(stripe_sends):
    event = stripe_sends.keep(stripe_sends.event("issuing_card.brand_new_thing"))
    assert inbox.process_due() == {State.IGNORED: 1}
    event.refresh_from_db()
    assert event.text


def test_a_trailing_star_matches_the_longest_beginning(handlers):
    assert processing.handler_path("v2.core.account[requirements].updated") == handlers.HANDLERS["v2.core.account*"]
    assert processing.handler_path("v2.core.person.created") is None


def test_what_is_gone_at_stripe_is_no_error(stripe_sends, local_stripe):
    event = stripe_sends.keep(stripe_sends.event(object_id="tu_gone"))
    assert inbox.process_due() == {State.DONE: 1}
    event.refresh_from_db()
    assert "gone" in event.outcome


def test_poison_is_quarantined_after_eight_tries_and_blocks_nobody(stripe_sends, top_up):
    now = timezone.now()
    poison = stripe_sends.keep(stripe_sends.event("poison.drunk", object_id="x"))
    stripe_sends.keep(stripe_sends.event(object_id=top_up))
    assert inbox.process_due(now) == {State.NEW: 1, State.DONE: 1}
    for _ in range(20):
        now += timedelta(hours=1)
        inbox.process_due(now)
    poison.refresh_from_db()
    assert (poison.state, poison.attempts) == (State.QUARANTINED, processing.MOST_TRIES)
    assert poison.error == "ZeroDivisionError"


def test_an_outage_of_stripe_is_not_counted_against_an_event(stripe_sends):
    now = timezone.now()
    event = stripe_sends.keep(stripe_sends.event("sample.away"))
    for _ in range(20):
        assert inbox.process_due(now) == {State.NEW: 1}
        now += timedelta(hours=1)
    event.refresh_from_db()
    assert (event.state, event.attempts) == (State.NEW, 0)


def test_an_event_of_a_foreign_account_is_quarantined(stripe_sends, handlers):
    event = stripe_sends.keep(stripe_sends.event(account="acct_foreign"), "connect")
    assert inbox.process_due() == {State.QUARANTINED: 1}
    event.refresh_from_db()
    assert "acct_foreign" in event.error
    assert handlers.seen == []


def test_an_account_that_is_just_being_made_is_waited_for(stripe_sends, sample):
    sample.prepared(sample.ACCOUNT)
    stripe_sends.keep(stripe_sends.event("topup.created", account="acct_foreign"), "connect")
    assert inbox.process_due() == {State.NEW: 1}


def test_what_is_left_of_a_batch_when_time_is_up_goes_back_untried(stripe_sends, handlers, monkeypatch):
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(processing, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    for number in range(5):
        stripe_sends.keep(stripe_sends.event("v2.core.account.updated", object_id=f"acct_{number}"))
    ended = inbox.process_due(seconds=25)
    assert ended[State.DONE] < 5
    assert ended["left"] == StripeEvent.objects.filter(state=State.NEW, attempts=0).count() == 5 - ended[State.DONE]


def test_a_handler_that_reads_too_long_is_cut_off_and_tried_again(stripe_sends, top_up, monkeypatch):
    monkeypatch.setattr(processing, "SECONDS_OF_A_HANDLER", -1.0)
    event = stripe_sends.keep(stripe_sends.event(object_id=top_up))
    assert inbox.process_due(timezone.now()) == {State.NEW: 1}
    event.refresh_from_db()
    assert (event.state, event.attempts) == (State.NEW, 0)


def test_a_batch_left_behind_by_a_dead_worker_is_taken_up(stripe_sends, top_up):
    now = timezone.now()
    stripe_sends.keep(stripe_sends.event(object_id=top_up))
    assert len(processing._claim(now)) == 1
    assert inbox.process_due(now) == {}
    assert inbox.process_due(now + processing.LEASE) == {State.DONE: 1}


def test_a_worker_that_lost_its_lease_changes_nothing(stripe_sends, top_up):
    now = timezone.now()
    stripe_sends.keep(stripe_sends.event(object_id=top_up))
    [slow] = processing._claim(now)
    assert inbox.process_due(now + processing.LEASE) == {State.DONE: 1}
    assert processing._finish([slow], state=State.QUARANTINED) == 0


def test_staff_replay_and_ignore_with_a_reason(stripe_sends, handlers, admin_user):
    now = timezone.now()
    event = stripe_sends.keep(stripe_sends.event("poison.drunk"))
    StripeEvent.objects.update(state=State.QUARANTINED, attempts=8, next_try_at=None)
    assert inbox.replay(event, actor=admin_user, reason="The handler was repaired.")
    assert not inbox.replay(event, actor=admin_user, reason="Twice.")
    inbox.process_due(now)
    assert handlers.seen == [event.stripe_id]
    assert inbox.ignore(event, actor=admin_user, reason="A test of ours.", now=now)
    event.refresh_from_db()
    assert (event.state, event.outcome) == (State.IGNORED, "A test of ours.")
    assert inbox.process_due(now + timedelta(days=1)) == {}


def test_the_text_of_old_events_is_dropped_and_the_rest_kept(stripe_sends):
    now = timezone.now()
    event = stripe_sends.keep(stripe_sends.event())
    assert inbox.drop_payloads(now=now + timedelta(days=34)) == 0
    assert inbox.drop_payloads(now=now + timedelta(days=36)) == 1
    event.refresh_from_db()
    assert (event.text, event.type) == ("", "topup.created")
    assert len(event.payload_hash) == 64


def test_with_every_webhook_lost_the_lists_bring_all_events(stripe_sends, top_up, settings):
    settings.DESK_TABLES = "tests.stripe_gateway.sample_tables"
    now = timezone.now()
    new = backfill.backfill(now=now)
    assert new["platform"] >= 1
    assert StripeEvent.objects.filter(type="topup.created", object_id=top_up, endpoint="platform").count() == 1
    assert BackfillCursor.objects.get(name="platform").read_up_to == now
    assert sum(backfill.backfill(now=now).values()) == 0
    inbox.process_due()
    assert StripeEvent.objects.get(type="topup.created", object_id=top_up).state == State.DONE


def test_a_list_that_cannot_be_read_keeps_its_watermark(stripe_sends, top_up, local_stripe, settings):
    settings.DESK_TABLES = "tests.stripe_gateway.sample_tables"
    local_stripe.fault("503", path="/v1/events")
    assert backfill.backfill(now=timezone.now())["unread"] == 1
    assert not BackfillCursor.objects.filter(name="platform").exists()


class LongList:
    """250 events, one a second, of which one reading manages two pages."""

    def __init__(self, now):
        self.events = [
            {
                "id": f"evt_{number}",
                "type": "topup.created",
                "livemode": False,
                "created": int(now.timestamp()) - number,
            }
            for number in range(250)
        ]

    def read(self, since, until):
        fitting = [
            event
            for event in self.events
            if since.timestamp() <= event["created"] and (until is None or event["created"] <= until.timestamp())
        ]
        yield from fitting[:200]
        if len(fitting) > 200:
            raise OwnLimit("The time of this sweep is used up.")


def test_a_reading_that_was_cut_off_goes_on_where_it_was(handlers):
    began_at = timezone.now()
    listed = LongList(began_at)
    with pytest.raises(OwnLimit):
        backfill._backfill_one("platform", "platform", "", listed.read, began_at)
    cursor = BackfillCursor.objects.get(name="platform")
    assert cursor.read_up_to < began_at - timedelta(days=29)
    assert cursor.down_to == event_facts.moment(listed.events[199]["created"])

    assert backfill._backfill_one("platform", "platform", "", listed.read, began_at + timedelta(minutes=5)) == 50
    cursor.refresh_from_db()
    assert StripeEvent.objects.count() == 250
    # What happened since the reading began is above where it went on, and so is read next time.
    assert (cursor.read_up_to, cursor.down_to) == (began_at, None)


def test_both_kinds_of_lists_are_read_within_bounds(top_up, sample, local_stripe):
    account = operations.perform(sample.prepared(sample.ACCOUNT).pk).stripe_id
    now = timezone.now()
    past, future = now - timedelta(days=1), now + timedelta(days=1)
    for read, whose in [(backfill._snapshots, ""), (backfill._thin, account)]:
        assert list(read(whose, past, None))
        assert list(read(whose, past, now))
        assert not list(read(whose, past, now - timedelta(hours=1)))
        assert not list(read(whose, future, None))


@pytest.mark.parametrize(
    ("named", "listed_for", "counts_as"), [(None, "acct_1", "acct_1"), ("acct_2", "acct_1", "acct_2"), (None, "", "")]
)
def test_an_event_that_an_account_lists_itself_is_that_account_s(named, listed_for, counts_as):
    event = {"id": "evt_1", "type": "topup.succeeded"} | ({"account": named} if named else {})

    assert event_facts.facts_of(backfill.as_delivered(event, listed_for)).stripe_account == counts_as
