"""/v2/core/accounts: create, retrieve, update, list, close."""

from local_stripe import account_intake, account_rules, account_state, errors, pagination
from local_stripe.account_terms import stored_acceptances
from local_stripe.account_views_v2 import render
from local_stripe.context import Call
from local_stripe.ids import new_id
from local_stripe.metadata import merge_metadata
from local_stripe.resources import accounts, people, route
from local_stripe.store import PLATFORM
from local_stripe.trees import dig, leaves, merged

BASE = "/v2/core/accounts"
PLAIN = ("contact_email", "contact_phone", "display_name", "dashboard")
DECLARATIONS = ("directorship_declaration", "ownership_declaration", "representative_declaration")


@route("POST", BASE)
def create(call: Call) -> dict:
    _platform_only(call)
    account = accounts.new(call, new_id("acct", 16))
    account["dashboard"] = call.params.get("dashboard")
    apply(call, account, call.params)
    _check_creation(account)
    account_state.settle(call, account, None)
    account_state.emit_v2(call, account, "v2.core.account.created")
    return _shown(call, account)


@route("GET", BASE + "/{id}")
def retrieve(call: Call) -> dict:
    return _shown(call, accounts.of_path_v2(call, call.path["id"]))


@route("POST", BASE + "/{id}")
def update(call: Call) -> dict:
    account = _open(call)
    account_rules.check_writable_v2(account, call.params)
    before = account_state.photograph(call, account)
    apply(call, account, call.params)
    _check_cards(account)
    return _shown(call, account_state.settle(call, account, before))


@route("GET", BASE)
def list_accounts(call: Call) -> dict:
    _platform_only(call)
    wanted, closed = set(call.params.get("applied_configurations") or ()), call.params.get("closed", False)

    def fits(account: dict) -> bool:
        return account["closed"] == closed and wanted <= account["configurations"].keys()

    return pagination.page_v2(
        call, accounts.KIND, where=fits, scope=PLATFORM, render=lambda one: render(call.db, one, call.dialect, [])
    )


@route("POST", BASE + "/{id}/close")
def close(call: Call) -> dict:
    """Closing names every configuration the account has, so that nobody closes more than they know of."""
    account = _open(call)
    before = account_state.photograph(call, account)
    named = call.params.get("applied_configurations")
    if named is not None and set(named) != set(account["configurations"]):
        raise errors.invalid(
            "applied_configurations must name every applied configuration.", param="applied_configurations"
        )
    account["closed"], account["hold"] = True, "closed"
    account_state.settle(call, account, before)
    account_state.emit_v2(call, account, "v2.core.account.closed")
    return _shown(call, account)


def _platform_only(call: Call) -> None:
    if call.scope != PLATFORM:
        raise errors.invalid("Only a platform can manage accounts.", status=403)


def _open(call: Call) -> dict:
    account = accounts.of_path_v2(call, call.path["id"])
    if account["closed"]:
        raise errors.invalid(f"The account {account['id']} is closed.")
    return account


def _shown(call: Call, account: dict) -> dict:
    view = render(call.db, account, call.dialect, call.params.get("include") or [])
    return account_rules.visible_v2(account, view)


def apply(call: Call, account: dict, params: dict) -> None:
    """Write v2 parameters into the record; null takes a value away."""
    params = account_intake.v2(call, account, params)
    for name in PLAIN:
        if name in params:
            account[name] = params[name]
    if "metadata" in params:
        given = {key: value if value is not None else "" for key, value in (params["metadata"] or {}).items()}
        account["metadata"] = merge_metadata(account["metadata"], given)
    _apply_defaults(account, params.get("defaults") or {})
    _apply_identity(call, account, params.get("identity") or {})
    for name, given in (params.get("configuration") or {}).items():
        _apply_configuration(call, account, name, given)


