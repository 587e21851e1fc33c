"""How solvers that are programs of their own are asked, and how their answers are read: one record for each.

The model is an MPS file whose columns are named c0000000, c0000001 ...; its objective, which is minimised, is the
negative of ours.
What a program prints and writes is as its manual says, and was compared with what its library prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MODEL: Final = "model.mps"
SETTINGS: Final = "settings.txt"
_NUMBER: Final = r"([-+]?\d[\d.]*(?:[eE][-+]?\d+)?)"
_ANSWER: Final = re.compile(rf"^\s*(?:\d+\s+|C\s+)?c(\d+)\s+{_NUMBER}", re.MULTILINE)
_XML: Final = re.compile(rf'<variable name="c(\d+)"[^>]*? value="{_NUMBER}"')


def _log(*patterns: str) -> re.Pattern[str]:
    """Any of the patterns at the beginning of a line; `#` stands for a number."""
    return re.compile("|".join(rf"^\s*{pattern.replace('#', _NUMBER)}" for pattern in patterns), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A program and its language. It runs in a folder that holds the model alone.

    In `arguments`, `script` (what it reads from its input) and `settings` (a file beside the model), {seconds}, {gap}
    and {seed} stand for the run's limits. It writes its best plan to `solution`, and each better one on the way to a
    file that matches `better`; `columns` finds a column's number and value in these. In what it prints, `bound` finds
    its best bound and `infeasible` that there is no plan.
    """

    program: str
    arguments: tuple[str, ...]
    bound: re.Pattern[str]
    infeasible: re.Pattern[str]
    script: str = ""
    settings: str = ""
    solution: str = "solution.sol"
    better: str = ""
    columns: re.Pattern[str] = _ANSWER


CBC = Dialect(
    program="cbc",
    arguments=(
        *(MODEL, "-sec", "{seconds}", "-timeMode", "elapsed", "-ratio", "{gap}", "-threads", "2", "-solve"),
        *("-printingOptions", "all", "-solution", "solution.sol"),
    ),
    bound=_log("Lower bound:\\s+#", "Result - Optimal solution found\\s+Objective value:\\s+#"),
    infeasible=_log("Result - (?:Problem proven|Linear relaxation) infeasible", "Problem (?:is|proven) infeasible"),
)

GUROBI = Dialect(
    program="gurobi_cl",
    arguments=(
        *("TimeLimit={seconds}", "MIPGap={gap}", "MIPGapAbs=0", "Seed={seed}"),
        *("SolFiles=better", "ResultFile=solution.sol", MODEL),
    ),
    better="better_*.sol",
    bound=_log("Best objective .*, best bound #"),
    infeasible=_log("Model is infeasible$", "Infeasible model$"),
)

CPLEX = Dialect(
    program="cplex",
    arguments=(
        *("-c", f"read {MODEL} mps", "set timelimit {seconds}", "set randomseed {seed}"),
        *("set mip tolerances mipgap {gap}", "set mip tolerances absmipgap 0"),
        *("mipopt", "write solution.sol sol", "quit"),
    ),
    bound=_log("Current MIP best bound\\s*=\\s*#", "MIP - Integer optimal solution:\\s+Objective\\s*=\\s*#"),
    infeasible=_log("MIP - Integer infeasible\\.?$"),
    columns=_XML,
)

XPRESS = Dialect(
    program="optimizer",
    arguments=(),
    script=f"readprob {MODEL}\nMAXTIME=-{{seconds}}\nMIPRELSTOP={{gap}}\nMIPABSSTOP=0\nRANDOMSEED={{seed}}\n"
    "mipoptimize\nwriteslxsol solution.slx\nquit\n",
    solution="solution.slx",
    bound=_log("Final MIP bound\\s*:\\s*#"),
    infeasible=_log("Problem is integer infeasible"),
)

COPT = Dialect(
    program="copt_cmd",
    arguments=(
        "-c",
        f"read {MODEL};set TimeLimit {{seconds}};set RelGap {{gap}};set AbsGap 0;optimize;write solution.sol;exit",
    ),
    bound=_log("Best bound\\s*:\\s*#"),
    infeasible=_log("Solution status\\s*:\\s*infeasible$"),
)

SCIP = Dialect(
    program="scip",
    arguments=(
        *("-c", "set limits time {seconds}", "-c", "set limits gap {gap}"),
        *("-c", "set randomization randomseedshift {seed}", "-c", "set numerics feastol 1e-9"),
        *("-c", f"read {MODEL}", "-c", "optimize", "-c", "write solution solution.sol", "-c", "quit"),
    ),
    bound=_log("Dual Bound\\s*:\\s*#"),
    infeasible=_log("SCIP Status\\s*:\\s*problem is solved \\[infeasible\\]"),
)

HIGHS = Dialect(
    program="highs",
    arguments=(MODEL, "--time_limit={seconds}", "--solution_file=solution.sol", f"--options_file={SETTINGS}"),
    settings="mip_rel_gap = {gap}\nmip_abs_gap = 0\nrandom_seed = {seed}\n",
    bound=_log("Dual bound\\s+#"),
    infeasible=_log("Status\\s+Infeasible", "Model status\\s*:\\s*Infeasible"),
)
