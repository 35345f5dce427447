"""The environment of `make run`: every setting that leads outside is pinned to this machine.

So a `.env` with real keys or a production database beside the code is never used by the demo.
"""

import base64
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
# Published on purpose, as the demo's password is: it lets people in beside local Stripe alone.
ENTRY_LINK_KEY = "demo-key-that-everybody-may-know-1"


class CannotStart(Exception):
    """Something on this machine stands in the way; the message is one clear sentence."""


@dataclass(frozen=True)
class Place:
    """Where this run keeps its state and which ports it answers on."""

    var_dir: Path
    port: int
    stripe_port: int

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Place":
        """Raises ValueError with a sentence when a port is not a number from 1 to 65535."""
        return cls(
            var_dir=Path(environ.get("VAR_DIR") or ROOT / "var").resolve(),
            port=_port(environ, "PORT", 8000),
            stripe_port=_port(environ, "LOCAL_STRIPE_PORT", 12111),
        )

    @property
    def site_url(self) -> str:
        # By name, because passkeys are bound to a name and never to an address.
        return f"http://localhost:{self.port}"

    @property
    def stripe_base(self) -> str:
        return f"http://{HOST}:{self.stripe_port}"

    @property
    def log_dir(self) -> Path:
        return self.var_dir / "log"

    @property
    def mail_dir(self) -> Path:
        return self.var_dir / "mail"

    @property
    def stripe_data(self) -> Path:
        return self.var_dir / "local_stripe.sqlite3"

    def claim(self) -> IO[str]:
        """Take this place for as long as the returned file is open. Raises CannotStart when another run has it."""
        self.var_dir.mkdir(parents=True, exist_ok=True)
        lock = (self.var_dir / "run.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise CannotStart(f"Another `make run` is using {self.var_dir}: end that one first.") from None
        return lock

    def make_directories(self) -> None:
        for path in (
            self.log_dir,
            self.mail_dir,
            self.var_dir / "broker" / "queue",
            self.var_dir / "broker" / "control",
        ):
            path.mkdir(parents=True, exist_ok=True)

    def require_free_ports(self) -> None:
        """Raises CannotStart, naming the port and the variable that picks another."""
        if self.port == self.stripe_port:
            raise CannotStart(f"PORT and LOCAL_STRIPE_PORT are both {self.port}: they must differ.")
        for variable, port in (("PORT", self.port), ("LOCAL_STRIPE_PORT", self.stripe_port)):
            if _is_taken(port):
                raise CannotStart(
                    f"Port {port} is taken by another program: stop that one, or pick another port, "
                    f"for example: make run {variable}={port + 1}"
                )


def _port(environ: Mapping[str, str], variable: str, default: int) -> int:
    text = environ.get(variable) or str(default)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"{variable} is {text!r}: it must be a number from 1 to 65535.")
    return int(text)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def kept_secrets(var_dir: Path) -> dict[str, str]:
    """The secrets of this demo: made at the first run, then read, so that sessions and sealed fields stay readable."""
    path = var_dir / "secrets.json"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        write_private(path, made)
    return json.loads(path.read_text())


def write_private(path: Path, content: dict) -> None:
    """Write JSON that only its owner may read, whole or not at all."""
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=1)
    unfinished.replace(path)


def settings_for(place: Place, secret: Mapping[str, str], webhook_secrets: Mapping[str, str]) -> dict[str, str]:
    """Every setting of the portal that leads outside or keeps state, pinned to this run."""
    var = place.var_dir
    return {
        "VAR_DIR": str(var),
        "DEBUG": "0",
        "DEMO": "1",
        "STAFF_MFA_REQUIRED": "0",
        "SECRET_KEY": secret["SECRET_KEY"],
        "FIELD_ENCRYPTION_KEYS": secret["FIELD_ENCRYPTION_KEYS"],
        "SITE_URL": place.site_url,
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "CSRF_TRUSTED_ORIGINS": "",
        "TRUSTED_PROXIES": "0",
        "TRUST_X_FORWARDED_PROTO": "0",
        "SECURE_SSL_REDIRECT": "0",
        "DATABASE_URL": f"sqlite:///{var / 'issuing_desk.sqlite3'}",
        "REDIS_URL": "filesystem://",
        "EMAIL_URL": f"filemail:///{place.mail_dir}",
        "STATIC_ROOT": str(var / "static"),
        "STATIC_MANIFEST": "1",
        "STRIPE_SECRET_KEY": "sk_test_demo_platform",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_demo_platform",
        "STRIPE_API_BASE": place.stripe_base,
        "STRIPE_CONNECT_BASE": place.stripe_base,
        "STRIPE_FILES_BASE": place.stripe_base,
        "STRIPE_JS_URL": f"{place.stripe_base}/js/stripe.js",
        "STRIPE_CONNECT_JS_URL": f"{place.stripe_base}/connect-js/v1.0/connect.js",
        "STRIPE_CLIENT_ID": "ca_demo_platform",
        "AGREEMENT_URLS": '{"platform_terms": "https://example.com/card-program-terms"}',
        "BUSINESS_SITE_URL": "",
        "EMBED_FRAME_ANCESTORS": "",
        "EMBED_API_KEYS": ENTRY_LINK_KEY,
        "STRIPE_ONBOARDING_ORIGINS": place.stripe_base,
        "STRIPE_CALLS_PER_SECOND": "10",
        "STRIPE_WEBHOOK_SECRET_PLATFORM": webhook_secrets.get("platform", ""),
        "STRIPE_WEBHOOK_SECRET_CONNECT": webhook_secrets.get("connect", ""),
        "STRIPE_WEBHOOK_SECRET_PLATFORM_THIN": webhook_secrets.get("platform-thin", ""),
        "STRIPE_WEBHOOK_SECRET_CONNECT_THIN": webhook_secrets.get("connect-thin", ""),
    }
