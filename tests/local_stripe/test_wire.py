"""Wire conventions: authentication, encodings, versions, scope, errors, pagination, expansion."""

import base64

import httpx
import pytest
import stripe

from tests.local_stripe.conftest import BANK_ACCOUNT, BUSINESS, PREVIEW

SECRET = {"Authorization": "Bearer sk_test_platform"}


@pytest.fixture
def http(local_stripe):
    with httpx.Client(base_url=local_stripe.base, headers=SECRET) as client:
        yield client


def error(reply) -> dict:
    return reply.json()["error"]


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer sk_test_abc",
        "Basic " + base64.b64encode(b"sk_test_abc:").decode(),
        "Basic " + base64.b64encode(b"sk_test_abc").decode(),
    ],
)
def test_any_test_secret_key_is_the_platforms(local_stripe, authorization):
    reply = httpx.get(f"{local_stripe.base}/v1/balance", headers={"Authorization": authorization})
    assert reply.status_code == 200
    assert reply.headers["Request-Id"].startswith("req_")


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer sk_live_abc", "Bearer nonsense", "Basic %%%"])
def test_other_keys_are_refused(local_stripe, authorization):
    headers = {"Authorization": authorization} if authorization else {}
    reply = httpx.get(f"{local_stripe.base}/v1/balance", headers=headers)
    assert reply.status_code == 401
    assert error(reply)["type"] == "invalid_request_error"
    assert "code" not in error(reply)


def test_a_publishable_key_may_only_make_tokens(local_stripe):
    reply = httpx.get(f"{local_stripe.base}/v1/balance", headers={"Authorization": "Bearer pk_test_abc"})
    assert reply.status_code == 403


def test_the_package_raises_its_own_exceptions(local_stripe):
    base = local_stripe.base
    bases = {"api": base, "connect": base, "files": base}
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("sk_live_wrong", base_addresses=bases).v1.balance.retrieve()
    client = stripe.StripeClient("sk_test_right", base_addresses=bases)
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.topups.retrieve("tu_none")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    assert missing.value.request_id.startswith("req_")
    with pytest.raises(stripe.PermissionError) as foreign:
        client.v1.balance.retrieve({}, {"stripe_account": "acct_foreign"})
    assert foreign.value.json_body["error"]["code"] == "account_invalid"


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ("currency=usd", "parameter_missing", "amount"),
        ("amount=100&currency=usd&foo=1", "parameter_unknown", "foo"),
        ("amount=1.5&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=abc&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=&currency=usd", "parameter_invalid_empty", "amount"),
        ("amount[x]=1&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=100&currency=usd&destination_balance=savings", None, "destination_balance"),
        ("amount=100&currency=usd&metadata=text", None, "metadata"),
        ("amount=100&currency=usd&payment_method_options[us_bank_account][foo]=1", "parameter_unknown",
         "payment_method_options[us_bank_account][foo]"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused_by_name(http, body, code, param):
    reply = http.post("/v1/topups", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert reply.status_code == 400
    assert (error(reply).get("code"), error(reply)["param"]) == (code, param)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"\xff\xfe=1"),
        ("application/x-www-form-urlencoded", b"amount[b=1"),
        ("application/x-www-form-urlencoded", b"a" + b"[x]" * 5000 + b"=1"),
        ("application/x-www-form-urlencoded", b"amount=100&currency=usd&description=%00"),
        ("application/x-www-form-urlencoded", b"amount=100&currency=usd&metadata[a][b]=1"),
        ("multipart/form-data", b"no boundary"),
        ("application/json", b'{"amount": 100}'),
    ],
)
def test_malformed_v1_bodies_are_refused(http, content_type, body):
    assert http.post("/v1/topups", content=body, headers={"Content-Type": content_type}).status_code == 400


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"[]", b"{", b'{"display_name": "\\ud800"}', b'{"metadata": {"a": 1}}']
)
def test_malformed_v2_bodies_are_refused(http, body):
    assert http.post("/v2/core/accounts", content=body, headers={"Stripe-Version": PREVIEW}).status_code == 400


def test_unknown_urls_are_refused(http):
    assert http.put("/v1/topups").status_code == 404
    assert http.get("/v1/nothing").status_code == 404
    assert http.delete("/v1/balance").status_code == 404


