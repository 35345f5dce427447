"""Account links: who gets one, what opens and what closes them, and what each flow asks."""

import re

import httpx
import pytest
import stripe

from tests.local_stripe.conftest import BUSINESS, PREVIEW
from tests.local_stripe.test_onboarding import Fields, enter, fill_with_test_data, walk

V2 = {"stripe_version": PREVIEW}
URLS = {"refresh_url": "https://desk.example/refresh", "return_url": "https://desk.example/return"}
PREVIEWERS = ["Slackbot-LinkExpanding 1.0", "WhatsApp/2.23", "TelegramBot (like TwitterBot)"]


@pytest.fixture
def visitor(local_stripe):
    with httpx.Client(base_url=local_stripe.base, headers={"User-Agent": "Browser"}) as visitor:
        yield visitor


@pytest.fixture
def business(client) -> str:
    return client.v2.core.accounts.create({**BUSINESS, "identity": {"country": "us"}}, V2).id


def mint(client, account, **changes) -> str:
    params = {"account": account, "type": "account_onboarding", **URLS, **changes}
    return client.v1.account_links.create({name: value for name, value in params.items() if value is not None}).url


def refused(client, account, **changes) -> stripe.StripeError:
    with pytest.raises(stripe.StripeError) as refusal:
        mint(client, account, **changes)
    return refusal.value


def state_of(local_stripe, link) -> str:
    [found] = [each for each in local_stripe.control("account_links")["account_links"] if each["url"] == link]
    return found["state"]


def steps_shown(page: str) -> list[str]:
    """The steps that the page's list names."""
    return re.findall(r'href="/setup/e/\w+/(\w+)"', page.partition("<nav")[2].partition("</nav>")[0])


def test_a_link_needs_two_addresses_and_an_account_that_is_there(client, business):
    for name in ("refresh_url", "return_url"):
        assert (refused(client, business, **{name: None}).code, refused(client, business, **{name: None}).param) == (
            "parameter_missing", name,
        )  # fmt: skip
        assert refused(client, business, **{name: "desk.example/return"}).code == "url_invalid"
    assert isinstance(refused(client, "acct_nobodys"), stripe.PermissionError)
    assert refused(client, business, type="account_magic").param == "type"
    assert mint(client, business, **{name: f"http://localhost/{name}" for name in URLS})


def test_the_rejected_and_the_closed_get_none(client, local_stripe, business):
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "terms_violation"})
    assert refused(client, business).param == "account"
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "under_review"})
    assert mint(client, business)
    closed = client.v2.core.accounts.create(BUSINESS, V2).id
    client.v2.core.accounts.close(closed, {"applied_configurations": ["card_creator", "recipient"]}, V2)
    assert refused(client, closed).param == "account"


def test_only_accounts_that_the_platform_collects_for_are_updated_by_link(client, business):
    for type in ("express", "standard"):
        account = client.v1.accounts.create({"type": type, "country": "US"}).id
        assert refused(client, account, type="account_update").param == "type"
        assert mint(client, account)
        flow = {"type": "account_update", "account_update": URLS}
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v2.core.account_links.create({"account": account, "use_case": flow}, V2)
        assert refusal.value.param == "use_case.type"
    assert mint(client, business, type="account_update")


def test_collect_is_the_old_spelling_and_goes_alone(client, business):
    assert mint(client, business, collect="eventually_due")
    assert refused(client, business, collect="everything").param == "collect"
    both = {"collect": "currently_due", "collection_options": {"fields": "currently_due"}}
    assert refused(client, business, **both).code == "parameters_exclusive"
    assert refused(client, business, collection_options={"future_requirements": "maybe"}).param == (
        "collection_options[future_requirements]"
    )


def test_a_glance_at_the_headers_does_not_use_a_link_up(client, local_stripe, visitor, business):
    link = mint(client, business)
    assert visitor.head(link).status_code == 200
    assert state_of(local_stripe, link) == "open"
    assert visitor.get(link).headers["Location"].startswith("/setup/e/")
    assert state_of(local_stripe, link) == "used"


@pytest.mark.parametrize("agent", PREVIEWERS)
def test_the_preview_of_a_messenger_uses_a_link_up(client, visitor, business, agent):
    link = mint(client, business)
    assert visitor.get(link, headers={"User-Agent": agent}).status_code == 303
    assert visitor.get(link).headers["Location"] == URLS["refresh_url"]


