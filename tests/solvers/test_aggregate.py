"""The aggregated relaxation: its exact bound is never below a plan, and each plan is a point of it."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.domain.scenario import Scenario
from optimizer.errors import InputError
from optimizer.model.aggregate import aggregate
from optimizer.model.build import Model, build
from optimizer.model.law import limits_of
from optimizer.regimes import load_regime
from optimizer.solvers import Options, Run, solve
from optimizer.solvers.bound import exact_dual_bound
from optimizer.solvers.highs import load
from optimizer.solvers.linear import Linear
from optimizer.solvers.split import joined
from tests.optimise.brute_force import TooMany, best_capacity
from tests.optimise.random_scenarios import random_document, scenario_of, tiny_document

SEEDS = 160
CHUNK = 20


def model_of(scenario: Scenario) -> Model:
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    return build(scenario, regime, limits_of(scenario, regime))


def best_point(model: Model) -> np.ndarray | None:
    """The whole program's best point by CP-SAT, which never saw the relaxation; None where there is none."""
    run = Run(Options("cp-sat", time_limit=5, gap=0), lambda _: True, lambda _: None, model.program)
    return solve(model.program, run).point


def bound_of(model: Model) -> int | None:
    """The relaxation's exact bound, None where its linear program has no solution."""
    coarse = aggregate(model)
    linear = Linear(coarse.program, coarse.more[coarse.more >= 0])
    return exact_dual_bound(coarse.program, linear.duals()) if linear.relax(10) else None


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_the_best_plan_is_a_point_of_the_relaxation_and_within_its_bound(first: int) -> None:
    placing = 0
    for seed in range(first, first + CHUNK):
        try:
            model = model_of(scenario_of(random_document(seed)))
        except InputError:
            continue
        point = best_point(model)
        if point is None:
            continue
        coarse = aggregate(model)
        x = joined(coarse, point)
        placing += bool(x[coarse.by_group.column].any())
        fixed = np.concatenate([coarse.by_group.column, coarse.opens[coarse.opens >= 0]])
        lower, upper = coarse.program.col_lower.copy(), coarse.program.col_upper.copy()
        lower[fixed] = upper[fixed] = np.rint(x[fixed])
        highs = load(coarse.program, None, lower, upper)
        highs.run()
        assert highs.modelStatusToString(highs.getModelStatus()) in ("Optimal", "Empty"), seed
        if not coarse.program.columns:
            continue
        bound = bound_of(model)
        assert bound is not None, seed
        if model.program.integral[model.program.objective != 0].all():  # no cost of serving, which no unit shows
            value = int(model.program.objective @ point) + model.program.offset
            relaxed = -highs.getInfo().objective_function_value + coarse.program.offset
            assert relaxed >= value - 1e-6 * abs(value), seed
            assert bound >= value, seed
    assert placing >= CHUNK // 4  # else the generator has gone stale


def test_the_bound_is_not_below_the_best_of_all_plans() -> None:
    compared = 0
    for seed in range(60):
        scenario = scenario_of(tiny_document(seed))
        try:
            best = best_capacity(scenario)
        except TooMany:
            continue
        if best is None:
            continue
        bound = bound_of(model_of(scenario))
        assert bound is not None, seed
        assert bound >= best, seed
        compared += 1
    assert compared >= 30


def test_any_multipliers_give_a_true_bound() -> None:
    model = model_of(scenario_of(random_document(3)))
    coarse, point = aggregate(model), best_point(model)
    assert point is not None
    value = int(model.program.objective @ point) + model.program.offset
    for seed in range(10):
        duals = np.random.default_rng(seed).normal(size=coarse.program.rows) * 10.0 ** (seed - 4)
        assert exact_dual_bound(coarse.program, duals) >= value
