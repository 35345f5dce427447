"""Fetch the events that no webhook brought."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stripe_gateway import backfill, inbox, tables


class Command(BaseCommand):
    help = "Read the lists of events at Stripe since the last time and process what is new. Safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="list whose events would be read")

    def handle(self, *, dry_run, **options):
        now = timezone.now()
        if dry_run:
            self.stdout.write("\n".join(["platform", *tables.accounts_to_backfill(now)]))
            return
        new = backfill.backfill(now=now)
        inbox.process_due()
        for name, count in sorted(new.items()):
            self.stdout.write(f"{name:<40}{count}")
        if new["unread"]:
            raise CommandError("Some lists of events could not be read; the next run goes on from where they stand.")
