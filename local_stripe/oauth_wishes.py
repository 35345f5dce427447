"""What an authorize link asks for: read from its query, checked, and the accounts that may answer it."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from local_stripe import account_connections, forms, oauth, schemas
from local_stripe.context import Context
from local_stripe.errors import StripeError
from local_stripe.resources import accounts
from local_stripe.store import PLATFORM, Store

REGISTERED = "oauth_redirect_uris"
DENIED = "The user denied your request"
SCOPE_WORDS = {
    "express": "managing an Express account for you",
    "read_only": "reading your account",
    "read_write": "reading your account and acting for it",
}
OFFERED = 20  # accounts one can choose from


class BadLink(Exception):
    """The link cannot be answered, and nobody can be sent back with it."""


class SendBack(Exception):
    """The link is answered with an error, at its redirect_uri."""

    def __init__(self, wish: "Wish", error: str, description: str):
        super().__init__(description)
        self.url = wish.back({"error": error, "error_description": description})


@dataclass(frozen=True)
class Wish:
    """`scope` is "express" for Express accounts, else read_only or read_write; `prefill` is stripe_user[…]."""

    client_id: str
    scope: str
    redirect_uri: str
    state: str | None
    capabilities: tuple[str, ...]
    prefill: dict[str, str]

    @property
    def type(self) -> str:
        return oauth.EXPRESS if self.scope == oauth.EXPRESS else oauth.STANDARD

    def back(self, answer: dict[str, str]) -> str:
        """The redirect URI with an answer, and the state as it came."""
        if self.state is not None:
            answer = {**answer, "state": self.state}
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{joint}{urlencode(answer)}"


def read(db: Store, query: str, *, express: bool) -> Wish:
    """Raises BadLink when there is nobody to answer to, SendBack for what the platform got wrong otherwise."""
    try:
        given = forms.decode(query)
    except StripeError as refusal:
        raise BadLink(refusal.message) from refusal
    client_id = _text(given, "client_id")
    if not oauth.is_client(client_id):
        raise BadLink(f"No application matches the supplied client identifier: “{client_id}”.")
    redirect_uri = _redirect_uri(db, _text(given, "redirect_uri"))
    capabilities, prefill = given.get("suggested_capabilities") or {}, given.get("stripe_user") or {}
    wish = Wish(
        client_id=client_id,
        scope=oauth.EXPRESS if express else _text(given, "scope") or "read_only",
        redirect_uri=redirect_uri,
        state=_text(given, "state") if "state" in given else None,
        capabilities=tuple(capabilities.values()) if isinstance(capabilities, dict) else (capabilities,),
        prefill={name: value for name, value in prefill.items() if isinstance(value, str) and value}
        if isinstance(prefill, dict)
        else {},
    )
    _check(wish, _text(given, "response_type"), express=express)
    return wish


def _text(given: dict, name: str) -> str:
    value = given.get(name, "")
    return value if isinstance(value, str) else ""


def _check(wish: Wish, response_type: str, *, express: bool) -> None:
    if response_type != "code" and not (express and not response_type):
        message = f"Unsupported response type: {response_type}" if response_type else "No response type specified"
        raise SendBack(wish, "unsupported_response_type" if response_type else "invalid_request", message)
    if not express and wish.scope not in oauth.SCOPES:
        raise SendBack(wish, "invalid_scope", f"Invalid scope: {wish.scope}")
    unknown = [name for name in wish.capabilities if name not in capability_names()]
    if unknown:
        raise SendBack(wish, "invalid_request", f"Unknown suggested capability: {unknown[0]}")
    if accounts.CARD_ISSUING in wish.capabilities:
        raise SendBack(wish, "invalid_request", "card_issuing is not for accounts with a Stripe-hosted dashboard.")


def capability_names() -> tuple[str, ...]:
    """The names v1 knows."""
    creation = schemas.of_route("POST", "/v1/accounts")
    wishes = creation.fields["capabilities"] if creation else None
    return tuple(wishes.fields) if isinstance(wishes, schemas.Object) else ()


def registered(db: Store) -> list[str]:
    """The platform's redirect URIs; the first one is the default."""
    kept = db.get(PLATFORM, REGISTERED, REGISTERED)
    return kept["uris"] if kept else []


def register(db: Store, uris: list[str]) -> None:
    db.put(PLATFORM, REGISTERED, REGISTERED, {"uris": uris})


def _redirect_uri(db: Store, given: str) -> str:
    known = registered(db)
    if not given:
        if not known:
            raise BadLink("The link names no redirect_uri, and your platform has none registered.")
        return known[0]
    if given not in known and (known or not _is_loopback(given)):
        message = f"Invalid redirect URI “{given}”. Ensure this URI exactly matches one of the URIs specified in your "
        raise BadLink(message + "application settings.")
    return given


def _is_loopback(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.fragment:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def choices(ctx: Context, wish: Wish) -> list[dict]:
    """Accounts of the right type that somebody could sign in with, newest first."""

    def fits(account: dict) -> bool:
        return account["legacy_type"] == wish.type and not account["closed"]

    found = ctx.db.list(PLATFORM, accounts.KIND, where=fits) + ctx.db.list(
        PLATFORM, account_connections.AWAY, where=fits
    )
    return sorted(found, key=lambda account: account["created"], reverse=True)[:OFFERED]
