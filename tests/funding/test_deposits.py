"""Microdeposits as people type them."""

import pytest

from funding import deposits


@pytest.mark.parametrize("text", ["32", "0.32", ".32", "$0.32", " 0,32 ", "32¢", "00.32", "$ 0.32"])
def test_cents_and_decimals_mean_the_same(text):
    assert deposits.parse(text) == 32


def test_one_digit_is_a_few_cents():
    assert deposits.parse("5") == deposits.parse("0.05") == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0", "between 1 and 99"),
        ("0.00", "between 1 and 99"),
        ("0.3", "both digits"),
        ("1.32", "less than one dollar"),
        ("132", "less than one dollar"),
        ("0.325", "less than one dollar"),
        ("-5", "in cents"),
        ("abc", "in cents"),
        ("3２", "in cents"),
        ("", "in cents"),
    ],
)
def test_anything_else_is_refused_with_what_would_be_right(text, words):
    with pytest.raises(deposits.NotADeposit, match=words):
        deposits.parse(text)
