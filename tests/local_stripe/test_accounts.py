"""Accounts in both APIs: requirements from what is missing, verification by the magic values, and its events."""

import pytest
import stripe

from tests.local_stripe.conftest import BUSINESS, PREVIEW

V2 = {"stripe_version": PREVIEW}
BANK = "configuration.recipient.default_outbound_destination"
IDENTITY_FAILED = "verification_failed_keyed_identity"
ADDRESS = {"line1": "address_full_match", "city": "Schenectady", "state": "NY", "postal_code": "12345", "country": "US"}
COMPANY = {
    "business_type": "company",
    "business_profile": {
        "url": "https://accessible.stripe.com",
        "estimated_worker_count": 10,
        "annual_revenue": {"amount": 100_000_00, "currency": "usd", "fiscal_year_end": "2025-12-31"},
    },
    "company": {
        "name": "Rocket Rides",
        "tax_id": "000000000",
        "phone": "0000000000",
        "owners_provided": True,
        "address": ADDRESS,
    },
    "tos_acceptance": {"date": 1_700_000_000, "ip": "192.0.2.1"},
    "settings": {"card_issuing": {"tos_acceptance": {"date": 1_700_000_000, "ip": "192.0.2.1"}}},
}
JENNY = {
    "first_name": "Jenny",
    "last_name": "Rosen",
    "dob": {"day": 1, "month": 1, "year": 1901},
    "address": ADDRESS,
    "email": "jenny@example.com",
    "phone": "0000000000",
    "id_number": "000000000",
    "relationship": {"representative": True, "owner": True, "title": "CEO"},
}


@pytest.fixture
def business(client) -> str:
    """A US company that requested cards and transfers and has told nothing else."""
    return client.v2.core.accounts.create(BUSINESS, V2).id


def tell_everything(client, business, *, company=None, person=None):
    client.v1.accounts.update(business, {**COMPANY, "company": {**COMPANY["company"], **(company or {})}})
    return client.v1.accounts.persons.create(business, {**JENNY, **(person or {})}).id


def capabilities(client, business) -> dict:
    return client.v1.accounts.retrieve(business).capabilities.to_dict()


def entries(client, business) -> list[dict]:
    view = client.v2.core.accounts.retrieve(business, {"include": ["requirements"]}, V2).to_dict()
    return view["requirements"]["entries"]


