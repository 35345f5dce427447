"""Uploaded documents decide as Stripe's test images do, by their name or by a code written inside them."""

import pytest
import stripe

from local_stripe import requirement_codes
from tests.local_stripe.conftest import BUSINESS, PREVIEW
from tests.local_stripe.pictures import jpg, pdf, png
from tests.local_stripe.test_accounts import JENNY, capabilities, tell_everything
from tests.local_stripe.test_files import upload

V2 = {"stripe_version": PREVIEW}
BAD_NUMBER = {"id_number": "111111111"}


@pytest.fixture
def business(client) -> str:
    return client.v2.core.accounts.create(BUSINESS, V2).id


@pytest.fixture
def person(client, business, local_stripe) -> str:
    """A representative whose number could not be verified."""
    id = tell_everything(client, business, person=BAD_NUMBER)
    local_stripe.advance(10)
    return id


def attach(client, business, person, file: str, page: str = "front"):
    document = {"verification": {"document": {page: file}}}
    return client.v1.accounts.persons.update(business, person, document)


def refusal(call, *args, **kwargs) -> dict:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        call(*args, **kwargs)
    return refused.value.json_body["error"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("success.png", png(), None),
        ("passport.jpg", jpg(), None),
        ("failed.png", png(), "verification_document_failed_test_mode"),
        ("Failed.PNG", png(), "verification_document_failed_test_mode"),
        ("photo.png", png("verification_document_not_readable"), "verification_document_not_readable"),
        ("scan.pdf", pdf(), "verification_document_type_not_supported"),
        *[(f"{code}.png", png(), code) for code in sorted(requirement_codes.OF_DOCUMENTS)],
    ],
)
def test_a_document_decides(client, local_stripe, business, person, name, data, code):
    file = upload(client, data, name, account=business)
    view = attach(client, business, person, file.id)
    assert view.verification.status == "pending"
    assert view.verification.document.front == file.id
    assert client.v1.accounts.retrieve(business).requirements.errors == []
    local_stripe.advance(10)
    view = client.v1.accounts.persons.retrieve(business, person)
    assert view.verification.document.details_code == code
    assert [error.code for error in view.requirements.errors] == ([code] if code else [])
    if code is None:
        assert view.verification.status == "verified"
        assert capabilities(client, business)["card_issuing"] == "active"
        return
    assert view.verification.status == "unverified"
    assert view.requirements.currently_due == ["verification.document"]
    assert view.verification.document.details.endswith(".")
    entries = client.v2.core.accounts.retrieve(business, {"include": ["requirements"]}, V2).to_dict()
    failed = [entry for entry in entries["requirements"]["entries"] if entry["errors"]]
    assert [(entry["errors"][0]["code"], entry["reference"]["resource"]) for entry in failed] == [(code, person)]


def test_a_document_refused_then_a_better_one_accepted(client, local_stripe, business, person):
    bad = upload(client, png(side=5), "verification_document_expired.png", account=business)
    attach(client, business, person, bad.id)
    local_stripe.advance(10)
    again = upload(client, png(side=5), "passport.png", account=business)
    for file in (bad, again):
        error = refusal(attach, client, business, person, file.id)
        assert error["param"] == "verification[document][front]"
    good = upload(client, png(side=6), "passport.png", account=business)
    attach(client, business, person, good.id)
    local_stripe.advance(10)
    assert capabilities(client, business)["card_issuing"] == "active"
    types = [event.type for event in client.v1.events.list({"limit": 20}, {"stripe_account": business}).data]
    assert types.count("person.updated") >= 4


def test_the_back_counts_as_much_as_the_front(client, local_stripe, business, person):
    front = upload(client, png(), "success.png", account=business)
    back = upload(client, png(side=6), "verification_document_missing_back.png", account=business)
    attach(client, business, person, front.id)
    view = attach(client, business, person, back.id, "back")
    assert (view.verification.document.front, view.verification.document.back) == (front.id, back.id)
    local_stripe.advance(10)
    view = client.v1.accounts.persons.retrieve(business, person)
    assert view.verification.document.details_code == "verification_document_missing_back"


def test_files_must_be_known_of_the_account_and_for_the_purpose(client, business, person, account):
    assert refusal(attach, client, business, person, "file_none")["code"] == "resource_missing"
    foreign = upload(client, png(), account=account)
    assert refusal(attach, client, business, person, foreign.id)["code"] == "resource_missing"
    logo = upload(client, png(), purpose="business_logo", account=business)
    wrong = refusal(attach, client, business, person, logo.id)
    assert (wrong["param"], "business_logo" in wrong["message"]) == ("verification[document][front]", True)
    of_platform = upload(client, png(), purpose="identity_document")
    assert attach(client, business, person, of_platform.id).verification.document.front == of_platform.id


