"""What a flow of onboarding asks: the requirements it collects, and so its steps and fields."""

from fnmatch import fnmatchcase

from local_stripe import onboarding_extras, onboarding_fields, onboarding_forms
from local_stripe.onboarding_fields import Field
from local_stripe.requirements import CURRENTLY_DUE, EVENTUALLY_DUE, PAST_DUE, Need, future_needs, needs

DUE_NOW = (PAST_DUE, CURRENTLY_DUE)
# A need that another field than its namesake answers.
ANSWERED_BY = {"ssn_last_4": "id_number", "business_profile.product_description": "business_profile.url"}


def wanted(account: dict, persons: list[dict], collection: dict) -> list[Need]:
    """What is missing of that which the flow collects."""
    missing = needs(account, persons)
    if collection["future_requirements"] == "include":
        missing += future_needs(account, persons)
    return [need for need in missing if need.v1 and _is_collected(need, collection)]


def _is_collected(need: Need, collection: dict) -> bool:
    """Whether the flow asks for it; where the platform collects, bank accounts are its business unless it says so."""
    if need.v1 == onboarding_extras.BANK and not collection.get("bank"):
        return False
    if collection["fields"] == "currently_due" and need.urgency == EVENTUALLY_DUE:
        return False
    configurations = collection.get("configurations")
    if configurations and need.scope and need.scope.partition(":")[0] not in configurations:
        return False
    only, exclude = collection.get("only"), collection.get("exclude") or ()
    if only is not None and not any(fnmatchcase(need.v1, pattern) for pattern in only):
        return False
    return not any(fnmatchcase(need.v1, pattern) for pattern in exclude)


def open_steps(account: dict, persons: list[dict], collection: dict) -> list[str]:
    """Steps with something missing, in order."""
    return [step for step, _ in onboarding_forms.STEPS if wanted_in(step, account, persons, collection)]


def wanted_in(step: str, account: dict, persons: list[dict], collection: dict) -> list[Need]:
    """What is missing of that which a step answers."""
    lead = onboarding_forms.representative_of(persons)
    lead_id = lead["id"] if lead else None
    missing = wanted(account, persons, collection)
    return [need for need in missing if onboarding_forms.step_of(need.v1, lead_id) == step]


def fields_of(step: str, account: dict, persons: list[dict], view: dict, collection: dict) -> list[Field]:
    """The fields of a step; a flow for what is due now leaves out what is neither due nor known."""
    if step == "bank":
        return onboarding_extras.bank_fields(account["country"])
    fields = onboarding_fields.of_step(step, account, view)
    if step not in ("business", "representative"):
        return fields
    due = [_answer_to(need.v1) for need in wanted_in(step, account, persons, collection)]
    fields = [*fields, *onboarding_extras.demanded(step, due, fields)]
    if collection["fields"] != "currently_due":
        return fields
    return [field for field in fields if _is_asked(field, due, view)]


def _answer_to(requirement: str) -> str:
    """The dotted name of the field that answers a requirement, without the person it is about."""
    head, _, rest = requirement.partition(".")
    if head in ("representative", "individual") or head.startswith("person_"):
        requirement = rest
    return ANSWERED_BY.get(requirement, requirement)


def _is_asked(field: Field, due: list[str], view: dict) -> bool:
    if not field.required or onboarding_fields.is_on_file(field, view) or onboarding_fields.value_of(field, view):
        return True
    return any(onboarding_extras.answers(field, path) for path in due)


def is_due_now(need: Need) -> bool:
    return need.urgency in DUE_NOW
