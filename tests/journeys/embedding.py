"""The portal inside another product: a second name for the running demo's pages, and a page that frames them."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from config.run.environment import Place, kept_secrets, settings_for
from tests.journeys.demo import ROOT, Demo, free_ports

KEY = "a-key-of-the-platform-s-own-server-1"


@dataclass(frozen=True)
class Product:
    """Origins: the business host of the portal, the product that may frame it, and one that may not."""

    cards: str
    app: str
    stranger: str
    pages: dict[str, str]

    def entry_link(self, account: str, user: str, page: str) -> str:
        """Ask the portal for a link, as the product's server does."""
        request = urllib.request.Request(
            f"{self.cards.replace('cards.product.localhost', '127.0.0.1')}/embed/entry-links/",
            data=json.dumps({"account": account, "user": user, "page": page}).encode(),
            headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read())["url"]

    def show(self, link: str) -> str:
        """Path of a page of the product that holds this link in a frame."""
        path = f"/{len(self.pages)}/"
        self.pages[path] = f'<!doctype html><title>Product</title><iframe title="Cards" src="{link}"></iframe>'
        return path


@contextmanager
def product(demo: Demo):
    """Serve the demo's pages under a host for businesses as well, and a product beside it."""
    port, app_port = free_ports(2)
    pages: dict[str, str] = {}
    found = Product(
        cards=f"http://cards.product.localhost:{port}",
        app=f"http://app.product.localhost:{app_port}",
        stranger=f"http://elsewhere.localhost:{app_port}",
        pages=pages,
    )
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        + ["--workers", "1", "--threads", "4"],
        cwd=ROOT,
        env={**os.environ, **_settings(demo, found)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = ThreadingHTTPServer(("127.0.0.1", app_port), _handler(pages))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz")
        yield found
    finally:
        server.shutdown()
        web.terminate()
        web.wait(30)


def _settings(demo: Demo, found: Product) -> dict[str, str]:
    ports = (int(url.rpartition(":")[2]) for url in (demo.site, demo.stripe))
    place = Place(demo.var_dir, *ports)
    return {
        **settings_for(place, kept_secrets(demo.var_dir), {}),
        "BUSINESS_SITE_URL": found.cards,
        "EMBED_FRAME_ANCESTORS": found.app,
        "EMBED_API_KEYS": KEY,
    }


def _handler(pages: dict[str, str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            page = pages.get(self.path)
            self.send_response(200 if page else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *args):
            """Say nothing."""

    return Handler


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < deadline, url
            time.sleep(0.2)
