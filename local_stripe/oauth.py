"""OAuth: codes that work once, the keys they are exchanged for, and what ends a connection."""

from typing import Any

from local_stripe import account_connections, account_rules, errors
from local_stripe import account_views_v1 as views
from local_stripe.context import Call, Context
from local_stripe.errors import OAuthRefusal, StripeError
from local_stripe.ids import new_id, random_text
from local_stripe.resources import accounts
from local_stripe.store import PLATFORM, Store

CODE, KEY, REFRESH, PLANNED = "oauth_code", "oauth_key", "oauth_refresh_token", "oauth_planned_refusal"
EXPRESS, STANDARD = "express", "standard"
READ_ONLY = "read_only"
SCOPES = (READ_ONLY, "read_write")  # each includes the ones before it
LIFETIME = 300  # virtual seconds of a code
REFUSALS = ("invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "unsupported_grant_type")
KEY_LENGTH = 24


def flat(refusal: StripeError) -> StripeError:
    """A refusal of the API in OAuth's form."""
    if isinstance(refusal, OAuthRefusal):
        return refusal
    return OAuthRefusal("invalid_request", refusal.message, status=refusal.status)


def account_of_key(db: Store, key: str) -> str | None:
    """The account whose keys an exchange gave out; None for the platform's own. Raises StripeError once revoked."""
    record = db.get(PLATFORM, KEY, key) if key else None
    if record is None:
        return None
    if record["revoked"]:
        raise errors.expired_key(f"{key[:8]}{'*' * 12}{key[-4:]}")
    return record["account"]


def check_access(db: Store, scope: str, method: str) -> None:
    """Raises StripeError (403) for a write to an account that was connected for reading only."""
    account = accounts.load(db, scope) if method != "GET" and scope != PLATFORM else None
    if account is not None and account.get("access") == READ_ONLY:
        raise account_rules.no_permission(account, "this endpoint")


def new_code(ctx: Context, account: dict, *, client_id: str, scope: str, suggested: list[str]) -> str:
    """A code for access to the account."""
    code = new_id("ac", 32)
    record = {
        "code": code,
        "account": account["id"],
        "client_id": client_id,
        "scope": scope,
        "suggested_capabilities": suggested,
        "created": ctx.now,
        "expires_at": ctx.now + LIFETIME,
        "state": "waiting",
    }
    ctx.db.put(PLATFORM, CODE, code, record)
    return code


def exchange(call: Call) -> dict:
    """An access token for a code. A code that comes a second time ends the connection."""
    given = call.params.get("code")
    if not given:
        raise OAuthRefusal("invalid_request", "No authorization code provided")
    record = call.db.get(PLATFORM, CODE, given)
    if record is None:
        raise OAuthRefusal("invalid_grant", f"Authorization code does not exist: {given}")
    if record["state"] != "waiting":
        _end_connection(call, record["account"])
        message = "This authorization code has already been used. All tokens issued with this code have been revoked."
        raise OAuthRefusal("invalid_grant", message, keeps_effects=True)
    if call.now >= record["expires_at"]:
        raise OAuthRefusal("invalid_grant", f"Authorization code expired: {given}")
    account = account_connections.find(call, record["account"])
    if account is None:
        raise OAuthRefusal("invalid_grant", f"Authorization code does not exist: {given}")
    _check_asserted(account, record, call.params.get("assert_capabilities") or [])
    call.db.put(PLATFORM, CODE, given, {**record, "state": "used"})
    account_connections.connect(call, {**account, "access": record["scope"]}, record["client_id"])
    token = _keep_refresh_token(call, record)
    return _answer(call, record["account"], record["scope"], token)


def _check_asserted(account: dict, record: dict, asserted: list[str]) -> None:
    if asserted and record["scope"] != EXPRESS:
        raise OAuthRefusal("invalid_request", "assert_capabilities is for Express accounts only.")
    lacking = [name for name in asserted if name not in views.names_of(account)]
    if lacking:
        raise OAuthRefusal("invalid_request", f"The account lacks the capability: {', '.join(lacking)}")


def refresh(call: Call) -> dict:
    """Another access token, for the same scope or less."""
    given = call.params.get("refresh_token") or call.params.get("code")
    if not given:
        raise OAuthRefusal("invalid_request", "No refresh token provided")
    record = call.db.get(PLATFORM, REFRESH, given)
    if record is None or record["revoked"]:
        raise OAuthRefusal("invalid_grant", f"Refresh token does not exist: {given}")
    wanted, granted = call.params.get("scope") or record["scope"], record["scope"]
    known = (EXPRESS,) if granted == EXPRESS else SCOPES
    if wanted not in known or known.index(wanted) > known.index(granted):
        raise OAuthRefusal("invalid_scope", f"The scope '{wanted}' exceeds the scope '{granted}' of the refresh token.")
    return _answer(call, record["account"], wanted, given)


def _keep_refresh_token(ctx: Context, record: dict) -> str:
    token = f"rt_{random_text(32)}"
    kept = {name: record[name] for name in ("account", "client_id", "scope")}
    ctx.db.put(PLATFORM, REFRESH, token, {**kept, "token": token, "revoked": False})
    return token


def _answer(ctx: Context, account_id: str, scope: str, refresh_token: str) -> dict:
    secret, publishable = f"sk_test_{random_text(KEY_LENGTH)}", f"pk_test_{random_text(KEY_LENGTH)}"
    for key in (secret, publishable):
        ctx.db.put(PLATFORM, KEY, key, {"key": key, "account": account_id, "scope": scope, "revoked": False})
    return {
        "access_token": secret,
        "livemode": False,
        "refresh_token": refresh_token,
        "token_type": "bearer",
        "stripe_publishable_key": publishable,
        "stripe_user_id": account_id,
        "scope": scope,
    }


def _end_connection(ctx: Context, account_id: str) -> None:
    account = accounts.load(ctx.db, account_id)
    if account is not None:
        disconnect(ctx, account)


def disconnect(ctx: Context, account: dict) -> None:
    """Everything given out for the account ends, and the platform's access with it."""
    for kind, ended in ((CODE, {"state": "revoked"}), (KEY, {"revoked": True}), (REFRESH, {"revoked": True})):
        for record in ctx.db.list(PLATFORM, kind, where=lambda one: one["account"] == account["id"]):
            id = record.get("code") or record.get("key") or record["token"]
            ctx.db.put(PLATFORM, kind, id, {**record, **ended})
    account_connections.disconnect(ctx, account)


def deauthorize(call: Call) -> dict:
    """Standard accounts can be let go; whom the platform made for itself, it rejects or deletes instead."""
    client_id, account_id = call.params.get("client_id"), call.params.get("stripe_user_id")
    if not client_id:
        raise OAuthRefusal("invalid_request", "No client_id provided")
    if not account_id:
        raise OAuthRefusal("invalid_request", "No stripe_user_id provided")
    if not is_client(client_id):
        message = f"No such application: '{client_id}'"
        raise OAuthRefusal("invalid_client", message, status=401)
    account = accounts.load(call.db, account_id)
    if account is None or account.get("application", client_id) != client_id:
        message = "This application is not connected to stripe account "
        message += f"{account_id}, or that account does not exist."
        raise OAuthRefusal("invalid_client", message, status=401)
    if account["dashboard"] != "full":
        message = "This account cannot be deauthorized: only accounts with access to the full Dashboard can. "
        raise OAuthRefusal("invalid_request", message + "Reject or delete it instead.")
    disconnect(call, account)
    return {"stripe_user_id": account_id}


def is_client(client_id: str) -> bool:
    """Any test client id is the platform's, as any test key is."""
    return client_id.startswith("ca_") and client_id[3:].replace("_", "").isalnum()


def plan_refusal(ctx: Context, refusal: dict[str, Any] | None) -> None:
    """The next exchange is refused so, once; None takes that back."""
    if refusal is None:
        ctx.db.delete(PLATFORM, PLANNED, PLANNED)
    else:
        ctx.db.put(PLATFORM, PLANNED, PLANNED, refusal)


def refuse_as_planned(ctx: Context) -> None:
    """Raises OAuthRefusal when that was planned."""
    planned = ctx.db.get(PLATFORM, PLANNED, PLANNED)
    if planned is not None:
        plan_refusal(ctx, None)
        raise OAuthRefusal(
            planned["error"], planned["description"], status=planned.get("status", 400), keeps_effects=True
        )
