import urllib.error

import pytest
import stripe


@pytest.fixture
def on(account):
    return {"stripe_account": account}


def test_a_new_account_holds_nothing(client, on):
    balance = client.v1.balance.retrieve({}, on).to_dict()
    assert balance == {
        "object": "balance",
        "available": [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}],
        "issuing": {"available": [{"amount": 0, "currency": "usd"}]},
        "livemode": False,
        "pending": [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}],
    }


def test_an_account_that_may_not_issue_cards_has_no_issuing_balance(client, other_account, local_stripe):
    assert "issuing" not in client.v1.balance.retrieve({}, {"stripe_account": other_account}).to_dict()
    with pytest.raises(urllib.error.HTTPError):
        local_stripe.fund(other_account, 100)


def test_money_from_outside_lands_in_the_balance_it_is_meant_for(client, on, account, local_stripe):
    local_stripe.fund(account, 1500)
    local_stripe.fund(account, 700, balance="payments")
    local_stripe.fund("platform", 99, balance="payments")
    balance = client.v1.balance.retrieve({}, on)
    assert balance.issuing.available[0].amount == 1500
    assert balance.available[0].amount == 700
    platform = client.v1.balance.retrieve()
    assert platform.available[0].amount == 99
    assert platform.connect_reserved[0].amount == 0
    events = client.v1.events.list({"type": "balance.available"}, on).data
    assert [event.data.object.issuing.available[0].amount for event in events] == [1500, 1500]
    assert local_stripe.control("ledger")["balanced"]


@pytest.mark.parametrize(
    "body",
    [
        {"balance": "savings", "amount": 1, "currency": "usd"},
        {"balance": "issuing", "amount": 0, "currency": "usd"},
        {"balance": "issuing", "amount": -1, "currency": "usd"},
        {"balance": "issuing", "amount": 1.5, "currency": "usd"},
        {"balance": "issuing", "amount": True, "currency": "usd"},
        {"balance": "issuing", "currency": "usd"},
        {"balance": "issuing", "amount": 1, "currency": "dollars"},
        {"balance": "issuing", "amount": 1, "currency": 840},
    ],
)
def test_control_refuses_money_that_makes_no_sense(client, on, account, local_stripe, body):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        local_stripe.control(f"accounts/{account}/fund", body)
    assert refusal.value.code == 400
    assert client.v1.balance_transactions.list({}, on).data == []


def test_the_statement_lists_what_changed_the_balances(client, on, account, local_stripe):
    local_stripe.fund(account, 1500)
    local_stripe.fund(account, 700, balance="payments")
    payments, issuing = client.v1.balance_transactions.list({}, on).data
    assert (payments.amount, payments.balance_type) == (700, "payments")
    assert (issuing.amount, issuing.balance_type) == (1500, "issuing")
    assert (issuing.net, issuing.fee, issuing.fee_details, issuing.status) == (1500, 0, [], "available")
    assert (issuing.type, issuing.reporting_category) == ("adjustment", "other_adjustment")
    assert client.v1.balance_transactions.retrieve(issuing.id, {}, on).to_dict() == issuing.to_dict()


def test_the_statement_filters_and_pages(client, on, account, local_stripe):
    for amount in (1, 2, 3):
        local_stripe.fund(account, amount)
        local_stripe.advance(60)
    topup = client.v1.topups.create({"amount": 4, "currency": "usd", "source": "btok_us_verified"}, on)
    local_stripe.control(f"topups/{topup.id}/succeed", {})

    def amounts(**filters):
        return [row.amount for row in client.v1.balance_transactions.list(filters, on).data]

    assert amounts(type="topup") == [4]
    assert amounts(source=topup.id) == [4]
    assert amounts(type="adjustment") == [3, 2, 1]
    assert amounts(currency="eur") == []
    assert amounts(payout="po_nobodys") == []
    second = client.v1.balance_transactions.list({"limit": 3}, on).data[2]
    assert amounts(created={"lte": second.created}) == [2, 1]
    page = client.v1.balance_transactions.list({"limit": 2}, on)
    assert page.has_more
    assert [row.amount for row in page.auto_paging_iter()] == [4, 3, 2, 1]
    expanded = client.v1.balance_transactions.list({"type": "topup", "expand": ["data.source"]}, on).data[0]
    assert expanded.source.id == topup.id


def test_a_transaction_of_another_account_is_absent(client, account, other_account, local_stripe):
    transaction = local_stripe.fund(account, 1500)
    for options in ({"stripe_account": other_account}, {}):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v1.balance_transactions.retrieve(transaction["id"], {}, options)
        assert refusal.value.code == "resource_missing"


def test_unknown_filters_are_refused(client, on):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.balance_transactions.list({"colour": "red"}, on)
    assert refusal.value.code == "parameter_unknown"


def test_an_account_that_lost_its_cards_still_shows_its_issuing_money(client, on, account, local_stripe):
    local_stripe.fund(account, 1500)
    local_stripe.control(f"accounts/{account}/outcome", {"outcome": "terms_violation"})
    assert client.v1.balance.retrieve({}, on).issuing.available[0].amount == 1500
    params = {"amount": 1, "currency": "usd", "source": "btok_us_verified", "destination_balance": "issuing"}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.topups.create(params, on)
    assert refusal.value.param == "destination_balance"
