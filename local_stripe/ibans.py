"""IBANs and British account numbers: what well-formed ones look like."""

import re

# Length of an IBAN by country: the euro area, the United Kingdom, and their neighbours in SEPA.
LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IT": 27, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
}  # fmt: skip


def compact(text: str) -> str:
    """Without the spaces and dashes that people type."""
    return re.sub(r"[\s-]", "", text).upper()


def is_iban(text: str, country: str) -> bool:
    """Whether `text` is an IBAN of that country, check digits included."""
    iban = compact(text)
    if len(iban) != LENGTHS.get(country) or not re.fullmatch(rf"{country}\d\d[0-9A-Z]+", iban):
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def is_sort_code(text: str) -> bool:
    return re.fullmatch(r"[0-9]{6}", compact(text)) is not None


def is_british_account_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{8}", compact(text)) is not None
