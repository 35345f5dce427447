"""The bank account for payouts: a token of the browser, attached by a real local Stripe."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import AccountChange, ConnectedAccount
from stripe_gateway import client as stripe
from stripe_gateway.models import StripeOperation
from tests.accounts.test_details_business import everything_stored

pytestmark = pytest.mark.django_db(transaction=True)

NUMBERS = {
    "US": {"country": "US", "currency": "usd", "routing_number": "110000000", "account_number": "000123456789"},
    "GB": {"country": "GB", "currency": "gbp", "routing_number": "108800", "account_number": "00012345"},
    "DE": {"country": "DE", "currency": "eur", "account_number": "DE89370400440532013000"},
}


@pytest.fixture
def owner(invited, as_owner):
    return as_owner(invited)


def url(account):
    return reverse("accounts:details-bank", args=[account.ref])


def token_of(country="US") -> str:
    holder = {"account_holder_name": "Quagga Holdings", "account_holder_type": "company"}
    return stripe.ephemeral("/v1/tokens", params={"bank_account": NUMBERS[country] | holder})["id"]


def send(client, account, **changes):
    form = {"operation": str(uuid.uuid4()), "holder_name": "Quagga Holdings", "holder_type": "company"}
    return client.post(url(account), form | changes)


def banks_of(account):
    return stripe.get(f"/v1/accounts/{account.stripe_id}")["external_accounts"]["data"]


def test_a_bank_account_is_attached_and_shown_by_its_last_digits(owner, invited):
    page = owner.get(url(invited)).content.decode()
    assert "Skip this step" in page
    assert "Routing number" in page
    answer = send(owner, invited, token=token_of())
    assert answer.status_code == 302, answer.content.decode()
    (bank,) = banks_of(invited)
    assert (bank["last4"], bank["default_for_currency"]) == ("6789", True)
    page = owner.get(url(invited)).content.decode()
    assert "••6789" in page
    assert "Payouts go here" in page


def test_the_newest_bank_account_is_the_one_that_payouts_go_to(owner, invited):
    send(owner, invited, token=token_of())
    send(owner, invited, token="btok_us_verified_noAccount")
    assert {bank["last4"]: bank["default_for_currency"] for bank in banks_of(invited)} == {"6789": False, "1116": True}


@pytest.mark.parametrize(
    ("country", "program", "label"),
    [("GB", "commercial.stripe.prepaid_card", "Sort code"), ("DE", "commercial.stripe.prepaid_card", "IBAN")],
)
def test_every_country_has_its_own_numbers(local_stripe, invite, as_owner, country, program, label):
    invite(country=country, program=program)
    account = ConnectedAccount.objects.get()
    owner = as_owner(account)
    assert label in owner.get(url(account)).content.decode()
    assert send(owner, account, token=token_of(country)).status_code == 302
    assert [bank["country"] for bank in banks_of(account)] == [country]


def test_no_input_could_carry_a_number_to_us(owner, invited):
    page = owner.get(url(invited)).content.decode()
    for number in ("routing-number", "account-number"):
        tag = page[page.index(f'id="{number}"') - 40 : page.index(f'id="{number}"') + 200]
        assert "name=" not in tag.partition(">")[0]
    assert "This page needs JavaScript" in page
    assert reverse("accounts:onboard", args=[invited.ref]) in page


def test_without_a_token_nothing_is_sent(owner, invited):
    answer = send(owner, invited, token="")
    assert answer.status_code == 422
    assert "did not reach Stripe" in answer.content.decode()
    assert send(owner, invited, token="000123456789").status_code == 422
    assert not AccountChange.objects.exists()


def test_a_spent_token_is_refused_with_what_to_do(owner, invited):
    token = token_of()
    send(owner, invited, token=token)
    answer = send(owner, invited, token=token)
    assert answer.status_code == 422
    assert "Fill it in once more and send it again." in answer.content.decode()
    assert len(banks_of(invited)) == 1


def test_a_double_click_attaches_one(owner, invited):
    form = {"operation": str(uuid.uuid4()), "token": token_of()}
    assert [send(owner, invited, **form).status_code for _ in range(2)] == [302, 302]
    assert len(banks_of(invited)) == 1


def test_the_same_form_with_another_account_is_no_double_click(owner, invited):
    form_id = str(uuid.uuid4())
    send(owner, invited, operation=form_id, token=token_of())
    assert send(owner, invited, operation=form_id, token="btok_us_verified_noAccount").status_code == 409
    assert len(banks_of(invited)) == 1


def test_an_unknown_outcome_ends_with_one_bank_account(owner, invited, local_stripe):
    local_stripe.fault("drop_after", path="/v1/accounts/*/external_accounts")
    assert send(owner, invited, token=token_of())["Location"] == url(invited)
    assert "Stripe has not confirmed your last step yet" in owner.get(url(invited)).content.decode()
    from stripe_gateway import operations

    operations.resolve(StripeOperation.objects.get(kind="external_account.create").pk)
    assert StripeOperation.objects.get(kind="external_account.create").state == "accepted"
    assert len(banks_of(invited)) == 1


def test_nothing_of_the_bank_account_is_kept(owner, invited):
    token = token_of()
    send(owner, invited, token=token)
    stored = everything_stored()
    bank = banks_of(invited)[0]
    for secret in ("Quagga Holdings", "000123456789", token, bank["id"]):
        assert secret not in stored


def test_staff_say_why(invited, as_staff):
    assert send(as_staff("operator"), invited, token=token_of()).status_code == 422
    assert send(as_staff("operator"), invited, token=token_of(), reason="By phone").status_code == 302
    assert as_staff("viewer").get(url(invited)).status_code == 403


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_only_an_owner_may(invited, as_owner, role):
    assert send(as_owner(invited, role=role), invited, token=token_of()).status_code == 403
    assert banks_of(invited) == []
