"""Accounts of every type: who collects requirements, who may issue, and what the platform may still see and change."""

import httpx
import pytest
import stripe

from tests.local_stripe.conftest import BUSINESS, PREVIEW

V2 = {"stripe_version": PREVIEW}
NEW_V2 = {"stripe_version": "2026-10-14.preview"}
EURO_AREA = (
    *("AT", "BE", "CY", "DE", "EE", "ES", "FI", "FR", "GR", "HR"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PT", "SI", "SK"),
)
URLS = {"refresh_url": "http://127.0.0.1:4242/reauth", "return_url": "http://127.0.0.1:4242/return"}
CUSTOM = {
    "stripe_dashboard": {"type": "none"},
    "fees": {"payer": "application"},
    "losses": {"payments": "application"},
    "requirement_collection": "application",
}
TRANSFERS = {"transfers": {"requested": True}}
WISHES = {"card_issuing": {"requested": True}, "transfers": {"requested": True}}
COMPANY = {"name": "Rocket Rides", "tax_id": "000000000", "phone": "0000000000"}


def begin(client, account):
    return client.v1.account_links.create({"account": account, "type": "account_onboarding", **URLS})


def refusal(call, *args, **kwargs) -> stripe.StripeError:
    with pytest.raises(stripe.StripeError) as refused:
        call(*args, **kwargs)
    return refused.value


def prefilled(client, **changes) -> str:
    params = {
        "type": "express", "country": "US", "email": "owner@bakery.example", "business_type": "company",
        "company": COMPANY, "business_profile": {"url": "https://accessible.stripe.com", "mcc": "5734"},
    }  # fmt: skip
    return client.v1.accounts.create({**params, **changes}).id


@pytest.mark.parametrize(
    ("params", "controller"),
    [
        ({"type": "custom"}, ("none", "application", "application_custom", "application")),
        ({"type": "express"}, ("express", "stripe", "application_express", "application")),
        ({"type": "standard"}, ("full", "stripe", "account", "stripe")),
        ({}, ("full", "stripe", "account", "stripe")),
        ({"controller": CUSTOM}, ("none", "application", "application", "application")),
        ({"controller": {}}, ("full", "stripe", "account", "stripe")),
        ({"controller": {"stripe_dashboard": {"type": "none"}}}, ("none", "stripe", "account", "stripe")),
    ],
)
def test_types_and_controllers_say_who_does_what(client, params, controller):
    account = client.v1.accounts.create({**params, "country": "US", "capabilities": TRANSFERS})
    shown = account.controller
    assert (
        shown.stripe_dashboard.type, shown.requirement_collection, shown.fees.payer, shown.losses.payments,
    ) == controller  # fmt: skip
    expected = {"none": "custom", "express": "express", "full": "standard"}[controller[0]]
    assert account.type == ("none" if controller[:2] == ("none", "stripe") else expected)


def test_types_and_controllers_exclude_each_other(client):
    refused = refusal(client.v1.accounts.create, {"type": "custom", "controller": CUSTOM})
    assert refused.code == "parameters_exclusive"


@pytest.mark.parametrize("params", [{"type": "custom"}, {"controller": CUSTOM}])
def test_accounts_without_a_dashboard_must_ask_for_something(client, params):
    refused = refusal(client.v1.accounts.create, {**params, "country": "US"})
    assert (refused.code, refused.param) == ("parameter_missing", "capabilities")


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"losses": {"payments": "stripe"}}, "controller[losses][payments]"),
        ({"stripe_dashboard": {"type": "express"}}, "controller[stripe_dashboard][type]"),
        ({"fees": {"payer": "account"}}, "controller[fees][payer]"),
    ],
)
def test_controllers_that_contradict_themselves_are_refused(client, changes, param):
    assert refusal(client.v1.accounts.create, {"controller": {**CUSTOM, **changes}}).param == param


