"""Objects made at local Stripe, over HTTP like any client's."""

import json
import urllib.parse
import urllib.request

from bench.sites import LocalStripe


def call(stripe: LocalStripe, method: str, path: str, form: dict | None = None) -> dict:
    """One request as the platform. Raises HTTPError."""
    data = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(f"{stripe.base}{path}", data=data, method=method)
    request.add_header("Authorization", "Bearer sk_test_bench")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def top_ups(stripe: LocalStripe, count: int) -> list[dict]:
    """Top-ups of the platform, from its own bank account."""
    form = {"amount": 5000, "currency": "usd", "description": "Cards of November", "statement_descriptor": "TOP-UP"}
    return [call(stripe, "POST", "/v1/topups", form) for _ in range(count)]


def accounts(stripe: LocalStripe, count: int) -> list[dict]:
    """Connected accounts, in their v1 view."""
    form = {"type": "custom", "country": "US", "email": "owner@business.test", "business_type": "company"}
    form |= {"capabilities[card_issuing][requested]": "true", "capabilities[transfers][requested]": "true"}
    form |= {"business_profile[name]": "Rocket Rides", "business_profile[url]": "https://rocketrides.test"}
    return [call(stripe, "POST", "/v1/accounts", form) for _ in range(count)]
