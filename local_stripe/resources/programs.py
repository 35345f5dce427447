"""/v1/issuing/programs: what kinds of cards a platform offers, and which of them a business has."""

from local_stripe import account_rules, account_state, errors, pagination
from local_stripe.context import Call
from local_stripe.ids import new_id
from local_stripe.metadata import merge_metadata
from local_stripe.resources import accounts, route
from local_stripe.resources.accounts_v2 import request_capability
from local_stripe.store import PLATFORM

KIND = "issuing.program"
BETA = "issuing_program_beta=v2"
BASE = "/v1/issuing/programs"
CAPABILITY = "_capability"
# Region, capability and name of what the platform offers: one program per sponsor, product and region.
OFFERED = (
    ("US", "commercial.celtic.spend_card", "Celtic Bank spend card"),
    ("US", "commercial.celtic.charge_card", "Celtic Bank charge card"),
    ("US", "commercial.cross_river_bank.spend_card", "Cross River Bank spend card"),
    ("US", "commercial.cross_river_bank.charge_card", "Cross River Bank charge card"),
    ("GB", "commercial.stripe.charge_card", "Stripe charge card, United Kingdom"),
    ("GB", "commercial.stripe.prepaid_card", "Stripe prepaid card, United Kingdom"),
    ("EU", "commercial.stripe.charge_card", "Stripe charge card, euro area"),
    ("EU", "commercial.stripe.prepaid_card", "Stripe prepaid card, euro area"),
)


@route("GET", BASE)
def list_programs(call: Call) -> dict:
    _require_beta(call)
    platform_programs(call)
    return pagination.page(call, KIND)


@route("POST", BASE)
def create(call: Call) -> dict:
    """Give a business one of the platform's programs; that requests the Issuing capability too."""
    _require_beta(call)
    if call.scope == PLATFORM:
        raise errors.invalid("A program is created on a connected account.", param="platform_program")
    offered = call.params["platform_program"]
    platforms = next((program for program in platform_programs(call) if program["id"] == offered), None)
    if platforms is None:
        raise errors.not_found("issuing program", offered, "platform_program")
    taken = call.db.list(call.scope, KIND)
    if any(program["platform_program"] == offered for program in taken):
        message = f"The account already has the program '{offered}'."
        raise errors.invalid(message, param="platform_program", code="resource_already_exists")
    _request_cards(call, platforms[CAPABILITY])
    return _keep(call, _new(call, offered, is_default=call.params.get("is_default", not taken)))


@route("GET", BASE + "/{program}")
def retrieve(call: Call) -> dict:
    _require_beta(call)
    program = call.db.get(call.scope, KIND, call.path["program"])
    if program is None:
        raise errors.not_found("issuing program", call.path["program"], "program")
    return program


@route("POST", BASE + "/{program}")
def update(call: Call) -> dict:
    program = retrieve(call)
    if "is_default" in call.params:
        program["is_default"] = call.params["is_default"]
    program["metadata"] = merge_metadata(program["metadata"], call.params.get("metadata"))
    return _keep(call, program)


def platform_programs(call: Call) -> list[dict]:
    """The platform's programs, newest first; Stripe's staff set them up before anybody asks."""
    known = call.db.list(PLATFORM, KIND)
    if known:
        return known
    for place, (region, capability, name) in reversed(list(enumerate(OFFERED))):
        program = _new(call, None, is_default=place == 0)
        program["metadata"] = {"name": name, "capability": capability, "region": region}
        call.db.put(PLATFORM, KIND, program["id"], {**program, CAPABILITY: capability})
    return call.db.list(PLATFORM, KIND)


def _require_beta(call: Call) -> None:
    """A private preview: without the beta flag there is no such URL, whatever the version."""
    if BETA not in call.dialect.betas:
        raise errors.unrecognized_url(call.method, call.url)


def _request_cards(call: Call, capability: str) -> None:
    """Ask for the capability behind a program."""
    account = accounts.of_path(call, call.scope)
    account_rules.check_card_issuing(account, "platform_program")
    before = account_state.photograph(call, account)
    account["configurations"].setdefault("card_creator", {})
    request_capability(account, f"card_creator:{capability}", True, call.now)
    account_state.settle(call, account, before)


def _new(call: Call, platform_program: str | None, *, is_default: bool) -> dict:
    return {
        "id": new_id("iprg"),
        "object": KIND,
        "created": call.now,
        "is_default": is_default,
        "livemode": False,
        "metadata": {},
        "platform_program": platform_program,
    }


def _keep(call: Call, program: dict) -> dict:
    """An account has one default program at most."""
    if program["is_default"]:
        for other in call.db.list(call.scope, KIND, where=lambda one: one["is_default"]):
            call.db.put(call.scope, KIND, other["id"], {**other, "is_default": False})
    return call.db.put(call.scope, KIND, program["id"], program)
