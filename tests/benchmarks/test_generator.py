"""The generated scenarios are hard on purpose and have a legal plan; what is said to bind binds in the relaxation."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import highspy
import numpy as np
import pytest

from benchmarks.generator import generate, generate_with_plan
from benchmarks.sizes import SIZES, Size
from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.plan import Plan
from optimizer.domain.scenario import Scenario
from optimizer.domain.sites import Site
from optimizer.model.build import Model, build
from optimizer.model.law import limits_of
from optimizer.model.program import Program
from optimizer.regimes import load_regime
from optimizer.solvers.highs import load, row_factors
from optimizer.units import TPP_PER_H100E

SMALL_M = SIZES["M"].cut(120, 4, 4)
CASES = [*((SIZES["S"], seed) for seed in range(1, 6)), (SMALL_M, 2), (SMALL_M, 3), (SIZES["M"], 1)]
ROOT = Path(__file__).resolve().parents[2]


@cache
def made(size: Size, seed: int) -> tuple[Scenario, Plan]:
    return generate_with_plan(size, seed, "benchmark")


@dataclass(frozen=True)
class Relaxed:
    """The linear optimum: columns, row activities in the program's whole units, and row duals."""

    model: Model
    x: np.ndarray
    activity: np.ndarray
    dual: np.ndarray

    @property
    def program(self) -> Program:
        return self.model.program

    def priced(self, family: str, prefix: str = "") -> list[str]:
        """Rows of a family that have a price."""
        return [name for row, name in self._rows(family) if name.startswith(prefix) and abs(self.dual[row]) > 1e-7]

    def at_bound(self, family: str) -> list[str]:
        """Rows of a family with no slack."""
        return [name for row, name in self._rows(family) if self._slack(row) < 1e-7]

    def _rows(self, family: str) -> list[tuple[int, str]]:
        blocks = [block for block in self.program.row_blocks if block.family == family]
        return [(row, self.program.row_name(row)) for b in blocks for row in range(b.start, b.start + b.count)]

    def _slack(self, row: int) -> float:
        """Distance to the nearer bound, as a share of the bound, or of a thousand H100s where that is more."""
        bounds = (int(self.program.row_lower[row]), int(self.program.row_upper[row]))
        distances = [abs(self.activity[row] - bound) / max(abs(bound), 1000 * TPP_PER_H100E) for bound in bounds]
        return float(min(distances))


@cache
def relaxed(size: Size, seed: int) -> Relaxed:
    scenario = made(size, seed)[0]
    regime = load_regime(scenario.regime)
    model = build(scenario, regime, limits_of(scenario, regime))
    highs = load(model.program, None)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    solution, factor = highs.getSolution(), row_factors(model.program)
    x, activity, dual = (np.array(part) for part in (solution.col_value, solution.row_value, solution.row_dual))
    return Relaxed(model, x, activity / factor, dual)


@pytest.mark.parametrize("size,seed", [*CASES, *((SIZES["M"], seed) for seed in range(2, 6))])
def test_each_scenario_has_a_legal_plan_and_so_a_relaxation_with_one(size: Size, seed: int) -> None:
    scenario, plan = made(size, seed)
    checked = check(plan, load_regime(scenario.regime))
    assert (checked.status, shortfalls(plan, scenario)) == ("compliant", [])
    assert sum(row.gpus for row in plan.placements) > sum(row.gpus for row in scenario.fleet)


@pytest.mark.parametrize("size,seed", CASES)
def test_every_limit_of_the_law_binds(size: Size, seed: int) -> None:
    found = relaxed(size, seed)
    assert found.priced("UVEU102"), "25 %"
    assert found.priced("UVEU103"), "the U.S. half"
    assert found.at_bound("UVEU101"), "7 %"
    assert found.at_bound("CAP201"), "the national cap"


@pytest.mark.parametrize("size,seed", CASES)
def test_money_supply_and_demand_bind(size: Size, seed: int) -> None:
    found = relaxed(size, seed)
    assert found.priced("spending"), "money has a price"
    assert found.priced("supply")
    assert found.priced("demand", "demand(")


def test_demand_binds_in_several_quarters() -> None:
    priced = relaxed(SMALL_M, 2).priced("demand")
    assert len({name.rpartition(",")[2] for name in priced}) > 1


@pytest.mark.parametrize("size,seed", CASES)
def test_power_minimum_sizes_and_opening_costs_bind(size: Size, seed: int) -> None:
    found = relaxed(size, seed)
    instance, columns = found.model.instance, found.model.columns
    is_open = found.x[columns.y[:, -1]]
    drawn = found.x[columns.power[:, -1]] * 1000 * instance.power_scale
    full = (is_open > 1 - 1e-6) & (drawn > instance.power[:, -1] * (1 - 1e-6))
    least = (is_open > 1e-6) & ~instance.standing & (drawn < instance.least_power * is_open * (1 + 1e-6))
    assert full.sum() >= 3
    assert found.priced("power")
    assert least.any()
    assert instance.budget is not None
    paid = (is_open * instance.opening_cost)[~instance.standing].sum()
    assert paid > 0.005 * instance.budget[-1], "openings take money, which has a price"


def test_the_sizes_are_those_of_the_suite() -> None:
    shapes = {name: (size.sites, len(size.accelerators), size.quarters) for name, size in SIZES.items()}
    assert shapes == {"S": (60, 3, 1), "M": (400, 6, 8), "L": (2_000, 8, 12), "XL": (10_000, 10, 12)}
    scenario = generate("M", 1)
    assert (len(scenario.sites), len(scenario.supply), len(list(scenario.horizon))) == shapes["M"]


@pytest.mark.parametrize("name", ["S", "M", "L"])
def test_a_scenario_is_whole_and_plausible(name: str) -> None:
    scenario = generate(name, 1)
    ids = {site.site for site in scenario.sites}
    assert len(ids) == len(scenario.sites)
    for site in scenario.sites:
        assert_plausible(site)
    held = sum(row.gpus * scenario.catalogue[row.accelerator].tpp for row in scenario.fleet)
    assert held < 714_286 * TPP_PER_H100E
    assert scenario.keep_open | scenario.keep_closed <= ids
    assert not scenario.keep_open & scenario.keep_closed
    for demand in scenario.demand:
        amounts = [tpp for _, tpp in demand.tpp.steps]
        assert demand.sites <= ids
        assert amounts == sorted(amounts)


def assert_plausible(site: Site) -> None:
    assert site.lat is not None
    assert site.lon is not None
    assert abs(site.lat) < 72
    assert abs(site.lon) <= 180
    amounts = [mw for _, mw in site.power_mw.steps]
    assert 0 < site.min_viable_mw <= amounts[0]
    assert amounts == sorted(amounts)
    assert 1 <= site.pue < 2


def test_power_comes_in_phases() -> None:
    assert {len(site.power_mw.steps) for site in generate("M", 1).sites} == {1, 2, 3}


def test_seeds_differ_and_a_seed_gives_the_same_in_every_process() -> None:
    assert generate("S", 1) == generate("S", 1)
    assert generate("S", 1).sites != generate("S", 2).sites
    code = """
from benchmarks.generator import generate
s = generate("S", 3)
print([(x.site, x.power_mw, x.capex_musd_per_mw, sorted(x.accelerators or ())) for x in s.sites])
print(s.fleet, s.supply, s.budget_musd, s.national_use, s.agreements, sorted(s.keep_open), sorted(s.keep_closed))
print([(x.region, x.tpp, sorted(x.sites)) for x in s.demand])
"""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
