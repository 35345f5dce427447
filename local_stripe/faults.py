"""Faults planned by whoever tests: for calls by path, for events by type."""

import json
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase

from local_stripe import errors
from local_stripe.errors import StripeError

# How a call can go wrong. "Before" means without effect, "after" means the effect happened.
CALL_KINDS = {
    "refuse": "the connection is reset, nothing happened",
    "drop_before": "the connection is closed without an answer, nothing happened",
    "drop_after": "it happened, the answer is lost",
    "hang": "nothing for `seconds` (default 30), then it happens and answers",
    "hang_after": "it happens at once, the answer comes after `seconds` (default 30)",
    "truncate": "it happened, the answer breaks off in the middle",
    "500_before": "500, nothing happened; v1 keeps the 500 under the idempotency key",
    "500_after": "500, but it happened; v1 keeps the 500 under the idempotency key",
    "500_late": "500, and it happens `seconds` (default 2) later",
    "503": "503, nothing happened, nothing kept",
    "400": "invalid request, nothing happened",
    "401": "the key is refused",
    "402": "card_error, nothing happened",
    "403": "the account cannot be accessed",
    "404": "the object is missing",
    "409": "idempotency key in use",
    "429": "rate limit, with Stripe-Rate-Limited-Reason",
    "429_lock": "lock timeout, without it",
    "unknown_values": "it happened; the answer has a field and a status nobody has heard of",
}
EVENT_KINDS = {
    "duplicate": "delivered twice",
    "reorder": "held back until the next event for the same endpoint went out",
    "delay": "delivered `seconds` of the virtual clock later (default 60)",
    "withhold": "not delivered until released",
    "missign": "the first delivery carries a wrong signature",
}
ANSWERS = {
    "503": StripeError(503, "Stripe is temporarily unavailable.", type="api_error", stored=False),
    "400": StripeError(400, "This request was made to fail.", stored=False),
    "401": errors.invalid_key("sk_test_****"),
    "402": StripeError(402, "The request was valid but failed.", type="card_error", code="card_declined", stored=False),
    "403": errors.account_invalid("sk_test_****", "this account"),
    "404": StripeError(404, "No such object", code="resource_missing", param="id", stored=False),
    "409": errors.key_in_use("planned"),
    "429": errors.rate_limited(),
    "429_lock": errors.lock_timeout(),
}
DEFAULT_SECONDS = {"hang": 30, "hang_after": 30, "500_late": 2, "delay": 60}


@dataclass
class Fault:
    """`path` and `event` are globs; `times` None means until it is taken away; `skip` lets the first ones pass.

    `headers` go with the answer of a status kind, for example {"Stripe-Should-Retry": "true"}.
    """

    kind: str
    path: str = "*"
    method: str | None = None
    event: str = "*"
    times: int | None = 1
    skip: int = 0
    seconds: float | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def wait(self) -> float:
        return DEFAULT_SECONDS.get(self.kind, 0) if self.seconds is None else self.seconds


def with_unknown_values(body: bytes) -> bytes:
    """The answer as a future Stripe might give it."""
    answer = json.loads(body)
    answer["unheard_of"] = {"nested": True}
    if "status" in answer:
        answer["status"] = "unheard_of"
    return json.dumps(answer, indent=2).encode()


NO_FAULT = Fault(kind="")


class Faults:
    """What is planned, in the order it was planned; the first that fits is used up."""

    def __init__(self):
        self.planned: list[Fault] = []

    def plan(self, **terms) -> Fault:
        """Raises ValueError for a kind there is not and TypeError for a term there is not."""
        fault = Fault(**terms)
        if fault.kind not in CALL_KINDS and fault.kind not in EVENT_KINDS:
            raise ValueError(f"unknown kind {fault.kind!r}")
        self.planned.append(fault)
        return fault

    def take_call(self, method: str, path: str) -> Fault | None:
        def fits(fault):
            return fault.kind in CALL_KINDS and fault.method in (None, method) and fnmatchcase(path, fault.path)

        return self._take(fits)

    def take_event(self, type: str) -> Fault | None:
        return self._take(lambda fault: fault.kind in EVENT_KINDS and fnmatchcase(type, fault.event))

    def _take(self, fits) -> Fault | None:
        for fault in self.planned:
            if not fits(fault):
                continue
            if fault.skip:
                fault.skip -= 1
                return None
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.planned.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        self.planned.clear()

    def listing(self) -> list[dict]:
        return [asdict(fault) for fault in self.planned]


FAULTS = Faults()  # one process, one plan
