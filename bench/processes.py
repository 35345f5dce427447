"""Programs under measurement: started, waited for, and ended with the block that needs them."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
STARTS_WITHIN_SECONDS = 60.0
ENDS_WITHIN_SECONDS = 10.0


class DidNotStart(Exception):
    """A program ended, or never answered; carries the end of its log."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@contextmanager
def running(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path, port: int | None = None
) -> Iterator[subprocess.Popen]:
    """The program, from when it answers on `port` (if it has one) to the end of the block. Raises DidNotStart."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        if port is not None:
            _wait_for(process, port, log)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def finished(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> str:
    """Run to the end and return what was printed. Raises DidNotStart when it failed."""
    done = subprocess.run(command, cwd=cwd, env=dict(env), capture_output=True, text=True, check=False)
    if done.returncode:
        raise DidNotStart(f"{' '.join(command[:4])} … failed:\n{done.stderr[-3000:]}")
    return done.stdout


def children(process: subprocess.Popen) -> list[int]:
    """Process ids of its children: the workers of a server."""
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def resident_mb(pid: int) -> float:
    """Resident memory in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _wait_for(process: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DidNotStart(f"{log.name} ended with {process.returncode}:\n{log.read_text(errors='replace')[-3000:]}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise DidNotStart(f"{log.name} did not answer:\n{log.read_text(errors='replace')[-3000:]}")
