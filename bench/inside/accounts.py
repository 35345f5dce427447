"""python -m bench.inside.accounts acct_… …: makes the portal know these connected accounts."""

import sys

import django

django.setup()

from accounts.models import ConnectedAccount  # noqa: E402

ConnectedAccount.objects.bulk_create(
    ConnectedAccount(
        stripe_id=stripe_id,
        name=f"Rocket Rides {number}",
        contact_email=f"owner{number}@business.test",
        country="US",
        entity_type="company",
        currency="usd",
        program="commercial.celtic.spend_card",
        status="active",
        urgency=70,
    )
    for number, stripe_id in enumerate(sys.argv[1:])
)
