"""Every test value of Stripe's guides for verifying has its outcome."""

import pytest

from tests.local_stripe.conftest import BUSINESS, PREVIEW
from tests.local_stripe.test_accounts import ADDRESS, COMPANY, JENNY, capabilities, tell_everything

V2 = {"stripe_version": PREVIEW}
GOOD, BAD = "file_identity_document_success", "file_identity_document_failure"
ACTIVE = {"card_issuing": "active", "transfers": "active"}
INACTIVE = {"card_issuing": "inactive", "transfers": "inactive"}
TEST_MODE = "verification_document_failed_test_mode"
KEYED = "verification_failed_keyed_identity"
NOWHERE = {**ADDRESS, "line1": "address_no_match"}
ADDRESS_MISMATCH = "verification_failed_address_match"


@pytest.fixture
def business(client) -> str:
    return client.v2.core.accounts.create(BUSINESS, V2).id


def told(client, local_stripe, business, *, account=None, company=None, person=None) -> dict:
    """Tell everything, with changes, and let it be checked; returns requirement → code of the errors."""
    tell_everything(client, business, company=company, person=person)
    if account:
        client.v1.accounts.update(business, account)
    local_stripe.advance(10)
    errors = client.v1.accounts.retrieve(business).requirements.errors
    return {error.requirement.partition(".")[2]: error.code for error in errors}


@pytest.mark.parametrize(
    ("person", "errors"),
    [
        ({"dob": {"day": 1, "month": 1, "year": 1901}}, {}),
        ({"dob": {"day": 1, "month": 1, "year": 1902}}, {}),
        ({"dob": {"day": 3, "month": 4, "year": 1990}}, {"verification.document": KEYED}),
        ({"id_number": "000-00-0000"}, {}),
        ({"id_number": "222222222"}, {}),
        ({"id_number": "111111111"}, {"verification.document": KEYED}),
        ({"address": {**ADDRESS, "line1": "address_full_match"}}, {}),
        ({"address": NOWHERE}, {"verification.additional_document": ADDRESS_MISMATCH}),
        ({"address": {**ADDRESS, "line1": "address_line1_no_match"}},
         {"verification.additional_document": ADDRESS_MISMATCH}),
        ({"dob": {"day": 3, "month": 4, "year": 1990}, "address": NOWHERE},
         {"verification.document": KEYED,
          "verification.additional_document": ADDRESS_MISMATCH}),
        ({"id_number": "111111111", "verification": {"document": {"front": GOOD}}}, {}),
        ({"verification": {"document": {"front": BAD}}}, {"verification.document": TEST_MODE}),
        ({"verification": {"document": {"front": GOOD, "back": BAD}}}, {"verification.document": TEST_MODE}),
        ({"address": NOWHERE, "verification": {"additional_document": {"front": GOOD}}},
         {}),
        ({"verification": {"additional_document": {"front": BAD}}}, {"verification.additional_document": TEST_MODE}),
        ({"documents": {"passport": {"files": [BAD]}}}, {"documents.passport.files": TEST_MODE}),
    ],
)  # fmt: skip
def test_people(client, local_stripe, business, person, errors):
    assert told(client, local_stripe, business, person=person) == errors
    view = client.v1.accounts.persons.list(business).data[0]
    assert view.verification.status == ("unverified" if errors else "verified")
    assert view.verification.document.details_code == errors.get("verification.document")
    assert view.verification.additional_document.details_code == errors.get("verification.additional_document")
    assert capabilities(client, business) == (INACTIVE if errors else ACTIVE)


@pytest.mark.parametrize("ssn_last_4", ["0000", "1111"])
def test_the_last_four_digits_alone(client, local_stripe, business, ssn_last_4):
    client.v1.accounts.update(business, COMPANY)
    person = {name: value for name, value in JENNY.items() if name != "id_number"}
    client.v1.accounts.persons.create(business, {**person, "ssn_last_4": ssn_last_4})
    local_stripe.advance(10)
    assert capabilities(client, business) == (ACTIVE if ssn_last_4 == "0000" else INACTIVE)


