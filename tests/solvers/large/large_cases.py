"""Small generated scenarios, put onto the fast path as if they were large."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any
from unittest import mock

import highspy
import numpy as np

from benchmarks.generator import generate_with_plan
from benchmarks.sizes import SIZES
from optimizer.domain.plan import Plan
from optimizer.domain.scenario import Scenario
from optimizer.domain.sites import Site
from optimizer.domain.steps import Steps
from optimizer.model import layout
from optimizer.model.build import Model, build
from optimizer.model.law import limits_of
from optimizer.model.layout import Large
from optimizer.model.program import Ints, Program
from optimizer.regimes import Regime, load_regime
from optimizer.solvers.highs import load
from optimizer.solvers.large.master import Master
from optimizer.solvers.large.paths import Prices, full_paths, joined, least_paths, openable
from optimizer.solvers.large.scaled import Scaled, scaled

SHAPES = {
    "S": ("S", 1, 40, 3, 1, {}),
    "M": ("M", 1, 40, 4, 4, {}),
    "M again": ("M", 2, 40, 4, 5, {}),
    "L": ("L", 3, 40, 4, 4, {}),
    "one quarter": ("M", 6, 40, 4, 1, {}),
    "no money": ("M", 4, 40, 4, 4, {"budget_musd": None}),
    "no demand": ("M", 5, 40, 4, 4, {"demand": ()}),
    "share": ("M", 7, 40, 4, 4, {"max_share_per_site": Fraction(1, 12)}),
    "nothing has to open": ("M", 8, 40, 4, 4, {"keep_open": frozenset(), "min_open_sites": 0}),
    "over time": ("M", 9, 40, 4, 4, {"objective": "capacity_over_time"}),
    "falling power": ("M", 10, 40, 4, 4, {"falling": True}),
}
"""By name: size, seed, sites, accelerators, quarters, changes."""


@dataclass(frozen=True)
class LargeCase:
    """A scenario and what the fast path makes of it; `rough` is a legal plan, where the changes left it one."""

    scenario: Scenario
    regime: Regime
    model: Model
    large: Large
    coarse: Scaled
    rough: Plan

    @property
    def program(self) -> Program:
        return self.model.program

    def in_tpp(self, value: float) -> float:
        """A value of a master in TPP, the standing fleet's part included."""
        return value * self.coarse.tpp_parts + self.program.offset

    def relaxed(self, seconds: float = 60.0) -> tuple[Master, Prices]:
        """A master at its optimum, and the prices there."""
        master = Master(self.coarse)
        site, opens = openable(self.coarse)
        master.add(joined([full_paths(self.coarse, site, opens), least_paths(self.coarse, site, opens)]))
        assert master.solve(anew=True, seconds=seconds)
        prices = master.converge(seconds)
        assert prices is not None
        return master, prices

    def whole_optimum(self, openings: Ints | None = None) -> float | None:
        """The linear optimum of the whole program in TPP, at these openings where they are given; None without one."""
        program = self.program
        lower, upper = program.col_lower.copy(), program.col_upper.copy()
        if openings is not None:
            opened = np.arange(self.coarse.shape[2]) >= openings[:, None]
            lower[self.large.opens] = upper[self.large.opens] = opened
        highs = load(program, None, lower, upper)
        highs.setOptionValue("presolve", "off")
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return None
        assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return program.offset - float(highs.getInfo().objective_function_value)


def shape(name: str) -> LargeCase:
    """The case of that name in SHAPES."""
    size, seed, sites, accelerators, quarters, changes = SHAPES[name]
    return large_case(size, seed, sites, accelerators, quarters, **changes)


def large_case(size: str, seed: int, sites: int, accelerators: int, quarters: int, **changes: Any) -> LargeCase:
    """A generated scenario cut to that size, with changes.

    `falling`: some sites lose power on the way; `dearer_opening` and `richer` are factors of opening costs and budget.
    """
    return _case(size, seed, sites, accelerators, quarters, tuple(changes.items()))


@cache
def _case(
    size: str, seed: int, sites: int, accelerators: int, quarters: int, changes: tuple[tuple[str, Any], ...]
) -> LargeCase:
    scenario, rough = generate_with_plan(SIZES[size].cut(sites, accelerators, quarters), seed, f"{size}-{seed}")
    new = dict(changes)
    if new.pop("falling", False):  # what was asked for may then be out of reach
        less = [_falling(random.Random(seed), scenario, site) for site in scenario.sites]
        scenario = scenario.replace(sites=tuple(less), demand=(), keep_open=frozenset(), min_open_sites=0)
    dearer, richer = new.pop("dearer_opening", 1), new.pop("richer", None)
    if richer is not None:
        dear = [replace(site, fixed_open_cost_musd=dearer * site.fixed_open_cost_musd) for site in scenario.sites]
        budget = {quarter: richer * musd for quarter, musd in (scenario.budget_musd or {}).items()}
        scenario = scenario.replace(sites=tuple(dear), budget_musd=budget)
    scenario = scenario.replace(**new)
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    model = build(scenario, regime, limits_of(scenario, regime))
    with mock.patch.object(layout, "LARGE", 0):
        large = layout.large(model)
    assert large is not None
    return LargeCase(scenario, regime, model, large, scaled(large.filling), rough)


def _falling(rng: random.Random, scenario: Scenario, site: Site) -> Site:
    """The site, or one that has less power from some quarter on."""
    quarters = list(scenario.horizon)
    drop = quarters[rng.randrange(1, len(quarters))]
    if rng.random() < 0.5:
        return site
    steps = [(quarter, value) for quarter, value in site.power_mw.steps if quarter < drop]
    fallen = site.power_mw.at(drop) * Fraction(rng.randint(5, 9), 10)
    return replace(site, power_mw=Steps((*steps, (drop, fallen)), before=site.power_mw.before))
