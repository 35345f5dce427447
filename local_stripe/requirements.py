"""What an account still lacks for the capabilities it requested, spelled as v1 and as v2 spell it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local_stripe import requirement_paths, verification
from local_stripe.extra_params import CARD_TERMS
from local_stripe.resources import people
from local_stripe.trees import dig

CARDS = "card_creator:"
PAST_DUE, CURRENTLY_DUE, EVENTUALLY_DUE, FUTURE = "past_due", "currently_due", "eventually_due", "future"
ADDRESS_PARTS = ("line1", "city", "postal_code")
WITH_STATES = {"AU", "CA", "MX", "US"}
DOB_PARTS = ("day", "month", "year")
TERMS_V2 = "identity.attestations.terms_of_service"
PAYOUT_BANK = ("external_account", "configuration.recipient.default_outbound_destination")
DOCUMENT = ("verification.document", "documents.primary_verification")
# v1: what may be provided instead of what is missing; a number only once it has been refused.
ALTERNATIVES = {
    "business_profile.url": ("business_profile.product_description", False),
    "company.tax_id": ("company.verification.document", True),
}
# Who is behind which kind of business, outside of the US and in it; there, only companies have owners to name.
GROUPS = {"company": ("directors", "executives", "owners"), "non_profit": ("directors", "executives")}
US_GROUPS = {"company": ("owners",)}


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


def wanted(account: dict) -> list[str]:
    """The capabilities something may be asked for: all that were requested, but those that are not to be had."""
    return [key for key, record in account["capabilities"].items() if record["status"] != "unsupported"]


def needs(account: dict, persons: list[dict]) -> list[Need]:
    """Everything somebody must still provide, in the order a form would ask; nothing when nothing is requested."""
    if not account["capabilities"] or account["closed"]:
        return []
    found = [*_about_business(account), *_about_people(account, persons), *_about_terms(account), *_unverified(account)]
    found += [*_about_payouts(account), *_demanded(account)]
    if account.get("coming_rules") == "in_force":
        found += _coming(account, persons, PAST_DUE)
    keys = wanted(account)
    return _once(need for need in found if need.urgency != FUTURE and any(need.concerns(key) for key in keys))


def future_needs(account: dict, persons: list[dict]) -> list[Need]:
    """What rules that are not in force yet will ask for."""
    if not account["capabilities"] or account["closed"]:
        return []
    announced = account.get("coming_rules") == "announced"
    coming = _coming(account, persons, FUTURE) if announced else ()
    return _once([*coming, *(need for need in _demanded(account) if need.urgency == FUTURE)])


def _once(found: Iterable[Need]) -> list[Need]:
    """The same thing is asked for once; a reason to ask again beats the first asking."""
    kept: dict[tuple, Need] = {}
    for need in found:
        place = (need.v1, need.v2, need.person)
        if place not in kept or (need.error and not kept[place].error):
            kept[place] = need
    return list(kept.values())


def _demanded(account: dict) -> Iterator[Need]:
    """What staff of Stripe asked for."""
    for extra in account["extra_requirements"]:
        error = tuple(extra["error"]) if extra.get("error") else None
        yield Need(extra["v1"], extra["v2"], extra.get("person"), extra.get("scope", ""), error,
                   extra.get("deadline"), extra["urgency"])  # fmt: skip


def still_demanded(account: dict, persons: list[dict]) -> list[dict]:
    """The demands that have not been answered: what they ask about has not been told anew."""
    return [
        extra
        for extra in account["extra_requirements"]
        if requirement_paths.print_of(account, persons, extra["v2"], extra.get("person")) == extra["seen"]
    ]


def _coming(account: dict, persons: list[dict], urgency: str) -> Iterator[Need]:
    """The next rules: how a business is organised, and of which nation a sole owner is."""
    individual = next((person for person in persons if person["individual"]), None)
    if complete_business(account) and not account["business"].get("structure"):
        yield Need("company.structure", "identity.business_details.structure", urgency=urgency)
    if account["entity_type"] == "individual" and not (individual or {}).get("nationalities"):
        where = ("individual.nationality", "identity.individual.nationalities")
        yield Need(*where, individual and individual["id"], urgency=urgency)


def _about_payouts(account: dict) -> Iterator[Need]:
    """Payouts need a bank account some day, and right away once Stripe asked for what comes next."""
    if not account.get("has_payout_bank") and account.get("asks_for_bank", True):
        urgency = CURRENTLY_DUE if account.get("next_is_due") else EVENTUALLY_DUE
        yield Need(*PAYOUT_BANK, scope="recipient:", urgency=urgency)


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
    for group in (US_GROUPS if account["country"] == "US" else GROUPS).get(account["entity_type"], ()):
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
    for person in persons:
        if people.is_only_director(person):
            yield from _about_director(account, person)


def _about_director(account: dict, person: dict) -> Iterator[Need]:
    """Directors are named to the register, outside of the US, and not identified one by one."""
    id = person["id"]
    if account["country"] != "US":
        for v1, v2 in (("first_name", "given_name"), ("last_name", "surname")):
            if not person.get(v2):
                yield Need(f"{id}.{v1}", f"{id}.{v2}", id)
    yield from _errors(person, id, id)


def _nobody() -> dict:
    return {"id": None, "relationship": {"representative": True}, "verification": {"errors": []}, "individual": False}


def _about_person(account: dict, person: dict, v1: str, v2: str) -> Iterator[Need]:
    for field_v1, field_v2 in _person_fields(account, person):
        if dig(person, field_v2) in (None, ""):
            yield Need(f"{v1}.{field_v1}", f"{v2}.{field_v2}", person["id"])
    if account["country"] == "US" and not person.get("id_number") and not person.get("ssn_last_4"):
        yield Need(f"{v1}.{'id_number' if person['id'] else 'ssn_last_4'}", f"{v2}.id_numbers", person["id"])
    yield from _errors(person, v1, v2)


def _errors(person: dict, v1: str, v2: str) -> Iterator[Need]:
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
    for key in wanted(account):
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
        urgency = error.get("urgency", PAST_DUE)
        yield Need(error["v1"], error["v2"], error=(error["code"], error["reason"]), urgency=urgency)


def subjects(account: dict, persons: list[dict]) -> list[tuple[str, str, str | None]]:
    """(v1, v2, person) of what Stripe checks once everything has been provided, and has not checked yet."""
    checked: list[tuple[str, str, str | None]] = []
    if complete_business(account) and not account["verification"].get("business"):
        details = "identity.business_details"
        if _has_document(account["business"]):
            checked.append(("company.verification.document", f"{details}.documents.primary_verification", None))
        else:
            checked.append(("company.tax_id", f"{details}.id_numbers", None))
    for person in persons:
        if people.must_be_verified(person) and person["verification"]["status"] != "verified":
            v1 = "individual" if person["individual"] else person["id"]
            v2 = "identity.individual" if person["individual"] else person["id"]
            fields = DOCUMENT if _has_document(person) else ("id_number", "id_numbers")
            checked.append((f"{v1}.{fields[0]}", f"{v2}.{fields[1]}", person["id"]))
    return checked


def _has_document(holder: dict) -> bool:
    return bool(dig(holder, "documents.primary_verification.front_back.front"))
