"""python -m bench.peers.djstripe_endpoint SECRET: registers one webhook endpoint and prints its uuid."""

import sys

import django

django.setup()

from djstripe.models import WebhookEndpoint  # noqa: E402 - models need Django to be set up

endpoint = WebhookEndpoint.objects.create(
    id="we_bench",
    secret=sys.argv[1],
    url="http://localhost/",
    enabled_events=["*"],
    status="enabled",
    livemode=False,
    api_version="2026-10-28.endive",
)
print(endpoint.djstripe_uuid)
