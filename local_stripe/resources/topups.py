"""Top-ups: money pulled by ACH from a bank account into the payments or the Issuing balance.

A top-up is pending for days and no part of the balance until it succeeds. Long after that the bank may have it back.
Stripe's guides: "Funding Issuing balances with Connect" (pull funding) and "Add funds to your platform balance".
"""

import re
from dataclasses import replace

from local_stripe import bank_numbers, calendar, errors, events, ids, ledger, pagination
from local_stripe.clock import job, later
from local_stripe.context import Call, Context
from local_stripe.metadata import merge_metadata
from local_stripe.resources import balance, bank_accounts, route, sources, tokens
from local_stripe.store import PLATFORM

SETTLES_AFTER_BANKING_DAYS = 5
# A bank returns a debit by the second banking day after it was presented, which is the day after it was made.
RETURNED_AFTER_BANKING_DAYS = 3
# Eight digits, Stripe's limit for other amounts; the one for top-ups is not public.
LARGEST_AMOUNT = 99_999_999

FAILURE_MESSAGES = {
    "account_closed": "The bank account has been closed.",
    "debit_not_authorized": "Debit transactions are not approved on the bank account.",
    "insufficient_funds": "The bank account has insufficient funds to cover the top-up.",
    "invalid_currency": "The bank was unable to process the top-up because of its currency.",
    "no_account": "The bank account could not be located.",
}


@route("POST", "/v1/topups")
def create(call: Call) -> dict:
    """Debit a chargeable source (the platform: its own bank account) by `amount` cents; the bank answers days later."""
    _check_terms(call.params)
    bank_accounts.require_us(call)
    destination = call.params.get("destination_balance", ledger.PAYMENTS)
    if destination == ledger.ISSUING:
        balance.require_issuing(call)
    source = _chargeable_source(call)
    if source:
        sources.use(call, source)
    topup = _keep(call, _build(call, source, destination))
    _plan_outcome(call, topup, source["_outcome"] if source else bank_numbers.GOOD)
    events.emit(call, "topup.created", topup, scope=call.scope)
    return topup


@route("GET", "/v1/topups/{id}")
def retrieve(call: Call) -> dict:
    return get(call, call.path["id"])


@route("GET", "/v1/topups")
def list_topups(call: Call) -> dict:
    params = call.params
    return pagination.page(
        call,
        "topup",
        where=lambda topup: (
            topup["status"] == params.get("status", topup["status"])
            and pagination.in_range(topup["amount"], params.get("amount"))
            and pagination.in_range(topup["created"], params.get("created"))
        ),
    )


@route("POST", "/v1/topups/{id}")
def update(call: Call) -> dict:
    """Change description and metadata; nothing else of a top-up can be changed."""
    topup = get(call, call.path["id"])
    if "description" in call.params:
        topup["description"] = call.params["description"] or None
    topup["metadata"] = merge_metadata(topup["metadata"], call.params.get("metadata"))
    return _keep(call, topup)


@route("POST", "/v1/topups/{id}/cancel")
def cancel(call: Call) -> dict:
    """Call a pending top-up off: it will not arrive."""
    topup = get(call, call.path["id"])
    if topup["status"] != "pending":
        raise errors.invalid(f"Only a pending top-up can be canceled; this one is {topup['status']}.")
    return _move(call, topup, "canceled", expected_availability_date=None)


def get(ctx: Context, topup_id: str) -> dict:
    """A top-up of the account acted for; StripeError (404) for any other."""
    topup = ctx.db.get(ctx.scope, "topup", topup_id)
    if topup is None:
        raise errors.not_found("topup", topup_id, "topup")
    return topup


def succeed(ctx: Context, topup: dict) -> dict:
    """Let the money arrive: from now on it is part of the balance."""
    transaction = _enter(ctx, topup, topup["amount"], "topup")
    topup = _move(ctx, topup, "succeeded", balance_transaction=transaction["id"])
    balance.announce(ctx)
    return topup


def fail(ctx: Context, topup: dict, failure_code: str) -> dict:
    """Let the bank refuse the debit. No money has moved."""
    message = FAILURE_MESSAGES[failure_code]
    return _move(
        ctx, topup, "failed", failure_code=failure_code, failure_message=message, expected_availability_date=None
    )


def reverse(ctx: Context, topup: dict) -> dict:
    """Let the bank take a succeeded top-up back, even below zero."""
    _enter(ctx, topup, -topup["amount"], "topup_reversal")
    return _move(ctx, topup, "reversed")


@job("topup.settle")
def settle(ctx: Context, *, scope: str, id: str) -> None:
    ctx = replace(ctx, scope=scope)
    topup = get(ctx, id)
    if topup["status"] == "pending":
        succeed(ctx, topup)


