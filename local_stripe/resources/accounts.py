"""The one record behind an account's v1 and v2 faces; account_views_v1 and account_views_v2 render it."""

import re

from local_stripe import errors
from local_stripe.context import Call, Context
from local_stripe.store import PLATFORM, Store

KIND = "account"
COUNTRY = re.compile(r"^[A-Za-z]{2}$")
EURO_AREA = (
    *("AT", "BE", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PT", "SI", "SK"),
)
CURRENCIES = {"US": "usd", "GB": "gbp", "CA": "cad", "MX": "mxn", "AR": "ars", **dict.fromkeys(EURO_AREA, "eur")}
# Where accounts can be made besides, in a currency of their own.
ELSEWHERE = {
    "AE": "aed", "AU": "aud", "BG": "bgn", "BR": "brl", "CH": "chf", "CZ": "czk", "DK": "dkk", "GI": "gbp", "HK": "hkd",
    "HU": "huf", "JP": "jpy", "LI": "chf", "MY": "myr", "NO": "nok", "NZ": "nzd", "PL": "pln", "RO": "ron", "SE": "sek",
    "SG": "sgd", "TH": "thb",
}  # fmt: skip
CURRENCY_OF = {**CURRENCIES, **ELSEWHERE}

CARD_ISSUING, TRANSFERS, CARD_PAYMENTS = "card_issuing", "transfers", "card_payments"
STRIPE_TRANSFERS = "recipient:stripe_balance.stripe_transfers"


def new(ctx: Context, id: str) -> dict:
    """An account about which nothing is known yet."""
    return {
        "id": id,
        "created": ctx.now,
        "closed": False,
        "country": None,
        "entity_type": None,
        "dashboard": "none",
        "contact_email": None,
        "contact_phone": None,
        "display_name": None,
        "metadata": {},
        "default_currency": None,
        "responsibilities": None,
        "locales": [],
        "profile": {},
        "business": {},
        "persons_provided": {},
        "terms": {},
        "configurations": {},
        "capabilities": {},
        "settings": {},
        "business_profile": {},
        "legacy_type": "none",
        "requirement_collection": None,
        "verification": {"state": "unverified", "errors": []},
        "hold": None,
        "extra_requirements": [],
    }


def load(db: Store, id: str) -> dict | None:
    return db.get(PLATFORM, KIND, id)


def require(db: Store, id: str) -> dict:
    """The account, known to exist. Raises LookupError when it does not."""
    account = load(db, id)
    if account is None:
        raise LookupError(id)
    return account


def save(db: Store, account: dict) -> dict:
    return db.put(PLATFORM, KIND, account["id"], account)


def of_path(call: Call, id: str) -> dict:
    """The account a v1 path names. Raises StripeError (403) when the caller has no such account."""
    account = load(call.db, id)
    if account is None or call.scope not in (PLATFORM, id):
        raise errors.account_invalid("sk_test_************", id)
    return account


def of_path_v2(call: Call, id: str) -> dict:
    """The account a v2 path names. Raises StripeError (404) when the caller has no such account."""
    account = load(call.db, id)
    if account is None or call.scope not in (PLATFORM, id):
        raise errors.not_found("v2.core.account", id)
    return account


def check_country(code: str, param: str) -> str:
    """The code in capitals. Raises StripeError for what is no two-letter country code, or where Stripe is not."""
    if not COUNTRY.match(code):
        raise errors.invalid(f"Country '{code}' is unknown.", param=param, code="country_code_invalid")
    if code.upper() not in CURRENCY_OF:
        message = f"{code.upper()} is not currently supported by Stripe."
        raise errors.invalid(message, param=param, code="country_unsupported")
    return code.upper()


def check_currency(code: str, param: str) -> str:
    """The code in lower case. Raises StripeError for a currency no account keeps its money in."""
    if code.lower() not in CURRENCY_OF.values():
        raise errors.invalid(f"Invalid currency: {code.lower()}.", param=param)
    return code.lower()


def default_currency(db: Store, id: str) -> str:
    """The lowercase currency an account keeps its money in, "usd" for the platform."""
    account = load(db, id) if id != PLATFORM else None
    if account is None:
        return "usd"
    return account["default_currency"] or CURRENCY_OF.get(account["country"] or "US", "usd")


def may_issue_cards(db: Store, id: str) -> bool:
    """Whether the account has card issuing active, and so an Issuing balance."""
    account = load(db, id)
    return account is not None and any(
        path.startswith("card_creator:") and capability["status"] == "active"
        for path, capability in account["capabilities"].items()
    )
