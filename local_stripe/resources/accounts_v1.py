"""/v1/accounts: the same accounts as v1 sees them, and their capabilities."""

import re

from local_stripe import account_intake, account_rules, account_state, errors, expansion, pagination
from local_stripe import account_views_v1 as views
from local_stripe.account_terms import check_ip
from local_stripe.context import Call
from local_stripe.ids import new_id
from local_stripe.metadata import merge_metadata
from local_stripe.resources import accounts, external_accounts, people, route
from local_stripe.resources.accounts_v2 import request_capability
from local_stripe.store import PLATFORM
from local_stripe.trees import dig, merged

TAX_ID_TYPES = {
    "AR": "ar_cuit", "AT": "at_fn", "BE": "be_cbe", "CY": "cy_he", "DE": "de_hrn", "EE": "ee_rk", "ES": "es_cif",
    "FI": "fi_yt", "FR": "fr_siren", "GB": "gb_crn", "GR": "gr_gemi", "HR": "hr_mbs", "IE": "ie_crn", "IT": "it_rea",
    "LT": "lt_ccrn", "LU": "lu_rcs", "LV": "lv_urn", "MT": "mt_crn", "MX": "mx_rfc", "NL": "nl_kvk", "PT": "pt_vat",
    "SI": "si_msp", "SK": "sk_ico", "US": "us_ein",
}  # fmt: skip
PROFILE_FIELDS = {"url": "business_url", "name": "doing_business_as", "product_description": "product_description"}
KEPT_PROFILE = (
    "minority_owned_business_designation", "support_address", "support_email", "support_phone", "support_url",
)  # fmt: skip
COMPANY_FIELDS = {"name": "registered_name", "phone": "phone", "address": "address", "structure": "structure"}
COMPANY_FLAGS = ("owners", "directors", "executives")
USUAL = (accounts.CARD_PAYMENTS, accounts.TRANSFERS)
# (dashboard, who collects requirements, who pays fees, who bears losses) of the types that came before controllers.
CONTROLLERS = {
    ("none", "application", "application", "application"): "custom",
    ("express", "stripe", "application", "application"): "express",
    ("full", "stripe", "account", "stripe"): "standard",
}
TYPES: dict[str, dict] = {
    "custom": {
        "dashboard": "none",
        "requirement_collection": "application",
        "responsibilities": {"fees_collector": "application_custom", "losses_collector": "application"},
    },
    "express": {
        "dashboard": "express",
        "requirement_collection": "stripe",
        "responsibilities": {"fees_collector": "application_express", "losses_collector": "application"},
    },
    "standard": {
        "dashboard": "full",
        "requirement_collection": "stripe",
        "responsibilities": {"fees_collector": "stripe", "losses_collector": "stripe"},
    },
}
MCC, EMAIL = re.compile(r"^\d{4}$"), re.compile(r"^[^@\s]+@[^@\s]+$")

expansion.RENDERERS[accounts.KIND] = lambda call, account: shown(call, account)


@route("POST", "/v1/accounts")
def create(call: Call) -> dict:
    _platform_only(call)
    params = call.params
    account = accounts.new(call, new_id("acct", 16))
    account["country"] = accounts.check_country(params.get("country") or "US", "country")
    _apply_controller(account, params)
    account_rules.check_writable(account, params)
    apply(call, account, {**params, "capabilities": _default_wishes(account, params)})
    account_rules.check_capabilities(account)
    account_state.settle(call, account, None)
    account_state.emit_v2(call, account, "v2.core.account.created")
    return shown(call, account)


def shown(call: Call, account: dict) -> dict:
    """The account as the caller may see it: a platform sees less of it once Stripe collects its data."""
    view = views.render(call.db, account)
    return account_rules.visible(account, view)


def _apply_controller(account: dict, params: dict) -> None:
    if "type" in params and "controller" in params:
        raise errors.invalid("You may only specify one of `type` and `controller`.", code="parameters_exclusive")
    if "controller" in params:
        _take_controller(account, params["controller"])
        return
    account["legacy_type"] = params.get("type", "standard")
    account.update(TYPES[account["legacy_type"]])


