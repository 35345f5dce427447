import pytest
from django.utils import translation

from desk import money
from desk.forms import BaseForm, MoneyField


class AmountForm(BaseForm):
    amount = MoneyField(currency="usd", label="Amount")


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        (500_000, "usd", "en_US", "$5,000.00"),
        (-500_000, "usd", "en_US", "−$5,000.00"),
        (500_000, "usd", "fr_FR", "5\u202f000,00\u00a0$US"),
        (123_450, "usd", "es_MX", "1,234.50\u00a0USD"),
        (1_234_567_890, "usdc", "en_US", "1,234.567890\u00a0USDC"),
        (500, "jpy", "en_US", "¥500"),
        (1_500, "bhd", "en_US", "1.500\u00a0BHD"),
        (1, "gbp", "en_US", "£0.01"),
        (0, "eur", "en_US", "€0.00"),
    ],
)
def test_amounts_read_as_the_reader_expects(amount, currency, locale, text):
    assert money.format(amount, currency, locale) == text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0", "above zero"),
        ("0.00", "above zero"),
        ("-5", "negative"),
        ("−5.00", "negative"),
        ("1,000.00", "thousands separators"),
        ("1.000,00", "thousands separators"),
        ("10.5", "all the decimals, such as 10.50"),
        ("10.505", "at most 2 digits"),
        ("ten", "not an amount"),
        ("1e5", "not an amount"),
        ("NaN", "not an amount"),
        ("\uff11\uff10", "not an amount"),
        (".50", "not an amount"),
        ("9" * 30, "too large"),
        ("1" + "0" * 200, "too large"),
        ("", "Enter an amount"),
    ],
)
def test_every_wrong_amount_has_its_sentence(typed, says):
    with pytest.raises(money.NotAnAmount, match=says):
        money.parse(typed, "usd", "en_US")


def test_french_reader_types_a_comma():
    assert money.parse("1000,50", "usd", "fr_FR") == 100_050
    assert money.parse("1\u202f000,50", "usd", "fr_FR") == 100_050
    with pytest.raises(money.NotAnAmount, match="1000,00"):
        money.parse("1000.50", "usd", "fr_FR")


def test_yen_have_no_decimals():
    assert money.parse("500", "jpy", "en_US") == 500
    with pytest.raises(money.NotAnAmount, match="whole number"):
        money.parse("500.0", "jpy", "en_US")


def test_form_gives_minor_units():
    form = AmountForm({"amount": " 5000.00 "})
    assert form.is_valid()
    assert form.cleaned_data == {"amount": 500_000}


@pytest.mark.parametrize("typed", ["", "\x00", "0", "1,000.00"])
def test_form_says_what_is_wrong_beside_the_input(typed):
    form = AmountForm({"amount": typed})
    assert not form.is_valid()
    html = str(form["amount"])
    assert 'aria-invalid="true"' in html
    assert "id_amount_error" in html


def test_form_shows_a_given_amount_as_it_would_be_typed():
    assert 'value="5000.00"' in str(AmountForm(initial={"amount": 500_000})["amount"])
    with translation.override("fr"):
        assert 'value="5000,00"' in str(AmountForm(initial={"amount": 500_000})["amount"])
