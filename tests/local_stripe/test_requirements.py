"""What accounts lack by country and kind, and what Stripe's staff may ask of them besides."""

import urllib.error

import pytest

from local_stripe import requirement_codes
from tests.local_stripe.conftest import BUSINESS, PREVIEW
from tests.local_stripe.test_accounts import capabilities, tell_everything

V2 = {"stripe_version": PREVIEW}
NEW = {"stripe_version": "2026-10-14.preview"}
WISHES = {"card_issuing": {"requested": True}, "transfers": {"requested": True}}
NAME = "identity.business_details.registered_name"


def new_account(client, country: str, entity_type: str) -> str:
    given = {"type": "custom", "country": country, "business_type": entity_type, "capabilities": WISHES}
    return client.v1.accounts.create(given).id


def due(client, account) -> set[str]:
    return set(client.v1.accounts.retrieve(account).requirements.currently_due)


def ask(local_stripe, account, **body):
    return local_stripe.control(f"accounts/{account}/requirements", body)


@pytest.mark.parametrize(
    ("country", "entity_type", "lacks", "spared"),
    [
        ("US", "company", {"company.owners_provided", "company.address.state", "company.tax_id"},
         {"company.directors_provided", "company.executives_provided"}),
        ("US", "non_profit", {"company.tax_id"}, {"company.owners_provided"}),
        ("US", "individual", {"individual.ssn_last_4", "individual.address.state"}, {"company.tax_id"}),
        ("GB", "company",
         {"company.owners_provided", "company.directors_provided", "company.executives_provided", "company.tax_id"},
         {"company.address.state", "representative.ssn_last_4", "representative.id_number"}),
        ("GB", "individual", {"individual.dob.day", "individual.phone"},
         {"individual.id_number", "individual.address.state", "company.owners_provided"}),
        ("DE", "company", {"company.directors_provided", "company.tax_id"}, {"company.address.state"}),
        ("FR", "non_profit", {"company.directors_provided"}, {"company.owners_provided"}),
        ("IE", "individual", {"individual.address.postal_code"}, {"individual.id_number"}),
    ],
)  # fmt: skip
def test_what_is_lacking_where(client, country, entity_type, lacks, spared):
    account = new_account(client, country, entity_type)
    found = due(client, account)
    if entity_type == "individual":
        found |= {path.replace("representative.", "individual.") for path in found}
    everywhere = {"business_profile.mcc", "business_profile.url", "tos_acceptance.ip", "tos_acceptance.date"}
    cards = {"business_profile.estimated_worker_count", "business_profile.annual_revenue"}
    cards |= {"settings.card_issuing.tos_acceptance.date", "settings.card_issuing.tos_acceptance.ip"}
    assert lacks | everywhere | cards <= found
    assert not spared & found
    transfers = client.v1.accounts.capabilities.retrieve(account, "transfers").requirements
    assert not cards & set(transfers.currently_due)


def test_directors_abroad_have_names(client):
    account = new_account(client, "GB", "company")
    director = client.v1.accounts.persons.create(account, {"relationship": {"director": True}})
    assert set(director.requirements.currently_due) == {"first_name", "last_name"}
    assert client.v1.accounts.persons.update(
        account, director.id, {"first_name": "A", "last_name": "B"}
    ).requirements.currently_due == []  # fmt: skip


@pytest.fixture
def business(client, local_stripe) -> str:
    """A US business whose cards are active by what it told."""
    id = client.v2.core.accounts.create(BUSINESS, V2).id
    tell_everything(client, id)
    local_stripe.advance(10)
    assert capabilities(client, id)["card_issuing"] == "active"
    return id


def test_staff_ask_for_every_reason_there_is(client, local_stripe, business):
    for code in sorted(requirement_codes.ALL):
        ask(local_stripe, business, add=[{"path": NAME, "code": code}])
        errors = client.v1.accounts.retrieve(business).requirements.errors
        assert [(error.requirement, error.code) for error in errors] == [("company.name", code)]


