"""Webhooks: who gets an event, signing, sending, trying again."""

import asyncio
import hashlib
import hmac
import json
import logging
import time

import httpx

from local_stripe import clock
from local_stripe.context import Context
from local_stripe.faults import FAULTS, NO_FAULT
from local_stripe.store import PLATFORM, Store, public

log = logging.getLogger("local_stripe.delivery")

RETRY_AFTER = (1, 5, 30, 120, 600, 3600)  # virtual seconds between tries; after the last one it has failed
TIMEOUT = 20  # wall seconds; the sender gives up on a slow receiver
AT_ONCE = 32
HELD_FOR = 5  # virtual seconds a reordered event waits at most for a later one to overtake it
KINDS = ("event", "event_v2")
ENDPOINT_KINDS = ("webhook_endpoint", "event_destination")
FROM_SELF, FROM_ACCOUNTS = {"@self", "self"}, {"@accounts", "other_accounts"}


def enqueue_snapshot(ctx: Context, event: dict, scope: str) -> None:
    for owner, endpoint in ctx.db.everywhere("webhook_endpoint"):
        listens_here = owner == scope if not endpoint["_connect"] else scope != PLATFORM
        if listens_here and endpoint["status"] == "enabled" and _wants(endpoint, event["type"]):
            _enqueue(ctx, event, endpoint["id"])
    for destination in _destinations(ctx.db, event["type"], scope, "snapshot"):
        _enqueue(ctx, event, destination["id"])


def enqueue_thin(ctx: Context, event: dict, scope: str) -> None:
    for destination in thin_destinations(ctx.db, event["type"], scope):
        _enqueue(ctx, event, destination["id"])


def enqueue_to(ctx: Context, event: dict, endpoint_id: str) -> None:
    """Send to one endpoint whatever it listens to: pings and redelivery."""
    _enqueue(ctx, event, endpoint_id)


def thin_destinations(db: Store, type: str, scope: str) -> list[dict]:
    return _destinations(db, type, scope, "thin")


def _destinations(db: Store, type: str, scope: str, payload: str) -> list[dict]:
    wanted_from = FROM_SELF if scope == PLATFORM else FROM_ACCOUNTS
    return [
        destination
        for destination in db.list(PLATFORM, "event_destination")
        if destination["event_payload"] == payload
        and destination["status"] == "enabled"
        and wanted_from & set(destination["events_from"])
        and _wants(destination, type)
    ]


def _wants(endpoint: dict, type: str) -> bool:
    return type in endpoint["enabled_events"] or "*" in endpoint["enabled_events"]


def _enqueue(ctx: Context, event: dict, endpoint_id: str) -> None:
    fault = FAULTS.take_event(event["type"]) or NO_FAULT
    kind = fault.kind
    due, state = clock.exact_now(ctx.db), "waiting"
    if kind == "delay":
        due += fault.wait
    elif kind == "withhold":
        state = "withheld"
    elif kind == "reorder":
        due, state = due + HELD_FOR, "held"
    for _ in range(2 if kind == "duplicate" else 1):
        ctx.db.execute(
            "INSERT INTO deliveries (event, endpoint, attempts, due, state, fault) VALUES (?, ?, 0, ?, ?, ?)",
            event["id"], endpoint_id, due, state, kind,
        )  # fmt: skip


def pending(db: Store, event_id: str) -> int:
    """How many deliveries of the event have not succeeded."""
    return db.execute("SELECT count(*) FROM deliveries WHERE event = ? AND state != 'sent'", event_id).fetchone()[0]


def release(db: Store, event_id: str | None = None) -> int:
    """Let withheld deliveries go out; of one event, or all of them. Returns how many."""
    sql = "UPDATE deliveries SET state = 'waiting' WHERE state = 'withheld'"
    cursor = db.execute(sql + " AND event = ?", event_id) if event_id else db.execute(sql)
    return cursor.rowcount


def find_event(db: Store, id: str) -> tuple[str, dict] | None:
    return next((found for kind in KINDS if (found := db.find(kind, id))), None)


def _find_endpoint(db: Store, id: str) -> dict | None:
    return next((found[1] for kind in ENDPOINT_KINDS if (found := db.find(kind, id))), None)


def payload(db: Store, event: dict) -> bytes:
    """The exact bytes to be signed and sent; thin events leave without data and changes."""
    body = public(event)
    if body["object"] == "event":
        body["pending_webhooks"] = pending(db, event["id"])
    else:
        body = {name: value for name, value in body.items() if name not in ("data", "changes")}
    return json.dumps(body, indent=2).encode()


def signature(body: bytes, secret: str, timestamp: int) -> str:
    """The Stripe-Signature header; `timestamp` is real time, so that receivers accept it."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Deliverer:
    """Sends what is due in the background until cancelled."""

    def __init__(self, db: Store):
        self.db = db
        self.sending: dict[int, asyncio.Task] = {}
        self.client = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False)

    def start_due(self) -> None:
        """Start sending everything whose time has come, as far as there is room."""
        now = clock.exact_now(self.db)
        rows = self.db.execute(
            "SELECT seq, event, endpoint, attempts, fault FROM deliveries"
            " WHERE state IN ('waiting', 'held') AND due <= ? ORDER BY due, seq LIMIT 200", now,
        ).fetchall()  # fmt: skip
        for row in rows:
            if len(self.sending) >= AT_ONCE:
                return
            if row[0] not in self.sending:
                self.sending[row[0]] = asyncio.create_task(self._send(*row))

    async def _send(self, seq: int, event_id: str, endpoint_id: str, attempts: int, fault: str) -> None:
        try:
            found, endpoint = find_event(self.db, event_id), _find_endpoint(self.db, endpoint_id)
            if found is None or endpoint is None or endpoint["status"] != "enabled":
                self._settle(seq, endpoint_id, "failed")
                return
            accepted = await self._post(found[1], endpoint, wrong=fault == "missign" and attempts == 0)
            if accepted:
                self._settle(seq, endpoint_id, "sent")
            else:
                self._try_again(seq, endpoint_id, attempts + 1)
        finally:
            del self.sending[seq]

    async def _post(self, event: dict, endpoint: dict, *, wrong: bool) -> bool:
        body = payload(self.db, event)
        secret = "whsec_wrong" if wrong else endpoint["_secret"]
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(body, secret, int(time.time())),
        }
        try:
            response = await self.client.post(endpoint["_url"], content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            log.info("webhook to %s failed: %s", endpoint["_url"], problem.__class__.__name__)
            return False
        return 200 <= response.status_code < 300

    def _settle(self, seq: int, endpoint_id: str, state: str) -> None:
        with self.db.transaction():
            self.db.execute("UPDATE deliveries SET state = ?, attempts = attempts + 1 WHERE seq = ?", state, seq)
            self.db.execute(
                "UPDATE deliveries SET due = 0 WHERE state = 'held' AND endpoint = ? AND seq < ?", endpoint_id, seq
            )

    def _try_again(self, seq: int, endpoint_id: str, attempts: int) -> None:
        if attempts > len(RETRY_AFTER):
            self._settle(seq, endpoint_id, "failed")
            return
        due = clock.exact_now(self.db) + RETRY_AFTER[attempts - 1]
        with self.db.transaction():
            self.db.execute(
                "UPDATE deliveries SET state = 'waiting', attempts = ?, due = ? WHERE seq = ?", attempts, due, seq
            )

    async def close(self) -> None:
        for task in list(self.sending.values()):
            task.cancel()
        await asyncio.gather(*self.sending.values(), return_exceptions=True)
        await self.client.aclose()
