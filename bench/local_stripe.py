"""P14: how many requests local Stripe answers."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench import sites, stripe_objects
from bench.figures import Figure, at_least
from bench.load import burst, request
from bench.scale import Scale

KEY = "Bearer sk_test_bench"


def run(scale: Scale) -> list[Figure]:
    """Requests per second, of reads and of writes."""
    with TemporaryDirectory(prefix="bench-stripe-") as place, sites.local_stripe(Path(place)) as stripe:
        top_up = stripe_objects.top_ups(stripe, 1)[0]
        reads = [request("GET", f"/v1/topups/{top_up['id']}", Authorization=KEY)] * scale.posts
        form = b"amount=5000&currency=usd&description=Cards"
        headers = {"Authorization": KEY, "Content_Type": "application/x-www-form-urlencoded"}
        writes = [request("POST", "/v1/topups", body=form, **headers)] * scale.posts
        rates = {
            name: [burst(stripe.port, requests).require(200).rate for _ in range(scale.rounds)]
            for name, requests in (("reads", reads), ("writes", writes))
        }
    return [
        Figure("P14", f"local Stripe, {name} over 8 connections", rates[name], at_least(300), unit="/s")
        for name in rates
    ]
