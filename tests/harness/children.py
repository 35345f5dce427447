"""Work in a forked child that is killed, as by `kill -9`, at its n-th checkpoint.

A checkpoint stands before every SQL statement, COMMIT, ROLLBACK, HTTP request and e-mail, and after every COMMIT, HTTP
request and e-mail. What stands after a plain statement is the checkpoint before the next one: nothing that could
outlive the process happens between the two.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_SECONDS = 60.0


class Checkpoints:
    """Counts the places at which this process could die, and dies at the one it was told.

    `loses_database`: instead, the connection to the database breaks there, so that nobody knows what was committed.
    """

    def __init__(self, crash_at: int | None, *, loses_database: bool = False):
        self.crash_at = crash_at
        self.loses_database = loses_database
        self.passed = 0
        self.first_answer: int | None = None
        self.armed = True

    def __call__(self) -> None:
        if not self.armed:
            return
        self.passed += 1
        if self.passed != self.crash_at:
            return
        if self.loses_database:
            self._lose_database()
        else:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable, then: Callable[[], None] = lambda: None) -> Callable:
        """A checkpoint before the function and one after it, however it ends."""

        def wrapped(*args, **kwargs):
            self()
            try:
                return function(*args, **kwargs)
            finally:
                then()
                self()

        return wrapped

    def _lose_database(self) -> None:
        from django.db import OperationalError, connection

        connection.connection.close()
        raise OperationalError("the connection was lost")

    def _note_answer(self) -> None:
        self.first_answer = self.first_answer or self.passed + 1

    def install(self) -> None:
        """Patches this process for good; meant for a child that ends soon."""
        import httpx
        from django.core.mail import EmailMessage
        from django.db import connection

        def before_statement(execute, sql, params, many, context):
            self()
            return execute(sql, params, many, context)

        connection.execute_wrappers.append(before_statement)
        connection.commit = self.around(connection.commit)
        connection.rollback = self.around(connection.rollback)
        httpx.Client.send = self.around(httpx.Client.send, self._note_answer)
        EmailMessage.send = self.around(EmailMessage.send)


@dataclass(frozen=True)
class Ended:
    """How a child ended: killed at its checkpoint, or with a value (JSON), or with a traceback."""

    killed: bool
    checkpoints: int = 0
    first_answer: int | None = None
    value: object = None
    error: str = ""


@dataclass(frozen=True)
class Child:
    """A running child and the pipe on which it tells how it ended."""

    pid: int
    pipe: int
    crash_at: int | None

    def wait(self, seconds: float = LONGEST_SECONDS) -> Ended:
        """Until it ends; one that does not is killed, and that is an error."""
        told, deadline = b"", time.monotonic() + seconds
        while part := self._read(deadline):
            told += part
        stuck = part is None
        if stuck:
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.pipe)
        status = os.waitpid(self.pid, 0)[1]
        if stuck:
            return Ended(killed=False, error=f"did not end within {seconds:.0f} s")
        if os.WIFSIGNALED(status) and self.crash_at:
            return Ended(killed=True)
        if status:
            return Ended(killed=False, error=f"ended with status {status}")
        return Ended(killed=False, **json.loads(told))

    def _read(self, deadline: float) -> bytes | None:
        """What it tells next, empty once it has ended, None when it is too late."""
        ready, _, _ = select.select([self.pipe], [], [], max(0.0, deadline - time.monotonic()))
        return os.read(self.pipe, 65536) if ready else None


def start(work: Callable[[Checkpoints], object], *, crash_at: int | None = None, loses_database: bool = False) -> Child:
    """Fork a child that does `work`. The caller must have closed its database connections."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write_end)
        return Child(pid, read_end, crash_at)
    os.close(read_end)
    # It ends long before its garbage matters, and collecting would copy the memory it shares with its parent.
    gc.disable()
    told = _tell(work, Checkpoints(crash_at, loses_database=loses_database))
    with os.fdopen(write_end, "w") as pipe:
        pipe.write(told)
    os._exit(0)


def run(work: Callable[[Checkpoints], object], **how) -> Ended:
    """Do `work` in a child of its own and wait for its end; `how` as for `start`."""
    return start(work, **how).wait()


def _tell(work: Callable[[Checkpoints], object], checkpoints: Checkpoints) -> str:
    """Whatever goes wrong must end this process here, never go on in the parent's code."""
    try:
        checkpoints.install()
        value = work(checkpoints)
        return json.dumps({"value": value} | _where(checkpoints))
    except BaseException as error:
        if not isinstance(error, Exception):
            sys.stderr.write(f"a child ended by {error!r}\n")
        return json.dumps({"error": traceback.format_exc()} | _where(checkpoints))


def _where(checkpoints: Checkpoints) -> dict:
    return {"checkpoints": checkpoints.passed, "first_answer": checkpoints.first_answer}
