"""HiGHS on fleetplan's own arrays: the mixed-integer program handed over as it is, with nothing of ours around it."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.race.facts import Key
from benchmarks.race.finish import Finish
from benchmarks.race.report import Report
from optimizer.domain.scenario import Scenario


def one_thread(scenario: Scenario, report: Report) -> Finish:
    """HiGHS on one thread."""
    return _solve(scenario, report, threads=1)


def two_threads(scenario: Scenario, report: Report) -> Finish:
    """HiGHS on two threads."""
    return _solve(scenario, report, threads=2)


def _solve(scenario: Scenario, report: Report, threads: int) -> Finish:
    import numpy as np

    from optimizer.model.build import build
    from optimizer.model.law import limits_of
    from optimizer.regimes import load_regime
    from optimizer.solvers.highs import load

    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    model = build(scenario, regime, limits_of(scenario, regime))
    program, instance = model.program, model.instance
    highs = load(program, program.integral)
    report.tell("built", rows=program.rows, columns=program.columns)
    highs.setOptionValue("parallel", "on" if threads > 1 else "off")
    highs.setOptionValue("threads", threads)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.0)
    highs.setOptionValue("time_limit", max(report.left, 1.0))
    best: list[int | None] = [None, None]

    def see(event: Any) -> None:
        bound = event.data_out.mip_dual_bound
        if math.isfinite(bound):
            best[1] = math.floor(-bound) + program.offset
        report.point(best[0], best[1])

    def improved(event: Any) -> None:
        best[0] = math.floor(-event.data_out.objective_function_value) + program.offset
        see(event)

    highs.cbMipImprovingSolution.subscribe(improved)
    highs.cbMipLogging.subscribe(see)
    highs.run()
    report.tell("solved")
    said = highs.modelStatusToString(highs.getModelStatus()).lower()
    info = highs.getInfo()
    bound = math.floor(-info.mip_dual_bound) + program.offset if math.isfinite(info.mip_dual_bound) else None
    if not math.isfinite(info.objective_function_value) or not highs.getSolution().value_valid:
        return Finish(said, bound=bound)
    x = np.array(highs.getSolution().col_value)[model.columns.n_list]
    keys = zip(instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter, strict=True)
    values: dict[Key, float] = {
        (int(s), int(k), int(t)): float(value) for (s, k, t), value in zip(keys, x, strict=True)
    }
    return Finish.rounded(said, values, bound)
