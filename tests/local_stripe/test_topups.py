from datetime import UTC, datetime

import pytest
import stripe

DAY = 24 * 3600


def unix(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def go_to(local_stripe, text):
    local_stripe.control("clock", {"now": f"{text}Z"})


@pytest.fixture(autouse=True)
def monday_morning(local_stripe, account):
    """No holiday within two weeks of it."""
    go_to(local_stripe, "2031-03-03T10:00:00")


@pytest.fixture
def on(account):
    return {"stripe_account": account}


@pytest.fixture
def top_up(client, on):
    def create(amount=2000, options=on, **changes):
        params = {"amount": amount, "currency": "usd", "destination_balance": "issuing", "source": "btok_us_verified"}
        params = {name: value for name, value in {**params, **changes}.items() if value is not None}
        return client.v1.topups.create(params, options)

    return create


def refused(call, *args, **kwargs) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        call(*args, **kwargs)
    return refusal.value


def issuing(client, on):
    return client.v1.balance.retrieve({}, on).issuing.available[0].amount


def event_types(client, options):
    events = client.v1.events.list({"limit": 100}, options).data
    return [event.type for event in reversed(events) if event.type.startswith(("topup.", "balance."))]


def test_money_arrives_after_five_banking_days_and_not_before(client, top_up, on, local_stripe):
    topup = top_up(
        2000, description="Week 10", metadata={"order": "7"}, transfer_group="g", statement_descriptor="Desk"
    )
    assert (topup.status, topup.balance_transaction, topup.failure_code) == ("pending", None, None)
    assert topup.expected_availability_date == unix("2031-03-10T00:00")
    assert (topup.description, topup.transfer_group, topup.statement_descriptor) == ("Week 10", "g", "Desk")
    assert topup.metadata.to_dict() == {"order": "7"}
    assert (topup.source.object, topup.source.status, topup.source.ach_debit.last4) == ("source", "chargeable", "6789")
    assert "destination_balance" not in topup

    go_to(local_stripe, "2031-03-09T23:59:50")
    assert client.v1.topups.retrieve(topup.id, {}, on).status == "pending"
    assert issuing(client, on) == 0

    go_to(local_stripe, "2031-03-10T00:00:01")
    topup = client.v1.topups.retrieve(topup.id, {"expand": ["balance_transaction"]}, on)
    assert topup.status == "succeeded"
    assert issuing(client, on) == 2000
    transaction = topup.balance_transaction
    assert (transaction.amount, transaction.net, transaction.fee, transaction.type) == (2000, 2000, 0, "topup")
    assert (transaction.source, transaction.balance_type, transaction.status) == (topup.id, "issuing", "available")
    assert transaction.created == unix("2031-03-10T00:00")
    assert event_types(client, on) == ["topup.created", "topup.succeeded", "balance.available"]


def test_a_top_up_after_the_cutoff_takes_a_day_longer(top_up, local_stripe):
    go_to(local_stripe, "2031-03-03T22:00:00")
    assert top_up().expected_availability_date == unix("2031-03-11T00:00")


@pytest.mark.parametrize(
    ("token", "failure_code"),
    [
        ("btok_us_verified_noAccount", "no_account"),
        ("btok_us_verified_accountClosed", "account_closed"),
        ("btok_us_verified_insufficientFunds", "insufficient_funds"),
        ("btok_us_verified_debitNotAuthorized", "debit_not_authorized"),
        ("btok_us_verified_invalidCurrency", "invalid_currency"),
    ],
)
def test_a_bank_that_refuses_says_so_on_the_third_banking_day(client, top_up, on, local_stripe, token, failure_code):
    topup = top_up(source=token)
    go_to(local_stripe, "2031-03-05T23:59:50")
    assert client.v1.topups.retrieve(topup.id, {}, on).status == "pending"
    go_to(local_stripe, "2031-03-06T00:00:01")
    topup = client.v1.topups.retrieve(topup.id, {}, on)
    assert (topup.status, topup.failure_code, topup.balance_transaction) == ("failed", failure_code, None)
    assert topup.failure_message
    go_to(local_stripe, "2031-03-20T00:00:00")
    assert issuing(client, on) == 0
    assert event_types(client, on) == ["topup.created", "topup.failed"]


def test_a_verified_source_of_a_bad_account_fails_too(client, new_source, top_up, on, local_stripe):
    source = new_source(account_number="000222222227")
    client.v1.sources.verify(source.id, {"values": [32, 45]}, on)
    topup = top_up(source=source.id)
    assert topup.source.id == source.id
    local_stripe.advance(7 * DAY)
    assert client.v1.topups.retrieve(topup.id, {}, on).failure_code == "insufficient_funds"


def test_only_a_chargeable_source_of_this_account_is_debited(
    client, new_source, top_up, on, other_account, local_stripe
):
    source = new_source()
    refusal = refused(top_up, source=source.id)
    assert (refusal.param, refusal.code) == ("source", "bank_account_unverified")
    client.v1.sources.verify(source.id, {"values": [32, 45]}, on)
    local_stripe.activate(other_account)
    assert refused(top_up, source=source.id, options={"stripe_account": other_account}).code == "resource_missing"
    assert refused(top_up, source=source.id, options={}).code == "resource_missing"
    local_stripe.control(f"sources/{source.id}/cancel", {})
    assert refused(top_up, source=source.id).param == "source"


def test_an_unverified_token_cannot_be_debited(new_token, top_up):
    assert refused(top_up, source=new_token().id).code == "bank_account_unverified"
    assert refused(top_up, source="btok_us").code == "bank_account_unverified"
    assert refused(top_up, source="btok_nobodys").code == "resource_missing"


def test_a_single_use_source_is_spent_by_its_first_top_up(client, top_up, new_source, on):
    source = new_source(token="btok_us_verified", usage="single_use", amount=2000)
    top_up(source=source.id)
    assert client.v1.sources.retrieve(source.id, {}, on).status == "consumed"
    assert refused(top_up, source=source.id).param == "source"


def test_an_account_that_may_not_issue_cards_cannot_fund_issuing(top_up, other_account):
    assert refused(top_up, options={"stripe_account": other_account}).http_status == 400


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"amount": 0}, "amount", "parameter_invalid_integer"),
        ({"amount": -5}, "amount", "parameter_invalid_integer"),
        ({"amount": "10.5"}, "amount", "parameter_invalid_integer"),
        ({"amount": 100_000_000}, "amount", "amount_too_large"),
        ({"amount": None}, "amount", "parameter_missing"),
        ({"currency": None}, "currency", "parameter_missing"),
        ({"currency": "eur"}, "currency", None),
        ({"source": None}, "source", "parameter_missing"),
        ({"source": "src_nobodys"}, "source", "resource_missing"),
        ({"payment_method": "pm_nobodys"}, "payment_method", "resource_missing"),
        ({"destination_balance": "payments"}, "destination_balance", None),
        ({"statement_descriptor": "sixteen letters!"}, "statement_descriptor", None),
        ({"statement_descriptor": "Überweisung"}, "statement_descriptor", None),
        ({"statement_descriptor": "123"}, "statement_descriptor", None),
        ({"colour": "red"}, "colour", "parameter_unknown"),
    ],
)
def test_terms_that_stripe_would_refuse_move_nothing(client, top_up, on, change, param, code):
    refusal = refused(top_up, **change)
    assert (refusal.param, refusal.code) == (param, code)
    assert client.v1.topups.list({}, on).data == []


