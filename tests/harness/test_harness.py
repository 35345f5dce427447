"""A sample of the matrix in every run of the tests; the whole of it is `make verify`.

`HARNESS_SEED` repeats what a run has printed. A violation names its case, which `verify --case` repeats alone.
"""

import itertools
import os
import random
from collections import Counter

import pytest

from stripe_gateway import kinds
from tests.harness import chaos, crashes, edges, hunts, pool, races, restores
from tests.harness.faults import FAULTS
from tests.harness.scenarios import SCENARIOS

SEED = int(os.environ.get("HARNESS_SEED") or random.randrange(10**6))
WORKERS = 2
# What every scenario meets in every run: no fault, a lost answer and a lie; of the others it meets some.
ALWAYS, FURTHER = ("none", "drop_after", "500_after"), 7
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def workers(request):
    """A pool on each engine."""
    print(f"HARNESS_SEED={SEED}")
    with pool.opened(request.param, WORKERS) as opened:
        yield opened


def _tally(results) -> crashes.Tally:
    total = crashes.Tally()
    for tally in results:
        total.add(tally)
    return total


def _drawn() -> list[tuple[str, str]]:
    """Scenarios with `ALWAYS` and as many further faults in turn, each fault with several scenarios."""
    rng = random.Random(SEED)
    others = [fault for fault in FAULTS if fault not in ALWAYS]
    scenarios = list(SCENARIOS)
    rng.shuffle(others)
    rng.shuffle(scenarios)
    turns = itertools.cycle(others)
    return [(scenario, fault) for scenario in scenarios for fault in (*ALWAYS, *itertools.islice(turns, FURTHER))]


def test_every_registered_kind_of_operation_has_a_scenario():
    assert {scenario.kind for scenario in SCENARIOS.values()} == set(kinds.names())


def test_the_sample_has_ten_faults_for_every_scenario_and_several_scenarios_for_every_fault():
    pairs = _drawn()
    assert len(set(pairs)) == len(pairs)
    assert set(Counter(scenario for scenario, _ in pairs).values()) == {len(ALWAYS) + FURTHER}
    times = Counter(fault for _, fault in pairs)
    assert set(times) == set(FAULTS)
    assert min(times.values()) >= 5


def test_a_crash_anywhere_under_any_fault_leaves_our_books_equal_to_stripes(workers):
    pairs = [(scenario, fault, SEED) for scenario, fault in _drawn()]
    total = _tally(workers.run(crashes.one_somewhere, pairs))
    assert total.violations == []
    assert total.singles + total.uncrashed == len(pairs)
    assert total.singles > len(pairs) / 3


def test_a_lost_connection_to_the_database_leaves_our_books_equal_to_stripes(workers):
    rng = random.Random(SEED)
    units = [(scenario, "none", rng.random()) for scenario in SCENARIOS for _ in range(2)]
    total = _tally(workers.run(crashes.one_database_loss, units))
    assert total.violations == []
    assert total.database_losses == len(units)


def test_a_crash_during_the_recovery_from_a_crash_changes_nothing(workers):
    rng = random.Random(SEED)
    pairs = [(scenario, rng.choice(list(FAULTS)), SEED, 1, 1) for scenario in SCENARIOS]
    total = _tally(workers.run(crashes.some_doubles, pairs))
    assert total.violations == []
    assert total.doubles == len(pairs)


def test_processes_that_race_end_as_one_after_the_other(workers):
    ran = list(workers.run(races.run, [(name, 2, "", SEED) for name in races.RACES]))
    assert [what for race in ran for what in race.wrong] == []
    assert sum(race.rounds for race in ran) == 2 * len(races.RACES)


def test_whatever_happens_to_events_the_state_comes_right(workers):
    for told in workers.run(chaos.run, [(SEED, 12, way) for way in chaos.WAYS]):
        assert told.wrong == []
        assert told.events > 12


def test_an_event_survives_a_crash_of_whoever_receives_it(workers):
    for told in workers.run(chaos.every_kill, [()]):
        assert told.wrong == []


def test_a_restored_backup_sends_nothing_again(workers):
    assert [what for wrong in workers.run(restores.run, [(name,) for name in SCENARIOS]) for what in wrong] == []


def test_the_edge_answers_as_it_should(workers):
    assert list(workers.run(edges.ask, [()])) == [[]]


def test_planted_bugs_turn_the_harness_red(workers):
    seen = dict(workers.run(hunts.hunt, [(name,) for name in hunts.QUICK]))
    assert [name for name, evidence in seen.items() if not evidence] == []
