"""The accounts that people open on the authorize pages."""

from local_stripe import account_connections, account_rules, account_samples, account_state, forms, params
from local_stripe.context import Call
from local_stripe.errors import StripeError
from local_stripe.ids import new_id
from local_stripe.oauth_wishes import Wish
from local_stripe.resources import accounts, accounts_v1, people
from local_stripe.versions import DEFAULT

ACCOUNT_SCHEMA = ("POST", "/v1/accounts/{account}")
PERSON_SCHEMA = ("POST", "/v1/accounts/{account}/persons")
# What authorize links call business types, and what accounts do.
BUSINESS_TYPES = {
    "corporation": "company",
    "llc": "company",
    "partnership": "company",
    "sole_prop": "individual",
    **{name: name for name in ("company", "government_entity", "individual", "non_profit")},
}
PLAIN = {
    "email": "email",
    "currency": "default_currency",
    "business_name": "business_profile[name]",
    "product_description": "business_profile[product_description]",
    "url": "business_profile[url]",
}
ADDRESS = {"street_address": "line1", "city": "city", "state": "state", "zip": "postal_code"}
BIRTH = {"dob_day": "dob[day]", "dob_month": "dob[month]", "dob_year": "dob[year]"}
NAMES = {"first_name": "first_name", "last_name": "last_name", "email": "email", "phone_number": "phone"}


def open_account(call: Call, wish: Wish, told: dict[str, str], *, complete: bool) -> dict:
    """A new account, out of the platform's reach until the code is exchanged. Invalid details are ignored.

    `complete` fulfils and verifies everything, as skipping the form in test mode does.
    """
    account = accounts.new(call, new_id("acct", 16))
    account["legacy_type"] = wish.type
    account.update(accounts_v1.TYPES[wish.type])
    account["country"] = _country(told.get("country", ""))
    account["entity_type"] = BUSINESS_TYPES.get(told.get("business_type", ""))
    for name in wish.capabilities or accounts_v1.USUAL:
        accounts_v1.request(call, account, name, True)
    _apply(call, account, told)
    if complete:
        account_samples.fulfil(call, account)
        account_state.conclude(call, account, passes=True)
    account_state.settle(call, account, None)
    account_rules.hand_over(call.db, account)
    account_connections.put_away(call, account)
    return account


def _country(code: str) -> str:
    try:
        return accounts.check_country(code, "country")
    except StripeError:
        return "US"


def _apply(call: Call, account: dict, told: dict[str, str]) -> None:
    given = {PLAIN[name]: told[name] for name in PLAIN if name in told}
    is_company = account["entity_type"] not in (None, "individual")
    if is_company:
        given |= {f"company[address][{ADDRESS[name]}]": told[name] for name in ADDRESS if name in told}
        given |= {
            f"company[{v1}]": told[n] for n, v1 in (("business_name", "name"), ("phone_number", "phone")) if n in told
        }
    for name, value in given.items():
        try:
            accounts_v1.apply(call, account, _checked({name: value}, ACCOUNT_SCHEMA))
        except StripeError:
            continue
    if account["entity_type"] is not None:
        _introduce(call, account, told, is_company=is_company)


def _introduce(call: Call, account: dict, told: dict[str, str], *, is_company: bool) -> None:
    """Whoever fills in the form represents the business."""
    person = people.new(call, account["id"], individual=not is_company)
    person["relationship"] = {"representative": True}
    groups = [{NAMES[name]: told[name]} for name in NAMES if name in told]
    if BIRTH.keys() <= told.keys():
        groups.append({BIRTH[name]: told[name] for name in BIRTH})
    known = person
    for group in groups:
        try:
            known = people.apply_v1(known, _checked(group, PERSON_SCHEMA), call.now)
        except StripeError:
            continue
    if known is not person:
        people.save(call.db, known)


def _checked(given: dict[str, str], schema: tuple[str, str]) -> dict:
    return params.check(forms.nest(given.items()), params.schema_for(*schema, DEFAULT), is_form=True)
