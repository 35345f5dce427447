"""What can go wrong at Stripe's end of one write, and what a person has to repair afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from tests.harness.stripe_process import Stripe

# How long a call waits for an answer that does not come, instead of production's time-out, and what is longer.
IMPATIENT = 0.25
TOO_LONG = IMPATIENT + 0.1
LATE = 0.05
# Longer than Stripe remembers a key of v1.
A_DAY_AND_AN_HOUR = 25 * 3600.0
READS = {"method": "GET", "path": "/v*"}


@dataclass(frozen=True)
class Fault:
    """`plans` go to local Stripe; one that names no path strikes the write of the case.

    `lasts`: until a person has repaired it, who then lifts what was paused. `may_refuse`: Stripe may say no for good.
    `settles`: seconds until nothing is under way at Stripe any more. `away`: seconds until the portal runs again.
    `patience`: how many seconds a call waits for its answer, if not as long as in production.
    """

    name: str
    plans: tuple[dict, ...] = ()
    lasts: bool = False
    may_refuse: bool = False
    settles: float = 0.0
    away: float = 0.0
    patience: float | None = None

    def lose_patience(self) -> None:
        """Shorten the time-out of calls in this process."""
        from stripe_gateway import transport

        transport.READ_SECONDS = self.patience or transport.READ_SECONDS

    def plan(self, stripe: Stripe, path: str) -> None:
        for terms in self.plans:
            stripe.control("faults", {"path": path, "method": "POST", "times": None if self.lasts else 1} | terms)


def _once(kind: str, **terms) -> Fault:
    return Fault(kind, ({"kind": kind},), **terms)


FAULTS = {
    fault.name: fault
    for fault in [
        Fault("none"),
        _once("refuse"),
        _once("drop_before"),
        _once("drop_after"),
        _once("truncate"),
        Fault("hang", ({"kind": "hang", "seconds": TOO_LONG},), settles=TOO_LONG, patience=IMPATIENT),
        Fault("hang_after", ({"kind": "hang_after", "seconds": TOO_LONG},), settles=TOO_LONG, patience=IMPATIENT),
        _once("500_before"),
        _once("500_after"),
        Fault("500_late", ({"kind": "500_late", "seconds": LATE},), settles=2 * LATE),
        _once("503"),
        _once("409"),
        _once("429"),
        _once("429_lock"),
        _once("400", may_refuse=True),
        _once("402", may_refuse=True),
        _once("404", may_refuse=True),
        Fault("401 until repaired", ({"kind": "401", "path": "/v*", "method": None},), lasts=True),
        Fault("403 until repaired", ({"kind": "403"},), lasts=True),
        Fault("away until repaired", ({"kind": "refuse", "path": "/v*", "method": None},), lasts=True),
        Fault("drop_after, then down for a day", ({"kind": "drop_after"},), away=A_DAY_AND_AN_HOUR),
        Fault("500_after, then down for a day", ({"kind": "500_after"},), away=A_DAY_AND_AN_HOUR),
        Fault("drop_after, then reads fail", ({"kind": "drop_after"}, READS | {"kind": "drop_before", "times": 3})),
        Fault("500_after, then reads fail", ({"kind": "500_after"}, READS | {"kind": "503", "times": 3})),
    ]
}