def test_links_lead_back_once_they_are_void(client, local_stripe, visitor, business):
    expired, lost, kept = (mint(client, business) for _ in range(3))
    opened = visitor.get(kept).headers["Location"]
    local_stripe.control("account_links/expire", {"account": "acct_other"})
    assert state_of(local_stripe, expired) == "open"
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "terms_violation"})
    assert state_of(local_stripe, lost) == "lost"
    assert visitor.get(lost).headers["Location"] == URLS["refresh_url"]
    # Who was inside already is led back as well.
    assert visitor.get(opened).headers["Location"] == URLS["refresh_url"]
    assert visitor.post(f"{opened}/type", data={"business_type": "company"}).headers["Location"] == URLS["refresh_url"]
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "clear"})
    local_stripe.control("account_links/expire", {"account": business})
    assert state_of(local_stripe, expired) == "expired"
    assert visitor.get(expired).headers["Location"] == URLS["refresh_url"]


def test_what_is_due_now_is_asked_alone(client, visitor, account):
    client.v1.accounts.update(account, {"company": {"phone": ""}})
    step = enter(visitor, mint(client, account, collection_options={"fields": "currently_due"}))
    page = visitor.get(step).text
    assert step.endswith("/business")
    assert steps_shown(page) == ["business", "terms"]
    assert "company[phone]" in Fields(page).values
    answers = {**Fields(page).values, "company[phone]": "0000000000"}
    assert visitor.post(step, data=answers).headers["Location"].endswith("/terms")
    assert client.v1.accounts.retrieve(account).company.phone == "0000000000"


def test_fields_that_nobody_asks_for_now_are_left_out(client, visitor, business):
    only_money = client.v1.accounts.create(
        {"controller": {"stripe_dashboard": {"type": "none"}, "fees": {"payer": "application"},
                        "losses": {"payments": "application"}, "requirement_collection": "application"},
         "country": "US", "business_type": "company", "capabilities": {"transfers": {"requested": True}}}
    ).id  # fmt: skip
    needs = client.v1.accounts.retrieve(only_money).requirements.currently_due
    step = enter(visitor, mint(client, only_money))
    asked = Fields(visitor.get(step).text).values
    for name in ("company[name]", "company[tax_id]", "business_profile[mcc]", "company[phone]"):
        path = name.replace("[", ".").replace("]", "")
        assert (name in asked) == (path in needs), name
    everything = enter(visitor, mint(client, only_money, collect="eventually_due"))
    assert "business_profile[mcc]" in visitor.get(everything).text


def test_everything_due_some_day_is_asked_when_wanted(client, visitor, account):
    client.v1.accounts.update(account, {"company": {"phone": ""}})
    step = enter(visitor, mint(client, account, collection_options={"fields": "eventually_due"}))
    assert steps_shown(visitor.get(step).text) == ["type", "business", "representative", "owners", "terms"]


def test_coming_requirements_are_asked_for_when_included(client, local_stripe, visitor, account):
    demand = {"add": [{"path": "identity.business_details.phone", "deadline": "future"}]}
    local_stripe.control(f"accounts/{account}/requirements", demand)
    assert client.v1.accounts.retrieve(account).future_requirements.eventually_due == ["company.phone"]
    home = visitor.get(mint(client, account)).headers["Location"]
    assert "Nothing is due" in visitor.get(home).text
    include = {"fields": "currently_due", "future_requirements": "include"}
    assert enter(visitor, mint(client, account, collection_options=include)).endswith("/business")


def test_an_update_shows_what_is_on_file_and_takes_corrections(client, local_stripe, visitor, account):
    client.v1.accounts.update(account, {"company": {"name": "Rocket Rides", "tax_id": "222222222"}})
    local_stripe.advance(10)
    home = visitor.get(mint(client, account, type="account_update")).headers["Location"]
    page = visitor.get(home).text
    assert "Rocket Rides" in page
    assert "222222222" not in page
    answers = {**Fields(visitor.get(f"{home}/business").text).values, "company[name]": "Rocket Rides II"}
    assert visitor.post(f"{home}/business", data=answers).headers["Location"] == home
    assert client.v1.accounts.retrieve(account).company.name == "Rocket Rides II"
    local_stripe.advance(10)
    assert visitor.post(f"{home}/leave").headers["Location"] == URLS["return_url"]
    assert visitor.get(home).status_code == 410


