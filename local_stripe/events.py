"""Events: snapshots for v1, thin notifications for v2. Written in the transaction of what they tell about."""

from typing import Any

from local_stripe import clock, delivery, versions
from local_stripe.context import Context
from local_stripe.ids import new_id
from local_stripe.store import PLATFORM, public


def emit(
    ctx: Context, type: str, obj: dict, *, scope: str | None = None, previous_attributes: dict | None = None
) -> dict:
    """A snapshot event about `obj` (as it goes over the wire) in `scope`, by default the scope acted in."""
    scope = scope or ctx.scope
    data = {"object": public(obj)}
    if previous_attributes is not None:
        data["previous_attributes"] = public(previous_attributes)
    event: dict[str, Any] = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": versions.DEFAULT,
        "created": ctx.now,
        "data": data,
        "livemode": False,
        "request": {"id": ctx.request_id, "idempotency_key": ctx.idempotency_key},
        "type": type,
    }
    if scope != PLATFORM:
        event["account"] = scope
    ctx.db.put(scope, "event", event["id"], event)
    delivery.enqueue_snapshot(ctx, event, scope)
    _notify_thin(ctx, event, obj, scope)
    return event


def emit_thin(
    ctx: Context,
    type: str,
    related_object: dict | None,
    *,
    scope: str | None = None,
    data: dict | None = None,
    changes: dict | None = None,
    snapshot_event: str | None = None,
    only_to: str | None = None,
) -> dict:
    """A v2 event; `related_object` is {id, type, url}. `data` and `changes` show only when the event is fetched.

    `only_to` sends it to one destination whatever that listens to, and to no other.
    """
    scope = scope or ctx.scope
    event: dict[str, Any] = {
        "id": new_id("evt_test"),
        "object": "v2.core.event",
        "type": type,
        "created": clock.iso(ctx.now),
        "livemode": False,
        "context": None if scope == PLATFORM else scope,
        "reason": _reason(ctx),
        "related_object": related_object,
        "changes": changes,
    }
    if data is not None:
        event["data"] = data
    if snapshot_event is not None:
        event["snapshot_event"] = snapshot_event
    ctx.db.put(scope, "event_v2", event["id"], event)
    if only_to:
        delivery.enqueue_to(ctx, event, only_to)
    else:
        delivery.enqueue_thin(ctx, event, scope)
    return event


def _reason(ctx: Context) -> dict | None:
    if ctx.request_id is None:
        return None
    return {"type": "request", "request": {"id": ctx.request_id, "idempotency_key": ctx.idempotency_key or ""}}


def _notify_thin(ctx: Context, event: dict, obj: dict, scope: str) -> None:
    """Snapshot types exist as thin ones too, prefixed v1., for destinations that ask for them by name."""
    type = f"v1.{event['type']}"
    if not delivery.thin_destinations(ctx.db, type, scope):
        return
    related = None
    if obj.get("id"):
        related = {"id": obj["id"], "type": obj["object"], "url": _url_of(obj)}
    emit_thin(ctx, type, related, scope=scope, snapshot_event=event["id"])


def _url_of(obj: dict) -> str:
    if obj["object"] in ("capability", "person"):
        return f"/v1/accounts/{obj['account']}/{'persons' if obj['object'] == 'person' else 'capabilities'}/{obj['id']}"
    if obj["object"] == "bank_account":
        return f"/v1/accounts/{obj['account']}/external_accounts/{obj['id']}"
    plural = {"balance": "balance"}.get(obj["object"], f"{obj['object'].replace('.', '/')}s")
    return f"/v1/{plural}/{obj['id']}"
