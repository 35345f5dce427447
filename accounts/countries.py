"""Countries in the reader's language."""

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language


def country_name(code: str) -> str:
    """`US` → `United States`; the code itself for one that has no name."""
    territories = Locale.parse(get_language() or settings.LANGUAGE_CODE, sep="-").territories
    return territories.get(code, code)
