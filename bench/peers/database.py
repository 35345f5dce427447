"""The peers' DATABASES, from the address that the benchmark hands over."""

import os
from urllib.parse import urlsplit


def databases() -> dict:
    """One PostgreSQL database, with connections kept open as the product keeps them."""
    address = urlsplit(os.environ["BENCH_DATABASE"])
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": address.path.lstrip("/"),
            "USER": address.username or "",
            "PASSWORD": address.password or "",
            "HOST": address.hostname,
            "PORT": address.port or 5432,
            "CONN_MAX_AGE": 60,
        }
    }
