"""The only door to Stripe. Everything that leaves the portal for Stripe passes here.

Reads: `get`, `list_all`. Bearer secrets that are no money: `ephemeral`. Writes: `send`, for `operations` alone.
Answers are plain dicts. What can go wrong is in `outcomes`; nothing here retries.
"""

import math
import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import BinaryIO, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from stripe_gateway import budget
from stripe_gateway.outcomes import (
    AccessRevoked,
    Busy,
    CredentialRefused,
    NotFound,
    NotSent,
    OwnLimit,
    RateLimited,
    Refused,
    StripeProblem,
    Unanswered,
    WrongMode,
)

# Callers catch what they mean as `client.NotFound`; the whole family is told in `outcomes`.
__all__ = [
    "AccessRevoked",
    "Busy",
    "CardDataRefused",
    "CredentialRefused",
    "NotFound",
    "NotSent",
    "OwnLimit",
    "Refused",
    "Reply",
    "StripeProblem",
    "Unanswered",
    "ephemeral",
    "get",
    "in_background",
    "list_all",
    "oauth",
    "oauth_address",
    "operation_key",
    "reachable",
    "send",
    "token",
    "upload",
]

_PATH = re.compile(r"(/v[12](/[A-Za-z0-9_\-]+)+|/oauth/(token|deauthorize))")
# Card data would put the portal in scope of PCI DSS as a holder of card numbers, so nobody can ask for it.
_CARD_DATA = frozenset({"number", "cvc", "pin"})

_background: ContextVar[bool] = ContextVar("background", default=False)
_ends_at: ContextVar[float] = ContextVar("ends_at", default=math.inf)
SWEEP_ASKS, SWEEP_PAUSE_SECONDS = 20, 0.25


class CardDataRefused(Exception):
    """The portal never asks Stripe for card numbers, CVCs or PINs."""


class Reply(NamedTuple):
    """A successful answer to a write."""

    obj: dict
    http_status: int
    request_id: str


def get(path: str, *, account: str = "", family: str = "v1", params: dict | None = None, urgent: bool = True) -> dict:
    """Read one object. `family` names the API version in settings; `urgent=False` lets people go first."""
    return _call("get", path, params or {}, account=account, version=_version(family), urgent=urgent).obj


def list_all(
    path: str,
    *,
    account: str = "",
    family: str = "v1",
    params: dict | None = None,
    limit: int = 100,
    urgent: bool = True,
) -> Iterator[dict]:
    """At most `limit` objects of a list, page by page, in Stripe's order."""
    params = {"limit": min(limit, 100)} | (params or {})
    left = limit
    while left > 0:
        page = get(path, account=account, family=family, params=params, urgent=urgent)
        rows = page["data"][:left]
        yield from rows
        left -= len(rows)
        following = _next_page(path, page, rows, params)
        if not rows or following is None:
            return
        path, params = following


def ephemeral(path: str, *, account: str = "", family: str = "v1", params: dict) -> dict:
    """Make an object that is a bearer secret and no money (an account link). Never store or log what comes back."""
    key = f"{_environment()}:ephemeral:{uuid.uuid4()}"
    return _call("post", path, params, account=account, version=_version(family), key=key).obj


def token(kind: str, contents: dict) -> str:
    """Hand personal or tax data to Stripe and get an id in its place (`account` or `person`); nothing is kept here.

    Stripe checks what it is given at once: a refusal's `param` begins with the kind, as in `person[dob][year]`.
    In live mode it takes such data with the publishable key alone, as it would from a browser.
    """
    key = f"{_environment()}:ephemeral:{uuid.uuid4()}"
    with_key = {"api_key": settings.STRIPE_PUBLISHABLE_KEY or settings.STRIPE_SECRET_KEY}
    made = _call("post", "/v1/tokens", {kind: contents} | with_key, account="", version=_version("v1"), key=key)
    return made.obj["id"]


def upload(*, file: BinaryIO, purpose: str, account: str = "") -> dict:
    """Pass a file on to Stripe without keeping it; returns Stripe's file object. Asked again, it is another file."""
    key = f"{_environment()}:upload:{uuid.uuid4()}"
    params = {"purpose": purpose, "file": file, "base": "files", "content_type": "multipart/form-data"}
    return _call("post", "/v1/files", params, account=account, version=_version("v1"), key=key).obj


def oauth_address(params: dict, *, express: bool) -> str:
    """Where an owner is sent to connect an account. `params` as Stripe's OAuth reference names them."""
    from stripe_gateway.transport import build_client

    own = {"client_id": settings.STRIPE_CLIENT_ID}
    return build_client().oauth.authorize_url(own | params, {"express": express})


