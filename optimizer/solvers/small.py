"""Small programs, handed to HiGHS whole: branch and bound over units and openings, until the gap asked for is met."""

from __future__ import annotations

from dataclasses import replace

import highspy

from ..errors import SolverError
from ..model.program import Program
from .base import Answer, Run
from .highs import branch_and_bound, load
from .totals import WrittenOut, write_out


def solve(program: Program, run: Run) -> Answer:
    """The best plan within the run's limits, with what the run has found so far as a start.

    "infeasible" is said only when HiGHS says so without its presolve too.
    """
    if run.done:
        return run.answer("highs")
    refused = run.refused
    written = write_out(program)
    empty = all(_branch(program, written, run, presolve) for presolve in ("choose", "off"))
    if run.refused > refused and not run.done:
        return _exactly(program, run)
    return run.answer("highs", infeasible=empty and run.point is None)


def _branch(program: Program, written: WrittenOut, run: Run, presolve: str) -> bool:
    """Branch and bound, each better point offered to the run; whether HiGHS says that there is no plan."""
    if run.done:
        return False
    highs = load(written.program, written.program.integral)
    highs.setOptionValue("presolve", presolve)
    highs.setOptionValue("time_limit", run.left)
    highs.setOptionValue("random_seed", run.options.seed)
    highs.setOptionValue("mip_rel_gap", 0.0)  # the run judges the gap, on exact numbers that include the fleet
    highs.setOptionValue("mip_abs_gap", 0.0)
    start = _start(written, run)
    if start is not None:
        highs.setSolution(start)

    return branch_and_bound(highs, program, run, lambda x: run.offer(written.spread(x, program.columns)))


def _start(written: WrittenOut, run: Run) -> highspy.HighsSolution | None:
    """The run's best plan as a start for HiGHS: a linear program gives the continuous columns."""
    if run.point is None:
        return None
    program = written.program
    lower, upper = program.col_lower.copy(), program.col_upper.copy()
    whole = run.point[written.columns]
    lower[program.integral] = upper[program.integral] = whole[program.integral]
    highs = load(program, None, lower, upper)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    start = highspy.HighsSolution()
    start.col_value = list(highs.getSolution().col_value)
    return start


def _exactly(program: Program, run: Run) -> Answer:
    """CP-SAT's answer, for a program on which HiGHS, within its tolerances, took for plans what breaks a limit."""
    from . import cp_sat

    run.report("going on in whole numbers, with CP-SAT")
    try:
        answer = cp_sat.solve(program, run)
    except SolverError:  # too large for 64-bit sums
        return run.answer("highs")
    return replace(answer, engine="highs, then cp-sat")
