"""GET /v1/balance, and money that comes from outside without a top-up."""

from local_stripe import errors, events, ledger
from local_stripe.context import Call, Context
from local_stripe.resources import accounts, route
from local_stripe.store import PLATFORM


@route("GET", "/v1/balance")
def retrieve(call: Call) -> dict:
    return of(call)


def of(ctx: Context) -> dict:
    """The balance of the account acted for. `issuing` is there only for those who may, or once could, issue cards."""
    payments = _amounts(ctx, ledger.PAYMENTS)
    balance = {
        "object": "balance",
        "available": [_with_source_types(currency, amount) for currency, amount in payments.items()],
        "livemode": False,
        "pending": [_with_source_types(currency, 0) for currency in payments],
    }
    if ctx.scope == PLATFORM:
        balance["connect_reserved"] = [{"amount": 0, "currency": currency} for currency in payments]
    if has_issuing(ctx) or ledger.amounts_in(ctx.db, ctx.scope, ledger.ISSUING):
        issuing = _amounts(ctx, ledger.ISSUING)
        available = [{"amount": amount, "currency": currency} for currency, amount in issuing.items()]
        balance["issuing"] = {"available": available}
    return balance


def has_issuing(ctx: Context) -> bool:
    """Whether the Issuing balance of the account acted for may be funded: the platform's, and who may issue cards."""
    return ctx.scope == PLATFORM or accounts.may_issue_cards(ctx.db, ctx.scope)


def require_issuing(ctx: Context) -> None:
    """Raises StripeError (400) when the account acted for may not issue cards."""
    if not has_issuing(ctx):
        message = "The account needs an active card issuing capability before its Issuing balance can be funded."
        raise errors.invalid(message, param="destination_balance")


def announce(ctx: Context) -> None:
    """Say by an event that money became available."""
    events.emit(ctx, "balance.available", of(ctx), scope=ctx.scope)


def fund(ctx: Context, *, balance: str, amount: int, currency: str) -> dict:
    """Bring money from outside into a balance of the account acted for, at once. Returns the balance transaction.

    It stands for whatever earned the money; Stripe has no such call. `amount` is in minor units.
    Raises StripeError (400) when the account has no such balance.
    """
    if balance == ledger.ISSUING:
        require_issuing(ctx)
    book = ledger.Book(ctx.scope, balance, currency)
    description = "Money from outside"
    transaction = ledger.exchange_with_outside(
        ctx.db, book, amount, type="adjustment", source=None, description=description, now=ctx.now
    )
    announce(ctx)
    return transaction


def _amounts(ctx: Context, balance: str) -> dict[str, int]:
    currency = accounts.default_currency(ctx.db, ctx.scope)
    return {currency: 0, **ledger.amounts_in(ctx.db, ctx.scope, balance)}


def _with_source_types(currency: str, amount: int) -> dict:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
