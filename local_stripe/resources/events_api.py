"""GET /v1/events and /v2/core/events: what happened, for whoever missed the webhook."""

from local_stripe import clock, delivery, errors, pagination
from local_stripe.context import Call
from local_stripe.resources import route
from local_stripe.store import PLATFORM

KEPT_FOR = 30 * 24 * 3600
MOST_TYPES = 20


@route("GET", "/v1/events")
def list_events(call: Call) -> dict:
    wanted = call.params
    if "type" in wanted and "types" in wanted:
        raise errors.invalid("You may only specify one of these parameters: type, types.", code="parameters_exclusive")
    types = _types(wanted)

    def fits(event: dict) -> bool:
        return (
            event["created"] > call.now - KEPT_FOR
            and _type_fits(event["type"], wanted.get("type"), types)
            and pagination.in_range(event["created"], wanted.get("created"))
            and ("delivery_success" not in wanted or _delivered(call, event) == wanted["delivery_success"])
        )

    return pagination.page(call, "event", where=fits, render=lambda event: _render(call, event))


@route("GET", "/v1/events/{id}")
def retrieve(call: Call) -> dict:
    event = call.db.get(call.scope, "event", call.path["id"])
    if event is None or event["created"] <= call.now - KEPT_FOR:
        raise errors.not_found("event", call.path["id"])
    return _render(call, event)


def _render(call: Call, event: dict) -> dict:
    return {**event, "pending_webhooks": delivery.pending(call.db, event["id"])}


def _delivered(call: Call, event: dict) -> bool:
    return delivery.pending(call.db, event["id"]) == 0


def _types(wanted: dict) -> list[str] | None:
    types = wanted.get("types")
    if types is not None and len(types) > MOST_TYPES:
        raise errors.invalid(f"You may list at most {MOST_TYPES} types.", param="types")
    return types


def _type_fits(type: str, pattern: str | None, types: list[str] | None) -> bool:
    if types is not None:
        return type in types
    if pattern is None:
        return True
    return type.startswith(pattern[:-1]) if pattern.endswith("*") else type == pattern


@route("GET", "/v2/core/events")
def list_events_v2(call: Call) -> dict:
    wanted = call.params
    types = _types(wanted)
    created = {name: _moment(text, f"created.{name}") for name, text in (wanted.get("created") or {}).items()}

    def fits(event: dict) -> bool:
        happened = clock.from_iso(event["created"])
        return (
            happened > call.now - KEPT_FOR
            and (types is None or event["type"] in types)
            and ("object_id" not in wanted or (event["related_object"] or {}).get("id") == wanted["object_id"])
            and pagination.in_range(happened, created or None)
        )

    return pagination.page_v2(call, "event_v2", where=fits, scope=_scope_of(call))


def _scope_of(call: Call) -> str:
    """The platform may ask for the events of one of its accounts by naming the account as the object."""
    object_id = call.params.get("object_id")
    if call.scope == PLATFORM and object_id and call.db.get(PLATFORM, "account", object_id):
        return object_id
    return call.scope


def _moment(text: str, param: str) -> float:
    try:
        return clock.from_iso(text)
    except ValueError as problem:
        raise errors.wrong_type(param, "timestamp", text) from problem


@route("GET", "/v2/core/events/{id}")
def retrieve_v2(call: Call) -> dict:
    event = call.db.get(call.scope, "event_v2", call.path["id"])
    if event is None:
        raise errors.not_found("v2.core.event", call.path["id"])
    return event
