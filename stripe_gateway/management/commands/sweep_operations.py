"""Try every write to Stripe that is due. Does what the workers do, so a site without Celery is complete with it."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stripe_gateway import operations
from stripe_gateway.models import StripeOperation


class Command(BaseCommand):
    help = "Send, ask again or look up every operation that is due. Safe to run twice, and two at once."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="list what is due and change nothing")
        parser.add_argument("--limit", type=int, default=500, help="at most this many (default 500)")

    def handle(self, *, dry_run, limit, **options):
        if dry_run:
            for operation in StripeOperation.objects.due(now=timezone.now()).order_by("created_at")[:limit]:
                self.stdout.write(f"{operation.state:<14}{operation.kind:<20}{operation.pk}")
            return
        ended = operations.sweep(limit=limit)
        for state, count in sorted(ended.items()):
            self.stdout.write(f"{state:<14}{count}")
        if ended["failed"]:  # A scheduled run that stumbled must not look green.
            raise CommandError("Some operations could not be worked on; see the log.")
