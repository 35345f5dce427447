"""Whether Stripe answers, takes our key, and speaks the versions we pinned."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stripe_gateway import client

# One harmless read per pinned version.
READS = {
    "v1": "/v1/balance",
    "accounts_v2": "/v2/core/accounts",
    "account_links_v2": "/v2/core/accounts",
    "events_v2": "/v2/core/events",
    "rules_v2": "/v2/core/accounts",
    "programs": "/v1/issuing/programs",
}


class Command(BaseCommand):
    help = "Make one harmless read with each pinned API version, and name the endpoints that are switched off."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="name the reads and make none")

    def handle(self, *, dry_run, **options):
        self.stdout.write(f"{settings.STRIPE_API_BASE} ({'live' if settings.STRIPE_LIVE else 'test'} key)")
        refused = [] if dry_run else [family for family in READS if not self._reads(family)]
        for endpoint, secrets in settings.STRIPE_WEBHOOK_SECRETS.items():
            if not any(secrets):
                self.stdout.write(f"webhooks/stripe/{endpoint}/ is off: it has no signing secret")
        if refused:
            raise CommandError(f"Stripe did not answer as it should for: {', '.join(refused)}.")

    def _reads(self, family: str) -> bool:
        try:
            client.get(READS[family], family=family, params={"limit": 1} if family != "v1" else None)
        except client.StripeProblem as problem:
            self.stdout.write(f"{family:<14}{type(problem).__name__} {problem.code} {problem.request_id}")
            return False
        self.stdout.write(f"{family:<14}{settings.STRIPE_VERSIONS[family]}")
        return True
