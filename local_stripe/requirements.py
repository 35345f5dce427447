"""What an account still lacks for the capabilities it requested, spelled as v1 and as v2 spell it."""

from collections.abc import Iterator
from dataclasses import dataclass

from local_stripe import verification
from local_stripe.extra_params import CARD_TERMS
from local_stripe.resources import people
from local_stripe.trees import dig

CARDS = "card_creator:"
PAST_DUE, CURRENTLY_DUE = "past_due", "currently_due"
ADDRESS_PARTS = ("line1", "city", "postal_code")
WITH_STATES = {"AU", "CA", "MX", "US"}
DOB_PARTS = ("day", "month", "year")
TERMS_V2 = "identity.attestations.terms_of_service"


@dataclass(frozen=True)
class Need:
    """One missing thing. `scope` limits it to capabilities whose key begins so; empty v1 means v1 does not list it."""

    v1: str
    v2: str
    person: str | None = None
    scope: str = ""
    error: tuple[str, str] | None = None  # code and reason
    deadline: int | None = None
    urgency: str = PAST_DUE

    def concerns(self, capability: str) -> bool:
        return capability.startswith(self.scope)


def needs(account: dict, persons: list[dict]) -> list[Need]:
    """Everything somebody must still provide, in the order a form would ask; nothing when nothing is requested."""
    if not account["capabilities"] or account["closed"]:
        return []
    found = [*_about_business(account), *_about_people(account, persons), *_about_terms(account), *_unverified(account)]
    found += [Need(**extra) for extra in account["extra_requirements"]]
    keys = account["capabilities"]
    return [need for need in found if any(need.concerns(key) for key in keys)]


def complete_business(account: dict) -> bool:
    return account["entity_type"] not in (None, "individual")


def _about_business(account: dict) -> Iterator[Need]:
    business, profile = account["business"], account["profile"]
    if account["entity_type"] is None:
        yield Need("business_type", "identity.entity_type")
    if complete_business(account):
        yield from _about_company(account)
    if ("merchant" in account["configurations"] or account["legacy_type"] == "custom") and not _mcc(account):
        yield Need("business_profile.mcc", "configuration.merchant.mcc")
    if not profile.get("business_url") and not profile.get("product_description"):
        yield Need("business_profile.url", "defaults.profile.business_url")
    if business.get("estimated_worker_count") is None:
        where = "estimated_worker_count"
        yield Need(f"business_profile.{where}", f"identity.business_details.{where}", scope=CARDS)
    if not business.get("annual_revenue"):
        yield Need("business_profile.annual_revenue", "identity.business_details.annual_revenue", scope=CARDS)


def _mcc(account: dict) -> str | None:
    return account["configurations"].get("merchant", {}).get("mcc") or account["business_profile"].get("mcc")


def _about_company(account: dict) -> Iterator[Need]:
    business, details = account["business"], "identity.business_details"
    if not business.get("registered_name"):
        yield Need("company.name", f"{details}.registered_name")
    for part in _address_parts(account["country"]):
        if not dig(business, f"address.{part}"):
            yield Need(f"company.address.{part}", f"{details}.address.{part}")
    if not business.get("phone"):
        yield Need("company.phone", f"{details}.phone")
    if not verification.tax_id(account):
        yield Need("company.tax_id", f"{details}.id_numbers")
    for group in ("owners",) if account["country"] == "US" else ("directors", "executives", "owners"):
        if not account["persons_provided"].get(group):
            yield Need(f"company.{group}_provided", f"identity.attestations.persons_provided.{group}")


def _address_parts(country: str | None) -> tuple[str, ...]:
    return (*ADDRESS_PARTS, "state") if country in WITH_STATES else ADDRESS_PARTS


def _about_people(account: dict, persons: list[dict]) -> Iterator[Need]:
    if account["entity_type"] is None:
        return
    relevant = [person for person in persons if people.must_be_verified(person)]
    if account["entity_type"] == "individual":
        individual = next((person for person in relevant if person["individual"]), None)
        yield from _about_person(account, individual or _nobody(), "individual", "identity.individual")
        return
    if not any(person["relationship"].get("representative") for person in relevant):
        yield from _about_person(account, _nobody(), "representative", "representative")
    for person in relevant:
        yield from _about_person(account, person, person["id"], person["id"])


