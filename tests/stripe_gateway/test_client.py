"""The door to Stripe: what it refuses to ask for, how long it waits, and whose turn it is."""

import socket
import subprocess
import sys
import threading
import time

import pytest
from django.db import transaction

from stripe_gateway import budget, client
from stripe_gateway.models import CallBudget

pytestmark = pytest.mark.django_db
NOON = 1_800_000_000 * budget.SECOND


@pytest.mark.parametrize(
    "params", [{"expand": ["number"]}, {"expand": ["data.cvc"]}, {"expand": ["Card.Number"]}, {"include": ["pin"]}]
)
def test_card_data_is_never_asked_for(local_stripe, params):
    with pytest.raises(client.CardDataRefused):
        client.get("/v1/issuing/cards/ic_1", params=params)
    assert local_stripe.requests() == []


@pytest.mark.parametrize(
    "path",
    ["/v1/../x", "/v3/x", "v1/x", "/v1/x?y", "/v1/topups/tu_1#", "https://elsewhere.test/v1/x", "/v1/a b", "/v1/"],
)
def test_only_paths_of_the_api_are_called(path):
    with pytest.raises(ValueError, match="Not a path"):
        client.get(path)


def test_an_account_is_named_the_way_each_family_wants_it(local_stripe):
    for path, family in [("/v1/balance", "v1"), ("/v2/core/events", "events_v2")]:
        with pytest.raises(client.StripeProblem):
            client.get(path, account="acct_nobody", family=family)
    v1, v2 = local_stripe.requests()
    assert v1["headers"]["stripe-account"] == "acct_nobody"
    assert "stripe-context" not in v1["headers"]
    assert v2["headers"]["stripe-context"] == "acct_nobody"
    assert "stripe-account" not in v2["headers"]


def test_personal_data_is_handed_over_with_the_publishable_key(local_stripe):
    token = client.token("person", {"first_name": "Jenny", "id_number": "000000000"})
    [made] = local_stripe.requests()
    assert token.startswith("ct_")
    assert made["headers"]["authorization"].startswith("Bearer pk_test_")
    assert "000000000" not in str(made)


def test_a_list_is_read_page_by_page_in_order(sample, local_stripe):
    for _ in range(5):
        client.send(sample.prepared())
    rows = list(client.list_all("/v1/topups", params={"limit": 2}))
    assert [row["id"] for row in rows] == [row["id"] for row in client.get("/v1/topups")["data"]]
    assert len(rows) == 5
    assert len(list(client.list_all("/v1/topups", params={"limit": 2}, limit=3))) == 3


def test_a_v2_list_is_followed_by_path_alone(sample, local_stripe):
    for _ in range(3):
        client.send(sample.prepared(sample.ACCOUNT))
    rows = list(client.list_all("/v2/core/accounts", family="accounts_v2", params={"limit": 1}))
    assert len({row["id"] for row in rows}) == 3


def test_a_bearer_secret_has_a_key_of_its_own_each_time(sample, local_stripe):
    for _ in range(2):
        client.ephemeral("/v1/topups", params={"amount": 100, "currency": "usd"})
    keys = [call["headers"]["idempotency-key"] for call in local_stripe.requests()]
    assert len(set(keys)) == 2


def test_a_redirect_is_not_followed(settings):
    target, port = listener(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{port}"
    with pytest.raises(client.Unanswered) as problem:
        client.get("/v1/balance")
    target.join(5)
    assert problem.value.http_status == 302


def test_an_answer_from_the_other_mode_is_refused(settings):
    body = b'{"object":"balance","livemode":true}'
    target, port = listener(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{port}"
    with pytest.raises(client.WrongMode):
        client.get("/v1/balance")
    target.join(5)


def test_a_closed_port_means_not_sent(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.STRIPE_API_BASE = f"http://127.0.0.1:{probe.getsockname()[1]}"
        with pytest.raises(client.NotSent):
            client.get("/v1/balance")
        assert not client.reachable()


def test_an_answer_that_drips_is_cut_off(settings, monkeypatch):
    from stripe_gateway import transport

    monkeypatch.setattr(transport, "READ_SECONDS", 0.3)
    target, port = listener(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", drip=b"x" * 10)
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{port}"
    started = time.monotonic()
    with pytest.raises(client.Unanswered):
        client.get("/v1/balance")
    assert time.monotonic() - started < 1.5
    target.join(5)


def listener(answer: bytes, drip: bytes = b"") -> tuple[threading.Thread, int]:
    """A server on a port of its own that answers one request with these bytes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        connection.settimeout(5)
        with server, connection:
            connection.recv(65536)
            connection.sendall(answer)
            for byte in drip:
                time.sleep(0.1)
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return thread, server.getsockname()[1]


@pytest.mark.django_db(transaction=True)
def test_no_call_is_made_inside_a_transaction(local_stripe):
    with transaction.atomic(), pytest.raises(RuntimeError):
        client.get("/v1/balance")
    assert local_stripe.requests() == []


def test_the_sdk_is_not_imported_to_serve_pages():
    code = (
        "import sys, django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "import stripe_gateway.webhooks, stripe_gateway.operations, stripe_gateway.tasks\n"
        "sys.exit('stripe' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def take(times: int, account: str = "", *, urgent: bool) -> list[float]:
    """The waits that so many calls at the same moment were given."""
    return [budget.take(account, urgent=urgent, now=NOON) for _ in range(times)]


def test_calls_wait_for_their_turn_and_people_go_first(settings):
    settings.STRIPE_CALLS_PER_SECOND = 10
    assert take(5, urgent=False) == [0] * 5
    with pytest.raises(client.OwnLimit):
        take(5, urgent=False)
    waits = take(10, urgent=True)
    assert waits[0] == 0
    assert 0 < waits[-1] <= 2
    with pytest.raises(client.OwnLimit):
        take(40, urgent=True)


def test_whatever_a_worker_calls_gives_way_to_people(local_stripe, monkeypatch):
    monkeypatch.setattr(client, "SWEEP_ASKS", 0)
    CallBudget.objects.create(name="platform", free_at=time.time_ns() // 1000 + 5 * budget.SECOND // 2)
    with client.in_background(), pytest.raises(client.OwnLimit):
        client.get("/v1/balance")
    assert budget.take("", urgent=True) >= 0
    assert local_stripe.requests() == []


def test_no_call_begins_after_the_time_of_its_sweep(local_stripe):
    with client.in_background(seconds=0), client.in_background(), pytest.raises(client.OwnLimit):
        client.get("/v1/balance")
    assert local_stripe.requests() == []
    assert client.get("/v1/balance")["object"] == "balance"


def test_one_account_cannot_use_up_the_calls_of_all(settings):
    settings.STRIPE_CALLS_PER_SECOND = 10
    with pytest.raises(client.OwnLimit):
        take(30, "acct_busy", urgent=True)
    assert max(take(5, "acct_other", urgent=True)) < 2


def test_a_429_stops_everybody_for_a_while(settings):
    settings.STRIPE_CALLS_PER_SECOND = 10
    now = time.time_ns() // 1000
    assert budget.take("", urgent=True, now=now) == 0
    budget.drain()
    with pytest.raises(client.OwnLimit):
        budget.take("", urgent=False, now=now)
    assert budget.take("", urgent=True, now=now) > 0


def test_a_clock_that_runs_wrong_does_not_lock_everybody_out():
    CallBudget.objects.create(name="platform", free_at=(time.time_ns() // 1000) + 3_600 * budget.SECOND)
    assert budget.take("", urgent=False) == 0
