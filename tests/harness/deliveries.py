"""Events as Stripe would deliver them: signed, posted to the portal's own routes, right or wrong."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass

from tests.harness.stripe_process import Stripe

TEN_YEARS = 10 * 365 * 86_400


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint."""

    endpoint: str
    event_id: str
    body: bytes


def waiting(stripe: Stripe, known: set[str] = frozenset()) -> list[Delivery]:
    """Everything that local Stripe has to tell and whose event id is not `known`, as it would be sent."""
    found = []
    for kind, suffix in (("event", ""), ("event_v2", "-thin")):
        for entry in stripe.control(f"objects?kind={kind}")["objects"]:
            event = {name: value for name, value in entry["object"].items() if not name.startswith("_")}
            if event["id"] in known:
                continue
            if suffix:
                event = {name: value for name, value in event.items() if name not in ("data", "changes")}
            # Whatever concerns accounts of v2 belongs to the platform; the rest to where it happened.
            connect = entry["scope"] != "platform"
            endpoint = ("connect" if connect else "platform") + suffix
            found.append(Delivery(endpoint, event["id"], json.dumps(event).encode()))
    return found


def signature(body: bytes, secret: str, at: float | None = None) -> str:
    stamp = int(at if at is not None else time.time())
    digest = hmac.new(secret.encode(), b"%d." % stamp + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def post(delivery: Delivery, header: str | None = None) -> int:
    """Deliver it to the portal in this process; the status it answers with."""
    from django.conf import settings
    from django.test import Client

    if header is None:
        header = signature(delivery.body, settings.STRIPE_WEBHOOK_SECRETS[delivery.endpoint][0])
    reply = Client(raise_request_exception=False).post(
        f"/webhooks/stripe/{delivery.endpoint}/",
        data=delivery.body,
        content_type="application/json",
        headers={"Stripe-Signature": header, "Host": "localhost"},
    )
    return reply.status_code


def poison(like: Delivery, number: int) -> Delivery:
    """A signed event that cannot be dealt with as it stands, but must be kept: five kinds in turn."""
    event = json.loads(like.body) | {"id": f"evt_poison{number}"}
    changes = [
        {"type": "never.heard.of"},
        {"type": "topup.succeeded", "data": {"object": {"id": "tu_none", "object": "topup"}}},
        {"account": "acct_nobody", "context": "acct_nobody"},
        {"livemode": True},
        {"data": {"object": {"id": "tu_large", "text": "x" * 900_000}}, "type": "topup.failed"},
    ]
    event |= changes[number % len(changes)]
    return Delivery(like.endpoint, event["id"], json.dumps(event).encode())


def refused(like: Delivery) -> list[tuple[str, Delivery, str]]:
    """(what is wrong, delivery, header) of what nobody at Stripe has sent."""
    from django.conf import settings

    secret = settings.STRIPE_WEBHOOK_SECRETS[like.endpoint][0]

    def with_body(body: bytes) -> tuple[Delivery, str]:
        return Delivery(like.endpoint, "", body), signature(body, secret)

    fresh = Delivery(like.endpoint, "", like.body.replace(like.event_id.encode(), b"evt_forged"))
    now = time.time()
    return [
        ("no signature", fresh, ""),
        ("another secret", fresh, signature(fresh.body, "whsec_other")),
        ("a blank secret", fresh, signature(fresh.body, "")),
        ("a signature of another body", fresh, signature(fresh.body + b" ", secret)),
        ("a header that is not ASCII", fresh, "t=1,v1=é"),
        ("an old timestamp", fresh, signature(fresh.body, secret, now - 3600)),
        ("a future timestamp", fresh, signature(fresh.body, secret, now + TEN_YEARS)),
        ("bad UTF-8", *with_body(b'{"id":"evt_forged","type":"\xff"}')),
        ("a list", *with_body(b"[]")),
        ("null", *with_body(b"null")),
        ("deep JSON", *with_body(b"[" * 100_000)),
    ]