def test_an_update_goes_on_with_what_is_due(client, visitor, business):
    home = visitor.get(mint(client, business, type="account_update")).headers["Location"]
    assert "Information is needed" in visitor.get(home).text
    step = visitor.get(f"{home}/begin").headers["Location"]
    assert step.endswith("/type")
    assert visitor.post(step, data={"business_type": "company"}).headers["Location"] == home
    step = visitor.get(f"{home}/begin").headers["Location"]
    assert visitor.post(step, data=fill_with_test_data(visitor, step)).headers["Location"] == home


@pytest.mark.parametrize("type", ["express", "standard", "custom"])
def test_accounts_of_every_type_onboard(client, local_stripe, visitor, type):
    wanted = {"transfers": {"requested": True}, "card_payments": {"requested": True}}
    account = client.v1.accounts.create({"type": type, "country": "US", "capabilities": wanted}).id
    assert walk(visitor, enter(visitor, mint(client, account))) == URLS["return_url"]
    local_stripe.advance(10)
    seen = client.v1.accounts.retrieve(account)
    assert (seen.details_submitted, seen.requirements.currently_due) == (True, [])


def test_stripe_asks_for_the_bank_account_where_it_collects(client, local_stripe, visitor, business):
    wanted = {"transfers": {"requested": True}, "card_payments": {"requested": True}}
    express = client.v1.accounts.create({"type": "express", "country": "US", "capabilities": wanted}).id
    assert walk(visitor, enter(visitor, mint(client, express, collect="eventually_due"))) == URLS["return_url"]
    [bank] = client.v1.accounts.retrieve(express).external_accounts.data
    assert (bank.last4, bank.account_holder_name) == ("6789", "Jenny Rosen")
    # Elsewhere it is the platform's to ask.
    walk(visitor, enter(visitor, mint(client, business, collect="eventually_due")))
    local_stripe.advance(10)
    seen = client.v1.accounts.retrieve(business)
    assert (seen.external_accounts.data, seen.requirements.eventually_due) == ([], ["external_account"])
    home = visitor.get(mint(client, business, collect="eventually_due")).headers["Location"]
    assert "Nothing is due" in visitor.get(home).text


@pytest.mark.parametrize(("country", "last4"), [("GB", "2345"), ("DE", "3000")])
def test_bank_accounts_are_asked_for_as_their_country_names_them(client, visitor, country, last4):
    wanted = {"transfers": {"requested": True}, "card_payments": {"requested": True}}
    express = client.v1.accounts.create({"type": "express", "country": country, "capabilities": wanted}).id
    walk(visitor, enter(visitor, mint(client, express, collect="eventually_due")))
    [bank] = client.v1.accounts.retrieve(express).external_accounts.data
    assert (bank.country, bank.last4) == (country, last4)


def test_a_wrong_bank_number_is_explained_at_its_field(client, visitor):
    wanted = {"transfers": {"requested": True}, "card_payments": {"requested": True}}
    express = client.v1.accounts.create({"type": "express", "country": "US", "capabilities": wanted}).id
    home = visitor.get(mint(client, express, collect="eventually_due")).headers["Location"]
    numbers = {"routing_number": "110000001", "account_number": "000123456789", "account_holder_name": "Jenny Rosen"}
    reply = visitor.post(f"{home}/bank", data={f"external_account[{name}]": each for name, each in numbers.items()})
    assert 'id="f-external_account-routing_number-problem"' in reply.text
    assert client.v1.accounts.retrieve(express).external_accounts.data == []


def test_what_is_wrong_about_an_owner_is_corrected_there(client, visitor, business):
    client.v1.accounts.update(business, {"business_type": "company"})
    owner = client.v1.accounts.persons.create(
        business, {"first_name": "Fay", "last_name": "Gray", "relationship": {"owner": True, "percent_ownership": 40}}
    ).id
    home = visitor.get(mint(client, business)).headers["Location"]
    page = visitor.get(f"{home}/owners").text
    assert "Information is needed" in page
    address = f"{home}/owners?owner={owner}"
    answers = Fields(visitor.get(address).text).values
    assert (answers["first_name"], answers["owner"]) == ("Fay", owner)
    filled = visitor.post(f"{home}/owners", data={**answers, "action": "test_data"}).text
    answers = {**Fields(filled).values, "owner": owner, "first_name": "Faye"}
    assert visitor.post(f"{home}/owners", data={**answers, "action": "add"}).headers["Location"] == f"{home}/owners"
    assert "Information is needed" not in visitor.get(f"{home}/owners").text
    [seen] = client.v1.accounts.persons.list(business).data
    assert (seen.id, seen.first_name, seen.dob.year) == (owner, "Faye", 1901)