def _apply_defaults(account: dict, given: dict) -> None:
    if "currency" in given:
        account["default_currency"] = given["currency"] and accounts.check_currency(
            given["currency"], "defaults.currency"
        )
    if "locales" in given:
        account["locales"] = given["locales"] or []
    if given.get("responsibilities"):
        account["responsibilities"] = {**(account["responsibilities"] or {}), **given["responsibilities"]}
    account["profile"] = merged(account["profile"], given.get("profile") or {})


def _apply_identity(call: Call, account: dict, given: dict) -> None:
    if given.get("country"):
        country = accounts.check_country(given["country"], "identity.country")
        if account["country"] not in (None, country):
            raise errors.invalid("The country of an account cannot be changed.", param="identity.country")
        account["country"] = country
    if "entity_type" in given:
        account["entity_type"] = given["entity_type"]
    account["business"] = merged(account["business"], given.get("business_details") or {})
    attestations = given.get("attestations") or {}
    account["persons_provided"] = merged(account["persons_provided"], attestations.get("persons_provided") or {})
    terms = stored_acceptances(attestations.get("terms_of_service") or {}, "identity.attestations.terms_of_service")
    account["terms"] = merged(account["terms"], terms)
    declared = {name: attestations[name] for name in DECLARATIONS if name in attestations}
    if declared:
        account["declarations"] = merged(account.get("declarations", {}), declared)
    if given.get("individual") is not None:
        individual = people.individual_of(call, account["id"])
        people.save(call.db, people.apply_v2(individual, given["individual"], call.now))


def _apply_configuration(call: Call, account: dict, name: str, given: dict | None) -> None:
    given = dict(given or {})
    if given.pop("applied", True) is False:
        account["configurations"].pop(name, None)
        account["capabilities"] = {
            key: record for key, record in account["capabilities"].items() if not key.startswith(f"{name}:")
        }
        return
    capabilities = given.pop("capabilities", None) or {}
    account["configurations"][name] = merged(account["configurations"].get(name, {}), given)
    for path, wish in leaves(capabilities, "requested"):
        request_capability(account, f"{name}:{path}", wish["requested"], call.now)


def request_capability(account: dict, key: str, requested: bool, now: int) -> None:
    """Ask for a capability, or give it up."""
    if not requested:
        account["capabilities"].pop(key, None)
    elif key not in account["capabilities"]:
        account["capabilities"][key] = {"status": "pending", "details": [], "requested_at": now}


def _check_creation(account: dict) -> None:
    if account["configurations"] and account["country"] is None:
        raise errors.missing("identity.country")
    connected = account["configurations"].keys() & {"merchant", "recipient", "card_creator"}
    if connected and account["dashboard"] is None:
        raise errors.missing("dashboard")
    if connected and account["responsibilities"] is None:
        raise errors.missing("defaults.responsibilities")
    _check_cards(account)


def _check_cards(account: dict) -> None:
    """Issuing: no Stripe dashboard, the platform responsible, and transfers requested beside the cards."""
    if not any(key.startswith("card_creator:") for key in account["capabilities"]):
        return
    if account["dashboard"] != "none":
        raise errors.invalid("The card_creator configuration needs dashboard `none`.", param="dashboard")
    for collector, allowed in (("fees_collector", account_rules.PLATFORM_PAYS), ("losses_collector", ("application",))):
        if dig(account, f"responsibilities.{collector}") not in allowed:
            where = f"defaults.responsibilities.{collector}"
            raise errors.invalid("The card_creator configuration needs the platform to be responsible.", param=where)
    if account_rules.requirement_collector(account) != "application":
        where = "defaults.responsibilities.requirements_collector"
        raise errors.invalid("The card_creator configuration needs the platform to collect requirements.", param=where)
    if accounts.STRIPE_TRANSFERS not in account["capabilities"]:
        where = "configuration.recipient.capabilities.stripe_balance.stripe_transfers.requested"
        raise errors.invalid("The card_creator configuration needs recipient stripe_transfers requested.", param=where)
