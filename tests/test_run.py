"""`make run` as a person meets it: ports, secrets, e-mails, children that end together."""

import http.server
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.run import demo
from config.run.__main__ import processes
from config.run.environment import CannotStart, Place, kept_secrets, settings_for
from config.run.mail import Mailbox
from config.run.supervisor import ChildEnded, Stopped, Supervisor

ROOT = Path(__file__).resolve().parent.parent
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(cwd=ROOT, log_dir=tmp_path)
    yield supervisor
    supervisor.end_all()


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def place(tmp_path, **ports):
    return Place.from_environment({"VAR_DIR": str(tmp_path), **{name: str(port) for name, port in ports.items()}})


class TestPorts:
    def test_defaults(self, tmp_path):
        assert (place(tmp_path).port, place(tmp_path).stripe_port) == (8000, 12111)

    @pytest.mark.parametrize("variable", ["PORT", "LOCAL_STRIPE_PORT"])
    def test_a_taken_port_is_named_with_the_variable_that_picks_another(self, tmp_path, taken_port, variable):
        with pytest.raises(CannotStart, match=f"Port {taken_port} is taken.*make run {variable}={taken_port + 1}"):
            place(tmp_path, **{"PORT": 18999, "LOCAL_STRIPE_PORT": 18998, variable: taken_port}).require_free_ports()

    def test_one_port_for_both_is_refused(self, tmp_path):
        with pytest.raises(CannotStart, match="must differ"):
            place(tmp_path, PORT=18999, LOCAL_STRIPE_PORT=18999).require_free_ports()

    @pytest.mark.parametrize("port", ["eighty", "-1", "0", "65536", "8000.5", "٨٠٠٠"])
    def test_a_port_that_is_no_port_is_refused_in_words(self, tmp_path, port):
        with pytest.raises(ValueError, match="must be a number from 1 to 65535"):
            place(tmp_path, PORT=port)

    def test_the_program_says_one_sentence_and_exits_with_1(self, tmp_path, taken_port):
        env = {**os.environ, "VAR_DIR": str(tmp_path), "PORT": str(taken_port)}
        run = subprocess.run(
            [sys.executable, "-m", "config.run"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
        )
        assert run.returncode == 1
        assert run.stdout.count("\n") == 1
        assert f"Port {taken_port} is taken" in run.stdout
        assert run.stderr == ""

    def test_two_runs_never_share_one_place(self, tmp_path):
        with place(tmp_path).claim(), pytest.raises(CannotStart, match="Another `make run` is using"):
            place(tmp_path).claim()
        place(tmp_path).claim().close()


class TestEnvironment:
    def test_secrets_are_made_once_and_only_their_owner_may_read_them(self, tmp_path):
        first = kept_secrets(tmp_path)
        assert kept_secrets(tmp_path) == first
        assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
        assert len(first["SECRET_KEY"]) >= 50

    def test_two_demos_share_no_secret(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        one, other = kept_secrets(tmp_path / "a"), kept_secrets(tmp_path / "b")
        assert not set(one.values()) & set(other.values())

    def test_every_setting_that_leads_outside_is_pinned(self, tmp_path):
        """A developer's `.env` beside the code may name a real key or a production database."""
        names = re.findall(r'env(?:\.\w+)?\(\s*"(\w+)"', (ROOT / "config" / "settings.py").read_text())
        outside = {name for name in names if re.search(r"(URL|KEY|KEYS|SECRET\w*|BASE|ORIGINS|DIR|ROOT|HOSTS)$", name)}
        outside |= {name for name in names if "WEBHOOK_SECRET" in name}
        pinned = settings_for(place(tmp_path), kept_secrets(tmp_path), {})
        assert outside <= pinned.keys()
        for name, value in pinned.items():
            assert "stripe.com" not in value, name

    def test_every_setting_is_explained(self):
        names = set(re.findall(r'env(?:\.\w+)?\(\s*"(\w+)"', (ROOT / "config" / "settings.py").read_text()))
        explained = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
        assert len(names) > 40
        assert names - explained == set()
        assert explained - names == {"POSTGRES_PASSWORD"}


class TestDemo:
    @pytest.mark.parametrize(("live", "is_demo"), [(True, True), (False, False)])
    def test_logins_with_a_published_password_are_made_for_a_demo_alone(self, settings, live, is_demo):
        settings.STRIPE_LIVE, settings.DEMO = live, is_demo
        now = datetime.now(UTC)
        with pytest.raises(ImproperlyConfigured, match="refused"):
            demo.advance(started_at=now, now=now)


class TestMailbox:
    def mail(self, to, link, end="\n"):
        return f"Subject: Come in\nTo: {to}\nContent-Type: text/plain\n\nHello\n{link}\nBye\n" + "-" * 79 + end

    def test_a_new_mail_is_announced_once_with_its_first_link(self, tmp_path):
        (tmp_path / "old.log").write_text(self.mail("old@demo.test", "http://old/"))
        mailbox = Mailbox(tmp_path)
        (tmp_path / "new.log").write_text(self.mail("rosa@demo.test", "http://localhost:8000/in/1"))
        assert list(mailbox.new_lines()) == ["E-mail to rosa@demo.test: Come in\n  http://localhost:8000/in/1"]
        assert list(mailbox.new_lines()) == []

    def test_a_mail_still_being_written_waits_for_its_end(self, tmp_path):
        mailbox = Mailbox(tmp_path)
        whole = self.mail("rosa@demo.test", "http://localhost:8000/in/1")
        (tmp_path / "new.log").write_text(whole[:60])
        assert list(mailbox.new_lines()) == []
        (tmp_path / "new.log").write_text(whole + whole.replace("rosa", "tom"))
        assert [line.split(":")[0] for line in mailbox.new_lines()] == [
            "E-mail to rosa@demo.test",
            "E-mail to tom@demo.test",
        ]

    def test_long_links_come_out_whole(self, tmp_path):
        link = "http://localhost:8000/in/" + "a1" * 60
        mailbox = Mailbox(tmp_path)
        folded = "=\n".join(link[i : i + 60] for i in range(0, len(link), 60))
        head = "Subject: Come in\nTo: rosa@demo.test\nContent-Transfer-Encoding: quoted-printable\n\n"
        (tmp_path / "new.log").write_text(f"{head}{folded}\n" + "-" * 79 + "\n")
        assert list(mailbox.new_lines())[0].endswith(link)


class TestSupervisor:
    def test_a_child_that_ends_is_named_with_its_last_words(self, supervisor):
        supervisor.start("steady", SLEEP, os.environ)
        supervisor.start(
            "web", [sys.executable, "-c", "print('no module named desk'); raise SystemExit(3)"], os.environ
        )
        with pytest.raises(ChildEnded, match="web ended with code 3") as ended:
            supervisor.wait_until(lambda: False, seconds=30, what="nothing")
        assert "no module named desk" in ended.value.last_lines()

    def test_a_failed_step_ends_the_start(self, supervisor):
        with pytest.raises(ChildEnded, match="prepare ended with code 1"):
            supervisor.finish("prepare", [sys.executable, "-c", "raise SystemExit(1)"], os.environ)

    def test_a_finished_step_is_not_missed_later(self, supervisor):
        supervisor.finish("prepare", [sys.executable, "-c", ""], os.environ)
        supervisor.watch()

    def test_what_does_not_answer_is_named(self, supervisor):
        with pytest.raises(TimeoutError, match="Local Stripe did not answer within 0 seconds"):
            supervisor.wait_until(lambda: False, seconds=0, what="Local Stripe")

    def test_children_share_our_process_group_and_end_with_us(self, supervisor):
        supervisor.start("steady", SLEEP, os.environ)
        child = supervisor.children["steady"]
        assert os.getpgid(child.pid) == os.getpgid(0)
        assert supervisor.end_all() == []
        assert child.returncode == -signal.SIGTERM

    def test_a_child_that_will_not_end_is_killed_and_named(self, supervisor, monkeypatch, tmp_path):
        monkeypatch.setattr("config.run.supervisor.GRACE_SECONDS", 0.5)
        supervisor.start("deaf", DEAF, os.environ)
        supervisor.wait_until(lambda: (tmp_path / "deaf.log").read_text(), seconds=30, what="deaf")
        child = supervisor.children["deaf"]
        assert supervisor.end_all() == ["deaf"]
        assert child.returncode == -signal.SIGKILL

    def test_a_signal_while_a_step_runs_stops_the_start(self, supervisor):
        kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        supervisor.listen_for_signals()
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            began = time.monotonic()
            with pytest.raises(Stopped):
                supervisor.finish("prepare", SLEEP, os.environ)
            assert time.monotonic() - began < 10
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)


class TestHealthcheck:
    """What the container's HEALTHCHECK runs."""

    def check(self, port, hosts):
        env = {**os.environ, "PORT": str(port), "ALLOWED_HOSTS": hosts}
        return subprocess.run(
            [sys.executable, "config/healthcheck.py"], cwd=ROOT, env=env, capture_output=True
        ).returncode

    @pytest.mark.parametrize(
        ("hosts", "name"),
        [("desk.example.com,other", "desk.example.com"), (".example.com", "example.com"), ("*", "localhost")],
    )
    def test_it_asks_by_a_name_that_the_site_answers_to(self, httpd, hosts, name):
        assert self.check(httpd.server_port, hosts) == 0
        assert httpd.asked == [("/healthz", name)]

    def test_no_answer_or_an_error_is_not_healthy(self, httpd):
        httpd.status = 500
        assert self.check(httpd.server_port, "localhost") == 1
        assert self.check(1, "localhost") == 1


@pytest.fixture
def httpd():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append((self.path, self.headers["Host"]))
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.status = [], 200
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_no_web_server_writes_addresses_down_for_they_carry_the_tokens_of_invitations(tmp_path):
    web = dict(processes(place(tmp_path)))["web"]
    assert "--access-logfile" not in web
    assert "--access-logfile" not in (ROOT / "Dockerfile").read_text()
