"""The best plan of a tiny scenario by listing every plan, judged by `check` and `business` alone: no matrix.

Values come from objective_values.py, in exact numbers; a list of objectives is taken as it is said: the best by the
first, then of all plans within the tolerance of it the best by the second, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.plan import Plan
from optimizer.domain.scenario import Scenario
from optimizer.regimes import Regime, load_regime
from tests.optimise.every_plan import TooMany, every_plan
from tests.optimise.objective_values import better, cost_without_serving, objective_value

__all__ = ["Best", "TooMany", "best_capacity", "best_plan", "best_ranks"]


@dataclass(frozen=True)
class Best:
    """The best value of all plans, and a plan that has it."""

    value: Fraction
    plan: Plan


def best_plan(scenario: Scenario) -> Best | None:
    """The best of all plans by the first objective, None when no plan keeps everything. Raises TooMany."""
    judge = _Judge(scenario)
    plans = every_plan(scenario)
    hopes = [_hope(plan, scenario) for plan in plans]
    upward = better(Fraction(1), Fraction(0), scenario.objective)
    best: Best | None = None
    for number in sorted(range(len(plans)), key=lambda n: hopes[n], reverse=upward):
        plan, hope = plans[number], hopes[number]
        if best is not None and not better(hope, best.value, scenario.objective):
            break
        if not judge.allows(plan):
            continue
        value = objective_value(plan, scenario)
        if best is None or better(value, best.value, scenario.objective):
            best = Best(value, plan)
    return best


def best_capacity(scenario: Scenario) -> int | None:
    """TPP in service at the end under the best plan, None when no plan keeps everything. Raises TooMany."""
    best = best_plan(scenario)
    return None if best is None else int(best.value)


def best_ranks(scenario: Scenario) -> list[Fraction]:
    """What each objective of the list can reach when those before it are held; nothing when there is no plan."""
    judge = _Judge(scenario)
    plans = [plan for plan in every_plan(scenario) if judge.allows(plan)]
    reached: list[Fraction] = []
    for name in (scenario.objective, *scenario.later_objectives):
        values = [objective_value(plan, scenario, name) for plan in plans]
        if not values:
            return []
        upward = better(Fraction(1), Fraction(0), name)
        reached.append(max(values) if upward else min(values))
        allowed = scenario.objective_tolerance * abs(reached[-1])
        plans = [plan for plan, value in zip(plans, values, strict=True) if abs(value - reached[-1]) <= allowed]
    return reached


def _hope(plan: Plan, scenario: Scenario) -> Fraction:
    """A value that the plan's own does not beat, for it leaves out what serving costs."""
    return cost_without_serving(plan, scenario) if scenario.objective == "cost" else objective_value(plan, scenario)


class _Judge:
    """Whether plans keep everything. The law sees amounts by country, and sites only where an own limit names some."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.regime: Regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
        self.by_site = scenario.fleet_may_leave or any(
            counted is not None and counted.sites is not None
            for record in self.regime.records
            for counted in (record.measured, record.of)
        )
        self.seen: dict[object, bool] = {}

    def allows(self, plan: Plan) -> bool:
        """Whether neither the law nor the business is broken. Limits that only warn are kept too, as `solve` does."""
        return not shortfalls(plan, self.scenario) and self._lawful(plan)

    def _lawful(self, plan: Plan) -> bool:
        amounts: dict[object, int] = {}
        for row in plan.placements[len(self.scenario.fleet) :]:
            site = row.site if self.by_site else None
            key = (row.country, site, row.accelerator, row.quarter, row.authorization)
            amounts[key] = amounts.get(key, 0) + row.gpus
        seen = frozenset(amounts.items()), plan.retirements, plan.moves
        if seen not in self.seen:
            result = check(plan, self.regime)
            self.seen[seen] = result.status == "compliant" and not result.of("fail")
        return self.seen[seen]
