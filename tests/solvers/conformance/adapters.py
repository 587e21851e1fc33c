"""The engines under test, what each is excused from and why, and how the cases run them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from optimizer.model.build import build
from optimizer.model.law import limits_of
from optimizer.model.program import Ints, Program
from optimizer.optimise import Outcome, optimise
from optimizer.regimes import load_regime
from optimizer.solvers import SOLVERS, Options, Run
from tests.optimise.small_documents import Document, read

BESIDE = ("gurobi",) if sys.platform != "win32" else ()
"""Solvers that others bring, by a stand-in for their program (`tests/solvers/fake_program.py`)."""

EXCUSED: dict[tuple[str, str], str] = {
    ("cp-sat", "reproducible"): "two workers race; its plans are equally good, and not the same",
    ("scip", "plans while searching"): "OR-Tools hands over SCIP's plans at its end only",
    ("cbc", "plans while searching"): "CBC is a program of its own, which puts its plan down at its end",
    (
        "gurobi",
        "plans while searching",
    ): "its better plans are files that are taken at once, its bound comes at its end",
}
"""What an engine does not do, by engine and case."""


def engines(case: str = "") -> pytest.MarkDecorator:
    """Run the test with every engine but those that are excused from `case`."""
    return pytest.mark.parametrize("engine", [name for name in (*SOLVERS, *BESIDE) if (name, case) not in EXCUSED])


def solved(engine: str, document: Document, *, gap: float = 0, time_limit: float = 30, seed: int = 0) -> Outcome:
    """The outcome, after what must hold of every outcome was tested."""
    outcome = optimise(read(document), Options(engine, time_limit=time_limit, gap=gap, seed=seed))
    answer = outcome.answer
    if answer.value is not None and answer.bound is not None:
        assert answer.bound >= answer.value
    if outcome.plan is not None:
        assert outcome.checked is not None
        assert outcome.checked.status == "compliant"
        record = outcome.plan.result
        assert record is not None
        if answer.bound is not None and answer.value:
            exact = Fraction(answer.bound - answer.value, abs(answer.value))
            assert exact <= Fraction(record["gap"]) <= exact + Fraction(1, 10**8)
            assert (outcome.status == "optimal") == (exact <= gap)
        else:
            assert record["gap"] is None or answer.bound == answer.value
    return outcome


def program_of(document: Document) -> Program:
    """The document's program."""
    scenario = read(document)
    regime = load_regime(scenario.regime)
    return build(scenario, regime, limits_of(scenario, regime)).program


def run_of(engine: str, program: Program, gate: Callable[[Ints], bool], **options: Any) -> Run:
    """A Run that listens to nobody."""
    return Run(Options(engine, **{"time_limit": 20, "gap": 0, **options}), gate, lambda _: None, program)
