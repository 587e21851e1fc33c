"""What holds for every format: it is whole, safe, always the same, and what its host takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from report_outcomes import CASES, hostile, outcome

from optimizer.check import check
from optimizer.reading import read_plan
from optimizer.reports import Outcome
from optimizer.reports.formats import FORMATS, render

ROOT = Path(__file__).resolve().parents[2]
VALIDATOR = ROOT.parent / "shared" / "external" / "formats" / "validate.py"
HOSTS = ("sarif", "junit", "github", "gitlab")
NAMES = ("text", "concise", "json", "sarif", "junit", "github", "gitlab", "markdown")


def test_the_formats_are_those_of_the_contract() -> None:
    assert tuple(FORMATS) == NAMES
    with pytest.raises(KeyError):
        render("xml", [])


@pytest.mark.parametrize("fmt", NAMES)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("show_all", [False, True], ids=["listed", "all"])
def test_a_report_is_safe_text_and_always_the_same(case: str, fmt: str, show_all: bool) -> None:
    made = render(fmt, CASES[case](), show_all=show_all)
    assert made == render(fmt, CASES[case](), show_all=show_all)
    assert made.encode("utf-8").endswith(b"\n") or not made
    unsafe = [c for c in made if not c.isprintable() and c not in "\n\u200b"]
    assert not unsafe
    assert str(ROOT) not in made


@pytest.mark.parametrize("fmt", ["text", "concise", "github", "junit"])
@pytest.mark.parametrize("case", CASES)
def test_no_line_of_a_log_is_a_command_of_somebody_else(case: str, fmt: str) -> None:
    for line in render(fmt, CASES[case](), show_all=True).splitlines():
        assert "##[" not in line
        if line.lstrip().startswith("::"):
            assert fmt == "github"
            assert line.startswith(("::error file=", "::warning file=", "::notice file=", "::notice title=fleetplan::"))


@pytest.mark.parametrize("fmt", NAMES)
def test_every_format_says_that_a_plan_breaks_a_limit(fmt: str) -> None:
    made = render(fmt, [outcome("over")])
    assert "UVEU101" in made
    assert "plans/over.plan.yaml" in made


@pytest.mark.parametrize("fmt", NAMES)
def test_every_format_lists_what_is_waived_with_its_reason(fmt: str) -> None:
    made = render(fmt, CASES["waived"]())
    assert "2027-01-31" in made
    assert "UVEU101" in made
    assert "TIER301" in made
    assert "agreed" in made


@pytest.mark.parametrize("fmt", NAMES)
def test_every_format_names_an_input_error_with_its_place(fmt: str) -> None:
    made = render(fmt, CASES["invalid"]())
    for word in ("IN110", "plans/b.yaml", "no such country", "Write GB."):
        assert word in made
    assert ('"errors": 9' if fmt == "json" else "7 more") in made


@pytest.mark.parametrize("fmt", ["text", "json", "sarif", "junit", "markdown"])
def test_formats_with_room_say_by_which_rules(fmt: str) -> None:
    made = render(fmt, CASES["amended"]())
    assert "factsheet-2025" in made
    assert "UVEU101.at" in made
    assert "10%" in made


@pytest.mark.parametrize("fmt", [name for name in NAMES if name != "gitlab"])
def test_a_file_of_which_nothing_was_judged_never_looks_fine(fmt: str) -> None:
    made = render(fmt, CASES["early"]())
    assert "compliant with" not in made
    assert "undecided" in made or "could not be decided" in made


def test_very_long_names_are_cut_alike() -> None:
    for fmt in NAMES:
        if fmt not in ("json", "sarif"):  # JSON says what the file says, and SARIF's URIs are whole
            assert "s" * 5_000 not in render(fmt, [hostile()], show_all=True), fmt


def validate(fmt: str, made: str, folder: Path) -> None:
    if not VALIDATOR.exists():
        pytest.skip("the validators of the formats are not beside this checkout (shared/external/formats)")
    file = folder / f"report.{fmt}"
    file.write_text(made, encoding="utf-8")
    done = subprocess.run([sys.executable, VALIDATOR, fmt, file], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.external
@pytest.mark.parametrize("fmt", HOSTS)
@pytest.mark.parametrize("case", CASES)
def test_hosts_take_every_report(case: str, fmt: str, tmp_path: Path) -> None:
    validate(fmt, render(fmt, CASES[case](), show_all=len(case) % 2 == 0), tmp_path)


@pytest.mark.external
@pytest.mark.parametrize("fmt", HOSTS)
def test_hosts_take_the_reports_of_the_examples(fmt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    plans = sorted(Path("examples").glob("*.plan.yaml"))
    outcomes = [Outcome(str(path), check(read_plan(path))) for path in plans]
    assert len(outcomes) > 4
    for show_all in (False, True):
        validate(fmt, render(fmt, outcomes, show_all=show_all), tmp_path)


def test_no_format_imports_anything_heavy() -> None:
    probe = (
        "import sys\nfrom optimizer.reports.formats import FORMATS, render\n"
        "for name in FORMATS:\n    render(name, [])\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    heavy = {"numpy", "pandas", "pulp", "ortools", "networkx", "streamlit", "jsonschema", "dataclasses", "inspect"}
    assert heavy.isdisjoint(done.stdout.split())
