"""The fast path, forced on small and middle scenarios: what it offers are plans, and it finds one nearly always."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.generator import SIZES, generate_with_plan
from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.scenario import Scenario
from optimizer.errors import InputError
from optimizer.model.aggregate import aggregate, coarse
from optimizer.model.build import build
from optimizer.model.law import limits_of
from optimizer.model.program import Ints
from optimizer.model.readout import read_plan
from optimizer.optimise import optimise
from optimizer.regimes import load_regime
from optimizer.solvers import Options, Run, large
from optimizer.solvers.split import joined, split
from tests.optimise.random_scenarios import random_document, scenario_of


def fast_path(scenario: Scenario, seconds: float, gap: float = 1e-3) -> tuple[Run, list[bool]]:
    """The run after the fast path alone, and what the exact gate said of each point that reached it."""
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    model = build(scenario, regime, limits_of(scenario, regime))
    judged: list[bool] = []

    def gate(point: Ints) -> bool:
        plan = read_plan(model, point)
        judged.append(check(plan, regime).status == "compliant" and not shortfalls(plan, scenario))
        return judged[-1]

    run = Run(Options(time_limit=seconds, gap=gap), gate, lambda _: None, model.program)
    found = large.solve(aggregate(model), run)
    assert found == (run.point is not None)
    return run, judged


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_it_finds_plans_where_the_whole_program_has_one(first: int) -> None:
    found = compared = 0
    for seed in range(first, first + 20):
        try:
            scenario = scenario_of(random_document(seed))
            outcome = optimise(scenario, Options(time_limit=3, gap=1e-3))
        except InputError:
            continue
        run, _ = fast_path(scenario, 2)
        if outcome.status == "infeasible":
            assert run.point is None, seed
        if run.point is not None and outcome.answer.bound is not None:
            assert run.value is not None
            assert run.bound is not None
            assert run.value <= outcome.answer.bound, seed
            assert outcome.answer.value is None or run.bound >= outcome.answer.value, seed
        if outcome.plan is not None:
            compared += 1
            found += run.point is not None
    assert compared >= 5
    assert found >= 0.6 * compared, (found, compared)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_middle_scenario_gets_a_good_plan(seed: int) -> None:
    scenario, _ = generate_with_plan(SIZES["M"].cut(120, 4, 4), seed, "middle")
    run, judged = fast_path(scenario, 20, gap=2e-2)
    assert True in judged
    assert run.gap is not None
    assert run.gap <= 2e-2
    assert run.exact_bound


def test_the_same_input_gives_the_same_first_plan() -> None:
    scenario, _ = generate_with_plan(SIZES["M"].cut(80, 3, 3), 3, "middle")
    one, another = (fast_path(scenario, 30, gap=0.05)[0] for _ in range(2))
    assert one.value == another.value
    assert one.point is not None
    assert np.array_equal(one.point, another.point)


def test_a_point_joined_and_split_again_is_kept() -> None:
    scenario, _ = generate_with_plan(SIZES["M"].cut(80, 3, 3), 4, "middle")
    regime = load_regime(scenario.regime)
    model = build(scenario, regime, limits_of(scenario, regime))
    run, _ = fast_path(scenario, 20, gap=0.05)
    assert run.point is not None
    grouped = aggregate(model)
    again = split(grouped, joined(grouped, run.point), run.point)
    assert again is not None
    assert np.array_equal(again, run.point)


def test_only_large_programs_have_a_relaxation_of_their_own() -> None:
    scenario = scenario_of(random_document(1))
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    assert coarse(build(scenario, regime, limits_of(scenario, regime))) is None
