"""P4 to P7: the lists that staff live in, up to a million rows, beside Django admin on the same tables."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from bench import dataset, postgres, processes, sites
from bench.figures import Figure, at_least, at_most, interleaved, ratios
from bench.scale import Scale

SMALL_ROWS = 10_000
# Accounts per top-up in the set that top-ups are measured on: 100,000 for a million.
ACCOUNTS_PER_TOP_UP = 0.1
PER_PAGE = 25
DEEP_PAGE = 5000
# Against Django admin: how many times faster each kind of page has to be.
GOALS = {"first page": 40, "deep page": 70, "filter": 15, "search": 20}


@dataclass(frozen=True)
class Pages:
    """A list as one site shows it: the address of each kind of page."""

    path: str
    filter: dict[str, str]
    search_name: str
    deep: dict[str, str]

    def address(self, kind: str) -> str:
        queries = {
            "first page": {},
            "deep page": self.deep,
            "filter": self.filter,
            "search": {self.search_name: dataset.COMMON},
            "rare search": {self.search_name: dataset.RARE},
            "adversarial search": {self.search_name: dataset.HOLDINGS},
        }
        return f"{self.path}?{urlencode(queries[kind])}"


@dataclass(frozen=True)
class Office:
    """The portal and Django admin over one filled database, both signed in."""

    rows: int
    portal: sites.Site
    port: int
    cookie: str
    admin_port: int
    admin_cookie: str
    deep_page: int

    def seconds(self, address: str, *, fragment: bool = False) -> float:
        """How long the portal takes for the whole response."""
        headers = {"Cookie": f"session={self.cookie}"} | ({"HX-Request": "true"} if fragment else {})
        return _get(self.port, address, headers)

    def admin_seconds(self, address: str) -> float:
        """How long Django admin takes for the whole response."""
        return _get(self.admin_port, address, {"Cookie": f"sessionid={self.admin_cookie}"})

    def pages(self, name: str) -> Pages:
        cursor = self.portal.run("bench.inside.cursor", name, str((self.deep_page - 1) * PER_PAGE)).strip()
        if name == "accounts":
            return Pages("/accounts/", {"view": "attention"}, "q", {"cursor": cursor})
        return Pages("/funding/top-ups/", {"status": "moving"}, "account", {"cursor": cursor})

    def admin_pages(self, name: str) -> Pages:
        model = {"accounts": "account", "top-ups": "topup"}[name]
        status = {"accounts": "past_due", "top-ups": "pending"}[name]
        return Pages(f"/admin/peers/{model}/", {"status__exact": status}, "q", {"p": str(self.deep_page)})


def run(scale: Scale) -> Iterator[Figure]:
    """All figures about lists: first the accounts, then the top-ups."""
    for name in ("accounts", "top-ups"):
        with office(name, SMALL_ROWS) as small, office(name, scale.large_rows) as large:
            yield from _against_admin(name, large, scale)
            yield from _growth(name, small, large, scale)
            if name == "top-ups":
                yield _adversarial(large, scale)
            yield from _rendering(name, large)


@contextmanager
def office(name: str, rows: int) -> Iterator[Office]:
    """One database with that many rows of the list, and both sites on it."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="bench-lists-")))
        database = stack.enter_context(postgres.database(f"{name.replace('-', '_')}_{rows}"))
        portal = sites.portal(place, database)
        portal.manage("migrate", "--verbosity", "0")
        user, cookie = portal.run("bench.inside.session").split()
        accounts = rows if name == "accounts" else int(rows * ACCOUNTS_PER_TOP_UP)
        dataset.fill(database, accounts=accounts, top_ups=rows if name == "top-ups" else 0, user=int(user))
        admin = sites.peer("admin_site", place, database)
        admin_cookie = admin.run("bench.peers.admin_session").strip()
        yield Office(
            rows=rows,
            portal=portal,
            port=stack.enter_context(portal.served(workers=1)).port,
            cookie=cookie,
            admin_port=stack.enter_context(admin.served(workers=1)).port,
            admin_cookie=admin_cookie,
            deep_page=min(DEEP_PAGE, rows // PER_PAGE // 2),
        )


def _against_admin(name: str, large: Office, scale: Scale) -> Iterator[Figure]:
    ours, admins = large.pages(name), large.admin_pages(name)
    for kind, goal in GOALS.items():
        variants = {
            "portal": lambda kind=kind: best_of(3, lambda: large.seconds(ours.address(kind))),
            "admin": lambda kind=kind: best_of(3, lambda: large.admin_seconds(admins.address(kind))),
        }
        seconds = interleaved(variants, scale.rounds)
        label = f"page {large.deep_page:,}" if kind == "deep page" else kind
        detail = f"ours {min(seconds['portal']) * 1000:.1f} ms, admin {min(seconds['admin']) * 1000:.0f} ms at best"
        yield (
            Figure("P4", f"{name}, {large.rows:,} rows, {label}: times faster than Django admin",
                   ratios(seconds["admin"], seconds["portal"]), at_least(goal), detail=detail)
        )  # fmt: skip


def _growth(name: str, small: Office, large: Office, scale: Scale) -> Iterator[Figure]:
    of_small, of_large = small.pages(name), large.pages(name)
    for kind in ("first page", "deep page", "filter", "search", "rare search"):
        variants = {
            "small": lambda kind=kind: best_of(5, lambda: small.seconds(of_small.address(kind))),
            "large": lambda kind=kind: best_of(5, lambda: large.seconds(of_large.address(kind))),
        }
        seconds = interleaved(variants, scale.rounds)
        detail = f"{min(seconds['small']) * 1000:.1f} ms and {min(seconds['large']) * 1000:.1f} ms at best"
        yield (
            Figure("P5", f"{name}, {kind}: growth from {small.rows:,} to {large.rows:,} rows",
                   ratios(seconds["large"], seconds["small"]), at_most(1.3), detail=detail)
        )  # fmt: skip


def _adversarial(large: Office, scale: Scale) -> Figure:
    """5 % of the accounts match, and none of them has a row in the list."""
    pages = large.pages("top-ups")
    variants = {
        kind: lambda kind=kind: best_of(3, lambda: large.seconds(pages.address(kind)))
        for kind in ("search", "adversarial search")
    }
    seconds = interleaved(variants, scale.rounds)
    what = f"top-ups, {large.rows:,} rows: a search that matches accounts without top-ups, against the common one"
    return Figure("P6", what, ratios(seconds["adversarial search"], seconds["search"]), at_most(3))


def _rendering(name: str, large: Office) -> list[Figure]:
    path = large.pages(name).path
    found = json.loads(large.portal.run("bench.inside.rendering", path))
    return [
        Figure("P7", f"{name}: the full page against the bare render of its template", found["ratios"], at_most(1.8)),
        Figure("P7", f"{name}: queries for the rows of a fragment", [found["row_queries"]], at_most(1), unit=""),
    ]


def best_of(times: int, seconds) -> float:
    """The quickest of several: what the page costs when nobody else has the processor."""
    return min(seconds() for _ in range(times))


def _get(port: int, address: str, headers: dict[str, str]) -> float:
    connection = http.client.HTTPConnection(processes.HOST, port, timeout=120)
    started = time.perf_counter()
    connection.request("GET", address, headers={"Host": "localhost", **headers})
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - started
    connection.close()
    assert answer.status == 200, f"{address}: {answer.status} {body[:200]!r}"
    return took
