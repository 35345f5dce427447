"""Which accounts may have which capabilities, and what of an account its platform may still see and change."""

from local_stripe import errors
from local_stripe.context import Call
from local_stripe.errors import StripeError
from local_stripe.resources import accounts
from local_stripe.store import Store
from local_stripe.trees import dig

CARDS = "card_creator:"
GB_AND_EURO = ("GB", *accounts.EURO_AREA)
# Where each sponsor issues each product; what is not listed here is to be had nowhere.
CARD_COUNTRIES: dict[str, tuple[str, ...]] = {
    "commercial.celtic.charge_card": ("US",),
    "commercial.celtic.spend_card": ("US",),
    "commercial.cross_river_bank.charge_card": ("US",),
    "commercial.cross_river_bank.prepaid_card": ("US",),
    "commercial.cross_river_bank.spend_card": ("US",),
    "commercial.fifth_third.charge_card": ("US",),
    "commercial.lead.prepaid_card": ("AR", "MX"),
    "commercial.stripe.charge_card": GB_AND_EURO,
    "commercial.stripe.prepaid_card": GB_AND_EURO,
    "commercial.stripe.spend_card": GB_AND_EURO,
}
CARD_ENTITY_TYPES = ("company", "individual", "non_profit")
# Merchant categories that Issuing's terms exclude: adult content and escorts, cryptocurrencies, gambling.
BANNED_MCCS = frozenset({"5967", "6051", "7273", "7800", "7801", "7802", "7995"})
UNSUPPORTED = {
    "unsupported_business": "contact_stripe",
    "unsupported_country": "no_resolution",
    "unsupported_entity_type": "no_resolution",
}
PLATFORM_PAYS = ("application", "application_custom", "application_express")
HIDDEN = ("company", "individual")
# What a platform can no longer send once Stripe has begun to collect it.
COLLECTED = ("account_token", "business_type", "company", "documents", "external_account", "individual")
WITHOUT_TRANSFERS = (
    "Accounts do not currently support `card_payments` without `transfers`. "
    "Please visit https://stripe.com/docs/connect/account-capabilities#card-payments for more details."
)
NO_TERMS = "You cannot accept the Terms of Service on behalf of Standard and Express connected accounts."


def unsupported(account: dict, key: str) -> str | None:
    """Why an account like this one cannot have a capability, None when it can."""
    if not key.startswith(CARDS):
        return None
    countries = CARD_COUNTRIES.get(key.removeprefix(CARDS), ())
    if account["country"] is not None and account["country"] not in countries:
        return "unsupported_country"
    if account["entity_type"] is not None and account["entity_type"] not in CARD_ENTITY_TYPES:
        return "unsupported_entity_type"
    mcc = dig(account["configurations"], "merchant.mcc") or account["business_profile"].get("mcc")
    return "unsupported_business" if mcc in BANNED_MCCS else None


def requirement_collector(account: dict) -> str:
    """ "stripe" or "application": who asks the business for what is missing."""
    chosen = account.get("requirement_collection")
    if chosen:
        return chosen
    losses = dig(account, "responsibilities.losses_collector") or "application"
    return "application" if account["dashboard"] in (None, "none") and losses == "application" else "stripe"


def check_card_issuing(account: dict, param: str) -> None:
    """Issuing needs a custom account. Raises StripeError (400) for every other."""
    responsibilities = account["responsibilities"] or {}
    is_custom = (
        account["dashboard"] == "none"
        and requirement_collector(account) == "application"
        and responsibilities.get("fees_collector") in PLATFORM_PAYS
        and responsibilities.get("losses_collector") == "application"
    )
    if not is_custom:
        message = "The card_issuing capability cannot be requested for this account. Issuing supports accounts without "
        message += "a Stripe-hosted dashboard for which the platform collects requirements and bears losses and fees."
        raise errors.invalid(message, param=param)


def hand_over(db: Store, account: dict) -> None:
    """A link or session was made: if Stripe collects this account's data, the platform loses sight of it."""
    if requirement_collector(account) == "stripe" and not account.get("collection_started"):
        account["collection_started"] = True
        accounts.save(db, account)


def is_closed_to_platform(account: dict) -> bool:
    return bool(account.get("collection_started"))


def visible(account: dict, view: dict) -> dict:
    """The v1 view as the platform may see it."""
    if not is_closed_to_platform(account):
        return view
    return {name: value for name, value in view.items() if name not in HIDDEN}


def check_writable(account: dict, params: dict) -> None:
    """Raises StripeError for what only Stripe may ask of the business, now or ever."""
    if requirement_collector(account) == "application":
        return
    if "tos_acceptance" in params:
        raise errors.invalid(NO_TERMS, param="tos_acceptance")
    if not is_closed_to_platform(account):
        return
    for name in COLLECTED:
        if name in params:
            raise no_permission(account, f"the parameter '{name}'", name)


def check_writable_v2(account: dict, params: dict) -> None:
    """As `check_writable`, for v2's tree."""
    if is_closed_to_platform(account) and params.keys() & {"identity", "account_token"}:
        raise no_permission(account, "the parameter 'identity'", "identity")


def visible_v2(account: dict, view: dict) -> dict:
    """The v2 view as the platform may see it."""
    if view["identity"] is None or not is_closed_to_platform(account):
        return view
    return {**view, "identity": {**view["identity"], "business_details": None, "individual": None}}


def of_people(call: Call) -> dict:
    """The account whose persons a v1 path names. Raises StripeError (403) when the platform may not know them."""
    return _with_open_people(accounts.of_path(call, call.path["account"]))


def of_people_v2(call: Call) -> dict:
    """The account whose persons a v2 path names. Raises StripeError (403) when the platform may not know them."""
    return _with_open_people(accounts.of_path_v2(call, call.path["account"]))


def _with_open_people(account: dict) -> dict:
    if is_closed_to_platform(account):
        raise no_permission(account, "this endpoint")
    return account


def no_permission(account: dict, what: str, param: str | None = None) -> StripeError:
    """What Stripe answers where an account's owner has not let the platform in."""
    message = f"This application does not have the required permissions for {what} on account '{account['id']}'."
    return StripeError(403, message, code="oauth_not_supported", param=param)


def check_capabilities(account: dict) -> None:
    """v1's rule across capabilities. Raises StripeError (400)."""
    payments = f"merchant:{accounts.CARD_PAYMENTS}"
    if payments in account["capabilities"] and accounts.STRIPE_TRANSFERS not in account["capabilities"]:
        raise errors.invalid(WITHOUT_TRANSFERS, param="capabilities")
