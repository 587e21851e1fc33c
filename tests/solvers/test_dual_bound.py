"""The bound by weak duality is true for any multipliers, tight for the optimal ones, and summed without any loss."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from optimizer.model.build import build
from optimizer.model.law import limits_of
from optimizer.model.program import INFINITE, Builder, Program
from optimizer.optimise import optimise
from optimizer.regimes import load_regime
from optimizer.solvers import Options
from optimizer.solvers.bound import WeakDuality, exact_dual_bound
from optimizer.solvers.highs import load, row_factors
from tests.optimise.small_documents import scenario


def program(**parts: object) -> Program:
    read = scenario(**parts)
    regime = load_regime(read.regime)
    return build(read, regime, limits_of(read, regime)).program


def random_program(seed: int) -> Program:
    """Up to 30 rows and 40 columns, with numbers from small ones to those that only just fit into 64 bits."""
    rng = np.random.default_rng(seed)
    rows, columns = (int(count) for count in rng.integers(1, (30, 40)))
    size = int(2 ** rng.integers(2, 52))
    dense = (rng.random((rows, columns)) < rng.random()) * rng.integers(-size, size, (rows, columns))
    builder = Builder()
    low = rng.integers(-(2**61), 0, columns)
    x = builder.columns("x", low, low + rng.integers(0, 2**61, columns), str, integral=True)
    lower = np.where(rng.random(rows) < 0.3, -INFINITE, rng.integers(-(2**60), 2**60, rows))
    upper = np.where(rng.random(rows) < 0.3, INFINITE, np.where(lower > -INFINITE, lower + 5, 7))
    numbers = builder.rows("r", lower, upper, rows, str)
    i, j = np.nonzero(dense)
    builder.entries(numbers[i], x[j], dense[i, j])
    builder.objective(x, rng.integers(-(2**61), 2**61, columns))
    builder.offset = int(rng.integers(-(2**60), 2**60))
    return builder.build()


def bound_by_fractions(found: Program, multipliers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> int:
    """Weak duality as it stands in the books."""
    total, reduced = Fraction(found.offset), [Fraction(int(c)) for c in found.objective]
    for row, value in enumerate(multipliers.tolist()):
        y = Fraction(round(Fraction(value) * 2**48), 2**48) if math.isfinite(value) else Fraction(0)
        side = int(found.row_upper[row] if y > 0 else found.row_lower[row])
        if abs(side) >= INFINITE:
            continue
        total += y * side
        for at in range(found.indptr[row], found.indptr[row + 1]):
            reduced[found.indices[at]] -= y * int(found.data[at])
    total += sum(max(d * int(low), d * int(high)) for d, low, high in zip(reduced, lower, upper, strict=True))
    return math.floor(total)


@pytest.mark.parametrize("seed", range(60))
def test_it_is_the_floor_of_the_exact_sum(seed: int) -> None:
    found = random_program(seed)
    rng = np.random.default_rng(seed)
    multipliers = rng.normal(size=found.rows) * 10.0 ** rng.integers(-12, 12, found.rows)
    multipliers[0] = (multipliers[0], math.nan, math.inf)[seed % 3]
    lower = found.col_lower + rng.integers(0, 2, found.columns)
    exact = bound_by_fractions(found, multipliers, found.col_lower, found.col_upper)
    within = bound_by_fractions(found, multipliers, lower, found.col_upper)
    assert exact_dual_bound(found, multipliers) == exact
    assert WeakDuality(found).bound(multipliers, lower) == within


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
