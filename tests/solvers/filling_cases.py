"""Small generated scenarios with a legal plan each, for those who fill sites."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from benchmarks.generator import generate_with_plan
from benchmarks.sizes import SIZES
from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.scenario import Scenario
from optimizer.model.build import Model, build
from optimizer.model.filling import Filling, filling
from optimizer.model.law import limits_of
from optimizer.model.program import Ints
from optimizer.model.readout import read_plan
from optimizer.regimes import Regime, load_regime
from optimizer.solvers.fill import Aim, Prices


@dataclass(frozen=True)
class Case:
    """A scenario with its filling, and the units and first open quarters of a plan that is legal."""

    scenario: Scenario
    regime: Regime
    model: Model
    filling: Filling
    units: Ints

    @property
    def openings(self) -> Ints:
        return self.filling.opens(self.units)

    @property
    def prices(self) -> Prices:
        """Money alone has a price: what the best unit gives for it."""
        _, kinds, horizon = self.filling.shape
        dearest = (self.filling.gain[:, -1] / np.maximum(self.filling.unit_cost, 1)).max()
        budget = np.zeros(horizon)
        budget[-1] = dearest / 2
        return Prices(
            supply=np.zeros((kinds, horizon)),
            budget=budget,
            limits=np.zeros(len(self.filling.limit_names)),
            demand=np.zeros(self.filling.wanted.shape),
        )

    def aim(self, share: float) -> Aim:
        """That share of the legal plan, each site for itself: fractions, and too little for minima and demand."""
        return Aim(self.units * share, np.arange(len(self.units)), None)

    def refusals(self, units: Ints) -> list[str]:
        """The names of all that the exact gate finds broken."""
        plan = read_plan(self.model, self.filling.point(self.model, units))
        found = [finding.limit.name for finding in check(plan, self.regime).findings if finding.verdict == "fail"]
        return found + [shortfall.name for shortfall in shortfalls(plan, self.scenario)]


def case(size: str, seed: int, sites: int, accelerators: int, quarters: int, **changes: Any) -> Case:
    """A generated scenario cut to that size, with changes; the plan is that of the scenario as generated."""
    return _case(size, seed, sites, accelerators, quarters, tuple(changes.items()))


@cache
def _case(
    size: str, seed: int, sites: int, accelerators: int, quarters: int, changes: tuple[tuple[str, Any], ...]
) -> Case:
    smaller = SIZES[size].cut(sites, accelerators, quarters)
    generated, plan = generate_with_plan(smaller, seed, f"{size}-{seed}")
    scenario = generated.replace(**dict(changes))
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    model = build(scenario, regime, limits_of(scenario, regime))
    made = filling(model)
    assert made is not None
    site = {each.site: s for s, each in enumerate(scenario.sites)}
    kind = {supply.accelerator: k for k, supply in enumerate(scenario.supply)}
    units = np.zeros(made.shape, np.int64)
    for row in plan.placements[len(scenario.fleet) :]:
        assert row.quarter is not None
        assert row.site is not None
        size_of_unit = scenario.catalogue[row.accelerator].gpus_per_unit
        assert size_of_unit is not None
        at = (site[row.site], kind[row.accelerator], row.quarter - scenario.horizon.first)
        units[at] += row.gpus // size_of_unit
    return Case(scenario, regime, model, made, units)