def _nobody() -> dict:
    return {"id": None, "relationship": {"representative": True}, "verification": {"errors": []}, "individual": False}


def _about_person(account: dict, person: dict, v1: str, v2: str) -> Iterator[Need]:
    for field_v1, field_v2 in _person_fields(account, person):
        if dig(person, field_v2) in (None, ""):
            yield Need(f"{v1}.{field_v1}", f"{v2}.{field_v2}", person["id"])
    if account["country"] == "US" and not person.get("id_number") and not person.get("ssn_last_4"):
        yield Need(f"{v1}.{'id_number' if person['id'] else 'ssn_last_4'}", f"{v2}.id_numbers", person["id"])
    for error in person["verification"]["errors"]:
        where = (f"{v1}.{error['v1']}", f"{v2}.{error['v2']}")
        yield Need(*where, person["id"], error=(error["code"], error["reason"]))


def _person_fields(account: dict, person: dict) -> Iterator[tuple[str, str]]:
    yield from (("first_name", "given_name"), ("last_name", "surname"))
    yield from ((f"dob.{part}", f"date_of_birth.{part}") for part in DOB_PARTS)
    yield from ((f"address.{part}", f"address.{part}") for part in _address_parts(account["country"]))
    yield ("email", "email")
    if person["relationship"].get("representative"):
        yield ("phone", "phone")
        if not person["individual"] and account["entity_type"] != "individual":
            yield ("relationship.title", "relationship.title")


def _about_terms(account: dict) -> Iterator[Need]:
    for part in ("date", "ip"):
        if not dig(account["terms"], f"account.{part}"):
            yield Need(f"tos_acceptance.{part}", f"{TERMS_V2}.account.{part}")
        for document in missing_card_terms(account):
            where = f"{TERMS_V2}.card_creator.commercial.{document}.{part}"
            yield Need(f"settings.card_issuing.tos_acceptance.{part}", where, scope=CARDS)


def card_documents(account: dict) -> list[str]:
    """Paths, below card_creator.commercial, of the terms that the requested card products need accepted."""
    documents = ["account_holder"]
    for key in account["capabilities"]:
        if not key.startswith(f"{CARDS}commercial."):
            continue
        _, sponsor, product = key.removeprefix(CARDS).split(".")
        # Financing disclosures are due in some states only, and Stripe's own products have no bank's terms.
        names = CARD_TERMS.get(sponsor, {}).get(product, ())
        documents += [f"{sponsor}.{product}.{name}" for name in names if name != "financing_disclosures"]
    return documents


def missing_card_terms(account: dict) -> list[str]:
    """An acceptance through v1 covers all documents."""
    if dig(account["terms"], "card_issuing.date"):
        return []
    accepted = dig(account["terms"], "card_creator.commercial") or {}
    return [document for document in card_documents(account) if not dig(accepted, f"{document}.date")]


def _unverified(account: dict) -> Iterator[Need]:
    for error in account["verification"]["errors"]:
        yield Need(error["v1"], error["v2"], error=(error["code"], error["reason"]))


def subjects(account: dict, persons: list[dict]) -> list[tuple[str, str, str | None]]:
    """(v1, v2, person) of what Stripe checks once everything has been provided, and has not checked yet."""
    checked: list[tuple[str, str, str | None]] = []
    if complete_business(account) and not account["verification"].get("business"):
        checked.append(("company.tax_id", "identity.business_details.id_numbers", None))
    for person in persons:
        if people.must_be_verified(person) and person["verification"]["status"] != "verified":
            name = "individual" if person["individual"] else person["id"]
            v2 = "identity.individual" if person["individual"] else person["id"]
            checked.append((f"{name}.id_number", f"{v2}.id_numbers", person["id"]))
    return checked
