"""What is due from a business, as lines that people read: each thing once, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.error_words import instruction_for
from accounts.models import ConnectedAccount, Requirement
from accounts.requirement_words import words_for
from accounts.words import feature_name


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
    instructions: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)

    @property
    def group(self) -> str:
        """Which part of the form it belongs to: business, people or terms."""
        description = self.requirements[0].description
        if "terms_of_service" in description or "tos_acceptance" in description:
            return "terms"
        is_person = self.requirements[0].person_id or description.startswith(
            ("representative.", "identity.individual.")
        )
        return "people" if is_person else "business"

    @property
    def is_due(self) -> bool:
        return self.deadline_status in ("past_due", "currently_due") and self.awaits_business

    @property
    def is_later(self) -> bool:
        return self.deadline_status == "eventually_due"

    @property
    def is_expected(self) -> bool:
        """Due, but only because the business has not got round to it yet."""
        return self.is_due and self.is_routine

    @property
    def awaits_business(self) -> bool:
        return self.awaiting_action_from == "user"

    @property
    def tone(self) -> str:
        if not self.awaits_business:
            return "info"
        if self.is_routine:
            return "mute"
        return {"past_due": "bad", "currently_due": "warn"}.get(self.deadline_status, "mute")

    @property
    def icon(self) -> str:
        return {"bad": "circle-alert", "warn": "clock", "info": "hourglass"}.get(self.tone, "circle-dashed")


_ORDER = {"past_due": 0, "currently_due": 1, "eventually_due": 2}


def lines_of(account: ConnectedAccount) -> list[RequirementLine]:
    """What Stripe still wants to know about an account, worst first, each thing once."""
    lines: dict[tuple, RequirementLine] = {}
    for requirement in account.requirements.order_by("id"):
        words = words_for(requirement.description)
        subject = _subject(requirement)
        is_routine = account.activated_at is None and not requirement.errors
        key = (words, subject, requirement.person_id, requirement.awaiting_action_from, requirement.deadline_status)
        line = lines.setdefault(key, _line(words, subject, requirement))
        line.is_routine = line.is_routine and is_routine
        line.requirements.append(requirement)
        _add_new(line.instructions, (instruction_for(error.get("code") or "") for error in requirement.errors))
        _add_new(
            line.blocks,
            (
                feature_name(restricted.get("configuration") or "", restricted.get("capability") or "")
                for restricted in requirement.restricts
            ),
        )
    return sorted(
        lines.values(),
        key=lambda line: (not line.awaits_business, line.is_routine, _ORDER.get(line.deadline_status, 3)),
    )


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
    if requirement.person_name or not requirement.description.startswith("representative."):
        return requirement.person_name
    return _("Representative of the business")


def _line(words: str, subject: str, requirement: Requirement) -> RequirementLine:
    return RequirementLine(
        words=words,
        subject=subject,
        is_routine=True,
        awaiting_action_from=requirement.awaiting_action_from,
        deadline_status=requirement.deadline_status,
        deadline_at=requirement.deadline_at,
    )


def _add_new(found: list, more: Iterable) -> None:
    found.extend(item for item in dict.fromkeys(more) if item not in found)
