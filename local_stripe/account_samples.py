"""A business that has provided everything, with values that verify at once."""

from local_stripe.context import Context
from local_stripe.requirements import card_documents
from local_stripe.resources import accounts, people
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
    currency = accounts.CURRENCY_OF.get(account["country"], "usd")
    business = {
        "estimated_worker_count": 10,
        "annual_revenue": {"amount": {"value": 100_000_00, "currency": currency}, "fiscal_year_end": "2025-12-31"},
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
