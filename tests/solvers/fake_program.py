"""Stands in for the programs of other solvers: it understands what they are asked, and answers as they print and write.

    python fake_program.py NAME ARGUMENTS...

HiGHS does the work. What is printed is what Gurobi 13, CPLEX 22, COPT 8, Xpress 9 and SCIP 9 print at their end, and
the files are as they write them.
"""

from __future__ import annotations

import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import highspy

STOPPED: list[int] = []


@dataclass(frozen=True)
class Asked:
    """What the program was asked for."""

    seconds: float
    gap: float
    solution: str = "solution.sol"
    better: str = ""


@dataclass(frozen=True)
class Found:
    """What HiGHS found: values by name, None without a plan; the best bound; and whether there is no plan at all."""

    values: dict[str, float] | None
    objective: float
    bound: float
    infeasible: bool
    optimal: bool


def number_after(word: str, text: str) -> float:
    found = re.search(rf"{word}[ =]+-?([-+.\deE]+)", text)
    assert found, (word, text)
    return float(found[1])


def solved(asked: Asked) -> Found:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", asked.seconds)
    highs.setOptionValue("mip_rel_gap", asked.gap)
    highs.setOptionValue("mip_abs_gap", 0.0)
    assert highs.readModel("model.mps") == highspy.HighsStatus.kOk
    names = [highs.getColName(j)[1] for j in range(highs.getNumCol())]
    written: list[str] = []

    def improved(event: object) -> None:
        if asked.better:
            file = f"{asked.better}_{len(written)}.sol"
            written.append(file)
            lines = (f"{name} {value:.17g}\n" for name, value in zip(names, event.data_out.mip_solution, strict=True))  # type: ignore[attr-defined]
            Path(file).write_text("# a better plan\n" + "".join(lines), encoding="ascii")

    def tick(event: object) -> None:
        if STOPPED:
            event.interrupt()  # type: ignore[attr-defined]

    highs.cbMipImprovingSolution.subscribe(improved)
    highs.cbMipInterrupt.subscribe(tick)
    highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    has_plan = info.primal_solution_status == 2
    return Found(
        values=dict(zip(names, highs.getSolution().col_value, strict=True)) if has_plan else None,
        objective=info.objective_function_value,
        bound=info.mip_dual_bound,
        infeasible=status == highspy.HighsModelStatus.kInfeasible,
        optimal=status == highspy.HighsModelStatus.kOptimal,
    )


def write_plan(file: str, found: Found, line: str = "{name} {value}", head: str = "# a plan") -> None:
    if found.values is not None:
        lines = [line.format(name=name, value=f"{value:.17g}") for name, value in found.values.items()]
        Path(file).write_text("\n".join([head, *lines, ""]), encoding="ascii")


def gurobi(arguments: list[str]) -> None:
    text = " ".join(arguments)
    assert arguments[-1] == "model.mps"
    found = solved(Asked(number_after("TimeLimit", text), number_after("MIPGap", text), better="better"))
    write_plan("solution.sol", found)
    if found.infeasible:
        print("\nModel is infeasible\nBest objective -, best bound -, gap -")
        return
    objective = "-" if found.values is None else f"{found.objective:.12e}"
    print(f"\nBest objective {objective}, best bound {found.bound:.12e}, gap 0.1%")


def cplex(arguments: list[str]) -> None:
    assert arguments[0] == "-c"
    text = "\n".join(arguments)
    assert "read model.mps" in text
    found = solved(Asked(number_after("timelimit", text), number_after("mipgap", text)))
    if found.infeasible:
        print("MIP - Integer infeasible.")
        return
    if found.values is None:
        print("MIP - Time limit exceeded, no integer solution.")
    elif found.optimal and found.bound == found.objective:
        print(f"\nMIP - Integer optimal solution:  Objective = {found.objective:.10e}")
    else:
        print(f"\nMIP - Time limit exceeded, integer feasible:  Objective = {found.objective:.10e}")
    if not found.optimal or found.bound != found.objective:
        print(f"Current MIP best bound = {found.bound:.10e} (gap = 1, 0.1%)")
    line = '  <variable name="{name}" index="0" value="{value}"/>'
    write_plan("solution.sol", found, line, '<?xml version = "1.0"?>\n<constraint name="r0000000" slack="1"/>')


def optimizer(_: list[str]) -> None:
    script = sys.stdin.read()
    assert "readprob model.mps" in script
    found = solved(Asked(number_after("MAXTIME", script), number_after("MIPRELSTOP", script)))
    if found.infeasible:
        print(" *** Search completed ***\nProblem is integer infeasible")
        return
    print(f"Final MIP objective                   : {found.objective:.15e}")
    print(f"Final MIP bound                       : {found.bound:.15e}")
    write_plan("solution.slx", found, "  C {name}                            {value}", "NAME          fleetplan")


def copt_cmd(arguments: list[str]) -> None:
    assert arguments[0] == "-c"
    assert "read model.mps" in arguments[1]
    found = solved(Asked(number_after("TimeLimit", arguments[1]), number_after("RelGap", arguments[1])))
    bound = "+inf" if found.infeasible else f"{found.bound:.9f}"
    status = "infeasible" if found.infeasible else "integer feasible"
    print(f"Best bound      : {bound}\nMIP status      : stopped\nSolution status : {status}")
    write_plan("solution.sol", found, "{name}        {value}", "# Objective value 1")


def scip(arguments: list[str]) -> None:
    text = "\n".join(arguments)
    assert "read model.mps" in text
    found = solved(Asked(number_after("limits time", text), number_after("limits gap", text)))
    status = "infeasible" if found.infeasible else "optimal solution found" if found.optimal else "time limit reached"
    print(f"SCIP Status        : problem is solved [{status}]")
    print(f"Dual Bound         : {1e20 if found.infeasible else found.bound:+.14e}")
    if found.values is not None:
        kept = {name: value for name, value in found.values.items() if value}  # SCIP leaves out what is 0
        found = Found(kept, found.objective, found.bound, False, found.optimal)
    write_plan("solution.sol", found, "{name}          {value} \t(obj:-1)", "solution status: optimal solution found")


PROGRAMS = {each.__name__: each for each in (cplex, optimizer, copt_cmd, scip)} | {"gurobi_cl": gurobi}


def on_interrupt(_: int, __: FrameType | None) -> None:
    STOPPED.append(1)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, on_interrupt)
    PROGRAMS[sys.argv[1]](sys.argv[2:])
