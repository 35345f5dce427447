"""The crash matrix: kill a process at every place where it could die, once or twice, and judge what is left."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.harness import children, judge, recovery
from tests.harness.faults import FAULTS
from tests.harness.mutants import MUTANTS
from tests.harness.pool import this_stand
from tests.harness.scenarios import SCENARIOS, Books

# More places to die than any operation has; a run that goes on for ever ends here, loudly.
MOST_CHECKPOINTS = 2_000
# About as many as an act has.
MOST_LIKELY_CHECKPOINTS = 70

# What can be said of a case besides where it dies, in the order of its fields.
FLAGS = ("again", "loses_database")


@dataclass(frozen=True)
class Case:
    """Die at checkpoint `first` of the act and at `second` of the recovery; None is to live.

    `again`: the person sends the same form once more before anything else happens. `loses_database`: the process lives
    on, but its connection to the database breaks at `first`.
    """

    scenario: str
    fault: str
    first: int | None = None
    second: int | None = None
    again: bool = False
    loses_database: bool = False
    mutant: str = ""

    def __str__(self):
        flags = ",".join(name for name in FLAGS if getattr(self, name))
        parts = (self.scenario, self.fault, self.first, self.second, flags, self.mutant)
        return "/".join(str(part or "-") for part in parts)

    @classmethod
    def parse(cls, text: str) -> Case:
        """What `str` has made of a case."""
        scenario, fault, first, second, flags, mutant = (part if part != "-" else "" for part in text.split("/"))
        places = (int(place) if place else None for place in (first, second))
        return cls(scenario, fault, *places, *(name in flags.split(",") for name in FLAGS), mutant)

    @property
    def form_id(self) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_OID, str(self))


@dataclass
class Tally:
    """What a number of cases came to."""

    singles: int = 0
    doubles: int = 0
    database_losses: int = 0
    uncrashed: int = 0
    persons: int = 0
    seconds: float = 0.0
    violations: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.singles += other.singles
        self.doubles += other.doubles
        self.database_losses += other.database_losses
        self.uncrashed += other.uncrashed
        self.persons += other.persons
        self.seconds += other.seconds
        self.violations += other.violations

    def by_kind(self) -> Counter:
        return Counter(kind for _, kind, _ in self.violations)


@dataclass(frozen=True)
class Finished:
    """How one case went: how many checkpoints its act and its recovery passed, None where they were killed.

    `first_answer` is the checkpoint at which Stripe had just been asked for the first time.
    """

    act: int | None
    recovery: int | None
    first_answer: int | None


def run_case(case: Case, tally: Tally) -> Finished:
    """One case from a fresh start to its verdict, in this worker's stand."""
    started = time.monotonic()
    stand, scenario = this_stand(), SCENARIOS[case.scenario]
    stand.restore()
    before = stand.stripe.books()
    FAULTS[case.fault].plan(stand.stripe, scenario.path)

    def act(checkpoints):
        _prepare(case)
        try:
            scenario.act(stand.world, case.form_id)
        except Exception:
            # Without a database the person sees a page that says so; what matters is what comes of it.
            if not case.loses_database:
                raise

    def recover(checkpoints):
        return _recover(case, checkpoints, before)

    acted = children.run(act, crash_at=case.first, loses_database=case.loses_database)
    recovered = children.run(recover, crash_at=case.second)
    ended = children.run(recover) if recovered.killed else recovered
    tally.doubles += recovered.killed
    tally.singles += acted.killed and not recovered.killed
    tally.database_losses += case.loses_database
    tally.uncrashed += not acted.killed and not recovered.killed and not case.loses_database
    tally.violations += [(str(case), "defect", child.error) for child in (acted, ended) if child.error]
    if not ended.error:
        tally.violations += [(str(case), *violation) for violation in ended.value["violations"]]
        tally.persons += ended.value["person"]
    tally.seconds += time.monotonic() - started
    return Finished(
        act=None if acted.killed else acted.checkpoints,
        recovery=None if recovered.killed else recovered.checkpoints,
        first_answer=acted.first_answer,
    )


def _prepare(case: Case) -> None:
    """Make this process what the case wants it to be."""
    MUTANTS[case.mutant]()
    FAULTS[case.fault].lose_patience()


