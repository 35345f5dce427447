"""The bank_account object, as it appears inside tokens and as an external account."""

from local_stripe import bank_numbers, errors, ibans, ids
from local_stripe.bank_numbers import BankNumbers
from local_stripe.context import Context
from local_stripe.resources import accounts


def require_us(ctx: Context) -> None:
    """Raises StripeError (400) when the account acted for is not in the US, where alone funds can be pulled."""
    account = accounts.load(ctx.db, ctx.scope)
    if account and (account["country"] or "US").upper() != "US":
        message = "Funds can be pulled from bank accounts of US businesses only."
        raise errors.invalid(message, code="country_unsupported")


def require_us_account(bank_account: dict, param: str) -> None:
    """Raises StripeError (400) for an account that no funds can be pulled from."""
    if bank_account["country"] != "US":
        message = "Funds can be pulled from US bank accounts only."
        raise errors.invalid(message, param=param, code="country_unsupported")


def check_numbers(given: dict, *, param: str) -> BankNumbers:
    """Check the numbers in a bank account hash named `param`; raises StripeError (400)."""
    country = given["country"].upper()
    if country == "US":
        return _check_us(given, param)
    if country not in ibans.LENGTHS:
        message = f"Bank accounts of '{country}' are not supported."
        raise errors.invalid(message, param=f"{param}[country]", code="country_unsupported")
    currency = given.get("currency", accounts.CURRENCY_OF.get(country, "eur")).lower()
    if currency not in {"eur", accounts.CURRENCY_OF.get(country, "eur")}:
        message = f"A bank account of {country} does not have the currency {currency}."
        raise errors.invalid(message, param=f"{param}[currency]")
    if country == "GB" and ("routing_number" in given or not given["account_number"][:2].isalpha()):
        return _check_british(given, param, currency)
    if not ibans.is_iban(given["account_number"], country):
        message = f"The account number is not an IBAN of {country}."
        raise errors.invalid(message, param=f"{param}[account_number]", code="account_number_invalid")
    return bank_numbers.read_abroad(None, ibans.compact(given["account_number"]), country, currency)


def _check_us(given: dict, param: str) -> BankNumbers:
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


def _check_british(given: dict, param: str, currency: str) -> BankNumbers:
    """A sort code and an account number."""
    if "routing_number" not in given:
        raise errors.missing(f"{param}[routing_number]")
    if not ibans.is_sort_code(given["routing_number"]):
        message = "The sort code must have 6 digits."
        raise errors.invalid(message, param=f"{param}[routing_number]", code="routing_number_invalid")
    if not ibans.is_british_account_number(given["account_number"]):
        message = "The account number must have 8 digits."
        raise errors.invalid(message, param=f"{param}[account_number]", code="account_number_invalid")
    sort_code, number = ibans.compact(given["routing_number"]), ibans.compact(given["account_number"])
    return bank_numbers.read_abroad(sort_code, number, "GB", currency)


def build(given: dict, numbers: BankNumbers) -> dict:
    """The object for checked `numbers`, with the private outcome that settlement needs."""
    return {
        "id": ids.new_id("ba"),
        "object": "bank_account",
        "account_holder_name": given.get("account_holder_name"),
        "account_holder_type": given.get("account_holder_type"),
        "account_type": given.get("account_type"),
        "bank_name": numbers.bank_name,
        "country": numbers.country,
        "currency": numbers.currency,
        "fingerprint": numbers.fingerprint,
        "last4": numbers.last4,
        "routing_number": numbers.routing_number,
        "status": "new",
        "_outcome": numbers.outcome,
    }
