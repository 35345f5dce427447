"""P11: what the stripe package costs those who do not call Stripe."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import load, postgres, sites
from bench.figures import Figure, at_most, interleaved, ratios
from bench.scale import Scale

PAGES = [
    "/",
    "/accounts/",
    "/funding/top-ups/",
    "/stripe/operations/",
    "/stripe/events/",
    "/audit-trail/",
    "/search/?q=a",
]


def run(scale: Scale) -> list[Figure]:
    """`manage.py check` beside the same project without the package, and what a worker that serves pages imports."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="bench-startup-")))
        portal = sites.portal(place, stack.enter_context(postgres.database("startup")))
        portal.manage("migrate", "--verbosity", "0")
        variants = {
            how: lambda how=how: float(portal.run("bench.inside.check", how)) for how in ("lazy", "without", "eager")
        }
        seconds = interleaved(variants, scale.rounds)
        importers = _workers_with_stripe(portal)
    return [
        Figure("P11", "manage.py check against the same project without stripe",
               ratios(seconds["lazy"], seconds["without"]), at_most(1.1)),
        Figure("P11", "the same with stripe imported at once, for contrast",
               ratios(seconds["eager"], seconds["without"]), None),
        Figure("P11", "workers that served pages only and imported stripe", [importers], at_most(0), unit=""),
    ]  # fmt: skip


def _workers_with_stripe(portal: sites.Site) -> int:
    """How many of two workers had imported it when they ended, after every kind of page."""
    cookie = portal.run("bench.inside.session").split()[1]
    probe = portal.place / "probe"
    probe.mkdir()
    probed = sites.Site(
        portal.name, portal.python, portal.wsgi, {**portal.env, "BENCH_PROBE": str(probe)}, portal.place
    )
    with probed.served(options=("--config", "bench/gunicorn_probe.py")) as served:
        requests = [load.request("GET", page, Cookie=f"session={cookie}") for page in PAGES * 8]
        load.burst(served.port, requests, connections=4).require(200)
    said = [file.read_text() for file in probe.iterdir()]
    assert len(said) == sites.WORKERS, f"{len(said)} workers reported"
    return said.count("yes")
