"""MPS and LP files say what the program says, to the last digit, and other solvers find the same optimum in them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import highspy
import numpy as np
import pulp
import pytest
from ortools.linear_solver.python import model_builder

from optimizer.model.build import build
from optimizer.model.export import LONGEST, lp_text, mps_text
from optimizer.model.law import limits_of
from optimizer.model.program import INFINITE, Builder, Program
from optimizer.regimes import load_regime
from optimizer.solvers.highs import load
from tests.optimise.small_documents import scenario

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def program_of(**parts: Any) -> Program:
    read = scenario(**parts)
    regime = load_regime(read.regime).with_own_limits(read.own_limits)
    return build(read, regime, limits_of(read, regime)).program


PRICED = [
    {"site": "são paulo", "country": "BR", "power_mw": 0.0613, "fixed_open_cost_musd": 0.02, "min_viable_mw": 0.03},
    {"site": "e2-dublin", "country": "IE", "power_mw": {"2026Q1": 0.03, "2026Q2": 0.06}, "capex_musd_per_mw": 9.7},
    {"site": "a:b=c", "country": "DE", "power_mw": 0.06, "electricity_usd_per_mwh": 88.1, "pue": 1.37},
]
WANTED = [{"region": "here", "tpp": {"2026Q1": 31_000, "2026Q2": 410_001}, "sites": ["são paulo", "a:b=c"]}]
PROGRAMS: dict[str, dict[str, Any]] = {
    "plain": {},
    "fleet": {"fleet": [{"country": "DE", "site": "berlin", "accelerator": "chip", "gpus": 12}]},
    "shares": {
        "firm": {"name": "Plain Cloud", "headquarters": "US", "status": "uveu"},
        "regime": "ifr-2025",
        "own_limits": [{"id": "E5", "title": "one", "measured": {"countries": ["AE"]}, "at_most": "30%", "of": "all"}],
        "fleet": [{"country": "US", "accelerator": "h100-sxm", "gpus": 80}],
        "max_share_per_site": "40%",
    },
    "cost": {"sites": PRICED, "demand": WANTED, "objective": "cost", "budget_musd": {"per_quarter": 0.29}},
    "carbon": {"sites": PRICED, "demand": WANTED, "objective": "carbon", "min_open_sites": 2},
    "over time": {"sites": PRICED, "objective": "capacity_over_time", "keep_open": ["e2-dublin"]},
}


@pytest.fixture(params=list(PROGRAMS))
def program(request: pytest.FixtureRequest) -> Program:
    return program_of(**PROGRAMS[request.param])


def optimum(program: Program) -> int:
    """What HiGHS finds with the arrays themselves, as the program counts; its presolve has been wrong."""
    highs = load(program, program.integral)
    highs.setOptionValue("presolve", "off")
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return round(-highs.getInfo().objective_function_value) + program.offset


def by_highs(path: Path) -> float:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("presolve", "off")
    highs.setOptionValue("mip_rel_gap", 0.0)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getInfo().objective_function_value)


def by_cbc(path: Path) -> float:
    found = path.with_suffix(".solution")
    command = [pulp.PULP_CBC_CMD.pulp_cbc_path, str(path), "ratio", "0", "solve", "solution", str(found)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "error" not in done.stdout.replace("0 errors", "").lower()
    first = found.read_text().splitlines()[0]
    assert first.startswith("Optimal - objective value")
    return float(first.split()[-1])


def by_scip(path: Path) -> float:
    model = model_builder.Model()
    assert model.import_from_mps_file(str(path))
    solver = model_builder.Solver("scip")
    assert solver.solve(model) == model_builder.SolveStatus.OPTIMAL
    return float(solver.objective_value)


@pytest.mark.parametrize("read", [by_highs, by_cbc, by_scip])
def test_another_solver_finds_the_same_optimum_in_the_mps_file(
    read: Callable[[Path], float], program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "model.mps"
    path.write_text(mps_text(program, "a test"), encoding="ascii")
    assert -read(path) == pytest.approx(optimum(program), rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("read", [by_highs, by_cbc])
def test_another_solver_finds_the_same_optimum_in_the_lp_file(
    read: Callable[[Path], float], program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "model.lp"
    path.write_text(lp_text(program, "a test"), encoding="ascii")
    assert read(path) * program.sense == pytest.approx(optimum(program), rel=1e-7, abs=1e-6)


def parsed(text: str) -> tuple[dict[str, str], dict[str, dict[str, int]], dict[str, set[tuple[str, str]]], set[str]]:
    """Rows with their kinds, columns with their coefficients, sides and bounds, and the whole columns."""
    rows: dict[str, str] = {}
    columns: dict[str, dict[str, int]] = {}
    other: dict[str, set[tuple[str, str]]] = {"RHS": set(), "RANGES": set(), "BOUNDS": set()}
    whole: set[str] = set()
    section, inside = "", False
    for line in text.splitlines():
        fields = line.split()
        if line.startswith("*"):
            continue
        if not line.startswith(" "):
            section = fields[0]
        elif section == "ROWS":
            rows[fields[1]] = fields[0]
        elif section == "COLUMNS" and fields[1] == "'MARKER'":
            inside = fields[2] == "'INTORG'"
        elif section == "COLUMNS":
            columns.setdefault(fields[0], {})[fields[1]] = int(fields[2])
            whole |= {fields[0]} if inside else set()
        elif section == "BOUNDS":
            other[section].add((fields[2], f"{fields[0]} {' '.join(fields[3:])}".strip()))
        else:
            other[section].add((fields[1], fields[2]))
    return rows, columns, other, whole


def test_the_mps_file_holds_every_number_of_the_program_exactly(program: Program) -> None:
    rows, columns, other, whole = parsed(mps_text(program, "a test"))
    row_names, column_names = list(rows)[1:], [name for name in columns if name != "constant"]
    assert (len(row_names), len(column_names)) == (program.rows, program.columns)
    assert whole == {column_names[j] for j in np.flatnonzero(program.integral)}
    for j, name in enumerate(column_names):
        assert -columns[name].get("objective", 0) == program.objective[j]
        kept = {kind for of, kind in other["BOUNDS"] if of == name}
        low, high = int(program.col_lower[j]), int(program.col_upper[j])
        assert kept == ({f"FX {low}"} if low == high else {f"LO {low}", f"UP {high}"})
    assert -columns.get("constant", {}).get("objective", 0) == program.offset
    sides = {of: int(value) for of, value in other["RHS"]}
    ranges = {of: int(value) for of, value in other["RANGES"]}
    for i, name in enumerate(row_names):
        part = slice(program.indptr[i], program.indptr[i + 1])
        own = dict(zip((column_names[j] for j in program.indices[part]), program.data[part].tolist(), strict=True))
        written = {column: entries[name] for column, entries in columns.items() if name in entries}
        low, high = written_sides(rows[name], sides.get(name, 0), ranges.get(name))
        times = divisor(own, written)
        assert own == {column: value * times for column, value in written.items()}
        assert program.row_lower[i] == (-INFINITE if low is None else low * times)
        assert program.row_upper[i] == (INFINITE if high is None else high * times)


def written_sides(kind: str, side: int, span: int | None) -> tuple[int | None, int | None]:
    if kind == "L":
        return None, side
    return side, side if kind == "E" else None if span is None else side + span


def divisor(own: dict[str, int], written: dict[str, int]) -> int:
    """What the row was divided by."""
    times = {Fraction(value, written[column]) for column, value in own.items()} or {Fraction(1)}
    assert len(times) == 1
    return int(times.pop())


def test_limits_keep_their_names_and_what_lp_does_not_allow_comes_back_by_unquoting() -> None:
    program = program_of(**PROGRAMS["shares"])
    assert " UVEU101(AE,2026Q2):" in lp_text(program, "x")
    assert " L UVEU101(AE,2026Q2)" in mps_text(program, "x").splitlines()
    named = lp_text(program_of(**PROGRAMS["cost"]), "x").partition("General")[2].split()[:-1]
    assert "open(e2%2Ddublin,2026Q1)" in named
    assert {"open(são paulo,2026Q1)", "open(a:b=c,2026Q2)"} <= {unquote(name) for name in named}


def test_a_name_that_looks_like_an_exponent_is_escaped_at_its_beginning() -> None:
    text = lp_text(program_of(**PROGRAMS["shares"]), "x")
    assert " %455(2026Q1)" in text or " %455:" in text
    assert "\n E5" not in text


def tiny(names: list[str], upper: int = 5) -> Program:
    builder = Builder()
    zeros = np.zeros(len(names), np.int64)
    columns = builder.columns("x", zeros, zeros + upper, lambda i: names[i], integral=True)
    rows = builder.rows("r", -1, 3, len(names), lambda i: names[i])
    builder.entries(rows, columns, 1)
    builder.objective(columns, np.ones(len(names), np.int64))
    return builder.build()


@pytest.mark.parametrize("write,comment", [(mps_text, "*"), (lp_text, "\\")])
def test_names_that_occur_twice_or_are_long_differ_and_are_explained(
    write: Callable[[Program, str], str], comment: str, tmp_path: Path
) -> None:
    names = ["same", "same", "long" * 60, "constant", "same.2", "objective"]
    text = write(tiny(names), "x\ny")
    notes = [line for line in text.splitlines() if line.startswith(comment) and "stands for" in line]
    assert f"{comment} same.2 stands for same" in notes
    assert f"{comment} column2 stands for {'long' * 60}" in notes
    assert f"{comment} same.2.2 stands for same.2" in notes
    assert f"{comment} constant.2 stands for constant" in notes
    assert all(len(word) <= LONGEST for line in text.splitlines() if line not in notes for word in line.split())
    path = tmp_path / ("model.mps" if comment == "*" else "model.lp")
    path.write_text(text, encoding="ascii")
    assert abs(by_highs(path)) == 3 * len(names)


def test_a_bound_of_eighteen_digits_is_written_to_its_last_digit() -> None:
    text = mps_text(tiny(["x"], upper=123_456_789_012_345_679), "x")
    assert " UP BOUND x 123456789012345679" in text.splitlines()
    assert " 0 <= x <= 123456789012345679" in lp_text(tiny(["x"], upper=123_456_789_012_345_679), "x").splitlines()


def test_a_row_with_no_terms_says_the_same_in_both_formats(tmp_path: Path) -> None:
    builder = Builder()
    columns = builder.columns("x", [0], [4], lambda _: "x", integral=True)
    builder.rows("r", -INFINITE, 7, 1, lambda _: "empty")
    builder.objective(columns, np.ones(1, np.int64))
    for name, write in (("model.mps", mps_text), ("model.lp", lp_text)):
        path = tmp_path / name
        path.write_text(write(builder.build(), "x"), encoding="ascii")
        assert abs(by_highs(path)) == 4
