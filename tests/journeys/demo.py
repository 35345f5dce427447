"""The demo as a newcomer starts it: `python -m config.run` with every process it has."""

import email
import email.policy
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from config.run.mail import SEPARATOR

ROOT = Path(__file__).resolve().parent.parent.parent


class Demo:
    """One run of `python -m config.run` in a process group of its own, as a shell gives it."""

    def __init__(self, var_dir: Path, port: int, stripe_port: int):
        self.site = f"http://localhost:{port}"
        self.stripe = f"http://127.0.0.1:{stripe_port}"
        self.var_dir = var_dir
        self.console = var_dir / "console.txt"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        env = {**kept, "VAR_DIR": str(var_dir), "PORT": str(port), "LOCAL_STRIPE_PORT": str(stripe_port)}
        with self.console.open("wb") as console:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.run"],
                cwd=ROOT,
                env=env,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )

    @classmethod
    def start(cls, var_dir: Path) -> "Demo":
        """A demo on free ports, running and ready."""
        port, stripe_port = free_ports(2)
        demo = cls(var_dir, port, stripe_port)
        demo.wait_until_it_says("password: ")
        return demo

    def wait_until_it_says(self, text: str, seconds: int = 200) -> str:
        deadline = time.monotonic() + seconds
        while text not in (said := self.console.read_text()):
            assert self.process.poll() is None, said + self.logs()
            assert time.monotonic() < deadline, said + self.logs()
            time.sleep(0.2)
        return said

    def logs(self) -> str:
        return "".join(f"\n--- {log.name}\n{log.read_text()[-2000:]}" for log in self.var_dir.glob("log/*.log"))

    def press_ctrl_c(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)

    def living_processes(self) -> dict[int, str]:
        """Process id → whole command line, however narrow the terminal, of everything in the demo's process group."""
        listing = subprocess.run(
            ["ps", "-eww", "-o", "pgid=,pid=,stat=,args="], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(maxsplit=3) for line in listing.splitlines()]
        return {int(pid): args for pgid, pid, stat, args in rows if pgid == str(self.process.pid) and stat[0] != "Z"}

    def left_behind(self) -> dict[int, str]:
        """What still lives a while after the end: a pool whose master was killed needs a moment to notice."""
        deadline = time.monotonic() + 10
        while (living := self.living_processes()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return living

    def link_mailed_to(self, address: str, seconds: int = 120) -> str:
        """The first link of the latest e-mail to this address in the mail folder; waits until there is one."""
        deadline = time.monotonic() + seconds
        while not (links := [link for to, link in self._mails() if to == address]):
            assert time.monotonic() < deadline, f"no e-mail to {address}" + self.logs()
            time.sleep(0.3)
        return links[-1]

    def _mails(self) -> list[tuple[str, str]]:
        files = sorted((self.var_dir / "mail").glob("*.log"))
        raw = [part for file in files for part in SEPARATOR.split(file.read_bytes())[:-1]]
        mails = [email.message_from_bytes(each, policy=email.policy.default) for each in raw]
        bodies = [mail.get_body(preferencelist=("plain",)).get_content() for mail in mails]
        return [(mail["To"], re.search(r"https?://\S+", body)[0]) for mail, body in zip(mails, bodies, strict=True)]

    def counts(self) -> dict[str, int]:
        with sqlite3.connect(self.var_dir / "issuing_desk.sqlite3") as database:
            tables = ("desk_user", "accounts_connectedaccount", "funding_source", "funding_topup")
            return {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