def oauth(action: str, params: dict) -> dict:
    """`token` or `deauthorize` of Stripe's OAuth. Neither takes an idempotency key: the caller sends it once.

    Raises Refused with OAuth's own code (invalid_grant, invalid_request, …) and the rest of the family.
    """
    if action not in ("token", "deauthorize"):
        raise ValueError(action)
    return _call("post", f"/oauth/{action}", params | {"base": "connect"}, account="", version=_version("v1")).obj


def send(operation) -> Reply:
    """Send a committed StripeOperation, exactly as it is written down, under its own key."""
    return _call(
        operation.method.lower(),
        operation.filled_path,
        operation.sent_params,
        account=operation.stripe_account,
        version=operation.api_version,
        key=operation.key,
    )


def reachable() -> bool:
    """Whether Stripe answers and takes our key."""
    try:
        get("/v1/balance")
    except StripeProblem:
        return False
    return True


def operation_key(kind: str, operation_id: uuid.UUID, epoch: int = 1) -> str:
    """The idempotency key of an operation."""
    return f"{_environment()}:{kind}:{operation_id}:{epoch}"


def _environment() -> str:
    return "live" if settings.STRIPE_LIVE else "test"


def _version(family: str) -> str:
    return settings.STRIPE_VERSIONS[family]


def _call(method, path, params, *, account, version, key=None, urgent=True) -> Reply:
    _refuse_card_data(path, params)
    _wait_for_turn(account, urgent=urgent)
    options = {"stripe_version": version}
    if account:
        # v2 takes the account as its context; v1 by a header of its own.
        options["stripe_context" if path.startswith("/v2/") else "stripe_account"] = account
    if key:
        options["idempotency_key"] = key
    try:
        answer = _client(os.getpid(), settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE).raw_request(
            method, path, **params, **options
        )
    except RateLimited:
        budget.drain()
        raise
    _refuse_wrong_mode(answer)
    return Reply(answer.data, answer.code, (answer.headers.get("request-id") or "")[:64])


@contextmanager
def in_background(*, seconds: float = math.inf) -> Iterator[None]:
    """Every call made inside gives way to people, whoever makes it: for workers and sweeps.

    After `seconds` calls raise OwnLimit, so that a sweep ends before it would be killed.
    """
    background = _background.set(True)
    ends_at = _ends_at.set(min(_ends_at.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _ends_at.reset(ends_at)
        _background.reset(background)


def _wait_for_turn(account: str, *, urgent: bool) -> None:
    """People's calls reserve the next turn; a sweep's ask again for a while and give way to people. Raises OwnLimit."""
    if time.monotonic() > _ends_at.get():
        raise OwnLimit("The time of this sweep is used up.", code=OwnLimit.CODE)
    urgent = urgent and not _background.get()
    for _ in range(0 if urgent else SWEEP_ASKS):
        try:
            time.sleep(budget.take(account, urgent=urgent))
        except OwnLimit:
            time.sleep(SWEEP_PAUSE_SECONDS)
        else:
            return
    time.sleep(budget.take(account, urgent=urgent))


@lru_cache(maxsize=4)
def _client(_process: int, _key: str, _base: str):
    # Per process, because connections do not survive a fork; per key and address, because tests change them.
    from stripe_gateway.transport import build_client

    return build_client()


def _refuse_card_data(path: str, params: dict) -> None:
    if not _PATH.fullmatch(path):
        raise ValueError(f"Not a path of Stripe's API: {path!r}")
    for name in ("expand", "include"):
        for field in params.get(name) or ():
            if _CARD_DATA.intersection(str(field).lower().split(".")):
                raise CardDataRefused(f"{name}={field} is never asked for.")


def _refuse_wrong_mode(answer) -> None:
    livemode = answer.data.get("livemode")
    if isinstance(livemode, bool) and livemode != settings.STRIPE_LIVE:
        raise WrongMode(
            "Stripe answered from the other mode (live or test).",
            http_status=answer.code,
            request_id=answer.headers.get("request-id") or "",
        )


def _next_page(path: str, page: dict, rows: list, params: dict) -> tuple[str, dict] | None:
    if "next_page_url" in page:
        if not page["next_page_url"]:
            return None
        # Only path and query are followed, never the host.
        following = urlsplit(page["next_page_url"])
        return following.path, _query(following.query)
    if not page.get("has_more") or not rows:
        return None
    backwards = "ending_before" in params
    cursor = {"ending_before": rows[0]["id"]} if backwards else {"starting_after": rows[-1]["id"]}
    return path, params | cursor


def _query(text: str) -> dict:
    """Query string → params; `include[0]=a&include[1]=b` becomes a list again."""
    params: dict = {}
    for name, value in parse_qsl(text):
        base, bracket, _ = name.partition("[")
        if bracket:
            params.setdefault(base, []).append(value)
        else:
            params[name] = value
    return params