def test_parts_are_null_unless_included(client):
    created = client.v2.core.accounts.create({**BUSINESS, "include": ["identity"]}, V2).to_dict()
    assert created["identity"]["country"] == "us"
    assert created["identity"]["entity_type"] == "company"
    assert created["defaults"] is None
    assert created["requirements"] is None
    assert set(created["configuration"].values()) == {None}
    assert created["applied_configurations"] == ["card_creator", "recipient"]


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"dashboard": "express"}, "dashboard"),
        ({"defaults": {"responsibilities": {"fees_collector": "stripe", "losses_collector": "application"}}},
         "defaults.responsibilities.fees_collector"),
        ({"configuration": {"card_creator": BUSINESS["configuration"]["card_creator"]}},
         "configuration.recipient.capabilities.stripe_balance.stripe_transfers.requested"),
        ({"identity": {"entity_type": "company"}}, "identity.country"),
    ],
)  # fmt: skip
def test_cards_need_transfers_no_dashboard_and_the_platforms_responsibility(client, changes, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v2.core.accounts.create({**BUSINESS, **changes}, V2)
    assert refused.value.json_body["error"]["param"] == param


def test_a_new_account_lacks_everything_in_both_spellings(client, business):
    due = client.v1.accounts.retrieve(business).requirements
    expected = {"company.name", "company.tax_id", "representative.first_name", "tos_acceptance.ip"}
    expected |= {"settings.card_issuing.tos_acceptance.date", "business_profile.annual_revenue"}
    assert expected <= set(due.currently_due)
    assert due.disabled_reason == "requirements.past_due"
    by_path = {entry["description"]: entry for entry in entries(client, business)}
    name = by_path["identity.business_details.registered_name"]
    assert name["awaiting_action_from"] == "user"
    assert name["minimum_deadline"] == {"status": "past_due"}
    assert {one["configuration"] for one in name["impact"]["restricts_capabilities"]} == {"card_creator", "recipient"}
    revenue = by_path["identity.business_details.annual_revenue"]
    assert [one["configuration"] for one in revenue["impact"]["restricts_capabilities"]] == ["card_creator"]


def test_good_values_verify_after_a_while(client, local_stripe, business):
    tell_everything(client, business)
    assert capabilities(client, business) == {"card_issuing": "pending", "transfers": "pending"}
    account = client.v1.accounts.retrieve(business)
    assert account.requirements.currently_due == []
    assert "company.tax_id" in account.requirements.pending_verification
    waiting = [entry for entry in entries(client, business) if entry["description"] != BANK]
    assert {entry["awaiting_action_from"] for entry in waiting} == {"stripe"}
    local_stripe.advance(10)
    assert capabilities(client, business) == {"card_issuing": "active", "transfers": "active"}
    assert [entry["description"] for entry in entries(client, business)] == [BANK]
    assert client.v1.accounts.retrieve(business).payouts_enabled


def test_immediate_values_verify_in_the_same_response(client, business):
    person = {"dob": {"day": 1, "month": 1, "year": 1902}, "id_number": "222222222"}
    tell_everything(client, business, company={"tax_id": "222222222"}, person=person)
    assert capabilities(client, business) == {"card_issuing": "active", "transfers": "active"}


@pytest.mark.parametrize(
    ("company", "person", "requirement", "code"),
    [
        ({"tax_id": "111111111"}, {}, "company.tax_id", "verification_failed_tax_id_match"),
        ({"tax_id": "11-1111112"}, {}, "company.tax_id", "verification_failed_tax_id_not_issued"),
        ({"name": "mismatch_business_name"}, {}, "company.name", "verification_failed_name_match"),
        ({}, {"dob": {"day": 12, "month": 11, "year": 1978}}, "verification.document", IDENTITY_FAILED),
        ({}, {"id_number": "111111111"}, "verification.document", IDENTITY_FAILED),
        ({}, {"address": {**ADDRESS, "line1": "address_no_match"}}, "verification.additional_document",
         "verification_failed_address_match"),
    ],
)  # fmt: skip
def test_bad_values_fail_with_a_reason(client, local_stripe, business, company, person, requirement, code):
    tell_everything(client, business, company=company, person=person)
    local_stripe.advance(10)
    errors = client.v1.accounts.retrieve(business).requirements.errors
    assert [error.code for error in errors] == [code]
    assert errors[0].requirement.endswith(requirement)
    assert capabilities(client, business) == {"card_issuing": "inactive", "transfers": "inactive"}
    failed = [entry for entry in entries(client, business) if entry["errors"]]
    assert [entry["errors"][0]["code"] for entry in failed] == [code]
    assert (failed[0]["reference"] is None) is (not person)


def test_a_good_document_mends_a_failed_identity(client, local_stripe, business):
    person = tell_everything(client, business, person={"dob": {"day": 2, "month": 2, "year": 1980}})
    local_stripe.advance(10)
    assert client.v1.accounts.persons.retrieve(business, person).requirements.currently_due == ["verification.document"]
    document = {"verification": {"document": {"front": "file_identity_document_success"}}}
    view = client.v1.accounts.persons.update(business, person, document)
    assert view.verification.status == "pending"
    local_stripe.advance(10)
    assert client.v1.accounts.persons.retrieve(business, person).verification.status == "verified"
    assert capabilities(client, business)["card_issuing"] == "active"


def test_a_sanctions_alert_needs_stripes_staff(client, local_stripe, business):
    tell_everything(client, business, person={"dob": {"day": 1, "month": 1, "year": 1900}})
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).requirements.disabled_reason == "under_review"
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "clear"})
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "verify"})
    assert capabilities(client, business)["card_issuing"] == "active"


def test_an_unverified_application_loses_its_terms_after_an_hour(client, local_stripe, business):
    tell_everything(client, business, company={"tax_id": "111111111"})
    local_stripe.advance(3000)
    assert client.v1.accounts.retrieve(business).settings.card_issuing.tos_acceptance.date
    local_stripe.advance(700)
    account = client.v1.accounts.retrieve(business)
    assert account.settings.card_issuing.tos_acceptance.date is None
    assert "settings.card_issuing.tos_acceptance.date" in account.requirements.currently_due


