"""Tiny scenarios: both exact engines reach what listing every plan finds, though the lister never saw the matrix."""

from __future__ import annotations

import pytest

from optimizer.optimise import optimise
from optimizer.solvers import Options
from tests.optimise.brute_force import TooMany, best_capacity
from tests.optimise.random_scenarios import scenario_of, tiny_document

CASES = 120
CHUNK = 20


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_the_engines_meet_the_list_of_all_plans(first: int) -> None:
    listed = growing = 0
    for seed in range(first, first + CHUNK):
        scenario = scenario_of(tiny_document(seed))
        try:
            best = best_capacity(scenario)
        except TooMany:
            continue
        listed += 1
        standing = sum(row.gpus * scenario.catalogue[row.accelerator].tpp for row in scenario.fleet)
        growing += best is not None and best > standing
        for engine in ("highs", "cp-sat"):
            outcome = optimise(scenario, Options(engine, time_limit=10, gap=0))
            if best is None:
                assert outcome.status == "infeasible", (seed, engine)
            else:
                assert outcome.status == ("optimal" if best else "empty"), (seed, engine)
                assert outcome.answer.value == best, (seed, engine)
                assert outcome.answer.bound == best, (seed, engine)
    assert listed >= CHUNK - 2  # else the generator has gone stale
    assert growing >= CHUNK // 5
