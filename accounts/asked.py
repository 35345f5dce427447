"""What Stripe asks for, read alike from a v2 account, which lists entries, and a v1 account, which lists paths.

The pinned dialect of v2 tells of rules that are not in force yet by the reason of an entry; later ones list them apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime

USER, STRIPE = "user", "stripe"
PAST_DUE, CURRENTLY_DUE, EVENTUALLY_DUE = "past_due", "currently_due", "eventually_due"
FUTURE_REASON = "future_requirements"


@dataclass(frozen=True)
class Asked:
    """One thing that Stripe still wants to know; what Stripe spells is kept as it spells it."""

    description: str
    awaiting_action_from: str
    deadline_status: str
    deadline_at: datetime | None = None
    restricts: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    reasons: list = field(default_factory=list)
    person_id: str = ""
    is_future: bool = False

    @property
    def is_due(self) -> bool:
        """Whether the business has to supply this now; what is only due some day does not count."""
        is_now = self.deadline_status in (PAST_DUE, CURRENTLY_DUE) and not self.is_future
        return is_now and self.awaiting_action_from == USER


def is_v1(account: dict) -> bool:
    return account.get("object") == "account"


def asked_of(account: dict) -> list[Asked]:
    """Everything that is asked, now or under rules to come."""
    return list(_of_v1(account)) if is_v1(account) else list(_of_v2(account))


def deadline_of(account: dict) -> datetime | None:
    """The one moment that Stripe gives for the whole account."""
    requirements = account.get("requirements") or {}
    if is_v1(account):
        return _moment(requirements.get("current_deadline"))
    summary = requirements.get("summary") or {}
    return _moment((summary.get("minimum_deadline") or {}).get("time"))


def _of_v2(account: dict) -> Iterator[Asked]:
    requirements, future = account.get("requirements") or {}, account.get("future_requirements") or {}
    summary = requirements.get("summary") or {}
    worst, moment = (summary.get("minimum_deadline") or {}).get("status"), deadline_of(account)
    for entry in requirements.get("entries") or []:
        # Stripe gives one moment for the whole account: it belongs to the entries of the worst urgency.
        is_worst = (entry.get("minimum_deadline") or {}).get("status") == worst
        yield _of_entry(entry, deadline_at=moment if is_worst else None)
    begins_at = _moment(future.get("minimum_transition_date"))
    for entry in future.get("entries") or []:
        yield _of_entry(entry, deadline_at=begins_at, is_future=True)


def _of_entry(entry: dict, *, deadline_at: datetime | None, is_future: bool = False) -> Asked:
    status = (entry.get("minimum_deadline") or {}).get("status") or ""
    reasons = entry.get("requested_reasons") or []
    told_by_reason = status != PAST_DUE and any(reason.get("code") == FUTURE_REASON for reason in reasons)
    return Asked(
        description=entry.get("description") or "",
        awaiting_action_from=entry.get("awaiting_action_from") or "",
        deadline_status=status,
        deadline_at=deadline_at,
        restricts=(entry.get("impact") or {}).get("restricts_capabilities") or [],
        errors=entry.get("errors") or [],
        reasons=reasons,
        person_id=_person_of(entry),
        is_future=is_future or told_by_reason,
    )


def _person_of(entry: dict) -> str:
    reference = entry.get("reference") or {}
    # The 2025-09-30 dialect calls the reference to a person "resource"; later ones say "person".
    return (reference.get("resource") or "") if reference.get("type") in ("person", "resource") else ""


def _of_v1(account: dict) -> Iterator[Asked]:
    seen: set[str] = set()
    for each in _of_lists(account.get("requirements") or {}):
        seen.add(each.description)
        yield each
    for each in _of_lists(account.get("future_requirements") or {}, is_future=True):
        if each.description not in seen:
            yield each


def _of_lists(lists: dict, *, is_future: bool = False) -> Iterator[Asked]:
    """Each path once, at its worst: what is past due also stands among what is due, and that among what will be."""
    errors: dict[str, list] = {}
    for error in lists.get("errors") or []:
        told = {"code": error.get("code") or "", "description": error.get("reason") or ""}
        errors.setdefault(error.get("requirement") or "", []).append(told)
    deadline = _moment(lists.get("current_deadline"))
    seen: set[str] = set()
    for status in (PAST_DUE, CURRENTLY_DUE, EVENTUALLY_DUE):
        for path in lists.get(status) or []:
            if path not in seen:
                seen.add(path)
                at = deadline if is_future or status != EVENTUALLY_DUE else None
                yield _of_path(path, USER, status, deadline_at=at, errors=errors.get(path, []), is_future=is_future)
    for path in lists.get("pending_verification") or []:
        if path not in seen:
            yield _of_path(path, STRIPE, EVENTUALLY_DUE, is_future=is_future)


def _of_path(path: str, whose: str, status: str, **more) -> Asked:
    person, _, _rest = path.partition(".")
    return Asked(path, whose, status, person_id=person if person.startswith("person_") else "", **more)


def _moment(value: str | int | None) -> datetime | None:
    """v1 counts seconds, v2 spells moments out."""
    if not value:
        return None
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) else parse_datetime(value)