@job("topup.bounce")
def bounce(ctx: Context, *, scope: str, id: str, failure_code: str) -> None:
    ctx = replace(ctx, scope=scope)
    topup = get(ctx, id)
    if topup["status"] == "pending":
        fail(ctx, topup, failure_code)


def _check_terms(params: dict) -> None:
    amount = params["amount"]
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise errors.invalid(message, param="amount", code="parameter_invalid_integer")
    if amount > LARGEST_AMOUNT:
        message = f"Amount must be no more than {LARGEST_AMOUNT} in the smallest currency unit."
        raise errors.invalid(message, param="amount", code="amount_too_large")
    if params["currency"].lower() != "usd":
        raise errors.invalid("Funds can be pulled in usd only.", param="currency")
    if "payment_method" in params:
        raise errors.not_found("PaymentMethod", params["payment_method"], "payment_method")
    if params.get("statement_descriptor"):
        _check_statement_descriptor(params["statement_descriptor"])


def _check_statement_descriptor(text: str) -> None:
    if len(text) > 15 or not text.isascii() or not text.isprintable():
        message = "The statement descriptor is limited to 15 ASCII characters."
        raise errors.invalid(message, param="statement_descriptor")
    if not re.search(r"[A-Za-z]", text):
        raise errors.invalid("The statement descriptor needs at least one letter.", param="statement_descriptor")


def _chargeable_source(call: Call) -> dict | None:
    """The source to debit; None stands for the platform's own bank account, verified on the Dashboard."""
    if not call.params.get("source"):
        if call.scope == PLATFORM:
            return None
        raise errors.missing("source")
    source_id = call.params["source"]
    if source_id.startswith("btok_"):
        return _source_of_token(call, source_id)
    source = sources.get(call, source_id, param="source")
    if source["status"] != "chargeable":
        message = f"The source {source_id} is {source['status']}; only a chargeable one can be debited."
        raise errors.invalid(message, param="source", code=_refusal_code(source))
    return source


def _source_of_token(call: Call, token_id: str) -> dict:
    """Ready-made tokens of verified accounts may stand in for a source; a customer's own account never has been."""
    if not bank_numbers.is_verified_token(token_id):
        if bank_numbers.of_ready_made_token(token_id) is None:
            tokens.get(call, token_id, param="source")
        message = "The bank account of this token has not been verified: make a source of it and verify that."
        raise errors.invalid(message, param="source", code="bank_account_unverified")
    bank_account = tokens.take(call, token_id, param="source")
    return sources.open_source(call, bank_account, {}, verified=True)


def _refusal_code(source: dict) -> str:
    return "bank_account_unverified" if source["status"] == "pending" else "bank_account_unusable"


def _build(call: Call, source: dict | None, destination: str) -> dict:
    params = call.params
    return {
        "id": ids.new_id("tu"),
        "object": "topup",
        "amount": params["amount"],
        "balance_transaction": None,
        "created": call.now,
        "currency": "usd",
        "description": params.get("description") or None,
        "expected_availability_date": calendar.ach_arrival(call.now, SETTLES_AFTER_BANKING_DAYS),
        "failure_code": None,
        "failure_message": None,
        "initiated_by": "user",
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata")),
        "payment_method": None,
        "payment_method_options": params.get("payment_method_options"),
        "source": source,
        "statement_descriptor": params.get("statement_descriptor") or "Top-up",
        "status": "pending",
        "transfer_group": params.get("transfer_group") or None,
        "_destination": destination,
    }


def _plan_outcome(ctx: Context, topup: dict, outcome: str) -> None:
    if outcome in FAILURE_MESSAGES:
        moment = calendar.ach_arrival(ctx.now, RETURNED_AFTER_BANKING_DAYS)
        later(ctx, moment, "topup.bounce", scope=ctx.scope, id=topup["id"], failure_code=outcome)
    else:
        later(ctx, topup["expected_availability_date"], "topup.settle", scope=ctx.scope, id=topup["id"])


def _enter(ctx: Context, topup: dict, amount: int, type: str) -> dict:
    book = ledger.Book(ctx.scope, topup["_destination"], topup["currency"])
    return ledger.exchange_with_outside(
        ctx.db, book, amount, type=type, source=topup["id"], description=topup["description"], now=ctx.now
    )


def _move(ctx: Context, topup: dict, status: str, **changes) -> dict:
    topup = _keep(ctx, {**topup, "status": status, **changes})
    events.emit(ctx, f"topup.{status}", topup, scope=ctx.scope)
    return topup


def _keep(ctx: Context, topup: dict) -> dict:
    return ctx.db.put(ctx.scope, "topup", topup["id"], topup)
