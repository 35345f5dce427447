"""The books: every amount that enters, leaves or moves is written twice, and each entry sums to zero.

A book is one balance of one account in one currency. What is outside Stripe (customers' banks) is a book as well, so
that money never appears from nowhere. Amounts are integers in minor units.
"""

from collections import Counter
from dataclasses import asdict, dataclass

from local_stripe import ids
from local_stripe.store import Store

PAYMENTS = "payments"
ISSUING = "issuing"
BALANCES = (PAYMENTS, ISSUING)

_OUTSIDE = "outside"
_ENTRIES_SCOPE = "ledger"

_REPORTING_CATEGORY = {"adjustment": "other_adjustment", "topup": "topup", "topup_reversal": "topup_reversal"}


class LedgerBroken(Exception):
    """The books contradict each other: a defect of local Stripe itself."""


@dataclass(frozen=True)
class Book:
    """Where money lies: the `balance` (payments, issuing) of the account `scope`, in `currency`."""

    scope: str
    balance: str
    currency: str

    @property
    def id(self) -> str:
        return f"{self.balance}.{self.currency}"


@dataclass(frozen=True)
class Leg:
    """One side of an entry. `amount` is added to the book; `type` names the balance transaction it becomes."""

    book: Book
    amount: int
    type: str
    source: str | None
    description: str | None


def outside(currency: str) -> Book:
    return Book(_OUTSIDE, "banks", currency)


def exchange_with_outside(
    db: Store, book: Book, amount: int, *, type: str, source: str | None, description: str | None, now: int
) -> dict:
    """Bring `amount` from a bank into `book` (negative: send it back). Returns the balance transaction."""
    there = Leg(outside(book.currency), -amount, type, source, description)
    here = Leg(book, amount, type, source, description)
    return enter(db, [there, here], now=now)[0]


def enter(db: Store, legs: list[Leg], *, now: int) -> list[dict]:
    """Write one entry. Returns the balance transactions of the legs inside Stripe, in order.

    Raises LedgerBroken when the legs do not sum to zero in each currency.
    """
    _require_zero_sum(legs)
    transactions = []
    for leg in legs:
        _add_to_book(db, leg)
        if leg.book.scope != _OUTSIDE:
            transaction = _balance_transaction(leg, now)
            db.put(leg.book.scope, "balance_transaction", transaction["id"], transaction)
            transactions.append(transaction)
    _keep_entry(db, legs, transactions, now)
    return transactions


def amount_in(db: Store, book: Book) -> int:
    """What lies in `book` now. May be negative after a reversal."""
    kept = db.get(book.scope, "ledger_book", book.id)
    return kept["amount"] if kept else 0


def amounts_in(db: Store, scope: str, balance: str) -> dict[str, int]:
    """Currency → amount for every currency this balance has ever held."""
    books = db.list(scope, "ledger_book", newest_first=False, where=lambda book: book["balance"] == balance)
    return {book["currency"]: book["amount"] for book in books}


def check(db: Store) -> int:
    """Recount everything from the entries. Returns how many there are; raises LedgerBroken on the first difference."""
    entries = db.list(_ENTRIES_SCOPE, "ledger_entry", newest_first=False)
    recounted: Counter[Book] = Counter()
    for entry in entries:
        legs = [_leg_of(kept) for kept in entry["legs"]]
        _require_zero_sum(legs)
        for leg in legs:
            recounted[leg.book] += leg.amount
        _check_transactions(db, entry)
    for book, amount in _books(db).items():
        if recounted.pop(book, 0) != amount:
            raise LedgerBroken(f"{book} holds {amount}, which is not what its entries say")
    if any(recounted.values()):
        raise LedgerBroken(f"books are missing: {list(recounted)}")
    return len(entries)


def _books(db: Store) -> dict[Book, int]:
    kept = db.everywhere("ledger_book")
    return {Book(scope, book["balance"], book["currency"]): book["amount"] for scope, book in kept}


def _require_zero_sum(legs: list[Leg]) -> None:
    sums: Counter[str] = Counter()
    for leg in legs:
        sums[leg.book.currency] += leg.amount
    if any(sums.values()):
        raise LedgerBroken(f"entry does not sum to zero: {dict(sums)}")


def _check_transactions(db: Store, entry: dict) -> None:
    inside = [leg for leg in map(_leg_of, entry["legs"]) if leg.book.scope != _OUTSIDE]
    for leg, transaction_id in zip(inside, entry["balance_transactions"], strict=True):
        transaction = db.get(leg.book.scope, "balance_transaction", transaction_id)
        if transaction is None or transaction["net"] != leg.amount or transaction["balance_type"] != leg.book.balance:
            raise LedgerBroken(f"{transaction_id} does not say what {leg} says")


def _balance_transaction(leg: Leg, now: int) -> dict:
    return {
        "id": ids.new_id("txn"),
        "object": "balance_transaction",
        "amount": leg.amount,
        "available_on": now,
        "balance_type": leg.book.balance,
        "created": now,
        "currency": leg.book.currency,
        "description": leg.description,
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": leg.amount,
        "reporting_category": _REPORTING_CATEGORY[leg.type],
        "source": leg.source,
        "status": "available",
        "type": leg.type,
    }


def _add_to_book(db: Store, leg: Leg) -> None:
    amount = amount_in(db, leg.book) + leg.amount
    kept = {"balance": leg.book.balance, "currency": leg.book.currency, "amount": amount}
    db.put(leg.book.scope, "ledger_book", leg.book.id, kept)


def _keep_entry(db: Store, legs: list[Leg], transactions: list[dict], now: int) -> None:
    kept = {
        "created": now,
        "legs": [asdict(leg) for leg in legs],
        "balance_transactions": [transaction["id"] for transaction in transactions],
    }
    db.put(_ENTRIES_SCOPE, "ledger_entry", ids.new_id("entry"), kept)


def _leg_of(kept: dict) -> Leg:
    return Leg(**{**kept, "book": Book(**kept["book"])})