def test_a_bare_express_account_has_the_usual_capabilities(client):
    account = client.v1.accounts.create({"type": "express"})
    assert account.capabilities.to_dict() == {"card_payments": "inactive", "transfers": "inactive"}
    assert (account.details_submitted, account.charges_enabled, account.payouts_enabled) == (False, False, False)
    assert (account.country, account.default_currency) == ("US", "usd")
    assert account.requirements.disabled_reason == "requirements.past_due"
    one = client.v1.accounts.create({"type": "express", "capabilities": {"transfers": {"requested": True}}})
    assert one.capabilities.to_dict() == {"transfers": "inactive"}


def test_express_accounts_need_one_of_the_usual_capabilities(client):
    params = {"type": "express", "capabilities": {"tax_reporting_us_1099_k": {"requested": True}}}
    assert refusal(client.v1.accounts.create, params).param == "capabilities"
    payments = {"card_payments": {"requested": True}}
    assert "without `transfers`" in str(
        refusal(client.v1.accounts.create, {"type": "express", "capabilities": payments})
    )


@pytest.mark.parametrize("type", ["express", "standard"])
def test_cards_are_not_for_accounts_with_a_dashboard(client, type):
    refused = refusal(client.v1.accounts.create, {"type": type, "capabilities": WISHES})
    assert (refused.http_status, refused.param) == (400, "capabilities[card_issuing][requested]")
    account = client.v1.accounts.create({"type": type}).id
    refused = refusal(client.v1.accounts.capabilities.update, account, "card_issuing", {"requested": True})
    assert refused.http_status == 400
    assert client.v1.accounts.capabilities.retrieve(account, "card_issuing").status == "unrequested"


def test_cards_need_everything_on_the_platforms_side(client):
    account = client.v1.accounts.create({"controller": CUSTOM, "country": "US", "capabilities": WISHES})
    assert account.capabilities.to_dict() == {"card_issuing": "inactive", "transfers": "inactive"}
    half = {"stripe_dashboard": {"type": "none"}}
    refused = refusal(client.v1.accounts.create, {"controller": half, "capabilities": WISHES})
    assert refused.param == "capabilities[card_issuing][requested]"


def test_until_the_first_link_everything_is_open(client):
    account = prefilled(client)
    client.v1.accounts.update(account, {"company": {"name": "Rocket Rides Inc"}})
    person = client.v1.accounts.persons.create(account, {"first_name": "Jenny", "relationship": {"owner": True}})
    assert client.v1.accounts.retrieve(account).company.name == "Rocket Rides Inc"
    assert client.v1.accounts.persons.retrieve(account, person.id).first_name == "Jenny"


@pytest.mark.parametrize("type", ["express", "standard"])
def test_after_a_link_the_data_belongs_to_stripe(client, type):
    account = prefilled(client, type=type)
    person = client.v1.accounts.persons.create(account, {"first_name": "Jenny", "relationship": {"owner": True}})
    begin(client, account)
    shown = client.v1.accounts.retrieve(account)
    assert not {"company", "individual"} & shown.to_dict().keys()
    assert shown.requirements.currently_due
    closed = {"company": {"name": "Else"}, "individual": {"first_name": "Else"}, "business_type": "individual"}
    for name, value in closed.items():
        refused = refusal(client.v1.accounts.update, account, {name: value})
        assert (refused.http_status, refused.error.code) == (403, "oauth_not_supported")
        assert f"'{name}'" in str(refused)
    persons = client.v1.accounts.persons
    for call in (lambda: persons.list(account), lambda: persons.retrieve(account, person.id),
                 lambda: persons.create(account, {"first_name": "Else"}),
                 lambda: persons.update(account, person.id, {"first_name": "Else"}),
                 lambda: persons.delete(account, person.id)):  # fmt: skip
        assert refusal(call).http_status == 403
    assert client.v1.accounts.update(account, {"metadata": {"team": "blue"}}).metadata.team == "blue"
    listed = client.v1.accounts.list().data[0].to_dict()
    assert "company" not in listed


