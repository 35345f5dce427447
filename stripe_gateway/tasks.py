"""Celery's side: every task is a wake-up. What is to be done stands in the tables, so losing a message only delays."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from stripe_gateway import backfill, client, inbox, operations, tables

# Below Celery's time limit, which kills, by more than a handler takes; what is left is due for the next sweep.
SECONDS_OF_A_SWEEP = 60.0
# Less, because what it finds is processed in the same task.
SECONDS_OF_A_BACKFILL = 30.0
SECONDS_AFTER_A_BACKFILL = 20.0


@shared_task(name="stripe_gateway.tasks.perform_operation")
def perform_operation(operation_id: str) -> None:
    """Try one operation again."""
    with client.in_background():
        operations.perform(UUID(operation_id))


@shared_task(name="stripe_gateway.tasks.sweep_operations")
def sweep_operations() -> None:
    """Try every operation that is due."""
    operations.sweep(seconds=SECONDS_OF_A_SWEEP)


@shared_task(name="stripe_gateway.tasks.sweep_events")
def sweep_events() -> None:
    """Process every event that is due."""
    inbox.process_due(seconds=SECONDS_OF_A_SWEEP)


@shared_task(name="stripe_gateway.tasks.backfill_events")
def backfill_events() -> None:
    """Fetch events that no webhook brought, and process them."""
    with client.in_background(seconds=SECONDS_OF_A_BACKFILL):
        backfill.backfill(now=timezone.now())
    inbox.process_due(seconds=SECONDS_AFTER_A_BACKFILL)


@shared_task(name="stripe_gateway.tasks.sweep_objects")
def sweep_objects() -> None:
    """Re-read whatever is in flight."""
    with client.in_background(seconds=SECONDS_OF_A_SWEEP):
        tables.sweep_objects(now=timezone.now())


@shared_task(name="stripe_gateway.tasks.drop_event_payloads")
def drop_event_payloads() -> None:
    """Empty the text of events that are older than Stripe itself keeps them."""
    inbox.drop_payloads(now=timezone.now())
