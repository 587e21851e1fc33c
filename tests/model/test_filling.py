"""A filling says of units what the gate says of the plan that they make."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from optimizer.check import check
from optimizer.model.build import build
from optimizer.model.filling import filling
from optimizer.model.law import limits_of
from optimizer.model.readout import read_plan
from optimizer.regimes import load_regime
from tests.solvers.filling_cases import Case, case


def broken_rows(given: Case, units: np.ndarray) -> set[str]:
    """The limits that the filling's rows find broken, added up unit by unit."""
    made = given.filling
    total = np.zeros((made.accounts, made.shape[2]), np.int64)
    for s, k, t in zip(*np.nonzero(units), strict=True):
        bundle = made.bundle[made.class_of[s], k, t]
        accounts = made.bundle_accounts[made.bundle_start[bundle] : made.bundle_start[bundle + 1]]
        total[accounts, t:] += units[s, k, t] * made.unit_tpp[k]
    row, account, quarter, coefficient = made.terms.T
    slack = made.row_upper.copy()
    np.subtract.at(slack, row, coefficient * total[account, quarter])
    return {made.limit_names[i] for i in np.flatnonzero(slack < 0)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_are_broken_where_check_says_so(seed: int) -> None:
    given = case("M", seed, 40, 4, 4)
    rng = np.random.default_rng(seed)
    seen: set[str] = set()
    for scale in (1, 3, 10, 30):
        units = given.units * rng.integers(0, scale + 1, given.units.shape) * (given.filling.upper > 0)
        plan = read_plan(given.model, given.filling.point(given.model, units))
        failing = {finding.limit.name for finding in check(plan, given.regime).findings if finding.verdict == "fail"}
        assert broken_rows(given, units) == failing
        seen |= failing
    assert {name.partition("(")[0] for name in seen} >= {"UVEU102", "UVEU103"}


@pytest.mark.parametrize("objective", ["capacity", "capacity_over_time"])
def test_value_and_point_are_those_of_the_program(objective: str) -> None:
    given = case("M", 1, 40, 4, 4, objective=objective)
    program, point = given.model.program, given.filling.point(given.model, given.units)
    assert given.filling.value(given.units) == int(program.objective @ point) + program.offset
    assert given.refusals(given.units) == []
    assert (given.filling.opens(given.units)[given.filling.standing] == 0).all()


def test_a_plan_that_has_more_to_say_has_no_filling() -> None:
    given = case("M", 1, 40, 4, 4)
    for changes in (
        {"objective": "cost"},
        {"retire_allowed": True},
        {"move_cost_usd_per_gpu": Fraction(100)},
        {"later_objectives": ("cost",)},
    ):
        scenario = given.scenario.replace(**changes)
        regime = load_regime(scenario.regime)
        assert filling(build(scenario, regime, limits_of(scenario, regime))) is None, changes
