"""Changes of a scenario after which it is known what its optimum must be, from the optimum before: a relation each.

Every change takes the document and how it was solved, and gives the changed document and the relation, or None where
there is nothing to change.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from optimizer.domain.plan import Placement, Plan
from optimizer.domain.scenario import Scenario
from optimizer.optimise import Outcome
from optimizer.regimes import load_regime
from optimizer.units import Quarter
from tests.optimise.agreement import solve_by, tolerance
from tests.optimise.edges import decimal, plan_of
from tests.optimise.loosenings import LOOSENINGS
from tests.optimise.objective_values import better, drawn_kw, in_service, money_spent, objective_value
from tests.optimise.random_scenarios import Document, scenario_of

TIMES = 3
"""How many times as large a scaled scenario is."""
_PRINTED = Fraction(1, 10**5)
"""How far a printed bound may lie from the exact one."""


@dataclass(frozen=True)
class Solved:
    """How a scenario ended: its best value as people read it and the bound, None where there is none."""

    scenario: Scenario
    outcome: Outcome
    value: Fraction | None
    bound: Fraction | None

    @property
    def proved(self) -> bool:
        """Whether the value is the optimum."""
        return self.outcome.status in ("optimal", "empty")

    @property
    def impossible(self) -> bool:
        """Whether there is no plan."""
        return self.outcome.status == "infeasible"


def solved(document: Document, time_limit: float = 5.0, way: str = "highs") -> Solved:
    """The scenario, solved to a gap of 0 where that can be had in time."""
    scenario = scenario_of(document)
    outcome = solve_by(way, scenario, time_limit)
    if outcome.status == "empty":
        nothing = objective_value(plan_of(scenario, []), scenario)
        return Solved(scenario, outcome, nothing, nothing)
    if outcome.plan is None:
        return Solved(scenario, outcome, None, None)
    if outcome.ranks and outcome.status == "optimal":  # the plan itself may be worse, by the tolerance
        best = outcome.ranks[0].bound
        return Solved(scenario, outcome, best, best)
    value, record = objective_value(outcome.plan, scenario), outcome.plan.result or {}
    bound = value if outcome.status == "optimal" else record.get("objective_bound", record["bound_tpp"])
    return Solved(scenario, outcome, value, None if bound is None else Fraction(bound))


Relation = Callable[[Solved, Solved], str]
"""What is wrong with the second, given the first; empty when nothing is."""
Change = Callable[[Document, Solved], "tuple[Document, Relation] | None"]


def never_worse(first: Solved, second: Solved) -> str:
    """The second scenario allows every plan of the first."""
    if first.value is None:
        return ""
    if second.impossible:
        return f"{first.value} was reached, and now nothing is said to be possible"
    allowed = tolerance(first.scenario) + tolerance(second.scenario) + _PRINTED
    if second.bound is None or not better(first.value, second.bound, first.scenario.objective):
        return ""
    if abs(first.value - second.bound) > allowed:
        return f"{first.value} was reached, and now {second.bound} is said to be the bound"
    return ""


def same(first: Solved, second: Solved) -> str:
    """The two scenarios have the same optimum."""
    if first.impossible != second.impossible and {first.value, second.value} != {None}:
        return f"one of the two is said to be impossible: {first.value} and {second.value}"
    if first.proved and second.proved and first.value is not None and second.value is not None:
        apart = abs(first.value - second.value)
        return f"{first.value} and {second.value} are both proved" if apart > tolerance(first.scenario) else ""
    return never_worse(first, second) or never_worse(second, first)


def times(first: Solved, second: Solved) -> str:
    """The second has the first's optimum so many times."""
    value, bound = (None if part is None else TIMES * part for part in (first.value, first.bound))
    return same(Solved(first.scenario, first.outcome, value, bound), second)


def nothing_possible(first: Solved, second: Solved) -> str:
    """The second scenario asks for more than the first's optimum."""
    return "" if second.value is None else f"{second.value} is reached, and more than the optimum is asked for"


def loosened(change: Callable[[Document], None]) -> Change:
    """A loosening as a change."""

    def loosen(document: Document, first: Solved) -> tuple[Document, Relation] | None:
        changed = copy.deepcopy(document)
        change(changed)
        return None if changed == document else (changed, never_worse)

    loosen.__name__ = change.__name__
    return loosen


