"""Bank accounts that payouts of a connected account go to."""

from dataclasses import replace

from local_stripe import account_state, bank_numbers, demands, documents, errors, events, pagination
from local_stripe.clock import job, later
from local_stripe.context import Call, Context
from local_stripe.metadata import merge_metadata
from local_stripe.resources import accounts, bank_accounts, route, tokens
from local_stripe.trees import merged

KIND = "external_account"
OWNERSHIP = "documents.bank_account_ownership_verification"
CHECKED_AFTER = 3  # virtual seconds
_NO_REQUIREMENTS: dict[str, list] = {"currently_due": [], "errors": [], "past_due": [], "pending_verification": []}


@route("POST", "/v1/accounts/{account}/external_accounts")
def create(call: Call) -> dict:
    """Add a bank account, from numbers or a token; the first of an account becomes the default."""
    account = accounts.of_path(call, call.path["account"])
    before = account_state.photograph(call, account)
    bank_account = add(call, account, call.params)
    account_state.settle(call, account, before)
    return bank_account


def add(call: Call, account: dict, params: dict) -> dict:
    """Add a bank account to an account, which the caller settles."""
    bank_account = _bank_account(call, params["external_account"])
    ctx = replace(call, scope=account["id"])
    is_first = not any(other["currency"] == bank_account["currency"] for other in of_account(ctx))
    bank_account |= {
        "account": ctx.scope,
        "available_payout_methods": ["standard"],
        "default_for_currency": False,
        "future_requirements": _NO_REQUIREMENTS,
        "metadata": merge_metadata({}, params.get("metadata")),
        "requirements": _NO_REQUIREMENTS,
    }
    _check_ownership(ctx, account, bank_account)
    _keep(ctx, bank_account)
    if is_first or params.get("default_for_currency"):
        bank_account = _make_default(ctx, bank_account)
    events.emit(ctx, "account.external_account.created", bank_account, scope=ctx.scope)
    return bank_account


def _check_ownership(ctx: Context, account: dict, bank_account: dict) -> None:
    """Some US accounts must be shown to belong to the business: Stripe sees to it, or needs a document."""
    if bank_account["_outcome"] == bank_numbers.OWNERSHIP_CHECKED:
        bank_account["requirements"] = {**_NO_REQUIREMENTS, "pending_verification": [OWNERSHIP]}
        later(ctx, ctx.now + CHECKED_AFTER, "external_account.own", scope=ctx.scope, id=bank_account["id"])
    elif bank_account["_outcome"] == bank_numbers.OWNERSHIP_DOCUMENT:
        bank_account["requirements"] = {**_NO_REQUIREMENTS, "currently_due": [OWNERSHIP]}
        demands.ask(ctx, account, f"identity.business_details.{OWNERSHIP}", urgency=demands.CURRENTLY_DUE)


@job("external_account.own")
def own(ctx: Context, *, scope: str, id: str) -> None:
    """The check of who owns the account has ended well."""
    bank_account = ctx.db.get(scope, KIND, id)
    if bank_account is None:
        return
    ctx = replace(ctx, scope=scope)
    changed = _keep(ctx, {**bank_account, "status": "verified", "requirements": _NO_REQUIREMENTS})
    previous = {"status": bank_account["status"], "requirements": bank_account["requirements"]}
    events.emit(ctx, "account.external_account.updated", changed, scope=scope, previous_attributes=previous)


@route("GET", "/v1/accounts/{account}/external_accounts")
def list_external_accounts(call: Call) -> dict:
    wanted = call.params.get("object", "bank_account")
    return pagination.page(_for_account(call), KIND, where=lambda external: external["object"] == wanted)


@route("GET", "/v1/accounts/{account}/external_accounts/{id}")
def retrieve(call: Call) -> dict:
    return _get(_for_account(call), call.path["id"])


