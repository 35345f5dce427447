"""Pages of bank accounts over HTTP: what is taken, what is refused, and what is never let in."""

import logging
import uuid

import pytest
from django.urls import reverse

from accounts.models import ConnectedAccount
from funding import mandate_texts
from funding.models import Mandate, Source, VerificationAttempt
from tests.factories.accounts import ConnectedAccountFactory

NUMBER = "000123456789"


@pytest.fixture
def mandate_form(new_token):
    return {
        "operation": str(uuid.uuid4()),
        "holder_name": "Northwind Couriers LLC",
        "holder_type": "company",
        "token": new_token(),
        "agree": "on",
        "language": "en",
        "text_version": "2026-11",
    }


@pytest.fixture
def offline_form(mandate_form):
    return {
        **mandate_form,
        "accepted_at": "2026-11-19T15:30",
        "evidence_note": "Signed form in the contract folder.",
        "evidence_contact": "evidence@cardwright.test",
        "reason": "The owner asked by phone.",
    }


def page(name, account, *args):
    return reverse(f"funding:{name}", args=[account.ref, *args])


def test_authorizing_records_who_when_and_from_where(as_owner, owner, account, mandate_form):
    answer = as_owner.post(
        page("mandate-create", account), mandate_form, headers={"user-agent": "Firefox 145"}, REMOTE_ADDR="203.0.113.9"
    )
    source = Source.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == page("source-detail", account, source.public_id)
    assert (source.mandate.ip, source.mandate.user_agent) == ("203.0.113.9", "Firefox 145")
    assert source.mandate.accepted_by == owner
    assert source.status == Source.Status.PENDING


@pytest.mark.parametrize("behind", [{"REMOTE_ADDR": ""}, {"REMOTE_ADDR": "unix:"}])
def test_nobody_authorizes_from_nowhere(as_owner, account, mandate_form, local_stripe, behind):
    answer = as_owner.post(page("mandate-create", account), mandate_form, **behind)
    assert answer.status_code == 422
    assert "which network address you write from" in answer.content.decode()
    assert not Mandate.objects.exists()
    assert not local_stripe.list("source")


def test_the_words_and_their_language_are_those_that_were_shown_whatever_another_tab_says(
    as_owner, account, mandate_form
):
    shown = mandate_texts.current(platform_name="Cardwright", business_name=account.name, language="fr")
    as_owner.post(page("mandate-create", account), mandate_form | {"language": "fr"}, headers={"accept-language": "es"})
    mandate = Mandate.objects.get()
    assert (mandate.text, mandate.language) == (shown.text, shown.language)


def test_words_that_are_not_translated_are_not_called_french(monkeypatch):
    monkeypatch.setattr(mandate_texts, "_", lambda text: text)
    assert mandate_texts.current(platform_name="C", business_name="N", language="fr").language == "en"