def scaled(document: Document, first: Solved) -> tuple[Document, Relation] | None:
    """Units, fleet, supply, power, money, demand and every amount of the law so many times."""
    large = copy.deepcopy(document)
    amounts = {"sites": ("power_mw", "min_viable_mw", "fixed_open_cost_musd"), "fleet": ("gpus",)}
    amounts |= {"supply": ("per_quarter", "by_quarter"), "demand": ("h100e", "tpp"), "accelerators": ("gpus_per_unit",)}
    amounts |= {"own_limits": ("at_most", "at_least", "plus", "with_agreement")}
    for part, keys in amounts.items():
        for row in large.get(part, []):
            row |= {key: _multiplied(row[key]) for key in keys if key in row}
    for key in ("national_use", "budget_musd"):
        if key in large:
            large[key] = _multiplied(large[key])
    law = _amounts_of_the_law(first.scenario)
    if law:
        regime = large["regime"] if isinstance(large["regime"], dict) else {"extends": large["regime"]}
        large["regime"] = regime | {"amend": regime.get("amend", {}) | _multiplied(law)}
    return large, times


def _multiplied(value: Any) -> Any:
    """An amount, or amounts by quarter or country, so many times; shares and quarters stay."""
    if isinstance(value, dict):
        return {key: _multiplied(part) for key, part in value.items()}
    if isinstance(value, str):
        return value
    return value * TIMES if isinstance(value, int) else decimal(Fraction(str(value)) * TIMES)


def _amounts_of_the_law(scenario: Scenario) -> Document:
    """The amounts of the regime's caps and allowances by quarter, as amendments write them."""
    found: Document = {}
    for record in load_regime(scenario.regime).records:
        for field, values in (("at_most", record.amount), ("with_agreement", record.with_agreement)):
            if values is not None and any(amount for _, amount in values.steps):
                dated = {str(quarter): amount for quarter, amount in values.steps if quarter is not None}
                undated = values.steps[0][1]
                found[f"{record.rule.id}.{field}"] = (dated | {"to": str(values.to)}) if dated else undated
    return found


def renamed_and_shuffled(document: Document, first: Solved) -> tuple[Document, Relation] | None:
    """Other names for sites, own accelerators and regions, and every list in another order."""
    own = {row["accelerator"] for row in document["accelerators"]}
    names = {row["site"]: f"place {row['site'][::-1]}" for row in document["sites"]}
    names |= {name: f"sku {name[::-1]}" for name in own}
    names |= {row["region"]: f"area {row['region']}" for row in document.get("demand", []) if "sites" in row}

    def rename(value: Any) -> Any:
        if isinstance(value, dict):
            return {names.get(key, key): rename(part) for key, part in value.items()}
        if isinstance(value, list):
            return [rename(part) for part in value]
        return names.get(value, value) if isinstance(value, str) else value

    changed: Document = rename(document)
    rng = random.Random(len(names))
    for key, value in changed.items():
        if isinstance(value, list) and key not in ("objective", "authorizations"):  # their order means something
            rng.shuffle(value)
    return changed, same


def slack_country(document: Document, first: Solved) -> tuple[Document, Relation] | None:
    """A country more, whose one site may not open."""
    changed = copy.deepcopy(document)
    changed["sites"].insert(0, {"site": "site-slack", "country": "NO", "power_mw": 5, "min_viable_mw": 1})
    changed["keep_closed"] = [*changed.get("keep_closed", []), "site-slack"]
    return changed, same


def its_own_plan_as_fleet(document: Document, first: Solved) -> tuple[Document, Relation] | None:
    """In the last quarter, with what was planned standing and nothing delivered, nothing is to be done."""
    plan, scenario = first.outcome.plan, first.scenario
    if plan is None or scenario.objective in ("cost", "carbon") or plan.retirements or plan.moves:
        return None
    last = scenario.horizon.last
    changed = copy.deepcopy(document)
    changed["horizon"] = {"first": str(last), "last": str(last)}
    changed["fleet"] = [_fleet_row(row, last) for row in plan.placements]
    changed["supply"] = []
    for key in ("budget_musd", "retire_allowed", "move_cost_usd_per_gpu", "objective_tolerance"):
        changed.pop(key, None)
    for row in changed["sites"]:
        row.pop("first_quarter", None)
    changed["objective"] = "capacity"
    reached = Fraction(sum(row.gpus * plan.catalogue[row.accelerator].tpp for row in in_service(plan, last)))

    def stays(_: Solved, second: Solved) -> str:
        if second.value != reached:
            return f"{reached} stands, and {second.value} is planned"
        return ""

    return changed, stays


