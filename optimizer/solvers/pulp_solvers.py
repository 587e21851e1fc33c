"""PuLP's door to other solvers: its bundled CBC, and any command-line or commercial solver that it finds installed.

A peer and a door, not a fast path: values come back as text of 8 significant digits, so the model's decisions count
units (never TPP or dollars), and every plan passes the exact gate or is dropped.
"""

from __future__ import annotations

import contextlib
import inspect
import math
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SolverError
from ..model.program import INFINITE, Program
from .base import Answer, Run
from .engines import SOLVERS
from .totals import write_out

_LOWER_BOUND = re.compile(r"^Lower bound:\s+(\S+)", re.MULTILINE)
_LOOK_S = 0.1
_LATE_S = 1.0
"""How long past its time CBC may go on before it is asked to stop."""
_PATIENCE_S = 10.0
"""How long CBC may take to put its best plan down after it was asked to stop."""


class _Killed(Exception):
    """A signal ended CBC before it put a plan down; says how that came."""


def solve(program: Program, run: Run) -> Answer:
    """The best plan that CBC, or PuLP's solver of the name in the run's options, finds within the run's limits."""
    import pulp

    solver_name = run.options.solver
    engine = _engine(pulp, solver_name, run)
    written = write_out(program)
    problem, columns = as_pulp(written.program)
    if run.done:
        return run.answer(solver_name)
    run.report(f"{solver_name} is solving")
    try:
        log = _solve_with_cbc(pulp, problem, run) if engine is None else _solve_with(engine, problem)
    except pulp.PulpSolverError as error:
        raise SolverError(f"{solver_name} failed: {error}") from error
    except _Killed as error:
        failure = f"the solver {solver_name} {error}; no plan was found before"
        return run.answer(f"{solver_name}, which {error}", failure=failure)
    if problem.status == pulp.LpStatusInfeasible:
        return run.answer(solver_name, infeasible=run.point is None)
    values = [column.varValue for column in columns]
    if problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible) and None not in values:
        x = np.array(values, dtype=np.float64)
        whole = np.abs(x - np.rint(x))[written.program.integral].max(initial=0.0) < 1e-4
        taken = whole and run.offer(written.spread(x, program.columns))
        if taken and problem.sol_status == pulp.LpSolutionOptimal and run.value is not None:
            slack = abs(run.value - program.offset) * max(_ratio(run), 1e-9)
            run.lower_bound(run.value + math.floor(slack), exact=False)
    found = _LOWER_BOUND.search(log)
    if found:
        bound = float(found[1])
        run.lower_bound(math.floor(-bound + abs(bound) * 1e-6) + program.offset, exact=False)
    return run.answer(solver_name)


def _ratio(run: Run) -> float:
    """The gap to ask of an engine, which reckons it without the standing fleet and in rounded figures."""
    return 0.9 * run.options.gap


def _solve_with(engine: Any, problem: Any) -> str:
    """Solve through PuLP; no log."""
    problem.solve(engine)
    return ""


def _solve_with_cbc(pulp: Any, problem: Any, run: Run) -> str:
    """Solve with the CBC that PuLP brings, and stop it when the run is asked to stop; its log.

    In a session of its own, so that a Ctrl-C in the terminal reaches it once, from here; it ends with its best plan.
    """
    engine = pulp.COIN_CMD(path=pulp.PULP_CBC_CMD.pulp_cbc_path)
    with tempfile.TemporaryDirectory() as folder:
        model, solution, log = (Path(folder, name) for name in ("model.mps", "solution.txt", "solver.log"))
        variables, names, rows, _ = problem.writeMPS(str(model), rename=True)
        limits = ["-sec", f"{max(run.left, 1.0):.2f}", "-timeMode", "elapsed", "-ratio", repr(_ratio(run))]
        tell = ["-threads", "2", "-solve", "-printingOptions", "all", "-solution", str(solution)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [engine.path, str(model), *limits, *tell], stdout=out, stderr=out, start_new_session=True
            )
            try:
                _wait(process, run)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        text = log.read_text(encoding="utf-8", errors="replace")
        if process.returncode < 0:
            how = "crashed" if run.left > 0 and not run.stop.is_set() else "did not end in time and was killed"
            raise _Killed(how)
        if process.returncode != 0 or not solution.exists():
            raise SolverError(f"CBC ended with code {process.returncode} and no answer: {text[-300:].strip()}")
        status, values, _, _, _, sol_status = engine.readsol_MPS(str(solution), problem, variables, names, rows)
    problem.assignVarsVals(values)
    problem.assignStatus(status, sol_status)
    return text


def _wait(process: subprocess.Popen[bytes], run: Run) -> None:
    """Wait for the end of `process`, or ask it to end when the run is over."""
    late = run.options.time_limit + _LATE_S  # it looks at the time now and then only
    while process.poll() is None and not run.stop.is_set() and run.seconds < late:
        try:
            process.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            run.tick()
    until = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        process.send_signal(signal.SIGINT)  # again and again: the first may come before CBC listens
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1.0)


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


def _engine(pulp: Any, name: str, run: Run) -> Any:
    """The PuLP solver object of that name, None for the CBC that PuLP brings; SolverError when there is none."""
    if name == "cbc":
        return None
    found = available()
    if name not in found:
        others = f", or one that PuLP finds here: {', '.join(found)}" if found else "; PuLP finds no other one here"
        raise SolverError(f"there is no solver named '{name}': choose {', '.join(SOLVERS)}{others}")
    limits = {"msg": False, "timeLimit": max(run.left, 1.0), "gapRel": _ratio(run)}
    known = inspect.signature(type(pulp.getSolver(name)).__init__).parameters
    return pulp.getSolver(name, **{key: value for key, value in limits.items() if key in known})
