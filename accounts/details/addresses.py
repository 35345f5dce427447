"""What an address looks like in a country: which parts it has, what they are called, how a postal code is written."""

import re
from dataclasses import dataclass

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.countries import country_name

US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
CA_PROVINCES = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut",
    "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec", "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
AU_STATES = {
    "ACT": "Australian Capital Territory", "NSW": "New South Wales", "NT": "Northern Territory", "QLD": "Queensland",
    "SA": "South Australia", "TAS": "Tasmania", "VIC": "Victoria", "WA": "Western Australia",
}  # fmt: skip
# Names of states are not translated: they are written on envelopes.
STATES = {"US": US_STATES, "CA": CA_PROVINCES, "AU": AU_STATES}
# Countries whose addresses name a state that is not listed here.
OTHER_WITH_STATES = {"BR", "IN", "JP", "MX", "MY"}
FIVE_DIGITS, FOUR_DIGITS = (r"\d{5}", "12345"), (r"\d{4}", "1234")
# Country → (pattern of a postal code, an example). Countries that are not named take any.
POSTAL_CODES = {
    "US": (r"\d{5}(-\d{4})?", "12345"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA"),
    "CA": (r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "K1A 0B1"),
    "IE": (r"[A-Z]\d[\dW] ?[A-Z\d]{4}", "D02 AF30"),
    "NL": (r"\d{4} ?[A-Z]{2}", "1012 AB"),
    "PT": (r"\d{4}-\d{3}", "1000-001"),
    "PL": (r"\d{2}-\d{3}", "00-950"),
    "GR": (r"\d{3} ?\d{2}", "105 57"),
    "SK": (r"\d{3} ?\d{2}", "811 01"),
    "CZ": (r"\d{3} ?\d{2}", "110 00"),
    "SE": (r"\d{3} ?\d{2}", "111 20"),
    "LV": (r"LV-\d{4}", "LV-1010"),
    "LT": (r"(LT-)?\d{5}", "LT-01100"),
    "MT": (r"[A-Z]{3} ?\d{4}", "VLT 1117"),
    **dict.fromkeys(("DE", "FR", "ES", "IT", "FI", "EE", "HR", "MX"), FIVE_DIGITS),
    **dict.fromkeys(("AT", "BE", "LU", "SI", "CY", "DK", "NO", "CH", "AU", "NZ", "BG", "HU"), FOUR_DIGITS),
}
WITHOUT_POSTAL_CODE = {"AE", "BS", "HK", "QA", "ZW"}
# In the list of territories, but no country where somebody lives or a business is registered.
NO_COUNTRIES = {"AC", "AQ", "BV", "CP", "CQ", "DG", "EA", "EU", "EZ", "HM", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@dataclass(frozen=True)
class Shape:
    """`states` are (code, name) pairs, empty where a state is typed or there is none."""

    country: str
    city_label: str
    state_label: str
    states: tuple[tuple[str, str], ...]
    has_state: bool
    postal_label: str
    postal_example: str
    needs_postal_code: bool


def shape_of(country: str) -> Shape:
    """How an address of this country is asked for, in the reader's language."""
    return Shape(
        country=country,
        city_label=_("Town or city") if country in ("GB", "IE") else _("City"),
        state_label={"CA": _("Province"), "JP": _("Prefecture")}.get(country, _("State")),
        states=tuple(STATES.get(country, {}).items()),
        has_state=country in STATES or country in OTHER_WITH_STATES,
        postal_label={"US": _("ZIP code"), "GB": _("Postcode"), "IE": _("Eircode")}.get(country, _("Postal code")),
        postal_example=POSTAL_CODES.get(country, ("", ""))[1],
        needs_postal_code=country not in WITHOUT_POSTAL_CODE,
    )


def postal_code_sentence(country: str, code: str) -> str:
    """What is wrong with a postal code; empty when nothing is. `code` as `tidy_postal_code` leaves it."""
    pattern, example = POSTAL_CODES.get(country, ("", ""))
    if not pattern or re.fullmatch(pattern, code):
        return ""
    names = {"country": country_name(country), "example": example}
    return _("This is not a postal code of %(country)s. One looks like %(example)s.") % names


def tidy_postal_code(code: str) -> str:
    """Capitals, one space at most between its parts."""
    return re.sub(r"\s+", " ", code.strip()).upper()


def all_countries() -> list[tuple[str, str]]:
    """Every country in which somebody may live, as (code, name), by name in the reader's language."""
    territories = Locale.parse(get_language() or settings.LANGUAGE_CODE, sep="-").territories
    countries = [(code, name) for code, name in territories.items() if _is_country(code)]
    return sorted(countries, key=lambda country: _sort_key(country[1]))


def _is_country(code: str) -> bool:
    return bool(re.fullmatch(r"[A-Z]{2}", code)) and code not in NO_COUNTRIES


def _sort_key(name: str) -> str:
    """Letters with accents stand among those without."""
    return name.translate(str.maketrans("ÅÉÎÔÀÇÁÍÓÚ", "AEIOACAIOU")).casefold()


PO_BOX_SENTENCE = gettext_lazy("Give a street address: Stripe does not take post office boxes.")
_PO_BOX = re.compile(
    r"(?i)\b(p\.? ?o\.? ?box|post office box|postfach|bo[iî]te postale|apartado( postal| de correos)?)\b"
)


def is_po_box(line: str) -> bool:
    """Whether a line names a post office box instead of a street."""
    return bool(_PO_BOX.search(line))