@route("POST", "/v1/accounts/{account}/external_accounts/{id}")
def update(call: Call) -> dict:
    """Change the holder, metadata, or which account is the default."""
    ctx = _for_account(call)
    bank_account = _get(ctx, call.path["id"])
    before = dict(bank_account)
    _refuse_card_fields(call.params)
    for name in ("account_holder_name", "account_holder_type", "account_type"):
        if name in call.params:
            bank_account[name] = call.params[name] or None
    bank_account["metadata"] = merge_metadata(bank_account["metadata"], call.params.get("metadata"))
    if call.params.get("documents"):
        _take_documents(ctx, bank_account, call.params["documents"])
    _keep(ctx, bank_account)
    if call.params.get("default_for_currency"):
        bank_account = _make_default(ctx, bank_account)
    previous = {name: value for name, value in before.items() if bank_account[name] != value}
    if previous:
        events.emit(
            ctx, "account.external_account.updated", bank_account, scope=ctx.scope, previous_attributes=previous
        )
    return bank_account


def _take_documents(call: Call, bank_account: dict, given: dict) -> None:
    """They are the account's; the bank account is then looked at once more."""
    documents.check_all(call, call.scope, {"documents": given}, is_form=True)
    account = accounts.require(call.db, call.scope)
    before = account_state.photograph(call, account)
    lists = {name: {"type": "files", **document} for name, document in given.items()}
    account["business"] = merged(account["business"], {"documents": lists})
    account_state.settle(call, account, before)
    bank_account["requirements"] = {**_NO_REQUIREMENTS, "pending_verification": [OWNERSHIP]}
    later(call, call.now + CHECKED_AFTER, "external_account.own", scope=call.scope, id=bank_account["id"])


@route("DELETE", "/v1/accounts/{account}/external_accounts/{id}")
def delete(call: Call) -> dict:
    """Remove a bank account that is not the default."""
    ctx = _for_account(call)
    bank_account = _get(ctx, call.path["id"])
    if bank_account["default_for_currency"]:
        message = "The default external account of a currency cannot be deleted. Make another one the default first."
        raise errors.invalid(message)
    account = accounts.require(ctx.db, ctx.scope)
    before = account_state.photograph(ctx, account)
    ctx.db.delete(ctx.scope, KIND, bank_account["id"])
    events.emit(ctx, "account.external_account.deleted", bank_account, scope=ctx.scope)
    account_state.settle(ctx, account, before)
    return {"id": bank_account["id"], "object": "bank_account", "deleted": True}


def of_account(ctx: Context) -> list[dict]:
    """External accounts of the account acted for, newest first."""
    return ctx.db.list(ctx.scope, KIND)


def _for_account(call: Call) -> Call:
    """The same call, acting for the account in the path."""
    account = accounts.of_path(call, call.path["account"])
    return replace(call, scope=account["id"])


def _get(ctx: Context, id: str) -> dict:
    bank_account = ctx.db.get(ctx.scope, KIND, id)
    if bank_account is None:
        raise errors.not_found("external account", id, "id")
    return bank_account


def _bank_account(call: Call, given: dict | str) -> dict:
    """From numbers, or from a token of whoever calls."""
    if isinstance(given, str):
        return tokens.take(call, given, param="external_account")
    return bank_accounts.build(given, bank_accounts.check_numbers(given, param="external_account"))


def _refuse_card_fields(params: dict) -> None:
    card_fields = sorted(name for name in params if name.startswith(("address_", "exp_")) or name == "name")
    if card_fields:
        raise errors.unknown(*card_fields)


def _make_default(ctx: Context, bank_account: dict) -> dict:
    for other in of_account(ctx):
        if other["currency"] == bank_account["currency"] and other["default_for_currency"]:
            _keep(ctx, {**other, "default_for_currency": False})
    return _keep(ctx, {**bank_account, "default_for_currency": True})


def _keep(ctx: Context, bank_account: dict) -> dict:
    return ctx.db.put(ctx.scope, KIND, bank_account["id"], bank_account)