def test_changes_tell_themselves_by_events(client, local_stripe, business):
    tell_everything(client, business)
    local_stripe.advance(10)
    snapshots = client.v1.events.list({"limit": 100}, {"stripe_account": business}).data
    assert {"account.updated", "capability.updated", "person.created"} <= {event.type for event in snapshots}
    updated = next(event for event in snapshots if event.type == "capability.updated").to_dict()
    assert updated["account"] == business
    assert updated["data"]["previous_attributes"]["status"] == "pending"
    thin = client.v2.core.events.list({"limit": 100}, {"stripe_context": business}).data
    changed = [event for event in thin if event.type.endswith("[configuration.card_creator].capability_status_updated")]
    assert len(changed) == 2
    fetched = client.v2.core.events.retrieve(changed[0].id, None, {"stripe_context": business}).to_dict()
    assert fetched["data"] == {"updated_capability": "commercial.celtic.spend_card"}
    assert fetched["related_object"]["url"].endswith("?include=configuration.card_creator")
    assert "v2.core.account.created" in {event.type for event in thin}


def test_v2_terms_persons_and_details_fulfil_the_same_requirements(client, local_stripe):
    accepted = {"date": "2025-06-18T00:48:16.000Z", "ip": "192.0.2.1"}
    terms = {
        "account": accepted,
        "card_creator": {
            "commercial": {
                "account_holder": accepted,
                "celtic": {"spend_card": {"bank_terms": accepted, "platform": accepted}},
            }
        },
    }
    details = {
        "registered_name": "Rocket Rides",
        "phone": "0000000000",
        "address": {**ADDRESS, "country": "us"},
        "id_numbers": [{"type": "us_ein", "value": "000000000"}],
        "estimated_worker_count": 10,
        "annual_revenue": {"amount": {"value": 100, "currency": "usd"}, "fiscal_year_end": "2025-12-31"},
    }
    attestations = {"terms_of_service": terms, "persons_provided": {"owners": True}}
    identity = {"country": "us", "entity_type": "company", "business_details": details, "attestations": attestations}
    defaults = {**BUSINESS["defaults"], "profile": {"business_url": "https://accessible.stripe.com"}}
    business = client.v2.core.accounts.create({**BUSINESS, "identity": identity, "defaults": defaults}, V2).id
    person = client.v2.core.accounts.persons.create(
        business,
        {
            "given_name": "Jenny", "surname": "Rosen", "date_of_birth": {"day": 1, "month": 1, "year": 1901},
            "address": {**ADDRESS, "country": "us"}, "email": "jenny@example.com", "phone": "0000000000",
            "id_numbers": [{"type": "us_ssn", "value": "000000000"}],
            "relationship": {"representative": True, "title": "CEO", "percent_ownership": "80"},
        },
    )  # fmt: skip
    assert person.to_dict()["id_numbers"] == [{"type": "us_ssn"}]
    local_stripe.advance(10)
    assert capabilities(client, business) == {"card_issuing": "active", "transfers": "active"}
    assert client.v1.accounts.persons.retrieve(business, person.id).relationship.percent_ownership == 80
    view = client.v2.core.accounts.retrieve(business, {"include": ["identity"]}, V2).to_dict()
    kept = view["identity"]["attestations"]["terms_of_service"]["card_creator"]["commercial"]
    assert kept["account_holder"]["date"] == accepted["date"]
    assert view["identity"]["business_details"]["id_numbers"] == [{"type": "us_ein"}]


def test_custom_accounts_of_v1(client, local_stripe):
    wishes = {"card_issuing": {"requested": True}, "transfers": {"requested": True}}
    account = client.v1.accounts.create({"type": "custom", "country": "US", "capabilities": wishes})
    assert (account.type, account.controller.requirement_collection) == ("custom", "application")
    assert account.capabilities.to_dict() == {"card_issuing": "inactive", "transfers": "inactive"}
    listed = client.v1.accounts.capabilities.list(account.id).data
    assert [(one.id, one.requested) for one in listed] == [("card_issuing", True), ("transfers", True)]
    assert listed[0].requirements.disabled_reason == "requirements.fields_needed"
    local_stripe.activate(account.id)
    assert capabilities(client, account.id) == {"card_issuing": "active", "transfers": "active"}
    assert client.v1.accounts.delete(account.id).deleted
    with pytest.raises(stripe.PermissionError):
        client.v1.accounts.retrieve(account.id)


def test_an_individual_is_asked_about_themselves(client):
    person = {**BUSINESS, "identity": {"country": "gb", "entity_type": "individual"}}
    account = client.v2.core.accounts.create({**person, "defaults": BUSINESS["defaults"]}, V2).id
    due = client.v1.accounts.retrieve(account).requirements.currently_due
    assert "individual.first_name" in due
    assert not [path for path in due if path.startswith(("company.", "representative."))]


