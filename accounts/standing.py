"""Where an account stands, worked out from what Stripe says about it: one word, one urgency, one deadline."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from accounts.asked import PAST_DUE, STRIPE, Asked, asked_of, deadline_of, is_v1
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
# As which the capabilities of a v1 account are kept, since v1 knows no configurations.
V1 = "v1"
# Reasons of v1 to switch an account off that end by themselves or by supplying what is listed as due.
PASSING_REASONS = {
    "",
    "action_required.requested_capabilities",
    "requirements.past_due",
    "requirements.pending_verification",
}
# Reasons that wait for Stripe's own people.
REVIEW_REASONS = {"under_review", "listed"}


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
    # It does what it is for: issue cards, or take payments and be paid out.
    is_working: bool = False
    # Why it can never issue cards; None where that was not told.
    unfit_reason: str | None = None

    @property
    def urgency(self) -> int:
        return URGENCY[self.status]


def capability_facts(account: dict) -> Iterator[CapabilityFact]:
    """Every requested capability, its nested place in a v2 account flattened to a dotted name."""
    if is_v1(account):
        for name, status in (account.get("capabilities") or {}).items():
            yield CapabilityFact(V1, name, status or "", [])
        return
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
    asked = asked_of(account)
    due = [each for each in asked if each.is_due]
    unfit = "" if can_issue else unfit_reason(account)
    status = _status(account, cards, asked, due, was_active=was_active, can_issue=can_issue)
    return Standing(
        # Whatever is asked of it or being checked: no card will ever come of it.
        status=Status.RESTRICTED if unfit and status not in (Status.CLOSED, Status.REJECTED) else status,
        can_issue=can_issue,
        next_deadline_at=deadline_of(account) if due else None,
        is_working=can_issue,
        unfit_reason=unfit,
    )


def unfit_reason(account: dict) -> str | None:
    """Why the configuration of a v2 account, which is fixed for good, keeps it from ever issuing cards; "" if nothing.

    None when what decides it was not included.
    """
    if account.get("dashboard") not in (None, "none"):
        return "dashboard"
    defaults = account.get("defaults")
    if defaults is None:
        return None
    responsibilities = defaults.get("responsibilities") or {}
    for name in ("losses_collector", "fees_collector", "requirements_collector"):
        if responsibilities.get(name) not in (None, "application"):
            return name
    return ""


def judge_v1(account: dict, *, was_active: bool) -> Standing:
    """Work out where an account stands that takes payments and payouts, and never issues cards here."""
    asked = asked_of(account)
    due = [each for each in asked if each.is_due]
    is_working = bool(account.get("charges_enabled") and account.get("payouts_enabled"))
    return Standing(
        status=_status_v1(account, asked, due, was_active=was_active, is_working=is_working),
        can_issue=False,
        next_deadline_at=deadline_of(account) if due else None,
        is_working=is_working,
        unfit_reason="",
    )


def _status_v1(account, asked, due, *, was_active, is_working) -> str:
    reason = (account.get("requirements") or {}).get("disabled_reason") or ""
    if reason.startswith("rejected."):
        return Status.REJECTED
    if reason in REVIEW_REASONS and not was_active:
        return Status.IN_REVIEW
    if reason not in PASSING_REASONS:
        return Status.RESTRICTED
    if due:
        # A form that was sent in and is still not enough needs somebody's eye.
        worked = was_active or is_working
        return _status_while_due(due, was_active=worked, is_alarming=bool(account.get("details_submitted")))
    if is_working:
        return Status.ACTIVE
    if not account.get("details_submitted") and not was_active:
        return Status.ONBOARDING
    is_waiting = any(each.awaiting_action_from == STRIPE for each in asked) or not was_active
    return Status.IN_REVIEW if is_waiting else Status.RESTRICTED


def _status(account, cards, asked, due, *, was_active, can_issue) -> str:
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
    awaits_stripe = any(each.awaiting_action_from == STRIPE for each in asked)
    if awaits_stripe or any(fact.status == "pending" for fact in cards) or not was_active:
        return Status.IN_REVIEW
    return Status.RESTRICTED


def _status_while_due(due: list[Asked], *, was_active: bool, is_alarming: bool = False) -> str:
    if was_active and any(each.deadline_status == PAST_DUE for each in due):
        return Status.PAST_DUE
    # Before the first card everything is past due by nature. Only what came back as wrong needs somebody's eye.
    if was_active or is_alarming or any(each.errors for each in due):
        return Status.INFO_DUE
    return Status.ONBOARDING


def _is_refused(fact: CapabilityFact) -> bool:
    codes = {detail.get("code") or "" for detail in fact.status_details}
    return fact.status in ("rejected", "unsupported") or any(code.startswith("rejected_") for code in codes)


def _is_withheld(fact: CapabilityFact) -> bool:
    codes = {detail.get("code") for detail in fact.status_details}
    return fact.status == "restricted" and bool(codes - PASSING_CODES)
