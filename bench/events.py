"""Signed events as Stripe delivers them, about objects that the caller names."""

import hmac
import itertools
import json
import time

from bench.load import request

_serial = itertools.count()


def topup_succeeded(topup: dict) -> dict:
    """About a top-up of the platform."""
    return _event("topup.succeeded", topup)


def account_updated(account: dict) -> dict:
    """About a connected account, as its v1 view looks."""
    return _event("account.updated", account) | {"account": account["id"]}


def delivery(path: str, event: dict, secret: str) -> bytes:
    """One POST of an event, signed now. A wrong secret makes a forged one."""
    body = json.dumps(event, indent=2).encode()
    stamp = str(int(time.time()))
    signature = hmac.digest(secret.encode(), f"{stamp}.".encode() + body, "sha256").hex()
    headers = {"Content_Type": "application/json", "Stripe_Signature": f"t={stamp},v1={signature}"}
    return request("POST", path, body=body, **headers)


def _event(type_: str, obj: dict) -> dict:
    return {
        "id": f"evt_bench{time.time_ns()}{next(_serial)}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": {"object": obj},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_,
    }
