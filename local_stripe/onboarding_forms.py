"""Hosted onboarding: reading a submitted step, and writing it the way the API would."""

import re
from dataclasses import dataclass

from local_stripe import account_state, forms, identity_checks, onboarding_documents, params
from local_stripe import account_views_v1 as views
from local_stripe.context import Call
from local_stripe.errors import StripeError
from local_stripe.onboarding_fields import Field, is_on_file
from local_stripe.requirements import CARDS, card_documents, needs
from local_stripe.resources import accounts, accounts_v1, people
from local_stripe.trees import plant
from local_stripe.versions import DEFAULT

STEPS = (
    ("type", "Business type"),
    ("business", "Business details"),
    ("representative", "Your details"),
    ("owners", "Owners"),
    ("documents", "Documents"),
    ("bank", "Bank account for payouts"),
    ("terms", "Review and submit"),
)
ACCOUNT_SCHEMA = ("POST", "/v1/accounts/{account}")
PERSON_SCHEMA = ("POST", "/v1/accounts/{account}/persons")
ALL_PROVIDED = {"owners_provided": True, "directors_provided": True, "executives_provided": True}


@dataclass
class Form:
    """A step as typed: `values` by field name, `problems` in words by field name."""

    values: dict[str, str]
    problems: dict[str, str]


def steps_of(account: dict, persons: list[dict]) -> list[tuple[str, str]]:
    """The steps this account goes through."""
    hidden = set()
    if account["entity_type"] == "individual":
        hidden.add("owners")
    if not onboarding_documents.asked(account, persons):
        hidden.add("documents")
    return [(step, title) for step, title in STEPS if step not in hidden]


def step_of(requirement: str, representative: str | None) -> str:
    """Which step answers a v1 requirement."""
    head = requirement.partition(".")[0]
    if requirement == "business_type":
        return "type"
    if requirement == "external_account":
        return "bank"
    if onboarding_documents.is_document(requirement):
        return "documents"
    if requirement.endswith("_provided"):
        return "owners"
    if head in ("company", "business_profile"):
        return "business"
    if head.startswith("person_") and head != representative:
        return "owners"
    if head in ("representative", "individual") or head == representative:
        return "representative"
    return "terms"


def complaints(account: dict, persons: list[dict], step: str) -> list[str]:
    """What could not be verified of the step's answers, in words."""
    lead = representative_of(persons)
    return [
        f"{need.v1.rpartition('.')[2].replace('_', ' ').capitalize()}. {need.error[1]}"
        for need in needs(account, persons)
        if need.error and step_of(need.v1, lead["id"] if lead else None) == step
    ]


def representative_of(persons: list[dict]) -> dict | None:
    return next((person for person in persons if person["relationship"].get("representative")), None)


def read(fields: list[Field], submitted: dict[str, str], view: dict, *, partly: bool) -> Form:
    """`partly` when leaving for later: gaps are fine then, and only what is filled in counts."""
    values = {field.name: submitted.get(field.name, "").strip() for field in fields}
    form = Form(values, {})
    for field in fields:
        value = values[field.name]
        if not value and field.required and not partly and not is_on_file(field, view):
            form.problems[field.name] = f"{field.label} is needed."
        elif value and field.kind in ("number", "money") and not re.match(r"^\d{1,12}(\.\d+)?$", value):
            form.problems[field.name] = f"{field.label} must be a number."
    return form


def save(call: Call, account: dict, step: str, form: Form, fields: list[Field]) -> None:
    """Write the step; raises StripeError when the API would refuse it."""
    before = account_state.photograph(call, account)
    given = {name: value for name, value in form.values.items() if value and name not in form.problems}
    for field in fields:
        if field.kind == "money" and field.name in given:
            given[field.name] = str(int(float(given[field.name])) * 100)
    if step == "documents":
        onboarding_documents.save(call, account, given)
    elif step in ("type", "business"):
        _save_account(call, account, given)
    else:
        _save_person(call, account, step, given)
    account_state.settle(call, account, before)


def _save_account(call: Call, account: dict, given: dict[str, str]) -> None:
    revenue = "business_profile[annual_revenue]"
    if f"{revenue}[amount]" in given:
        given[f"{revenue}[currency]"] = accounts.default_currency(call.db, account["id"])
    if f"{revenue}[fiscal_year_end]" not in given:
        given = {name: value for name, value in given.items() if not name.startswith(revenue)}
    if "company[address][line1]" in given:
        given["company[address][country]"] = account["country"]
    accounts_v1.apply(call, account, _checked(given, ACCOUNT_SCHEMA))


def _save_person(call: Call, account: dict, step: str, given: dict[str, str]) -> None:
    if not given:
        return
    if "address[line1]" in given:
        given["address[country]"] = account["country"]
    checked = _checked({name: value for name, value in given.items() if _is_whole(name, given)}, PERSON_SCHEMA)
    identity_checks.person_v1(call, checked, "", account["country"])
    persons = people.of_account(call.db, account["id"])
    for person in _people_meant(call, account, step, persons):
        people.save(call.db, people.apply_v1(person, checked, call.now))


def _is_whole(name: str, given: dict) -> bool:
    """A date of birth goes in whole or not at all."""
    return not name.startswith("dob[") or all(f"dob[{part}]" in given for part in ("day", "month", "year"))


def _people_meant(call: Call, account: dict, step: str, persons: list[dict]) -> list[dict]:
    if step == "owners":
        return [{**people.new(call, account["id"]), "relationship": {"owner": True}}]
    if account["entity_type"] == "individual":
        return [people.individual_of(call, account["id"])]
    lead = representative_of(persons)
    return [lead or {**people.new(call, account["id"]), "relationship": {"representative": True}}]


def _checked(given: dict[str, str], schema: tuple[str, str]) -> dict:
    return params.check(forms.nest(given.items()), params.schema_for(*schema, DEFAULT), is_form=True)


def confirm_owners(call: Call, account: dict) -> None:
    """There are no more owners (or, where asked for, directors and executives) than those listed."""
    before = account_state.photograph(call, account)
    accounts_v1.apply(call, account, {"company": ALL_PROVIDED})
    account_state.settle(call, account, before)


def accept_terms(call: Call, account: dict, user_agent: str) -> None:
    """Record the acceptance of everything the account has to accept, here and now."""
    before = account_state.photograph(call, account)
    acceptance = {"date": call.now, "ip": call.client_ip, "user_agent": user_agent}
    account["terms"]["account"] = {**account["terms"].get("account", {}), **acceptance}
    if has_cards(account):
        account["terms"]["card_issuing"] = acceptance
        for document in card_documents(account):
            plant(account["terms"], f"card_creator.commercial.{document}", acceptance)
    account_state.settle(call, account, before)


def has_cards(account: dict) -> bool:
    return any(key.startswith(CARDS) for key in account["capabilities"])


def field_of(refusal: StripeError, fields: list[Field]) -> str:
    """The name of the field a refusal is about, the first one when it names none of them."""
    names = [field.name for field in fields]
    return refusal.param if refusal.param in names else names[0]


def view_for(call: Call, account: dict, step: str, persons: list[dict]) -> dict:
    """What fills the step's fields: the account or the representative, as v1 shows them."""
    if step == "documents":
        return {"asked": onboarding_documents.asked(account, persons)}
    if step != "representative":
        return views.render(call.db, account) if step in ("type", "business", "terms") else {}
    lead = representative_of(persons)
    return views.person_view(account, persons, lead) if lead else {}
