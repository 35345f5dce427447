"""The web sites under measurement, all behind gunicorn as `make run` starts it."""

import base64
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from bench.peers import environment

ROOT = Path(__file__).resolve().parents[1]
PLATFORM_SECRET, CONNECT_SECRET = "whsec_bench_platform", "whsec_bench_connect"
WORKERS, THREADS = 2, 4


@dataclass(frozen=True)
class Site:
    """A Django project that can be run: its interpreter, its settings and everything else in its environment."""

    name: str
    python: str
    wsgi: str
    env: Mapping[str, str]
    place: Path

    def manage(self, *arguments: str) -> str:
        """Run one management command; returns what it printed."""
        return processes.finished([self.python, "-m", "django", *arguments], cwd=ROOT, env=self.env)

    def run(self, module: str, *arguments: str) -> str:
        """Run one of our modules inside the site's environment; returns what it printed."""
        return processes.finished([self.python, "-m", module, *arguments], cwd=ROOT, env=self.env)

    @contextmanager
    def served(self, *, workers: int = WORKERS, options: tuple[str, ...] = ()) -> Iterator["Served"]:
        """The site behind gunicorn, answering."""
        port = processes.free_port()
        command = [
            self.python,
            "-m",
            "gunicorn",
            self.wsgi,
            "--bind",
            f"{processes.HOST}:{port}",
            "--no-control-socket",
        ]
        command += ["--workers", str(workers), "--threads", str(THREADS), "--graceful-timeout", "3", *options]
        log = self.place / f"{self.name}.log"
        with processes.running(command, cwd=ROOT, env=self.env, log=log, port=port) as process:
            yield Served(port=port, process=process)


@dataclass(frozen=True)
class Served:
    """A running site."""

    port: int
    process: object

    @property
    def workers(self) -> list[int]:
        """Process ids of its workers."""
        return processes.children(self.process)


def portal(place: Path, database: str, *, stripe_base: str = "http://127.0.0.1:9", **more: str) -> Site:
    """Issuing Desk on PostgreSQL, everything else as in the demo."""
    for folder in ("broker/queue", "broker/control", "mail"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    env = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(place),
        "DATABASE_URL": database,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "STAFF_MFA_REQUIRED": "0",
        "STATIC_ROOT": str(place / "static"),
        "REDIS_URL": "filesystem://",
        "LOG_LEVEL": "WARNING",
        "STRIPE_SECRET_KEY": "sk_test_bench",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_bench",
        "STRIPE_API_BASE": stripe_base,
        "STRIPE_CONNECT_BASE": stripe_base,
        "STRIPE_CALLS_PER_SECOND": "100000",
        "STRIPE_WEBHOOK_SECRET_PLATFORM": PLATFORM_SECRET,
        "STRIPE_WEBHOOK_SECRET_CONNECT": CONNECT_SECRET,
    }
    return Site("portal", sys.executable, "config.wsgi", env | more, place)


def peer(name: str, place: Path, database: str, **more: str) -> Site:
    """One of the projects in bench/peers, in the peers' virtual environment."""
    module = f"bench.peers.{name}"
    env = dict(os.environ) | {"DJANGO_SETTINGS_MODULE": module, "BENCH_DATABASE": database} | more
    return Site(name, str(environment.PYTHON), f"{module}:application", env, place)


@contextmanager
def local_stripe(place: Path) -> Iterator["LocalStripe"]:
    """Local Stripe without its rate limit."""
    port = processes.free_port()
    command = [sys.executable, "-m", "local_stripe", "--port", str(port), "--rate-limit", "0"]
    command += ["--data", str(place / "local_stripe.sqlite3")]
    log = place / "local_stripe.log"
    with processes.running(command, cwd=ROOT, env=os.environ, log=log, port=port) as process:
        yield LocalStripe(port=port, pid=process.pid)


@dataclass(frozen=True)
class LocalStripe:
    """A running local Stripe."""

    port: int
    pid: int

    @property
    def base(self) -> str:
        return f"http://{processes.HOST}:{self.port}"
