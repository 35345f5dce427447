"""Tokens of accounts and persons: they carry what was typed to Stripe, once, and show none of it."""

import datetime

import pytest
import stripe

from tests.local_stripe.conftest import BUSINESS, PREVIEW
from tests.local_stripe.test_accounts import ADDRESS, JENNY

V2 = {"stripe_version": PREVIEW}
PERSON = {name: value for name, value in JENNY.items() if name != "relationship"}
CUSTOM = {"type": "custom", "country": "US", "capabilities": {"transfers": {"requested": True}}}


@pytest.fixture
def browser_client(local_stripe):
    base = local_stripe.base
    return stripe.StripeClient("pk_test_platform", base_addresses={"api": base, "connect": base, "files": base})


@pytest.fixture
def business(client) -> str:
    return client.v2.core.accounts.create(BUSINESS, V2).id


def refusal(call, *args) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        call(*args)
    return refused.value


@pytest.mark.parametrize("on_account", [True, False])
def test_a_person_token_made_in_the_browser_becomes_a_person_once(client, browser_client, business, on_account):
    options = {"stripe_account": business} if on_account else {}
    token = browser_client.v1.tokens.create({"person": JENNY}, options)
    assert (token.object, token.type, token.used) == ("token", "person", False)
    assert token.id.startswith("ct_")
    assert "Rosen" not in str(token)
    assert "000000000" not in str(token)
    person = client.v1.accounts.persons.create(business, {"person_token": token.id, "metadata": {"row": "7"}})
    assert (person.last_name, person.relationship.title, person.metadata["row"]) == ("Rosen", "CEO", "7")
    assert person.id_number_provided
    again = refusal(client.v1.accounts.persons.create, business, {"person_token": token.id})
    assert (again.code, again.param) == ("token_already_used", "person_token")


def test_a_person_is_changed_by_a_token(client, business):
    person = client.v1.accounts.persons.create(business, {"first_name": "Jenny"})
    token = client.v1.tokens.create({"person": {"last_name": "Rosen"}})
    changed = client.v1.accounts.persons.update(business, person.id, {"person_token": token.id})
    assert (changed.first_name, changed.last_name) == ("Jenny", "Rosen")


def test_a_token_stands_alone(client, business):
    token = client.v1.tokens.create({"person": {"last_name": "Rosen"}})
    params = {"person_token": token.id, "first_name": "Jenny"}
    refused = refusal(client.v1.accounts.persons.create, business, params)
    assert (refused.code, refused.param) == ("parameters_exclusive", "first_name")
    assert client.v1.accounts.persons.create(business, {"person_token": token.id}).last_name == "Rosen"


def test_an_account_token_brings_business_and_terms(client, browser_client):
    told = {
        "business_type": "company",
        "company": {"name": "Rocket Rides", "tax_id": "000000000", "address": ADDRESS},
        "tos_shown_and_accepted": True,
    }
    token = browser_client.v1.tokens.create({"account": told})
    assert (token.type, token.used) == ("account", False)
    assert "Rocket" not in str(token)
    for covered in ({"business_type": "company"}, {"company": {"name": "X"}}, {"individual": {"first_name": "X"}}):
        refused = refusal(client.v1.accounts.create, {**CUSTOM, "account_token": token.id, **covered})
        assert (refused.code, refused.param) == ("parameters_exclusive", next(iter(covered)))
    account = client.v1.accounts.create({**CUSTOM, "account_token": token.id})
    assert (account.business_type, account.company.name) == ("company", "Rocket Rides")
    assert account.company.tax_id_provided
    assert account.tos_acceptance.ip == "127.0.0.1"
    again = refusal(client.v1.accounts.update, account.id, {"account_token": token.id})
    assert again.code == "token_already_used"
    individual = client.v1.tokens.create({"account": {"business_type": "individual", "individual": PERSON}})
    other = client.v1.accounts.update(client.v1.accounts.create(CUSTOM).id, {"account_token": individual.id})
    assert other.individual.first_name == "Jenny"


def test_a_token_of_the_wrong_kind_is_refused(client, business):
    person = client.v1.tokens.create({"person": {"last_name": "Rosen"}})
    assert refusal(client.v1.accounts.update, business, {"account_token": person.id}).param == "account_token"
    wrong = refusal(client.v1.accounts.external_accounts.create, business, {"external_account": person.id})
    assert wrong.param == "external_account"
    unknown = refusal(client.v1.accounts.persons.create, business, {"person_token": "ct_unknown"})
    assert (unknown.code, unknown.param) == ("resource_missing", "person_token")
    assert refusal(client.v1.tokens.create, {}).code is None
    assert refusal(
        client.v1.tokens.create, {"person": {"first_name": "A"}, "account": {"business_type": "company"}}
    ).param == ("account")


@pytest.mark.parametrize(
    ("person", "param"),
    [
        ({"dob": {"day": 1, "month": 1, "year": 1800}}, "person[dob][year]"),
        ({"dob": {"day": 1, "month": 13, "year": 1980}}, "person[dob][month]"),
        ({"dob": {"day": 31, "month": 2, "year": 1980}}, "person[dob][day]"),
        ({"dob": {"day": "x", "month": 2, "year": 1980}}, "person[dob][day]"),
        ({"dob": {"day": 1, "month": 2}}, "person[dob][year]"),
        ({"email": "nobody"}, "person[email]"),
        ({"ssn_last_4": "12"}, "person[ssn_last_4]"),
        ({"address": {"country": "US", "postal_code": "1"}}, "person[address][postal_code]"),
        ({"relationship": {"percent_ownership": 101}}, "person[relationship][percent_ownership]"),
        ({"verification": {"document": {"front": "file_none"}}}, "person[verification][document][front]"),
        ({"shoe_size": "44"}, "person[shoe_size]"),
    ],
)
def test_what_cannot_be_is_refused_when_the_token_is_made(client, business, person, param):
    assert refusal(client.v1.tokens.create, {"person": person}).param == param
    bare = param.removeprefix("person[").replace("]", "", 1)
    assert refusal(client.v1.accounts.persons.create, business, person).param == bare


