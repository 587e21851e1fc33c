"""The story of a solve in one screen: scenario, regime, limits, program, solver, plan, checks, outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from .business import shortfalls
from .check import CheckResult, check
from .domain.plan import Plan
from .domain.scenario import Scenario
from .errors import GateError
from .explain.conflict import Conflict, find_conflict
from .explain.standing import broken_by_fleet, refuse_undecidable
from .model.build import Model, build
from .model.law import limits_of
from .model.layout import large
from .model.program import Ints, Program
from .model.readout import in_order, read_plan
from .regimes import Regime, load_regime
from .result import result_record
from .solvers import Answer, Options, Progress, Run, get_ready, solve
from .solvers.ranks import Rank, solve_later
from .solvers.still_fleet import begin_with_still_fleet


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a solve ended: a plan that passed every check, or none and why.

    "empty": the best plan holds nothing. "unproved": a canonical plan was not proved to be one in time. `ranks` are the
    objectives of the list, where the scenario has one. `program` is what the value and the bound are of.
    """

    status: Literal["optimal", "feasible", "infeasible", "no_plan", "empty", "unproved"]
    plan: Plan | None
    checked: CheckResult | None
    answer: Answer
    conflict: Conflict | None = None
    ranks: tuple[Rank, ...] = ()
    program: Program | None = None


def optimise(
    scenario: Scenario,
    options: Options | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: threading.Event | None = None,
    begin: Callable[[Model, Regime, Run], None] = begin_with_still_fleet,
) -> Outcome:
    """The best plan found for `scenario`; no plan leaves that the exact checks have not passed.

    `begin` offers the run what is known before an engine is asked. Raises InputError where the scenario reaches past
    what its regime decides, SolverError where an engine fails.
    """
    options = options or Options()
    if options.canonical:
        options = replace(options, gap=0.0)
    get_ready(options.solver, len(scenario.sites) * len(scenario.supply) * len(list(scenario.horizon)))
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    refuse_undecidable(scenario, regime)
    model = build(scenario, regime, limits_of(scenario, regime))

    def gate(point: Ints) -> bool:
        plan = read_plan(model, point)
        return check(plan, regime).status == "compliant" and not shortfalls(plan, scenario)

    run = Run(options, gate, on_progress, model.program, stop or threading.Event(), large=large(model))
    begin(model, regime, run)
    answer = solve(model.program, run)
    if answer.point is None:
        conflict = find_conflict(model.program, broken_by_fleet(scenario, regime)) if answer.infeasible else None
        return Outcome("infeasible" if answer.infeasible else "no_plan", None, None, answer, conflict)

    ranked = solve_later(model, run, answer)
    answer = ranked.answer
    if answer.point is None:
        return Outcome("unproved", None, None, answer)

    plan = read_plan(model, answer.point)
    if options.canonical:
        plan = in_order(plan)
    if not plan.placements:
        return Outcome("empty" if ranked.met else "no_plan", None, None, answer)
    checked = check(plan, regime)
    if checked.status != "compliant" or shortfalls(plan, scenario):
        raise GateError("the solver's plan did not pass the exact checks, so it was not let out")
    record = result_record(scenario, ranked, checked, run)
    status: Literal["optimal", "feasible"] = "optimal" if ranked.met else "feasible"
    plan = plan.replace(result=record)
    return Outcome(status, plan, checked, answer, ranks=ranked.ranks, program=model.program)
