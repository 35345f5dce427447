"""/v2/core/event_destinations: where thin events (or snapshots) go."""

from local_stripe import clock, errors, events, pagination
from local_stripe.context import Call
from local_stripe.ids import new_id, random_text
from local_stripe.metadata import merge_metadata
from local_stripe.resources import route
from local_stripe.resources.webhook_endpoints import check_url

KIND = "event_destination"
SELF = "@self"
ORIGINS = {SELF, "@accounts", "self", "other_accounts"}
BASE = "/v2/core/event_destinations"


@route("POST", BASE)
def create(call: Call) -> dict:
    params = call.params
    if params["type"] != "webhook_endpoint":
        raise errors.invalid("Local Stripe delivers to webhook endpoints only.", param="type")
    if "webhook_endpoint" not in params:
        raise errors.missing("webhook_endpoint")
    url = params["webhook_endpoint"]["url"]
    check_url(url, "webhook_endpoint.url")
    destination = {
        "id": new_id("ed_test"),
        "object": "v2.core.event_destination",
        "created": clock.iso(call.now),
        "description": params.get("description") or "",
        "enabled_events": params["enabled_events"],
        "event_payload": params["event_payload"],
        "events_from": _origins(params.get("events_from")),
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "name": params["name"],
        "snapshot_api_version": params.get("snapshot_api_version"),
        "status": "enabled",
        "status_details": None,
        "type": "webhook_endpoint",
        "updated": clock.iso(call.now),
        "_url": url,
        "_secret": f"whsec_{random_text(32)}",
    }
    call.db.put(call.scope, KIND, destination["id"], destination)
    return _render(call, destination, may_show_secret=True)


def _origins(given: list[str] | None) -> list[str]:
    unknown = set(given or ()) - ORIGINS
    if unknown:
        raise errors.not_one_of("events_from", sorted(ORIGINS))
    return given or [SELF]


def _render(call: Call, destination: dict, *, may_show_secret: bool = False) -> dict:
    """The endpoint's URL and secret show only when included; the secret only when it has just been made."""
    include = call.params.get("include") or []
    webhook_endpoint = {"url": None, "signing_secret": None}
    if "webhook_endpoint.url" in include:
        webhook_endpoint["url"] = destination["_url"]
    if "webhook_endpoint.signing_secret" in include and may_show_secret:
        webhook_endpoint["signing_secret"] = destination["_secret"]
    return {**destination, "webhook_endpoint": webhook_endpoint, "amazon_eventbridge": None, "azure_event_grid": None}


@route("GET", BASE)
def list_destinations(call: Call) -> dict:
    return pagination.page_v2(call, KIND, render=lambda destination: _render(call, destination))


def _find(call: Call) -> dict:
    destination = call.db.get(call.scope, KIND, call.path["id"])
    if destination is None:
        raise errors.not_found("v2.core.event_destination", call.path["id"])
    return destination


@route("GET", BASE + "/{id}")
def retrieve(call: Call) -> dict:
    return _render(call, _find(call))


@route("POST", BASE + "/{id}")
def update(call: Call) -> dict:
    destination, params = _find(call), call.params
    for name in ("description", "enabled_events", "name"):
        if params.get(name) is not None:
            destination[name] = params[name]
    if "metadata" in params:
        given = {key: value or "" for key, value in (params["metadata"] or {}).items()}
        destination["metadata"] = merge_metadata(destination["metadata"], given)
    url = (params.get("webhook_endpoint") or {}).get("url")
    if url:
        check_url(url, "webhook_endpoint.url")
        destination["_url"] = url
    return _render(call, _save(call, destination))


@route("DELETE", BASE + "/{id}")
def delete(call: Call) -> dict:
    destination = _find(call)
    call.db.delete(call.scope, KIND, destination["id"])
    return {"id": destination["id"], "object": destination["object"]}


@route("POST", BASE + "/{id}/disable")
def disable(call: Call) -> dict:
    destination = {**_find(call), "status": "disabled", "status_details": {"disabled": {"reason": "user"}}}
    return _render(call, _save(call, destination))


@route("POST", BASE + "/{id}/enable")
def enable(call: Call) -> dict:
    return _render(call, _save(call, {**_find(call), "status": "enabled", "status_details": None}))


@route("POST", BASE + "/{id}/ping")
def ping(call: Call) -> dict:
    """A test event, sent to this destination whatever it listens to."""
    destination = _find(call)
    related = {"id": destination["id"], "type": destination["object"], "url": f"{BASE}/{destination['id']}"}
    return events.emit_thin(call, "v2.core.event_destination.ping", related, only_to=destination["id"])


def _save(call: Call, destination: dict) -> dict:
    destination["updated"] = clock.iso(call.now)
    return call.db.put(call.scope, KIND, destination["id"], destination)