def test_a_birthday_on_a_sanctions_list_raises_an_alert(client, local_stripe, business):
    told(client, local_stripe, business, person={"dob": {"day": 1, "month": 1, "year": 1900}})
    assert client.v1.accounts.retrieve(business).requirements.disabled_reason == "under_review"


@pytest.mark.parametrize("also_owner", [True, False])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("mismatch_director", "verification_directors_mismatch"),
        ("missing_director", "verification_missing_directors"),
        ("extraneous_director", "verification_extraneous_directors"),
    ],
)
def test_directors(client, local_stripe, business, name, code, also_owner):
    director = {**JENNY, "first_name": name, "relationship": {"director": True, "owner": also_owner}}
    client.v1.accounts.persons.create(business, director)
    assert told(client, local_stripe, business) == {"first_name": code}
    assert capabilities(client, business) == INACTIVE


@pytest.mark.parametrize(
    ("company", "errors"),
    [
        ({"tax_id": "000000000"}, {}),
        ({"tax_id": "000000001"}, {}),
        ({"tax_id": "222222222"}, {}),
        ({"tax_id": "111111111"}, {"tax_id": "verification_failed_tax_id_match"}),
        ({"tax_id": "111111112"}, {"tax_id": "verification_failed_tax_id_not_issued"}),
        ({"name": "mismatch_business_name"}, {"name": "verification_failed_name_match"}),
        ({"name": "match_name_only"}, {"name": "verification_failed_name_match"}),
        ({"name": "disallowed_name"}, {"name": "invalid_company_name_denylisted"}),
        ({"name": "match_name_relationships"}, {}),
        ({"tax_id": "111111111", "verification": {"document": {"front": GOOD}}}, {}),
        ({"tax_id": "000000000", "verification": {"document": {"front": BAD}}}, {"verification.document": TEST_MODE}),
    ],
)
def test_companies(client, local_stripe, business, company, errors):
    assert told(client, local_stripe, business, company=company) == errors
    assert capabilities(client, business) == (INACTIVE if errors else ACTIVE)
    document = client.v1.accounts.retrieve(business).company.verification.document
    assert document.details_code == errors.get("verification.document")


@pytest.mark.parametrize(
    ("line", "enabled", "due"),
    [
        ("address_full_match", (True, True), set()),
        ("address_no_match", (True, False), {"company.address.line1"}),
        ("address_line1_no_match", (False, False),
         {"company.address.line1", "company.address.city", "company.address.postal_code"}),
    ],
)  # fmt: skip
def test_addresses_of_companies(client, local_stripe, business, line, enabled, due):
    told(client, local_stripe, business, company={"address": {**ADDRESS, "line1": line}})
    account = client.v1.accounts.retrieve(business)
    assert (account.charges_enabled, account.payouts_enabled) == enabled
    assert set(account.requirements.currently_due) == due


