"""What every test shares: an environment of its own, and a real local Stripe process spoken to over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


class LocalStripe:
    """The controls of a running local Stripe, for tests: clock, faults, books, request log."""

    def __init__(self, base: str):
        self.base = base

    def control(self, path: str, body: dict | None = None, method: str | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.base}/_control/{path}",
            data=data,
            method=method or ("POST" if body is not None else "GET"),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read() or "null")

    def reset(self):
        return self.control("reset", {})

    def advance(self, seconds: int):
        return self.control("clock", {"advance_seconds": seconds})

    def fault(self, kind: str, *, path: str = "", times: int = 1, **more):
        return self.control("faults", {"kind": kind, "path": path, "times": times, **more})

    def activate(self, account: str):
        return self.control(f"accounts/{account}/activate", {})

    def fund(self, account: str, amount: int, currency: str = "usd", balance: str = "issuing"):
        return self.control(f"accounts/{account}/fund", {"balance": balance, "amount": amount, "currency": currency})

    def list(self, kind: str) -> list[dict]:
        """Every object of a kind in its books, whichever account it belongs to: what test judges look at."""
        return [row["object"] for row in self.control(f"objects?kind={kind}")["objects"]]

    def requests(self) -> list[dict]:
        return self.control("requests")["requests"]


@pytest.fixture(scope="session")
def _local_stripe_process(tmp_path_factory):
    port = os.environ["TEST_LOCAL_STRIPE_PORT"]
    data = tmp_path_factory.mktemp("local-stripe") / "stripe.sqlite3"
    log = open(data.with_suffix(".log"), "wb")  # noqa: SIM115 - lives as long as the process
    process = subprocess.Popen(
        [sys.executable, "-m", "local_stripe", "--port", port, "--data", str(data), "--rate-limit", "0"],
        cwd=ROOT,
        stdout=log,
        stderr=log,
    )
    stripe = LocalStripe(f"http://127.0.0.1:{port}")
    for _ in range(200):
        if process.poll() is not None:
            pytest.fail(f"local Stripe did not start:\n{data.with_suffix('.log').read_text()[-2000:]}")
        try:
            stripe.control("")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    yield stripe
    process.terminate()
    process.wait(10)
    log.close()


@pytest.fixture
def local_stripe(_local_stripe_process):
    """A running local Stripe with empty books."""
    _local_stripe_process.reset()
    return _local_stripe_process


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests that really commit empty every table afterwards, which the audit trail's triggers would refuse."""
    from django.db import connection

    from desk import append_only

    with django_db_blocker.unblock():
        append_only.remove(connection)
        append_only.remove(connection, append_only.TERMS)


@pytest.fixture(autouse=True)
def _nothing_counted_yet():
    """Figures that a process keeps for seconds would outlive the rows of a test."""
    from django.core.cache import caches

    caches["figures"].clear()


@pytest.fixture
def staff(db):
    """`staff(role)` → a client signed in just now as a member of staff with that role; `client.user` is the person."""
    from django.test import Client

    from tests.factories.desk import StaffFactory

    def sign_in(role="viewer"):
        client = Client()
        client.user = StaffFactory(role=role)
        client.force_login(client.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(client.user.pk)
        session.save()
        return client

    return sign_in
