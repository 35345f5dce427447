"""Start everything, say where it is, and end it all on Ctrl-C."""

import os
import sys
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import httpx

from config.run import stripe_side
from config.run.demo_businesses import BUSINESSES, PASSWORD, STAFF
from config.run.environment import ENTRY_LINK_KEY, ROOT, CannotStart, Place, kept_secrets, settings_for
from config.run.mail import Mailbox
from config.run.supervisor import ChildEnded, Stopped, Supervisor

STORY_DAYS = 16


def main() -> int:
    try:
        place = Place.from_environment(os.environ)
        lock = place.claim()
        place.require_free_ports()
    except (CannotStart, ValueError) as problem:
        say(str(problem))
        return 1
    with lock:
        return run(place)


def run(place: Place) -> int:
    """Start, watch and end everything; returns the exit code."""
    place.make_directories()
    supervisor = Supervisor(cwd=ROOT, log_dir=place.log_dir)
    supervisor.listen_for_signals()
    try:
        start(supervisor, place)
        say(banner(place))
        report_mail(supervisor, Mailbox(place.mail_dir))
    except Stopped:
        say("\nEnding …")
        return 0
    except ChildEnded as ended:
        say(f"\n{ended}. Its last lines, from {ended.log}:\n{ended.last_lines()}")
        return 1
    except TimeoutError as late:
        say(f"\n{late}")
        return 1
    finally:
        for name in supervisor.end_all():
            say(f"{name} did not end by itself and was killed.")


def start(supervisor: Supervisor, place: Place) -> None:
    """Bring everything up in the order in which one needs the other. Raises ChildEnded, TimeoutError or Stopped."""
    python = sys.executable
    secrets = kept_secrets(place.var_dir)
    env = {**os.environ, **settings_for(place, secrets, {})}

    say("Starting local Stripe …")
    supervisor.start("local_stripe", [python, "-m", *local_stripe(place)], os.environ)
    supervisor.wait_until(lambda: stripe_side.is_up(place), seconds=30, what="Local Stripe")

    say("Preparing the database and the demo businesses …")
    supervisor.finish("prepare", [python, "-m", "config.run.prepare"], env)

    # Registered only now: the demo businesses are read, not told about, so seeding does not queue their events.
    env |= settings_for(place, secrets, stripe_side.webhook_secrets(place))
    say("Starting the web server, the worker and the schedule …")
    for name, command in processes(place):
        supervisor.start(name, command, env)
    supervisor.wait_until(lambda: is_healthy(place), seconds=60, what="The web server")


def local_stripe(place: Place) -> list[str]:
    """Its clock starts in the past, so that the demo businesses can have lived through their last two weeks."""
    starts_at = datetime.now(UTC) - timedelta(days=STORY_DAYS)
    command = ["local_stripe", "--port", str(place.stripe_port), "--data", str(place.stripe_data)]
    return [*command, "--starts-at", starts_at.isoformat()]


def processes(place: Place) -> list[tuple[str, list[str]]]:
    """The same three commands as in production, sized for a small machine."""
    web = ["gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{place.port}", "--workers", "2", "--threads", "4"]
    web += ["--graceful-timeout", "3", "--no-control-socket"]
    worker = ["celery", "--app", "config", "worker", "--concurrency", "2", "--loglevel", "INFO"]
    worker += ["--without-mingle", "--without-gossip", "--without-heartbeat"]  # One worker: nobody to talk to.
    beat = ["celery", "--app", "config", "beat", "--loglevel", "INFO", "--pidfile", ""]
    beat += ["--schedule", str(place.var_dir / "beat-schedule")]
    return [
        (name, [sys.executable, "-m", *command]) for name, command in (("web", web), ("worker", worker), ("beat", beat))
    ]


def is_healthy(place: Place) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{place.port}/healthz", timeout=2).is_success
    except httpx.TransportError:
        return False


def report_mail(supervisor: Supervisor, mailbox: Mailbox) -> NoReturn:
    """Say which e-mails go out, until a child ends or somebody asks us to. Raises ChildEnded or Stopped."""
    while True:
        supervisor.watch()
        for line in mailbox.new_lines():
            say(line)


def banner(place: Place) -> str:
    staff = "\n".join(f"  {person.email:<34} {person.role}" for person in STAFF)
    owners = "\n".join(f"  {email:<34} {story}" for business in BUSINESSES for email, story in business.logins)
    return f"""
Issuing Desk is running, with invented businesses and a Stripe of its own.

  Issuing Desk   {place.site_url}/
  Local Stripe   {place.stripe_base}/_control/

Sign in as platform staff:
{staff}
Sign in as a business (use a private window to be both at once):
{owners}
password: {PASSWORD}

Way in from a product of your own, once and for a minute:
  curl {place.site_url}/embed/entry-links/ -H 'Authorization: Bearer {ENTRY_LINK_KEY}' \\
    -d '{{"account": "acct_…", "user": "{BUSINESSES[0].owner_email}", "page": "home"}}'

E-mails are not sent but written to {place.mail_dir} and announced here. Logs: {place.log_dir}
Ctrl-C ends everything; `make clean` forgets the data.
"""


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the console is this program's screen


if __name__ == "__main__":
    sys.exit(main())
