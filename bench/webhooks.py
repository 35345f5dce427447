"""P1 to P3: how fast events are received, refused, recognised as known, and acted upon."""

import itertools
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import events, postgres, processes, sites, stripe_objects
from bench.figures import Figure, at_least, at_most, interleaved, ratios
from bench.load import Burst, burst
from bench.scale import Scale
from bench.sites import CONNECT_SECRET, PLATFORM_SECRET, Served

OBJECTS = 20
EVENTS_PER_OBJECT = 5
TABLE_OF_MINIMAL = "CREATE TABLE event (id bigserial PRIMARY KEY, stripe_id text UNIQUE, type text, payload text)"
PORTAL, DJSTRIPE, MINIMAL = "portal", "dj-stripe", "minimal view"


@dataclass(frozen=True)
class Receiver:
    """One site that receives events: where, at which path per kind of event, and how many rows it keeps."""

    site: Served
    paths: dict[str, tuple[str, str]]
    database: str
    table: str

    def post(self, made: Sequence[dict], *, secret: str = "") -> Burst:
        """Deliver events over 8 connections; `secret` forges them."""
        kind = made[0]["type"]
        path, own_secret = self.paths[kind]
        return burst(self.site.port, [events.delivery(path, event, secret or own_secret) for event in made])

    def rows(self) -> int:
        return postgres.scalar(self.database, f"SELECT count(*) FROM {self.table}")


@dataclass(frozen=True)
class Stage:
    """Everything that runs while events are measured."""

    receivers: dict[str, Receiver]
    makers: dict[str, Callable[[], dict]]
    portal: sites.Site

    def made(self, kind: str, count: int) -> list[dict]:
        return [self.makers[kind]() for _ in range(count)]


def run(scale: Scale) -> list[Figure]:
    """All figures about events."""
    with stage() as on:
        figures = [figure for kind in on.makers for figure in _intake(on, kind, scale)]
        figures += _forged(on, scale)
        figures += _duplicates(on, scale)
        with _worker(on.portal):
            figures += [_processed(on, kind, scale) for kind in on.makers]
    return figures


