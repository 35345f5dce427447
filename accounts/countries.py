"""Countries in the reader's language, and what Stripe allows in them."""

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

from accounts.models import ConnectedAccount


def country_name(code: str) -> str:
    """`US` → `United States`; the code itself for one that has no name."""
    territories = Locale.parse(get_language() or settings.LANGUAGE_CODE, sep="-").territories
    return territories.get(code, code)


def debit_countries() -> list[str]:
    """Stripe's guide "Funding Issuing balances with Connect": pull funding isn't available in the EU or the UK."""
    return [code for code, facts in settings.ISSUING_COUNTRIES.items() if facts["calendar"] == "fed"]


def is_funded_by_debits(account: ConnectedAccount) -> bool:
    """Whether money for its cards can be pulled from a bank account; elsewhere it comes by bank transfer."""
    is_pulled = account.country in debit_countries() and account.currency in settings.TOP_UP_LIMITS
    return account.kind == ConnectedAccount.Kind.ISSUING and is_pulled
