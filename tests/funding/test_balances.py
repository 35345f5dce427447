"""Balances: what Stripe last said, and figures that add up."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ConnectedAccount
from funding import balances, panels
from funding.models import Balance, TopUp
from tests.factories.accounts import ConnectedAccountFactory
from tests.factories.funding import BalanceFactory, TopUpFactory


def test_an_older_reading_never_replaces_a_newer_one(account, local_stripe, now):
    local_stripe.fund(account.stripe_id, 500)
    balances.reread(account)
    local_stripe.fund(account.stripe_id, 500)
    balances.reread(account, now - timedelta(minutes=1))
    assert balances.of(account).available == 500


def test_an_account_without_money_has_a_balance_of_nothing(account, now):
    balances.reread(account)
    figures = balances.of(account)
    assert (figures.available, figures.on_its_way, figures.total) == (0, 0, 0)
    assert figures.read_at >= now


def test_a_currency_that_stripe_no_longer_names_is_zero(account, now):
    BalanceFactory(account=account, currency="eur", issuing_available=700, read_at=now - timedelta(days=1))
    balances.reread(account)
    assert Balance.objects.get(account=account, currency="eur").issuing_available == 0


def test_the_payments_balance_is_no_part_of_the_sum(account, local_stripe, now):
    local_stripe.fund(account.stripe_id, 900, balance="payments")
    local_stripe.fund(account.stripe_id, 100)
    balances.reread(account)
    figures = balances.of(account)
    assert (figures.total, figures.payments_available + figures.payments_pending) == (100, 900)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("available", "on_its_way", "line", "low", "covered"),
    [
        (1000, 0, None, False, False),
        (1000, 0, 1000, False, False),
        (999, 0, 1000, True, False),
        (999, 1, 1000, True, True),
        (-50, 0, 0, True, False),
    ],
)
def test_low_means_below_the_line(available, on_its_way, line, low, covered):
    account = ConnectedAccountFactory(active=True, low_balance_line=line)
    BalanceFactory(account=account, issuing_available=available)
    if on_its_way:
        TopUpFactory(account=account, amount=on_its_way)
    figures = balances.of(account)
    assert (figures.is_low, figures.is_low_but_covered) == (low, covered)


@pytest.mark.django_db
def test_only_what_is_on_its_way_counts_as_such():
    account = ConnectedAccountFactory(active=True)
    for status in TopUp.Status.values:
        TopUpFactory(account=account, amount=100, status=status)
    assert balances.of(account).on_its_way == 100


def test_whoever_looks_sees_a_fresh_reading(as_owner, account, local_stripe):
    local_stripe.fund(account.stripe_id, 213_042)
    text = as_owner.get(reverse("funding:balance", args=[account.ref])).content.decode()
    assert "$2,130.42" in text


def test_a_reading_from_before_the_latest_arrival_is_not_shown_for_long(as_owner, account, local_stripe):
    read_at = timezone.now() - timedelta(seconds=20)
    balance = BalanceFactory(account=account, issuing_available=0, read_at=read_at)
    local_stripe.fund(account.stripe_id, 5000_00)
    address = reverse("funding:balance", args=[account.ref])
    assert "$0.00" in as_owner.get(address).content.decode()
    balance.refresh_from_db()
    assert balance.read_at == read_at

    settled = read_at + timedelta(seconds=5)
    TopUpFactory(account=account, status=TopUp.Status.SUCCEEDED, settled_at=settled)

    assert "$5,000.00" in as_owner.get(address).content.decode()


def test_when_stripe_cannot_be_asked_the_last_figures_are_shown_as_such(as_owner, account, local_stripe, now):
    BalanceFactory(account=account, read_at=now - timedelta(hours=1))
    local_stripe.fault("drop_before", path="/v1/balance")
    text = as_owner.get(reverse("funding:balance", args=[account.ref])).content.decode()
    assert "$2,130.42" in text
    assert "could not be asked" in text


def test_the_column_of_the_accounts_list_costs_one_query(db, django_assert_num_queries):
    accounts = [ConnectedAccountFactory(active=True, low_balance_line=5000_00) for _ in range(3)]
    BalanceFactory(account=accounts[0])
    BalanceFactory(account=accounts[1], issuing_available=9000_00)
    TopUpFactory(account=accounts[1], amount=100_00)
    with django_assert_num_queries(1):
        cells = panels.balance_column(accounts)
    assert "$2,130.42" in cells[accounts[0].pk]
    assert "Low" in cells[accounts[0].pk]
    assert "+$100.00 on its way" in cells[accounts[1].pk]
    assert "Not read yet" in cells[accounts[2].pk]


def test_steps_follow_the_business_from_mandate_to_money(account, connect, verify, top_up):
    def done():
        return [step["done"] for step in panels.business_steps(ConnectedAccount.objects.get(pk=account.pk))]

    assert done() == [False, False, False]
    source = connect()
    assert done() == [True, False, False]
    verify(source)
    source.refresh_from_db()
    assert done() == [True, True, False]
    top_up(source)
    assert done() == [True, True, True]
