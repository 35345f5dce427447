"""`ach_debit` sources: a customer's bank account that may be debited once two microdeposits have been confirmed.

There is no list of sources, as at Stripe: whoever makes one keeps its id.
"""

import re
from dataclasses import replace

from local_stripe import bank_numbers, calendar, errors, events, ids
from local_stripe.clock import job, later
from local_stripe.context import Call, Context
from local_stripe.metadata import merge_metadata
from local_stripe.resources import bank_accounts, mandates, route, tokens

# Stripe's guide to ACH microdeposits allows three attempts; that sources count the same way is an assumption.
VERIFICATION_ATTEMPTS = 3
MICRODEPOSITS = (32, 45)

_EMPTY_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_EMPTY_OWNER = {
    "address": _EMPTY_ADDRESS,
    "email": None,
    "name": None,
    "phone": None,
    "verified_address": _EMPTY_ADDRESS,
    "verified_email": None,
    "verified_name": None,
    "verified_phone": None,
}


@route("POST", "/v1/sources")
def create(call: Call) -> dict:
    """Make a source of a token, pending until its microdeposits are confirmed."""
    _check_terms(call.params)
    bank_accounts.require_us(call)
    bank_account = tokens.take(call, call.params["token"], param="token")
    bank_accounts.require_us_account(bank_account, "token")
    verified = bank_numbers.is_verified_token(call.params["token"])
    source = open_source(call, bank_account, call.params, verified=verified)
    if bank_account["_outcome"] == bank_numbers.MICRODEPOSITS_FAIL:
        later(call, calendar.ach_arrival(call.now, 1), "source.microdeposits_bounce", scope=call.scope, id=source["id"])
    return source


@route("GET", "/v1/sources/{id}")
def retrieve(call: Call) -> dict:
    return get(call, call.path["id"], param="source")


@route("POST", "/v1/sources/{id}")
def update(call: Call) -> dict:
    """Change mandate, owner and metadata."""
    source = get(call, call.path["id"], param="source")
    params = call.params
    if "mandate" in params:
        source["_mandate"] = mandates.checked(params["mandate"], currency=source["currency"])
    if "owner" in params:
        source["owner"] = _owner(params["owner"], source["owner"])
    source["amount"] = params.get("amount", source["amount"])
    source["metadata"] = merge_metadata(source["metadata"], params.get("metadata"))
    return _keep(call, source)


@route("POST", "/v1/sources/{id}/verify")
def verify(call: Call) -> dict:
    """Compare the amounts with the microdeposits: chargeable when they match, failed after the last wrong attempt."""
    source = get(call, call.path["id"], param="source")
    if source["status"] != "pending":
        message = f"Only a pending source can be verified; this one is {source['status']}."
        raise errors.invalid(message, code="bank_account_verification_failed")
    if sorted(_amounts(call.params["values"])) == sorted(MICRODEPOSITS):
        source["code_verification"]["status"] = "succeeded"
        return move(call, source, "chargeable")
    raise _wrong_attempt(call, source)


def open_source(ctx: Context, bank_account: dict, params: dict, *, verified: bool) -> dict:
    """Make and keep a source for a bank account. A verified account needs no microdeposits: chargeable at once."""
    source = {
        "id": ids.new_id("src"),
        "object": "source",
        "ach_debit": _ach_debit(bank_account),
        "allow_redisplay": None,
        "amount": params.get("amount"),
        "client_secret": f"src_client_secret_{ids.random_text(24)}",
        "code_verification": {"attempts_remaining": VERIFICATION_ATTEMPTS, "status": "pending"},
        "created": ctx.now,
        "currency": "usd",
        "flow": "code_verification",
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata")),
        "owner": _owner(params.get("owner", {}), _EMPTY_OWNER),
        "statement_descriptor": params.get("statement_descriptor") or None,
        "status": "pending",
        "type": "ach_debit",
        "usage": params.get("usage", "reusable"),
        "_mandate": mandates.checked(params["mandate"], currency="usd") if "mandate" in params else None,
        "_outcome": bank_account["_outcome"],
    }
    _keep(ctx, source)
    if verified:
        source["code_verification"]["status"] = "succeeded"
        move(ctx, source, "chargeable")
    return source


