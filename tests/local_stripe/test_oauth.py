"""OAuth: who is sent where with what, codes that work once, keys that act for one account, and the end of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import stripe

from tests.local_stripe.receiver import Receiver

CLIENT_ID = "ca_FkyHCg7X8mlvCUdMDao4mMxagUfhIwXb"
RETURN_TO = "http://127.0.0.1:4242/connect/oauth"
TYPED = {"email": "owner@bakery.example", "business_name": "Corner Bakery", "country": "US", "business_type": "company"}


@pytest.fixture
def platform(local_stripe):
    """The platform's client, with a client id."""
    base = local_stripe.base
    return stripe.StripeClient(
        "sk_test_platform", client_id=CLIENT_ID, base_addresses={"api": base, "connect": base, "files": base}
    )


@pytest.fixture
def visitor(local_stripe):
    with httpx.Client(base_url=local_stripe.base) as visitor:
        yield visitor


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def authorize(platform, visitor):
    """A function that goes through the page of an authorize link; returns what the redirect says."""

    def go(action="connect", express=False, form=None, **params):
        link = platform.oauth.authorize_url({"redirect_uri": RETURN_TO, **params}, {"express": express})
        assert visitor.get(link).status_code == 200
        done = visitor.post(link, data={"account": "new", **TYPED, **(form or {}), "action": action})
        assert done.status_code == 303, done.text
        assert done.headers["Location"].startswith(RETURN_TO)
        return {name: values[0] for name, values in parse_qs(urlsplit(done.headers["Location"]).query).items()}

    return go


def exchange(platform, code, **more):
    return platform.oauth.token({"grant_type": "authorization_code", "code": code, **more})


def location(visitor, path, **params) -> dict:
    sent = visitor.get(f"{path}?{urlencode(params)}")
    assert sent.status_code == 303, sent.text
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["Location"]).query).items()}


def test_a_standard_account_is_connected_with_what_was_passed_on(platform, authorize):
    stripe_user = {"business_type": "llc", "first_name": "Jenny", "url": "https://bakery.example", "currency": "usd"}
    told = authorize(scope="read_write", state="s1", stripe_user=stripe_user)
    assert (told["scope"], told["state"]) == ("read_write", "s1")
    connected = exchange(platform, told["code"])
    assert sorted(connected.to_dict()) == [
        "access_token", "livemode", "refresh_token", "scope", "stripe_publishable_key", "stripe_user_id", "token_type",
    ]  # fmt: skip
    account = platform.v1.accounts.retrieve(connected.stripe_user_id).to_dict()
    assert (account["type"], account["email"]) == ("standard", "owner@bakery.example")
    assert account["business_profile"]["url"] == "https://bakery.example"
    assert account["business_profile"]["name"] == "Corner Bakery"
    assert account["details_submitted"] is False
    assert account["controller"]["requirement_collection"] == "stripe"
    assert "company" not in account


def test_an_express_account_gets_what_was_suggested(platform, authorize):
    told = authorize(express=True, suggested_capabilities=["transfers", "card_payments"], stripe_user={"country": "GB"},
                     form={"country": "GB"})  # fmt: skip
    connected = exchange(platform, told["code"], assert_capabilities=["transfers"])
    account = platform.v1.accounts.retrieve(connected.stripe_user_id)
    assert (account.type, account.country, account.default_currency) == ("express", "GB", "gbp")
    assert account.capabilities.to_dict() == {"card_payments": "inactive", "transfers": "inactive"}
    link = platform.v1.account_links.create(
        {"account": account.id, "type": "account_onboarding", "refresh_url": RETURN_TO, "return_url": RETURN_TO}
    )
    assert link.url


def test_skipping_the_form_makes_an_account_that_is_ready(platform, authorize):
    account = platform.v1.accounts.retrieve(exchange(platform, authorize("skip")["code"]).stripe_user_id)
    assert (account.details_submitted, account.charges_enabled, account.payouts_enabled) == (True, True, True)


