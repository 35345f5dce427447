"""/_control/: the clock, faults, the request log and the books, for whoever runs and tests. Loopback only."""

import ipaddress
import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse

from local_stripe import clock, delivery
from local_stripe.context import Context
from local_stripe.errors import StripeError
from local_stripe.faults import CALL_KINDS, EVENT_KINDS, FAULTS
from local_stripe.server import Server
from local_stripe.store import PLATFORM, Store

ROUTES: dict[tuple[str, str], Callable] = {}
ENDPOINT_KINDS = ("webhook_endpoint", "event_destination")


class Refused(Exception):
    """What the caller asked for cannot be done; the message says why."""


def control(method: str, path: str):
    """Register `f(server, body, query) -> JSON value`; its docstring is what GET /_control/ shows."""

    def register(function):
        ROUTES[method, path] = function
        return function

    return register


async def endpoint(request: Request) -> JSONResponse:
    """Answer one control request; never faulted, never rate limited."""
    if request.client is None or not ipaddress.ip_address(request.client.host).is_loopback:
        return JSONResponse({"error": "control routes answer on loopback only"}, 403)
    path = request.scope["path"].removeprefix("/_control")
    found = find(request.method, path)
    if found is None:
        return JSONResponse({"error": f"no control route {request.method} {path}; GET /_control/ lists them"}, 404)
    function, arguments = found
    try:
        body = json.loads(await request.body() or b"{}")
        if not isinstance(body, dict):
            raise Refused("the body must be a JSON object")
        return JSONResponse(function(request.app.state.server, {**body, **arguments}, dict(request.query_params)))
    except (Refused, StripeError, LookupError, ValueError, TypeError) as problem:
        return JSONResponse({"error": f"{problem.__class__.__name__}: {problem}"}, 400)


def find(method: str, path: str):
    parts = path.strip("/").split("/")
    for (known_method, template), function in ROUTES.items():
        names = template.strip("/").split("/")
        if known_method != method or len(names) != len(parts):
            continue
        if all(name.startswith("{") or name == part for name, part in zip(names, parts, strict=True)):
            return function, {n[1:-1]: part for n, part in zip(names, parts, strict=True) if n.startswith("{")}
    return None


def context(server: Server, scope: str = PLATFORM) -> Context:
    return Context(db=server.db, now=clock.now(server.db), scope=scope)


@control("GET", "/")
def index(server: Server, body: dict, query: dict) -> dict:
    """What there is."""
    routes = [
        {"method": method, "path": f"/_control{template}", "does": " ".join((function.__doc__ or "").split())}
        for (method, template), function in ROUTES.items()
    ]
    return {"routes": routes, "call_faults": CALL_KINDS, "event_faults": EVENT_KINDS}


@control("GET", "/clock")
def read_clock(server: Server, body: dict, query: dict) -> dict:
    """The virtual time: {"now": Unix seconds, "iso", "offset_seconds"}."""
    now = clock.exact_now(server.db)
    return {"now": int(now), "iso": clock.iso(now), "offset_seconds": clock.offset(server.db)}


@control("POST", "/clock")
def move_clock(server: Server, body: dict, query: dict) -> dict:
    """{"advance_seconds": n} or {"now": "…Z"}: move the clock forward; what falls due on the way happens."""
    if "now" in body:
        seconds = clock.from_iso(body["now"]) - clock.exact_now(server.db)
    else:
        seconds = float(body["advance_seconds"])
    if seconds < 0:
        raise Refused("the clock only goes forward")
    clock.advance(server.db, seconds)
    return read_clock(server, body, query)


@control("GET", "/faults")
def list_faults(server: Server, body: dict, query: dict) -> dict:
    """What is still planned."""
    return {"faults": FAULTS.listing()}


@control("POST", "/faults")
def plan_fault(server: Server, body: dict, query: dict) -> dict:
    """{"kind", "path" or "event" (globs), "method"?, "times"? (1; null = always), "skip"?, "seconds"?, "headers"?}."""
    FAULTS.plan(**body)
    return list_faults(server, {}, {})


@control("DELETE", "/faults")
def clear_faults(server: Server, body: dict, query: dict) -> dict:
    """Take all planned faults away."""
    FAULTS.clear()
    return list_faults(server, {}, {})


@control("GET", "/requests")
def requests(server: Server, body: dict, query: dict) -> dict:
    """The request log, newest last; ?path=, ?method=, ?limit= narrow it down."""
    entries = [
        entry
        for entry in server.log
        if query.get("path", entry["path"]) == entry["path"] and query.get("method", entry["method"]) == entry["method"]
    ]
    return {"requests": entries[-int(query.get("limit", len(entries) or 1)) :]}


@control("DELETE", "/requests")
def clear_requests(server: Server, body: dict, query: dict) -> dict:
    """Empty the request log."""
    server.log.clear()
    return {"requests": []}


@control("GET", "/objects")
def objects(server: Server, body: dict, query: dict) -> dict:
    """?kind=topup: every stored object of a kind over all accounts, oldest first, with its scope: the books."""
    found = server.db.everywhere(query["kind"])
    return {"objects": [{"scope": scope, "object": obj} for scope, obj in found]}


@control("POST", "/reset")
def reset(server: Server, body: dict, query: dict) -> dict:
    """Forget everything; {"keep_endpoints": true} keeps webhook endpoints and event destinations."""
    keep = ENDPOINT_KINDS if body.get("keep_endpoints") else ()
    with server.db.transaction():
        server.db.clear(keep)
    FAULTS.clear()
    server.log.clear()
    server.limiter.recent.clear()
    return {"reset": True}


@control("GET", "/deliveries")
def deliveries(server: Server, body: dict, query: dict) -> dict:
    """Every delivery of every event: event, endpoint, attempts, due (virtual), state; ?event= for one."""
    sql = "SELECT event, endpoint, attempts, due, state, fault FROM deliveries WHERE event = ? OR ? = '' ORDER BY seq"
    wanted = query.get("event", "")
    names = ("event", "endpoint", "attempts", "due", "state", "fault")
    return {"deliveries": [dict(zip(names, row, strict=True)) for row in server.db.execute(sql, wanted, wanted)]}


@control("POST", "/events/{id}/redeliver")
def redeliver(server: Server, body: dict, query: dict) -> dict:
    """Send the event again to every endpoint that got it, or to {"endpoint"}."""
    found = delivery.find_event(server.db, body["id"])
    if found is None:
        raise Refused(f"no event {body['id']}")
    scope, event = found
    with server.db.transaction():
        endpoints = [body["endpoint"]] if "endpoint" in body else _receivers(server.db, event["id"])
        for endpoint_id in endpoints:
            delivery.enqueue_to(context(server, scope), event, endpoint_id)
    return {"sent_to": endpoints}


def _receivers(db: Store, event_id: str) -> list[str]:
    rows = db.execute("SELECT DISTINCT endpoint FROM deliveries WHERE event = ?", event_id)
    return [row[0] for row in rows]


@control("POST", "/events/release")
def release(server: Server, body: dict, query: dict) -> dict:
    """Let withheld events go out: {"event": id}, or all of them."""
    with server.db.transaction():
        return {"released": delivery.release(server.db, body.get("event"))}
