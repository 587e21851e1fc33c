"""Arrays in, best plan out: the engines behind one call. The only place with floating-point numbers."""

from __future__ import annotations

from ..errors import SolverError
from ..model.program import Program
from .base import Answer, Gate, Listener, Options, Progress, Run

SOLVERS = ("highs", "cp-sat", "cbc")
"""Engines that every installation has; other names go to PuLP."""

__all__ = ["SOLVERS", "Answer", "Gate", "Listener", "Options", "Progress", "Run", "solve"]


def solve(program: Program, run: Run) -> Answer:
    """The best plan of the engine that the run's options name; SolverError when there is no such engine."""
    name = run.options.solver
    try:
        if name == "highs":
            from . import highs

            return highs.solve(program, run)
        if name == "cp-sat":
            from . import cp_sat

            return cp_sat.solve(program, run)
        from . import pulp_solvers

        return pulp_solvers.solve(program, run, name)
    except ImportError as error:
        raise SolverError(f"the solver {name} is not installed: {error}") from error