def _take_controller(account: dict, given: dict) -> None:
    """Who collects requirements bears losses, and nobody has a dashboard then; who bears losses pays fees."""
    fees, losses = dig(given, "fees.payer") or "account", dig(given, "losses.payments") or "stripe"
    dashboard = dig(given, "stripe_dashboard.type") or "full"
    collection = given.get("requirement_collection") or "stripe"
    if collection == "application" and losses != "application":
        message = "When `controller[requirement_collection]=application`, `controller[losses][payments]` must be too."
        raise errors.invalid(message, param="controller[losses][payments]")
    if collection == "application" and dashboard != "none":
        message = "When `controller[requirement_collection]=application`, `controller[stripe_dashboard][type]` must be "
        raise errors.invalid(message + "`none`.", param="controller[stripe_dashboard][type]")
    if losses == "application" and fees != "application":
        message = "When `controller[losses][payments]=application`, `controller[fees][payer]` must be too."
        raise errors.invalid(message, param="controller[fees][payer]")
    account["dashboard"], account["requirement_collection"] = dashboard, collection
    account["responsibilities"] = {
        "fees_collector": "stripe" if fees == "account" else fees,
        "losses_collector": losses,
    }
    chosen = (dashboard, collection, fees, losses)
    account["legacy_type"] = CONTROLLERS.get(chosen, "none")


def _default_wishes(account: dict, params: dict) -> dict:
    """Accounts with a dashboard have the usual capabilities, unless asked for others; without one they must ask."""
    wishes = params.get("capabilities") or {}
    if account["dashboard"] == "none" and not wishes:
        raise errors.missing("capabilities")
    if account["dashboard"] == "none":
        return wishes
    if not wishes:
        return dict.fromkeys(USUAL, {"requested": True})
    if account["dashboard"] == "express" and not any((wishes.get(name) or {}).get("requested") for name in USUAL):
        message = "Express accounts must request `card_payments` or `transfers`."
        raise errors.invalid(message, param="capabilities")
    return wishes


@route("GET", "/v1/accounts")
def list_accounts(call: Call) -> dict:
    _platform_only(call)
    wanted = call.params.get("created")
    return pagination.page(
        call,
        accounts.KIND,
        where=lambda account: pagination.in_range(account["created"], wanted),
        render=lambda account: shown(call, account),
    )


@route("GET", "/v1/account")
def retrieve_current(call: Call) -> dict:
    if call.scope != PLATFORM:
        return shown(call, accounts.of_path(call, call.scope))
    platform = {**accounts.new(call, call.platform_id), "country": "US", "legacy_type": "standard"}
    return {**views.render(call.db, platform), "charges_enabled": True, "payouts_enabled": True}


@route("GET", "/v1/accounts/{account}")
def retrieve(call: Call) -> dict:
    return shown(call, accounts.of_path(call, call.path["account"]))


@route("POST", "/v1/accounts/{account}")
def update(call: Call) -> dict:
    account = opened(call)
    account_rules.check_writable(account, call.params)
    before = account_state.photograph(call, account)
    apply(call, account, call.params)
    account_rules.check_capabilities(account)
    account_state.settle(call, account, before)
    return shown(call, account)


def _platform_only(call: Call) -> None:
    if call.scope != PLATFORM:
        raise errors.invalid("Only a platform can manage accounts.", status=403)


def opened(call: Call) -> dict:
    """The account of the path. Raises StripeError when it is closed, or not the caller's."""
    account = accounts.of_path(call, call.path["account"])
    if account["closed"]:
        raise errors.invalid(f"The account {account['id']} is closed.", code="account_closed")
    return account


