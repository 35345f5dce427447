"""What Stripe has on file about a business, as lines to be confirmed; of numbers only that they are there."""

from datetime import date

from babel.dates import format_date
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.countries import country_name
from accounts.details import categories, tax_ids
from accounts.details.known import Known
from accounts.models import ConnectedAccount
from desk import money

ON_FILE = "•••"
_ADDRESS = ("line1", "line2", "city", "state", "postal_code")


def state_of(known: Known) -> str:
    """The state of the business's address, or of the individual's: some have agreements of their own."""
    owner = known.account.get("individual") if known.is_individual else known.company
    return ((owner or {}).get("address") or {}).get("state") or ""


def business_facts(account: ConnectedAccount, known: Known) -> list[tuple[str, str]]:
    """(label, value) of everything that is on file about the business."""
    company, profile = known.company, known.profile
    revenue = profile.get("annual_revenue") or {}
    facts = [
        (_("Registered name"), company.get("name")),
        (_("Name customers know"), profile.get("name")),
        (tax_ids.kind_of(account.country).label, ON_FILE if company.get("tax_id_provided") else None),
        (_("Phone"), company.get("phone")),
        (_("Address"), address_line(company.get("address"))),
        (_("Industry"), categories.label(profile.get("mcc") or "")),
        (_("Website"), profile.get("url")),
        (_("What the business sells"), profile.get("product_description")),
        (_("People who work there"), profile.get("estimated_worker_count")),
        (_("Yearly revenue"), _revenue(revenue)),
        (_("Last day of that financial year"), _written(revenue.get("fiscal_year_end"))),
    ]
    return [(str(label), str(value)) for label, value in facts if value not in (None, "")]


def people_facts(account: ConnectedAccount, known: Known) -> list[dict]:
    """Every person: name, parts in the business, and (label, value) of what is on file."""
    return [_person(account, person) for person in known.persons]


def _person(account: ConnectedAccount, person: dict) -> dict:
    has_number = person.get("id_number_provided") or person.get("ssn_last_4_provided")
    facts = [
        (_("Date of birth"), _day(person.get("dob") or {})),
        (_("Address"), address_line(person.get("address"))),
        (_("E-mail"), person.get("email")),
        (_("Phone"), person.get("phone")),
        (_("Identity number"), ON_FILE if has_number else None),
    ]
    name = " ".join(part for part in (person.get("first_name"), person.get("last_name")) if part)
    return {
        "name": name or _("Somebody without a name yet"),
        "roles": _roles(person.get("relationship") or {}),
        "facts": [(label, value) for label, value in facts if value],
        "url": reverse("accounts:details-people", args=[account.ref]),
    }


def _roles(relationship: dict) -> str:
    share = relationship.get("percent_ownership")
    words = [
        relationship.get("title"),
        _("represents the business") if relationship.get("representative") else "",
        _("owns %(share)s%%") % {"share": f"{share:g}"} if share else "",
        _("owner") if relationship.get("owner") and not share else "",
        _("director") if relationship.get("director") else "",
        _("executive") if relationship.get("executive") else "",
    ]
    return " · ".join(word for word in words if word)


def address_line(address: dict | None) -> str:
    """One line of an address, without what is empty."""
    parts = [(address or {}).get(part) for part in _ADDRESS]
    if not any(parts):
        return ""
    country = (address or {}).get("country")
    return ", ".join(part for part in [*parts, country_name(country) if country else ""] if part)


def _revenue(revenue: dict) -> str:
    if revenue.get("amount") is None or not revenue.get("currency"):
        return ""
    return money.format(revenue["amount"], revenue["currency"])


def _day(dob: dict) -> str:
    if not all(dob.get(part) for part in ("year", "month", "day")):
        return ""
    return _words(date(dob["year"], dob["month"], dob["day"]))


def _written(iso: str | None) -> str:
    return _words(date.fromisoformat(iso)) if iso else ""


def _words(day: date) -> str:
    return format_date(day, "long", locale=money.figures())
