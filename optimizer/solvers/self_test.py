"""Does each engine work in this installation? One tiny problem, solved by the packages themselves.

    python -m optimizer.solvers.self_test ENGINE...

imports the engines in the order named, all in one process, then solves with each, and prints a line of JSON for each:
`{"engine": "cbc", "answer": 3}`. It is a process of its own because engines that do not fit together end the process.
With `--others` it prints a line for each solver that others brought here: `{"other": "gurobi"}`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module

ANSWER = 3
"""The largest whole x with 2 x <= 7."""


def _highs() -> int:
    import highspy

    engine = highspy.Highs()
    engine.silent()
    x = engine.addIntegral(lb=0, ub=10)
    engine.addConstr(2 * x <= 7)
    engine.maximize(x)
    return round(float(engine.getObjectiveValue()))


def _cp_sat() -> int:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = model.new_int_var(0, 10, "x")
    model.add(2 * x <= 7)
    model.maximize(x)
    engine = cp_model.CpSolver()
    engine.solve(model)
    return round(float(engine.objective_value))


def _scip() -> int:
    from ortools.linear_solver import pywraplp

    engine = pywraplp.Solver.CreateSolver("SCIP")
    x = engine.IntVar(0, 10, "x")
    engine.Add(2 * x <= 7)
    engine.Maximize(x)
    engine.Solve()
    return round(float(x.solution_value()))


def _cbc() -> int:
    import pulp

    return _pulp(pulp.PULP_CBC_CMD(msg=False))


def _pulp_highs() -> int:
    import pulp

    return _pulp(pulp.HiGHS(msg=False))


def _pulp(engine: object) -> int:
    import pulp

    problem = pulp.LpProblem("tiny", pulp.LpMaximize)
    x = pulp.LpVariable("x", 0, 10, "Integer")
    problem += x
    problem += 2 * x <= 7
    problem.solve(engine)
    return round(float(x.value()))


ENGINES: dict[str, tuple[str, Callable[[], int]]] = {
    "highs": ("highspy", _highs),
    "cp-sat": ("ortools.sat.python.cp_model", _cp_sat),
    "scip": ("ortools.linear_solver.pywraplp", _scip),
    "cbc": ("pulp", _cbc),
    "pulp-highs": ("pulp", _pulp_highs),
}
"""Each engine's module, and the solving of the tiny problem with it."""


def main(names: list[str]) -> int:
    """0 when every engine named gives the right answer."""
    if names == ["--others"]:
        from .ports import found

        for name in found():
            print(json.dumps({"other": name}))
        return 0
    early = sorted({module.split(".")[0] for module, _ in ENGINES.values()} & sys.modules.keys())
    if early:
        print(f"imported too early to test the order: {', '.join(early)}", file=sys.stderr)
        return 2
    for name in names:
        import_module(ENGINES[name][0])
    right = True
    for name in names:
        answer = ENGINES[name][1]()
        right = right and answer == ANSWER
        print(json.dumps({"engine": name, "answer": answer}), flush=True)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