def test_custom_accounts_stay_open_after_a_link(client):
    account = prefilled(client, type="custom", capabilities=TRANSFERS)
    begin(client, account)
    assert client.v1.accounts.update(account, {"company": {"name": "Else"}}).company.name == "Else"


def test_v2_hides_the_same_and_refuses_the_same(client):
    account = client.v2.core.accounts.create(
        {
            "contact_email": "owner@bakery.example",
            "dashboard": "express",
            "identity": {"country": "us", "entity_type": "company", "business_details": {"registered_name": "Bakery"}},
            "configuration": {"recipient": BUSINESS["configuration"]["recipient"]},
            "defaults": BUSINESS["defaults"],
        },
        V2,
    ).id
    include = {"include": ["identity", "defaults"]}
    before = client.v2.core.accounts.retrieve(account, include, NEW_V2).to_dict()
    assert before["identity"]["business_details"]["registered_name"] == "Bakery"
    assert before["defaults"]["responsibilities"]["requirements_collector"] == "stripe"
    begin(client, account)
    after = client.v2.core.accounts.retrieve(account, include, V2).to_dict()["identity"]
    assert (after["business_details"], after["individual"], after["country"]) == (None, None, "us")
    details = {"identity": {"business_details": {"registered_name": "Else"}}}
    assert refusal(client.v2.core.accounts.update, account, details, V2).http_status == 403
    assert refusal(client.v2.core.accounts.persons.list, account).http_status == 403


def test_nobody_accepts_stripes_terms_for_others(client):
    acceptance = {"tos_acceptance": {"date": 1_700_000_000, "ip": "192.0.2.1"}}
    refused = refusal(client.v1.accounts.create, {"type": "express", **acceptance})
    assert (refused.http_status, refused.param) == (400, "tos_acceptance")
    assert refusal(client.v1.accounts.update, prefilled(client, type="standard"), acceptance).http_status == 400


def test_details_that_were_submitted_stay_so_whatever_is_asked_for_later(client, local_stripe):
    account = prefilled(client)
    demand = {"add": [{"path": "company.phone", "deadline": "past_due"}]}
    local_stripe.control(f"accounts/{account}/requirements", demand)
    assert client.v1.accounts.retrieve(account).details_submitted is False
    local_stripe.activate(account)
    local_stripe.control(f"accounts/{account}/requirements", demand)
    shown = client.v1.accounts.retrieve(account)
    assert "company.phone" in shown.requirements.past_due
    assert (shown.details_submitted, shown.charges_enabled, shown.payouts_enabled) == (True, False, False)


def test_express_dashboards_open_once_after_onboarding(client, local_stripe):
    account = prefilled(client)
    assert "completed onboarding" in str(refusal(client.v1.accounts.login_links.create, account))
    local_stripe.activate(account)
    shown = client.v1.accounts.retrieve(account)
    assert (shown.details_submitted, shown.charges_enabled, shown.payouts_enabled) == (True, True, True)
    link = client.v1.accounts.login_links.create(account)
    assert (link.object, sorted(link.to_dict())) == ("login_link", ["created", "object", "url"])
    page = httpx.get(link.url)
    assert (page.status_code, account in page.text) == (200, True)
    assert httpx.get(link.url).status_code == 410
    for type in ("custom", "standard"):
        other = client.v1.accounts.create({"type": type, "country": "US", "capabilities": TRANSFERS}).id
        assert refusal(client.v1.accounts.login_links.create, other).http_status == 400


