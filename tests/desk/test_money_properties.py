import pytest

from desk import money

hypothesis = pytest.importorskip("hypothesis")
st = pytest.importorskip("hypothesis.strategies")


@hypothesis.given(
    amount=st.integers(1, money.LARGEST),
    currency=st.sampled_from(["usd", "jpy", "bhd", "usdc", "eur"]),
    locale=st.sampled_from(["en_US", "fr_FR", "es_MX"]),
)
def test_what_is_written_plainly_is_read_back(amount, currency, locale):
    assert money.parse(money.plain(amount, currency, locale), currency, locale) == amount


@hypothesis.given(st.text(max_size=80))
def test_any_text_is_an_amount_or_is_refused(text):
    try:
        amount = money.parse(text, "usd", "en_US")
    except money.NotAnAmount:
        return
    assert 0 < amount <= money.LARGEST
    assert text.strip().replace(".", "").replace(" ", "").isascii()