def _fleet_row(row: Placement, last: int) -> Document:
    """A placement as a row of the fleet; what came in the last quarter has no date, and so counts as new."""
    found: Document = {"country": row.country, "accelerator": row.accelerator, "gpus": row.gpus}
    dated = {} if row.quarter is None or row.quarter == last else {"quarter": str(row.quarter)}
    named = {key: getattr(row, key) for key in ("site", "authorization") if getattr(row, key) is not None}
    return found | dated | named


def no_more_than_reached(document: Document, first: Solved) -> tuple[Document, Relation] | None:
    """The capacity reached as a cap."""
    return _bounded(document, first, "at_most", 0, same)


def one_more_than_reached(document: Document, first: Solved) -> tuple[Document, Relation] | None:
    """One TPP more than the largest capacity as a floor."""
    return _bounded(document, first, "at_least", 1, nothing_possible)


def _bounded(
    document: Document, first: Solved, key: str, more: int, relation: Relation
) -> tuple[Document, Relation] | None:
    if not first.proved or first.value is None or first.scenario.objective != "capacity":
        return None
    changed = copy.deepcopy(document)
    row = {"id": "REACHED", "title": "What was reached", "measured": {"chips": "all"}, key: int(first.value) + more}
    row["from"] = str(first.scenario.horizon.last)
    changed["own_limits"] = [*changed.get("own_limits", []), row]
    return changed, relation


def _best_plan_of(first: Solved) -> Plan | None:
    """The plan that has the optimum; None where there is none, or it may give way to a later objective."""
    return first.outcome.plan if first.proved and not first.scenario.objective_tolerance else None


def money_as_spent(document: Document, first: Solved) -> tuple[Document, Relation] | None:
    """Not a cent more than the plan spends, in any quarter."""
    plan, scenario = _best_plan_of(first), first.scenario
    if plan is None:
        return None
    spent = [money_spent(plan, scenario, quarter) / 10**6 for quarter in scenario.horizon]
    steps = [late - early for early, late in zip([Fraction(0), *spent], spent, strict=False)]
    if any(Fraction(str(decimal(step))) != step for step in steps):
        return None  # no decimal number says it
    changed = copy.deepcopy(document)
    names = [str(quarter) for quarter in scenario.horizon]
    changed["budget_musd"] = {"by_quarter": {n: decimal(step) for n, step in zip(names, steps, strict=True)}}
    return changed, same


def power_as_drawn(document: Document, first: Solved) -> tuple[Document, Relation] | None:
    """Not a watt more than the plan draws, at any site and in any quarter."""
    plan, scenario = _best_plan_of(first), first.scenario
    if plan is None or plan.retirements or plan.moves:
        return None
    changed = copy.deepcopy(document)
    for row, site in zip(changed["sites"], scenario.sites, strict=True):
        drawn = {str(quarter): drawn_kw(plan, site, quarter) / 1000 for quarter in scenario.horizon}
        if any(Fraction(str(decimal(part))) != part for part in drawn.values()):
            return None
        row.pop("first_quarter", None)
        row["power_mw"] = {name: decimal(part) for name, part in drawn.items()}
    return changed, same


def supply_as_used(document: Document, first: Solved) -> tuple[Document, Relation] | None:
    """Every GPU is delivered when the plan installs it, and no other."""
    plan, scenario = _best_plan_of(first), first.scenario
    if plan is None:
        return None
    changed = copy.deepcopy(document)
    for row in changed["supply"]:
        used = {str(quarter): 0 for quarter in scenario.horizon}
        for placed in plan.placements:
            if placed not in scenario.fleet and placed.accelerator == row["accelerator"]:
                assert placed.quarter is not None
                used[str(Quarter(placed.quarter - row.get("lead_quarters", 0)))] += placed.gpus
        row.pop("per_quarter", None)
        row["by_quarter"] = used
    return changed, same


CHANGES: list[Change] = [
    *(loosened(change) for change in LOOSENINGS),
    scaled,
    renamed_and_shuffled,
    slack_country,
    its_own_plan_as_fleet,
    no_more_than_reached,
    one_more_than_reached,
    money_as_spent,
    power_as_drawn,
    supply_as_used,
]
