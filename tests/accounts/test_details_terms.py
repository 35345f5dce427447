"""The last step: what is on file, the agreements of this program and state, and the evidence of their acceptance."""

import uuid
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts import connected_accounts
from accounts.details import agreements
from accounts.models import ConnectedAccount, TermsAcceptance
from desk import append_only
from stripe_gateway import client as stripe
from stripe_gateway import operations
from stripe_gateway.models import StripeOperation
from tests.accounts.test_details_business import COMPANY, everything_stored

pytestmark = pytest.mark.django_db(transaction=True)

REPRESENTATIVE = {
    "first_name": "Jenny",
    "last_name": "Quagga",
    "dob": {"day": 1, "month": 1, "year": 1901},
    "address": {"line1": "5 Numbat Lane", "city": "Oakland", "state": "CA", "postal_code": "94607", "country": "US"},
    "email": "jenny@quagga.test",
    "phone": "+14155550199",
    "id_number": "000000000",
    "relationship": {"representative": True, "owner": True, "percent_ownership": 60, "title": "CEO"},
}
WORDS = "Celtic Bank"


def url(account, name="details-terms"):
    return reverse(f"accounts:{name}", args=[account.ref])


@pytest.fixture
def owner(invited, as_owner):
    return as_owner(invited)


@pytest.fixture
def told(owner, invited):
    """The business has given everything but its acceptance."""
    form = COMPANY | {"operation": str(uuid.uuid4())}
    assert owner.post(url(invited, "details-business"), form).status_code == 302
    path = f"/v1/accounts/{invited.stripe_id}"
    stripe.ephemeral(f"{path}/persons", params=REPRESENTATIVE)
    stripe.ephemeral(path, params={"company": {"owners_provided": True}})
    connected_accounts.reread(invited)
    return invited


def accept(client, account, **changes):
    form = client.get(url(account)).context["form"]
    sent = {name: form[name].value() for name in ("operation", "language", "words")} | {"agree": "on"}
    return client.post(url(account), sent | changes, headers={"User-Agent": "Netscape 4"})


def attested(account):
    found = stripe.get(f"/v2/core/accounts/{account.stripe_id}", family="accounts_v2", params={"include": ["identity"]})
    return found["identity"]["attestations"]["terms_of_service"]


def test_terms_come_after_everything_that_is_due(owner, invited):
    page = owner.get(url(invited)).content.decode()
    assert "Something comes before the terms" in page
    assert url(invited, "details-business") in page
    assert 'name="agree"' not in page
    answer = owner.post(url(invited), {"operation": str(uuid.uuid4()), "agree": "on", "language": "en", "words": "x"})
    assert answer.status_code == 409
    assert not TermsAcceptance.objects.exists()


def test_what_is_on_file_is_shown_and_numbers_are_not(owner, told):
    page = owner.get(url(told)).content.decode()
    for word in (
        "Zebrafink Couriers LLC",
        "77 Quagga Street, San Francisco, CA, 94103, United States",
        "Couriers and parcel services (4215)",
        "$1,250,000.00",
        "Jenny Quagga",
        "owns 60%",
        "January 1, 1901",
        "•••",
    ):
        assert word in page, word
    assert "987654321" not in page
    assert "000000000" not in page


def test_accepting_is_evidence_here_and_an_attestation_at_stripe(owner, told):
    answer = accept(owner, told)
    assert answer.status_code == 302, answer.content.decode()
    evidence = TermsAcceptance.objects.get()
    assert (evidence.accepted_by, evidence.ip, evidence.user_agent) == (owner.user, "127.0.0.1", "Netscape 4")
    assert evidence.language == "en"
    assert "By clicking “Submit application”" in evidence.wording
    assert "https://stripe.com/legal/celtic-spend-card" in evidence.wording
    tree = attested(told)
    moment = evidence.accepted_at.replace(microsecond=0)
    for acceptance in (
        tree["account"],
        tree["card_creator"]["commercial"]["account_holder"],
        tree["card_creator"]["commercial"]["celtic"]["spend_card"]["bank_terms"],
        tree["card_creator"]["commercial"]["celtic"]["spend_card"]["platform"],
        tree["card_creator"]["commercial"]["celtic"]["spend_card"]["financing_disclosures"],
    ):
        assert acceptance["ip"] == "127.0.0.1"
        assert datetime.fromisoformat(acceptance["date"]) == moment
    assert not told.requirements.filter(description__contains="terms_of_service").exists()


