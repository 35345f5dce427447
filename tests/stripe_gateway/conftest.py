import hashlib
import hmac
import json
import sqlite3
import threading
import time
from contextlib import closing
from itertools import count

import pytest
from django.db import connection

from stripe_gateway.models import StripeEvent
from tests.stripe_gateway import sample_handlers, sample_kinds

SECRETS = {
    "platform": "whsec_platform",
    "connect": "whsec_connect",
    "platform-thin": "whsec_platform_thin",
    "connect-thin": "whsec_connect_thin",
}


@pytest.fixture
def sample(settings):
    """The table of operation kinds holds the tests' own kinds."""
    settings.STRIPE_OPERATIONS = sample_kinds.TABLE
    sample_kinds.precondition.clear()
    yield sample_kinds
    sample_kinds.precondition.clear()


@pytest.fixture
def handlers(settings):
    """The table of event handlers holds the tests' own; every account but acct_foreign is known."""
    settings.STRIPE_EVENTS = sample_handlers.TABLE
    settings.STRIPE_ACCOUNT_IS_KNOWN = sample_handlers.ALL_KNOWN
    sample_handlers.seen.clear()
    return sample_handlers


class Sender:
    """Delivers events to the portal as Stripe does: signed, over the real route."""

    def __init__(self, client):
        self.client = client
        self._numbers = count(1)

    def event(self, type="topup.created", *, object_id="tu_1", **changes) -> dict:
        event = {
            "id": f"evt_{next(self._numbers)}",
            "object": "event",
            "type": type,
            "created": int(time.time()),
            "livemode": False,
            "api_version": "2026-10-28.endive",
            "data": {"object": {"id": object_id, "object": "topup"}},
        }
        return event | changes

    def signature(self, body: bytes, secret: str, at: float | None = None) -> str:
        stamp = str(int(time.time() if at is None else at))
        digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return f"t={stamp},v1={digest}"

    def deliver(self, event, endpoint="platform", *, secret=None, at=None, header=None):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        signed = self.signature(body, secret or SECRETS[endpoint], at) if header is None else header
        return self.client.post(
            f"/webhooks/stripe/{endpoint}/", body, content_type="application/json", headers={"Stripe-Signature": signed}
        )

    def keep(self, event, endpoint="platform") -> StripeEvent:
        assert self.deliver(event, endpoint).status_code == 200
        return StripeEvent.objects.get(stripe_id=event["id"], endpoint=endpoint)


@pytest.fixture
def stripe_sends(client, handlers):
    return Sender(client)


@pytest.fixture
def shared_database(transactional_db, tmp_path):
    """A database that threads share as processes do.

    SQLite in memory locks whole tables at once instead of waiting, so on SQLite the tables are copied into a file.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    path = tmp_path / "shared.sqlite3"
    with closing(sqlite3.connect(path)) as copy:
        in_memory.backup(copy)
    connection.connection, connection.settings_dict["NAME"] = None, str(path)
    yield
    connection.close()
    connection.connection, connection.settings_dict["NAME"] = in_memory, name


@pytest.fixture
def at_once(shared_database):
    """Run a function in several threads that start together; returns what they returned, exceptions included."""

    def run(work, *, threads=8):
        barrier, results = threading.Barrier(threads), []

        def one():
            try:
                barrier.wait(10)
                results.append(work())
            except Exception as problem:  # Handed to the test, which judges it.
                results.append(problem)
            finally:
                connection.close()

        running = [threading.Thread(target=one) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join(60)
        return results

    return run
