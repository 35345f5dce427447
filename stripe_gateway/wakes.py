"""Waking a worker. The tables are the queue, so a message that is lost, late or doubled changes nothing but delay."""

import logging
import threading
import time
from datetime import timedelta

from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError

# After the broker failed, a request does not wait for it again for this long; the sweep goes on meanwhile.
BROKER_PAUSE_SECONDS = 30.0
# One message per second and process is enough to start a drain; the one after it catches what came in between.
SPACING_SECONDS = 1.0
logger = logging.getLogger(__name__)


class _Waker:
    """Sends task messages, tolerating a broker that is away."""

    def __init__(self):
        self._lock = threading.Lock()
        self._broken_until = 0.0
        self._quiet_until: dict[str, float] = {}

    def send(self, task: str, *args, after: float = 0.0) -> None:
        from celery import current_app

        if time.monotonic() < self._broken_until:
            return
        try:
            current_app.send_task(task, args=args, countdown=after or None)
        except (BrokerError, OSError) as error:
            self._broken_until = time.monotonic() + BROKER_PAUSE_SECONDS
            logger.warning("The broker cannot be reached (%s); the sweeps go on.", type(error).__name__)

    def send_spaced(self, task: str) -> None:
        """At most one message now and one at the end of the second, however many ask."""
        now = time.monotonic()
        with self._lock:
            quiet_until = self._quiet_until.get(task, 0.0)
            if quiet_until > now + SPACING_SECONDS:
                return
            delay = max(0.0, quiet_until - now)
            self._quiet_until[task] = now + delay + SPACING_SECONDS
        self.send(task, after=delay)


_waker = _Waker()


def later(task: str, after: timedelta, *args) -> None:
    """Ask for `task` after a while, once the current transaction is committed."""
    transaction.on_commit(lambda: _waker.send(task, *args, after=after.total_seconds()))


def soon(task: str) -> None:
    """Ask for `task` once the current transaction is committed; many such wishes become few messages."""
    transaction.on_commit(lambda: _waker.send_spaced(task))
