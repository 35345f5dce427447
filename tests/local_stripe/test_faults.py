"""Every planned fault strikes as it says, and leaves the books as it says."""

import time

import httpx
import pytest
import stripe

TOPUP = {"amount": 100, "currency": "usd"}


@pytest.mark.parametrize(("kind", "effects"), [("refuse", 0), ("drop_before", 0), ("drop_after", 1), ("truncate", 1)])
def test_a_broken_connection(client, local_stripe, kind, effects):
    local_stripe.fault(kind, path="/v1/topups")
    with pytest.raises(stripe.APIConnectionError):
        client.v1.topups.create(TOPUP, {"idempotency_key": f"key-{kind}"})
    assert len(local_stripe.list("topup")) == effects
    assert client.v1.topups.create(TOPUP, {"idempotency_key": f"key-{kind}"}).amount == 100
    assert len(local_stripe.list("topup")) == 1


@pytest.mark.parametrize(
    ("kind", "status", "effects"),
    [("400", 400, 0), ("401", 401, 0), ("402", 402, 0), ("403", 403, 0), ("404", 404, 0), ("409", 409, 0),
     ("429", 429, 0), ("429_lock", 429, 0), ("503", 503, 0), ("500_before", 500, 0), ("500_after", 500, 1)],
)  # fmt: skip
def test_an_error_answer(client, local_stripe, kind, status, effects):
    local_stripe.fault(kind, path="/v1/topups", method="POST")
    with pytest.raises(stripe.StripeError) as raised:
        client.v1.topups.create(TOPUP)
    assert raised.value.http_status == status
    assert ("stripe-rate-limited-reason" in {name.lower() for name in raised.value.headers}) is (kind == "429")
    assert len(local_stripe.list("topup")) == effects


def test_a_500_whose_effect_comes_late(client, local_stripe):
    local_stripe.fault("500_late", path="/v1/topups", seconds=0.3)
    with pytest.raises(stripe.APIError):
        client.v1.topups.create(TOPUP)
    assert local_stripe.list("topup") == []
    deadline = time.monotonic() + 5
    while not local_stripe.list("topup"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("kind", ["hang", "hang_after"])
def test_a_client_that_gives_up_on_a_hanging_call(local_stripe, kind):
    local_stripe.fault(kind, path="/v1/topups", seconds=0.6)
    headers = {"Authorization": "Bearer sk_test_a"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{local_stripe.base}/v1/topups", data=TOPUP, headers=headers, timeout=0.2)
    assert len(local_stripe.list("topup")) == (1 if kind == "hang_after" else 0)
    time.sleep(0.8)
    assert len(local_stripe.list("topup")) == 1


def test_faults_count_and_match_paths(client, local_stripe):
    local_stripe.fault("429", path="/v1/top*", times=2, skip=1)
    outcomes = []
    for _ in range(4):
        try:
            client.v1.topups.create(TOPUP)
            outcomes.append("done")
        except stripe.RateLimitError:
            outcomes.append("limited")
    assert outcomes == ["done", "limited", "limited", "done"]
    assert client.v1.balance.retrieve()
    local_stripe.fault("429", path="/v1/topups", times=5)
    assert local_stripe.control("faults", method="DELETE") == {"faults": []}
    assert client.v1.topups.create(TOPUP)


def test_control_routes_are_never_faulted_and_refuse_nonsense(local_stripe):
    local_stripe.fault("500_before", path="*", times=100)
    assert local_stripe.control("clock")["offset_seconds"] == 0
    for body in ({"kind": "meteor"}, {"kind": "429", "colour": "red"}):
        reply = httpx.post(f"{local_stripe.base}/_control/faults", json=body)
        assert reply.status_code == 400
    assert httpx.get(f"{local_stripe.base}/_control/nothing").status_code == 404


def test_the_request_log_knows_everything_but_keys(client, local_stripe, account):
    client.v1.topups.create({**TOPUP}, {"idempotency_key": "logged"})
    entry = local_stripe.requests()[-1]
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/v1/topups", 200)
    assert entry["params"] == {"amount": "100", "currency": "usd"}
    assert entry["headers"]["idempotency-key"] == "logged"
    assert "sk_test_platform" not in str(local_stripe.requests())


def test_values_nobody_has_heard_of(client, local_stripe):
    local_stripe.fault("unknown_values", path="/v1/topups")
    topup = client.v1.topups.create(TOPUP).to_dict()
    assert (topup["status"], topup["unheard_of"]) == ("unheard_of", {"nested": True})
    assert client.v1.topups.retrieve(topup["id"]).status == "pending"


def test_headers_can_be_added_to_a_planned_refusal(client, local_stripe):
    local_stripe.fault("429_lock", path="/v1/topups", headers={"Stripe-Should-Retry": "true"})
    with pytest.raises(stripe.RateLimitError) as raised:
        client.v1.topups.create(TOPUP)
    assert raised.value.headers["stripe-should-retry"] == "true"
