"""The process itself: the rate limit, restarts, and enough speed for everything that runs beside it."""

import socket
import subprocess
import sys
import time
from http.client import HTTPConnection

import httpx
import pytest

from tests.conftest import ROOT

SECRET = {"Authorization": "Bearer sk_test_a"}
WANTED_PER_SECOND = 300


@pytest.fixture
def start(tmp_path):
    """A function that starts a local Stripe of its own on the same file each time; returns its address."""
    running = []

    def run(*options: str) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "local_stripe",
            "--port",
            str(port),
            "--data",
            str(tmp_path / "stripe.sqlite3"),
        ]
        process = subprocess.Popen([*command, *options], cwd=ROOT)
        running.append(process)
        base, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 20
        while True:
            try:
                httpx.get(f"{base}/_control/clock")
                return base
            except httpx.ConnectError:
                assert process.poll() is None, "it ended"
                assert time.monotonic() < deadline, "it did not start"
                time.sleep(0.05)

    run.running = running
    yield run
    for process in running:
        process.kill()
        process.wait()


def test_more_requests_than_the_limit_are_refused_with_the_reason(start):
    base = start("--rate-limit", "25")
    with httpx.Client(base_url=base, headers=SECRET) as client:
        replies = [client.get("/v1/balance") for _ in range(40)]
        refused = [reply for reply in replies if reply.status_code == 429]
        assert refused
        assert refused[0].headers["Stripe-Rate-Limited-Reason"] == "global-rate"
        assert refused[0].json()["error"]["code"] == "rate_limit"
        assert client.get("/_control/clock").status_code == 200
        time.sleep(1.1)
        assert client.get("/v1/balance").status_code == 200


def test_everything_survives_a_kill(start):
    base = start("--rate-limit", "0")
    topup = httpx.post(f"{base}/v1/topups", data={"amount": 100, "currency": "usd"}, headers=SECRET).json()
    httpx.post(f"{base}/_control/clock", json={"advance_seconds": 1000})
    before = httpx.get(f"{base}/_control/clock").json()["offset_seconds"]
    start.running[0].kill()
    start.running[0].wait()
    base = start("--rate-limit", "0")
    assert httpx.get(f"{base}/v1/topups/{topup['id']}", headers=SECRET).json() == topup
    assert httpx.get(f"{base}/_control/clock").json()["offset_seconds"] == before


def test_it_is_fast_enough(local_stripe):
    """The best of several short runs, so that what else the machine does cannot fail it."""
    connection = HTTPConnection(local_stripe.base.removeprefix("http://"))
    assert max(requests_per_second(connection, 50) for _ in range(10)) > WANTED_PER_SECOND


def requests_per_second(connection: HTTPConnection, count: int) -> float:
    started = time.perf_counter()
    for _ in range(count):
        connection.request("GET", "/v1/balance", headers=SECRET)
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200
    return count / (time.perf_counter() - started)


def test_the_control_index_names_every_route(local_stripe):
    index = local_stripe.control("")
    paths = {route["path"] for route in index["routes"]}
    assert {"/_control/clock", "/_control/faults", "/_control/requests", "/_control/reset", "/_control/objects",
            "/_control/accounts/{id}/activate", "/_control/accounts/{id}/fund"} <= paths  # fmt: skip
    assert all(route["does"] for route in index["routes"])
    assert {"drop_after", "500_late"} <= index["call_faults"].keys()


def test_reset_may_keep_the_endpoints(client, local_stripe):
    client.v1.webhook_endpoints.create({"url": "https://example.com/hook", "enabled_events": ["*"]})
    local_stripe.control("reset", {"keep_endpoints": True})
    assert len(client.v1.webhook_endpoints.list().data) == 1
    local_stripe.control("reset", {})
    assert client.v1.webhook_endpoints.list().data == []
