"""P13: the first load of a page in Chromium, with an empty cache, and what one interaction sends."""

import http.client
import shutil
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from bench import dataset, postgres, processes, sites
from bench.figures import Figure, at_most
from bench.scale import Scale

PAGES = {"account list": "/accounts/", "top-up list": "/funding/top-ups/", "sign-in": "/account/login/"}
FRAGMENTS = {"account list": "/accounts/?view=active", "top-up list": "/funding/top-ups/?status=moving"}
DOM_READY = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


@dataclass
class Load:
    """One first load: requests, bytes over the wire, and ms until the document was ready."""

    requests: int = 0
    bytes: float = 0
    ready_ms: float = 0
    failed: list[str] = field(default_factory=list)


def run(scale: Scale) -> list[Figure]:
    """Requests, KB and ms of each page, and KB of each fragment."""
    with _office() as (port, cookie), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        figures = []
        for name, path in PAGES.items():
            _first_load(browser, port, path, cookie if name != "sign-in" else "")
            loads = [_first_load(browser, port, path, cookie if name != "sign-in" else "") for _ in range(scale.rounds)]
            figures += _of_page(name, loads)
        browser.close()
        figures += [_of_fragment(name, port, path, cookie) for name, path in FRAGMENTS.items()]
    return figures


@contextmanager
def _office() -> Iterator[tuple[int, str]]:
    """The portal as in production (hashed, compressed files), with a few hundred rows."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="bench-load-")))
        database = stack.enter_context(postgres.database("first_load"))
        portal = sites.portal(place, database, STATIC_MANIFEST="1")
        portal.manage("migrate", "--verbosity", "0")
        portal.manage("collectstatic", "--no-input", "--verbosity", "0")
        user, cookie = portal.run("bench.inside.session").split()
        dataset.fill(database, accounts=500, top_ups=2000, user=int(user))
        yield stack.enter_context(portal.served()).port, cookie


def _first_load(browser: Browser, port: int, path: str, cookie: str) -> Load:
    base = f"http://localhost:{port}"
    load, context = Load(), browser.new_context()
    if cookie:
        context.add_cookies([{"name": "session", "value": cookie, "url": base}])
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.requestWillBeSent", lambda _event: setattr(load, "requests", load.requests + 1))
    wire.on("Network.loadingFinished", lambda event: setattr(load, "bytes", load.bytes + event["encodedDataLength"]))
    wire.on("Network.loadingFailed", lambda event: load.failed.append(event["errorText"]))
    page.goto(f"{base}{path}", wait_until="networkidle")
    load.ready_ms = page.evaluate(DOM_READY)
    assert page.url == f"{base}{path}", page.url
    assert not load.failed, load.failed
    context.close()
    return load


def _of_page(name: str, loads: list[Load]) -> list[Figure]:
    return [
        Figure("P13", f"{name}: requests of a first load", [load.requests for load in loads], at_most(10), unit=""),
        Figure("P13", f"{name}: KB of a first load", [load.bytes / 1000 for load in loads], at_most(150), unit=" KB"),
        Figure("P13", f"{name}: DOM ready on loopback", [load.ready_ms for load in loads], at_most(60), unit=" ms",
               detail=f"quickest {min(load.ready_ms for load in loads):.0f} ms, "
                      f"middle {statistics.median(load.ready_ms for load in loads):.0f} ms"),
    ]  # fmt: skip


def _of_fragment(name: str, port: int, path: str, cookie: str) -> Figure:
    connection = http.client.HTTPConnection(processes.HOST, port, timeout=30)
    headers = {"Host": "localhost", "Cookie": f"session={cookie}", "HX-Request": "true", "Accept-Encoding": "gzip, br"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    size = len(answer.read())
    assert answer.status == 200, answer.status
    return Figure("P13", f"{name}: KB of one filter click", [size / 1000], at_most(30), unit=" KB")