def test_the_operation_keeps_neither_address_nor_browser(owner, told):
    accept(owner, told)
    operation = StripeOperation.objects.get(kind="terms.accept")
    assert operation.state == "accepted"
    assert operation.sealed is None
    assert "127.0.0.1" not in str(operation.params)


def test_a_double_click_is_one_acceptance(owner, told):
    form = owner.get(url(told)).context["form"]
    sent = {name: form[name].value() for name in ("operation", "language", "words")} | {"agree": "on"}
    assert [owner.post(url(told), sent).status_code for _ in range(2)] == [302, 302]
    assert TermsAcceptance.objects.count() == 1


def test_without_the_tick_nothing_is_accepted(owner, told):
    answer = accept(owner, told, agree="")
    assert answer.status_code == 422
    assert "Tick the box to accept the agreements." in answer.content.decode()
    assert not TermsAcceptance.objects.exists()


def test_words_that_have_changed_since_are_shown_anew_and_not_accepted(owner, told, settings):
    form = owner.get(url(told)).context["form"]
    sent = {name: form[name].value() for name in ("operation", "language", "words")} | {"agree": "on"}
    settings.AGREEMENT_URLS = settings.AGREEMENT_URLS | {"connected_account": "https://example.com/newer"}
    answer = owner.post(url(told), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The agreements have changed. Read them once more" in page
    assert "https://example.com/newer" in page
    assert "checked" not in page.partition('name="agree"')[2].partition(">")[0]
    assert not TermsAcceptance.objects.exists()
    again = {name: answer.context["form"][name].value() for name in ("operation", "language", "words")}
    assert owner.post(url(told), again | {"agree": "on"}).status_code == 302
    assert "https://example.com/newer" in TermsAcceptance.objects.get().wording


def test_another_language_in_another_tab_changes_no_words(owner, told):
    form = owner.get(url(told)).context["form"]
    sent = {name: form[name].value() for name in ("operation", "language", "words")} | {"agree": "on"}
    owner.cookies["django_language"] = "fr"
    assert owner.post(url(told), sent).status_code == 302
    assert TermsAcceptance.objects.get().language == "en"


def test_an_unknown_outcome_is_looked_up_by_its_moment(owner, told, local_stripe):
    local_stripe.fault("drop_after", path="/v2/core/accounts/*", method="POST")
    assert accept(owner, told)["Location"] == url(told)
    assert "Stripe has not confirmed your last step yet" in owner.get(url(told)).content.decode()
    operation = StripeOperation.objects.get(kind="terms.accept")
    assert operation.state == "unknown"
    assert operations.resolve(operation.pk).state == "accepted"


def test_an_acceptance_that_never_arrived_is_not_found(owner, told, local_stripe):
    local_stripe.fault("drop_before", path="/v2/core/accounts/*", method="POST")
    accept(owner, told)
    operation = StripeOperation.objects.get(kind="terms.accept")
    assert operations.resolve(operation.pk).state == "unknown"
    assert operations.perform(operation.pk, now=datetime(2099, 1, 1, tzinfo=UTC)).state != "accepted"


def test_evidence_cannot_be_changed_or_removed(owner, told):
    accept(owner, told)
    append_only.install(connection, append_only.TERMS)
    try:
        for statement in ("UPDATE accounts_termsacceptance SET ip = '::1'", "DELETE FROM accounts_termsacceptance"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    finally:
        append_only.remove(connection, append_only.TERMS)
    assert TermsAcceptance.objects.count() == 1


def test_agreements_stay_available_to_the_business_and_to_staff(owner, told, as_staff, as_owner):
    accept(owner, told)
    page = owner.get(url(told, "agreements")).content.decode()
    assert WORDS in page
    assert owner.user.full_name in page
    assert "Netscape 4" not in page
    assert "Netscape 4" in as_staff("viewer").get(url(told, "agreements")).content.decode()
    panel = as_staff("viewer").get(url(told, "agreements-panel")).content.decode()
    assert "accepted 5 agreements" in panel
    assert WORDS in as_owner(told, role="viewer").get(url(told, "agreements")).content.decode()
    assert as_owner().get(url(told, "agreements")).status_code == 404


def test_nobody_but_the_business_itself_accepts(told, as_staff, as_owner):
    assert as_staff("admin").get(url(told)).status_code == 403
    assert as_staff("admin").post(url(told), {"agree": "on"}).status_code == 403
    for role in ("viewer", "finance"):
        assert as_owner(told, role=role).post(url(told), {"agree": "on"}).status_code == 403
    page = as_staff("operator").get(reverse("accounts:details", args=[told.ref]), follow=True).content.decode()
    assert "Only the terms are left" in page
    assert not TermsAcceptance.objects.exists()


def test_an_agreement_that_the_platform_has_not_published_holds_the_terms_back(owner, told, settings):
    settings.AGREEMENT_URLS = {}
    page = owner.get(url(told)).content.decode()
    assert "One agreement is not ready yet" in page
    assert 'name="agree"' not in page


def test_nothing_personal_of_what_was_confirmed_is_kept(owner, told):
    accept(owner, told)
    stored = everything_stored()
    for secret in ("Numbat", "77 Quagga Street", "jenny@quagga.test", "1901-01-01", "+14155550199"):
        assert secret not in stored


SPEND, CHARGE = "commercial.celtic.spend_card", "commercial.cross_river_bank.charge_card"


@pytest.mark.parametrize(
    ("program", "country", "state", "keys"),
    [
        (
            SPEND,
            "US",
            "TX",
            ["connected_account", "account_holder", "celtic.spend_card.bank_terms", "celtic.spend_card.platform"],
        ),
        (
            SPEND,
            "US",
            "NY",
            [
                "connected_account",
                "account_holder",
                "celtic.spend_card.bank_terms",
                "celtic.spend_card.platform",
                "financing_disclosure",
            ],
        ),
        (
            CHARGE,
            "US",
            "UT",
            [
                "connected_account",
                "account_holder",
                "cross_river_bank.charge_card.bank_terms",
                "cross_river_bank.charge_card.platform",
                "financing_disclosure",
            ],
        ),
        ("commercial.stripe.prepaid_card", "GB", "", ["connected_account", "account_holder"]),
        ("commercial.stripe.charge_card", "DE", "", ["connected_account", "account_holder"]),
    ],
)
def test_agreements_follow_program_country_and_state(program, country, state, keys):
    assert [agreement.key for agreement in agreements.agreements_for(program, country, state)] == keys


def test_a_charge_card_needs_a_disclosure_of_the_platforms_own(settings):
    shown = agreements.agreements_for(CHARGE, "US", "CA")
    assert [agreement.key for agreement in shown if not agreement.url] == ["financing_disclosure"]
    settings.AGREEMENT_URLS = settings.AGREEMENT_URLS | {"financing_disclosure": "https://example.com/costs"}
    assert all(agreement.url for agreement in agreements.agreements_for(CHARGE, "US", "CA"))


def test_apple_pay_has_terms_of_its_own(settings):
    settings.APPLE_PAY_TERMS = True
    tree = agreements.tree_of(agreements.agreements_for(SPEND, "US", "TX"), {"ip": "::1"})
    assert tree["card_creator"]["commercial"]["celtic"]["apple_pay"] == {"ip": "::1"}


def test_every_program_on_offer_has_its_agreements(settings):
    for program in settings.CARD_PROGRAMS:
        for country in program["countries"]:
            found = agreements.agreements_for(program["capability"], country, "TX")
            assert all(agreement.url for agreement in found), program


def test_an_individual_in_britain_comes_to_the_end(local_stripe, invite, as_owner):
    invite(country="GB", entity_type="individual", program="commercial.stripe.prepaid_card")
    account = ConnectedAccount.objects.get()
    owner = as_owner(account)
    trade = {
        "operation": str(uuid.uuid4()),
        "product_description": "Tailors suits for people in Leeds.",
        "industry": "5697",
        "worker_count": "1",
        "annual_revenue": "40000",
        "fiscal_year_end": "2026-04-05",
    }
    assert owner.post(url(account, "details-business"), trade).status_code == 302
    individual = {
        "first_name": "Zoe",
        "last_name": "Numbat",
        "dob": {"day": 1, "month": 1, "year": 1901},
        "address": {"line1": "1 Mill Lane", "city": "Leeds", "postal_code": "LS1 4AP", "country": "GB"},
        "email": "zoe@numbat.test",
        "phone": "+441632960960",
    }
    stripe.ephemeral(f"/v1/accounts/{account.stripe_id}", params={"individual": individual})
    connected_accounts.reread(account)
    page = owner.get(url(account)).content.decode()
    assert "consent to sign them electronically" in page
    answer = accept(owner, account)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == url(account, "details-done")
    assert "Stripe has everything it asked for" in owner.get(answer["Location"]).content.decode()
    assert set(attested(account)["card_creator"]["commercial"]) == {"account_holder"}


def test_migrations_know_of_the_triggers():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
