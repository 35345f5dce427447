"""The commands do what the workers do, say what they did, and never look green when something failed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stripe_gateway.models import StripeEvent, StripeOperation

pytestmark = pytest.mark.django_db


def run(name, *args) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


def test_sweep_operations_sends_what_is_due(sample, local_stripe):
    operation = sample.prepared()
    assert str(operation.pk) in run("sweep_operations", "--dry-run")
    assert local_stripe.list("topup") == []
    assert run("sweep_operations").split() == ["accepted", "1"]
    assert run("sweep_operations") == ""
    assert len(local_stripe.list("topup")) == 1


def test_sweep_operations_fails_aloud(sample, local_stripe):
    sample.prepared(sample.DEFECTIVE)
    with pytest.raises(CommandError):
        run("sweep_operations")


def test_sweep_events_processes_what_is_due(stripe_sends, local_stripe):
    stripe_sends.keep(stripe_sends.event("sample.unfollowed"))
    assert "sample.unfollowed" in run("sweep_events", "--dry-run")
    assert run("sweep_events").split() == ["ignored", "1"]


def test_replay_event_processes_it_again(stripe_sends, handlers):
    event = stripe_sends.keep(stripe_sends.event("v2.core.account.updated"))
    run("sweep_events")
    assert "done" in run("replay_event", event.stripe_id, "--dry-run")
    assert "Noted." in run("replay_event", event.stripe_id)
    assert handlers.seen == [event.stripe_id] * 2
    with pytest.raises(CommandError, match="no event"):
        run("replay_event", "evt_nobody")


def test_backfill_events_brings_what_was_lost(stripe_sends, sample, local_stripe, settings):
    settings.DESK_TABLES = "tests.stripe_gateway.sample_tables"
    sample.prepared()
    run("sweep_operations")
    assert run("backfill_events", "--dry-run").split() == ["platform"]
    run("backfill_events")
    assert StripeEvent.objects.get(type="topup.created").state == StripeEvent.State.DONE


def test_sweep_objects_goes_on_after_a_defect_and_fails_aloud(settings):
    settings.DESK_TABLES = "tests.stripe_gateway.sample_tables"
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("sweep_objects", stdout=out)
    assert "reread_three" in out.getvalue()


def test_check_stripe_reads_with_every_pinned_version(local_stripe, settings):
    told = run("check_stripe")
    assert all(version in told for version in settings.STRIPE_VERSIONS.values())
    settings.STRIPE_SECRET_KEY = "sk_wrong"
    with pytest.raises(CommandError, match="v1"):
        run("check_stripe")


def test_drop_event_payloads_counts_first(stripe_sends):
    stripe_sends.keep(stripe_sends.event())
    assert run("drop_event_payloads", "--dry-run") == "0 events\n"
    assert run("drop_event_payloads") == "0 events\n"


def test_the_tasks_are_wake_ups(stripe_sends, sample, local_stripe, settings):
    from stripe_gateway import tasks

    settings.DESK_TABLES = "tests.stripe_gateway.sample_tables"
    operation = sample.prepared()
    tasks.perform_operation(str(operation.pk))
    tasks.sweep_operations()
    tasks.backfill_events()
    tasks.sweep_events()
    tasks.sweep_objects()
    tasks.drop_event_payloads()
    assert StripeOperation.objects.get().state == StripeOperation.State.ACCEPTED
    assert StripeEvent.objects.filter(state=StripeEvent.State.DONE).exists()
