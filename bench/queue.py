"""P10: operations, whose table is the queue, beside two queues that also live in PostgreSQL."""

import json
import statistics
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import postgres, sites
from bench.figures import Figure, at_least, at_most, interleaved, ratios
from bench.scale import Scale

# A drain this many times slower than the middle one has stalled.
STALL = 5
OURS, PROCRASTINATE, DJANGO_TASKS = "operations", "procrastinate", "django-tasks-db"


def run(scale: Scale) -> list[Figure]:
    """Rates against both peers, and drains after idling."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="bench-queue-")))
        urls = {name: stack.enter_context(postgres.database(name)) for name in ("operations", "jobs", "tasks")}
        portal = sites.portal(place, urls["operations"])
        tasks = sites.peer("django_tasks_site", place, urls["tasks"])
        jobs = sites.peer("procrastinate_queue", place, urls["jobs"])
        for site in (portal, tasks):
            site.manage("migrate", "--verbosity", "0")
        count = str(scale.operations)
        variants = {
            OURS: lambda: json.loads(portal.run("bench.inside.operation_queue", "rates", count)),
            PROCRASTINATE: lambda: json.loads(jobs.run("bench.peers.procrastinate_queue", count)),
            DJANGO_TASKS: lambda: json.loads(tasks.run("bench.peers.django_tasks_queue", count)),
        }
        rates = interleaved(variants, scale.rounds)
        drains = json.loads(
            portal.run("bench.inside.operation_queue", "drains", str(scale.drains), str(scale.per_drain))
        )
    return [*(_against(peer, rates, limit) for peer, limit in ((PROCRASTINATE, 1.5), (DJANGO_TASKS, 5))),
            _stalls(drains, scale)]  # fmt: skip


def _against(peer: str, rates: dict, limit: float) -> Figure:
    ours, theirs = ([each["both"] for each in rates[name]] for name in (OURS, peer))
    detail = "; ".join(
        f"{name} {statistics.median(each['enqueue'] for each in rates[name]):,.0f}/s written down, "
        f"{statistics.median(each['drain'] for each in rates[name]):,.0f}/s drained"
        for name in (OURS, peer)
    )
    return Figure("P10", f"operations written down one per commit, and drained by one worker: rate against {peer}",
                  ratios(ours, theirs), at_least(limit), detail=detail)  # fmt: skip


def _stalls(drains: list[float], scale: Scale) -> Figure:
    middle = statistics.median(drains)
    stalled = sum(seconds > STALL * middle for seconds in drains)
    detail = f"slowest {max(drains):.2f} s, middle {middle:.2f} s; scaled down from 30,000 operations per drain"
    return Figure("P10", f"stalls in {len(drains)} drains of {scale.per_drain} operations after idling empty",
                  [stalled], at_most(0), unit="", detail=detail)  # fmt: skip
