"""Control routes about money: what banks and staff of Stripe do, and a recount of the books."""

import re

from local_stripe import ledger
from local_stripe.context import Context
from local_stripe.control import Refused, context, control
from local_stripe.errors import StripeError
from local_stripe.resources import balance, sources, topups
from local_stripe.server import Server
from local_stripe.store import PLATFORM


@control("POST", "/accounts/{id}/fund")
def fund(server: Server, body: dict, query: dict) -> dict:
    """{"balance": "payments"|"issuing", "amount": in minor units, "currency"}: money from outside; id or "platform"."""
    scope, amount, currency = body["id"], body["amount"], body.get("currency", "usd")
    if scope != PLATFORM and server.db.get(PLATFORM, "account", scope) is None:
        raise Refused(f"no account {scope}")
    if body["balance"] not in ledger.BALANCES:
        raise Refused(f"balance must be one of {', '.join(ledger.BALANCES)}")
    if type(amount) is not int or amount < 1:
        raise Refused("amount must be a positive integer in minor units")
    if not re.fullmatch("[a-z]{3}", str(currency)):
        raise Refused("currency must be three lowercase letters")
    try:
        with server.db.transaction():
            return balance.fund(context(server, scope), balance=body["balance"], amount=amount, currency=currency)
    except StripeError as refusal:
        raise Refused(refusal.message) from refusal


@control("POST", "/topups/{id}/succeed")
def succeed_topup(server: Server, body: dict, query: dict) -> dict:
    """Let a pending top-up arrive now instead of on its banking day."""
    with server.db.transaction():
        return topups.succeed(*_found(server, "topup", body["id"], ("pending",)))


@control("POST", "/topups/{id}/fail")
def fail_topup(server: Server, body: dict, query: dict) -> dict:
    """{"failure_code"? = "insufficient_funds"}: let the bank refuse a pending top-up now."""
    failure_code = body.get("failure_code", "insufficient_funds")
    if failure_code not in topups.FAILURE_MESSAGES:
        raise Refused(f"failure_code must be one of {', '.join(topups.FAILURE_MESSAGES)}")
    with server.db.transaction():
        return topups.fail(*_found(server, "topup", body["id"], ("pending",)), failure_code)


@control("POST", "/topups/{id}/reverse")
def reverse_topup(server: Server, body: dict, query: dict) -> dict:
    """Let the bank take a succeeded top-up back."""
    with server.db.transaction():
        return topups.reverse(*_found(server, "topup", body["id"], ("succeeded",)))


@control("POST", "/sources/{id}/fail")
def fail_source(server: Server, body: dict, query: dict) -> dict:
    """Let the verification of a pending source fail."""
    with server.db.transaction():
        return sources.fail(*_found(server, "source", body["id"], ("pending",)))


@control("POST", "/sources/{id}/cancel")
def cancel_source(server: Server, body: dict, query: dict) -> dict:
    """Cancel a pending or chargeable source, as Stripe does when the customer withdraws."""
    with server.db.transaction():
        return sources.move(*_found(server, "source", body["id"], ("pending", "chargeable")), "canceled")


@control("GET", "/ledger")
def ledger_check(server: Server, body: dict, query: dict) -> dict:
    """Recount the books: {"balanced", "entries" or "problem", "balances": [{scope, balance, currency, amount}]}."""
    balances = [{"scope": scope, **book} for scope, book in server.db.everywhere("ledger_book")]
    try:
        return {"balanced": True, "entries": ledger.check(server.db), "balances": balances}
    except ledger.LedgerBroken as problem:
        return {"balanced": False, "problem": str(problem), "balances": balances}


def _found(server: Server, kind: str, id: str, statuses: tuple[str, ...]) -> tuple[Context, dict]:
    """The object with a context of its own account; refused unless it is in one of `statuses`."""
    found = server.db.find(kind, id)
    if found is None:
        raise Refused(f"no {kind} {id}")
    scope, obj = found
    if obj["status"] not in statuses:
        raise Refused(f"the {kind} is {obj['status']}, not {' or '.join(statuses)}")
    return context(server, scope), obj
