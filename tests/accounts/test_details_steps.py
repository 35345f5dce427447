"""Which step answers what Stripe asks, and which steps are open because of it."""

import pytest

from accounts.details import refusals, steps
from accounts.details.known import Known
from tests.factories.accounts import ConnectedAccountFactory, RequirementFactory

pytestmark = pytest.mark.django_db

BANK = {"id": "ba_1", "last4": "6789"}
WITH_BANK = Known(account={"external_accounts": {"data": [BANK]}})
WITHOUT = Known(account={"id": "acct_1"})


@pytest.fixture
def account():
    return ConnectedAccountFactory()


def ask(account, description, deadline="past_due", **more):
    return RequirementFactory(
        account=account, description=description, deadline_status=deadline, awaiting_action_from="user", **more
    )


def states(account, known=WITH_BANK):
    return {step.key: step.state for step in steps.steps_of(account, known)}


@pytest.mark.parametrize(
    ("description", "key"),
    [
        ("identity.business_details.registered_name", "business"),
        ("identity.business_details.address.line1", "business"),
        ("configuration.merchant.mcc", "business"),
        ("defaults.profile.business_url", "business"),
        ("representative.given_name", "people"),
        ("person_1Abc.address.city", "people"),
        ("identity.individual.date_of_birth.day", "people"),
        ("identity.attestations.persons_provided.owners", "people"),
        ("identity.attestations.directorship_declaration.date", "people"),
        ("company.owners_provided", "people"),
        ("identity.business_details.documents.primary_verification", "documents"),
        ("person_1Abc.documents.secondary_verification", "documents"),
        ("individual.verification.document", "documents"),
        ("configuration.recipient.default_outbound_destination", "bank"),
        ("external_account", "bank"),
        ("identity.attestations.terms_of_service.account.date", "terms"),
        ("settings.card_issuing.tos_acceptance.ip", "terms"),
        ("something.nobody.has.met", "business"),
    ],
)
def test_every_path_belongs_to_one_step(account, description, key):
    assert steps.step_of(ask(account, description)) == key


def test_what_is_unknown_about_a_person_belongs_to_people(account):
    assert steps.step_of(ask(account, "something.new", person_id="person_1")) == "people"


def test_nothing_asked_is_nothing_open(account):
    assert states(account) == {"business": "done", "people": "done", "bank": "done", "terms": "done"}
    assert steps.first_open(account, WITH_BANK) is None
    assert steps.way_in(account, WITH_BANK) is None


def test_documents_appear_only_when_one_is_asked_for(account):
    assert "documents" not in states(account)
    ask(account, "person_1.documents.primary_verification", person_id="person_1")
    assert states(account)["documents"] == "todo"


def test_what_is_wanted_later_may_be_skipped_and_holds_nothing_back(account):
    ask(account, "configuration.recipient.default_outbound_destination", "eventually_due")
    ask(account, "identity.attestations.terms_of_service.account.date")
    bank = next(step for step in steps.steps_of(account, WITHOUT) if step.key == "bank")
    assert (bank.state, bank.is_optional) == ("todo", True)
    assert steps.due_before_terms(account) == []
    assert steps.first_open(account, WITHOUT).key == "terms"
    assert steps.following(account, WITHOUT, "people").key == "bank"
    assert steps.following(account, WITHOUT, "bank").key == "terms"


def test_terms_wait_for_all_that_is_due(account):
    ask(account, "identity.business_details.phone")
    ask(account, "person_1.given_name", person_id="person_1")
    ask(account, "identity.attestations.terms_of_service.account.ip")
    assert steps.due_before_terms(account) == ["business", "people"]
    assert steps.following(account, WITH_BANK, "terms").key == "business"


def test_what_stripe_works_on_and_rules_to_come_open_nothing(account):
    RequirementFactory(account=account, description="identity.business_details.phone", awaiting_action_from="stripe")
    ask(account, "identity.business_details.structure", is_future=True)
    assert states(account)["business"] == "done"


def test_what_our_form_has_no_field_for_is_told(account):
    ask(account, "identity.business_details.phone")
    assert steps.beyond_our_form(account) == []
    ask(account, "identity.business_details.registration_date.day")
    assert steps.beyond_our_form(account) == ["Date the business was registered"]


@pytest.mark.parametrize(
    ("param", "field"),
    [
        ("company[address][city]", "city"),
        ("account[company][address][city]", "city"),
        ("company[address][line1]", "street"),
        ("company[address]", "street"),
        ("person[dob][year]", "birthday"),
        ("dob[day]", "birthday"),
        ("business_profile[url]", None),
        ("", None),
    ],
)
def test_a_parameter_of_stripes_finds_the_field_it_came_from(param, field):
    fields = {"company.address": "street", "company.address.city": "city", "dob": "birthday"}
    assert refusals.field_of(param, fields) == field


@pytest.mark.parametrize("code", ["postal_code_invalid", "verification_failed_tax_id_match", "never_heard_of", ""])
def test_no_refusal_is_told_by_its_code(code):
    sentence = refusals.sentence(code)
    assert sentence.endswith(".")
    assert "_" not in sentence
