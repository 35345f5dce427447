"""From bytes to a checked `Call`, and from its result back to bytes: every wire convention of both APIs."""

import base64
import binascii
import contextlib
import json
import logging
import re
from dataclasses import dataclass, field

from local_stripe import clock, errors, expansion, forms, idempotency, oauth, params, versions
from local_stripe.context import Call
from local_stripe.downloads import Download
from local_stripe.errors import StripeError
from local_stripe.ids import new_id
from local_stripe.resources import Route, match
from local_stripe.server import Server
from local_stripe.store import PLATFORM, public

log = logging.getLogger("local_stripe.wire")
KEY = re.compile(r"^(sk|pk)_test_\w+$")
KEY_KINDS = {"sk": "secret", "pk": "publishable"}
MASKED = ("account_number", "id_number", "tax_id")
LOGGED_HEADERS = ("content-type", "idempotency-key", "stripe-account", "stripe-context", "stripe-version", "user-agent")


@dataclass
class Incoming:
    """A request as it came: header names in lower case, `form` or its `problem` when the body was multipart."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    client_ip: str
    form: list[tuple] | None = None
    problem: StripeError | None = None


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Prepared:
    """A request that may run: who calls, on which route, with which raw parameters."""

    call: Call
    route: Route
    raw: dict
    is_form: bool
    fingerprint: str
    replay: Reply | None = None


def prepare(server: Server, incoming: Incoming, request_id: str) -> Prepared:
    """Everything that can refuse a request before its parameters are looked at, in Stripe's order."""
    key, kind = authenticate(incoming.headers)
    granted = oauth.account_of_key(server.db, credential(incoming.headers))
    if not server.limiter.allow():
        raise errors.rate_limited()
    found = match(incoming.method, incoming.path)
    if found is None:
        raise errors.unrecognized_url(incoming.method, incoming.path)
    route, path = found
    if kind == "publishable" and not route.publishable:
        raise errors.publishable_key_refused()
    version = read_version(incoming.headers, route.api)
    scope = granted or read_scope(server, incoming.headers, key, route.api)
    oauth.check_access(server.db, scope, incoming.method)
    raw, is_form = read_params(incoming, route.api)
    # An authorization code works once, whichever key comes with it.
    idempotency_key = None if route.is_oauth else read_idempotency_key(incoming, route.api)
    call = Call(
        db=server.db,
        now=clock.now(server.db),
        scope=scope,
        request_id=request_id,
        idempotency_key=idempotency_key,
        method=incoming.method,
        url=incoming.path,
        path=path,
        version=version,
        key_kind=kind,
        client_ip=incoming.client_ip,
        public_url=server.public_url,
        platform_id=server.platform_id,
    )
    print_ = idempotency.fingerprint(incoming.method, incoming.path, scope, raw)
    return Prepared(call, route, raw, is_form, print_)


def authenticate(headers: dict[str, str]) -> tuple[str, str]:
    """(key as it may be shown, "secret" or "publishable") from Bearer or Basic credentials."""
    key = credential(headers)
    if not key:
        raise errors.no_key()
    found = KEY.match(key)
    if not found:
        raise errors.invalid_key(mask(key))
    return mask(key), KEY_KINDS[found.group(1)]


def credential(headers: dict[str, str]) -> str:
    """The key as it came, empty when there is none."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def mask(key: str) -> str:
    """Enough of a key to recognise it: its prefix and last four characters."""
    prefix = re.match(r"^[a-z]+_[a-z]+_", key)
    start = prefix.group(0) if prefix else key[:2]
    return f"{start}{'*' * 12}{key[-4:] if len(key) > len(start) + 4 else ''}"


def read_version(headers: dict[str, str], api: str) -> str:
    header = headers.get("stripe-version")
    if header is None:
        if api == "v2":
            raise StripeError(
                400, "Stripe-Version header is required for v2 APIs.", param="Stripe-Version", stored=False
            )
        return versions.DEFAULT
    return versions.parse(header).header


def read_scope(server: Server, headers: dict[str, str], key: str, api: str) -> str:
    """The account acted for; Stripe-Context supersedes Stripe-Account and may be a path of accounts."""
    account = headers.get("stripe-context") or headers.get("stripe-account")
    if not account:
        return PLATFORM
    account = account.rpartition("/")[2]
    if account == server.platform_id:
        return PLATFORM
    if server.db.get(PLATFORM, "account", account) is None:
        raise errors.account_invalid(key, account)
    return account


def read_params(incoming: Incoming, api: str) -> tuple[dict, bool]:
    """Raw parameters, and whether their values are strings."""
    if incoming.problem is not None:
        raise incoming.problem
    raw = forms.decode(incoming.query)
    if incoming.method != "POST":
        return ({**raw, **_decode_form(incoming.body)} if api == "v1" else raw), True
    if api == "v2":
        return _decode_json(incoming.body), False
    if incoming.form is not None:
        return {**raw, **forms.nest(incoming.form)}, True
    if incoming.headers.get("content-type", "").startswith("application/json"):
        message = "Invalid request: this endpoint takes application/x-www-form-urlencoded, not application/json."
        raise StripeError(400, message, stored=False)
    return {**raw, **_decode_form(incoming.body)}, True


def _decode_form(body: bytes) -> dict:
    try:
        return forms.decode(body.decode())
    except UnicodeDecodeError as problem:
        raise StripeError(400, "Invalid request body encoding: it must be UTF-8.", stored=False) from problem


def _decode_json(body: bytes) -> dict:
    try:
        decoded = json.loads(body or b"{}")
    except (ValueError, RecursionError) as problem:
        raise StripeError(400, "The request body is not valid JSON.", code="invalid_json", stored=False) from problem
    if not isinstance(decoded, dict):
        raise StripeError(400, "The request body must be a JSON object.", code="invalid_json", stored=False)
    return decoded


def read_idempotency_key(incoming: Incoming, api: str) -> str | None:
    counts = incoming.method == "POST" or (api == "v2" and incoming.method == "DELETE")
    key = incoming.headers.get("idempotency-key") if counts else None
    if key is not None:
        idempotency.check_key(key)
    return key or None


def find_replay(prepared: Prepared) -> Reply | None:
    """The reply kept under the request's idempotency key, if it has run before."""
    call = prepared.call
    if call.idempotency_key is None:
        return None
    kept = idempotency.stored(call.db, prepared.route.api, call.idempotency_key, prepared.fingerprint, call.now)
    if kept is None:
        return None
    status, body, original = kept
    return Reply(status, body.encode(), {"Idempotent-Replayed": "true", "Original-Request": original})


