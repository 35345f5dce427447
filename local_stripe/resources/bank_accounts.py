"""The bank_account object, as it appears inside tokens and as an external account."""

from local_stripe import bank_numbers, errors, ids
from local_stripe.bank_numbers import BankNumbers
from local_stripe.context import Context
from local_stripe.resources import accounts


def require_us(ctx: Context) -> None:
    """Raises StripeError (400) when the account acted for is not in the US, where alone funds can be pulled."""
    account = accounts.load(ctx.db, ctx.scope)
    if account and (account["country"] or "US").upper() != "US":
        message = "Funds can be pulled from bank accounts of US businesses only."
        raise errors.invalid(message, code="country_unsupported")


def check_numbers(given: dict, *, param: str) -> BankNumbers:
    """Check the numbers in a bank account hash named `param`; raises StripeError (400).

    US accounts in US dollars only: pull funding exists nowhere else.
    """
    if given["country"].upper() != "US":
        message = f"Bank accounts of '{given['country']}' are not supported here: pull funding is for the US."
        raise errors.invalid(message, param=f"{param}[country]", code="country_unsupported")
    if given.get("currency", "usd").lower() != "usd":
        raise errors.invalid("A US bank account has the currency usd.", param=f"{param}[currency]")
    if "routing_number" not in given:
        raise errors.missing(f"{param}[routing_number]")
    if not bank_numbers.is_routing_number(given["routing_number"]):
        message = "The routing number is not that of a bank."
        raise errors.invalid(message, param=f"{param}[routing_number]", code="routing_number_invalid")
    if not bank_numbers.is_account_number(given["account_number"]):
        message = "The account number is not valid."
        raise errors.invalid(message, param=f"{param}[account_number]", code="account_number_invalid")
    return bank_numbers.read(given["routing_number"], given["account_number"])


def build(given: dict, numbers: BankNumbers) -> dict:
    """The object for checked `numbers`, with the private outcome that settlement needs."""
    return {
        "id": ids.new_id("ba"),
        "object": "bank_account",
        "account_holder_name": given.get("account_holder_name"),
        "account_holder_type": given.get("account_holder_type"),
        "account_type": given.get("account_type"),
        "bank_name": numbers.bank_name,
        "country": "US",
        "currency": "usd",
        "fingerprint": numbers.fingerprint,
        "last4": numbers.last4,
        "routing_number": numbers.routing_number,
        "status": "new",
        "_outcome": numbers.outcome,
    }