def test_staff_of_stripe_can_demand_and_close(client, local_stripe, account):
    outcome = f"accounts/{account}/outcome"
    local_stripe.control(outcome, {"outcome": "past_due", "requirement": "company.tax_id", "deadline_in_seconds": 3600})
    assert client.v1.accounts.retrieve(account).requirements.current_deadline
    assert capabilities(client, account)["card_issuing"] == "active"
    summary = client.v2.core.accounts.retrieve(account, {"include": ["requirements"]}, V2).to_dict()["requirements"][
        "summary"
    ]
    assert summary["minimum_deadline"]["status"] == "currently_due"
    assert summary["minimum_deadline"]["time"].endswith("Z")
    local_stripe.advance(3700)
    assert capabilities(client, account)["card_issuing"] == "inactive"
    local_stripe.control(outcome, {"outcome": "clear"})
    local_stripe.control(outcome, {"outcome": "terms_violation"})
    include = {"include": ["configuration.card_creator"]}
    shown = []
    for version in (PREVIEW, "2026-10-14.preview"):
        view = client.v2.core.accounts.retrieve(account, include, {"stripe_version": version}).to_dict()
        shown.append(
            view["configuration"]["card_creator"]["capabilities"]["commercial"]["celtic"]["spend_card"]["status"]
        )
    assert shown == ["restricted", "rejected"]


def test_closing_names_the_configurations(client, business):
    with pytest.raises(stripe.InvalidRequestError):
        client.v2.core.accounts.close(business, {"applied_configurations": ["recipient"]}, V2)
    closed = client.v2.core.accounts.close(business, {"applied_configurations": ["recipient", "card_creator"]}, V2)
    assert closed.closed is True
    assert client.v2.core.accounts.list({}, V2).data == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v2.core.accounts.update(business, {"display_name": "Again"}, V2)


def test_persons_keep_their_numbers_to_themselves(client, business):
    person = client.v1.accounts.persons.create(business, {**JENNY, "id_number": "123456789"})
    assert person.id_number_provided
    assert "123456789" not in str(person)
    assert [one.id for one in client.v1.accounts.persons.list(business, {"relationship": {"owner": True}}).data] == [
        person.id
    ]
    assert client.v1.accounts.persons.list(business, {"relationship": {"director": True}}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.accounts.persons.update(business, person.id, {"relationship": {"percent_ownership": 101}})
    assert client.v1.accounts.persons.delete(business, person.id).deleted
    assert client.v1.accounts.persons.list(business).data == []


def test_verified_people_tell_themselves(client, local_stripe, business):
    person = tell_everything(client, business)
    local_stripe.advance(10)
    events = client.v1.events.list({"type": "person.*"}, {"stripe_account": business}).data
    assert [event.type for event in events] == ["person.updated", "person.created"]
    assert events[0].data.object.id == person
    assert events[0].data.object.verification.status == "verified"
    thin = client.v2.core.events.list({"object_id": person}, {"stripe_context": business}).data
    assert [event.type for event in thin] == ["v2.core.account_person.updated", "v2.core.account_person.created"]


def test_rejected_accounts_can_be_taken_back(client, account):
    rejected = client.v1.accounts.reject(account, {"reason": "fraud_other"})
    assert rejected.requirements.disabled_reason == "rejected.platform_fraud"
    assert rejected.capabilities.to_dict()["card_issuing"] == "inactive"
    assert client.v1.accounts.unreject(account).capabilities.to_dict()["card_issuing"] == "active"


def test_what_was_verified_is_not_checked_again(client, local_stripe, business):
    """Staff accepted a person whose date of birth would fail; a new website does not put that in doubt."""
    person = tell_everything(client, business, person={"dob": {"day": 2, "month": 2, "year": 1980}})
    local_stripe.advance(10)
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "verify"})
    client.v1.accounts.update(business, {"business_profile": {"url": "https://example.com"}})
    assert capabilities(client, business)["card_issuing"] == "active"
    assert client.v1.accounts.retrieve(business).requirements.pending_verification == ["company.tax_id"]
    local_stripe.advance(10)
    assert client.v1.accounts.persons.retrieve(business, person).verification.status == "verified"
    assert capabilities(client, business)["card_issuing"] == "active"
    client.v1.accounts.update(business, {"business_profile": {"url": "https://disallowed.stripe.com"}})
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).requirements.errors[0].code == "invalid_url_denylisted"
    assert capabilities(client, business)["card_issuing"] == "inactive"
