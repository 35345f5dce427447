"""The steps of our own forms, and which of them are open: worked out from what Stripe really asks of this business."""

import re
from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.details.known import Known
from accounts.models import ConnectedAccount, Requirement
from accounts.requirement_lines import RequirementLine, lines_of

BUSINESS, PEOPLE, DOCUMENTS, BANK, TERMS = "business", "people", "documents", "bank", "terms"
# First match wins. Paths are those of v2; the v1 spellings stand beside them because older requirements keep theirs.
_STEP_OF_PATH = [
    (re.compile(r"terms_of_service|tos_acceptance"), TERMS),
    (re.compile(r"(^|\.)documents\b|verification\.(document|additional_document)"), DOCUMENTS),
    (re.compile(r"external_account|default_outbound_destination|payout_method"), BANK),
    (re.compile(r"^representative\b|^identity\.individual\b|^individual\b|^person_"), PEOPLE),
    (re.compile(r"persons_provided|_provided$|\brelationship\b|^(owners|directors|executives)\b"), PEOPLE),
    (re.compile(r"(directorship|ownership|representative)_declaration"), PEOPLE),
]


@dataclass(frozen=True)
class Step:
    """One page of the forms. `is_open`: Stripe asks for something of it; `state` is done, current or todo."""

    key: str
    label: str
    url_name: str
    url: str
    is_open: bool
    is_optional: bool = False
    state: str = "todo"


def step_of(requirement: Requirement) -> str:
    """The key of the step in which a requirement is answered."""
    for pattern, key in _STEP_OF_PATH:
        if pattern.search(requirement.description):
            return key
    return PEOPLE if requirement.person_id else BUSINESS


def steps_of(account: ConnectedAccount, known: Known, *, current: str = "") -> list[Step]:
    """Every step of this account in order; documents only when Stripe asks for one or has been given one."""
    open_keys = {step_of(requirement) for requirement in _awaited(account)}
    steps = [
        _step(account, BUSINESS, _("Business"), open_keys),
        _step(account, PEOPLE, _("About you") if account.entity_type == "individual" else _("People"), open_keys),
    ]
    if DOCUMENTS in open_keys or account.documents.exists():
        steps.append(_step(account, DOCUMENTS, _("Documents"), open_keys))
    bank = _step(account, BANK, _("Bank"), open_keys)
    has_bank = bool(known.bank_accounts)
    steps.append(replace(bank, is_optional=not bank.is_open, state="done" if has_bank and not bank.is_open else "todo"))
    steps.append(_step(account, TERMS, _("Terms"), open_keys))
    return [replace(step, state="current") if step.key == current else step for step in steps]


def _step(account: ConnectedAccount, key: str, label: str, open_keys: set[str]) -> Step:
    url_name = f"accounts:details-{key}"
    is_open = key in open_keys
    try:
        url = reverse(url_name, args=[account.ref])
    except NoReverseMatch:
        url = ""
    return Step(key, label, url_name, url, is_open, state="todo" if is_open else "done")


def first_open(account: ConnectedAccount, known: Known) -> Step | None:
    """The first step that Stripe waits for; None when it waits for nothing."""
    return next((step for step in steps_of(account, known) if step.is_open), None)


def following(account: ConnectedAccount, known: Known, key: str) -> Step | None:
    """Where to go after a step: the next one that is not done, optional ones included, else the first open."""
    steps = steps_of(account, known)
    place = next((number for number, step in enumerate(steps) if step.key == key), len(steps))
    later = next((step for step in steps[place + 1 :] if step.state != "done"), None)
    return later or first_open(account, known)


def lines_for(account: ConnectedAccount, key: str) -> list[RequirementLine]:
    """What Stripe still wants to know in one step, as lines that people read."""
    return [line for line in lines_of(account) if line.awaits_business and step_of(line.requirements[0]) == key]


def due_before_terms(account: ConnectedAccount) -> list[str]:
    """Keys of the steps that hold back the terms: what is due in them has not been given."""
    due = (row for row in _awaited(account) if row.deadline_status in ("past_due", "currently_due"))
    keys = {step_of(requirement) for requirement in due}
    return [key for key in (BUSINESS, PEOPLE, DOCUMENTS, BANK) if key in keys]


def _awaited(account: ConnectedAccount) -> list[Requirement]:
    return list(account.requirements.filter(awaiting_action_from="user", is_future=False).order_by("id"))
