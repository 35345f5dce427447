"""Money is pulled from US bank accounts only: elsewhere, and without cards, nobody is led to what cannot be done."""

import pytest
from django.urls import reverse

from accounts.steps import steps_for
from funding import balances, panels, work
from tests.factories.accounts import ConnectedAccountFactory, MembershipFactory
from tests.factories.funding import BalanceFactory

pytestmark = pytest.mark.django_db
BRITISH = {"country": "GB", "currency": "gbp", "program": "commercial.stripe.prepaid_card"}
FRENCH = {"country": "FR", "currency": "eur", "program": "commercial.stripe.charge_card"}
EXPRESS, OAUTH = {"kind": "express", "program": ""}, {"kind": "oauth", "program": ""}
BY_TRANSFER = "Money for your cards comes by bank transfer."
US_ONLY = "Money can be pulled from a bank account in the United States only."
CONNECT, LINE = "bank-accounts/new/", "low-balance-line/"
NOT_PULLED = [BRITISH, FRENCH]


@pytest.fixture
def owner_of(client):
    def sign_in(account):
        client.force_login(MembershipFactory(account=account).user)
        return client

    return sign_in


def shown(client, name, account):
    answer = client.get(reverse(name, args=[account.ref]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("terms", NOT_PULLED)
def test_a_business_is_told_that_money_comes_by_transfer(owner_of, terms):
    account = ConnectedAccountFactory(active=True, **terms)
    client = owner_of(account)
    panel = shown(client, "funding:business-panel", account)
    assert BY_TRANSFER in panel
    assert CONNECT not in panel
    banks = shown(client, "funding:source-list", account)
    assert BY_TRANSFER in banks
    assert CONNECT not in banks
    assert "top-ups/new/" not in shown(client, "funding:account-top-up-list", account)
    assert "When it arrives" not in shown(client, "funding:mandate-create", account)


def test_a_business_in_the_united_states_connects_its_bank(owner_of):
    account = ConnectedAccountFactory(active=True)
    panel = shown(owner_of(account), "funding:business-panel", account)
    assert BY_TRANSFER not in panel
    assert CONNECT in panel


def test_a_currency_for_which_no_amounts_are_set_is_not_pulled(settings):
    settings.TOP_UP_LIMITS = {}
    assert panels.business_steps(ConnectedAccountFactory(active=True)) == []


@pytest.mark.parametrize(("terms", "steps"), [({}, 4), (BRITISH, 0), (FRENCH, 0)])
def test_only_a_road_that_can_be_walked_is_shown(owner_of, terms, steps):
    account = ConnectedAccountFactory(**terms)
    assert len(steps_for(account)) == steps
    home = shown(owner_of(account), "accounts:business-home", account)
    assert ("four steps" in home) is bool(steps)
    assert ("Authorize bank debits" in home) is bool(steps)


@pytest.mark.parametrize(("terms", "has_line"), [({}, True), (BRITISH, False), (EXPRESS, False), (OAUTH, False)])
def test_a_low_balance_line_is_where_money_can_be_pulled(client, operator, now, terms, has_line):
    account = ConnectedAccountFactory(active=True, low_balance_line=5000_00, **terms)
    BalanceFactory(account=account, currency=account.currency)
    assert balances.of(account).is_low is has_line
    assert bool(list(work.items(operator, now))) is has_line
    client.force_login(operator)
    assert (LINE in shown(client, "accounts:detail", account)) is has_line
    page = client.get(reverse("accounts:low-balance-line", args=[account.ref]))
    assert page.status_code == (200 if has_line else 404)


@pytest.mark.parametrize(("terms", "words"), [({}, "Not read yet"), (BRITISH, "Not read yet"), (EXPRESS, "None")])
def test_the_list_shows_no_card_balance_where_there_are_no_cards(terms, words):
    account = ConnectedAccountFactory(**terms)
    assert words in panels.balance_column([account])[account.pk]


def test_staff_read_why_no_bank_account_can_be_connected(client, operator):
    account = ConnectedAccountFactory(active=True, **BRITISH)
    client.force_login(operator)
    panel = shown(client, "funding:account-panel", account)
    assert US_ONLY in panel
    assert CONNECT not in panel
    assert "Latest top-ups" not in panel


@pytest.mark.parametrize("terms", [EXPRESS, OAUTH])
def test_an_account_without_cards_says_so_instead_of_asking_for_a_bank(owner_of, terms):
    account = ConnectedAccountFactory(active=True, **terms)
    assert "This account has no cards" in shown(owner_of(account), "funding:mandate-create", account)
