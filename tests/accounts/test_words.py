"""Businesses read plain words: no path, no code of Stripe's."""

import sys
import typing

import pytest
from django.conf import settings
from django.urls import reverse
from stripe.v2.core import Account

from accounts import capability_lines, words
from accounts.error_words import instruction_for, known_instruction
from accounts.models import ConnectedAccount
from accounts.places import place_for
from accounts.requirement_lines import lines_of, sorted_out
from accounts.requirement_words import phrase_for, words_for
from accounts.statuses import ACCOUNT, CAPABILITY, DEADLINE
from stripe_gateway import client
from tests.factories.accounts import LONG_AGO, CapabilityFactory, ConnectedAccountFactory, RequirementFactory

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


def test_every_status_of_the_stripe_package_has_a_badge():
    capability = Account.Configuration.Recipient.Capabilities.StripeBalance.StripeTransfers
    assert literals(hints(capability)["status"]) <= set(CAPABILITY)
    assert literals(hints(RequirementEntry.MinimumDeadline)["status"]) <= set(DEADLINE)
    assert set(ConnectedAccount.Status) == set(ACCOUNT)


DETAIL = Account.Configuration.Recipient.Capabilities.StripeBalance.StripeTransfers.StatusDetail
# Of previews that the installed package does not speak.
DETAILS_OF_PREVIEWS = {
    "rejected_fraud",
    "rejected_incomplete_verification",
    "rejected_listed",
    "rejected_other",
    "rejected_terms_of_service",
    "rejected_platform_fraud",
    "rejected_platform_other",
    "rejected_platform_terms_of_service",
}


def test_every_status_detail_has_a_sentence_of_its_own_and_a_way_on():
    codes = literals(hints(DETAIL)["code"]) | DETAILS_OF_PREVIEWS
    assert codes - set(words.DETAILS) == set()
    assert len({str(sentence) for sentence in words.DETAILS.values()}) == len(words.DETAILS)
    for code in codes:
        for resolution in literals(hints(DETAIL)["resolution"]):
            for to_business in (False, True):
                told = words.explain({"code": code, "resolution": resolution}, to_business=to_business)
                assert code not in told.reason
                assert told.remedy


@pytest.mark.parametrize(
    ("code", "resolution", "action"),
    [
        ("requirements_past_due", "provide_info", "ask"),
        ("restricted_other", "contact_stripe", "contact"),
        ("unsupported_country", "no_resolution", ""),
        ("determining_status", "no_resolution", "wait"),
        ("requirements_pending_verification", "provide_info", "wait"),
        ("brand_new", "unheard_of", "contact"),
    ],
)
def test_each_resolution_has_its_button(code, resolution, action):
    assert words.explain({"code": code, "resolution": resolution}).action == action


def test_every_reason_for_asking_has_words():
    reasons = literals(hints(RequirementEntry.RequestedReason)["code"]) | {"future_requirements"}
    assert {reason for reason in reasons if not words.reason_for_asking(reason)} == set()
    assert words.reason_for_asking("brand_new") == ""


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
        ("person_1Abc.dob.day", "Date of birth"),
        ("individual.verification.additional_document", "Proof of home address"),
        ("individual.ssn_last_4", "Last four digits of the Social Security number"),
        ("company.tax_id", "Tax ID of the business"),
        ("company.owners_provided", "Confirmation that every owner is listed"),
        ("company.verification.document", "Document of the business"),
        ("business_profile.support_phone", "How customers reach support"),
        ("settings.card_issuing.tos_acceptance.ip", "Acceptance of the card issuing terms"),
        ("tos_acceptance.date", "Acceptance of Stripe’s terms of service"),
        ("external_account", "Bank account for payouts"),
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

    def test_why_it_is_asked_is_told_once(self):
        account = ConnectedAccountFactory(active=True)
        for part in ("line1", "city"):
            description = f"identity.business_details.address.{part}"
            reasons = [{"code": "routine_verification"}, {"code": "brand_new"}]
            RequirementFactory(account=account, description=description, reasons=reasons)
        [line] = lines_of(account)
        assert line.reasons == ["a routine check by Stripe"]

    def test_rules_to_come_stand_apart_and_nothing_of_them_is_due(self):
        account = ConnectedAccountFactory(active=True)
        RequirementFactory(account=account, description="a.email", is_future=True)
        RequirementFactory(account=account, description="a.email", deadline_status="eventually_due")
        RequirementFactory(account=account, description="a.phone")
        parts = sorted_out(lines_of(account))
        assert [[line.words for line in parts[name]] for name in ("lines", "later_lines", "future_lines")] == [
            ["Phone number"],
            ["E-mail address"],
            ["E-mail address"],
        ]
        assert [line.is_due for line in parts["future_lines"]] == [False]

    def test_somebody_whose_name_is_not_shown_to_us_is_a_person_all_the_same(self):
        account = ConnectedAccountFactory(kind="express")
        RequirementFactory(account=account, description="person_1.dob.day", person_id="person_1")
        [line] = lines_of(account)
        assert (line.subject, line.group) == ("A person of the business", "people")

    def test_after_the_form_was_sent_what_is_missing_is_no_routine(self):
        account = ConnectedAccountFactory(kind="express", details_submitted=True)
        RequirementFactory(account=account, description="external_account")
        [line] = lines_of(account)
        assert (line.is_routine, line.tone) == (False, "warn")