def apply(call: Call, account: dict, params: dict) -> None:
    """Write v1 parameters into the record; "" takes a value away."""
    params = account_intake.v1(call, account, params)
    if params.get("email"):
        if not EMAIL.match(params["email"]):
            raise errors.invalid(f"Invalid email address: {params['email']}", param="email", code="email_invalid")
        account["contact_email"] = params["email"]
    if "business_type" in params:
        account["entity_type"] = params["business_type"]
    if "default_currency" in params:
        account["default_currency"] = accounts.check_currency(params["default_currency"], "default_currency")
    account["metadata"] = merge_metadata(account["metadata"], params.get("metadata"))
    _apply_company(account, params.get("company") or {})
    _apply_profile(account, params.get("business_profile") or {})
    _apply_settings(account, params.get("settings") or {})
    if "tos_acceptance" in params:
        account["terms"]["account"] = _acceptance(params["tos_acceptance"], "tos_acceptance")
    if "individual" in params:
        individual = people.individual_of(call, account["id"])
        people.save(call.db, people.apply_v1(individual, params["individual"], call.now))
    for name, wish in (params.get("capabilities") or {}).items():
        if "requested" in wish:
            request(call, account, name, wish["requested"])
    if params.get("external_account"):
        external_accounts.add(call, account, {"external_account": params["external_account"]})


def request(call: Call, account: dict, name: str, requested: bool) -> None:
    """Ask for a v1 capability, or give it up."""
    key = views.key_of(account, name)
    configuration = key.partition(":")[0]
    if requested and configuration == "card_creator":
        account_rules.check_card_issuing(account, "capabilities[card_issuing][requested]")
    if requested and configuration != "legacy":
        account["configurations"].setdefault(configuration, {})
    request_capability(account, key, requested, call.now)


def _apply_company(account: dict, given: dict) -> None:
    business = {COMPANY_FIELDS[name]: given[name] or None for name in COMPANY_FIELDS if name in given}
    if given.get("tax_id"):
        kind = TAX_ID_TYPES.get(account["country"], f"{(account['country'] or 'us').lower()}_tin")
        business["id_numbers"] = [{"type": kind, "value": given["tax_id"]}]
    document = dig(given, "verification.document")
    if document:
        business["documents"] = {"primary_verification": {"type": "front_back", "front_back": document}}
    account["business"] = merged(account["business"], business)
    for flag in COMPANY_FLAGS:
        if f"{flag}_provided" in given:
            account["persons_provided"][flag] = given[f"{flag}_provided"]


def _apply_profile(account: dict, given: dict) -> None:
    if "mcc" in given and not MCC.match(given["mcc"]):
        raise errors.invalid(f"Invalid MCC: {given['mcc']}", param="business_profile[mcc]")
    if given.get("url") and not re.match(r"^(https?://)?[^\s/]+\.[^\s]+$", given["url"]):
        raise errors.invalid(f"Not a valid URL: {given['url']}", param="business_profile[url]", code="url_invalid")
    profile = {PROFILE_FIELDS[name]: given[name] or None for name in PROFILE_FIELDS if name in given}
    account["profile"] = merged(account["profile"], profile)
    kept = {name: given[name] or None for name in KEPT_PROFILE if name in given}
    account["business_profile"] = merged(account["business_profile"], kept)
    if "mcc" in given:
        account["business_profile"]["mcc"] = given["mcc"]
        if "merchant" in account["configurations"]:
            account["configurations"]["merchant"]["mcc"] = given["mcc"]
    facts = {}
    if "estimated_worker_count" in given:
        facts["estimated_worker_count"] = given["estimated_worker_count"]
    if "annual_revenue" in given:
        revenue = given["annual_revenue"]
        amount = {"value": revenue["amount"], "currency": revenue["currency"]}
        facts["annual_revenue"] = {"amount": amount, "fiscal_year_end": revenue["fiscal_year_end"]}
    account["business"] = merged(account["business"], facts)


def _apply_settings(account: dict, given: dict) -> None:
    acceptance = dig(given, "card_issuing.tos_acceptance")
    if acceptance:
        account["terms"]["card_issuing"] = _acceptance(acceptance, "settings[card_issuing][tos_acceptance]")
    kept = {name: value for name, value in given.items() if name != "card_issuing"}
    account["settings"] = merged(account["settings"], kept)


def _acceptance(given: dict, param: str) -> dict:
    acceptance = {name: value for name, value in given.items() if value not in (None, "")}
    if "ip" in acceptance:
        check_ip(acceptance["ip"], f"{param}[ip]")
    return acceptance
