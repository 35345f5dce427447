"""The virtual clock, and what will happen by itself when it gets there."""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from local_stripe.context import Context
from local_stripe.store import PLATFORM, Store

log = logging.getLogger("local_stripe.clock")
JOBS: dict[str, Callable] = {}


def job(name: str):
    """Register `function(ctx, **args)` to be run by `later(…, name, …)`. Names are kept in the file: never rename."""

    def register(function):
        JOBS[name] = function
        return function

    return register


def offset(db: Store) -> float:
    return float(db.meta("clock_offset") or 0)


def now(db: Store) -> int:
    """Virtual Unix seconds: the wall clock moved by the offset."""
    return int(exact_now(db))


def exact_now(db: Store) -> float:
    return time.time() + offset(db)


def iso(moment: float) -> str:
    """RFC 3339 with milliseconds, as v2 writes timestamps."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> float:
    """Raises ValueError when `text` is no RFC 3339 timestamp."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def later(ctx: Context, at: int, name: str, **args) -> None:
    """Have job `name` run once the virtual clock reaches `at`; survives restarts. `args` must be JSON."""
    if name not in JOBS:
        raise LookupError(f"no such job: {name}")
    ctx.db.execute("INSERT INTO jobs (due, name, args) VALUES (?, ?, ?)", int(at), name, json.dumps(args))


def start_at(db: Store, moment: float) -> None:
    """Set the clock of a new file; one that has ever been set is left alone, for time only goes forward."""
    with db.transaction():
        if db.meta("clock_offset") is None:
            db.set_meta("clock_offset", str(moment - time.time()))


def advance(db: Store, seconds: float) -> None:
    """Move the clock forward and let what falls due on the way happen, in order, each at its own moment."""
    with db.transaction():
        db.set_meta("clock_offset", str(offset(db) + seconds))
    run_due(db)


def run_due(db: Store) -> int:
    """Run every job whose time has come; returns how many ran."""
    ran = 0
    while True:
        row = db.execute(
            "SELECT seq, due, name, args FROM jobs WHERE due <= ? ORDER BY due, seq LIMIT 1", now(db)
        ).fetchone()
        if row is None:
            return ran
        _run(db, *row)
        ran += 1


def _run(db: Store, seq: int, due: int, name: str, args: str) -> None:
    try:
        with db.transaction():
            db.execute("DELETE FROM jobs WHERE seq = ?", seq)
            JOBS[name](Context(db=db, now=due, scope=PLATFORM), **json.loads(args))
    except Exception:  # a job that breaks must not stop the clock for the others
        log.exception("job %s failed", name)
        with db.transaction():
            db.execute("DELETE FROM jobs WHERE seq = ?", seq)
