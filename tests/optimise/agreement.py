"""What must be true of one scenario whoever solves it: every way of solving and the list of all plans say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.scenario import Scenario
from optimizer.errors import InputError
from optimizer.model import layout
from optimizer.optimise import Outcome, optimise
from optimizer.solvers import Options
from tests.optimise.brute_force import Best, TooMany, best_plan, best_ranks
from tests.optimise.objective_values import better, objective_value
from tests.optimise.random_scenarios import Document, scenario_of

WAYS = {"highs": "highs", "cp-sat": "cp-sat", "scip": "scip", "cbc": "cbc", "large": "highs"}
"""The ways of solving that can be compared, and the engine of each; "large" is the path for large scenarios, forced."""
A_DOLLAR = Fraction(1)
"""How far values may lie apart where serving costs something: solvers count a flow's dollars in whole parts."""


@dataclass
class Comparison:
    """What came of one scenario: how each way ended, whether all plans were listed, and what cannot be true."""

    status: dict[str, str] = field(default_factory=dict)
    listed: bool = False
    faults: list[str] = field(default_factory=list)


def compare(document: Document, ways: tuple[str, ...], time_limit: float, *, listing: bool) -> Comparison:
    """The scenario solved in each of `ways` to a gap of 0, and by listing all plans where that is asked for."""
    found = Comparison()
    scenario = scenario_of(document)
    outcomes: dict[str, Outcome] = {}
    for way in ways:
        try:
            outcomes[way] = solve_by(way, scenario, time_limit)
        except InputError:
            found.status[way] = "refused"
            continue
        found.status[way] = outcomes[way].status
        found.faults += [f"{way}: {fault}" for fault in faults_of(outcomes[way], scenario)]
    if len(set(found.status.values()) & {"refused"}) and len(set(found.status.values())) > 1:
        found.faults.append("one way refuses what another takes")
    names = list(outcomes)
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            found.faults += contradictions(one, outcomes[one], other, outcomes[other])
    if listing and outcomes:
        try:
            best = best_plan(scenario)
        except TooMany:
            return found
        found.listed = True
        ranks = best_ranks(scenario) if scenario.later_objectives else []
        for way, outcome in outcomes.items():
            faults = against_the_list(outcome, best, scenario) + against_the_ranks(outcome, ranks, scenario)
            found.faults += [f"{way}: {fault}" for fault in faults]
    return found


def solve_by(way: str, scenario: Scenario, time_limit: float) -> Outcome:
    """The outcome in one of WAYS, to a gap of 0 where that can be had in time."""
    before = layout.LARGE
    layout.LARGE = 0 if way == "large" else before
    try:
        return optimise(scenario, Options(WAYS[way], time_limit=time_limit, gap=0))
    finally:
        layout.LARGE = before


def faults_of(outcome: Outcome, scenario: Scenario) -> list[str]:
    """What is wrong with an outcome by itself: its plan, judged anew, and its value, reckoned anew."""
    answer = outcome.answer
    if outcome.plan is None:
        return ["there is a point and no plan"] if answer.point is not None and outcome.status != "empty" else []
    faults = [f"its plan breaks {short.name}" for short in shortfalls(outcome.plan, scenario)]
    faults += [f"its plan breaks {finding.limit.name}" for finding in check(outcome.plan).of("fail")]
    assert answer.value is not None
    assert answer.bound is not None
    if answer.bound < answer.value:
        faults.append(f"the bound {answer.bound} is worse than the value {answer.value}")
    value, told = objective_value(outcome.plan, scenario), _told(outcome)
    for rank in outcome.ranks:
        again = objective_value(outcome.plan, scenario, rank.name)
        if rank.value is not None and abs(again - rank.value) > tolerance(scenario, rank.name):
            faults.append(f"it tells {rank.value} of {rank.name}, and its plan has {again}")
    if abs(value - told) > max(tolerance(scenario), Fraction(1, 10**6)):
        faults.append(f"it tells a value of {told}, and its plan has {value}")
    return faults


def tolerance(scenario: Scenario, objective: str = "") -> Fraction:
    """How far apart two values may lie that are said to be equal."""
    serving = (objective or scenario.objective) == "cost" and any(
        demand.cost_usd_per_h100e for demand in scenario.demand
    )
    return A_DOLLAR if serving else Fraction(0)


def _told(outcome: Outcome) -> Fraction:
    """The value that the plan's own record tells."""
    assert outcome.plan is not None
    record = outcome.plan.result
    assert record is not None
    return Fraction(record.get("objective_value", record["capacity_tpp"]))


def contradictions(one: str, first: Outcome, other: str, second: Outcome) -> list[str]:
    """What makes one outcome impossible by the other's word."""
    faults = []
    for (name, outcome), (another, against) in (((one, first), (other, second)), ((other, second), (one, first))):
        value, bound = outcome.answer.value, against.answer.bound
        if outcome.status == "infeasible" and against.answer.value is not None:
            faults.append(f"{name} says that there is no plan, {another} has one")
        if value is not None and bound is not None and value > bound:
            faults.append(f"{name} has a plan of {value}, {another} a bound of {bound}")
    return faults


def against_the_list(outcome: Outcome, best: Best | None, scenario: Scenario) -> list[str]:
    """What an outcome says that the list of all plans refutes."""
    if best is None:
        return (
            [] if outcome.status in ("infeasible", "no_plan") else [f"{outcome.status}, and no plan keeps everything"]
        )
    if outcome.status == "infeasible":
        return [f"infeasible, and a plan reaches {best.value}: {_words(best)}"]
    if outcome.status == "empty":
        value = Fraction(0)
        return [] if value == best.value else [f"empty, and a plan reaches {best.value}: {_words(best)}"]
    if outcome.plan is None:
        return []
    value = objective_value(outcome.plan, scenario)
    if better(value, best.value, scenario.objective) and abs(value - best.value) > tolerance(scenario):
        return [f"reaches {value}, and the best of all plans {best.value}"]
    allowed = scenario.objective_tolerance * abs(best.value) + tolerance(scenario)
    if outcome.status == "optimal" and abs(value - best.value) > allowed:
        return [f"optimal at {value}, and a plan reaches {best.value}: {_words(best)}"]
    return []


def against_the_ranks(outcome: Outcome, reached: list[Fraction], scenario: Scenario) -> list[str]:
    """Which objective of a list ended at another value than it can reach when those before it are held."""
    faults = []
    for rank, best in zip(outcome.ranks, reached, strict=False):
        slack = tolerance(scenario, rank.name)
        if rank.met and rank.bound is not None and abs(rank.bound - best) > slack:
            faults.append(f"{rank.name} is said to be {rank.bound} at best, and all plans say {best}")
        allowed = scenario.objective_tolerance * abs(best) + slack
        if rank.met and rank.value is not None and abs(rank.value - best) > allowed:
            faults.append(f"{rank.name} ends at {rank.value}, and can reach {best}")
    if reached and outcome.status == "optimal" and len(outcome.ranks) == len(reached):
        last = outcome.ranks[-1]
        if last.value is None or abs(last.value - reached[-1]) > tolerance(scenario, last.name):
            faults.append(f"{last.name}, the last, ends at {last.value}, and can reach {reached[-1]}")
    return faults


def _words(best: Best) -> str:
    return ", ".join(f"{row.gpus} {row.accelerator} at {row.site} in {row.quarter}" for row in best.plan.placements)
