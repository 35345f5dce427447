import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from desk import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def _stripe_answers(monkeypatch):
    monkeypatch.setattr("desk.work.tables", lambda: type("Tables", (), {"READY_CHECKS": {}}))


def test_the_process_answers_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("_stripe_answers")
def test_ready_when_everything_is(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"] == {"database": "ok", "migrations": "ok", "broker": "ok"}


def test_stripe_out_of_reach_is_named(client, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["stripe"] == "cannot be reached"


def test_stripe_is_asked_once_however_many_ask_us(client, local_stripe):
    assert [client.get("/readyz").json()["checks"]["stripe"] for _ in range(3)] == ["ok"] * 3
    assert [request["path"] for request in local_stripe.requests()] == ["/v1/balance"]


@pytest.mark.usefixtures("_stripe_answers")
def test_pending_migrations_are_counted(client, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: ["one", "two"])
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "2 not applied"


@pytest.mark.usefixtures("_stripe_answers")
def test_a_broker_out_of_reach_is_named(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["broker"] == "cannot be reached"


def test_a_database_out_of_reach_is_named(monkeypatch):
    def refuse():
        raise health.DatabaseError

    monkeypatch.setattr(connection, "cursor", refuse)
    checks = dict(health._checks())
    assert (checks["database"], checks["stripe"]) == ("cannot be reached", "cannot be reached")


def test_a_redis_out_of_reach_stops_no_page():
    """People sign in through the cache: it must not live where only wake-ups do."""
    script = (
        "import django; django.setup(); from django.core.cache import cache; "
        "from django.core.management import call_command; call_command('createcachetable'); "
        "print(cache.get_or_set('a', 'kept'))"
    )
    environment = {**os.environ, "REDIS_URL": "redis://127.0.0.1:9/0", "DATABASE_URL": "sqlite://:memory:"}
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run([sys.executable, "-c", script], cwd=root, env=environment, capture_output=True, text=True)
    assert (run.stdout, run.returncode) == ("kept\n", 0)