def _recover(case: Case, checkpoints: children.Checkpoints, before: Books) -> dict:
    """Let everything come to rest, then judge; the judging is no place to die."""
    stand, scenario, fault = this_stand(), SCENARIOS[case.scenario], FAULTS[case.fault]
    _prepare(case)
    defects = recovery.watch_for_defects()
    if case.again:
        scenario.act(stand.world, case.form_id)
    recovery.run(stand, away=fault.away)
    checkpoints.armed = False
    time.sleep(fault.settles)
    found = list(judge.violations(stand, scenario, fault, case.form_id, before))
    found += [("defect", text) for text in defects.seen]
    return {"violations": found, "person": judge.needs_person(case.form_id)}


def every_single(scenario: str, fault: str, mutant: str = "") -> Tally:
    """Die at checkpoint 1, 2, 3 … until the act survives. After every other death the form is sent again."""
    tally = Tally()
    for first in range(1, MOST_CHECKPOINTS):
        if run_case(Case(scenario, fault, first, again=first % 2 == 0, mutant=mutant), tally).act is not None:
            return tally
    raise RuntimeError(f"{scenario} under {fault} never survived")


def every_database_loss(scenario: str, fault: str) -> Tally:
    """Lose the database at every place of the act, before and after each COMMIT too; the form is sent again."""
    tally = Tally()
    places = run_case(Case(scenario, fault), tally).act or 0
    for first in range(1, places + 1):
        run_case(Case(scenario, fault, first, again=True, loses_database=True), tally)
    return tally


def one_database_loss(scenario: str, fault: str, seed: float) -> Tally:
    """Lose the database at one place drawn by the seed."""
    tally = Tally()
    [first] = _drawn(MOST_LIKELY_CHECKPOINTS, 1, f"{seed} {scenario} {fault} database")
    run_case(Case(scenario, fault, first, again=first % 2 == 0, loses_database=True), tally)
    return tally


def one_somewhere(scenario: str, fault: str, seed: int) -> Tally:
    """Die at one place drawn by the seed; where the act is shorter than that, live."""
    tally = Tally()
    [first] = _drawn(MOST_LIKELY_CHECKPOINTS, 1, f"{seed} {scenario} {fault}")
    run_case(Case(scenario, fault, first, again=first % 2 == 0), tally)
    return tally


def some_singles(scenario: str, fault: str, seed: int, most: int, mutant: str = "") -> Tally:
    """Once without dying, then at `most` checkpoints drawn by the seed."""
    tally = Tally()
    places = run_case(Case(scenario, fault, mutant=mutant), tally).act
    for first in _drawn(places, most, f"{seed} {scenario} {fault}"):
        run_case(Case(scenario, fault, first, again=first % 2 == 0, mutant=mutant), tally)
    return tally


def some_doubles(scenario: str, fault: str, seed: int, firsts: int, seconds: int) -> Tally:
    """For `firsts` places of the act, at `seconds` places of the recovery, all drawn by the seed."""
    tally = Tally()
    places = run_case(Case(scenario, fault), tally).act
    for first in _drawn(places, firsts, f"{seed} {scenario} {fault} double"):
        recovery_places = run_case(Case(scenario, fault, first), tally).recovery
        for second in _drawn(recovery_places, seconds, f"{seed} {scenario} {fault} {first}"):
            run_case(Case(scenario, fault, first, second), tally)
    return tally


def every_double(scenario: str, fault: str) -> Tally:
    """Die when Stripe has just been asked, the worst moment there is; then at every place of the recovery from it."""
    tally = Tally()
    first = run_case(Case(scenario, fault), tally).first_answer
    for second in range(1, MOST_CHECKPOINTS):
        if run_case(Case(scenario, fault, first, second), tally).recovery is not None:
            return tally
    raise RuntimeError(f"the recovery of {scenario} under {fault} never survived")


def _drawn(places: int | None, most: int, seed: str) -> Iterator[int]:
    """Up to `most` of the checkpoints 1…places. None: there are none, because the act failed."""
    chosen = random.Random(seed).sample(range(1, (places or 0) + 1), min(most, places or 0))
    return iter(sorted(chosen))


def repeat(text: str) -> Tally:
    """One case again, as a report names it."""
    tally = Tally()
    run_case(Case.parse(text), tally)
    return tally
