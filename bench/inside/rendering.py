"""python -m bench.inside.rendering PATH: what a list page costs beyond its template, and its queries, as JSON."""

import json
import sys
import time

import django

django.setup()

from django.db import connection  # noqa: E402
from django.template import Context  # noqa: E402
from django.template.loader import get_template  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment  # noqa: E402

from desk.models import User  # noqa: E402

ROUNDS, TRIES = 7, 7
# Path → the page's own template, and the table of its rows.
PAGES = {
    "/accounts/": ("accounts/list.html", "accounts_connectedaccount"),
    "/funding/top-ups/": ("funding/top_up_list.html", "funding_topup"),
}


def main(path: str) -> None:
    client = Client(headers={"Host": "localhost"})
    client.force_login(User.objects.get(), "allauth.account.auth_backends.AuthenticationBackend")
    context = _what_is_shown(client, path)
    template = get_template(PAGES[path][0]).template
    ratios = [
        _quickest(lambda: client.get(path)) / _quickest(lambda: template.render(_context(context)))
        for _ in range(ROUNDS)
    ]
    print(json.dumps({"ratios": ratios, "row_queries": _row_queries(client, path)}))


def _quickest(call) -> float:
    """Seconds of the quickest of a few tries: what it costs when nobody else has the processor."""
    seconds = []
    for _ in range(TRIES):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _what_is_shown(client: Client, path: str) -> dict:
    """Everything that the page shows, already read from the database."""
    setup_test_environment()
    try:
        contexts = client.get(path).context
        return next(context for context in contexts if "page" in context and "request" in context).flatten()
    finally:
        teardown_test_environment()


def _context(values: dict) -> Context:
    context = Context(values)
    context.request = values["request"]
    return context


def _row_queries(client: Client, path: str) -> int:
    """How many statements a fragment takes to read its rows: those that select the model's own columns."""
    with CaptureQueriesContext(connection) as captured:
        client.get(path, headers={"HX-Request": "true"})
    columns = f'SELECT "{PAGES[path][1]}"."id", "{PAGES[path][1]}"."public_id"'
    return sum(query["sql"].startswith(columns) for query in captured)


main(sys.argv[1])
