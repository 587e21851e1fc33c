"""fleetplan itself, through `optimise()`, as the command `solve` calls it."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.race.finish import Finish
from benchmarks.race.report import Report
from optimizer.domain.plan import Plan
from optimizer.domain.scenario import Scenario


def fleetplan(scenario: Scenario, report: Report) -> tuple[Finish, Plan | None]:
    """`optimise()` with no gap allowed; what came out, and the plan."""
    from optimizer import optimise as story
    from optimizer.solvers import Options

    solve = story.solve

    def solve_when_built(*given: Any, **named: Any) -> Any:
        """Notes that the program is built; then as ever."""
        report.tell("built")
        return solve(*given, **named)

    story.solve = solve_when_built
    outcome = story.optimise(
        scenario,
        Options(time_limit=report.limit, gap=0.0),
        lambda progress: report.point(progress.incumbent, progress.bound),
    )
    answer = outcome.answer
    report.point(answer.value, answer.bound)
    report.tell("solved")
    proved = answer.bound if answer.exact_bound else None if answer.proof is None else answer.proof.bound
    return Finish(f"{outcome.status} ({answer.engine})", None, answer.bound, proved), outcome.plan


def seconds_to_hand_over(scenario: Scenario) -> float:
    """Seconds that a built program takes from arrays into HiGHS; measured after the race, on a program built anew."""
    from optimizer.model.build import build
    from optimizer.model.law import limits_of
    from optimizer.regimes import load_regime
    from optimizer.solvers.highs import load

    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    program = build(scenario, regime, limits_of(scenario, regime)).program
    began = time.monotonic()
    load(program, program.integral)
    return time.monotonic() - began