@pytest.mark.parametrize(
    ("description", "person", "step"),
    [
        ("identity.business_details.address.city", "", "business"),
        ("company.tax_id", "", "business"),
        ("representative.dob.day", "", "people"),
        ("person_1.dob.day", "person_1", "people"),
        ("individual.ssn_last_4", "", "people"),
        ("company.owners_provided", "", "people"),
        ("person_1.verification.document", "person_1", "documents"),
        ("identity.business_details.documents.primary_verification.front_back.front", "", "documents"),
        ("external_account", "", "bank"),
        ("identity.attestations.terms_of_service.account.ip", "", "terms"),
        ("settings.card_issuing.tos_acceptance.date", "", "terms"),
    ],
)
def test_each_has_a_page_on_which_it_is_answered(description, person, step):
    assert place_for(description, person) == f"accounts:details-{step}"
    assert reverse(place_for(description, person), args=["acct_1"])


@pytest.mark.parametrize(
    "description", ["interv_1.other_supportability_inquiry.form", "card_issuing.activity", "identity.frobnicate"]
)
def test_what_no_form_of_ours_answers_has_none(description):
    assert place_for(description) == ""


@pytest.mark.django_db
class TestCapabilities:
    DUE = [{"code": "requirements_past_due", "resolution": "provide_info"}]

    @pytest.mark.parametrize(
        ("status", "details", "activated_at", "tone"),
        [
            ("restricted", DUE, None, "mute"),
            ("inactive", [], None, "mute"),
            ("restricted", DUE, LONG_AGO, "bad"),
            ("restricted", [{"code": "restricted_other", "resolution": "contact_stripe"}], None, "bad"),
            ("active", [], LONG_AGO, "ok"),
            ("brand_new", [], None, "mute"),
        ],
    )
    def test_what_was_never_on_does_not_alarm(self, status, details, activated_at, tone):
        row = CapabilityFactory(status=status, status_details=details, activated_at=activated_at)
        [line] = capability_lines.lines_for(row.account)
        assert line.badge.tone == tone
        assert ("not been given yet" in str(line.explanations)) == (tone == "mute" and bool(details))

    def test_what_came_back_as_wrong_was_given(self):
        row = CapabilityFactory(status="restricted", status_details=self.DUE, activated_at=None)
        RequirementFactory(account=row.account, errors=[{"code": "verification_failed_keyed_identity"}])
        [line] = capability_lines.lines_for(row.account)
        assert "not been given yet" not in str(line.explanations)

    def test_those_of_v1_have_names(self):
        row = CapabilityFactory(configuration="v1", name="transfers", status="inactive")
        CapabilityFactory(account=row.account, configuration="v1", name="ideal_payments", status="pending")
        assert [line.name for line in capability_lines.lines_for(row.account)] == ["Ideal payments", "Transfers"]


def test_a_program_no_longer_offered_is_named_by_its_path():
    assert words.capability_name("card_creator", "commercial.old.card") == "commercial.old.card"