def get(ctx: Context, source_id: str, *, param: str) -> dict:
    """A source of the account acted for. Another account's is as absent as one that never was: StripeError (404)."""
    source = ctx.db.get(ctx.scope, "source", source_id)
    if source is None:
        raise errors.not_found("source", source_id, param)
    return source


def move(ctx: Context, source: dict, status: str) -> dict:
    """Make a source chargeable, failed or canceled, and say so by an event."""
    source["status"] = status
    _keep(ctx, source)
    events.emit(ctx, f"source.{status}", source, scope=ctx.scope)
    return source


def fail(ctx: Context, source: dict) -> dict:
    """End verification for good: the customer has to start again with a new token."""
    source["code_verification"] = {"attempts_remaining": 0, "status": "failed"}
    return move(ctx, source, "failed")


def use(ctx: Context, source: dict) -> None:
    """Note that a debit was made: a single-use source is spent by it."""
    if source["usage"] == "single_use":
        source["status"] = "consumed"
        _keep(ctx, source)


@job("source.microdeposits_bounce")
def bounce_microdeposits(ctx: Context, *, scope: str, id: str) -> None:
    ctx = replace(ctx, scope=scope)
    source = get(ctx, id, param="source")
    if source["status"] == "pending":
        fail(ctx, source)


def _check_terms(params: dict) -> None:
    if "type" not in params:
        raise errors.missing("type")
    if params["type"] != "ach_debit":
        raise errors.invalid(f"Sources of the type {params['type']} are not supported here.", param="type")
    if "currency" not in params:
        raise errors.missing("currency")
    if params["currency"].lower() != "usd":
        raise errors.invalid("ACH debits are made in usd.", param="currency")
    if "token" not in params:
        raise errors.missing("token")
    if params.get("usage") == "single_use" and "amount" not in params:
        raise errors.missing("amount")


def _ach_debit(bank_account: dict) -> dict:
    return {
        "bank_name": bank_account["bank_name"],
        "country": bank_account["country"],
        "fingerprint": bank_account["fingerprint"],
        "last4": bank_account["last4"],
        "routing_number": bank_account["routing_number"],
        "type": bank_account["account_holder_type"],
    }


def _owner(given: dict, before: dict) -> dict:
    """The owner after a request that gave `given`: an empty value unsets its field."""
    address = {name: value or None for name, value in given.get("address", {}).items()}
    fields = {name: value or None for name, value in given.items() if name != "address"}
    return {**before, **fields, "address": {**before["address"], **address}}


def _amounts(values: list[str]) -> list[int]:
    """The two deposits in cents, in the order typed. Raises StripeError (400) when they cannot be deposits at all."""
    if len(values) != 2:
        raise errors.invalid("Two amounts are needed.", param="values")
    if not all(re.fullmatch(r"[0-9]{1,2}", value) and int(value) for value in map(str, values)):
        raise errors.invalid("Each amount is between 1 and 99 cents.", param="values")
    return [int(value) for value in values]


def _wrong_attempt(ctx: Context, source: dict) -> errors.StripeError:
    """Count the attempt, which stays counted although the request is refused; the last one fails the source."""
    source["code_verification"]["attempts_remaining"] -= 1
    if source["code_verification"]["attempts_remaining"]:
        _keep(ctx, source)
    else:
        fail(ctx, source)
    refusal = errors.invalid(
        "The amounts provided do not match the amounts that were sent to the bank account.",
        param="values",
        code="bank_account_verification_failed",
    )
    refusal.keeps_effects = True
    return refusal


def _keep(ctx: Context, source: dict) -> dict:
    return ctx.db.put(ctx.scope, "source", source["id"], source)
