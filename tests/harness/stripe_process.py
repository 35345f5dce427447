"""A local Stripe of one's own: started, asked about its books, put back, stopped."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOKED = ("account", "source", "topup", "issuing.program", "person", "external_account")


@dataclass(frozen=True)
class Stripe:
    """The controls of one running local Stripe. Holds no connection, so it may be used on both sides of a fork."""

    base: str

    def control(self, path: str, body: dict | None = None, method: str | None = None) -> dict:
        request = urllib.request.Request(
            f"{self.base}/_control/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method or ("GET" if body is None else "POST"),
        )
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read())

    def call(self, method: str, path: str, body: bytes | None = None, *, key: str, account: str = "") -> dict:
        """One request of the API itself, as a browser makes it."""
        headers = {"Authorization": f"Bearer {key}"} | ({"Stripe-Account": account} if account else {})
        request = urllib.request.Request(f"{self.base}{path}", data=body, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read())

    def books(self) -> dict[str, dict[str, dict]]:
        """kind → id → object, with the account it belongs to as `scope`: what every case is judged by."""
        return {kind: self._objects(kind) for kind in BOOKED}

    def _objects(self, kind: str) -> dict[str, dict]:
        found = self.control(f"objects?kind={kind}")["objects"]
        return {entry["object"]["id"]: {"scope": entry["scope"], **entry["object"]} for entry in found}

    def writes(self) -> list[dict]:
        """Requests since the last restore that were to change something."""
        return [entry for entry in self.control("requests")["requests"] if entry["method"] != "GET"]

    def ahead(self) -> float:
        """Seconds by which its clock is ahead of ours."""
        return self.control("clock")["offset_seconds"]

    def move_ahead(self, seconds: float) -> None:
        missing = seconds - self.ahead()
        if missing > 0:
            self.control("clock", {"advance_seconds": missing})

    def restore(self) -> None:
        """Back to the snapshot, once the last request of the case before has come to its end."""
        for _ in range(100):
            try:
                self.control("restore", {})
                return
            except urllib.error.HTTPError as refused:
                if b"under way" not in refused.read():
                    raise
                time.sleep(0.05)
        raise RuntimeError("local Stripe never came to rest")


def start(folder: Path) -> tuple[subprocess.Popen, Stripe]:
    """A fresh local Stripe without a rate limit, its books in `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "stripe.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local_stripe", "--port", str(port), "--rate-limit", "0"]
            + ["--data", str(folder / "stripe.sqlite3")],
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
    stripe = Stripe(f"http://127.0.0.1:{port}")
    for _ in range(400):
        if process.poll() is not None:
            break
        try:
            stripe.control("clock")
            return process, stripe
        except urllib.error.URLError:
            time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"local Stripe did not start:\n{log.read_text()[-2000:]}")
