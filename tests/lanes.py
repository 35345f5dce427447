"""Lanes that need more than Python: skipped, saying so, where their server or browser is missing.

`REQUIRE_BROWSER=1` and `REQUIRE_POSTGRES=1` turn a missing one into a failure, so that a green run proves the lane ran.
"""

import os
import shutil
from importlib.util import find_spec

import pytest

NAMED = os.environ.get("CHROMIUM")
CHROMIUM = next(filter(None, map(shutil.which, [NAMED] if NAMED else ["chromium", "chromium-browser"])), "")
POSTGRES = os.environ.get("TEST_DATABASE_URL", "").startswith("postgres")
LANES = {
    "browser": (
        CHROMIUM and find_spec("playwright"),
        "no Chromium (install it, or name it in CHROMIUM), or no Playwright (see requirements-dev.txt)",
        "REQUIRE_BROWSER",
    ),
    "postgres": (POSTGRES, "no PostgreSQL: name a database in TEST_DATABASE_URL", "REQUIRE_POSTGRES"),
}


# Files of few, long tests: begun last, one of two processes would finish them alone.
LONG = ("tests/journeys", "tests/harness", "tests/isolation")


def pytest_collection_modifyitems(config, items):
    root = config.rootpath
    items.sort(key=lambda item: not str(item.path.relative_to(root)).startswith(LONG))
    for name, (available, reason, required) in LANES.items():
        if available:
            continue
        if os.environ.get(required) == "1":
            raise pytest.UsageError(f"{required} is set, but there is {reason}")
        for item in items:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))
