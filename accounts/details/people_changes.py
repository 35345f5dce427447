"""Adding, changing and removing the people of a business at Stripe: each function gives what `changes.send` is told.

What is personal travels inside a token that is made a moment before it is used, so no row of ours ever holds it.
"""

import uuid

from django.utils.translation import gettext_lazy

from accounts import changes
from accounts.details.people import Person
from accounts.models import ConnectedAccount
from stripe_gateway import client, operations

PART, NUMBER_PART, REMOVAL_PART = "person", "person_number", "person_removal"

CREATE_PERSON = operations.OperationKind(
    name="person.create",
    label=gettext_lazy("Add person"),
    method="POST",
    family="v1",
    apply=changes.accepted,
    refuse=changes.refused,
    find=changes.find_listed,
    sealed=("person_token",),
)
UPDATE_PERSON = operations.OperationKind(
    name="person.update",
    label=gettext_lazy("Change person"),
    method="POST",
    family="v1",
    apply=changes.accepted,
    refuse=changes.refused,
    find=changes.find_update,
    sealed=("person_token",),
    metadata=False,
)
DELETE_PERSON = operations.OperationKind(
    name="person.delete",
    label=gettext_lazy("Remove person"),
    method="DELETE",
    family="v1",
    apply=changes.accepted,
    refuse=changes.refused,
    find=changes.find_deleted,
    metadata=False,
)


def creation(account: ConnectedAccount, *, contents: dict, typed: dict) -> dict:
    """A person is added. `contents` as v1 names them; `typed` is the same without an identity number."""
    return {
        "kind": "person.create",
        "part": PART,
        "path": f"{account_path(account)}/persons",
        "params": {},
        "sealed": lambda: {"person_token": client.token("person", contents)},
        "typed": typed,
    }


def update(account: ConnectedAccount, person_id: str, change_id: uuid.UUID, *, contents: dict, typed: dict) -> dict:
    """A person is changed; what `contents` leaves out stays as it is."""
    return _update(account, person_id, change_id, part=PART, typed=typed) | {
        "sealed": lambda: {"person_token": client.token("person", contents)}
    }


def individual_update(account: ConnectedAccount, change_id: uuid.UUID, *, contents: dict, typed: dict) -> dict:
    """An individual's own details are a part of the account itself."""
    told = {"business_type": "individual", "individual": contents}
    return _individual(account, change_id, part=PART, typed=typed) | {
        "sealed": lambda: {"account_token": client.token("account", told)}
    }


def number(account: ConnectedAccount, person_id: str, change_id: uuid.UUID, *, token: str) -> dict:
    """A person's identity number, of which the browser made a person token."""
    return _update(account, person_id, change_id, part=NUMBER_PART, typed={}) | {
        "sealed": lambda: {"person_token": token}
    }


def individual_number(account: ConnectedAccount, change_id: uuid.UUID, *, token: str) -> dict:
    """The identity number of an individual, of which the browser made an account token."""
    return _individual(account, change_id, part=NUMBER_PART, typed={}) | {"sealed": lambda: {"account_token": token}}


def laying_down(account: ConnectedAccount, former: Person, change_id: uuid.UUID) -> dict:
    """Stripe knows one representative at a time: the former one lays it down before the next one takes it up."""
    return update(account, former.id, change_id, contents={"relationship": {"representative": False}}, typed={})


def removal(account: ConnectedAccount, person: Person) -> dict:
    """A person is taken off the account."""
    return {
        "kind": "person.delete",
        "part": REMOVAL_PART,
        "path": f"{account_path(account)}/persons/{person.id}",
        "params": {},
        "person_id": person.id,
        "details": {"roles": person.roles},
    }


def number_id(form_id: uuid.UUID) -> uuid.UUID:
    """The id of the change that carries the number: it follows from the form's, so a double click sends it once."""
    return uuid.uuid5(form_id, "identity-number")


def laying_down_id(form_id: uuid.UUID) -> uuid.UUID:
    """The id of the change by which the former representative makes room."""
    return uuid.uuid5(form_id, "former-representative")


def account_path(account: ConnectedAccount) -> str:
    return f"/v1/accounts/{account.stripe_id}"


def _update(account: ConnectedAccount, person_id: str, change_id: uuid.UUID, *, part: str, typed: dict) -> dict:
    return {
        "kind": "person.update",
        "part": part,
        "path": f"{account_path(account)}/persons/{person_id}",
        "params": changes.marked({}, change_id),
        "typed": typed,
        "person_id": person_id,
    }


def _individual(account: ConnectedAccount, change_id: uuid.UUID, *, part: str, typed: dict) -> dict:
    return {
        "kind": "account.update",
        "part": part,
        "path": account_path(account),
        "params": changes.marked({}, change_id),
        "typed": typed,
    }
