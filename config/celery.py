"""The Celery app and its schedule. Every task is a wake-up: what is due stands in the tables."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("issuing_desk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep-operations": {"task": "stripe_gateway.tasks.sweep_operations", "schedule": 30.0},
    "sweep-events": {"task": "stripe_gateway.tasks.sweep_events", "schedule": 30.0},
    "backfill-events": {"task": "stripe_gateway.tasks.backfill_events", "schedule": 300.0},
    "anchor-audit-trail": {"task": "desk.tasks.anchor_audit_trail", "schedule": 300.0},
    "sweep-objects": {"task": "stripe_gateway.tasks.sweep_objects", "schedule": 600.0},
    "drop-ended-sessions": {"task": "desk.tasks.drop_ended_sessions", "schedule": 86_400.0},
    "drop-event-payloads": {"task": "stripe_gateway.tasks.drop_event_payloads", "schedule": 86_400.0},
}


@worker_init.connect
def before_the_worker_starts(**_kwargs):
    from desk.guards import refuse_unsafe_start

    refuse_unsafe_start()
