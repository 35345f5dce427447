"""Amounts: whole minor units inside, words of the reader's language outside. No floats anywhere."""

import re
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_symbol, get_decimal_symbol
from django.utils import translation
from django.utils.translation import gettext as _

# Digits after the point. Everything else has two. Stripe counts USDC in millionths.
EXPONENTS = {
    **dict.fromkeys(("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv"), 0),
    **dict.fromkeys(("xaf", "xof", "xpf"), 0),
    **dict.fromkeys(("bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"), 3),
    "usdc": 6,
}
# The interface's language → the conventions for its figures.
FIGURES = {"en": "en_US", "fr": "fr_FR", "es": "es_MX"}
# Far above any amount that Stripe accepts, far below what a database column holds.
LARGEST = 10**15
MINUS = "\N{MINUS SIGN}"
_SPACES = str.maketrans("", "", "\u0020\u00a0\u202f\u2009\t")


class NotAnAmount(ValueError):
    """What was typed is no amount; `sentence` says what is wrong and what would be right."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


def figures(language: str | None = None) -> str:
    """Babel's locale for figures and dates in this language, or in the one that is active."""
    return FIGURES.get((language or translation.get_language() or "en")[:2], "en_US")


def exponent(currency: str) -> int:
    """How many digits stand after the point in this currency."""
    return EXPONENTS.get(currency.lower(), 2)


def format(amount: int, currency: str, locale: str | None = None) -> str:
    """`500000`, `usd` → `$5,000.00`. `amount` is in minor units; the minus is a true minus."""
    return _formatted(amount, currency, locale or figures())


@lru_cache(maxsize=2048)
def _formatted(amount: int, currency: str, locale: str) -> str:
    digits = exponent(currency)
    value = Decimal(amount).scaleb(-digits)
    # With the standard pattern a code sticks to the figure, as in USD1,234.50: then it stands after it instead.
    coded = locale.startswith("es") or get_currency_symbol(currency.upper(), locale) == currency.upper()
    pattern = f"#,##0{'.' if digits else ''}{'0' * digits}\u00a0¤¤" if coded else None
    text = format_currency(value, currency.upper(), pattern, locale=locale, currency_digits=not coded)
    return text.replace("-", MINUS)


def plain(amount: int, currency: str, locale: str | None = None) -> str:
    """The figure as it would be typed into a form: `5000.00`, or `5000,00` in French."""
    digits = exponent(currency)
    sign, figure = ("-" if amount < 0 else ""), str(abs(amount)).rjust(digits + 1, "0")
    if not digits:
        return sign + figure
    return f"{sign}{figure[:-digits]}{get_decimal_symbol(locale or figures())}{figure[-digits:]}"


def parse(text: str, currency: str, locale: str | None = None) -> int:
    """What a person typed, in minor units. Raises NotAnAmount, with a sentence for the person.

    Thousands are never grouped: "1,000" means a thousand to one reader and one to another.
    """
    locale, digits = locale or figures(), exponent(currency)
    point, example = get_decimal_symbol(locale), plain(100_000, currency, locale)
    # Digits are ASCII only: full-width and other digits look alike but are typed by mistake.
    typed = text.strip().translate(_SPACES) if len(text) < 64 else text[:64]
    _refuse_what_is_no_figure(typed, point, example)
    units, _point, fraction = typed.partition(point)
    if len(fraction) > digits:
        raise NotAnAmount(_too_many_decimals(currency, digits))
    if fraction and len(fraction) < digits <= 3:
        # "10.5" is ten fifty to one person and a slip of the finger to another; money is worth one more key.
        raise NotAnAmount(
            _("Write all the decimals, such as %(example)s.") % {"example": units + point + fraction.ljust(digits, "0")}
        )
    amount = int(units + fraction.ljust(digits, "0"))
    if amount == 0:
        raise NotAnAmount(_("Enter an amount above zero."))
    if amount > LARGEST:
        raise NotAnAmount(_("This amount is too large."))
    return amount


def _refuse_what_is_no_figure(typed: str, point: str, example: str) -> None:
    if not typed:
        raise NotAnAmount(_("Enter an amount, such as %(example)s.") % {"example": example})
    if re.fullmatch(rf"[-{MINUS}][0-9.,]+", typed):
        raise NotAnAmount(_("The amount cannot be negative."))
    if re.fullmatch(rf"[0-9]+(?:{re.escape(point)}[0-9]+)?", typed):
        return
    if re.fullmatch(r"[0-9]+(?:[.,][0-9]+)+", typed):
        raise NotAnAmount(
            _("Leave out thousands separators and write decimals after “%(point)s”, such as %(example)s.")
            % {"point": point, "example": example}
        )
    raise NotAnAmount(_("This is not an amount. Use digits only, such as %(example)s.") % {"example": example})


def _too_many_decimals(currency: str, digits: int) -> str:
    code = currency.upper()
    if not digits:
        return _("%(currency)s has no decimals: enter a whole number.") % {"currency": code}
    return _("%(currency)s has at most %(digits)s digits after the decimal point.") % {
        "currency": code,
        "digits": digits,
    }
