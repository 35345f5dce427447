import urllib.parse
import urllib.request

import pytest
import stripe

BANK_ACCOUNT = {
    "country": "US",
    "currency": "usd",
    "account_holder_name": "Jenny Rosen",
    "account_holder_type": "individual",
    "routing_number": "110000000",
    "account_number": "000123456789",
}


def create(client, account, **changes):
    return client.v1.tokens.create({"bank_account": {**BANK_ACCOUNT, **changes}}, {"stripe_account": account})


def test_a_token_shows_the_bank_account_without_its_number(client, account):
    token = create(client, account)
    assert token.id.startswith("btok_")
    assert (token.type, token.used) == ("bank_account", False)
    bank_account = token.bank_account
    assert bank_account.id.startswith("ba_")
    assert (bank_account.last4, bank_account.routing_number) == ("6789", "110000000")
    assert (bank_account.bank_name, bank_account.status) == ("STRIPE TEST BANK", "new")
    assert "000123456789" not in str(token)
    assert client.v1.tokens.retrieve(token.id, {}, {"stripe_account": account}).id == token.id


def test_the_account_number_is_neither_in_the_books_nor_in_the_request_log(client, account, local_stripe):
    token = create(client, account, account_number="998877665544")
    assert client.v1.tokens.retrieve(token.id, {}, {"stripe_account": account}).bank_account.last4 == "5544"
    for kind in ("token", "event", "source", "external_account"):
        assert "998877665544" not in str(local_stripe.control(f"objects?kind={kind}"))
    assert "998877665544" not in str(local_stripe.control("requests"))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("routing_number", "110000001", "routing_number_invalid"),
        ("routing_number", "11000000", "routing_number_invalid"),
        ("account_number", "123", "account_number_invalid"),
        ("account_number", "12345678x", "account_number_invalid"),
        ("account_number", "123456789012345678", "account_number_invalid"),
    ],
)
def test_wrong_numbers_are_refused_by_name(client, account, field, value, code):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, account, **{field: value})
    assert (refusal.value.code, refusal.value.param) == (code, f"bank_account[{field}]")


def test_a_missing_routing_number_and_an_unknown_holder_type_are_refused(client, account):
    numberless = {name: value for name, value in BANK_ACCOUNT.items() if name != "routing_number"}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.tokens.create({"bank_account": numberless}, {"stripe_account": account})
    assert (refusal.value.code, refusal.value.param) == ("parameter_missing", "bank_account[routing_number]")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, account, account_holder_type="person")
    assert refusal.value.param == "bank_account[account_holder_type]"


def test_accounts_of_other_countries_and_in_other_currencies_are_refused(client, account):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, account, country="JP")
    assert refusal.value.code == "country_unsupported"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, account, currency="eur")
    assert refusal.value.param == "bank_account[currency]"


def test_a_token_of_another_account_is_absent(client, account, other_account):
    token = create(client, account)
    for options in ({"stripe_account": other_account}, {}):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v1.tokens.retrieve(token.id, {}, options)
        assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_there_is_no_list_of_tokens(client):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.raw_request("get", "/v1/tokens")
    assert refusal.value.http_status == 404


def browser_post(local_stripe, form):
    request = urllib.request.Request(
        f"{local_stripe.base}/v1/tokens",
        data=urllib.parse.urlencode(form).encode(),
        headers={"Origin": "https://portal.example"},
    )
    return urllib.request.urlopen(request, timeout=10)


def test_a_browser_makes_a_token_with_the_publishable_key_in_the_form(client, account, local_stripe):
    form = {f"bank_account[{name}]": value for name, value in BANK_ACCOUNT.items()}
    form |= {"key": "pk_test_1", "_stripe_account": account}
    with browser_post(local_stripe, form) as reply:
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert b'"btok_' in reply.read()


def test_a_refusal_can_be_read_by_the_browser_too(account, local_stripe):
    form = {f"bank_account[{name}]": value for name, value in BANK_ACCOUNT.items()}
    form |= {"key": "pk_test_1", "_stripe_account": account, "bank_account[routing_number]": "110000001"}
    with pytest.raises(urllib.error.HTTPError) as refusal:
        browser_post(local_stripe, form)
    assert refusal.value.code == 400
    assert refusal.value.headers["Access-Control-Allow-Origin"] == "*"
    assert b"routing_number_invalid" in refusal.value.read()


def test_the_preflight_of_a_bearer_request_is_answered(local_stripe):
    request = urllib.request.Request(
        f"{local_stripe.base}/v1/tokens",
        method="OPTIONS",
        headers={
            "Origin": "https://portal.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,stripe-account",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        assert reply.status in (200, 204)
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert "POST" in reply.headers["Access-Control-Allow-Methods"]
        allowed = reply.headers["Access-Control-Allow-Headers"].lower()
        assert "authorization" in allowed
        assert "stripe-account" in allowed


def test_a_publishable_key_makes_tokens_and_nothing_else(client, account, local_stripe):
    browser = stripe.StripeClient("pk_test_1", base_addresses={"api": local_stripe.base})
    assert create(browser, account).id.startswith("btok_")
    with pytest.raises(stripe.PermissionError):
        browser.v1.balance.retrieve({}, {"stripe_account": account})
