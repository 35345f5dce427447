"""Businesses read plain words: no path, no code of Stripe's."""

import sys
import typing

import pytest
from django.conf import settings
from stripe.v2.core import Account

from accounts import words
from accounts.error_words import instruction_for, known_instruction
from accounts.models import ConnectedAccount
from accounts.requirement_lines import lines_of
from accounts.requirement_words import phrase_for, words_for
from accounts.statuses import ACCOUNT, CAPABILITY, DEADLINE
from stripe_gateway import client
from tests.factories.accounts import ConnectedAccountFactory, RequirementFactory

RequirementEntry = Account.Requirements.Entry


def literals(annotation) -> set[str]:
    """The values that a type of the stripe package names, however deep they are nested in it."""
    if typing.get_origin(annotation) is typing.Literal:
        return set(typing.get_args(annotation))
    return {value for part in typing.get_args(annotation) for value in literals(part)}


def hints(cls):
    return typing.get_type_hints(cls, vars(typing) | vars(sys.modules[cls.__module__]))


@pytest.mark.parametrize("entity_type", ["company", "individual", "non_profit"])
@pytest.mark.parametrize("program", settings.CARD_PROGRAMS, ids=lambda row: row["capability"])
@pytest.mark.django_db(transaction=True)
def test_everything_that_local_stripe_asks_for_has_words(local_stripe, invite, program, entity_type):
    invite(country=program["countries"][0], program=program["capability"], entity_type=entity_type)
    account = ConnectedAccount.objects.get()
    asked = {row.description for row in account.requirements.all()}
    assert asked
    assert {description for description in asked if phrase_for(description) is None} == set()


@pytest.mark.django_db(transaction=True)
def test_what_comes_back_as_wrong_has_words_and_an_instruction(local_stripe, invited):
    local_stripe.activate(invited.stripe_id)
    local_stripe.control(f"accounts/{invited.stripe_id}/outcome", {"outcome": "fail"})
    found = client.get(
        f"/v2/core/accounts/{invited.stripe_id}", family="accounts_v2", params={"include": ["requirements"]}
    )
    entries = found["requirements"]["entries"]
    codes = {error["code"] for each in entries for error in each["errors"]}
    assert codes
    assert all(phrase_for(each["description"]) for each in entries)
    assert all(known_instruction(code) for code in codes)


def test_every_error_code_of_the_stripe_package_has_an_instruction():
    codes = literals(hints(RequirementEntry.Error)["code"])
    assert len(codes) > 90
    assert {code for code in codes if known_instruction(code) is None} == set()


def test_every_status_of_the_stripe_package_has_a_badge():
    capability = Account.Configuration.Recipient.Capabilities.StripeBalance.StripeTransfers
    assert literals(hints(capability)["status"]) <= set(CAPABILITY)
    assert literals(hints(RequirementEntry.MinimumDeadline)["status"]) <= set(DEADLINE)
    assert set(ConnectedAccount.Status) == set(ACCOUNT)


def test_every_reason_of_the_stripe_package_has_a_sentence():
    detail = Account.Configuration.Recipient.Capabilities.StripeBalance.StripeTransfers.StatusDetail
    unknown = words.status_sentence({"code": "brand_new", "resolution": "contact_stripe"})
    for code in literals(hints(detail)["code"]):
        for resolution in literals(hints(detail)["resolution"]):
            sentence = words.status_sentence({"code": code, "resolution": resolution})
            assert code not in sentence
            assert sentence != unknown


def test_what_nobody_has_met_yet_is_worded_without_its_code():
    assert "frobnicate" not in words_for("identity.frobnicate")
    assert "frobnicate" not in instruction_for("frobnicate_mismatch")
    assert "brand_new" not in words.status_sentence({"code": "brand_new", "resolution": "unheard_of"})


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("identity.business_details.registered_name", "Registered business name"),
        ("identity.business_details.address.line1", "Business address"),
        ("representative.address.line1", "Home address"),
        ("person_1Abc.id_numbers", "Personal ID number"),
        ("identity.business_details.id_numbers", "Tax ID of the business"),
        ("identity.attestations.persons_provided.executives", "Confirmation that every executive is listed"),
        ("identity.attestations.terms_of_service.account.date", "Acceptance of Stripe’s terms of service"),
        ("person_1Abc.documents.primary_verification.front_back", "Identity document"),
        ("configuration.merchant.mcc", "Industry"),
    ],
)
def test_words_of_a_requirement(description, expected):
    assert words_for(description) == expected


@pytest.mark.django_db
class TestLines:
    def test_several_paths_that_read_the_same_are_one_line(self):
        account = ConnectedAccountFactory(active=True)
        for part in ("line1", "city", "postal_code"):
            RequirementFactory(account=account, description=f"identity.business_details.address.{part}")
        [line] = lines_of(account)
        assert (line.words, line.blocks, len(line.requirements)) == ("Business address", ["Card issuing"], 3)

    def test_two_people_are_two_lines(self):
        account = ConnectedAccountFactory()
        for number, name in enumerate(["Maya Okafor", "Jenny Rosen"]):
            RequirementFactory(account=account, description="p.email", person_id=f"person_{number}", person_name=name)
        assert {line.subject for line in lines_of(account)} == {"Maya Okafor", "Jenny Rosen"}

    def test_the_worst_stands_first_and_what_stripe_does_last(self):
        account = ConnectedAccountFactory(active=True)
        RequirementFactory(account=account, description="a.email", deadline_status="eventually_due")
        RequirementFactory(account=account, description="a.phone", awaiting_action_from="stripe")
        RequirementFactory(account=account, description="a.nationality", deadline_status="past_due")
        assert [line.words for line in lines_of(account)] == [
            "Nationality",
            "E-mail address",
            "Phone number",
        ]

    def test_before_the_first_card_only_what_was_wrong_alarms(self):
        account = ConnectedAccountFactory()
        RequirementFactory(account=account, description="a.email", deadline_status="past_due")
        wrong = [{"code": "verification_document_not_readable", "description": ""}]
        RequirementFactory(
            account=account, description="p.documents.passport", deadline_status="past_due", errors=wrong
        )
        first, second = lines_of(account)
        assert (first.tone, second.tone) == ("bad", "mute")
        assert first.instructions == ["The photo cannot be read. Take a new one in daylight."]


def test_a_program_no_longer_offered_is_named_by_its_path():
    assert words.capability_name("card_creator", "commercial.old.card") == "commercial.old.card"
