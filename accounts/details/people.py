"""The people behind a business, as Stripe has them at this moment. Read for a page, shown on it, and never stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.details.known import Known
from accounts.models import ConnectedAccount, Requirement
from accounts.requirement_lines import RequirementLine, lines_of

ROLES = ("representative", "owner", "director", "executive")
ROLE_NAMES = {
    "representative": gettext_lazy("Representative"),
    "owner": gettext_lazy("Owner"),
    "director": gettext_lazy("Director"),
    "executive": gettext_lazy("Executive"),
}
# From this share on (percent) Stripe wants to know an owner.
OWNER_FROM = 25
WHOLE = 100


@dataclass(frozen=True)
class Person:
    """One person: v1's object, and what is still wanted about them."""

    found: dict
    lines: list[RequirementLine] = field(default_factory=list)
    is_individual: bool = False

    @property
    def id(self) -> str:
        return self.found.get("id") or ""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.found.get("first_name"), self.found.get("last_name")) if part)

    @property
    def roles(self) -> list[str]:
        """Names of ROLES, in that order."""
        relationship = self.found.get("relationship") or {}
        return [role for role in ROLES if relationship.get(role)]

    @property
    def role_names(self) -> list[str]:
        """Their parts as people read them; an owner's with the share."""
        return [_owner_name(self.share) if role == "owner" else str(ROLE_NAMES[role]) for role in self.roles]

    @property
    def missing_words(self) -> list[str]:
        """What is still to be given, each thing once."""
        return list(dict.fromkeys(line.words for line in self.missing))

    @property
    def is_representative(self) -> bool:
        return "representative" in self.roles

    @property
    def title(self) -> str:
        return (self.found.get("relationship") or {}).get("title") or ""

    @property
    def share(self) -> Decimal | None:
        """Percent of the business that this person owns; None when Stripe was told of none."""
        share = (self.found.get("relationship") or {}).get("percent_ownership")
        return None if share is None else Decimal(str(share))

    @property
    def wrong(self) -> list[RequirementLine]:
        """What was refused: it has instructions."""
        return [line for line in self.lines if line.instructions]

    @property
    def missing(self) -> list[RequirementLine]:
        return [line for line in self.lines if not line.instructions]

    @property
    def is_verified(self) -> bool:
        return (self.found.get("verification") or {}).get("status") == "verified"

    @property
    def is_being_checked(self) -> bool:
        return (self.found.get("verification") or {}).get("status") == "pending"

    @property
    def has_id_number(self) -> bool:
        return bool(self.found.get("id_number_provided"))

    @property
    def has_last_4(self) -> bool:
        return bool(self.found.get("ssn_last_4_provided"))


def _owner_name(share: Decimal | None) -> str:
    if share is None:
        return str(ROLE_NAMES["owner"])
    return _("Owner of %(share)s%%") % {"share": share_words(share)}


def share_words(share: Decimal) -> str:
    """A share in the reader's conventions, without zeros at its end: `66,5`."""
    # Adding nothing writes 1E+2 out.
    return formats.localize(share.normalize() + 0)


def of(account: ConnectedAccount, known: Known) -> list[Person]:
    """Everybody whom Stripe has on file for the account: its representative first, then the owners by share."""
    waiting = awaited_lines(account)
    if known.is_individual:
        found = known.account.get("individual") or {}
        return [Person(found, _about_people(waiting), is_individual=True)] if found else []
    people = [Person(found, _about(found["id"], waiting)) for found in known.persons]
    return sorted(people, key=lambda one: (not one.is_representative, -(one.share or 0), one.name, one.id))


def named(people: Iterable[Person], person_id: str) -> Person | None:
    """The person of that id among the account's own; None for anybody else's."""
    return next((person for person in people if person.id == person_id), None)


def was_met(account: ConnectedAccount, person_id: str) -> bool:
    """Whether our own rows name this person of the account: all that can be said while Stripe cannot be asked."""
    if not person_id.isascii() or not person_id.isprintable():
        return False
    met = account.requirements.filter(person_id=person_id), account.changes.filter(person_id=person_id)
    return any(rows.exists() for rows in met)


def representative(people: Iterable[Person]) -> Person | None:
    return next((person for person in people if person.is_representative), None)


def owned_by_others(people: Iterable[Person], person_id: str) -> Decimal:
    """Percent that everybody but this person owns, together."""
    return sum((person.share or Decimal(0) for person in people if person.id != person_id), Decimal(0))


def awaited_lines(account: ConnectedAccount) -> list[RequirementLine]:
    """What the business itself still has to supply now, in words."""
    lines = lines_of(account)
    return [line for line in lines if line.awaits_business and not line.requirements[0].is_future]


def lines_about_nobody(account: ConnectedAccount) -> list[RequirementLine]:
    """What is wanted of people whom Stripe does not know yet: a representative, every owner, a confirmation."""
    return [
        line
        for line in _about_people(awaited_lines(account))
        if not line.requirements[0].person_id and not line.requirements[0].description.startswith("representative.")
    ]


def _about(person_id: str, lines: list[RequirementLine]) -> list[RequirementLine]:
    return [line for line in lines if line.requirements[0].person_id == person_id]


def _about_people(lines: list[RequirementLine]) -> list[RequirementLine]:
    return [line for line in lines if line.group == "people" or "persons_provided" in line.requirements[0].description]


def asked_paths(account: ConnectedAccount) -> list[str]:
    """Paths of everything that Stripe wants to know about people of this account, in its own spelling."""
    rows = account.requirements.filter(awaiting_action_from="user", is_future=False)
    return [row.description for row in rows if _is_about_a_person(row)]


def _is_about_a_person(row: Requirement) -> bool:
    beginnings = ("representative.", "identity.individual.", "individual.", "person_")
    return bool(row.person_id) or row.description.startswith(beginnings)


def awaited_confirmations(account: ConnectedAccount) -> list[str]:
    """Which lists Stripe wants confirmed as whole: owners, directors, executives."""
    paths = account.requirements.filter(awaiting_action_from="user").values_list("description", flat=True)
    return [group for group in ("owners", "directors", "executives") if any(_confirms(path, group) for path in paths)]


def _confirms(path: str, group: str) -> bool:
    return path.endswith((f"persons_provided.{group}", f"{group}_provided"))
