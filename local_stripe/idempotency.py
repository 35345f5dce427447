"""Idempotency keys: v1 replays whatever came first, v2 replays only success and lets a failure be tried again."""

import hashlib
import json

from local_stripe import errors
from local_stripe.context import Call
from local_stripe.store import Store

KEPT_FOR = {"v1": 24 * 3600, "v2": 30 * 24 * 3600}  # virtual seconds
LONGEST_KEY = 255


def fingerprint(method: str, path: str, scope: str, raw_params: dict) -> str:
    """What must be the same for a key to mean the same request."""
    text = json.dumps([method, path, scope, raw_params], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def stored(db: Store, api: str, key: str, print_: str, now: int) -> tuple[int, str, str] | None:
    """(status, body, original request id) kept under the key, or None. Raises StripeError when used otherwise."""
    db.execute("DELETE FROM idempotency WHERE api = ? AND created <= ?", api, now - KEPT_FOR[api])
    row = db.execute(
        "SELECT fingerprint, status, body, request_id FROM idempotency WHERE api = ? AND key = ?", api, key
    ).fetchone()
    if row is None:
        return None
    if row[0] != print_:
        raise errors.key_reused(key)
    return row[1:]


def check_key(key: str) -> None:
    if len(key) > LONGEST_KEY:
        raise errors.StripeError(400, f"Idempotency keys are at most {LONGEST_KEY} characters.", stored=False)


def keep(call: Call, api: str, print_: str, status: int, body: str) -> None:
    """Remember the result of an executed request, in the same transaction as its effect."""
    if call.idempotency_key is None or (api == "v2" and status >= 400):
        return
    call.db.execute(
        "INSERT INTO idempotency (api, key, fingerprint, request_id, status, body, created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        api, call.idempotency_key, print_, call.request_id, status, body, call.now,
    )  # fmt: skip
