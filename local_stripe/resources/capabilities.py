"""/v1/accounts/{account}/capabilities: what an account asked for, and how far it is."""

from local_stripe import account_rules, account_state, errors, pagination
from local_stripe import account_views_v1 as views
from local_stripe.context import Call
from local_stripe.resources import accounts, accounts_v1, people, route
from local_stripe.schemas import of_route

BASE = "/v1/accounts/{account}/capabilities"


@route("GET", BASE)
def list_capabilities(call: Call) -> dict:
    account = accounts.of_path(call, call.path["account"])
    persons = people.of_account(call.db, account["id"])
    names = views.names_of(account)
    return pagination.listing(call.url, [views.capability(account, persons, name) for name in names])


@route("GET", BASE + "/{capability}")
def retrieve(call: Call) -> dict:
    account, name = accounts.of_path(call, call.path["account"]), _known(call.path["capability"])
    return views.capability(account, people.of_account(call.db, account["id"]), name)


@route("POST", BASE + "/{capability}")
def update(call: Call) -> dict:
    account, name = accounts_v1.opened(call), _known(call.path["capability"])
    before = account_state.photograph(call, account)
    if "requested" in call.params:
        accounts_v1.request(call, account, name, call.params["requested"])
        account_rules.check_capabilities(account)
    account_state.settle(call, account, before)
    return views.capability(account, people.of_account(call.db, account["id"]), name)


def _known(name: str) -> str:
    """One of the names that the types allow at creation. Raises StripeError (404)."""
    creation = of_route("POST", "/v1/accounts")
    names = creation.fields["capabilities"].fields if creation else {}
    if name not in names:
        raise errors.not_found("capability", name, "capability")
    return name
