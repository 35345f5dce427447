"""The environment of every test, set before Django reads its settings (loaded by `-p tests.environment`).

Tests never depend on a developer's `.env`; `TEST_DATABASE_URL` picks another database than SQLite, `TEST_REDIS_URL`
a Redis server (without a database number: each test process takes one of its own) instead of files.
"""

import os
import socket
import tempfile


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


_port = free_port()
_base = f"http://127.0.0.1:{_port}"
_var = tempfile.mkdtemp(prefix="issuing-desk-test-")
os.environ.update(
    {
        "TEST_LOCAL_STRIPE_PORT": str(_port),
        "SECRET_KEY": "only-for-tests",
        "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "VAR_DIR": _var,
        "STATIC_ROOT": _var,
        "STATIC_MANIFEST": "0",
        "DEBUG": "0",
        "DEMO": "0",
        "STAFF_MFA_REQUIRED": "0",
        "SITE_URL": "http://localhost:8000",
        "STRIPE_SECRET_KEY": "sk_test_portal",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_portal",
        "STRIPE_API_BASE": _base,
        "STRIPE_CONNECT_BASE": _base,
        "STRIPE_FILES_BASE": _base,
        "STRIPE_JS_URL": f"{_base}/js/stripe.js",
        "STRIPE_CONNECT_JS_URL": f"{_base}/connect-js/v1.0/connect.js",
        "STRIPE_ONBOARDING_ORIGINS": _base,
        "STRIPE_CALLS_PER_SECOND": "1000",
        "STRIPE_WEBHOOK_SECRET_PLATFORM": "whsec_platform",
        "STRIPE_WEBHOOK_SECRET_CONNECT": "whsec_connect",
        "STRIPE_WEBHOOK_SECRET_PLATFORM_THIN": "whsec_platform_thin",
        "STRIPE_WEBHOOK_SECRET_CONNECT_THIN": "whsec_connect_thin",
        "EMAIL_URL": "memorymail://",
        "AGREEMENT_URLS": '{"platform_terms": "https://example.com/card-program-terms"}',
    }
)
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", f"sqlite:///{_var}/portal.sqlite3")
if redis := os.environ.get("TEST_REDIS_URL"):
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "gw7").removeprefix("gw")
    os.environ["REDIS_URL"] = f"{redis}/{8 + int(_worker) % 8}"
else:
    os.environ["REDIS_URL"] = "filesystem://"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