def test_words_that_have_changed_since_are_shown_again(as_owner, account, mandate_form):
    answer = as_owner.post(page("mandate-create", account), mandate_form | {"text_version": "2025-01"})
    assert answer.status_code == 422
    assert "have changed" in answer.content.decode()
    assert not Mandate.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"agree": ""}, "Tick the box to continue."),
        ({"holder_name": "  "}, "Enter the name in which the bank account is held."),
        ({"token": ""}, "did not reach Stripe"),
        ({"token": "tok_visa"}, "did not reach Stripe"),
        ({"operation": "nonsense"}, "This page was out of date."),
        ({"holder_type": "robot"}, "Select a valid choice"),
    ],
)
def test_an_incomplete_authorization_says_what_is_missing(as_owner, account, mandate_form, changes, words):
    answer = as_owner.post(page("mandate-create", account), mandate_form | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Mandate.objects.exists()


@pytest.mark.parametrize("field", ["holder_name", "account_number", "routing_number"])
def test_a_bank_number_in_the_form_is_refused_and_kept_nowhere(as_owner, account, mandate_form, field, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = as_owner.post(page("mandate-create", account), mandate_form | {field: f"Acme {NUMBER}"})
    assert answer.status_code == 422
    assert "looked like a bank number" in answer.content.decode()
    assert NUMBER not in answer.content.decode()
    assert NUMBER not in caplog.text
    assert not Mandate.objects.exists()


def test_the_number_inputs_have_no_name(as_owner, account):
    html = as_owner.get(page("mandate-create", account)).content.decode()
    for field in ("routing-number", "account-number"):
        [tag] = [part for part in html.split("<input") if f'id="{field}"' in part]
        assert "name=" not in tag.partition(">")[0]


def test_only_the_pages_that_collect_numbers_may_load_stripe_js(as_owner, account, settings):
    origin = settings.STRIPE_JS_URL.removesuffix("/js/stripe.js")
    assert f"connect-src 'self' {origin}" in as_owner.get(page("mandate-create", account))["Content-Security-Policy"]
    assert origin not in as_owner.get(page("source-list", account))["Content-Security-Policy"]


def test_back_and_another_holder_finds_a_friendly_page(as_owner, account, mandate_form, new_token):
    as_owner.post(page("mandate-create", account), mandate_form)
    again = mandate_form | {"holder_name": "Somebody Else", "token": new_token()}
    answer = as_owner.post(page("mandate-create", account), again)
    assert answer.status_code == 409
    assert "Nothing was sent this time" in answer.content.decode()
    assert Source.objects.count() == 1


def test_a_restricted_account_says_why_no_bank_can_be_connected(as_owner, account, mandate_form):
    ConnectedAccount.objects.filter(pk=account.pk).update(status=ConnectedAccount.Status.RESTRICTED)
    for answer in (
        as_owner.get(page("mandate-create", account)),
        as_owner.post(page("mandate-create", account), mandate_form),
    ):
        assert "Stripe has restricted this account" in answer.content.decode()
    assert not Mandate.objects.exists()


def test_staff_cannot_click_for_the_business(as_operator, account, mandate_form):
    answer = as_operator.post(page("mandate-create", account), mandate_form)
    assert answer["Location"] == page("offline-mandate-create", account)
    assert not Mandate.objects.exists()


def test_staff_record_what_was_given_to_them(as_operator, operator, account, offline_form):
    answer = as_operator.post(page("offline-mandate-create", account), offline_form)
    mandate = Mandate.objects.get()
    assert answer.status_code == 302
    assert (mandate.channel, mandate.recorded_by, mandate.accepted_by) == ("offline", operator, None)
    assert mandate.accepted_at.isoformat() == "2026-11-19T15:30:00+00:00"
    assert mandate.on_behalf_reason == "The owner asked by phone."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"accepted_at": "2036-01-01T10:00"}, "in the future"),
        ({"accepted_at": "yesterday"}, "Enter a date and a time."),
        ({"evidence_note": ""}, "where the evidence is kept"),
        ({"evidence_contact": "nobody"}, "not an e-mail address"),
        ({"reason": ""}, "behalf"),
        ({"evidence_note": f"Account {NUMBER}"}, "looked like a bank number"),
    ],
)
def test_an_offline_mandate_needs_its_evidence(as_operator, account, offline_form, changes, words):
    answer = as_operator.post(page("offline-mandate-create", account), offline_form | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Mandate.objects.exists()


def test_a_business_cannot_record_an_offline_mandate(as_owner, account, offline_form):
    assert as_owner.post(page("offline-mandate-create", account), offline_form).status_code == 403


def verify_form(first, second):
    return {"operation": str(uuid.uuid4()), "first": first, "second": second}


def test_the_right_deposits_in_either_writing_verify_the_account(as_owner, account, connect):
    source = connect()
    answer = as_owner.post(page("source-verify", account, source.public_id), verify_form("32", "$0.45"))
    assert answer.status_code == 302
    source.refresh_from_db()
    assert source.status == Source.Status.CHARGEABLE


def test_wrong_deposits_echo_what_was_read_and_count_down(as_owner, account, connect):
    url = page("source-verify", account, connect().public_id)
    answer = as_owner.post(url, verify_form("0.32", "46"))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "We read $0.32 and $0.46." in text
    assert "2 tries are left" in text
    as_owner.post(url, verify_form("1", "2"))
    assert "Start again" in as_owner.post(url, verify_form("1", "3")).content.decode()


def test_deposits_that_cannot_be_spend_no_try(as_owner, account, connect, local_stripe):
    url = page("source-verify", account, connect().public_id)
    assert as_owner.post(url, verify_form("1.32", "")).status_code == 422
    assert not VerificationAttempt.objects.exists()


def test_reloading_the_answer_spends_no_second_try(as_owner, account, connect):
    url, form = page("source-verify", account, connect().public_id), verify_form("1", "2")
    as_owner.post(url, form)
    assert "2 tries are left" in as_owner.post(url, form).content.decode()
    assert VerificationAttempt.objects.count() == 1


def test_a_second_window_is_told_to_wait(as_owner, account, connect, local_stripe):
    url = page("source-verify", account, connect().public_id)
    local_stripe.fault("drop_after", path="*/verify")
    as_owner.post(url, verify_form("1", "2"))
    answer = as_owner.post(url, verify_form("32", "45"))
    assert answer.status_code == 409
    assert "being checked" in answer.content.decode()


def test_a_verified_account_has_nothing_to_confirm(as_owner, account, chargeable):
    answer = as_owner.get(page("source-verify", account, chargeable().public_id))
    assert "not waiting for deposits" in answer.content.decode()


def test_a_foreign_bank_account_is_as_absent_as_one_that_never_was(as_owner, connect, account):
    other = ConnectedAccountFactory(active=True)
    source = connect()
    assert as_owner.get(page("source-detail", other, source.public_id)).status_code == 404
    assert as_owner.get(page("source-detail", account, uuid.uuid4())).status_code == 404


def test_a_doubtful_source_says_that_nothing_is_lost_and_keeps_polling(as_owner, account, connect, local_stripe):
    local_stripe.fault("drop_after", path="/v1/sources")
    source = connect()
    answer = as_owner.get(page("source-status", account, source.public_id))
    assert answer.status_code == 200
    assert "has not answered yet" in answer.content.decode()
    assert "every 3s" in answer.content.decode()


def test_a_settled_source_stops_the_polling(as_owner, account, connect):
    answer = as_owner.get(page("source-status", account, connect().public_id))
    assert answer.status_code == 286
    assert "every 3s" not in answer.content.decode()


def test_the_secret_source_id_stands_on_no_page(as_owner, as_operator, account, chargeable):
    source = chargeable()
    for client in (as_owner, as_operator):
        for name, args in [("source-detail", [source.public_id]), ("source-list", []), ("top-up-create", [])]:
            assert source.stripe_id not in client.get(page(name, account, *args)).content.decode()
