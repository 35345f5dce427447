"""Persons of an account, in v1 and in v2."""

from local_stripe import account_rules, account_state, documents, errors, identity_checks, pagination
from local_stripe import account_views_v1 as views
from local_stripe.context import Call
from local_stripe.resources import identity_tokens, people, route

V1 = "/v1/accounts/{account}/persons"
V2 = "/v2/core/accounts/{account}/persons"


@route("POST", V1)
def create(call: Call) -> dict:
    account = account_rules.of_people(call)
    before = account_state.photograph(call, account)
    person = people.apply_v1(people.new(call, account["id"]), _told(call, account), call.now)
    people.save(call.db, person)
    account_state.settle(call, account, before)
    return _view(call, account, person["id"])


@route("GET", V1)
def list_persons(call: Call) -> dict:
    account = account_rules.of_people(call)
    persons, roles = people.of_account(call.db, account["id"]), call.params.get("relationship") or {}

    def fits(person: dict) -> bool:
        return all(bool(person["relationship"].get(role)) == wanted for role, wanted in roles.items())

    return pagination.page(
        call,
        people.KIND,
        where=fits,
        scope=account["id"],
        render=lambda person: views.person_view(account, persons, person),
    )


@route("GET", V1 + "/{person}")
def retrieve(call: Call) -> dict:
    account = account_rules.of_people(call)
    return _view(call, account, _find(call, account)["id"])


@route("POST", V1 + "/{person}")
def update(call: Call) -> dict:
    account = account_rules.of_people(call)
    person, before = _find(call, account), account_state.photograph(call, account)
    people.save(call.db, people.apply_v1(person, _told(call, account), call.now))
    account_state.settle(call, account, before)
    return _view(call, account, person["id"])


@route("DELETE", V1 + "/{person}")
def delete(call: Call) -> dict:
    account = account_rules.of_people(call)
    person = _find(call, account)
    _remove(call, account, person)
    return {"id": person["id"], "object": "person", "deleted": True}


@route("POST", V2)
def create_v2(call: Call) -> dict:
    account = account_rules.of_people_v2(call)
    before = account_state.photograph(call, account)
    person = people.apply_v2(people.new(call, account["id"]), _told_v2(call, account), call.now)
    people.save(call.db, person)
    account_state.settle(call, account, before)
    return people.render_v2(person)


@route("GET", V2)
def list_v2(call: Call) -> dict:
    account = account_rules.of_people_v2(call)
    return pagination.page_v2(call, people.KIND, scope=account["id"], render=people.render_v2)


@route("GET", V2 + "/{person}")
def retrieve_v2(call: Call) -> dict:
    return people.render_v2(_find(call, account_rules.of_people_v2(call)))


@route("POST", V2 + "/{person}")
def update_v2(call: Call) -> dict:
    account = account_rules.of_people_v2(call)
    person, before = _find(call, account), account_state.photograph(call, account)
    people.save(call.db, people.apply_v2(person, _told_v2(call, account), call.now))
    account_state.settle(call, account, before)
    return people.render_v2(_find(call, account))


@route("DELETE", V2 + "/{person}")
def delete_v2(call: Call) -> dict:
    account = account_rules.of_people_v2(call)
    person = _find(call, account)
    _remove(call, account, person)
    return {"id": person["id"], "object": "v2.core.account_person"}


def _find(call: Call, account: dict) -> dict:
    person = call.db.get(account["id"], people.KIND, call.path["person"])
    if person is None:
        raise errors.not_found("person", call.path["person"], "person")
    return person


def _view(call: Call, account: dict, person_id: str) -> dict:
    """The person as v1 shows it, read again after the account has settled."""
    persons = people.of_account(call.db, account["id"])
    return views.person_view(account, persons, next(one for one in persons if one["id"] == person_id))


def _told(call: Call, account: dict) -> dict:
    """v1 parameters with the content of a person token among them. Raises StripeError for what cannot be."""
    params = identity_tokens.with_person_token(call, call.params, account["id"])
    identity_checks.person_v1(call, params, "", account["country"])
    documents.check_all(call, account["id"], params, is_form=True)
    return params


def _told_v2(call: Call, account: dict) -> dict:
    """The same for v2."""
    params = identity_tokens.with_person_token_v2(call, call.params, account["id"])
    identity_checks.person_v2(call, params, "")
    documents.check_all(call, account["id"], params, is_form=False)
    return params


def _remove(call: Call, account: dict, person: dict) -> None:
    before = account_state.photograph(call, account)
    call.db.delete(account["id"], people.KIND, person["id"])
    account_state.settle(call, account, before)
