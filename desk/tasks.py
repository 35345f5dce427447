"""Wake-ups of this room."""

from celery import shared_task
from django.core.management import call_command

from desk import audit


@shared_task
def anchor_audit_trail():
    audit.anchor()


@shared_task
def drop_ended_sessions():
    call_command("clearsessions")
