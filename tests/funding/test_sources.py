"""Connecting a bank account: what is sent, what is kept, and what happens when the answer is lost."""

import uuid

import pytest
from django.db import connection

from accounts.models import ConnectedAccount
from funding import sources, standing
from funding.mandates import OfflineAcceptance
from funding.models import Mandate, Source
from stripe_gateway import operations
from stripe_gateway.models import StripeOperation

Status = Source.Status


def test_the_source_carries_the_mandate_and_the_owner(connect, account, at_stripe, local_stripe):
    source = connect()

    assert (source.status, source.last4, source.attempts_remaining) == (Status.PENDING, "6789", 3)
    [sent] = [each for each in local_stripe.requests() if each["path"] == "/v1/sources"]
    online = sent["params"]["mandate"]["acceptance"]["online"]
    assert (online["ip"], online["user_agent"]) == ("203.0.113.7", "Firefox")
    assert sent["params"]["owner"]["name"] == "Northwind Couriers LLC"
    found = at_stripe.v1.sources.retrieve(source.stripe_id, {}, {"stripe_account": account.stripe_id})
    assert found.status == "pending"


def test_an_offline_mandate_gives_stripe_a_contact_and_no_evidence(account, operator, new_token, now, local_stripe):
    source = sources.connect(
        account=account,
        form_id=uuid.uuid4(),
        token=new_token(),
        holder_name="Northwind Couriers LLC",
        holder_type="company",
        acceptance=OfflineAcceptance(
            accepted_at=now, evidence_note="Signed form", evidence_contact="desk@cardwright.test", language="en"
        ),
        actor=operator,
        reason="The owner asked by phone.",
        now=now,
    )

    [sent] = [each for each in local_stripe.requests() if each["path"] == "/v1/sources"]
    acceptance = sent["params"]["mandate"]["acceptance"]
    assert acceptance == {"status": "accepted", "type": "offline", "offline": {"contact_email": "desk@cardwright.test"}}
    assert source.mandate.on_behalf_reason == "The owner asked by phone."


def test_the_exact_words_are_kept_with_version_and_language(connect):
    mandate = connect().mandate
    assert "Northwind Couriers authorizes" in mandate.text
    assert (mandate.text_version, mandate.language) == ("2026-11", "en")


def test_the_source_id_is_ciphertext_at_rest(connect):
    source = connect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT stripe_id FROM funding_source WHERE id = %s", [source.pk])
        assert "src_" not in cursor.fetchone()[0]
        cursor.execute("SELECT stripe_id, path, params, sealed FROM stripe_gateway_stripeoperation")
        assert all(source.stripe_id not in str(row) for row in cursor.fetchall())
    assert Source.objects.by_stripe_id(source.stripe_id).get() == source


def test_the_token_is_wiped_once_stripe_has_answered(connect):
    operation = connect().operation
    operation.refresh_from_db()
    assert operation.sealed is None
    assert "btok" not in str(operation.params)


def test_the_same_form_twice_makes_one_source(connect, new_token, local_stripe):
    form_id = uuid.uuid4()
    first, second = connect(form_id=form_id), connect(form_id=form_id, token=new_token())
    assert first == second
    assert Mandate.objects.count() == 1
    assert len(local_stripe.list("source")) == 1


def test_the_same_form_with_another_holder_is_refused(connect):
    form_id = uuid.uuid4()
    connect(form_id=form_id)
    with pytest.raises(operations.FormReused):
        connect(form_id=form_id, holder_name="Somebody Else")
    assert Mandate.objects.count() == 1


def test_a_token_that_was_used_before_is_refused_for_good(connect, new_token):
    token = new_token()
    connect(token=token)
    again = connect(token=token)
    assert again.status == Status.REFUSED
    assert again.operation.error_code == "token_already_used"


def test_a_lost_reply_leaves_it_in_doubt_and_the_next_try_finds_it(connect, local_stripe, sweep_later):
    local_stripe.fault("drop_after", path="/v1/sources")
    source = connect()
    assert source.status == Status.SUBMITTING
    assert source.operation.state == StripeOperation.State.UNKNOWN

    sweep_later()

    source.refresh_from_db()
    assert source.status == Status.PENDING
    assert len(local_stripe.list("source")) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": ConnectedAccount.Status.RESTRICTED}, "restricted"),
        ({"country": "GB", "currency": "gbp"}, "United States only"),
        ({"stripe_id": None}, "still setting this account up"),
    ],
)
def test_an_account_that_cannot_be_pulled_from_says_why(account, connect, new_token, changes, words):
    token = new_token()
    ConnectedAccount.objects.filter(pk=account.pk).update(**changes)
    with pytest.raises(standing.CannotFund, match=words):
        connect(token=token)
    assert not Mandate.objects.exists()


def test_late_and_repeated_news_never_moves_a_source_back(chargeable, at_stripe, now):
    source = chargeable()
    old = {
        "id": source.stripe_id,
        "status": "pending",
        "ach_debit": {"bank_name": "STRIPE TEST BANK", "last4": "6789"},
        "code_verification": {"attempts_remaining": 3},
    }
    assert sources.apply(source, old, read_at=now) is False
    source.refresh_from_db()
    assert source.status == Status.CHARGEABLE


def test_a_status_unknown_today_is_kept_as_it_is_spelled_and_left_again(connect, now):
    source = connect()
    news = {"id": source.stripe_id, "status": "in_limbo", "ach_debit": {}, "code_verification": None}
    assert sources.apply(source, news, read_at=now)
    source.refresh_from_db()
    assert source.status == "in_limbo"
    assert sources.apply(source, {**news, "status": "chargeable"}, read_at=now)