def test_v2_names_the_place_of_a_wrong_file(client, business, person):
    document = {"type": "front_back", "front_back": {"front": "file_none"}}
    change = {"documents": {"primary_verification": document}}
    error = refusal(client.v2.core.accounts.persons.update, business, person, change)
    assert error["param"] == "documents.primary_verification.front_back.front"
    change = {"identity": {"business_details": {"documents": {"proof_of_address": {"type": "files", "files": ["x"]}}}}}
    error = refusal(client.v2.core.accounts.update, business, change, V2)
    assert error["param"] == "identity.business_details.documents.proof_of_address.files[0]"


LISTS = (
    "bank_account_ownership_verification", "company_license", "company_memorandum_of_association",
    "company_ministerial_decree", "company_registration_verification", "company_tax_id_verification",
    "proof_of_address", "proof_of_ultimate_beneficial_ownership",
)  # fmt: skip


@pytest.mark.parametrize("api", ["v1", "v2"])
@pytest.mark.parametrize("name", LISTS)
def test_lists_of_documents_of_a_business(client, local_stripe, business, name, api):
    tell_everything(client, business)
    code = "verification_document_not_signed"
    bad = upload(client, pdf(code), "deed.pdf", purpose="account_requirement", account=business).id
    good = upload(client, pdf("fine"), "deed.pdf", purpose="account_requirement", account=business).id

    def give(file):
        if api == "v1":
            client.v1.accounts.update(business, {"documents": {name: {"files": [file]}}})
        else:
            documents = {name: {"type": "files", "files": [file]}}
            client.v2.core.accounts.update(business, {"identity": {"business_details": {"documents": documents}}}, V2)
        local_stripe.advance(10)

    give(bad)
    errors = client.v1.accounts.retrieve(business).requirements.errors
    assert [(error.requirement, error.code) for error in errors] == [(f"documents.{name}.files", code)]
    give(good)
    assert capabilities(client, business)["card_issuing"] == "active"


@pytest.mark.parametrize("name", ["company_authorization", "passport", "visa"])
def test_lists_of_documents_of_a_person(client, local_stripe, business, name):
    person = tell_everything(client, business)
    code = "verification_document_photo_mismatch"
    bad = upload(client, png(code), "scan.png", purpose="account_requirement", account=business).id
    client.v1.accounts.persons.update(business, person, {"documents": {name: {"files": [bad]}}})
    local_stripe.advance(10)
    errors = client.v1.accounts.persons.retrieve(business, person).requirements.errors
    assert [(error.requirement, error.code) for error in errors] == [(f"documents.{name}.files", code)]


def test_a_document_comes_with_a_token_too(client, local_stripe, business):
    tell_everything(client, business, person=BAD_NUMBER)
    person = client.v1.accounts.persons.list(business).data[0].id
    file = upload(client, png(), "success.png", account=business)
    document = {"verification": {"document": {"front": file.id}}}
    token = client.v1.tokens.create({"person": document}, {"stripe_account": business})
    client.v1.accounts.persons.update(business, person, {"person_token": token.id})
    local_stripe.advance(10)
    assert client.v1.accounts.persons.retrieve(business, person).verification.status == "verified"


def test_an_individuals_document(client, local_stripe):
    given = {**BUSINESS, "identity": {"country": "gb", "entity_type": "individual"}}
    given["configuration"] = {"recipient": BUSINESS["configuration"]["recipient"]}
    business = client.v2.core.accounts.create(given, V2).id
    british = {"line1": "address_full_match", "city": "London", "postal_code": "WC2H 9LT", "country": "GB"}
    jenny = {name: value for name, value in JENNY.items() if name not in ("relationship", "id_number")}
    jenny |= {"address": british, "dob": {"day": 4, "month": 5, "year": 1985}}
    profile = {"url": "https://accessible.stripe.com"}
    terms = {"date": 1_700_000_000, "ip": "192.0.2.1"}
    client.v1.accounts.update(business, {"individual": jenny, "business_profile": profile, "tos_acceptance": terms})
    local_stripe.advance(10)
    due = client.v1.accounts.retrieve(business).requirements
    assert due.currently_due == ["individual.verification.document"]
    file = upload(client, png(), "success.png", account=business)
    document = {"verification": {"document": {"front": file.id}}}
    client.v1.accounts.update(business, {"individual": document})
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).individual.verification.status == "verified"
