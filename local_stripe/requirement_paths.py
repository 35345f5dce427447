"""The v2 path of a requirement: how v1 spells it, and what the account says there now."""

import hashlib
import json

from local_stripe.resources import people
from local_stripe.trees import dig

DETAILS, PERSONS, TERMS = (
    "identity.business_details.",
    "identity.attestations.persons_provided.",
    "identity.attestations.terms_of_service.",
)
ACTIVITY = "card_issuing.activity"  # nothing that is told answers it, only using the cards does
V1_NAMES = {
    "identity.entity_type": "business_type",
    "defaults.profile.business_url": "business_profile.url",
    "defaults.profile.doing_business_as": "business_profile.name",
    "defaults.profile.product_description": "business_profile.product_description",
    "configuration.merchant.mcc": "business_profile.mcc",
    "configuration.merchant.statement_descriptor.descriptor": "settings.payments.statement_descriptor",
    "configuration.merchant.statement_descriptor.prefix": "settings.card_payments.statement_descriptor_prefix",
    "configuration.recipient.default_outbound_destination": "external_account",
    f"{DETAILS}registered_name": "company.name",
    f"{DETAILS}id_numbers": "company.tax_id",
    f"{DETAILS}estimated_worker_count": "business_profile.estimated_worker_count",
    f"{DETAILS}annual_revenue": "business_profile.annual_revenue",
    f"{DETAILS}documents.primary_verification": "company.verification.document",
    f"{TERMS}account.date": "tos_acceptance.date",
    f"{TERMS}account.ip": "tos_acceptance.ip",
}
V1_PERSON_NAMES = {
    **{v2: v1 for v1, v2 in people.V1_FIELDS.items()},
    "id_numbers": "id_number",
    "nationalities": "nationality",
    "documents.primary_verification": "verification.document",
    "documents.secondary_verification": "verification.additional_document",
}


def in_v1(path: str) -> str:
    """The v1 name of a v2 path; v1 names and paths that v1 knows nothing of stay as they are."""
    if path in V1_NAMES:
        return V1_NAMES[path]
    if path.startswith(DETAILS):
        rest = path.removeprefix(DETAILS)
        return f"{rest}.files" if rest.startswith("documents.") else f"company.{rest}"
    if path.startswith(PERSONS):
        return f"company.{path.removeprefix(PERSONS)}_provided"
    if path.startswith(f"{TERMS}card_creator."):
        return f"settings.card_issuing.tos_acceptance.{path.rpartition('.')[2]}"
    if path.startswith("identity.individual."):
        return f"individual.{person_in_v1(path.removeprefix('identity.individual.'))}"
    return path


def scope_of(path: str) -> str:
    """The capabilities a requirement is about, "" for all of them: what only cards need stops nothing else."""
    about_cards = path.startswith(("card_issuing.", "settings.card_issuing.", f"{TERMS}card_creator."))
    return "card_creator:" if about_cards else ""


def person_in_v1(field: str) -> str:
    """The v1 name of a field of a person."""
    if field in V1_PERSON_NAMES:
        return V1_PERSON_NAMES[field]
    head, dot, rest = field.partition(".")
    if head == "documents":
        return f"{field}.files"
    return f"{V1_PERSON_NAMES.get(head, head)}{dot}{rest}"


def value_at(account: dict, persons: list[dict], path: str, person_id: str | None):
    """What is known at a v2 path; the whole account where the path says nothing."""
    person = next((one for one in persons if one["id"] == person_id), None)
    if person is None and path.startswith("identity.individual."):
        person = next((one for one in persons if one["individual"]), {})
    if person is not None:
        field = path.removeprefix(f"{person_id}.").removeprefix("identity.individual.")
        if field.startswith("id_numbers"):
            return [person.get("id_number"), person.get("ssn_last_4")]
        return dig(person, field)
    card_terms = [terms for name, terms in sorted(account["terms"].items()) if name != "account"]
    known = {
        DETAILS: account["business"],
        PERSONS: account["persons_provided"],
        f"{TERMS}account.": account["terms"].get("account"),
        TERMS: card_terms,
        "defaults.profile.": account["profile"],
        "configuration.merchant.": [account["configurations"].get("merchant"), account["settings"]],
        "configuration.recipient.": account.get("has_payout_bank"),
        "identity.entity_type": account["entity_type"],
        "settings.card_issuing.": card_terms,
        ACTIVITY: None,
    }
    for prefix, holder in known.items():
        if path.startswith(prefix):
            rest = path.removeprefix(prefix)
            return dig(holder, rest) if isinstance(holder, dict) and rest else holder
    return [account["business"], account["profile"], account["settings"], persons]


def print_of(account: dict, persons: list[dict], path: str, person_id: str | None) -> str:
    """The same print as long as nothing is said anew at the path."""
    told = json.dumps(value_at(account, persons, path, person_id), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
