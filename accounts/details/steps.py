"""The steps of our own forms, and which of them are open: worked out from what Stripe really asks of this business."""

import re
from dataclasses import dataclass

from django.urls import reverse
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


DUE = ("past_due", "currently_due")


@dataclass(frozen=True)
class Step:
    """One page of the forms. `is_open`: something of it is due now, so that it cannot be skipped for good.

    `state` is done (Stripe asks for nothing of it, now or later), current, or todo.
    """

    key: str
    label: str
    url_name: str
    url: str
    is_open: bool
    state: str = "todo"

    @property
    def is_optional(self) -> bool:
        return not self.is_open


def step_of(requirement: Requirement) -> str:
    """The key of the step in which a requirement is answered."""
    for pattern, key in _STEP_OF_PATH:
        if pattern.search(requirement.description):
            return key
    return PEOPLE if requirement.person_id else BUSINESS


def steps_of(account: ConnectedAccount, known: Known, *, current: str = "") -> list[Step]:
    """Every step of this account in order; documents only when Stripe asks for one or has been given one."""
    awaited = _awaited(account)
    wanted = {step_of(requirement) for requirement in awaited}
    due = {step_of(requirement) for requirement in awaited if requirement.deadline_status in DUE}
    if known.is_read and not known.bank_accounts:
        # Worth offering before Stripe asks: payouts wait for it.
        wanted.add(BANK)
    is_individual = account.entity_type == ConnectedAccount.EntityType.INDIVIDUAL
    labels = {
        BUSINESS: _("Business"),
        PEOPLE: _("About you") if is_individual else _("People"),
        DOCUMENTS: _("Documents"),
        BANK: _("Bank"),
        TERMS: _("Terms"),
    }
    if DOCUMENTS not in wanted and not account.documents.exists():
        del labels[DOCUMENTS]
    return [_step(account, key, label, wanted, due, current) for key, label in labels.items()]


def _step(account: ConnectedAccount, key: str, label: str, wanted: set[str], due: set[str], current: str) -> Step:
    url_name = f"accounts:details-{key}"
    state = "todo" if key in wanted else "done"
    return Step(
        key=key,
        label=label,
        url_name=url_name,
        url=reverse(url_name, args=[account.ref]),
        is_open=key in due,
        state="current" if key == current else state,
    )


def first_open(account: ConnectedAccount, known: Known) -> Step | None:
    """The first step of which something is due; None when nothing is."""
    return next((step for step in steps_of(account, known) if step.is_open), None)


def way_in(account: ConnectedAccount, known: Known) -> Step | None:
    """Where to begin: at the first step of which something is due, else of which something is wanted later."""
    later = next((step for step in steps_of(account, known) if step.state != "done"), None)
    return first_open(account, known) or later


def following(account: ConnectedAccount, known: Known, key: str) -> Step | None:
    """Where to go after a step: the next one that is not done, optional ones included, else the first open."""
    steps = steps_of(account, known)
    place = next((number for number, step in enumerate(steps) if step.key == key), len(steps))
    later = next((step for step in steps[place + 1 :] if step.state != "done"), None)
    return later or first_open(account, known)


def lines_for(account: ConnectedAccount, key: str) -> list[RequirementLine]:
    """What Stripe still wants to know in one step, as lines that people read."""
    return [line for line in lines_of(account) if line.awaits_business and step_of(line.requirements[0]) == key]


# What the form about the business has fields for. Stripe may ask for more, which only its own form knows to ask.
_OF_BUSINESS_FORM = re.compile(
    r"registered_name|company\.name|doing_business_as|business_profile\.name|id_numbers|tax_id|\.phone|\.address\b"
    r"|\bmcc\b|business_url|business_profile\.url|product_description|estimated_worker_count|annual_revenue"
)


def beyond_our_form(account: ConnectedAccount) -> list[str]:
    """What Stripe asks about the business that our form has no field for, in words."""
    lines = lines_for(account, BUSINESS)
    return [line.words for line in lines if not _OF_BUSINESS_FORM.search(line.requirements[0].description)]


def due_before_terms(account: ConnectedAccount) -> list[str]:
    """Keys of the steps that hold back the terms: what is due in them has not been given."""
    due = (row for row in _awaited(account) if row.deadline_status in DUE)
    keys = {step_of(requirement) for requirement in due}
    return [key for key in (BUSINESS, PEOPLE, DOCUMENTS, BANK) if key in keys]


def is_wanted(account: ConnectedAccount, key: str) -> bool:
    """Whether Stripe asks for something of a step, now or later."""
    return any(step_of(requirement) == key for requirement in _awaited(account))


def _awaited(account: ConnectedAccount) -> list[Requirement]:
    return list(account.requirements.filter(awaiting_action_from="user", is_future=False).order_by("id"))
