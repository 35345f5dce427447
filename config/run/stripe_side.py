"""What an operator sets up once at Stripe: where it sends its events. Here done at local Stripe, through its API."""

import json

import httpx

from config.run.environment import Place, write_private

SNAPSHOT_KINDS = ("platform", "connect")
# Kind of thin endpoint → whose events it gets, in words of the pinned dialect.
THIN_KINDS = {"platform-thin": "@self", "connect-thin": "@accounts"}
DIALECT = "2026-10-28.endive"


def client(place: Place) -> httpx.Client:
    return httpx.Client(
        base_url=place.stripe_base, headers={"Authorization": "Bearer sk_test_demo_platform"}, timeout=30
    )


def is_up(place: Place) -> bool:
    try:
        return httpx.get(f"{place.stripe_base}/_control/", timeout=2).is_success
    except httpx.TransportError:
        return False


def webhook_secrets(place: Place) -> dict[str, str]:
    """Signing secret per kind of endpoint. Each is registered once per address, because Stripe tells a secret once."""
    path = place.var_dir / "webhooks.json"
    endpoints = json.loads(path.read_text()) if path.exists() else {}
    secrets = {}
    with client(place) as stripe:
        for kind in (*SNAPSHOT_KINDS, *THIN_KINDS):
            url = f"http://127.0.0.1:{place.port}/webhooks/stripe/{kind}/"
            if not _is_known(stripe, endpoints.get(url)):
                endpoints[url] = _register(stripe, kind, url)
            secrets[kind] = endpoints[url]["secret"]
    write_private(path, endpoints)
    return secrets


def _is_known(stripe: httpx.Client, endpoint: dict | None) -> bool:
    if endpoint is None:
        return False
    return stripe.get(f"{endpoint['path']}/{endpoint['id']}", headers={"Stripe-Version": DIALECT}).is_success


def _register(stripe: httpx.Client, kind: str, url: str) -> dict:
    if kind in SNAPSHOT_KINDS:
        path = "/v1/webhook_endpoints"
        form = {"url": url, "enabled_events[0]": "*", "connect": "true" if kind == "connect" else "false"}
        reply = stripe.post(path, data=form).raise_for_status().json()
        return {"path": path, "id": reply["id"], "secret": reply["secret"]}
    path = "/v2/core/event_destinations"
    body = {
        "name": f"Issuing Desk, {kind}",
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["*"],
        "events_from": [THIN_KINDS[kind]],
        "webhook_endpoint": {"url": url},
        "include": ["webhook_endpoint.signing_secret"],
    }
    reply = stripe.post(path, json=body, headers={"Stripe-Version": DIALECT}).raise_for_status().json()
    return {"path": path, "id": reply["id"], "secret": reply["webhook_endpoint"]["signing_secret"]}
