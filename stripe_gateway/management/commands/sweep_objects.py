"""Re-read from Stripe whatever is in flight."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stripe_gateway import tables


class Command(BaseCommand):
    help = "Re-read every object in flight, for news that neither a webhook nor a list brought. Safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="name the sweeps and run none")

    def handle(self, *, dry_run, **options):
        if dry_run:
            self.stdout.write("\n".join(tables.object_sweeps()))
            return
        reread = tables.sweep_objects(now=timezone.now())
        for path, count in sorted(reread.items()):
            self.stdout.write(f"{path:<40}{count}")
        if reread["failed"]:
            raise CommandError("Some objects could not be read again; see the log.")
