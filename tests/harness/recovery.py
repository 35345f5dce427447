"""Everything that runs on a schedule, again and again as time goes on, and the person who repairs what was paused."""

from __future__ import annotations

import logging

from django.utils import timezone

from tests.harness import clocks
from tests.harness.stand import Stand

MINUTE, HOUR = 60, 3600
# After each of these spans everything scheduled runs once: past leases, back-offs, the window of a key, Stripe's day.
SPANS = [10 * MINUTE] * 5 + [HOUR] * 4 + [5 * HOUR] * 3 + [9 * HOUR] * 4
# Long enough for what is in flight to be read again.
AFTERWARDS = 20 * MINUTE


class Defects(logging.Handler):
    """What the product caught and only logged: exceptions that nobody expected."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.seen.append(f"{record.getMessage()}: {record.exc_info[1]!r}")


def watch_for_defects() -> Defects:
    """Gather them from now on, in this process."""
    defects = Defects()
    root = logging.getLogger()
    root.handlers = [defects]
    logging.disable(logging.WARNING)
    return defects


def run(stand: Stand, away: float = 0.0) -> None:
    """Let time pass until nothing is open any more, at most two days. Nothing runs for the first `away` seconds."""
    ahead = stand.stripe.ahead()
    for span in [MINUTE + away, *SPANS]:
        ahead += span
        clocks.move_to(stand.stripe, ahead)
        run_schedule()
        repair(stand)
        if is_settled():
            break
    clocks.move_to(stand.stripe, ahead + AFTERWARDS)
    run_schedule()


def run_schedule() -> None:
    """Every task of Celery's schedule once, as beat would send it."""
    from config.celery import app

    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]]()


def repair(stand: Stand) -> None:
    """Stripe is well again, and staff lift what the portal has paused."""
    from desk.models import User
    from stripe_gateway import pauses

    for fault in stand.stripe.control("faults")["faults"]:
        if fault["times"] is None:
            stand.stripe.control("faults", method="DELETE")
            break
    for pause in pauses.standing():
        staff = User.objects.get(pk=stand.world.staff)
        pauses.lift(pause, staff, "Repaired.", now=timezone.now())


def is_settled() -> bool:
    """No operation is open, no mail is due."""
    from accounts.models import Invitation
    from stripe_gateway.models import StripeOperation

    is_open = StripeOperation.objects.filter(state__in=StripeOperation.OPEN).exists()
    return not is_open and not Invitation.objects.filter(next_send_at__isnull=False).exists()