def test_the_platform_sees_nothing_before_the_exchange(platform, authorize, local_stripe):
    authorize()
    assert platform.v1.accounts.list().data == []
    waiting = local_stripe.control("oauth/authorizations")["authorizations"]
    assert [(one["client_id"], one["state"], one["scope"]) for one in waiting] == [(CLIENT_ID, "waiting", "read_only")]
    with pytest.raises(stripe.PermissionError):
        platform.v1.accounts.retrieve(waiting[0]["account"])


def test_a_code_that_comes_twice_ends_the_connection(platform, authorize):
    code = authorize(scope="read_write")["code"]
    connected = exchange(platform, code)
    with pytest.raises(stripe.oauth_error.InvalidGrantError) as refused:
        exchange(platform, code)
    assert refused.value.json_body == {
        "error": "invalid_grant",
        "error_description": "This authorization code has already been used. "
        "All tokens issued with this code have been revoked.",
    }
    with pytest.raises(stripe.PermissionError) as gone:
        platform.v1.accounts.retrieve(connected.stripe_user_id)
    assert gone.value.error.code == "account_invalid"
    with pytest.raises(stripe.AuthenticationError):
        platform.v1.balance.retrieve({}, {"api_key": connected.access_token})
    with pytest.raises(stripe.oauth_error.InvalidGrantError):
        platform.oauth.token({"grant_type": "refresh_token", "refresh_token": connected.refresh_token})


def test_a_repeat_under_the_same_idempotency_key_counts_as_a_second_use(platform, authorize):
    params = {"grant_type": "authorization_code", "code": authorize()["code"]}
    connected = platform.oauth.token(params, {"idempotency_key": "one"})
    with pytest.raises(stripe.oauth_error.InvalidGrantError):
        platform.oauth.token(params, {"idempotency_key": "one"})
    with pytest.raises(stripe.PermissionError):
        platform.v1.accounts.retrieve(connected.stripe_user_id)


def test_two_exchanges_at_once_succeed_at_most_once(platform, authorize):
    code = authorize()["code"]

    def attempt(_) -> str:
        try:
            return exchange(platform, code).stripe_user_id
        except stripe.oauth_error.InvalidGrantError:
            return ""

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, range(4)))
    assert len([answer for answer in answers if answer]) == 1
    assert platform.v1.accounts.list().data == []


def test_a_code_dies_after_five_minutes(platform, authorize, local_stripe):
    early, late = authorize()["code"], authorize()["code"]
    local_stripe.advance(290)
    assert exchange(platform, early).stripe_user_id
    local_stripe.advance(20)
    with pytest.raises(stripe.oauth_error.InvalidGrantError):
        exchange(platform, late)
    assert len(platform.v1.accounts.list().data) == 1


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "ac_unknown"}, "invalid_grant"),
        ({"grant_type": "password", "code": "ac_1"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "rt_unknown"}, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "ac_1", "unheard_of": "1"}, "invalid_request"),
        ({"grant_type[]": "authorization_code"}, "invalid_request"),
    ],
)
def test_refusals_of_the_exchange_are_flat(local_stripe, params, error):
    answer = httpx.post(f"{local_stripe.base}/oauth/token", data=params, auth=("sk_test_platform", ""))
    assert answer.status_code == 400
    assert sorted(answer.json()) == ["error", "error_description"]
    assert answer.json()["error"] == error


def test_the_exchange_needs_a_secret_key(local_stripe):
    for auth, status in ((None, 401), (("wrong", ""), 401), (("pk_test_platform", ""), 403)):
        answer = httpx.post(f"{local_stripe.base}/oauth/token", data={"grant_type": "authorization_code"}, auth=auth)
        assert answer.status_code == status


def test_access_tokens_act_for_their_account_only(platform, authorize):
    connected = exchange(platform, authorize("skip", scope="read_write")["code"])
    theirs = {"api_key": connected.access_token}
    assert platform.v1.accounts.retrieve_current({}, theirs).id == connected.stripe_user_id
    with pytest.raises(stripe.StripeError):
        platform.v1.accounts.create({"type": "custom", "country": "US"}, theirs)


