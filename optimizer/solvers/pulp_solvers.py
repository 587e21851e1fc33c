"""PuLP's door to other solvers: its bundled CBC, and any command-line or commercial solver that it finds installed.

A peer and a door, not a fast path: values come back as text of 8 significant digits, so the model's decisions count
units (never TPP or dollars), and every plan passes the exact gate or is dropped.
"""

from __future__ import annotations

import math
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SolverError
from ..model.program import INFINITE, Program
from .base import Answer, Run

_LOWER_BOUND = re.compile(r"^Lower bound:\s+(\S+)", re.MULTILINE)


def solve(program: Program, run: Run, solver_name: str = "cbc") -> Answer:
    """The best plan that CBC, or PuLP's solver of that name, finds within the run's limits."""
    import pulp

    problem, columns = as_pulp(program)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "solver.log")
        engine = _engine(pulp, solver_name, run, log)
        run.report(f"{solver_name} is solving")
        problem.solve(engine)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    status = problem.status
    if status == pulp.LpStatusInfeasible:
        return run.answer(solver_name, infeasible=True)
    values = [column.varValue for column in columns]
    if problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible) and None not in values:
        x = np.array(values, dtype=np.float64)
        whole = np.abs(x - np.rint(x))[program.integral].max(initial=0.0) < 1e-4
        taken = whole and run.offer(x)
        if taken and problem.sol_status == pulp.LpSolutionOptimal and run.value is not None:
            slack = abs(run.value - program.offset) * max(run.options.gap, 1e-9)
            run.lower_bound(run.value + math.ceil(slack), exact=False)
    found = _LOWER_BOUND.search(text)
    if found:
        bound = float(found[1])
        run.lower_bound(math.floor(-bound + abs(bound) * 1e-6) + program.offset, exact=False)
    return run.answer(solver_name)


def as_pulp(program: Program) -> tuple[Any, list[Any]]:
    """The program as a PuLP problem (minimising the negative objective), and its variables in column order."""
    import pulp

    problem = pulp.LpProblem("fleetplan", pulp.LpMinimize)
    kinds = (pulp.LpContinuous, pulp.LpInteger)
    columns = [
        problem.add_variable(f"c{j}", int(low), int(high), kinds[whole])
        for j, (low, high, whole) in enumerate(
            zip(program.col_lower, program.col_upper, program.integral.tolist(), strict=True)
        )
    ]
    used = np.flatnonzero(program.objective)
    problem += pulp.LpAffineExpression([(columns[j], -int(program.objective[j])) for j in used])
    for row in range(program.rows):
        part = slice(program.indptr[row], program.indptr[row + 1])
        pairs = zip(program.indices[part].tolist(), program.data[part].tolist(), strict=True)
        expression = pulp.LpAffineExpression([(columns[j], coefficient) for j, coefficient in pairs])
        low, high = int(program.row_lower[row]), int(program.row_upper[row])
        if low == high:
            problem.addConstraint(expression == low, f"r{row}")
            continue
        if high < INFINITE:
            problem.addConstraint(expression <= high, f"r{row}_most")
        if low > -INFINITE:
            problem.addConstraint(expression >= low, f"r{row}_least")
    return problem, columns


def available() -> list[str]:
    """Solvers that PuLP finds on this machine, by PuLP's names, its in-process HiGHS left out."""
    import pulp

    return [name for name in pulp.listSolvers(onlyAvailable=True) if name not in ("PULP_CBC_CMD", "HiGHS")]


def _engine(pulp: Any, name: str, run: Run, log: Path) -> Any:
    """The PuLP solver object of that name."""
    limits = {"msg": False, "timeLimit": max(run.left, 1.0), "gapRel": run.options.gap}
    if name == "cbc":
        return pulp.COIN_CMD(path=pulp.PULP_CBC_CMD.pulp_cbc_path, logPath=str(log), threads=2, **limits)
    if name not in available():
        raise SolverError(f"PuLP finds no solver named {name} here; it finds: {', '.join(available()) or 'none'}")
    return pulp.getSolver(name, **limits)
