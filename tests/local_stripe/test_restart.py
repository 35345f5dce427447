import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error

import pytest
import stripe

from tests.conftest import ROOT, LocalStripe


@pytest.fixture
def start(tmp_path):
    """A function that starts local Stripe on one file and one port, again and again; returns it with its controls."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "local_stripe", "--port", str(port), "--data", str(tmp_path / "stripe.sqlite3")]
    started = []

    def run() -> tuple[subprocess.Popen, LocalStripe]:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        started.append(process)
        stripe = LocalStripe(f"http://127.0.0.1:{port}")
        for _ in range(200):
            try:
                stripe.control("clock")
                return process, stripe
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise TimeoutError("local Stripe did not start")

    yield run
    for process in started:
        process.kill()
        process.wait(10)


def test_a_pending_top_up_arrives_although_local_stripe_was_killed(start):
    process, controls = start()
    client = stripe.StripeClient("sk_test_platform", base_addresses={"api": controls.base})
    topup = client.v1.topups.create({"amount": 2000, "currency": "usd"})
    controls.advance(3600)
    before = controls.control("clock")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)

    _, controls = start()
    assert controls.control("clock")["offset_seconds"] == before["offset_seconds"]
    assert client.v1.topups.retrieve(topup.id).status == "pending"
    controls.advance(14 * 24 * 3600)
    assert client.v1.topups.retrieve(topup.id).status == "succeeded"
    assert client.v1.balance.retrieve().available[0].amount == 2000
    assert controls.control("ledger")["balanced"]