def test_access_for_reading_only_reads(platform, authorize):
    account = exchange(platform, authorize("skip", scope="read_only")["code"]).stripe_user_id
    on = {"stripe_account": account}
    assert platform.v1.balance.retrieve({}, on).object == "balance"
    token = {"bank_account": {"country": "US", "currency": "usd", "routing_number": "110000000",
                              "account_number": "000123456789"}}  # fmt: skip
    with pytest.raises(stripe.PermissionError):
        platform.v1.tokens.create(token, on)


def test_refreshing_gives_another_token_for_as_much_or_less(platform, authorize):
    connected = exchange(platform, authorize(scope="read_write")["code"])
    params = {"grant_type": "refresh_token", "refresh_token": connected.refresh_token}
    same, less = platform.oauth.token(params), platform.oauth.token({**params, "scope": "read_only"})
    assert (same.scope, less.scope) == ("read_write", "read_only")
    assert len({connected.access_token, same.access_token, less.access_token}) == 3
    reader = exchange(platform, authorize(scope="read_only")["code"])
    with pytest.raises(stripe.oauth_error.InvalidScopeError):
        platform.oauth.token({**params, "refresh_token": reader.refresh_token, "scope": "read_write"})


def test_asserted_capabilities_must_be_there(platform, authorize):
    code = authorize(express=True, suggested_capabilities=["transfers"])["code"]
    with pytest.raises(stripe.oauth_error.InvalidRequestError):
        exchange(platform, code, assert_capabilities=["card_payments"])
    assert exchange(platform, code, assert_capabilities=["transfers"]).scope == "express"


def test_connecting_and_letting_go_are_told_to_connect_endpoints(platform, authorize, receiver):
    types = ["account.application.authorized", "account.application.deauthorized"]
    platform.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": types, "connect": True})
    account = exchange(platform, authorize()["code"]).stripe_user_id
    assert platform.oauth.deauthorize({"stripe_user_id": account}).stripe_user_id == account
    told = [json.loads(body) for body, _ in receiver.wait_for(2)]
    assert sorted(one["type"] for one in told) == types
    assert {one["account"] for one in told} == {account}
    assert {one["data"]["object"]["id"] for one in told} == {CLIENT_ID}
    with pytest.raises(stripe.PermissionError) as refused:
        platform.v1.balance.retrieve({}, {"stripe_account": account})
    assert refused.value.error.code == "account_invalid"


def test_the_same_account_can_come_back(platform, authorize):
    account = exchange(platform, authorize()["code"]).stripe_user_id
    platform.oauth.deauthorize({"stripe_user_id": account})
    again = exchange(platform, authorize(form={"account": account})["code"])
    assert again.stripe_user_id == account
    assert platform.v1.accounts.retrieve(account).email == TYPED["email"]


@pytest.mark.parametrize("type", ["custom", "express"])
def test_only_accounts_with_a_full_dashboard_are_let_go(platform, type):
    wishes = {"capabilities": {"transfers": {"requested": True}}}
    account = platform.v1.accounts.create({"type": type, "country": "US", **wishes}).id
    with pytest.raises(stripe.oauth_error.InvalidRequestError):
        platform.oauth.deauthorize({"stripe_user_id": account})
    assert platform.v1.accounts.retrieve(account).id == account


def test_nobody_lets_go_what_is_not_connected(platform, authorize):
    with pytest.raises(stripe.oauth_error.InvalidClientError) as refused:
        platform.oauth.deauthorize({"stripe_user_id": "acct_unknown"})
    assert refused.value.http_status == 401
    account = exchange(platform, authorize()["code"]).stripe_user_id
    for other in ("ca_other", "nobody"):
        with pytest.raises(stripe.oauth_error.InvalidClientError):
            platform.oauth.deauthorize({"client_id": other, "stripe_user_id": account})
    with pytest.raises(stripe.oauth_error.InvalidRequestError):
        platform.oauth.deauthorize({"stripe_user_id": ""})


