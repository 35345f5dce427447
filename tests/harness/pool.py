"""Worker processes, each with a stand of its own, that work through units of cases."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.harness import databases, stand, stripe_process

_stand: stand.Stand | None = None


def this_stand() -> stand.Stand:
    """The stand of this worker process."""
    if _stand is None:
        raise RuntimeError("only in a worker of a pool")
    return _stand


class Pool:
    """`workers` processes on one engine."""

    def __init__(self, executor: ProcessPoolExecutor):
        self._executor = executor

    def run(self, function: Callable, units: Iterable[tuple]) -> Iterator:
        """`function(*unit)` for every unit, in whatever order they end. A worker that breaks ends everything."""
        for future in as_completed([self._executor.submit(function, *unit) for unit in units]):
            yield future.result()


@contextmanager
def opened(engine: str, workers: int) -> Iterator[Pool]:
    """A pool on `engine` ("sqlite" or "postgresql"). Raises LookupError when there is no such server."""
    with ExitStack() as stack:
        folder = _folder()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        template = databases.create(engine, _inside(folder, "template"))
        stack.callback(template.drop)
        _migrate(template, folder / "template")
        context = multiprocessing.get_context("spawn")
        places = context.Queue()
        for number in range(workers):
            place = _inside(folder, f"w{number}")
            database = template.clone(place)
            stack.callback(database.drop)
            process, stripe = stripe_process.start(place)
            stack.callback(_stop, process)
            places.put((engine, database.url, str(place), stripe.base))
        executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_take_place, initargs=(places,))
        stack.callback(executor.shutdown, wait=True, cancel_futures=True)
        yield Pool(executor)


def _folder() -> Path:
    """In memory where there is such a place: what is killed here are processes, never the machine."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="harness-", dir=memory if os.access(memory, os.W_OK) else None))


def _inside(folder: Path, name: str) -> Path:
    inner = folder / name
    inner.mkdir()
    return inner


def _migrate(database: databases.Database, folder: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
        cwd=stripe_process.ROOT,
        env=os.environ | stand.environment(database.url, "http://127.0.0.1:9", folder),
        check=True,
    )


def _take_place(places) -> None:
    global _stand
    engine, url, folder, base = places.get()
    database = databases.at(engine, url, Path(folder))
    _stand = stand.set_up(database, stripe_process.Stripe(base), Path(folder))


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait(10)
