"""A stand: one database, one local Stripe and one world, put back to the same state before every case.

A process has one stand at most, because Django's settings are one per process. Cases run in forked children of it.
"""

from __future__ import annotations

import gc
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from tests.harness import world
from tests.harness.databases import Database
from tests.harness.stripe_process import Stripe


@dataclass(frozen=True)
class Stand:
    database: Database
    stripe: Stripe
    folder: Path
    world: world.World

    def restore(self) -> None:
        """Everything as it was, no mail sent. No child may be running."""
        self.stripe.restore()
        self.database.restore()
        for mail in self.mails():
            mail.unlink()

    def mails(self) -> list[Path]:
        folder = self.folder / "mail"
        return list(folder.iterdir()) if folder.exists() else []


def environment(database_url: str, stripe_base: str, folder: Path) -> dict[str, str]:
    """Settings of a portal that talks to one stand alone. Its broker loses every message."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-tests",
        "FIELD_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "DEBUG": "0",
        "DEMO": "0",
        "STAFF_MFA_REQUIRED": "0",
        "SITE_URL": "http://localhost:8000",
        "DATABASE_URL": database_url,
        "CONN_MAX_AGE": "0",
        "VAR_DIR": str(folder),
        "REDIS_URL": "memory://",
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "STATIC_ROOT": str(folder),
        "STRIPE_SECRET_KEY": "sk_test_portal",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_portal",
        "STRIPE_API_BASE": stripe_base,
        "STRIPE_CONNECT_BASE": stripe_base,
        "STRIPE_FILES_BASE": stripe_base,
        "STRIPE_JS_URL": f"{stripe_base}/js/stripe.js",
        "STRIPE_ONBOARDING_ORIGINS": stripe_base,
        "STRIPE_CALLS_PER_SECOND": "100000",
        "STRIPE_WEBHOOK_SECRET_PLATFORM": "whsec_platform",
        "STRIPE_WEBHOOK_SECRET_CONNECT": "whsec_connect",
        "STRIPE_WEBHOOK_SECRET_PLATFORM_THIN": "whsec_platform_thin",
        "STRIPE_WEBHOOK_SECRET_CONNECT_THIN": "whsec_connect_thin",
    }


def set_up(database: Database, stripe: Stripe, folder: Path) -> Stand:
    """Make this process the portal of that stand. The database must be migrated and empty, and so the books."""
    os.environ.update(environment(database.url, stripe.base, folder))
    import django
    import httpx

    django.setup()
    # Reading the certificates of the world costs each child 20 ms, and no case speaks TLS.
    context = httpx.create_ssl_context()
    httpx._transports.default.create_ssl_context = lambda **_: context
    from config.celery import app

    app.loader.import_default_modules()
    stand = Stand(database, stripe, folder, world.build(stripe))
    stripe.control("snapshot", {})
    database.keep()
    # What goes wrong on purpose would fill the screen; recovery listens for what nobody expected.
    logging.disable(logging.CRITICAL)
    gc.collect()
    gc.freeze()
    return stand
