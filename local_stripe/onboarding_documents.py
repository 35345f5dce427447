"""The documents step of onboarding: which documents are asked for, of whom, and taking what is uploaded."""

from dataclasses import dataclass, replace

from local_stripe import documents, forms, params
from local_stripe.context import Call
from local_stripe.errors import StripeError
from local_stripe.onboarding_fields import Field
from local_stripe.requirements import Need, needs
from local_stripe.resources import accounts_v1, files, people
from local_stripe.versions import DEFAULT

ACCOUNT_SCHEMA = ("POST", "/v1/accounts/{account}")
PERSON_SCHEMA = ("POST", "/v1/accounts/{account}/persons")
TITLES = {"verification.document": "Identity document", "verification.additional_document": "Proof of address"}
PURPOSES = {"verification.document": "identity_document"}


@dataclass(frozen=True)
class Upload:
    """A file as the browser sent it."""

    filename: str
    data: bytes


def is_document(requirement: str) -> bool:
    """Whether a v1 requirement asks for a document."""
    return ".verification." in requirement or ".documents." in f".{requirement}"


def asked(account: dict, persons: list[dict]) -> list[dict]:
    """The missing documents in the order of the requirements: name of the field, label, purpose of the file."""
    return [_asked(need, persons) for need in needs(account, persons) if is_document(need.v1)]


def _asked(need: Need, persons: list[dict]) -> dict:
    person = next((one for one in persons if one["id"] == need.person), None)
    path = need.v1.partition(".")[2] if person else need.v1
    steps = [person["id"], *path.split(".")] if person else path.split(".")
    whose = " ".join(filter(None, [person.get("given_name"), person.get("surname")])) if person else "the business"
    listed = path.endswith(".files")
    kind = path.split(".")[-2 if listed else -1].replace("_", " ").capitalize()
    title = TITLES.get(path, "Document" if path == "company.verification.document" else kind)
    return {
        "name": steps[0] + "".join(f"[{step}]" for step in steps[1:]),
        "label": f"{title} of {whose}" if whose else title,
        "purpose": "account_requirement" if listed else PURPOSES.get(path, "additional_verification"),
        "has_pages": not listed,
    }


def take_uploads(
    call: Call, account: dict, fields: list[Field], uploads: dict[str, Upload]
) -> tuple[dict[str, str], dict[str, str]]:
    """Keep what was uploaded in the account: (file ids, problems in words), both by name of the field."""
    ids, problems = {}, {}
    for field in fields:
        upload = uploads.get(field.name)
        if upload is None or not field.purpose:
            continue
        try:
            with call.db.transaction():
                kept = files.keep(replace(call, scope=account["id"]), upload.filename, upload.data, field.purpose)
            ids[field.name] = kept["id"]
        except StripeError as refusal:
            problems[field.name] = refusal.message
    return ids, problems


def save(call: Call, account: dict, given: dict[str, str]) -> None:
    """Write the documents to whom they belong; raises StripeError when the API would refuse one."""
    for person in people.of_account(call.db, account["id"]):
        mark = f"{person['id']}["
        own = {_bare(name): value for name, value in given.items() if name.startswith(mark)}
        if own:
            checked = _checked(own, PERSON_SCHEMA)
            _check(call, account, checked, person["id"])
            people.save(call.db, people.apply_v1(person, checked, call.now))
    of_account = {name: value for name, value in given.items() if name.startswith(("company[", "documents["))}
    if of_account:
        accounts_v1.apply(call, account, _checked(of_account, ACCOUNT_SCHEMA))


def _bare(name: str) -> str:
    """Without the person it begins with: person_1[verification][document] → verification[document]."""
    first, _, rest = name.partition("[")[2].partition("]")
    return first + rest


def _check(call: Call, account: dict, checked: dict, person_id: str) -> None:
    try:
        documents.check_all(call, account["id"], checked, is_form=True)
    except StripeError as refusal:
        head, bracket, rest = (refusal.param or "").partition("[")
        refusal.param = f"{person_id}[{head}]{bracket}{rest}"
        raise


def _checked(given: dict[str, str], schema: tuple[str, str]) -> dict:
    return params.check(forms.nest(given.items()), params.schema_for(*schema, DEFAULT), is_form=True)
