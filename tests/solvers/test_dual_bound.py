"""The bound by weak duality is true for any multipliers, and tight for the optimal ones."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.model.build import build
from optimizer.model.law import limits_of
from optimizer.model.program import Program
from optimizer.optimise import optimise
from optimizer.regimes import load_regime
from optimizer.solvers import Options
from optimizer.solvers.bound import exact_dual_bound
from optimizer.solvers.highs import load, row_factors
from tests.optimise.small_documents import scenario


def program(**parts: object) -> Program:
    read = scenario(**parts)
    regime = load_regime(read.regime)
    return build(read, regime, limits_of(read, regime)).program


@pytest.mark.parametrize("seed", range(20))
def test_any_multipliers_give_a_true_bound(seed: int) -> None:
    found = program()
    optimum = optimise(scenario(), Options(gap=0)).answer.value
    assert optimum is not None
    size = 10.0 ** np.random.default_rng(seed).integers(-3, 6)
    duals = np.random.default_rng(seed).normal(size=found.rows) * size
    assert exact_dual_bound(found, duals) >= optimum


def test_optimal_multipliers_give_the_optimum_of_the_relaxation() -> None:
    found = program()
    highs = load(found, None)
    highs.run()
    relaxed = -highs.getInfo().objective_function_value + found.offset
    duals = -np.array(highs.getSolution().row_dual) * row_factors(found)
    assert exact_dual_bound(found, duals) == pytest.approx(relaxed, rel=1e-9)
