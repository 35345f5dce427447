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


IBANS = {
    "AT": "AT611904300234573201", "BE": "BE68539007547034", "DE": "DE89370400440532013000",
    "ES": "ES9121000418450200051332", "FI": "FI2112345600000785", "FR": "FR1420041010050500013M02606",
    "IE": "IE29AIBK93115212345678", "IT": "IT60X0542811101000000123456", "NL": "NL91ABNA0417164300",
}  # fmt: skip


@pytest.mark.parametrize(("country", "iban"), IBANS.items())
def test_ibans_of_the_euro_area_are_taken(client, country, iban):
    account = business_in(client, country)
    numbers = {"object": "bank_account", "country": country, "currency": "eur", "account_number": iban.lower()}
    bank_account = add(client, account, numbers)
    assert (bank_account.country, bank_account.currency, bank_account.last4) == (country, "eur", iban[-4:])
    assert (bank_account.routing_number, bank_account.default_for_currency) == (None, True)
    wrong = iban[:-1] + str((int(iban[-1]) + 1) % 10)
    refusal = refused(add, client, account, {**numbers, "account_number": wrong})
    assert (refusal.param, refusal.code) == ("external_account[account_number]", "account_number_invalid")


def business_in(client, country: str) -> str:
    wishes = {"card_issuing": {"requested": True}, "transfers": {"requested": True}}
    return client.v1.accounts.create({"type": "custom", "country": country, "capabilities": wishes}).id


BRITISH = {"country": "GB", "currency": "gbp", "routing_number": "10-88-00", "account_number": "00012345"}


def test_british_accounts_have_sort_code_and_number_or_an_iban(client):
    account = business_in(client, "GB")
    token = client.v1.tokens.create({"bank_account": BRITISH})
    assert (token.bank_account.routing_number, token.bank_account.last4) == ("108800", "2345")
    assert add(client, account, token.id).currency == "gbp"
    iban = {"object": "bank_account", "country": "GB", "currency": "gbp", "account_number": "GB82WEST12345698765432"}
    assert add(client, account, iban).last4 == "5432"


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"routing_number": "10880"}, "routing_number", "routing_number_invalid"),
        ({"account_number": "1234567"}, "account_number", "account_number_invalid"),
        ({"account_number": "GB82WEST12345698765432"}, "account_number", "account_number_invalid"),
        ({"currency": "usd"}, "currency", None),
        ({"country": "JP"}, "country", "country_unsupported"),
    ],
)
def test_wrong_british_numbers_are_refused_by_name(client, change, param, code):
    refusal = refused(client.v1.tokens.create, {"bank_account": {**BRITISH, **change}})
    assert (refusal.param, refusal.code) == (f"bank_account[{param}]", code)


def test_funds_are_pulled_from_us_accounts_only(client, account):
    token = client.v1.tokens.create({"bank_account": BRITISH}, {"stripe_account": account})
    source = {"type": "ach_debit", "currency": "usd", "token": token.id}
    assert refused(client.v1.sources.create, source, {"stripe_account": account}).code == "country_unsupported"


def test_a_bank_account_is_due_some_day_and_adding_one_settles_it(client, local_stripe):
    account = business_in(client, "US")
    due = client.v1.accounts.retrieve(account).requirements
    assert "external_account" in due.eventually_due
    assert "external_account" not in due.currently_due
    cards = client.v1.accounts.capabilities.retrieve(account, "card_issuing").requirements
    assert "external_account" not in cards.eventually_due
    add(client, account)
    assert "external_account" not in client.v1.accounts.retrieve(account).requirements.eventually_due
    types = [event.type for event in client.v1.events.list({}, {"stripe_account": account}).data]
    assert {"account.external_account.created", "account.updated", "capability.updated"} <= set(types)


def test_what_is_due_next_can_become_due(client, local_stripe):
    account = business_in(client, "US")
    local_stripe.control(f"accounts/{account}/outcome", {"outcome": "next_requirements"})
    assert "external_account" in client.v1.accounts.retrieve(account).requirements.currently_due


def test_who_owns_an_account_is_found_out_after_a_while(client, account, local_stripe):
    bank_account = add(client, account, {**NUMBERS, "account_number": "000999999991"})
    assert bank_account.requirements.pending_verification == ["documents.bank_account_ownership_verification"]
    local_stripe.advance(10)
    later = client.v1.accounts.external_accounts.retrieve(account, bank_account.id)
    assert (later.status, later.requirements.pending_verification) == ("verified", [])
    events = client.v1.events.list({"type": "account.external_account.updated"}, {"stripe_account": account}).data
    assert [event.data.object.status for event in events] == ["verified"]


def test_who_owns_an_account_may_have_to_be_shown(client, account, local_stripe):
    bank_account = add(client, account, {**NUMBERS, "account_number": "000999999992"})
    name = "documents.bank_account_ownership_verification"
    assert bank_account.requirements.currently_due == [name]
    assert f"{name}.files" in client.v1.accounts.retrieve(account).requirements.currently_due
    files = {"documents": {"bank_account_ownership_verification": {"files": ["file_identity_document_success"]}}}
    client.v1.accounts.external_accounts.update(account, bank_account.id, files)
    local_stripe.advance(10)
    assert client.v1.accounts.external_accounts.retrieve(account, bank_account.id).status == "verified"
    assert client.v1.accounts.retrieve(account).requirements.currently_due == []
