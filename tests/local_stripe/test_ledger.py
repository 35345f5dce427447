import pytest

from local_stripe import ledger
from local_stripe.store import Store

ISSUING = ledger.Book("acct_1", ledger.ISSUING, "usd")
PAYMENTS = ledger.Book("acct_1", ledger.PAYMENTS, "usd")


@pytest.fixture
def db(tmp_path):
    return Store(tmp_path / "books.sqlite3")


def bring(db, book, amount, type="topup"):
    return ledger.exchange_with_outside(db, book, amount, type=type, source="tu_1", description=None, now=1_700_000_000)


def test_money_from_outside_lies_in_one_book_only(db):
    bring(db, ISSUING, 2000)
    assert ledger.amount_in(db, ISSUING) == 2000
    assert ledger.amount_in(db, PAYMENTS) == 0
    assert ledger.amount_in(db, ledger.outside("usd")) == -2000


def test_a_reversal_may_take_a_balance_below_zero(db):
    bring(db, ISSUING, 500)
    bring(db, ISSUING, -2000, type="topup_reversal")
    assert ledger.amount_in(db, ISSUING) == -1500
    assert ledger.check(db) == 2


def test_currencies_and_accounts_are_kept_apart(db):
    bring(db, ISSUING, 100)
    bring(db, ledger.Book("acct_1", ledger.ISSUING, "eur"), 7)
    bring(db, ledger.Book("acct_2", ledger.ISSUING, "usd"), 9)
    assert ledger.amounts_in(db, "acct_1", ledger.ISSUING) == {"usd": 100, "eur": 7}
    assert ledger.amounts_in(db, "acct_2", ledger.ISSUING) == {"usd": 9}
    assert ledger.check(db) == 3


def test_a_balance_transaction_says_what_the_entry_says(db):
    transaction = bring(db, ISSUING, 2000)
    assert transaction["id"].startswith("txn_")
    assert (transaction["amount"], transaction["net"], transaction["fee"]) == (2000, 2000, 0)
    assert (transaction["type"], transaction["reporting_category"]) == ("topup", "topup")
    assert (transaction["balance_type"], transaction["source"]) == ("issuing", "tu_1")
    assert db.get("acct_1", "balance_transaction", transaction["id"]) == transaction


def test_an_entry_that_makes_money_from_nothing_is_refused(db):
    legs = [
        ledger.Leg(ledger.outside("usd"), -100, "topup", None, None),
        ledger.Leg(ISSUING, 101, "topup", None, None),
    ]
    with pytest.raises(ledger.LedgerBroken):
        ledger.enter(db, legs, now=1)
    assert ledger.amount_in(db, ISSUING) == 0


def test_an_entry_across_currencies_is_refused_even_when_the_numbers_cancel(db):
    legs = [
        ledger.Leg(ledger.outside("eur"), -100, "topup", None, None),
        ledger.Leg(ISSUING, 100, "topup", None, None),
    ]
    with pytest.raises(ledger.LedgerBroken):
        ledger.enter(db, legs, now=1)


def test_the_check_notices_a_changed_balance(db):
    bring(db, ISSUING, 2000)
    db.put("acct_1", "ledger_book", ISSUING.id, {"balance": "issuing", "currency": "usd", "amount": 2001})
    with pytest.raises(ledger.LedgerBroken, match="2001"):
        ledger.check(db)


def test_the_check_notices_a_balance_nobody_entered(db):
    db.put("acct_1", "ledger_book", ISSUING.id, {"balance": "issuing", "currency": "usd", "amount": 5})
    with pytest.raises(ledger.LedgerBroken):
        ledger.check(db)


def test_the_check_notices_a_changed_or_lost_transaction(db):
    transaction = bring(db, ISSUING, 2000)
    db.put("acct_1", "balance_transaction", transaction["id"], {**transaction, "net": 1})
    with pytest.raises(ledger.LedgerBroken):
        ledger.check(db)
    db.delete("acct_1", "balance_transaction", transaction["id"])
    with pytest.raises(ledger.LedgerBroken):
        ledger.check(db)
