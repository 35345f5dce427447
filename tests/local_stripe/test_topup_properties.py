import contextlib
from collections import Counter

import pytest

import local_stripe.resources.all  # noqa: F401 - registers the timed jobs
from local_stripe import clock, ledger
from local_stripe.context import Call
from local_stripe.errors import StripeError
from local_stripe.resources import balance, topups
from local_stripe.store import PLATFORM, Store

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

TOKENS = ["btok_us_verified", "btok_us_verified_insufficientFunds", "btok_us_verified_noAccount"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.integers(1, 99_999_999), st.sampled_from(TOKENS)),
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(st.just("reverse"), st.integers(0, 9)),
        st.tuples(st.just("fund"), st.integers(1, 99_999_999)),
        st.tuples(st.just("wait"), st.integers(0, 6 * 24 * 3600)),
    ),
    max_size=25,
)


class Platform:
    """Drives the handlers in one process; `funded` is what came in without a top-up."""

    def __init__(self):
        self.db = Store(":memory:")
        self.made: list[str] = []
        self.funded = 0

    def call(self, **params) -> Call:
        return Call(db=self.db, now=clock.now(self.db), scope=PLATFORM, params=params)

    def create(self, amount, token):
        params = {"amount": amount, "currency": "usd", "source": token, "destination_balance": "issuing"}
        self.made.append(topups.create(self.call(**params))["id"])

    def cancel(self, number):
        if self.made:
            call = self.call()
            call.path = {"id": self.made[number % len(self.made)]}
            with contextlib.suppress(StripeError):  # it is no longer pending
                topups.cancel(call)

    def reverse(self, number):
        call = self.call()
        if self.made and self.topup(number)["status"] == "succeeded":
            topups.reverse(call, self.topup(number))

    def fund(self, amount):
        balance.fund(self.call(), balance="issuing", amount=amount, currency="usd")
        self.funded += amount

    def wait(self, seconds):
        clock.advance(self.db, seconds)

    def topup(self, number) -> dict:
        return topups.get(self.call(), self.made[number % len(self.made)])


@hypothesis.settings(max_examples=40, deadline=None)
@hypothesis.given(steps=STEPS)
def test_the_balance_is_what_arrived_and_was_not_taken_back(steps):
    platform = Platform()
    for name, *arguments in steps:
        getattr(platform, name)(*arguments)
    platform.wait(30 * 24 * 3600)

    made = [topups.get(platform.call(), id) for id in platform.made]
    arrived = sum(topup["amount"] for topup in made if topup["status"] == "succeeded")
    shown = balance.of(platform.call())["issuing"]["available"][0]["amount"]
    assert shown == arrived + platform.funded
    assert all(topup["status"] != "pending" for topup in made)

    rows = Counter(row["source"] for row in platform.db.list(PLATFORM, "balance_transaction"))
    expected_rows = {"succeeded": 1, "reversed": 2}
    assert all(rows[topup["id"]] == expected_rows.get(topup["status"], 0) for topup in made)
    ledger.check(platform.db)
