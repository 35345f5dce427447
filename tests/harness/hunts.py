"""Which harness must catch which planted bug."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from tests.harness import chaos, crashes, edges, races, restores
from tests.harness.mutants import MUTANTS

SEED = 1
# A probe looks for a bug once and says what it saw.
Probe = Callable[[str], list[str]]


def _crashes(scenario: str, fault: str, mutant: str) -> list[str]:
    tally = crashes.some_singles(scenario, fault, SEED, most=6, mutant=mutant)
    return [f"{case} {kind}: {detail}" for case, kind, detail in tally.violations]


def _race(name: str, mutant: str) -> list[str]:
    return races.run(name, 5, mutant).wrong


def _chaos(mutant: str) -> list[str]:
    return chaos.run(SEED, 5, "webhooks", mutant).wrong


def _kills(mutant: str) -> list[str]:
    return chaos.every_kill(mutant).wrong


HUNTS: dict[str, Probe] = {
    "random_key_per_call": partial(_crashes, "top_up.create", "drop_after"),
    "accepted_before_the_call": partial(_crashes, "top_up.create", "none"),
    "any_error_is_final": partial(_crashes, "top_up.create", "drop_after"),
    "call_inside_a_transaction": partial(_crashes, "top_up.create", "none"),
    "no_fence": partial(_race, "lease ran out while alive"),
    "resend_after_a_day": partial(_crashes, "top_up.create", "drop_after, then down for a day"),
    "no_restore_hold": partial(restores.run, "top_up.create"),
    "new_key_after_500": partial(_crashes, "top_up.create", "500_after"),
    "other_values_on_retry": partial(_crashes, "source.verify", "drop_before"),
    "acknowledged_before_commit": _chaos,
    "seen_events_in_the_cache": _kills,
    "no_livemode_check": _chaos,
    "any_age_of_signature": _chaos,
    "blank_secret_accepted": edges.ask,
    "no_tenant_filter": edges.ask,
    "forwarded_for_is_believed": edges.ask,
}
# Only where writers really run at the same time: SQLite lets one in after the other, lock or no lock.
ON_POSTGRESQL: dict[str, Probe] = {"caps_without_a_lock": partial(_race, "four top-ups near the day's cap")}
# Quick enough for every run of the tests.
QUICK = ("random_key_per_call", "any_error_is_final", "no_fence", "blank_secret_accepted")


def hunt(mutant: str) -> tuple[str, list[str]]:
    """The mutant and what the harness says against it; nothing means that the harness is blind to it."""
    return mutant, _probe(mutant)(mutant)


def control(mutant: str) -> tuple[str, list[str]]:
    """The same probe of the unharmed product, which must say nothing."""
    return mutant, _probe(mutant)("")


def names(engine: str) -> Iterator[str]:
    yield from HUNTS
    if engine == "postgresql":
        yield from ON_POSTGRESQL


def _probe(mutant: str) -> Probe:
    return (HUNTS | ON_POSTGRESQL)[mutant]


assert set(MUTANTS) - {""} == set(HUNTS) | set(ON_POSTGRESQL)