def execute(prepared: Prepared, *, answer_with: StripeError | None = None, act: bool = True) -> Reply:
    """Check the parameters, run the handler, keep the result under the key: one transaction.

    `answer_with` replaces the answer by an error (a planned 500); with `act` False nothing else happens.
    """
    call, route = prepared.call, prepared.route
    call.now = clock.now(call.db)
    try:
        schema = params.schema_for(route.method, route.template, call.version)
        call.params = params.check(prepared.raw, schema, is_form=prepared.is_form)
        with call.db.transaction():
            if answer_with is None:
                reply = kept = _perform(prepared)
            else:
                reply = refuse(answer_with)
                done = _perform(prepared) if act else reply
                # v1 keeps the 500 it gave; v2 keeps what really happened, so that a repeat finds it.
                kept = reply if route.api == "v1" else done
            _keep(prepared, kept)
        return reply
    except StripeError as refusal:
        reply = refuse(oauth.flat(refusal) if route.is_oauth else refusal)
        if refusal.stored:
            with call.db.transaction():
                _keep(prepared, reply)
        return reply


def execute_late(prepared: Prepared) -> None:
    """The effect of a request that was answered with 500 before; in v2 not if its repeat has brought it about."""
    is_v2 = prepared.route.api == "v2"
    if is_v2 and find_replay(prepared) is not None:
        return
    with contextlib.suppress(StripeError), prepared.call.db.transaction():
        reply = _perform(prepared)
        if is_v2:
            _keep(prepared, reply)


def _perform(prepared: Prepared) -> Reply:
    try:
        return _render(run(prepared))
    except StripeError as refusal:
        if not refusal.keeps_effects:
            raise
        return refuse(refusal)


def run(prepared: Prepared) -> dict | Download:
    result = prepared.route.handler(prepared.call)
    expand = None if isinstance(result, Download) else prepared.call.params.get("expand")
    return expansion.expand(prepared.call, result, expand) if expand else result


def _keep(prepared: Prepared, reply: Reply) -> None:
    if prepared.call.idempotency_key is not None:
        idempotency.keep(prepared.call, prepared.route.api, prepared.fingerprint, reply.status, reply.body.decode())


def _render(result: dict | Download) -> Reply:
    if isinstance(result, Download):
        return Reply(200, result.data, result.headers)
    return Reply(200, json.dumps(public(result), indent=2).encode())


def refuse(refusal: StripeError) -> Reply:
    return Reply(refusal.status, json.dumps(refusal.body(), indent=2).encode(), dict(refusal.headers))


def standard_headers(incoming: Incoming, request_id: str) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "Request-Id": request_id,
        "Stripe-Version": incoming.headers.get("stripe-version", versions.DEFAULT),
        "Cache-Control": "no-cache, no-store",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Request-Id, Stripe-Manage-Version, Idempotent-Replayed",
    }
    for name in ("Idempotency-Key", "Stripe-Account"):
        if name.lower() in incoming.headers:
            headers[name] = incoming.headers[name.lower()]
    return headers


def new_request_id() -> str:
    return new_id("req", 14)


def log_entry(incoming: Incoming, request_id: str) -> dict:
    """What the request log keeps: never a whole key."""
    headers = {name: incoming.headers[name] for name in LOGGED_HEADERS if name in incoming.headers}
    scheme, _, credentials = incoming.headers.get("authorization", "").partition(" ")
    if scheme:
        headers["authorization"] = f"{scheme} {mask(credentials) if scheme.lower() == 'bearer' else '****'}"
    return {
        "id": request_id,
        "method": incoming.method,
        "path": incoming.path,
        "headers": headers,
        "params": _logged_params(incoming),
        "status": None,
        "fault": None,
        "replayed": False,
    }


def _logged_params(incoming: Incoming) -> dict | None:
    """Parameters as plain JSON, without bytes of files and whole numbers of banks or people; None when unreadable."""
    try:
        raw, _ = read_params(incoming, "v2" if incoming.path.startswith("/v2/") else "v1")
    except StripeError:
        return None
    return json.loads(json.dumps(raw, default=lambda value: f"<{len(value)} bytes>"), object_hook=_masked)


def _masked(params: dict) -> dict:
    numbers = {name: params[name] for name in MASKED if isinstance(params.get(name), str)}
    return {**params, **{name: f"…{number[-4:]}" for name, number in numbers.items()}}
