from collections import Counter

import pytest

from local_stripe import ledger
from local_stripe.store import Store

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

BOOKS = st.builds(
    ledger.Book,
    scope=st.sampled_from(["platform", "acct_1", "acct_2"]),
    balance=st.sampled_from(ledger.BALANCES),
    currency=st.sampled_from(["usd", "eur"]),
)
MOVES = st.lists(st.tuples(BOOKS, st.integers(-99_999_999, 99_999_999)), max_size=15)


@hypothesis.settings(max_examples=40, deadline=None)
@hypothesis.given(moves=MOVES)
def test_whatever_moves_every_cent_is_accounted_for(moves):
    db = Store(":memory:")
    expected = Counter()
    for book, amount in moves:
        ledger.exchange_with_outside(db, book, amount, type="topup", source=None, description=None, now=1)
        expected[book] += amount
    assert ledger.check(db) == len(moves)
    assert all(ledger.amount_in(db, book) == amount for book, amount in expected.items())
    for currency in ("usd", "eur"):
        inside = sum(amount for book, amount in expected.items() if book.currency == currency)
        assert inside + ledger.amount_in(db, ledger.outside(currency)) == 0
