"""python -m bench [--quick] [part …]: measure everything, or some parts; what runs in full goes to bench/RESULTS.md."""

import argparse
import signal
import sys
import time
from importlib import import_module

from bench import results
from bench.figures import Figure
from bench.peers import environment
from bench.scale import FULL, QUICK

# Part → bench/<part>.py with run(scale) → figures, in the order of their numbers.
PARTS = ["webhooks", "lists", "queue", "startup", "first_load", "local_stripe", "memory", "test_run"]


def main() -> int:
    options = parse_options()
    # So that an ended run takes its servers and databases with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    environment.prepare()
    figures = [figure for part in options.parts or PARTS for figure in measure(part, quick=options.quick)]
    print(f"{sum(figure.is_met is False for figure in figures)} of {len(figures)} figures missed their goal.")
    return 0


def measure(part: str, *, quick: bool) -> list[Figure]:
    """Run one part and print its figures; in full, keep them as well."""
    print(f"== {part}", flush=True)
    started = time.monotonic()
    figures = []
    for figure in import_module(f"bench.{part}").run(QUICK if quick else FULL):
        print(figure, flush=True)
        figures.append(figure)
    seconds = time.monotonic() - started
    print(f"   {seconds / 60:.1f} minutes", flush=True)
    if not quick:
        results.keep(part, figures, seconds=seconds)
        results.write(PARTS)
    return figures


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed beside peers, in ratios.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"one of {', '.join(PARTS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="few rounds and rows: does it all still run?")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