URLS = {
    "disallowed": "invalid_url_denylisted",
    "geoblocked": "invalid_url_website_inaccessible_geoblocked",
    "problem": "invalid_url_website_other",
    "missing": "invalid_url_website_incomplete",
    "mismatch": "invalid_url_website_business_information_mismatch",
    "passwordprotected": "invalid_url_website_inaccessible_password_protected",
    "underconstruction": "invalid_url_website_incomplete_under_construction",
    "inaccessible": "invalid_url_website_inaccessible",
}
PROFILES = [
    ({"business_profile": {"url": "https://accessible.stripe.com"}}, {}),
    *[
        ({"business_profile": {"url": f"https://{name}.stripe.com"}}, {"url": code}) for name, code in URLS.items()
    ],
    ({"business_profile": {"name": "disallowed_dba"}}, {"name": "invalid_business_profile_name_denylisted"}),
    ({"business_profile": {"name": "invalid_dba"}}, {"name": "invalid_business_profile_name"}),
    (
        {"business_profile": {"url": "", "product_description": "require_url"}},
        {"url": "invalid_url_web_presence_detected"},
    ),
    (
        {"settings": {"payments": {"statement_descriptor": "mismatch"}}},
        {"payments.statement_descriptor": "invalid_statement_descriptor_business_mismatch"},
    ),
    (
        {"settings": {"payments": {"statement_descriptor": "disallowed"}}},
        {"payments.statement_descriptor": "invalid_statement_descriptor_denylisted"},
    ),
    (
        {"settings": {"card_payments": {"statement_descriptor_prefix": "mismatch"}}},
        {"card_payments.statement_descriptor_prefix": "invalid_statement_descriptor_prefix_mismatch"},
    ),
    (
        {"settings": {"card_payments": {"statement_descriptor_prefix": "disallowed"}}},
        {"card_payments.statement_descriptor_prefix": "invalid_statement_descriptor_prefix_denylisted"},
    ),
    ({"documents": {"proof_of_address": {"files": [BAD]}}}, {"proof_of_address.files": TEST_MODE}),
    ({"documents": {"proof_of_address": {"files": [GOOD]}}}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("account", "errors"), PROFILES)
def test_what_a_business_says_of_itself(client, local_stripe, business, account, errors):
    assert told(client, local_stripe, business, account=account) == errors
    assert capabilities(client, business) == (INACTIVE if errors else ACTIVE)


def test_an_inactive_business_is_paused(client, local_stripe, business):
    told(client, local_stripe, business, account={"business_profile": {"url": "https://inactivity.stripe.com"}})
    cards = client.v1.accounts.capabilities.retrieve(business, "card_issuing")
    assert (cards.status, cards.requirements.disabled_reason) == ("inactive", "paused.inactivity")
    client.v1.accounts.update(business, {"business_profile": {"url": "https://accessible.stripe.com"}})
    local_stripe.advance(10)
    assert capabilities(client, business) == ACTIVE


def test_a_descriptor_of_v2_counts_too(client, local_stripe):
    merchant = {"statement_descriptor": {"descriptor": "mismatch"}, "mcc": "5734"}
    given = {**BUSINESS, "configuration": {**BUSINESS["configuration"], "merchant": merchant}}
    business = client.v2.core.accounts.create(given, V2).id
    errors = told(client, local_stripe, business)
    assert errors == {"payments.statement_descriptor": "invalid_statement_descriptor_business_mismatch"}


@pytest.mark.parametrize("where", ["identity.individual", "identity.business_details", "person"])
def test_magic_files_go_wherever_a_file_goes_in_v2(client, local_stripe, business, where):
    documents = {"primary_verification": {"type": "front_back", "front_back": {"front": BAD}}}
    if where == "person":
        tell_everything(client, business)
        person = client.v1.accounts.persons.list(business).data[0].id
        client.v2.core.accounts.persons.update(business, person, {"documents": documents})
    elif where == "identity.business_details":
        tell_everything(client, business)
        identity = {"business_details": {"documents": documents}}
        client.v2.core.accounts.update(business, {"identity": identity}, V2)
    else:
        client.v1.accounts.update(business, {"business_type": "individual", **_without_company()})
        client.v1.accounts.update(business, {"individual": {k: v for k, v in JENNY.items() if k != "relationship"}})
        client.v2.core.accounts.update(business, {"identity": {"individual": {"documents": documents}}}, V2)
    local_stripe.advance(10)
    view = client.v2.core.accounts.retrieve(business, {"include": ["requirements"]}, V2).to_dict()
    failed = [entry for entry in view["requirements"]["entries"] if entry["errors"]]
    assert [entry["errors"][0]["code"] for entry in failed] == [TEST_MODE]
    assert failed[0]["description"].endswith("documents.primary_verification")


def _without_company() -> dict:
    return {name: value for name, value in COMPANY.items() if name not in ("company", "business_type")}
