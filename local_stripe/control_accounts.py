"""What staff of Stripe could do to an account, for the control routes."""

from local_stripe import account_state
from local_stripe import account_views_v1 as views
from local_stripe.clock import job, later
from local_stripe.context import Context
from local_stripe.control import Refused, context, control
from local_stripe.requirements import card_documents
from local_stripe.resources import accounts, people
from local_stripe.server import Server
from local_stripe.store import PLATFORM
from local_stripe.trees import dig, merged, plant

GOOD_ADDRESS = {
    "US": {
        "line1": "address_full_match",
        "city": "Schenectady",
        "state": "NY",
        "postal_code": "12345",
        "country": "US",
    },
    "GB": {"line1": "address_full_match", "city": "London", "postal_code": "WC2H 9LT", "country": "GB"},
}
GOOD_PERSON = {
    "given_name": "Jenny",
    "surname": "Rosen",
    "date_of_birth": {"day": 1, "month": 1, "year": 1902},
    "email": "jenny.rosen@example.com",
    "phone": "0000000000",
    "id_number": "222222222",
}
GOOD_IP = "127.0.0.1"
OUTCOMES = ("verify", "fail", "past_due", "terms_violation", "under_review", "clear")


@control("POST", "/accounts/{id}/activate")
def activate(server: Server, body: dict, query: dict) -> dict:
    """Fulfil and verify everything the account requested; its capabilities become active."""
    with server.db.transaction():
        ctx, account = _found(server, body["id"])
        before = account_state.photograph(ctx, account)
        account["hold"], account["extra_requirements"] = None, []
        fulfil(ctx, account)
        _conclude(ctx, account, passes=True)
        account_state.settle(ctx, account, before)
        return views.render(ctx.db, account)


@control("POST", "/accounts/{id}/outcome")
def outcome(server: Server, body: dict, query: dict) -> dict:
    """{"outcome": "verify"|"fail"|"past_due"|"terms_violation"|"under_review"|"clear", "requirement"? and
    "deadline_in_seconds"? for past_due}: what Stripe's checks or staff decide."""
    if body.get("outcome") not in OUTCOMES:
        raise Refused(f"outcome must be one of {', '.join(OUTCOMES)}")
    with server.db.transaction():
        ctx, account = _found(server, body["id"])
        before = account_state.photograph(ctx, account)
        _decide(ctx, account, body)
        account_state.settle(ctx, account, before)
        return views.render(ctx.db, account)


def _found(server: Server, id: str) -> tuple[Context, dict]:
    account = accounts.load(server.db, id)
    if account is None:
        raise Refused(f"no account {id}")
    return context(server, id), account


def _decide(ctx: Context, account: dict, body: dict) -> None:
    what = body["outcome"]
    if what in ("verify", "fail"):
        _conclude(ctx, account, passes=what == "verify")
    elif what in ("terms_violation", "under_review"):
        account["hold"] = what
    elif what == "clear":
        account["hold"], account["extra_requirements"] = None, []
    else:
        _demand(ctx, account, body.get("requirement", "company.tax_id"), body.get("deadline_in_seconds", 0))


def _conclude(ctx: Context, account: dict, *, passes: bool) -> None:
    """Judge now, and as the outcome of the facts as they are."""
    account["verification"] = {
        "state": "pending",
        "errors": [],
        "facts": account_state.facts_of(account, people.of_account(ctx.db, account["id"])),
    }
    account_state.judge(ctx, account, passes=passes)


def _demand(ctx: Context, account: dict, requirement: str, seconds: int) -> None:
    """Ask for something more; past due at once, or once the deadline has passed."""
    deadline = ctx.now + int(seconds)
    need = {
        "v1": requirement,
        "v2": requirement,
        "deadline": deadline,
        "urgency": "currently_due" if seconds else "past_due",
    }
    account["extra_requirements"].append(need)
    if seconds:
        later(ctx, deadline, "account.requirement_deadline", id=account["id"], requirement=requirement)


@job("account.requirement_deadline")
def miss_deadline(ctx: Context, *, id: str, requirement: str) -> None:
    account = accounts.load(ctx.db, id)
    if account is None:
        return
    before = account_state.photograph(ctx, account)
    for need in account["extra_requirements"]:
        if need["v1"] == requirement:
            need["urgency"] = "past_due"
    account_state.settle(ctx, account, before)


def fulfil(ctx: Context, account: dict) -> None:
    """Fill in whatever is missing with values that verify."""
    address = GOOD_ADDRESS.get(account["country"], {**GOOD_ADDRESS["GB"], "country": account["country"]})
    acceptance = {"date": ctx.now, "ip": GOOD_IP, "user_agent": None}
    account["entity_type"] = account["entity_type"] or "company"
    account["business"] = merged(_good_business(account, address), account["business"])
    account["profile"] = merged({"business_url": "https://accessible.stripe.com"}, account["profile"])
    if "merchant" in account["configurations"]:
        account["configurations"]["merchant"].setdefault("mcc", "5734")
    account["business_profile"].setdefault("mcc", "5734")
    account["persons_provided"] = {"directors": True, "executives": True, "owners": True}
    account["terms"].setdefault("account", acceptance)
    if not dig(account["terms"], "card_issuing.date"):
        for document in card_documents(account):
            plant(account["terms"], f"card_creator.commercial.{document}", acceptance)
    _fulfil_people(ctx, account, address)


def _good_business(account: dict, address: dict) -> dict:
    business = {
        "estimated_worker_count": 10,
        "annual_revenue": {"amount": {"value": 100_000_00, "currency": "usd"}, "fiscal_year_end": "2025-12-31"},
    }
    if account["entity_type"] == "individual":
        return business
    return {
        **business,
        "registered_name": account["display_name"] or "Rocket Rides",
        "address": address,
        "phone": "0000000000",
        "id_numbers": [{"type": "us_ein", "value": "222222222"}],
    }


def _fulfil_people(ctx: Context, account: dict, address: dict) -> None:
    persons = people.of_account(ctx.db, account["id"])
    if account["entity_type"] == "individual":
        persons = persons or [people.individual_of(ctx, account["id"])]
    elif not any(person["relationship"].get("representative") for person in persons):
        persons.append({**people.new(ctx, account["id"]), "relationship": {"representative": True, "owner": True}})
    for person in persons:
        good = merged({**GOOD_PERSON, "address": address}, person)
        good["relationship"].setdefault("title", "CEO")
        people.save(ctx.db, good)


@control("GET", "/accounts")
def list_accounts(server: Server, body: dict, query: dict) -> dict:
    """Every account as v1 shows it."""
    return {"accounts": [views.render(server.db, account) for account in server.db.list(PLATFORM, accounts.KIND)]}
