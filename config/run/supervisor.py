"""Child processes that live and die together."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# A Celery worker takes five to let go of its pool.
GRACE_SECONDS = 10.0


class Stopped(Exception):
    """Somebody asked us to end."""


class ChildEnded(Exception):
    """A process that the others cannot do without has ended."""

    def __init__(self, name: str, code: int, log: Path):
        self.name, self.code, self.log = name, code, log
        super().__init__(f"{name} ended with code {code}")

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


class Supervisor:
    """Starts children in our own process group, each writing to its own log, and ends them all with us."""

    def __init__(self, *, cwd: Path, log_dir: Path):
        self.cwd = cwd
        self.log_dir = log_dir
        self.children: dict[str, subprocess.Popen] = {}
        self._stop = threading.Event()

    def listen_for_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        with self._log(name).open("wb") as log:
            self.children[name] = subprocess.Popen(  # noqa: S603 - our own commands, with nothing in them that anybody typed
                command, cwd=self.cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def finish(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Run one step to its end. Raises ChildEnded when it failed, Stopped when we are to end first."""
        self.start(name, command, env)
        step = self.children[name]
        while step.poll() is None:
            self.watch(but=name)
        del self.children[name]
        if step.returncode:
            raise ChildEnded(name, step.returncode, self._log(name))

    def wait_until(self, ready: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Wait for `ready()`. Raises TimeoutError naming `what` after `seconds`, ChildEnded, or Stopped."""
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not answer within {seconds:.0f} seconds; see {self.log_dir}.")
            self.watch()

    def watch(self, but: str = "") -> None:
        """Let a moment pass. Raises Stopped when asked to end, ChildEnded when a child (other than `but`) ended."""
        if self._stop.wait(0.2):
            raise Stopped
        for name, child in self.children.items():
            code = child.poll()
            if code is not None and name != but:
                raise ChildEnded(name, code, self._log(name))

    def end_all(self) -> list[str]:
        """Ask every child to end, kill what has not after a while; returns the names of those killed."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        killed = [name for name, child in self.children.items() if not _ended_by(child, deadline)]
        self.children.clear()
        return killed

    def _log(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"


def _ended_by(child: subprocess.Popen, deadline: float) -> bool:
    try:
        child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        child.kill()  # Every write of ours survives that: it is what the sweepers are for.
        child.wait()
        return False
    return True
