"""Where an account stands, worked out from what Stripe says about it: one word, one urgency, one deadline."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime

from accounts.models import ConnectedAccount

Status = ConnectedAccount.Status

# Sort key of the list: smaller is more urgent. Below NEEDS_ATTENTION somebody should act.
URGENCY = {
    Status.RESTRICTED: 10,
    Status.PAST_DUE: 20,
    Status.INFO_DUE: 30,
    Status.FAILED: 35,
    Status.ONBOARDING: 45,
    Status.IN_REVIEW: 50,
    Status.CREATING: 55,
    Status.AWAITING: 56,
    Status.ACTIVE: 70,
    Status.REJECTED: 80,
    Status.REVOKED: 85,
    Status.CLOSED: 90,
}
NEEDS_ATTENTION = 40
# Reasons to withhold a capability that end by themselves or by supplying what is listed as due.
PASSING_CODES = {"determining_status", "requirements_past_due", "requirements_pending_verification"}
CARD_CREATOR = "card_creator"


@dataclass(frozen=True)
class CapabilityFact:
    configuration: str
    name: str
    status: str
    status_details: list


@dataclass(frozen=True)
class Standing:
    status: str
    can_issue: bool
    next_deadline_at: datetime | None

    @property
    def urgency(self) -> int:
        return URGENCY[self.status]


def capability_facts(account: dict) -> Iterator[CapabilityFact]:
    """Every requested capability of a v2 account, its nested place flattened to a dotted name."""
    for configuration, body in (account.get("configuration") or {}).items():
        capabilities = (body or {}).get("capabilities") or {}
        yield from _leaves(configuration, (), capabilities)


def _leaves(configuration: str, path: tuple, node: dict) -> Iterator[CapabilityFact]:
    if "status" in node:
        yield CapabilityFact(configuration, ".".join(path), node["status"] or "", node.get("status_details") or [])
        return
    for key, child in node.items():
        if isinstance(child, dict):
            yield from _leaves(configuration, (*path, key), child)


def judge(account: dict, *, was_active: bool) -> Standing:
    """Work out where a v2 account stands. `was_active`: cards could be issued at some time before now."""
    cards = [fact for fact in capability_facts(account) if fact.configuration == CARD_CREATOR]
    can_issue = any(fact.status == "active" for fact in cards) and not account.get("closed")
    entries = (account.get("requirements") or {}).get("entries") or []
    due = [entry for entry in entries if is_due_from_business(entry)]
    return Standing(
        status=_status(account, cards, entries, due, was_active=was_active, can_issue=can_issue),
        can_issue=can_issue,
        next_deadline_at=_deadline(account) if due else None,
    )


def is_due_from_business(entry: dict) -> bool:
    """Whether the business has to supply this now; what is only due some day does not count."""
    deadline = (entry.get("minimum_deadline") or {}).get("status")
    return entry.get("awaiting_action_from") == "user" and deadline in ("past_due", "currently_due")


def _status(account, cards, entries, due, *, was_active, can_issue) -> str:
    if account.get("closed"):
        return Status.CLOSED
    if cards and all(_is_refused(fact) for fact in cards):
        return Status.REJECTED
    if not can_issue and any(_is_withheld(fact) for fact in cards):
        return Status.RESTRICTED
    if due:
        return _status_while_due(due, was_active=was_active or can_issue)
    if can_issue:
        return Status.ACTIVE
    awaits_stripe = any(entry.get("awaiting_action_from") == "stripe" for entry in entries)
    if awaits_stripe or any(fact.status == "pending" for fact in cards) or not was_active:
        return Status.IN_REVIEW
    return Status.RESTRICTED


def _status_while_due(due: list, *, was_active: bool) -> str:
    if any((entry["minimum_deadline"] or {}).get("status") == "past_due" for entry in due) and was_active:
        return Status.PAST_DUE
    # Before the first card everything is past due by nature. Only what came back as wrong needs somebody's eye.
    if was_active or any(entry.get("errors") for entry in due):
        return Status.INFO_DUE
    return Status.ONBOARDING


def _is_refused(fact: CapabilityFact) -> bool:
    codes = {detail.get("code") or "" for detail in fact.status_details}
    return fact.status in ("rejected", "unsupported") or any(code.startswith("rejected_") for code in codes)


def _is_withheld(fact: CapabilityFact) -> bool:
    codes = {detail.get("code") for detail in fact.status_details}
    return fact.status == "restricted" and bool(codes - PASSING_CODES)


def _deadline(account: dict) -> datetime | None:
    summary = (account.get("requirements") or {}).get("summary") or {}
    moment = (summary.get("minimum_deadline") or {}).get("time")
    return parse_datetime(moment) if moment else None
