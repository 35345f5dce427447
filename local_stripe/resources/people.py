"""The record behind a person's v1 and v2 faces, and both ways of reading and writing it."""

from local_stripe import clock
from local_stripe.context import Context
from local_stripe.ids import new_id
from local_stripe.metadata import merge_metadata
from local_stripe.store import Store
from local_stripe.trees import dig, merged, plant

KIND = "person"
ROLES = ("authorizer", "director", "executive", "legal_guardian", "owner", "representative")
OWNER_SHARE = 25  # percent from which an owner must be verified
EMPTY_DOCUMENT = {"back": None, "details": None, "details_code": None, "front": None}
EMPTY: dict[str, dict] = {"relationship": {}, "documents": {}}
# v1 name → path in the record, where a plain copy does.
V1_FIELDS = {
    "first_name": "given_name",
    "last_name": "surname",
    "maiden_name": "maiden_name",
    "dob": "date_of_birth",
    "address": "address",
    "registered_address": "registered_address",
    "email": "email",
    "phone": "phone",
    "gender": "legal_gender",
    "nationality": "nationality",
    "political_exposure": "political_exposure",
    "relationship": "relationship",
    "full_name_aliases": "full_name_aliases",
    "id_number": "id_number",
    "ssn_last_4": "ssn_last_4",
}
V1_DOCUMENTS = {"document": "primary_verification", "additional_document": "secondary_verification"}
V2_FIELDS = (
    "given_name", "surname", "date_of_birth", "address", "email", "phone", "legal_gender", "nationalities",
    "political_exposure", "relationship", "documents", "additional_addresses", "additional_names",
    "additional_terms_of_service",
)  # fmt: skip


def new(ctx: Context, account_id: str, *, individual: bool = False) -> dict:
    return {
        "id": new_id("person"),
        "account": account_id,
        "created": ctx.now,
        "updated": ctx.now,
        "metadata": {},
        "relationship": {"representative": True} if individual else {},
        "documents": {},
        "individual": individual,
        "verification": {"status": "unverified", "errors": []},
    }


def of_account(db: Store, account_id: str) -> list[dict]:
    """Oldest first."""
    return db.list(account_id, KIND, newest_first=False)


def save(db: Store, person: dict) -> dict:
    return db.put(person["account"], KIND, person["id"], person)


def individual_of(ctx: Context, account_id: str) -> dict:
    """The person an individual's account is about, made when first needed."""
    for person in of_account(ctx.db, account_id):
        if person["individual"]:
            return person
    return new(ctx, account_id, individual=True)


def must_be_verified(person: dict) -> bool:
    relationship = person["relationship"]
    share = float(relationship.get("percent_ownership") or 0)
    return bool(relationship.get("representative") or relationship.get("owner") or share >= OWNER_SHARE)


def is_only_director(person: dict) -> bool:
    """Compared with the public register, but not identified."""
    return bool(person["relationship"].get("director")) and not must_be_verified(person)


def apply_v1(person: dict, params: dict, now: int) -> dict:
    """The record after v1 parameters; "" takes a field away."""
    given = {}
    for name, path in V1_FIELDS.items():
        if name in params:
            value = params[name]
            given[path] = None if value == "" else value
    for name, path in V1_DOCUMENTS.items():
        document = dig(params, f"verification.{name}")
        if document:
            plant(given, f"documents.{path}", {"type": "front_back", "front_back": document})
    for name, document in (params.get("documents") or {}).items():
        plant(given, f"documents.{name}", {"type": "files", **document})
    if "nationality" in params:
        given["nationalities"] = [params["nationality"]] if params["nationality"] else None
    if "additional_tos_acceptances" in params:
        given["additional_terms_of_service"] = params["additional_tos_acceptances"]
    person = merged(person, given)
    person["metadata"] = merge_metadata(person["metadata"], params.get("metadata"))
    return {**EMPTY, **person, "updated": now}


