"""What is due from a business, as lines that people read: each thing once, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.error_words import instruction_for
from accounts.models import ConnectedAccount, Requirement
from accounts.requirement_words import words_for
from accounts.words import feature_name, reason_for_asking


@dataclass
class RequirementLine:
    """Requirements that read the same to a person: several paths, one line."""

    words: str
    subject: str
    awaiting_action_from: str
    deadline_status: str
    deadline_at: datetime | None
    # Asked of every business before its first card, and nothing wrong with it: no cause for alarm.
    is_routine: bool
    # A rule that is not in force yet; the deadline is the day on which it comes into force.
    is_future: bool = False
    instructions: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)

    @property
    def group(self) -> str:
        """Which part of the form it belongs to: business, people or terms."""
        description = self.requirements[0].description
        if "terms_of_service" in description or "tos_acceptance" in description:
            return "terms"
        is_person = self.requirements[0].person_id or description.startswith(_OF_PEOPLE)
        return "people" if is_person else "business"

    @property
    def is_due(self) -> bool:
        return self.deadline_status in ("past_due", "currently_due") and self.awaits_business and not self.is_future

    @property
    def is_later(self) -> bool:
        return self.deadline_status == "eventually_due" and not self.is_future

    @property
    def is_expected(self) -> bool:
        """Due, but only because the business has not got round to it yet."""
        return self.is_due and self.is_routine

    @property
    def awaits_business(self) -> bool:
        return self.awaiting_action_from == "user"

    @property
    def awaits_stripe(self) -> bool:
        return self.awaiting_action_from == "stripe"

    @property
    def descriptions(self) -> list[str]:
        """The paths at Stripe, for staff alone."""
        return [requirement.description for requirement in self.requirements]

    @property
    def tone(self) -> str:
        if self.is_future:
            return "mute"
        if not self.awaits_business:
            return "info"
        if self.is_routine:
            return "mute"
        return {"past_due": "bad", "currently_due": "warn"}.get(self.deadline_status, "mute")

    @property
    def icon(self) -> str:
        if self.is_future:
            return "calendar-clock"
        return {"bad": "circle-alert", "warn": "clock", "info": "hourglass"}.get(self.tone, "circle-dashed")


_OF_PEOPLE = ("representative.", "identity.individual.", "individual.", "person_")
_ORDER = {"past_due": 0, "currently_due": 1, "eventually_due": 2}


def lines_of(account: ConnectedAccount) -> list[RequirementLine]:
    """What Stripe still wants to know about an account, worst first and rules to come last, each thing once."""
    lines: dict[tuple, RequirementLine] = {}
    is_new = account.activated_at is None and not account.details_submitted
    for requirement in account.requirements.order_by("id"):
        made = _line(requirement)
        line = lines.setdefault(_key(made, requirement), made)
        line.is_routine = line.is_routine and is_new and not requirement.errors
        _take(line, requirement)
    return sorted(
        lines.values(),
        key=lambda line: (
            line.is_future,
            not line.awaits_business,
            line.is_routine,
            _ORDER.get(line.deadline_status, 3),
        ),
    )


def _key(line: RequirementLine, requirement: Requirement) -> tuple:
    status = (line.awaiting_action_from, line.deadline_status, line.is_future)
    return (line.words, line.subject, requirement.person_id, *status)


def _take(line: RequirementLine, requirement: Requirement) -> None:
    line.requirements.append(requirement)
    _add_new(line.instructions, (instruction_for(error.get("code") or "") for error in requirement.errors))
    _add_new(line.reasons, (reason_for_asking(reason.get("code") or "") for reason in requirement.reasons))
    _add_new(
        line.blocks,
        (
            feature_name(restricted.get("configuration") or "", restricted.get("capability") or "")
            for restricted in requirement.restricts
        ),
    )


def sorted_out(lines: list[RequirementLine]) -> dict:
    """The parts of the page for staff: what is due, what was not given yet, what comes later, and rules to come."""
    expected = [line for line in lines if line.is_expected]
    return {
        "lines": [line for line in lines if not (line.is_later or line.is_expected or line.is_future)],
        "expected_lines": expected,
        "expected": grouped(expected),
        "later_lines": [line for line in lines if line.is_later],
        "future_lines": [line for line in lines if line.is_future],
    }


def grouped(lines: list[RequirementLine]) -> list[dict]:
    """What every business is asked for, by part of the form, each thing once: [{"name", "words"}]."""
    names = {
        "business": _("About the business"),
        "people": _("About the person who represents it"),
        "terms": _("Terms"),
    }
    parts = {group: list(dict.fromkeys(line.words for line in lines if line.group == group)) for group in names}
    return [{"name": names[group], "words": words} for group, words in parts.items() if words]


def _subject(requirement: Requirement) -> str:
    """Whom it is about, when it is about a person."""
    if requirement.person_name:
        return requirement.person_name
    if requirement.description.startswith("representative."):
        return _("Representative of the business")
    return _("A person of the business") if requirement.person_id else ""


def _line(requirement: Requirement) -> RequirementLine:
    return RequirementLine(
        words=words_for(requirement.description),
        subject=_subject(requirement),
        is_routine=True,
        is_future=requirement.is_future,
        awaiting_action_from=requirement.awaiting_action_from,
        deadline_status=requirement.deadline_status,
        deadline_at=requirement.deadline_at,
    )


def _add_new(found: list, more: Iterable) -> None:
    found.extend(item for item in dict.fromkeys(more) if item and item not in found)
