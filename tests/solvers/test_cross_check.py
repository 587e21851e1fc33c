"""Two engines beside each other: what agrees is joined, a contradiction is an error with the smallest program."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from optimizer.cli.main import main
from optimizer.errors import SolverError
from optimizer.optimise import Outcome, optimise
from optimizer.solvers import Options, engines
from optimizer.solvers.cross_check import Disagreement
from optimizer.solvers.shrink import part_of
from tests.optimise.small_documents import document, read, scenario
from tests.solvers.conformance.adapters import program_of
from tests.solvers.fake_engines import PLACE

Replace = Callable[..., None]


@pytest.fixture
def replace_engine(monkeypatch: pytest.MonkeyPatch) -> Replace:
    """`replace_engine("cp-sat", "know_nothing")` puts a fake in the place of an engine."""

    def replace(name: str, fake: str) -> None:
        monkeypatch.setitem(engines.PLACES, name, PLACE + fake)

    return replace


def crossed(solver: str = "highs", **parts: object) -> Outcome:
    return optimise(scenario(**parts), Options(solver, time_limit=10, gap=0, cross_check=True))


@pytest.mark.parametrize(
    ("solver", "second"), [("highs", "cp-sat"), ("cp-sat", "scip"), ("scip", "cp-sat"), ("cbc", "cp-sat")]
)
def test_engines_that_agree_are_both_named(solver: str, second: str) -> None:
    outcome = crossed(solver)
    assert outcome.status == "optimal"
    assert outcome.answer.engine == f"{solver}, cross-checked with {second}"
    assert (outcome.answer.value, outcome.answer.bound, outcome.answer.exact_bound) == (800_000, 800_000, True)


def test_the_next_engine_checks_what_one_cannot_take(replace_engine: Replace) -> None:
    replace_engine("cp-sat", "find_it_too_large")
    assert crossed().answer.engine == "highs, cross-checked with scip"
    replace_engine("scip", "find_it_too_large")
    with pytest.raises(SolverError, match=r"no second engine can check highs: a row is too large.*; a row"):
        crossed()


def test_a_check_without_an_answer_is_not_called_one(replace_engine: Replace) -> None:
    replace_engine("cp-sat", "know_nothing")
    outcome = crossed()
    assert (outcome.status, outcome.answer.engine) == ("optimal", "highs")
    assert outcome.answer.failure == "cp-sat had no answer in time to cross-check with"


def test_a_plan_above_a_bound_is_an_error_with_the_one_row_that_shows_it(replace_engine: Replace) -> None:
    replace_engine("cp-sat", "settle_for_nothing")
    with pytest.raises(Disagreement) as caught:
        crossed()
    assert str(caught.value) == (
        "highs and cp-sat contradict each other: highs has a plan of 800000, cp-sat a bound of 0"
    )
    program = caught.value.program
    whole = program_of(document())
    assert program.rows == 1
    assert program.integral.sum() == 1
    assert program.row_blocks[0].family == "supply"
    assert program.row_name(0) in {whole.row_name(row) for row in range(whole.rows)}


def test_no_plan_possible_is_not_believed_beside_a_plan(replace_engine: Replace) -> None:
    replace_engine("scip", "see_no_plan")
    with pytest.raises(Disagreement, match="scip found no plan possible, cp-sat has one"):
        optimise(scenario(), Options("scip", time_limit=10))


def test_no_plan_possible_is_not_said_by_one_engine_alone(replace_engine: Replace) -> None:
    replace_engine("scip", "see_no_plan")
    replace_engine("cp-sat", "know_nothing")
    outcome = optimise(scenario(), Options("scip", time_limit=10))
    assert (outcome.status, outcome.conflict) == ("no_plan", None)
    assert outcome.answer.failure == "scip found no plan possible, which cp-sat neither confirmed nor refuted in time"


def test_a_contradiction_is_exit_code_2_with_the_program_beside_the_plan(
    replace_engine: Replace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace_engine("cp-sat", "settle_for_nothing")
    file, plan = tmp_path / "mine.json", tmp_path / "plan.yaml"
    file.write_text(json.dumps(document()), encoding="utf-8")
    assert main(["solve", str(file), "-o", str(plan), "--cross-check", "-q"]) == 2
    written = tmp_path / "mine.disagreement.mps"
    told = capsys.readouterr().err
    assert "contradict each other" in told
    assert str(written) in told
    assert not plan.exists()
    model = written.read_text(encoding="utf-8")
    assert model.startswith("* highs and cp-sat contradict each other")
    assert " supply(" in model


def test_a_part_holds_what_the_whole_holds_with_the_other_columns_at_their_least() -> None:
    rng = np.random.default_rng(1)
    program = program_of(
        document(budget_musd={"total": 0.05}, fleet=[{"country": "DE", "accelerator": "chip", "gpus": 5}])
    )
    rows = rng.random(program.rows) < 0.7
    columns = rng.random(program.columns) < 0.7
    part = part_of(program, rows, columns)
    point = np.where(columns, rng.integers(program.col_lower, program.col_upper, endpoint=True), program.col_lower)
    activity = np.zeros(program.rows, np.int64)
    np.add.at(activity, program.row_numbers(), program.data * point[program.indices])
    names = {program.row_name(row): row for row in range(program.rows)}
    assert part.columns == columns.sum()
    assert part.rows
    for row in range(part.rows):
        at = slice(part.indptr[row], part.indptr[row + 1])
        mine = int(part.data[at] @ point[columns][part.indices[at]])
        whole = names[part.row_name(row)]
        assert rows[whole]
        for own, theirs in ((part.row_lower, program.row_lower), (part.row_upper, program.row_upper)):
            open_side = abs(int(theirs[whole])) >= 2**62
            assert open_side or int(own[row]) - mine == int(theirs[whole]) - activity[whole]
    total = int(part.objective @ point[columns]) + part.offset
    assert total == int(program.objective @ point) + program.offset


def test_hard_scenarios_are_not_contradicted() -> None:
    for text in ("25%", "40%"):
        own = [{"id": "OWN1", "title": "One country", "measured": {"countries": ["AE"]}, "at_most": text, "of": "all"}]
        outcome = optimise(read(document(own_limits=own)), Options("cbc", gap=0, cross_check=True))
        assert outcome.status == "optimal"
