"""Solvers that are programs: each is asked and understood in its language, and stopped, blamed or missed in words."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from optimizer.errors import SolverError
from optimizer.optimise import Outcome, optimise
from optimizer.solvers import SOLVERS, Options, Progress, dialects, programs
from optimizer.solvers.dialects import COPT, CPLEX, GUROBI, HIGHS, SCIP, XPRESS, Dialect
from optimizer.solvers.ports import PORTS, found, port_of
from tests.optimise.small_documents import document, hard_document, read, scenario
from tests.solvers.conformance.adapters import program_of, run_of
from tests.solvers.stand_ins import ON_PATH, put, put_all

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stand-ins are, and a test's own scripts replace them."""
    put_all(tmp_path, monkeypatch)
    return tmp_path


def solved(solver: str, **options: object) -> Outcome:
    return optimise(scenario(), Options(solver, **{"time_limit": 20, "gap": 0, **options}))  # type: ignore[arg-type]


@pytest.mark.parametrize("solver", ON_PATH)
def test_each_is_asked_and_understood_in_its_language(solver: str) -> None:
    outcome = solved(solver)
    assert (outcome.status, outcome.answer.value, outcome.answer.bound) == ("optimal", 800_000, 800_000)
    assert outcome.answer.engine == solver
    program = program_of(document())
    answer = programs.solve(program, run_of(solver, program, lambda _: True))
    assert (answer.bound, answer.exact_bound) == (800_000, False)  # what another program says is no proof


@pytest.mark.parametrize("solver", ON_PATH)
def test_each_says_in_its_language_that_there_is_no_plan(solver: str) -> None:
    program = program_of(document(demand=[{"region": "here", "tpp": 10**7, "sites": ["berlin"]}]))
    answer = programs.solve(program, run_of(solver, program, lambda _: True))
    assert (answer.infeasible, answer.point, answer.bound) == (True, None, None)


def test_the_gap_and_the_seed_reach_it(folder: Path) -> None:
    put(folder, "gurobi_cl", f'echo "$@" > {folder}/asked\necho "Model is infeasible"')
    program = program_of(document())
    programs.solve(program, run_of("gurobi", program, lambda _: True, gap=0.01, seed=7, time_limit=30))
    asked = (folder / "asked").read_text(encoding="utf-8").split()
    assert {"MIPGap=0.009", "Seed=7", "TimeLimit=30"} <= set(asked)


def test_better_plans_are_taken_while_it_searches() -> None:
    reports: list[Progress] = []
    optimise(read(hard_document()), Options("gurobi", time_limit=4, gap=0), reports.append)
    early = {report.incumbent for report in reports if report.incumbent is not None and report.seconds < 3.5}
    assert len(early) > 1


