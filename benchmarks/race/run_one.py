"""The process of one contestant on one instance.

    python -m benchmarks.race.run_one CONTESTANT INSTANCE LIMIT_S CORES REPORT

It is pinned to the cores first, so that all that it starts is too. What it prints is the solvers' own log; what the
referee reads stands in REPORT.
"""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module
from pathlib import Path


def main(name: str, instance: str, limit: float, cores: list[int], target: Path) -> None:
    """Run it and report."""
    began = time.monotonic()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    from benchmarks.race.contestants import CONTESTANTS
    from benchmarks.race.instances import instance_named
    from benchmarks.race.judge import judge
    from benchmarks.race.report import Report

    contestant = CONTESTANTS[name]
    module, _, function = contestant.place.partition(":")
    run = getattr(import_module(f"benchmarks.race.{module}"), function)
    _import_engines(contestant.starts_from, module)
    imported = time.monotonic() - began
    scenario = instance_named(instance)
    report = Report(target, limit)
    if contestant.starts_from == "scenario":
        report.start(import_s=round(imported, 3))
        done = run(scenario, report)
    else:
        from benchmarks.race.facts import facts_of

        facts = facts_of(scenario, whole=contestant.starts_from == "integers")
        report.start(import_s=round(imported, 3))
        done = run(facts, report)
    finish, plan = done if isinstance(done, tuple) else (done, None)
    report.tell("ended", said=finish.said, bound=finish.bound, proved=finish.proved, away=finish.away)
    if plan is None and finish.units is not None:
        from benchmarks.race.facts import plan_of

        plan = plan_of(scenario, finish.units)
    report.tell("judged", **judge(plan, scenario))
    if module == "ours":
        from benchmarks.race.ours import seconds_to_hand_over

        report.tell("handed over", took=round(seconds_to_hand_over(scenario), 3))


def _import_engines(starts_from: str, module: str) -> None:
    """Import what the contestant would import first of all; never `highspy` beside OR-Tools' own HiGHS."""
    if module == "ortools_peers":
        exact = starts_from == "integers"
        import_module("ortools.sat.python.cp_model" if exact else "ortools.linear_solver.python.model_builder")
    elif module == "pulp_peers":
        import_module("pulp")
    else:
        import_module("optimizer.optimise")
        import_module("highspy")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), [int(c) for c in sys.argv[4].split(",")], Path(sys.argv[5]))
