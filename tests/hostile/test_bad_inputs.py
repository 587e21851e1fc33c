"""Every bad input ends with exit code 2, its code, its place, what was found and how to mend it, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import bad_files
import bad_json_plans
import bad_regimes
import bad_scenarios
import bad_tables
import bad_yaml_plans
import pytest
from bad_input import LONGEST, Bad, Said, assert_clean, problems, run, write_files

from optimizer.gate.codes import GATE_CODES
from optimizer.reading import INPUT_CODES
from optimizer.regimes.codes import REGIME_CODES

PARTS: dict[str, dict[str, Bad]] = {
    "YAML": bad_yaml_plans.ALL,
    "JSON": bad_json_plans.ALL,
    "CSV": bad_tables.ALL,
    "file": bad_files.ALL,
    "regime": bad_regimes.ALL,
    "scenario": bad_scenarios.ALL,
}
CORPUS = {f"{kind}: {name}": case for kind, cases in PARTS.items() for name, case in cases.items()}

NOT_HERE = {
    "IN013": "needs an installation without extras",
    "IN210": "is for plans that are written",
    "IN305": "workbooks and Parquet files have their own tests",
    "IN306": "the same",
    "IN307": "the same",
    "IN308": "the same",
    "IN406": "is found after a scenario is read",
}
"""Codes that the corpus does not meet, and why."""


def refused(case: Bad, argv: tuple[str, ...], folder: Path) -> Said:
    """What the command says, with exit code 2 and nothing written."""
    said = run(argv, folder, case.stdin)
    assert said.code == 2, said
    assert_clean(said)
    assert said.left == {}
    return said


def check_message(case: Bad, said: Said, folder: Path) -> None:
    found = [problem for problem in problems(said) if problem["code"] == case.code]
    assert found, said
    first = next((one for one in found if case.at in (None, (one["line"], one["column"]))), found[0])
    assert folder / first["file"] == folder / (case.argv[-1] if case.file is None else case.file)
    if case.at is not None:
        assert (first["line"], first["column"]) == case.at, first
    assert [words for words in case.says if words not in first["text"]] == [], first["text"]
    assert first["text"].endswith((".", "?", "..."))
    assert len(first["text"]) < LONGEST


@pytest.mark.parametrize("case", CORPUS.values(), ids=CORPUS)
def test_a_bad_input_is_refused_with_its_place_and_a_mend(case: Bad, tmp_path: Path) -> None:
    write_files(case.files, tmp_path)
    if case.prepare is not None:
        case.prepare(tmp_path)
    said = refused(case, case.argv, tmp_path)
    if case.argv[0] == "check":
        assert case.code in said.out + said.err
        said = refused(case, ("check", "--format", "json", *case.argv[1:]), tmp_path)
        assert case.code in said.err or json.loads(said.out)["status"] == "invalid_input"
    check_message(case, said, tmp_path)


def test_nearly_every_code_is_met() -> None:
    met = {case.code for case in CORPUS.values()}
    assert met <= INPUT_CODES.keys() | REGIME_CODES.keys() | GATE_CODES.keys()
    assert INPUT_CODES.keys() - met - NOT_HERE.keys() == set()


def test_there_are_enough() -> None:
    assert len({(tuple(case.files.items()), case.argv, case.prepare) for case in CORPUS.values()}) >= 130
