import pytest
import stripe

NUMBERS = {
    "object": "bank_account",
    "country": "US",
    "currency": "usd",
    "routing_number": "110000000",
    "account_number": "000123456789",
    "account_holder_name": "Jane Austen",
    "account_holder_type": "company",
}


def add(client, account, external_account=NUMBERS, **more):
    return client.v1.accounts.external_accounts.create(account, {"external_account": external_account, **more})


def refused(call, *args, **kwargs) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        call(*args, **kwargs)
    return refusal.value


def test_the_first_bank_account_becomes_the_default(client, account):
    first = add(client, account, metadata={"a": "1"})
    assert first.id.startswith("ba_")
    assert (first.account, first.last4, first.status) == (account, "6789", "new")
    assert (first.default_for_currency, first.metadata.to_dict()) == (True, {"a": "1"})
    assert "000123456789" not in str(first)
    second = add(client, account, "btok_us")
    assert not second.default_for_currency
    listed = client.v1.accounts.external_accounts.list(account, {"object": "bank_account"})
    assert [bank_account.id for bank_account in listed.data] == [second.id, first.id]
    assert client.v1.accounts.external_accounts.list(account, {"object": "card"}).data == []
    assert client.v1.accounts.external_accounts.retrieve(account, first.id).to_dict() == first.to_dict()


def test_a_token_makes_one_external_account(client, account):
    details = {name: value for name, value in NUMBERS.items() if name != "object"}
    token = client.v1.tokens.create({"bank_account": details})
    assert add(client, account, token.id).account_holder_name == "Jane Austen"
    assert refused(add, client, account, token.id).code == "token_already_used"


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"routing_number": "110000001"}, "external_account[routing_number]", "routing_number_invalid"),
        ({"account_number": "12"}, "external_account[account_number]", "account_number_invalid"),
        ({"object": "card"}, "external_account[object]", None),
        ({"colour": "red"}, "external_account[colour]", "parameter_unknown"),
    ],
)
def test_wrong_numbers_are_refused(client, account, change, param, code):
    refusal = refused(add, client, account, {**NUMBERS, **change})
    assert (refusal.param, refusal.code) == (param, code)


def test_there_is_one_default_and_it_cannot_be_deleted(client, account):
    external_accounts = client.v1.accounts.external_accounts
    first, second = add(client, account), add(client, account, "btok_us")
    assert refused(external_accounts.delete, account, first.id).http_status == 400
    assert external_accounts.update(account, second.id, {"default_for_currency": True}).default_for_currency
    assert not external_accounts.retrieve(account, first.id).default_for_currency
    assert external_accounts.delete(account, first.id).deleted
    assert refused(external_accounts.retrieve, account, first.id).code == "resource_missing"


def test_holder_and_metadata_can_be_changed(client, account):
    bank_account = add(client, account)
    changes = {"account_holder_name": "J. Austen", "account_holder_type": "individual", "metadata": {"b": "2"}}
    updated = client.v1.accounts.external_accounts.update(account, bank_account.id, changes)
    assert (updated.account_holder_name, updated.account_holder_type) == ("J. Austen", "individual")
    assert updated.metadata.to_dict() == {"b": "2"}
    event = client.v1.events.list({"type": "account.external_account.updated"}, {"stripe_account": account}).data[0]
    assert event.data.previous_attributes.account_holder_name == "Jane Austen"


def test_another_account_has_none_of_them(client, account, other_account):
    bank_account = add(client, account)
    assert client.v1.accounts.external_accounts.list(other_account).data == []
    retrieve = client.v1.accounts.external_accounts.retrieve
    assert refused(retrieve, other_account, bank_account.id).code == "resource_missing"
    with pytest.raises(stripe.PermissionError):
        client.v1.accounts.external_accounts.list("acct_nobodys")