@contextmanager
def stage() -> Iterator[Stage]:
    """The portal, dj-stripe and the minimal view, each on its own database, beside one local Stripe."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="bench-webhooks-")))
        stripe = stack.enter_context(sites.local_stripe(place))
        receivers, portal = _receivers(stack, place, stripe.base)
        top_ups = itertools.cycle(stripe_objects.top_ups(stripe, OBJECTS))
        accounts = stripe_objects.accounts(stripe, OBJECTS)
        portal.run("bench.inside.accounts", *(account["id"] for account in accounts))
        around = itertools.cycle(accounts)
        makers = {
            "topup.succeeded": lambda: events.topup_succeeded(next(top_ups)),
            "account.updated": lambda: events.account_updated(next(around)),
        }
        on = Stage(receivers=receivers, makers=makers, portal=portal)
        for receiver, kind in itertools.product(receivers.values(), makers):
            # One at first: dj-stripe stumbles when two events at once make it look its own account up.
            receiver.post(on.made(kind, 1)).require(200)
        yield on


def _receivers(stack: ExitStack, place: Path, stripe_base: str) -> tuple[dict[str, Receiver], sites.Site]:
    urls = {name: stack.enter_context(postgres.database(name)) for name in ("portal", "djstripe", "minimal")}
    portal = sites.portal(place, urls["portal"], stripe_base=stripe_base)
    portal.manage("migrate", "--verbosity", "0")
    djstripe = sites.peer("djstripe_site", place, urls["djstripe"], BENCH_STRIPE=stripe_base)
    djstripe.manage("migrate", "--run-syncdb", "--verbosity", "0")
    uuid = djstripe.run("bench.peers.djstripe_endpoint", PLATFORM_SECRET).strip()
    minimal = sites.peer("minimal_site", place, urls["minimal"], BENCH_SECRET=PLATFORM_SECRET)
    postgres.execute(urls["minimal"], TABLE_OF_MINIMAL)
    ours = {
        "topup.succeeded": ("/webhooks/stripe/platform/", PLATFORM_SECRET),
        "account.updated": ("/webhooks/stripe/connect/", CONNECT_SECRET),
    }
    served = {site.name: stack.enter_context(site.served()) for site in (portal, djstripe, minimal)}
    receivers = {
        PORTAL: Receiver(served["portal"], ours, urls["portal"], "stripe_gateway_stripeevent"),
        DJSTRIPE: Receiver(
            served["djstripe_site"],
            dict.fromkeys(ours, (f"/stripe/webhook/{uuid}/", PLATFORM_SECRET)),
            urls["djstripe"],
            "djstripe_webhookeventtrigger",
        ),
        MINIMAL: Receiver(
            served["minimal_site"], dict.fromkeys(ours, ("/webhook/", PLATFORM_SECRET)), urls["minimal"], "event"
        ),
    }
    return receivers, portal


@contextmanager
def _worker(portal: sites.Site) -> Iterator[None]:
    """A Celery worker as `make run` starts it."""
    command = [sys.executable, "-m", "celery", "--app", "config", "worker", "--concurrency", "2"]
    command += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    with processes.running(command, cwd=sites.ROOT, env=portal.env, log=portal.place / "worker.log"):
        yield


def _intake(on: Stage, kind: str, scale: Scale) -> list[Figure]:
    counts = {PORTAL: scale.posts, DJSTRIPE: scale.slow_posts, MINIMAL: scale.posts}
    for name, receiver in on.receivers.items():
        receiver.post(on.made(kind, counts[name] // 4))
    variants = {
        name: lambda name=name, receiver=receiver: receiver.post(on.made(kind, counts[name])).require(200)
        for name, receiver in on.receivers.items()
    }
    bursts = interleaved(variants, scale.rounds)
    rates = {name: [each.rate for each in of_one] for name, of_one in bursts.items()}
    p95 = {name: [each.p95_ms for each in of_one] for name, of_one in bursts.items()}
    limit = {"topup.succeeded": 8, "account.updated": 10}[kind]
    detail = "; ".join(f"{name} {max(rates[name]):,.0f}/s at best" for name in rates)
    return [
        Figure("P1", f"{kind} received, 8 connections: rate against dj-stripe",
               ratios(rates[PORTAL], rates[DJSTRIPE]), at_least(limit), detail=detail),
        Figure("P1", f"{kind} received: 95th percentile against dj-stripe",
               ratios(p95[PORTAL], p95[DJSTRIPE]), at_most(0.2)),
        Figure("P1", f"{kind} received: rate against the minimal hand-written view on the same server",
               ratios(rates[PORTAL], rates[MINIMAL]), at_least(0.9)),
    ]  # fmt: skip


def _forged(on: Stage, scale: Scale) -> list[Figure]:
    before = on.receivers[PORTAL].rows()
    figure = _against_djstripe(
        on, scale, "forged event refused", lambda count: on.made("topup.succeeded", count), 400, "whsec_of_another"
    )
    rows = on.receivers[PORTAL].rows() - before
    queries = int(on.portal.run("bench.inside.forged_event"))
    return [
        figure,
        Figure("P3", "rows kept of forged events", [rows], at_most(0), unit=""),
        Figure("P3", "SQL statements for a forged event", [queries], at_most(0), unit=""),
    ]


def _duplicates(on: Stage, scale: Scale) -> list[Figure]:
    known = on.made("topup.succeeded", 1)
    for name in (PORTAL, DJSTRIPE):
        on.receivers[name].post(known).require(200)
    before = on.receivers[PORTAL].rows()
    figure = _against_djstripe(on, scale, "duplicate recognised", lambda count: known * count, 200)
    rows = 1 + on.receivers[PORTAL].rows() - before
    return [figure, Figure("P3", "rows kept of an event that came many times", [rows], at_most(1), unit="")]


def _against_djstripe(on: Stage, scale: Scale, what: str, made, status: int, secret: str = "") -> Figure:
    counts = {PORTAL: scale.posts, DJSTRIPE: scale.slow_posts}
    variants = {
        name: lambda name=name: on.receivers[name].post(made(counts[name]), secret=secret).require(status).rate
        for name in counts
    }
    rates = interleaved(variants, scale.rounds)
    detail = "; ".join(f"{name} {max(rates[name]):,.0f}/s at best" for name in rates)
    return Figure("P3", f"{what}: rate against dj-stripe", ratios(rates[PORTAL], rates[DJSTRIPE]), at_least(8),
                  detail=detail)  # fmt: skip


def _processed(on: Stage, kind: str, scale: Scale) -> Figure:
    """Events of several objects, five of each in a row, as Stripe sends them when something happens."""

    def of_ours() -> float:
        made = [event for _ in range(scale.posts // EVENTS_PER_OBJECT) for event in _about_one(on, kind)]
        started = time.perf_counter()
        on.receivers[PORTAL].post(made).require(200)
        _wait_until_processed(on.receivers[PORTAL].database)
        return len(made) / (time.perf_counter() - started)

    def of_djstripe() -> float:
        made = [event for _ in range(scale.slow_posts // EVENTS_PER_OBJECT) for event in _about_one(on, kind)]
        return on.receivers[DJSTRIPE].post(made).require(200).rate

    of_ours()
    rates = interleaved({PORTAL: of_ours, DJSTRIPE: of_djstripe}, scale.rounds)
    limit = {"topup.succeeded": 3, "account.updated": 5}[kind]
    detail = "; ".join(f"{name} {max(rates[name]):,.0f}/s at best" for name in rates)
    detail += f"; {EVENTS_PER_OBJECT} events of each object in a row; we read the object again at Stripe by a worker"
    return Figure("P2", f"{kind} stored and processed: rate against dj-stripe", ratios(rates[PORTAL], rates[DJSTRIPE]),
                  at_least(limit), detail=detail)  # fmt: skip


def _about_one(on: Stage, kind: str) -> list[dict]:
    first = on.makers[kind]()
    return [first] + [first | {"id": f"{first['id']}n{number}"} for number in range(1, EVENTS_PER_OBJECT)]


def _wait_until_processed(database: str) -> None:
    waiting = "SELECT count(*) FROM stripe_gateway_stripeevent WHERE state IN ('new', 'processing')"
    deadline = time.monotonic() + 120
    while postgres.scalar(database, waiting):
        if time.monotonic() > deadline:
            raise TimeoutError("The worker did not get through the inbox within two minutes.")
        time.sleep(0.02)