def test_a_pending_top_up_can_be_canceled_once(client, top_up, on, local_stripe):
    topup = client.v1.topups.cancel(top_up().id, {}, on)
    assert (topup.status, topup.expected_availability_date) == ("canceled", None)
    assert refused(client.v1.topups.cancel, topup.id, {}, on).http_status == 400
    local_stripe.advance(14 * DAY)
    assert issuing(client, on) == 0
    assert event_types(client, on) == ["topup.created", "topup.canceled"]


def test_a_succeeded_top_up_cannot_be_canceled(client, top_up, on, local_stripe):
    topup = top_up()
    local_stripe.advance(7 * DAY)
    assert refused(client.v1.topups.cancel, topup.id, {}, on).http_status == 400
    assert issuing(client, on) == 2000


def test_the_bank_may_take_a_succeeded_top_up_back_even_below_zero(client, top_up, on, local_stripe):
    topup = top_up(2000)
    local_stripe.advance(7 * DAY)
    local_stripe.control(f"topups/{topup.id}/reverse", {})
    reversed_topup = client.v1.topups.retrieve(topup.id, {}, on)
    assert reversed_topup.status == "reversed"
    assert issuing(client, on) == 0
    kinds = [transaction.type for transaction in client.v1.balance_transactions.list({}, on).data]
    assert kinds == ["topup_reversal", "topup"]
    assert event_types(client, on)[-1] == "topup.reversed"
    assert local_stripe.control("ledger")["balanced"]


