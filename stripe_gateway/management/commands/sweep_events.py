"""Process every event that is due."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stripe_gateway import inbox
from stripe_gateway.models import StripeEvent


class Command(BaseCommand):
    help = "Process every event in the inbox that is due. Safe to run twice, and two at once."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="list what is due and change nothing")
        parser.add_argument("--limit", type=int, default=10_000, help="at most this many (default 10000)")

    def handle(self, *, dry_run, limit, **options):
        if dry_run:
            for event in StripeEvent.objects.due(now=timezone.now()).defer("payload").order_by("id")[:limit]:
                self.stdout.write(f"{event.type:<40}{event.stripe_id}")
            return
        ended = inbox.process_due(limit=limit)
        for state, count in sorted(ended.items()):
            self.stdout.write(f"{state:<14}{count}")
        if ended[StripeEvent.State.QUARANTINED]:
            raise CommandError("Some events were quarantined; staff see them under Events.")