def apply_v2(person: dict, params: dict, now: int) -> dict:
    """The record after v2 parameters; null takes a field away."""
    given = {name: params[name] for name in V2_FIELDS if name in params}
    if "nationalities" in params:
        given["nationality"] = next(iter(params["nationalities"] or ()), None)
    for id_number in params.get("id_numbers") or ():
        given["ssn_last_4" if id_number["type"].endswith("_last_4") else "id_number"] = id_number["value"]
        given["id_number_type"] = id_number["type"]
    person = merged(person, given)
    metadata = {key: value if value is not None else "" for key, value in (params.get("metadata") or {}).items()}
    person["metadata"] = merge_metadata(person["metadata"], metadata or None)
    return {**EMPTY, **person, "updated": now}


def render_v1(person: dict, requirements: dict, future: dict) -> dict:
    relationship = person["relationship"]
    share = relationship.get("percent_ownership")
    return {
        "id": person["id"],
        "object": "person",
        "account": person["account"],
        "additional_tos_acceptances": {"account": {"date": None, "ip": None, "user_agent": None}},
        "address": _address(person.get("address")),
        "created": person["created"],
        "dob": {part: dig(person, f"date_of_birth.{part}") for part in ("day", "month", "year")},
        "email": person.get("email"),
        "first_name": person.get("given_name"),
        "future_requirements": future,
        "id_number_provided": "id_number" in person,
        "last_name": person.get("surname"),
        "metadata": person["metadata"],
        "nationality": person.get("nationality"),
        "phone": person.get("phone"),
        "political_exposure": person.get("political_exposure"),
        "relationship": {
            **{role: bool(relationship.get(role)) for role in ROLES},
            "percent_ownership": float(share) if share is not None else None,
            "title": relationship.get("title"),
        },
        "requirements": requirements,
        "ssn_last_4_provided": "ssn_last_4" in person or "id_number" in person,
        "verification": _verification(person),
    }


def _address(address: dict | None) -> dict:
    return {part: (address or {}).get(part) for part in ("city", "country", "line1", "line2", "postal_code", "state")}


def _verification(person: dict) -> dict:
    documents = {}
    for name, path in V1_DOCUMENTS.items():
        files = dig(person, f"documents.{path}.front_back") or {}
        error = _error_of(person, path)
        documents[name] = {
            **EMPTY_DOCUMENT,
            "front": files.get("front"),
            "back": files.get("back"),
            "details": error.get("reason"),
            "details_code": error.get("code"),
        }
    first: dict = next(iter(person["verification"]["errors"]), {})
    return {
        **documents,
        "details": first.get("reason"),
        "details_code": first.get("code"),
        "status": _status(person),
    }


def _status(person: dict) -> str:
    """A document that has not been looked at yet is being looked at."""
    known = person["verification"]
    unread = known["status"] == "unverified" and "facts" not in known and person["documents"]
    return "pending" if unread else known["status"]


def _error_of(person: dict, path: str) -> dict:
    errors = person["verification"]["errors"]
    return next((error for error in errors if error["v2"] == f"documents.{path}"), {})


def render_v2(person: dict) -> dict:
    shown = {name: person[name] for name in V2_FIELDS if name in person}
    id_numbers = [{"type": person.get("id_number_type", "us_ssn")}] if "id_number" in person else []
    if "ssn_last_4" in person:
        id_numbers.append({"type": "us_ssn_last_4"})
    share = person["relationship"].get("percent_ownership")
    relationship = {**person["relationship"]}
    if share is not None:
        relationship["percent_ownership"] = str(share)
    return {
        "id": person["id"],
        "object": "v2.core.account_person",
        "account": person["account"],
        "created": clock.iso(person["created"]),
        "updated": clock.iso(person["updated"]),
        "livemode": False,
        "metadata": person["metadata"],
        **shown,
        "relationship": relationship,
        "id_numbers": id_numbers,
    }