def test_whatever_stripe_demands_can_be_answered(client, local_stripe, visitor, account):
    demand = {"add": [{"path": "identity.business_details.structure"}]}
    local_stripe.control(f"accounts/{account}/requirements", demand)
    assert client.v1.accounts.retrieve(account).requirements.currently_due == ["company.structure"]
    step = enter(visitor, mint(client, account))
    answers = {**Fields(visitor.get(step).text).values, "company[structure]": "private_corporation"}
    assert visitor.post(step, data=answers).headers["Location"].endswith("/terms")
    seen = client.v1.accounts.retrieve(account)
    assert (seen.company.structure, seen.requirements.currently_due) == ("private_corporation", [])


def test_v2_links_say_what_they_are_for(client, visitor, account):
    flow = {"type": "account_update", "account_update": {**URLS, "configurations": ["recipient"]}}
    link = client.v2.core.account_links.create({"account": account, "use_case": flow}, V2)
    assert link.to_dict()["use_case"] == flow
    home = visitor.get(link.url).headers["Location"]
    visitor.post(f"{home}/leave")
    [event] = client.v2.core.events.list({"types": ["v2.core.account_link.returned"]}, {"stripe_context": account}).data
    assert event.data.to_dict() == {
        "account_id": account, "configurations": ["recipient"], "use_case": "account_update",
    }  # fmt: skip


def test_v2_links_collect_for_the_configurations_they_name(client, visitor, account):
    def refuse(use_case) -> str:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v2.core.account_links.create({"account": account, "use_case": use_case}, V2)
        return refusal.value.param

    wrong = {"type": "account_onboarding", "account_onboarding": {**URLS, "configurations": ["merchant"]}}
    assert refuse(wrong) == "use_case.account_onboarding.configurations"
    both = {"type": "account_onboarding", "account_onboarding": URLS, "account_update": URLS}
    assert refuse(both) == "use_case.account_update"
    assert refuse({"type": "account_onboarding", "account_onboarding": {}}) == "use_case.account_onboarding.refresh_url"


def test_v2_links_ask_what_they_were_made_for(client, visitor, business):
    client.v1.accounts.update(business, {"business_type": "company"})

    def asked(**flow) -> dict[str, str]:
        use_case = {"type": "account_onboarding", "account_onboarding": {**URLS, **flow}}
        link = client.v2.core.account_links.create({"account": business, "use_case": use_case}, V2).url
        return Fields(visitor.get(enter(visitor, link)).text).values

    workers = "business_profile[estimated_worker_count]"
    assert workers in asked()
    only_transfers = asked(configurations=["recipient"])
    assert "company[name]" in only_transfers
    assert workers not in only_transfers
    everything = {"fields": "eventually_due", "future_requirements": "include"}
    assert workers in asked(configurations=["recipient"], collection_options=everything)


def test_a_british_individual_onboards_for_cards(client, local_stripe, visitor):
    cards = {"card_creator": {"capabilities": {"commercial": {"stripe": {"prepaid_card": {"requested": True}}}}}}
    person = client.v2.core.accounts.create(
        {**BUSINESS, "identity": {"country": "gb", "entity_type": "individual"},
         "configuration": {**BUSINESS["configuration"], **cards}}, V2,
    ).id  # fmt: skip
    assert walk(visitor, enter(visitor, mint(client, person))) == URLS["return_url"]
    local_stripe.advance(10)
    seen = client.v1.accounts.retrieve(person)
    assert (seen.requirements.currently_due, seen.capabilities.to_dict()["card_issuing"]) == ([], "active")


@pytest.mark.parametrize(
    ("language", "spoken", "words"),
    [
        ("fr-FR,fr;q=0.9", "fr", "Type d’entreprise"),
        ("es-MX", "es", "Tipo de empresa"),
        ("de, en;q=0.5", "en", "Business type"),
    ],
)
def test_pages_speak_the_visitors_language(client, visitor, business, language, spoken, words):
    step = enter(visitor, mint(client, business))
    page = visitor.get(step, headers={"Accept-Language": language}).text
    assert f"<h1>{words}</h1>" in page
    assert f'<html lang="{spoken}">' in page
