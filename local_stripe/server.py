"""What one running local Stripe consists of besides its file."""

import time
from collections import deque
from dataclasses import dataclass, field

from local_stripe.ids import new_id
from local_stripe.store import Store

LOG_LENGTH = 5000


class Limiter:
    """At most `per_second` requests in any second of wall time; 0 means no limit."""

    def __init__(self, per_second: int):
        self.per_second = per_second
        self.recent: deque[float] = deque()

    def allow(self) -> bool:
        if not self.per_second:
            return True
        now = time.monotonic()
        while self.recent and self.recent[0] <= now - 1:
            self.recent.popleft()
        if len(self.recent) >= self.per_second:
            return False
        self.recent.append(now)
        return True


@dataclass
class Server:
    """`running` holds the idempotency keys of requests under way; `log` the latest requests, newest last."""

    db: Store
    limiter: Limiter
    public_url: str
    running: set[tuple[str, str]] = field(default_factory=set)
    log: deque[dict] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))

    @property
    def platform_id(self) -> str:
        """The platform's own account id, made once per file."""
        known = self.db.meta("platform_id")
        if known is None:
            known = new_id("acct", 16)
            self.db.set_meta("platform_id", known)
        return known