@pytest.mark.parametrize(
    ("identity", "path", "code"),
    [
        ({"country": "gb", "entity_type": "company"}, "celtic.spend_card", "unsupported_country"),
        ({"country": "us", "entity_type": "company"}, "stripe.prepaid_card", "unsupported_country"),
        ({"country": "us", "entity_type": "government_entity"}, "celtic.charge_card", "unsupported_entity_type"),
    ],
)
def test_cards_that_are_not_to_be_had_say_so(client, identity, path, code):
    sponsor, product = path.split(".")
    cards = {"capabilities": {"commercial": {sponsor: {product: {"requested": True}}}}}
    configuration = {**BUSINESS["configuration"], "card_creator": cards}
    params = {**BUSINESS, "identity": identity, "configuration": configuration}
    created = client.v2.core.accounts.create({**params, "include": ["configuration.card_creator"]}, V2).to_dict()
    capability = created["configuration"]["card_creator"]["capabilities"]["commercial"][sponsor][product]
    assert (capability["status"], capability["status_details"][0]["code"]) == ("unsupported", code)
    shown = client.v1.accounts.capabilities.retrieve(created["id"], "card_issuing")
    assert (shown.status, shown.requirements.disabled_reason) == ("inactive", "rejected.unsupported_business")


def test_nothing_is_asked_for_cards_that_are_not_to_be_had(client):
    british = {**BUSINESS, "identity": {"country": "gb", "entity_type": "company"}}
    account = client.v2.core.accounts.create(british, V2).id
    due = client.v1.accounts.retrieve(account).requirements.currently_due
    assert "company.name" in due
    assert not [path for path in due if path.startswith("settings.card_issuing")]
    view = client.v2.core.accounts.retrieve(account, {"include": ["requirements"]}, V2).to_dict()
    assert not [entry for entry in view["requirements"]["entries"] if "card_creator" in entry["description"]]


def test_a_banned_business_loses_its_cards(client, local_stripe, account):
    client.v1.accounts.update(account, {"business_profile": {"mcc": "7995"}})
    include = {"include": ["configuration.card_creator"]}
    view = client.v2.core.accounts.retrieve(account, include, V2).to_dict()
    capability = view["configuration"]["card_creator"]["capabilities"]["commercial"]["celtic"]["spend_card"]
    assert capability["status_details"] == [{"code": "unsupported_business", "resolution": "contact_stripe"}]


@pytest.mark.parametrize(("country", "currency"), [("US", "usd"), ("GB", "gbp"), *((one, "eur") for one in EURO_AREA)])
def test_every_country_of_issuing_has_its_currency_and_cards(client, country, currency):
    commercial = {"celtic": {"spend_card": {"requested": True}}} if country == "US" else {
        "stripe": {"charge_card": {"requested": True}, "prepaid_card": {"requested": True}}
    }  # fmt: skip
    configuration = {**BUSINESS["configuration"], "card_creator": {"capabilities": {"commercial": commercial}}}
    identity = {"country": country.lower(), "entity_type": "company"}
    params = {**BUSINESS, "identity": identity, "configuration": configuration}
    created = client.v2.core.accounts.create({**params, "include": ["identity", "configuration.card_creator"]}, V2)
    assert created.identity.country == country.lower()
    shown = created.to_dict()["configuration"]["card_creator"]["capabilities"]["commercial"]
    assert {one["status"] for products in shown.values() for one in products.values()} == {"restricted"}
    view = client.v1.accounts.retrieve(created.id)
    assert (view.country, view.default_currency) == (country, currency)


def test_countries_and_currencies_that_there_are_not(client):
    assert refusal(client.v1.accounts.create, {"type": "custom", "country": "KP"}).code == "country_unsupported"
    assert refusal(client.v1.accounts.create, {"type": "custom", "country": "Gallia"}).code == "country_code_invalid"
    assert (
        refusal(client.v1.accounts.create, {"type": "express", "default_currency": "xxx"}).param == "default_currency"
    )
    identity = {"country": "kp", "entity_type": "company"}
    assert refusal(client.v2.core.accounts.create, {**BUSINESS, "identity": identity}, V2).http_status == 400
