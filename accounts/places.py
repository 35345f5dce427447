"""Where a business answers what Stripe asks: the page of our own forms, or Stripe's form where only that will do."""

import re

from django.urls import reverse

from accounts.details.steps import step_of
from accounts.models import ConnectedAccount, Requirement
from accounts.requirement_lines import RequirementLine
from accounts.requirement_words import phrase_for

# Stripe's own people ask; no page of ours, and no call of the API, can answer them. Nor can a form buy something.
_AT_STRIPE = re.compile(r"inquiry|interv_|remediation|configuration\.\w+\.applied|card_issuing\.activity")


def place_for(description: str, person_id: str = "") -> str:
    """Name of the route on which a requirement is answered; "" where only Stripe's own form, or nothing, answers it."""
    if _AT_STRIPE.search(description) or phrase_for(description) is None:
        return ""
    return f"accounts:details-{step_of(Requirement(description=description, person_id=person_id))}"


def url_for(account: ConnectedAccount, line: RequirementLine) -> str:
    """The page on which the business answers a line; "" where only Stripe's own form does."""
    if account.kind != ConnectedAccount.Kind.ISSUING or not line.awaits_business:
        return ""
    first = line.requirements[0]
    name = place_for(first.description, first.person_id)
    return reverse(name, args=[account.ref]) if name else ""
