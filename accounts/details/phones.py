"""Phone numbers as Stripe takes them: +, country code, number."""

import re

from django.utils.translation import gettext as _

# Country → dialling code, and an example that nobody owns.
DIALLING = {
    "US": ("1", "+1 415 555 0132"), "GB": ("44", "+44 20 7946 0958"), "AT": ("43", "+43 1 234 5678"),
    "BE": ("32", "+32 2 123 45 67"), "CY": ("357", "+357 22 345678"), "DE": ("49", "+49 30 1234567"),
    "EE": ("372", "+372 321 2345"), "ES": ("34", "+34 911 23 45 67"), "FI": ("358", "+358 9 123 456"),
    "FR": ("33", "+33 1 23 45 67 89"), "GR": ("30", "+30 21 2345 6789"), "HR": ("385", "+385 1 2345 678"),
    "IE": ("353", "+353 1 234 5678"), "IT": ("39", "+39 06 1234 5678"), "LT": ("370", "+370 5 212 3456"),
    "LU": ("352", "+352 27 12 34 56"), "LV": ("371", "+371 6312 3456"), "MT": ("356", "+356 2100 1234"),
    "NL": ("31", "+31 10 123 4567"), "PT": ("351", "+351 21 234 5678"), "SI": ("386", "+386 1 123 45 67"),
    "SK": ("421", "+421 2 123 456 78"),
}  # fmt: skip
# Where the first 0 of a national number belongs to it and is dialled from abroad, too.
KEEPS_ZERO = ("IT",)


class NotAPhone(ValueError):
    """What was typed is no phone number; `sentence` says what would be right."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


def example(country: str) -> str:
    return DIALLING.get(country, DIALLING["US"])[1]


def normalized(typed: str, country: str) -> str:
    """`(415) 555-0132` in the United States → `+14155550132`. Raises NotAPhone."""
    text = re.sub(r"[\s().\-/\u00a0\u202f]", "", typed)
    text = f"+{text[2:]}" if text.startswith("00") and len(text) > 10 else text
    if not re.fullmatch(r"\+?[0-9]+", text):
        raise NotAPhone(_wrong(country))
    code = DIALLING.get(country, ("", ""))[0]
    if not text.startswith("+"):
        if not code:
            raise NotAPhone(_wrong(country))
        text = f"+{code}{_national(text, code, country)}"
    digits = len(text) - 1
    if not 7 <= digits <= 15 or (text.startswith("+1") and digits != 11):
        raise NotAPhone(_wrong(country))
    return text


def _national(text: str, code: str, country: str) -> str:
    """Without the prefix that is dialled only inside the country."""
    if code == "1":
        return text[1:] if len(text) == 11 and text.startswith("1") else text
    return text[1:] if text.startswith("0") and country not in KEEPS_ZERO else text


def _wrong(country: str) -> str:
    return _("This is not a phone number. Write it with the country code, such as %(example)s.") % {
        "example": example(country)
    }
