"""Retention: the text of old events goes, id, type and hash stay."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from stripe_gateway import inbox


class Command(BaseCommand):
    help = "Empty the text of events received more than 35 days ago. Safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="count them and change nothing")

    def handle(self, *, dry_run, **options):
        now = timezone.now()
        count = inbox.with_old_payload(now=now).count() if dry_run else inbox.drop_payloads(now=now)
        self.stdout.write(f"{count} events")
