"""Bank numbers: what well-formed US ones look like, and what the documented test numbers lead to."""

import hashlib
import re
from dataclasses import dataclass

TEST_ROUTING_NUMBER = "110000000"
TEST_BANK_NAME = "STRIPE TEST BANK"

# Outcomes of a bank account. Everything but these is a top-up `failure_code`.
GOOD = "good"
MICRODEPOSITS_FAIL = "microdeposits_fail"
# Whose account it is must be shown: Stripe finds out by itself after a while, or needs a document.
OWNERSHIP_CHECKED, OWNERSHIP_DOCUMENT = "ownership_checked", "ownership_document"

_OUTCOME_BY_ACCOUNT_NUMBER = {
    "000111111113": "account_closed",
    "000111111116": "no_account",
    "000222222227": "insufficient_funds",
    "000333333335": "debit_not_authorized",
    "000444444440": "invalid_currency",
    "000666666661": MICRODEPOSITS_FAIL,
    "000999999991": OWNERSHIP_CHECKED,
    "000999999992": OWNERSHIP_DOCUMENT,
}

# Ready-made tokens. Unlike a token made from numbers, one of these can be used any number of times.
_ACCOUNT_NUMBER_BY_TOKEN = {
    "btok_us": "000123456789",
    "btok_us_verified": "000123456789",
    "btok_us_verified_noAccount": "000111111116",
    "btok_us_verified_accountClosed": "000111111113",
    "btok_us_verified_insufficientFunds": "000222222227",
    "btok_us_verified_debitNotAuthorized": "000333333335",
    "btok_us_verified_invalidCurrency": "000444444440",
}

_FINGERPRINT_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class BankNumbers:
    """All that is kept of a routing and account number once they have been checked; the full number is not."""

    routing_number: str | None
    last4: str
    fingerprint: str
    outcome: str
    country: str = "US"
    currency: str = "usd"

    @property
    def bank_name(self) -> str | None:
        return TEST_BANK_NAME if self.country != "US" or self.routing_number == TEST_ROUTING_NUMBER else None


def is_routing_number(value: str) -> bool:
    """Whether `value` is nine digits whose ABA check digit is right."""
    if not re.fullmatch(r"[0-9]{9}", value) or value == "000000000":
        return False
    weights = (3, 7, 1) * 3
    return sum(weight * int(digit) for weight, digit in zip(weights, value, strict=True)) % 10 == 0


def is_account_number(value: str) -> bool:
    """Whether `value` could be a US account number: 4 to 17 digits."""
    return re.fullmatch(r"[0-9]{4,17}", value) is not None


def read(routing_number: str, account_number: str) -> BankNumbers:
    """Reduce checked numbers to what may be kept. Same numbers, same fingerprint."""
    return BankNumbers(
        routing_number=routing_number,
        last4=account_number[-4:],
        fingerprint=_fingerprint(routing_number, account_number),
        outcome=_OUTCOME_BY_ACCOUNT_NUMBER.get(account_number, GOOD),
    )


def read_abroad(routing_number: str | None, account_number: str, country: str, currency: str) -> BankNumbers:
    """The same for an IBAN, or a British sort code and account number."""
    return BankNumbers(
        routing_number=routing_number,
        last4=account_number[-4:],
        fingerprint=_fingerprint(routing_number or country, account_number),
        outcome=GOOD,
        country=country,
        currency=currency,
    )


def of_ready_made_token(token: str) -> BankNumbers | None:
    """The bank account behind a documented test token, or None when `token` is not one."""
    account_number = _ACCOUNT_NUMBER_BY_TOKEN.get(token)
    return read(TEST_ROUTING_NUMBER, account_number) if account_number else None


def is_verified_token(token: str) -> bool:
    """Whether a ready-made token stands for an account that needs no microdeposits."""
    return token in _ACCOUNT_NUMBER_BY_TOKEN and token.startswith("btok_us_verified")


def _fingerprint(routing_number: str, account_number: str) -> str:
    digest = hashlib.sha256(f"{routing_number}/{account_number}".encode()).digest()
    return "".join(_FINGERPRINT_ALPHABET[byte % len(_FINGERPRINT_ALPHABET)] for byte in digest[:16])