def test_control_can_settle_and_fail_at_once(client, top_up, on, local_stripe):
    first, second = top_up(700), top_up(800)
    local_stripe.control(f"topups/{first.id}/succeed", {})
    local_stripe.control(f"topups/{second.id}/fail", {"failure_code": "account_closed"})
    assert issuing(client, on) == 700
    assert client.v1.topups.retrieve(second.id, {}, on).failure_code == "account_closed"
    local_stripe.advance(14 * DAY)
    assert issuing(client, on) == 700


def test_only_description_and_metadata_can_be_changed(client, top_up, on):
    topup = top_up(description="a", metadata={"a": "1"})
    updated = client.v1.topups.update(topup.id, {"description": "b", "metadata": {"a": "", "b": "2"}}, on)
    assert (updated.description, updated.metadata.to_dict()) == ("b", {"b": "2"})
    assert client.v1.topups.update(topup.id, {"description": ""}, on).description is None
    assert refused(client.v1.topups.update, topup.id, {"amount": 1}, on).code == "parameter_unknown"


def test_the_same_key_tops_up_once(client, top_up, on):
    options = {**on, "idempotency_key": "one click"}
    assert top_up(options=options).id == top_up(options=options).id
    assert len(client.v1.topups.list({}, on).data) == 1


def test_the_list_filters_and_pages_newest_first(client, top_up, on, local_stripe):
    made = []
    for amount in (100, 200, 300, 400):
        made.append(top_up(amount).id)
        local_stripe.advance(60)
    client.v1.topups.cancel(made[0], {}, on)
    ids = [topup.id for topup in client.v1.topups.list({}, on).data]
    assert ids == made[::-1]

    def amounts(**filters):
        return [topup.amount for topup in client.v1.topups.list(filters, on).data]

    assert amounts(status="canceled") == [100]
    assert amounts(status="pending", amount={"gte": 200, "lt": 400}) == [300, 200]
    assert amounts(amount=300) == [300]
    third = client.v1.topups.retrieve(made[2], {}, on)
    assert amounts(created={"gt": third.created}) == [400]
    assert amounts(created=third.created) == [300]
    first_page = client.v1.topups.list({"limit": 3}, on)
    assert first_page.has_more
    assert first_page.url == "/v1/topups"
    assert [topup.id for topup in first_page.auto_paging_iter()] == ids
    assert amounts(ending_before=made[1], limit=1) == [300]
    assert refused(amounts, status="reversed").param == "status"
    assert refused(amounts, starting_after="tu_nobodys").param == "starting_after"


def test_another_account_sees_none_of_it(client, top_up, on, other_account):
    topup = top_up()
    for options in ({"stripe_account": other_account}, {}):
        assert client.v1.topups.list({}, options).data == []
        for call in (client.v1.topups.retrieve, client.v1.topups.cancel, client.v1.topups.update):
            assert refused(call, topup.id, {}, options).code == "resource_missing"


def test_the_platform_tops_up_from_its_own_bank_account(client, top_up, local_stripe):
    topup = top_up(5000, options={}, source=None, destination_balance=None)
    assert (topup.status, topup.source) == ("pending", None)
    assert topup.expected_availability_date == unix("2031-03-10T00:00")
    assert client.v1.balance.retrieve().available[0].amount == 0
    local_stripe.advance(7 * DAY)
    assert client.v1.balance.retrieve().available[0].amount == 5000
    assert event_types(client, {}) == ["topup.created", "topup.succeeded", "balance.available"]


def test_a_top_up_without_destination_goes_to_the_payments_balance(client, top_up, on, local_stripe):
    top_up(900, destination_balance=None)
    local_stripe.advance(7 * DAY)
    assert client.v1.balance.retrieve({}, on).available[0].amount == 900
    assert issuing(client, on) == 0
