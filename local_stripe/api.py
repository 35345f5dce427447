"""The HTTP face of the API: one endpoint for all routes, where planned faults strike."""

import asyncio
import logging
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from local_stripe import browser, errors, faults, wire
from local_stripe.connections import Address, close, reset
from local_stripe.errors import StripeError
from local_stripe.faults import FAULTS, NO_FAULT, Fault
from local_stripe.server import Server
from local_stripe.wire import Incoming, Prepared, Reply

log = logging.getLogger("local_stripe.api")
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Stripe-Account, Stripe-Context, "
    "Stripe-Version, X-Stripe-Client-User-Agent",
    "Access-Control-Max-Age": "300",
}


class Dropped(Exception):
    """The connection is gone; there is nobody to answer."""


async def endpoint(request: Request) -> Response:
    """Answer one API request."""
    server: Server = request.app.state.server
    if request.method == "OPTIONS":
        return Response(status_code=200, headers=PREFLIGHT)
    incoming = await receive(request)
    request_id = wire.new_request_id()
    entry = wire.log_entry(incoming, request_id)
    server.log.append(entry)
    fault = FAULTS.take_call(incoming.method, incoming.path) or NO_FAULT
    entry["fault"] = fault.kind or None
    try:
        reply = await answer(server, request, incoming, entry, fault)
    except Dropped:
        return Response(status_code=499)  # never sent: the transport is closed
    entry["status"] = reply.status
    entry["replayed"] = "Idempotent-Replayed" in reply.headers
    headers = {**wire.standard_headers(incoming, request_id), **reply.headers}
    if fault.kind == "truncate":
        headers["Content-Length"] = str(len(reply.body))
        return StreamingResponse(half(reply.body, request.scope["client"]), reply.status, headers)
    return Response(reply.body, reply.status, headers)


async def half(body: bytes, client: Address):
    """The first half of the announced body, and then the end of the connection."""
    yield body[: len(body) // 2]
    close(client)


async def receive(request: Request) -> Incoming:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
    form = problem = None
    body = b""
    if headers.get("content-type", "").startswith("multipart/form-data"):
        try:
            form = [(name, await _part(value)) for name, value in (await request.form()).multi_items()]
        except HTTPException as refusal:
            problem = StripeError(400, f"Invalid multipart body: {refusal.detail}", stored=False)
    else:
        body = await request.body()
    headers, body = browser.unpack(headers, body)
    client_ip = request.client.host if request.client else ""
    query = request.url.query
    return Incoming(request.method, request.scope["path"], query, headers, body, client_ip, form, problem)


async def _part(value):
    if isinstance(value, str):
        return value
    return {"filename": value.filename, "content_type": value.content_type, "data": await value.read()}


async def answer(server: Server, request: Request, incoming: Incoming, entry: dict, fault: Fault) -> Reply:
    kind = fault.kind
    if kind in ("refuse", "drop_before"):
        reset(request.scope["client"])
        raise Dropped
    if kind in faults.ANSWERS:
        reply = wire.refuse(faults.ANSWERS[kind])
        return replace(reply, headers={**reply.headers, **fault.headers})
    try:
        prepared = wire.prepare(server, incoming, entry["id"])
        return await claim_and_run(server, request, prepared, fault)
    except StripeError as refusal:
        return wire.refuse(refusal)
    except Dropped:
        raise
    except Exception:  # a bug of ours must look like one of Stripe's, and be seen in the log
        log.exception("%s %s failed", incoming.method, incoming.path)
        return wire.refuse(errors.api_error())


async def claim_and_run(server: Server, request: Request, prepared: Prepared, fault: Fault) -> Reply:
    """Run once per idempotency key: a second request while the first is under way is told so."""
    key = prepared.call.idempotency_key
    if key is None:
        return await run(request, prepared, fault)
    claim = (prepared.route.api, key)
    if claim in server.running:
        raise errors.key_in_use(key)
    server.running.add(claim)
    try:
        return await run(request, prepared, fault)
    finally:
        server.running.discard(claim)


async def run(request: Request, prepared: Prepared, fault: Fault) -> Reply:
    reply = await under_fault(prepared, fault, wire.find_replay(prepared))
    if fault.kind == "drop_after":
        reset(request.scope["client"])
        raise Dropped
    if fault.kind == "unknown_values" and reply.status == 200:
        return replace(reply, body=faults.with_unknown_values(reply.body))
    return reply


async def under_fault(prepared: Prepared, fault: Fault, replay: Reply | None) -> Reply:
    kind = fault.kind
    if kind == "hang":
        await asyncio.sleep(fault.wait)
    if replay is not None:
        reply = replay
    elif kind in ("500_before", "500_late"):
        reply = wire.execute(prepared, answer_with=errors.api_error(), act=False)
        if kind == "500_late" and reply.status == 500:
            asyncio.get_running_loop().call_later(fault.wait, wire.execute_late, prepared)
    elif kind == "500_after":
        reply = wire.execute(prepared, answer_with=errors.api_error())
    else:
        reply = wire.execute(prepared)
    if kind == "hang_after":
        await asyncio.sleep(fault.wait)
    return reply
