"""Process one event again."""

from django.core.management.base import BaseCommand, CommandError

from stripe_gateway import inbox
from stripe_gateway.models import StripeEvent


class Command(BaseCommand):
    help = "Process an event again as if it had just come. Changes nothing that is right already."

    def add_arguments(self, parser):
        parser.add_argument("event", help="Stripe's id of the event: evt_…")
        parser.add_argument("--reason", default="Replayed from the command line.")
        parser.add_argument("--dry-run", action="store_true", help="say which event it is and change nothing")

    def handle(self, *, event, reason, dry_run, **options):
        rows = list(StripeEvent.objects.filter(stripe_id=event).defer("payload"))
        if not rows:
            raise CommandError(f"There is no event {event} in the inbox.")
        for row in rows:
            self.stdout.write(f"{row.endpoint:<16}{row.type:<40}{row.state}")
            if dry_run:
                continue
            if not inbox.replay(row, actor=None, reason=reason):
                raise CommandError("It is waiting or being processed already.")
        if not dry_run:
            inbox.process_due()
            self._tell_outcome(rows)

    def _tell_outcome(self, rows):
        for row in rows:
            row.refresh_from_db(fields=["state", "outcome", "error", "next_try_at"])
            self.stdout.write(f"{row.get_state_display()}: {row.outcome or row.error}")
            if row.state == StripeEvent.State.QUARANTINED or row.error:
                raise CommandError("It could not be processed.")
