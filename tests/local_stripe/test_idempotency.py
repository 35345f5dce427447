"""Idempotency keys, as v1 and as v2 keep them."""

import threading

import httpx
import pytest
import stripe

from tests.local_stripe.conftest import BUSINESS, PREVIEW

TOPUP = {"amount": 100, "currency": "usd"}
DAY = 24 * 3600


def post(local_stripe, path, key, data, **headers):
    headers |= {"Authorization": "Bearer sk_test_a", "Idempotency-Key": key}
    return httpx.post(f"{local_stripe.base}{path}", data=data, headers=headers, timeout=30)


def test_the_same_key_acts_once_and_replays(client, local_stripe):
    first = post(local_stripe, "/v1/topups", "k1", TOPUP)
    again = post(local_stripe, "/v1/topups", "k1", TOPUP)
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert len(local_stripe.list("topup")) == 1


def test_other_parameters_or_path_under_the_key_are_refused(local_stripe):
    first = post(local_stripe, "/v1/topups", "k2", TOPUP).json()
    for path, data in (("/v1/topups", {**TOPUP, "amount": 101}), (f"/v1/topups/{first['id']}/cancel", {})):
        reply = post(local_stripe, path, "k2", data)
        assert (reply.status_code, reply.json()["error"]["type"]) == (400, "idempotency_error")


def test_the_package_calls_it_an_idempotency_error(client):
    client.v1.topups.create(TOPUP, {"idempotency_key": "k3"})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.topups.create({**TOPUP, "amount": 5}, {"idempotency_key": "k3"})


def test_errors_of_execution_replay_and_errors_of_validation_do_not(local_stripe):
    missing = {**TOPUP, "source": "src_none"}
    assert "Idempotent-Replayed" not in post(local_stripe, "/v1/topups", "k4", missing).headers
    assert post(local_stripe, "/v1/topups", "k4", missing).headers["Idempotent-Replayed"] == "true"
    assert post(local_stripe, "/v1/topups", "k5", {"currency": "usd"}).status_code == 400
    assert post(local_stripe, "/v1/topups", "k5", TOPUP).status_code == 200


def test_a_stored_500_replays(local_stripe):
    local_stripe.fault("500_after", path="/v1/topups")
    assert post(local_stripe, "/v1/topups", "k6", TOPUP).status_code == 500
    again = post(local_stripe, "/v1/topups", "k6", TOPUP)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (500, "true")
    assert len(local_stripe.list("topup")) == 1


def test_keys_are_forgotten_after_a_day_of_the_clock(local_stripe):
    first = post(local_stripe, "/v1/topups", "k7", TOPUP).json()
    local_stripe.advance(DAY - 60)
    assert post(local_stripe, "/v1/topups", "k7", TOPUP).json()["id"] == first["id"]
    local_stripe.advance(120)
    assert post(local_stripe, "/v1/topups", "k7", TOPUP).json()["id"] != first["id"]


def test_a_key_in_use_is_refused_until_its_request_is_done(local_stripe):
    local_stripe.fault("hang", path="/v1/topups", seconds=1)
    replies = []
    slow = threading.Thread(target=lambda: replies.append(post(local_stripe, "/v1/topups", "k8", TOPUP)))
    slow.start()
    while not [entry for entry in local_stripe.requests() if entry["path"] == "/v1/topups"]:
        pass
    reply = post(local_stripe, "/v1/topups", "k8", TOPUP)
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "idempotency_key_in_use")
    slow.join()
    assert post(local_stripe, "/v1/topups", "k8", TOPUP).json() == replies[0].json()


def test_v2_replays_success_for_thirty_days(client, local_stripe):
    options = {"stripe_version": PREVIEW, "idempotency_key": "v2-1"}
    first = client.v2.core.accounts.create(BUSINESS, options).id
    local_stripe.advance(29 * DAY)
    assert client.v2.core.accounts.create(BUSINESS, options).id == first
    local_stripe.advance(2 * DAY)
    assert client.v2.core.accounts.create(BUSINESS, options).id != first


def test_v2_lets_a_failed_request_be_tried_again(client, local_stripe):
    options = {"stripe_version": PREVIEW, "idempotency_key": "v2-2"}
    local_stripe.fault("500_before", path="/v2/core/accounts")
    with pytest.raises(stripe.APIError):
        client.v2.core.accounts.create(BUSINESS, options)
    first = client.v2.core.accounts.create(BUSINESS, options).id
    local_stripe.fault("500_after", path="/v2/core/accounts")
    options["idempotency_key"] = "v2-3"
    with pytest.raises(stripe.APIError):
        client.v2.core.accounts.create(BUSINESS, options)
    second = client.v2.core.accounts.create(BUSINESS, options).id
    assert {one["id"] for one in local_stripe.list("account")} == {first, second}