def test_links_that_cannot_be_answered_show_a_page(visitor, local_stripe):
    good = {"client_id": CLIENT_ID, "response_type": "code", "redirect_uri": RETURN_TO}
    for wrong in ({"client_id": "unknown"}, {"client_id": ""}, {"redirect_uri": "https://evil.example/"},
                  {"redirect_uri": "javascript:alert(1)"}, {"redirect_uri": ""}):  # fmt: skip
        page = visitor.get(f"/oauth/authorize?{urlencode({**good, **wrong})}")
        assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
        assert "This link does not work" in page.text
    local_stripe.control("oauth/redirect_uris", {"redirect_uris": ["https://desk.example/connect"]})
    assert visitor.get(f"/oauth/authorize?{urlencode(good)}").status_code == 400
    registered = {**good, "redirect_uri": "https://desk.example/connect"}
    assert visitor.get(f"/oauth/authorize?{urlencode(registered)}").status_code == 200
    assert visitor.get(f"/oauth/authorize?{urlencode({**good, 'redirect_uri': ''})}").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"suggested_capabilities[]": "unheard_of"}, "invalid_request"),
        ({"suggested_capabilities[0]": "card_issuing"}, "invalid_request"),
    ],
)
def test_other_mistakes_go_back_with_the_state(visitor, wrong, error):
    good = {"client_id": CLIENT_ID, "response_type": "code", "redirect_uri": RETURN_TO, "state": "s1"}
    told = location(visitor, "/oauth/authorize", **{**good, **wrong})
    assert (told["error"], told["state"]) == (error, "s1")


def test_details_of_a_new_account_are_checked_on_the_page(platform, visitor):
    link = platform.oauth.authorize_url({"redirect_uri": RETURN_TO, "stripe_user": {"email": "a@example.com"}})
    typed = {"account": "new", **TYPED, "email": "nobody", "action": "connect"}
    refused = visitor.post(link, data=typed)
    assert refused.status_code == 422
    assert 'aria-describedby="email-problem"' in refused.text
    assert 'value="Corner Bakery"' in refused.text
    assert visitor.post(link, data={**typed, "account": "acct_other"}).status_code == 422
    assert platform.v1.accounts.list().data == []


def test_prefilled_details_are_shown_as_text(platform, visitor):
    user = {"email": '"><script>', "first_name": "<b>Jenny</b>"}
    page = visitor.get(platform.oauth.authorize_url({"redirect_uri": RETURN_TO, "stripe_user": user}))
    assert "<script>" not in page.text
    assert "&lt;b&gt;Jenny&lt;/b&gt;" in page.text


def test_the_next_exchange_can_be_made_to_fail_or_hang(platform, authorize, local_stripe):
    code = authorize()["code"]
    local_stripe.control("oauth/next_exchange", {"error": "invalid_client", "status": 401})
    with pytest.raises(stripe.oauth_error.InvalidClientError):
        exchange(platform, code)
    local_stripe.fault("503", path="/oauth/token")
    with pytest.raises(stripe.APIError):
        exchange(platform, code)
    local_stripe.fault("hang", path="/oauth/token", seconds=0.2)
    assert exchange(platform, code).stripe_user_id


def test_an_answer_that_was_lost_leaves_a_used_code(platform, authorize, local_stripe):
    code = authorize()["code"]
    local_stripe.fault("drop_after", path="/oauth/token")
    with pytest.raises(stripe.APIConnectionError):
        exchange(platform, code)
    assert [one["state"] for one in local_stripe.control("oauth/authorizations")["authorizations"]] == ["used"]
    assert len(platform.v1.accounts.list().data) == 1


def test_an_owner_can_take_access_away(platform, authorize, local_stripe):
    account = exchange(platform, authorize()["code"]).stripe_user_id
    local_stripe.control(f"accounts/{account}/disconnect", {})
    with pytest.raises(stripe.PermissionError):
        platform.v1.accounts.retrieve(account)