def test_one_that_is_killed_leaves_its_better_plans(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_PATIENCE_S", 1.0)
    whole = "\n".join(f"c{j:07} 0" for j in range(200))
    put(folder, "gurobi_cl", f"cat > better_0.sol <<END\n{whole}\nEND\ntrap '' INT\nwhile :; do sleep 0.1; done")
    started = time.monotonic()
    program = program_of(document())
    answer = programs.solve(program, run_of("gurobi", program, lambda _: True, time_limit=1))
    assert time.monotonic() - started < 8
    assert answer.value == 0
    assert answer.failure == ("the solver gurobi did not end in time and was killed; the best plan so far is kept")


def test_what_is_half_written_is_no_plan_yet(folder: Path) -> None:
    put(folder, "gurobi_cl", 'echo "c0000000 1" > better_0.sol; echo "Best objective -, best bound -9e6, gap -"')
    program = program_of(document())
    answer = programs.solve(program, run_of("gurobi", program, lambda _: True))
    assert (answer.point, answer.bound) == (None, 9_000_000)


def test_a_plan_that_breaks_a_limit_is_dropped_and_its_bound_kept(folder: Path) -> None:
    all_ones = "\n".join(f"c{j:07} 1000" for j in range(200))
    put(
        folder,
        "gurobi_cl",
        f'cat > solution.sol <<END\n{all_ones}\nEND\necho "Best objective -9e9, best bound -9e9, gap 0%"',
    )
    outcome = solved("gurobi")
    assert (outcome.status, outcome.plan) == ("no_plan", None)
    assert outcome.answer.bound is not None


def test_a_crash_is_told(folder: Path) -> None:
    put(folder, "copt_cmd", "kill -SEGV $$")
    assert solved("copt").answer.failure == "the solver copt crashed; no plan was found before"


@pytest.mark.parametrize("code", [0, 1])
def test_an_end_without_an_answer_is_an_error_that_speaks_of_the_licence(folder: Path, code: int) -> None:
    put(folder, "cplex", f"echo CPLEX Error 32201: ILM Error 16; exit {code}")
    with pytest.raises(SolverError, match=f"cplex ended with code {code} and no answer: 'CPLEX Error 32201.*licence"):
        solved("cplex")


def test_it_is_stopped_from_outside() -> None:
    stop = threading.Event()
    timer = threading.Timer(3, stop.set)
    timer.start()
    started = time.monotonic()
    outcome = optimise(read(hard_document()), Options("scip_cmd", time_limit=60, gap=0), stop=stop)
    timer.join()
    assert time.monotonic() - started < 9
    assert outcome.plan is not None


def test_what_is_not_here_is_named_with_what_it_needs_and_what_else_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("optimizer.solvers.ports.find_spec", lambda _: None)
    with pytest.raises(SolverError, match=r"gurobi is not installed here: there is neither the program gurobi_cl nor"):
        solved("gurobi")
    with pytest.raises(SolverError, match=r"mosek is not installed here: there is not the Python package mosek\. Inst"):
        solved("Mosek".lower())
    with pytest.raises(SolverError, match=r"there is no solver named 'gurobbi'\. Choose highs, cp-sat, scip, cbc;"):
        solved("gurobbi")
    assert found() == []


def test_pulps_own_names_lead_to_one_way_alone(folder: Path) -> None:
    assert port_of("GUROBI_CMD", SOLVERS).pulp_name == port_of("gurobi", SOLVERS).pulp_name == "GUROBI_CMD"
    assert port_of("copt_cmd", SOLVERS).dialect is COPT
    (folder / "gurobi_cl").unlink()
    with pytest.raises(SolverError, match="not installed"):
        port_of("gurobi_cmd", SOLVERS)


def test_every_way_is_one_that_pulp_knows() -> None:
    import pulp

    known = {solver.name for solver in pulp.apis._all_solvers}
    assert {port.pulp_name for ways in PORTS.values() for port in ways} <= known


PRINTED: list[tuple[Dialect, str, int | None]] = [
    (GUROBI, "Best objective -1.726052400000e+07, best bound -1.727072123462e+07, gap 0.06%", 17270721),
    (GUROBI, "Solution count 0\n\nModel is infeasible\nBest objective -, best bound -, gap -", None),
    (CPLEX, "MIP - Integer optimal solution:  Objective = -8.0000000000e+05", 800_000),
    (CPLEX, "MIP - Time limit exceeded, no integer solution.\nCurrent MIP best bound = -1.7e+07", 17000000),
    (CPLEX, "MIP - Integer infeasible.", None),
    (COPT, "Best bound      : -17270721.234619394\nSolution status : integer feasible", 17270721),
    (COPT, "Best bound      : +inf\nMIP status      : stopped\nSolution status : infeasible", None),
    (XPRESS, "Search unfinished ***\nFinal MIP bound                       : -1.727072123461939e+07", 17270721),
    (XPRESS, " *** Search completed ***\nProblem is integer infeasible\n", None),
    (SCIP, "SCIP Status        : solving was interrupted [gap]\nDual Bound         : -1.7e+07", 17000000),
    (SCIP, "SCIP Status        : problem is solved [infeasible]\nDual Bound         : +1.0e+20", None),
    (HIGHS, "  Status            Optimal\n  Dual bound        -17260524\n  Gap               0%", 17260524),
    (HIGHS, "  Status            Infeasible\n  Dual bound        -inf\n", None),
    (dialects.CBC, "Result - Stopped on time limit\n\nObjective value: -1.0\nLower bound:     -17260524.000", 17260524),
    (dialects.CBC, "Result - Optimal solution found\n\nObjective value:                -870000.00000000", 870_000),
    (dialects.CBC, "Result - Problem proven infeasible\n\nNo feasible solution found", None),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "log", "bound"), PRINTED, ids=lambda value: getattr(value, "program", None))
def test_what_they_print_at_their_end_is_read_rightly(dialect: Dialect, log: str, bound: int | None) -> None:
    read_bound = programs._bound(dialect.bound, log)
    assert (read_bound is None) == (bound is None)
    if bound is not None:
        assert read_bound is not None
        assert bound <= read_bound <= bound * (1 + 1e-8)
    assert bool(dialect.infeasible.search(log)) == (bound is None)


WRITTEN: list[tuple[Dialect, str]] = [
    (GUROBI, "# Objective value = -17260524\nc0000000 0\nc0000001 -2.5e+1\nconstant 1\n"),
    (CPLEX, '<constraint name="r0000000" slack="5"/><variable name="c0000000" index="0" value="0"/>\n'
     '<variable name="c0000001" index="1" status="BS" value="-25"/><variable name="constant" index="2" value="1"/>'),
    (XPRESS, "NAME          fleetplan\n  C c0000000                            0\n  C c0000001     -25\n"),
    (SCIP, "objective value: 1\nc0000000   0 \t(obj:-1)\nc0000001      -25 \t(obj:0)\n"),
    (HIGHS, "Objective 1\n# Columns 3\nc0000000 0\nc0000001 -25\nconstant 1\n# Rows 1\nr0000000 7\n"),
    (dialects.CBC, "Optimal - objective value -1\n      0 c0000000    0    -1\n      1 c0000001   -25   0\n"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "text"), WRITTEN, ids=lambda value: getattr(value, "program", None))
def test_what_they_write_down_is_read_rightly(dialect: Dialect, text: str) -> None:
    values = {int(number): float(value) for number, value in dialect.columns.findall(text)}
    assert values == {0: 0, 1: -25}
