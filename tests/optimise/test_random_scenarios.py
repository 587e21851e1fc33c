"""No plan that leaves `optimise` fails a check: random scenarios, written, read back and judged anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.plan import Plan
from optimizer.optimise import Outcome, optimise
from optimizer.reading import read_plan, write_plan
from optimizer.solvers import Options
from tests.optimise.random_scenarios import random_document, scenario_of

SEEDS = 520
CHUNK = 40


def judged(seed: int) -> Outcome:
    """The outcome for a seed, after everything that can be said of it was tested."""
    scenario = scenario_of(random_document(seed))
    outcome = optimise(scenario, Options(time_limit=3, gap=0.001))
    assert outcome.status in ("optimal", "feasible", "infeasible", "empty")
    if outcome.plan is None:
        assert outcome.answer.point is None or outcome.status == "empty"
        return outcome
    plan = written_and_read(outcome.plan)
    assert plan.placements == outcome.plan.placements
    assert check(plan).status == "compliant"
    assert shortfalls(plan, scenario) == []
    result = outcome.plan.result
    assert result is not None
    capacity = sum(row.gpus * plan.catalogue[row.accelerator].tpp for row in plan.placements)
    assert result["capacity_tpp"] == capacity
    assert outcome.answer.value is not None
    assert outcome.answer.bound is not None
    assert outcome.answer.bound >= outcome.answer.value
    if scenario.objective == "capacity":
        assert outcome.answer.value == capacity
        assert result["bound_tpp"] == outcome.answer.bound
    if outcome.status == "optimal":
        assert result["gap"] <= 0.001
    return outcome


def written_and_read(plan: Plan) -> Plan:
    return read_plan("plan.json", stdin_text=write_plan(plan, None, "json"))


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_plan_is_compliant_and_what_has_none_has_none(first: int) -> None:
    placing = 0
    infeasible = []
    for seed in range(first, first + CHUNK):
        outcome = judged(seed)
        if outcome.status == "infeasible":
            infeasible.append(seed)
        elif outcome.plan is not None:
            placing += any(row.quarter in outcome.plan.horizon for row in outcome.plan.placements if row.quarter)
    assert placing >= CHUNK // 4  # else the generator has gone stale
    assert infeasible
    for seed in infeasible[:5]:
        again = optimise(scenario_of(random_document(seed)), Options("cp-sat", time_limit=10, gap=0.001))
        assert again.status == "infeasible", seed


@given(st.integers(min_value=0, max_value=2**40))
def test_any_seed(seed: int) -> None:
    judged(seed)
