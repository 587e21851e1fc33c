"""The master's prices, lifted to the whole program, prove the master's bound there."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.solvers.bound import exact_dual_bound
from optimizer.solvers.large.lifting import multipliers
from tests.solvers.large.large_cases import SHAPES, LargeCase, large_case, shape

LOOSER = {"over time": 1e-3, "falling power": 1e-9}
"""Where the program's rows say less of a site than whole paths do, and so no multipliers reach the master's value."""


def lifted(case: LargeCase) -> tuple[int, float]:
    """The bound that the lifted multipliers prove, and the master's value."""
    master, _ = case.relaxed()
    return exact_dual_bound(case.program, multipliers(case.program, case.large, master)), case.in_tpp(master.value)


@pytest.mark.parametrize("name", SHAPES)
def test_the_bound_is_as_tight_as_the_masters(name: str) -> None:
    case = shape(name)
    bound, value = lifted(case)
    whole = case.whole_optimum()
    assert whole is not None
    assert bound >= whole * (1 - 1e-9), "weak duality: nothing proves less than the linear optimum"
    assert bound <= max(value, whole) * (1 + LOOSER.get(name, 1e-9))


@pytest.mark.parametrize("seed", range(20, 40))
def test_random_scenarios(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size, quarters = [("S", 1), ("M", int(rng.integers(1, 6))), ("L", int(rng.integers(2, 5)))][seed % 3]
    changes = {
        "budget_musd": None,
        "demand": (),
        "min_open_sites": 0,
        "keep_open": frozenset(),
    }
    chosen = {name: value for name, value in changes.items() if rng.random() < 0.25}
    case = large_case(size, seed, int(rng.integers(20, 41)), 4, quarters, **chosen)
    bound, value = lifted(case)
    assert bound == pytest.approx(value, rel=1e-7)


@pytest.mark.parametrize("name", ["S", "M", "share", "over time"])
def test_no_plan_beats_the_bound(name: str) -> None:
    case = shape(name)
    quarters = list(case.scenario.horizon)
    gained = sum(
        row.gpus
        * case.scenario.catalogue[row.accelerator].tpp
        * (1 if case.scenario.objective == "capacity" else len(quarters) - (row.quarter - quarters[0]))
        for row in case.rough.placements[len(case.scenario.fleet) :]
        if row.quarter is not None
    )
    assert lifted(case)[0] >= gained + case.program.offset


def test_prices_that_are_not_the_masters_still_prove_a_bound() -> None:
    case = shape("M")
    master, _ = case.relaxed()
    whole = case.whole_optimum()
    assert whole is not None
    rng = np.random.default_rng(1)
    best = lifted(case)[0]
    for _ in range(5):
        master.dual = master.dual * rng.uniform(0.5, 1.5, len(master.dual))
        worse = exact_dual_bound(case.program, multipliers(case.program, case.large, master))
        assert worse >= whole * (1 - 1e-9)
        assert worse > best
