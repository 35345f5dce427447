"""P14: how long the tests take."""

import os
import time

from bench import processes, sites
from bench.figures import Figure, at_most
from bench.scale import Scale


def run(scale: Scale) -> list[Figure]:
    """Minutes of `make test`; nothing in a quick run."""
    if not scale.with_tests:
        return []
    started = time.monotonic()
    processes.finished(["make", "test"], cwd=sites.ROOT, env=os.environ)
    return [Figure("P14", "make test", [(time.monotonic() - started) / 60], at_most(12), unit=" min")]