def test_children_have_no_account(client):
    year = datetime.datetime.now(datetime.UTC).year - 12
    refused = refusal(client.v1.tokens.create, {"person": {"dob": {"day": 1, "month": 1, "year": year}}})
    assert "13 years" in str(refused)


def test_us_numbers_have_nine_digits_and_others_have_their_own(client, business):
    refused = refusal(client.v1.accounts.persons.create, business, {"id_number": "12"})
    assert (refused.param, refused.code) == ("id_number", "id_number_invalid")
    refused = refusal(client.v1.accounts.update, business, {"company": {"tax_id": "12"}})
    assert (refused.param, refused.code) == ("company[tax_id]", "tax_id_invalid")
    british = {**CUSTOM, "country": "GB"}
    account = client.v1.accounts.create({**british, "business_type": "company", "company": {"tax_id": "01234567"}})
    assert account.company.tax_id_provided


def test_v2_person_tokens(client, business):
    tokens = client.v2.core.accounts.person_tokens
    token = tokens.create(
        business,
        {"given_name": "Jenny", "id_numbers": [{"type": "us_ssn", "value": "000000000"}],
         "additional_terms_of_service": {"account": {"shown_and_accepted": True}}},
    )  # fmt: skip
    assert (token.object, token.used) == ("v2.core.account_person_token", False)
    assert token.expires_at > token.created
    person = client.v2.core.accounts.persons.create(business, {"person_token": token.id})
    assert person.given_name == "Jenny"
    assert person.to_dict()["additional_terms_of_service"]["account"]["ip"] == "127.0.0.1"
    assert tokens.retrieve(business, token.id).used
    again = refusal(client.v2.core.accounts.persons.create, business, {"person_token": token.id})
    assert again.json_body["error"]["code"] == "token_already_used"
    more = tokens.create(business, {"surname": "Rosen"})
    alone = refusal(
        client.v2.core.accounts.persons.update, business, person.id, {"person_token": more.id, "surname": "X"}
    )
    assert alone.json_body["error"]["param"] == "surname"
    assert client.v2.core.accounts.persons.update(business, person.id, {"person_token": more.id}).surname == "Rosen"
    wrong = refusal(tokens.create, business, {"date_of_birth": {"day": 1, "month": 1, "year": 1800}})
    assert wrong.json_body["error"]["param"] == "date_of_birth.year"


def test_v2_account_tokens(client, browser_client, local_stripe):
    told = {
        "display_name": "Rocket Rides",
        "identity": {
            "entity_type": "company",
            "business_details": {"registered_name": "Rocket Rides Inc"},
            "attestations": {"terms_of_service": {"account": {"shown_and_accepted": True}}},
        },
    }
    token = browser_client.v2.core.account_tokens.create(told)
    assert (token.object, token.used) == ("v2.core.account_token", False)
    assert "Rocket" not in str(token)
    given = {name: value for name, value in BUSINESS.items() if name not in ("display_name", "contact_email")}
    given |= {"identity": {"country": "us"}, "account_token": token.id, "include": ["identity"]}
    assert refusal(client.v2.core.accounts.create, {**given, "display_name": "X"}, V2).json_body["error"]["param"] == (
        "display_name"
    )
    account = client.v2.core.accounts.create(given, V2).to_dict()
    assert account["display_name"] == "Rocket Rides"
    assert account["identity"]["country"].lower() == "us"
    assert account["identity"]["business_details"]["registered_name"] == "Rocket Rides Inc"
    assert account["identity"]["attestations"]["terms_of_service"]["account"]["ip"] == "127.0.0.1"
    assert client.v2.core.account_tokens.retrieve(token.id).used
    late = client.v2.core.account_tokens.create({"display_name": "Later"})
    local_stripe.advance(1801)
    expired = refusal(client.v2.core.accounts.update, account["id"], {"account_token": late.id}, V2)
    assert expired.json_body["error"]["code"] == "token_expired"


def test_what_a_used_token_carried_is_gone_from_the_books(client, business, local_stripe):
    token = client.v1.tokens.create({"person": {"last_name": "Rosenstiehl"}})
    assert "Rosenstiehl" not in str(client.v1.tokens.retrieve(token.id))
    client.v1.accounts.persons.create(business, {"person_token": token.id})
    assert "Rosenstiehl" not in str(local_stripe.control("objects?kind=token"))


def test_what_is_taken_away_leaves_an_empty_person(client, business):
    given = {"given_name": "Jenny", "relationship": {"owner": True}}
    person = client.v2.core.accounts.persons.create(business, given)
    emptied = {"relationship": None, "documents": None}
    client.v2.core.accounts.persons.update(business, person.id, emptied)
    view = client.v1.accounts.persons.retrieve(business, person.id)
    assert (view.first_name, view.relationship.owner, view.verification.status) == ("Jenny", False, "unverified")
