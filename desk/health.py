"""Whether this process lives, and whether it can do its work."""

from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError

from desk import work
from desk.access import public

# Seconds that an answer of what is asked outside may be old.
ANSWER_LASTS = 10


@public("load balancers ask without signing in")
@never_cache
@require_safe
def healthz(request):
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@public("load balancers ask without signing in")
@never_cache
@require_safe
def readyz(request):
    """Database, pending migrations, broker and what other rooms add: 200, or 503 with the reasons."""
    checks = dict(_checks())
    ready = not any(checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": {name: why or "ok" for name, why in checks.items()}}
    return JsonResponse(body, status=200 if ready else 503)


def _checks() -> Iterator[tuple[str, str]]:
    """(name, why it is not ready or "")."""
    database = _database()
    yield "database", database
    yield "migrations", database or _migrations()
    yield "broker", _broker()
    for name, path in work.tables().READY_CHECKS.items():
        yield name, database or ("" if _is_reached(path) else "cannot be reached")


def _is_reached(path: str) -> bool:
    """Asked at most once in a while, however many ask us: the calls to Stripe are few and belong to people."""
    return cache.get_or_set(f"ready:{path}", import_string(path), ANSWER_LASTS)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "cannot be reached"
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(pending)} not applied" if pending else ""


def _broker() -> str:
    if settings.CELERY_BROKER_URL.startswith("filesystem:"):
        return ""
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return "cannot be reached"
    return ""
