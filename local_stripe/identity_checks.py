"""What Stripe refuses at once about people and businesses, before anything is verified; params as each API spells them.

`prefix` is where the person or company sits in the request: "person" in a token, "" in a request about one person.
"""

import datetime
import re

from local_stripe import errors
from local_stripe.context import Context
from local_stripe.trees import dig

EARLIEST_YEAR, YOUNGEST = 1900, 13
WHOLE = 100
EMAIL, COUNTRY = re.compile(r"^[^@\s]+@[^@\s]+$"), re.compile(r"^[A-Za-z]{2}$")
US_POSTAL_CODE = re.compile(r"^\d{5}(-?\d{4})?$")
NUMBERS = {"us_ssn": 9, "us_itin": 9, "us_ein": 9, "us_ssn_last_4": 4, "us_itin_last_4": 4}


def person_v1(ctx: Context, given: dict, prefix: str, country: str | None) -> None:
    """Raises StripeError (400)."""
    _person(ctx, given, prefix, dates="dob", spell=_form)
    if given.get("ssn_last_4"):
        _digits(given["ssn_last_4"], 4, _form(prefix, "ssn_last_4"), "last 4 digits of an SSN", "ssn_last_4_invalid")
    if given.get("id_number") and (dig(given, "address.country") or country) == "US":
        _digits(given["id_number"], 9, _form(prefix, "id_number"), "US Social Security number", "id_number_invalid")


def person_v2(ctx: Context, given: dict, prefix: str) -> None:
    """Raises StripeError (400)."""
    _person(ctx, given, prefix, dates="date_of_birth", spell=_dotted)
    _numbers(given, prefix)


def company_v1(given: dict, prefix: str, country: str | None) -> None:
    """Raises StripeError (400)."""
    _address(given.get("address"), prefix, _form)
    if given.get("tax_id") and country == "US":
        _digits(given["tax_id"], 9, _form(prefix, "tax_id"), "US tax ID", "tax_id_invalid")


def company_v2(given: dict, prefix: str) -> None:
    """Raises StripeError (400)."""
    _address(given.get("address"), prefix, _dotted)
    _numbers(given, prefix)


def _form(prefix: str, *steps: str) -> str:
    first, *rest = [*([prefix] if prefix else []), *steps]
    return first + "".join(f"[{step}]" for step in rest)


def _dotted(prefix: str, *steps: str) -> str:
    return ".".join([*([prefix] if prefix else []), *steps])


def _person(ctx: Context, given: dict, prefix: str, *, dates: str, spell) -> None:
    if isinstance(given.get(dates), dict):
        _birthday(ctx, given[dates], lambda part: spell(prefix, dates, part))
    if given.get("email") and not EMAIL.match(given["email"]):
        where = spell(prefix, "email")
        raise errors.invalid(f"Invalid email address: {given['email']}", param=where, code="email_invalid")
    share = dig(given, "relationship.percent_ownership")
    if share not in (None, "") and not 0 <= float(share) <= WHOLE:
        where = spell(prefix, "relationship", "percent_ownership")
        raise errors.invalid(f"percent_ownership must be between 0 and {WHOLE}.", param=where)
    _address(given.get("address"), prefix, spell)


def _birthday(ctx: Context, given: dict, spell) -> None:
    """A date that exists, of somebody old enough; which part is wrong is told by the param."""
    today = datetime.datetime.fromtimestamp(ctx.now, datetime.UTC).date()
    year, month, day = (int(given[part] or 0) for part in ("year", "month", "day"))
    if not EARLIEST_YEAR <= year <= today.year:
        raise errors.invalid(f"Year must be between {EARLIEST_YEAR} and {today.year}", param=spell("year"))
    if not 1 <= month <= 12:
        raise errors.invalid("Month must be between 1 and 12", param=spell("month"))
    try:
        born = datetime.date(year, month, day)
    except ValueError as problem:
        raise errors.invalid("Day must be one that the month has", param=spell("day")) from problem
    if (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) < YOUNGEST:
        message = f"Must be at least {YOUNGEST} years of age to use Stripe"
        raise errors.invalid(message, param=spell("year"))


def _address(given, prefix: str, spell) -> None:
    if not isinstance(given, dict):
        return
    country = given.get("country")
    if country and not COUNTRY.match(country):
        where = spell(prefix, "address", "country")
        raise errors.invalid(f"Country '{country}' is unknown.", param=where, code="country_code_invalid")
    postal_code = given.get("postal_code")
    if postal_code and (country or "").upper() == "US" and not US_POSTAL_CODE.match(postal_code):
        where = spell(prefix, "address", "postal_code")
        raise errors.invalid("The postal code is not valid for the US.", param=where, code="postal_code_invalid")


def _numbers(given: dict, prefix: str) -> None:
    for place, number in enumerate(given.get("id_numbers") or ()):
        length = NUMBERS.get(number["type"])
        if length:
            where = _dotted(prefix, f"id_numbers[{place}]", "value")
            _digits(number["value"], length, where, number["type"], "id_number_invalid")


def _digits(value: str, length: int, where: str, what: str, code: str) -> None:
    if not re.fullmatch(r"[\d\s-]+", value) or len(re.sub(r"\D", "", value)) != length:
        raise errors.invalid(f"Invalid {what}: must have {length} digits.", param=where, code=code)