@pytest.mark.parametrize("code", ["external_request", "invalid_company_name_denylisted"])
def test_staff_ask_again_for_any_reason_until_it_is_told_anew(client, local_stripe, business, code):
    ask(local_stripe, business, add=[{"path": NAME, "code": code}])
    errors = client.v1.accounts.retrieve(business).requirements.errors
    assert [(error.requirement, error.code) for error in errors] == [("company.name", code)]
    assert capabilities(client, business)["card_issuing"] == "inactive"
    client.v1.accounts.update(business, {"business_profile": {"name": "Rides"}})
    assert "company.name" in due(client, business)
    client.v1.accounts.update(business, {"company": {"name": "Rocket Rides Ltd"}})
    local_stripe.advance(10)
    assert due(client, business) == set()
    assert capabilities(client, business)["card_issuing"] == "active"


def test_a_demand_about_a_person(client, local_stripe, business):
    person = client.v1.accounts.persons.list(business).data[0].id
    demand = {"path": "documents.primary_verification", "code": "verification_document_expired", "person": person}
    ask(local_stripe, business, add=[{**demand, "deadline": "currently_due"}])
    assert due(client, business) == {f"{person}.verification.document"}
    view = client.v1.accounts.persons.retrieve(business, person)
    assert view.requirements.currently_due == ["verification.document"]
    entry = demanded(client, business)[0]
    assert entry["description"] == f"{person}.documents.primary_verification"
    assert (entry["reference"]["resource"], entry["minimum_deadline"]["status"]) == (person, "currently_due")
    document = {"verification": {"document": {"front": "file_identity_document_success"}}}
    client.v1.accounts.persons.update(business, person, document)
    local_stripe.advance(10)
    assert due(client, business) == set()


def demanded(client, business) -> list[dict]:
    view = client.v2.core.accounts.retrieve(business, {"include": ["requirements"]}, V2).to_dict()
    return [entry for entry in view["requirements"]["entries"] if "outbound_destination" not in entry["description"]]


def test_a_deadline_is_told_and_missed(client, local_stripe, business):
    now = local_stripe.control("clock")["now"]
    ask(local_stripe, business, add=[{"path": NAME, "deadline": "currently_due", "deadline_at": now + 3600}])
    assert client.v1.accounts.retrieve(business).requirements.current_deadline == now + 3600
    assert capabilities(client, business)["card_issuing"] == "active"
    local_stripe.advance(3700)
    assert client.v1.accounts.retrieve(business).requirements.past_due == ["company.name"]
    assert capabilities(client, business)["card_issuing"] == "inactive"
    ask(local_stripe, business, remove=[NAME])
    assert capabilities(client, business)["card_issuing"] == "active"


def test_what_is_due_some_day_blocks_nothing_until_it_is_pressed(client, local_stripe, business):
    ask(local_stripe, business, add=[{"path": NAME, "deadline": "eventually_due"}])
    requirements = client.v1.accounts.retrieve(business).requirements
    assert "company.name" in requirements.eventually_due
    assert requirements.currently_due == []
    assert demanded(client, business)[0]["minimum_deadline"]["status"] == "eventually_due"
    ask(local_stripe, business, next=True)
    assert "company.name" in due(client, business)
    ask(local_stripe, business, clear=True)
    assert "company.name" not in due(client, business)


def test_the_future_is_told_apart_until_it_comes(client, local_stripe, business):
    now = local_stripe.control("clock")["now"]
    ask(local_stripe, business, add=[{"path": NAME, "deadline": "future", "deadline_at": now + 3600}])
    account = client.v1.accounts.retrieve(business)
    assert account.requirements.currently_due == []
    assert account.future_requirements.currently_due == ["company.name"]
    assert account.future_requirements.current_deadline == now + 3600
    include = {"include": ["future_requirements", "requirements"]}
    view = client.v2.core.accounts.retrieve(business, include, NEW).to_dict()
    assert [entry["description"] for entry in view["future_requirements"]["entries"]] == [NAME]
    assert view["future_requirements"]["summary"]["minimum_deadline"]["time"].endswith("Z")
    thin = client.v2.core.events.list({"limit": 20}, {"stripe_context": business}).data
    assert "v2.core.account[future_requirements].updated" in {event.type for event in thin}
    local_stripe.advance(3700)
    assert due(client, business) == {"company.name"}
    assert client.v1.accounts.retrieve(business).future_requirements.eventually_due == []