def test_lists_may_be_indexed_or_empty_brackets(http):
    for body in ("enabled_events[0]=topup.created&enabled_events[1]=topup.failed",
                 "enabled_events[]=topup.created&enabled_events[]=topup.failed"):  # fmt: skip
        reply = http.post(
            "/v1/webhook_endpoints",
            content=body + "&url=https://example.com/hook",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert reply.json()["enabled_events"] == ["topup.created", "topup.failed"]


def test_multipart_bodies_are_forms_too(http):
    reply = http.post("/v1/topups", files={"amount": (None, "100"), "currency": (None, "usd")})
    assert reply.json()["amount"] == 100


def test_metadata_keeps_every_key_its_owner_chose(client):
    topup = client.v1.topups.create({"amount": 100, "currency": "usd", "metadata": {"_private": "1", "order": "2"}})
    assert client.v1.topups.retrieve(topup.id).metadata.to_dict() == {"_private": "1", "order": "2"}


def test_v2_needs_a_version_and_speaks_json(http):
    reply = http.post("/v2/core/accounts", json={})
    assert reply.status_code == 400
    reply = http.post("/v2/core/accounts", content="a=b", headers={"Stripe-Version": PREVIEW})
    assert reply.status_code == 400
    assert http.get("/v2/core/accounts", headers={"Stripe-Version": "yesterday"}).status_code == 400


def test_v2_refuses_unknown_fields_and_wrong_types_by_path(http):
    headers = {"Stripe-Version": PREVIEW}
    reply = http.post("/v2/core/accounts", json={"identity": {"shoe_size": 43}}, headers=headers)
    assert (reply.status_code, error(reply)["param"]) == (400, "identity.shoe_size")
    reply = http.post("/v2/core/accounts", json={"display_name": 7}, headers=headers)
    assert (reply.status_code, error(reply)["param"]) == (400, "display_name")


def test_without_a_preview_version_cards_are_unknown(client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v2.core.accounts.create(BUSINESS)
    assert refused.value.json_body["error"]["param"] == "configuration.card_creator"
    account = client.v2.core.accounts.create(BUSINESS, {"stripe_version": PREVIEW})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v2.core.accounts.retrieve(account.id, {"include": ["configuration.card_creator"]})
    assert refused.value.http_status == 400


def test_storage_is_named_as_the_version_names_it(client):
    account = client.v2.core.accounts.create(BUSINESS, {"stripe_version": PREVIEW})
    old = client.v2.core.accounts.retrieve(account.id, None, {"stripe_version": "2026-06-10.preview"}).to_dict()
    new = client.v2.core.accounts.retrieve(account.id, None, {"stripe_version": "2026-06-24.preview"}).to_dict()
    assert "storer" in old["configuration"]
    assert "money_manager" not in old["configuration"]
    assert "money_manager" in new["configuration"]
    with pytest.raises(stripe.InvalidRequestError):
        client.v2.core.accounts.update(
            account.id,
            {"configuration": {"storer": {"capabilities": {"holds_currencies": {"usdc": {"requested": True}}}}}},
            {"stripe_version": "2026-10-14.preview"},
        )


@pytest.mark.parametrize(("version", "shows"), [(PREVIEW, True), ("2026-09-30.preview", False)])
def test_requested_shows_in_the_old_dialect_only(client, version, shows):
    account = client.v2.core.accounts.create(BUSINESS, {"stripe_version": PREVIEW})
    include = {"include": ["configuration.recipient", "requirements"]}
    view = client.v2.core.accounts.retrieve(account.id, include, {"stripe_version": version}).to_dict()
    transfers = view["configuration"]["recipient"]["capabilities"]["stripe_balance"]["stripe_transfers"]
    assert ("requested" in transfers) is shows
    assert ("collector" in view["requirements"]) is shows
    client.v1.accounts.persons.create(account.id, {"relationship": {"representative": True}})
    view = client.v2.core.accounts.retrieve(account.id, include, {"stripe_version": version}).to_dict()
    types = {entry["reference"]["type"] for entry in view["requirements"]["entries"] if entry["reference"]}
    assert types == {"resource" if shows else "person"}


def test_v1_lists_page_by_object_id(client):
    made = [client.v1.topups.create({"amount": 100 + n, "currency": "usd"}).id for n in range(5)]
    newest_first = made[::-1]
    first = client.v1.topups.list({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (newest_first[:2], True)
    rest = client.v1.topups.list({"limit": 3, "starting_after": newest_first[1]})
    assert ([one.id for one in rest.data], rest.has_more) == (newest_first[2:], False)
    back = client.v1.topups.list({"limit": 2, "ending_before": newest_first[3]})
    assert ([one.id for one in back.data], back.has_more) == (newest_first[1:3], True)
    assert [one.id for one in client.v1.topups.list({"limit": 2}).auto_paging_iter()] == newest_first
    for wrong in ({"limit": 0}, {"limit": 101}, {"starting_after": "tu_none"}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.topups.list(wrong)


def test_v2_lists_page_by_url(client):
    options = {"stripe_version": PREVIEW}
    made = [client.v2.core.accounts.create(BUSINESS, options).id for _ in range(5)]
    first = client.v2.core.accounts.list({"limit": 2}, options)
    assert [one.id for one in first.data] == made[::-1][:2]
    assert first.previous_page_url is None
    assert [one.id for one in first.auto_paging_iter()] == made[::-1]
    second = client.raw_request("get", first.next_page_url, stripe_version=PREVIEW).data
    again = client.raw_request("get", second["previous_page_url"], stripe_version=PREVIEW).data
    assert [one["id"] for one in again["data"]] == made[::-1][:2]


def test_accounts_do_not_see_each_other(client, local_stripe):
    options = {"stripe_version": PREVIEW}
    one, other = (client.v2.core.accounts.create(BUSINESS, options).id for _ in range(2))
    for id in (one, other):
        local_stripe.activate(id)
    token = client.v1.tokens.create({"bank_account": BANK_ACCOUNT}, {"stripe_account": one})
    for stranger in ({}, {"stripe_account": other}, {"stripe_context": other}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.tokens.retrieve(token.id, {}, stranger)
        assert refused.value.code == "resource_missing"
    assert client.v1.tokens.retrieve(token.id, {}, {"stripe_context": f"acct_x/{one}"}).id == token.id
    with pytest.raises(stripe.PermissionError):
        client.v1.accounts.retrieve(one, {}, {"stripe_account": other})


def test_expand_replaces_ids_and_refuses_what_has_none(client):
    client.v1.topups.create({"amount": 100, "currency": "usd"})
    listed = client.v1.topups.list({"expand": ["data.balance_transaction"]})
    assert listed.data[0].balance_transaction is None
    for path in ("data.amount", "data.nonsense", "a.b.c.d.e"):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.topups.list({"expand": [path]})
