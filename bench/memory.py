"""P15: memory of every process that stays up, beside a web worker that only receives events by dj-stripe."""

import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import dataset, events, load, postgres, processes, sites, stripe_objects
from bench.figures import Figure, at_most
from bench.scale import Scale
from bench.sites import PLATFORM_SECRET

PAGES = ["/", "/accounts/", "/funding/top-ups/", "/accounts/?q=Bakery", "/stripe/operations/", "/stripe/events/"]
KEY = "Bearer sk_test_bench"


def run(scale: Scale) -> list[Figure]:
    """Resident memory after work, as a share of the peer's; growth from a tenth of that work to all of it."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="bench-memory-")))
        stripe = stack.enter_context(sites.local_stripe(place))
        peer = _djstripe(stack, place, stripe, scale)
        database = stack.enter_context(postgres.database("memory"))
        portal = sites.portal(place, database, stripe_base=stripe.base)
        portal.manage("migrate", "--verbosity", "0")
        readings = {
            f"web worker after {scale.views:,} page views": _web(stack, portal, database, scale),
            f"Celery worker after {scale.tasks:,} tasks": _celery(stack, portal, scale),
            f"local Stripe with {scale.objects:,} objects": _stripe(stripe, scale),
        }
    return [figure for what, reading in readings.items() for figure in _figures(what, *reading, peer)]


def _figures(what: str, early: float, late: float, peer: float) -> list[Figure]:
    detail = f"{late:.0f} MB, the peer {peer:.0f} MB"
    return [
        Figure("P15", f"{what}: against a dj-stripe web worker", [late / peer], at_most(1.0), detail=detail),
        Figure("P15", f"{what}: growth since a tenth of that", [late / early], at_most(1.1)),
    ]


def _djstripe(stack: ExitStack, place: Path, stripe: sites.LocalStripe, scale: Scale) -> float:
    """MB of one dj-stripe worker that has received as many events as we serve pages."""
    site = sites.peer("djstripe_site", place, stack.enter_context(postgres.database("peer")), BENCH_STRIPE=stripe.base)
    site.manage("migrate", "--run-syncdb", "--verbosity", "0")
    uuid = site.run("bench.peers.djstripe_endpoint", PLATFORM_SECRET).strip()
    topup = stripe_objects.top_ups(stripe, 1)[0]
    with site.served(workers=1) as served:
        path = f"/stripe/webhook/{uuid}/"
        load.burst(served.port, [events.delivery(path, events.topup_succeeded(topup), PLATFORM_SECRET)]).require(200)
        made = [events.delivery(path, events.topup_succeeded(topup), PLATFORM_SECRET) for _ in range(scale.views)]
        load.burst(served.port, made).require(200)
        return processes.resident_mb(served.workers[0])


def _web(stack: ExitStack, portal: sites.Site, database: str, scale: Scale) -> tuple[float, float]:
    user, cookie = portal.run("bench.inside.session").split()
    dataset.fill(database, accounts=1000, top_ups=5000, user=int(user))
    with portal.served(workers=1) as served:

        def view(count: int) -> float:
            requests = [load.request("GET", PAGES[n % len(PAGES)], Cookie=f"session={cookie}") for n in range(count)]
            load.burst(served.port, requests).require(200)
            return processes.resident_mb(served.workers[0])

        return view(scale.views // 10), view(scale.views - scale.views // 10)


def _celery(stack: ExitStack, portal: sites.Site, scale: Scale) -> tuple[float, float]:
    """On Redis, as in production: the embedded broker is looked at once a second, which is enough for wake-ups."""
    port = processes.free_port()
    redis = ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"]
    stack.enter_context(
        processes.running(redis, cwd=portal.place, env=portal.env, log=portal.place / "redis.log", port=port)
    )
    env = {**portal.env, "REDIS_URL": f"redis://{processes.HOST}:{port}/0"}
    on_redis = sites.Site("worker", portal.python, portal.wsgi, env, portal.place)
    command = [sys.executable, "-m", "celery", "--app", "config", "worker", "--concurrency", "1"]
    command += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    log = portal.place / "worker.log"
    with processes.running(command, cwd=sites.ROOT, env=env, log=log) as process:

        def work(count: int) -> float:
            on_redis.run("bench.inside.send_tasks", str(count))
            return max(processes.resident_mb(pid) for pid in [process.pid, *processes.children(process)])

        return work(scale.tasks // 10), work(scale.tasks - scale.tasks // 10)


def _stripe(stripe: sites.LocalStripe, scale: Scale) -> tuple[float, float]:
    form = b"amount=5000&currency=usd&description=Cards"
    headers = {"Authorization": KEY, "Content_Type": "application/x-www-form-urlencoded"}
    message = load.request("POST", "/v1/topups", body=form, **headers)

    def make(count: int) -> float:
        load.burst(stripe.port, [message] * count).require(200)
        return processes.resident_mb(stripe.pid)

    return make(scale.objects // 10), make(scale.objects - scale.objects // 10)