def test_coming_rules_are_announced_and_come_into_force(client, local_stripe, business):
    ask(local_stripe, business, rules="announced")
    account = client.v1.accounts.retrieve(business)
    assert account.future_requirements.eventually_due == ["company.structure"]
    assert capabilities(client, business)["card_issuing"] == "active"
    ask(local_stripe, business, rules="in_force")
    assert due(client, business) == {"company.structure"}
    client.v1.accounts.update(business, {"company": {"structure": "llc"}})
    local_stripe.advance(10)
    assert capabilities(client, business)["card_issuing"] == "active"


@pytest.mark.parametrize("words", [{"email": "jenny+enforce_future_requirements@example.com"}, {}])
def test_a_magic_email_puts_coming_rules_in_force(client, words):
    given = {"type": "custom", "country": "US", "business_type": "company", "capabilities": WISHES, **words}
    assert ("company.structure" in due(client, client.v1.accounts.create(given).id)) is bool(words)


def test_payouts_can_be_blocked_once_they_worked(client, local_stripe, business):
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "payout_block"})
    account = client.v1.accounts.retrieve(business)
    assert (account.payouts_enabled, capabilities(client, business)["card_issuing"]) == (False, "active")
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "clear"})
    assert client.v1.accounts.retrieve(business).payouts_enabled


@pytest.mark.parametrize(
    "body",
    [
        {"add": [{"path": NAME, "code": "no_such_code"}]},
        {"add": [{"path": NAME, "deadline": "tomorrow"}]},
        {"add": [{"path": "given_name", "person": "person_none"}]},
        {"rules": "repealed"},
    ],
)
def test_demands_that_make_no_sense_are_refused(local_stripe, business, body):
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(local_stripe, business, **body)
    assert refused.value.code == 400


def test_a_warning_of_inactivity_concerns_cards_only_and_is_not_answered_by_telling(client, local_stripe, business):
    now = local_stripe.control("clock")["now"]
    warning = {"path": "card_issuing.activity", "deadline": "currently_due", "deadline_at": now + 30 * 86400}
    ask(local_stripe, business, add=[warning])
    cards = client.v1.accounts.capabilities.retrieve(business, "card_issuing").requirements
    assert cards.currently_due == ["card_issuing.activity"]
    assert client.v1.accounts.capabilities.retrieve(business, "transfers").requirements.currently_due == []
    client.v1.accounts.update(business, {"business_profile": {"name": "Rides"}})
    local_stripe.advance(30 * 86400 + 60)
    assert capabilities(client, business) == {"card_issuing": "inactive", "transfers": "active"}
    ask(local_stripe, business, remove=["card_issuing.activity"])
    assert capabilities(client, business)["card_issuing"] == "active"


def test_terms_can_be_asked_for_again(client, local_stripe, business):
    ask(local_stripe, business, add=[{"path": "settings.card_issuing.tos_acceptance.date"}])
    assert due(client, business) == {"settings.card_issuing.tos_acceptance.date"}
    again = {"tos_acceptance": {"date": 1_700_000_100, "ip": "192.0.2.1"}}
    client.v1.accounts.update(business, {"settings": {"card_issuing": again}})
    assert due(client, business) == set()


def test_a_refused_tax_id_and_a_missing_website_have_alternatives(client, local_stripe, business):
    client.v1.accounts.update(business, {"company": {"tax_id": "111111111"}})
    local_stripe.advance(10)
    found = client.v1.accounts.retrieve(business).requirements.alternatives
    assert [(one.original_fields_due, one.alternative_fields_due) for one in found] == [
        (["company.tax_id"], ["company.verification.document"])
    ]
    document = {"verification": {"document": {"front": "file_identity_document_success"}}}
    client.v1.accounts.update(business, {"company": document})
    assert client.v1.accounts.retrieve(business).requirements.pending_verification == ["company.verification.document"]
    local_stripe.advance(10)
    assert due(client, business) == set()
    other = new_account(client, "US", "company")
    found = client.v1.accounts.retrieve(other).requirements.alternatives
    assert [one.alternative_fields_due for one in found] == [["business_profile.product_description"]]
