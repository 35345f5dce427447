"""The whole matrix: `make verify`, or `python -m tests.harness.verify --help`.

Writes reports/reliability.json and a summary to standard output; exits with 1 when anything at all was wrong.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.harness import chaos, crashes, databases, hunts, pool, races, restores
from tests.harness.crashes import Tally
from tests.harness.faults import FAULTS
from tests.harness.pool import Pool
from tests.harness.scenarios import SCENARIOS

REPORT = Path("reports/reliability.json")
# Every place to die under these; under the others, places drawn by the seed.
EXHAUSTED = ("none", "drop_after", "500_after", "drop_after, then down for a day")
DRAWN = tuple(fault for fault in FAULTS if fault not in EXHAUSTED)
DRAWN_SINGLES = 12
ROUNDS = 200
CHAOS_SIZE = 150
LEAST = {"singles": 2_500, "doubles": 1_500}


def main() -> int:
    # So that servers and databases of the harness go away with it, however it is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = _parse()
    if options.case:
        return _repeat(options.case, options.engines[0])
    report = {
        "commit": _commit(),
        "seed": options.seed,
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "engines": {engine: _verify(engine, options) for engine in options.engines},
    }
    report["green"] = not any(result["problems"] for result in report["engines"].values())
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    print(summary(report))
    return 0 if report["green"] else 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.harness.verify", description=__doc__)
    parser.add_argument("--engines", nargs="+", choices=databases.ENGINES, default=list(databases.ENGINES))
    parser.add_argument("--workers", type=int, default=(os.cpu_count() or 1) + 1)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="draws places, shuffles events")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of each race")
    parser.add_argument("--share", type=float, default=1.0, help="of the crash matrix, drawn by the seed")
    parser.add_argument("--case", help="repeat one case as a report names it, on the first engine")
    return parser.parse_args()


def _verify(engine: str, options: argparse.Namespace) -> dict:
    started = time.monotonic()
    try:
        with pool.opened(engine, options.workers) as workers:
            result = _measure(workers, engine, options)
    except LookupError as missing:
        return {"problems": [f"not run: {missing}"]}
    result["seconds"] = round(time.monotonic() - started)
    result["share"] = options.share
    result["problems"] = list(_problems(result))
    return result


def _measure(workers: Pool, engine: str, options: argparse.Namespace) -> dict:
    found = {}
    for name, measure in (("crashes", _crashes), ("races", _races), ("chaos", _chaos)):
        found[name] = measure(workers, options)
        wrong = sum(len(each["wrong"]) for each in found[name].values()) if name != "crashes" else "see above"
        _say(f"{engine}: {name} done, wrong: {wrong}")
    found["restores"] = {"every kind": {"wrong": sum(workers.run(restores.run, [(s,) for s in SCENARIOS]), [])}}
    found["mutants"] = _mutants(workers, engine)
    return found


def _crashes(workers: Pool, options: argparse.Namespace) -> dict:
    started, total = time.monotonic(), Tally()
    for name, function, units in (
        ("database loss", crashes.every_database_loss, [(s, "none") for s in SCENARIOS]),
        ("single", crashes.every_single, [(s, f) for s in SCENARIOS for f in EXHAUSTED]),
        ("drawn single", crashes.some_singles, [(s, f, options.seed, DRAWN_SINGLES) for s in SCENARIOS for f in DRAWN]),
        ("drawn double", crashes.some_doubles, [(s, f, options.seed, 4, 2) for s in SCENARIOS for f in FAULTS]),
        ("double", crashes.every_double, [(s, "drop_after") for s in SCENARIOS]),
    ):
        for tally in workers.run(function, _share(units, options)):
            total.add(tally)
        _say(f"{name} crashes: {total.singles} + {total.doubles}, {len(total.violations)} violations so far")
    seconds = time.monotonic() - started
    cases = total.singles + total.doubles + total.database_losses + total.uncrashed
    return {
        "singles": total.singles,
        "doubles": total.doubles,
        "database_losses": total.database_losses,
        "uncrashed": total.uncrashed,
        "left_to_a_person": total.persons,
        "cases_per_second": round(cases / seconds, 1),
        "violations": [dict(zip(("case", "kind", "detail"), each, strict=True)) for each in total.violations],
    }


def _share(units: list, options: argparse.Namespace) -> list:
    return random.Random(options.seed).sample(units, math.ceil(len(units) * options.share))


def _races(workers: Pool, options: argparse.Namespace) -> dict:
    results: dict = {name: {"rounds": 0, "wrong": []} for name in races.RACES}
    portions = [(name, options.rounds // 4, "", part) for name in races.RACES for part in range(4)]
    for run in workers.run(races.run, portions):
        results[run.name]["rounds"] += run.rounds
        results[run.name]["wrong"] += run.wrong
    return results


def _chaos(workers: Pool, options: argparse.Namespace) -> dict:
    units = [(options.seed + part, CHAOS_SIZE, way) for way in chaos.WAYS for part in range(2)]
    results: dict = {way: {"events": 0, "posted": 0, "wrong": []} for way in (*chaos.WAYS, "kills")}
    for function, places in ((chaos.run, units), (chaos.every_kill, [()])):
        for told in workers.run(function, places):
            result = results[told.way]
            result["events"] += told.events
            result["posted"] += told.posted
            result["wrong"] += told.wrong
    return results


def _mutants(workers: Pool, engine: str) -> dict:
    names = [(name,) for name in hunts.names(engine)]
    evidence = {name: {"evidence": seen[:3]} for name, seen in workers.run(hunts.hunt, names)}
    for name, seen in workers.run(hunts.control, names):
        evidence[name]["without_it"] = seen
    return evidence


def _problems(result: dict):
    for kind, least in LEAST.items():
        if result["share"] == 1 and result["crashes"][kind] < least:
            yield f"only {result['crashes'][kind]} {kind}"
    yield from (f"{each['case']}: {each['kind']}: {each['detail']}" for each in result["crashes"]["violations"])
    for family in ("races", "chaos", "restores"):
        for name, each in result[family].items():
            yield from (f"{name}: {what}" for what in each["wrong"])
    for name, each in result["mutants"].items():
        if not each["evidence"]:
            yield f"blind to {name}"
        yield from (f"red without {name}: {what}" for what in each["without_it"])


def summary(report: dict) -> str:
    """The report in a few lines of Markdown."""
    lines = [f"# Reliability: {'green' if report['green'] else 'RED'}", ""]
    lines += [f"Commit {report['commit']}, seed {report['seed']}, {report['started_at']}."]
    for engine, result in report["engines"].items():
        lines += ["", f"## {engine}", ""]
        lines += _summary_of(result) if "crashes" in result else []
        lines += [f"- **{problem.strip().splitlines()[-1]}**" for problem in result["problems"][:20]]
        if len(result["problems"]) > 20:
            lines.append(f"- … and {len(result['problems']) - 20} more in {REPORT}")
    return "\n".join(lines)


def _summary_of(result: dict) -> list[str]:
    found = result["crashes"]
    kinds = Counter(each["kind"] for each in found["violations"])
    told = ", ".join(f"{kinds[kind]} {kind}" for kind in ("duplicate", "lost", "diverged", "phantom", "defect"))
    rounds = sum(each["rounds"] for each in result["races"].values())
    wrong = sum(len(each["wrong"]) for each in result["races"].values())
    events = sum(each["events"] for each in result["chaos"].values())
    astray = sum(len(each["wrong"]) for each in result["chaos"].values())
    caught = sum(bool(each["evidence"]) for each in result["mutants"].values())
    partly = [] if result["share"] == 1 else [f"- only {result['share']:.0%} of the crash matrix"]
    return [
        *partly,
        f"- {found['singles']} single and {found['doubles']} double crashes: {told}",
        f"- {found['database_losses']} losses of the database",
        f"- {found['left_to_a_person']} left to a person; {found['cases_per_second']} cases/s",
        f"- {rounds} rounds of {len(result['races'])} races: {wrong} wrong",
        f"- {events} events through chaos: {astray} differences",
        f"- {caught} of {len(result['mutants'])} planted bugs caught",
        f"- {result['seconds']} s",
    ]


def _repeat(case: str, engine: str) -> int:
    with pool.opened(engine, 1) as workers:
        for tally in workers.run(crashes.repeat, [(case,)]):
            for violation in tally.violations:
                print(*violation)
            return 1 if tally.violations else 0
    return 1


def _commit() -> str:
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return head.stdout.strip()


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
