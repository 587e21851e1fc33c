"""`fleetplan doctor` finds this installation healthy, and says what is wrong with a sick one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from optimizer.cli import doctor
from optimizer.cli.main import main
from optimizer.errors import Location, Problem


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`only("Data", ...)` leaves the other groups out, which keeps the test short."""

    def keep(*groups: str) -> None:
        monkeypatch.setattr(doctor, "LOOKS", {group: doctor.LOOKS[group] for group in groups})

    return keep


def test_everything_works_here(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor", "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert [check for check in report["checks"] if check["state"] == "broken"] == []
    assert (code, report["status"]) == (0, "ok")
    names = {check["name"] for check in report["checks"]}
    assert {"ortools", "CBC (PuLP)", "factsheet-2025", "plan", "this folder"} <= names
    assert {check["group"] for check in report["checks"]} == set(doctor.LOOKS)


def test_the_text_says_the_same(only: Any, capsys: pytest.CaptureFixture[str]) -> None:
    only("Python", "Packages", "Disk")
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "  ok       interpreter" in out
    assert out.endswith("Everything that is needed works.\n")


def test_a_solver_that_crashes_is_named(
    only: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        code = -11 if "cp-sat" in command else 0
        return subprocess.CompletedProcess(command, code, "", "")

    only("Solvers")
    monkeypatch.setattr(subprocess, "run", crash)
    assert main(["doctor"]) == 2
    out = capsys.readouterr().out
    assert "ok       CBC (PuLP)" in out
    assert "broken   CP-SAT (OR-Tools)" in out
    assert "crashed (signal 11)" in out
    assert out.endswith("3 checks are broken.\n")


def test_a_solver_that_hangs_is_named(
    only: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hang(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(command, doctor.SECONDS)

    only("Solvers")
    monkeypatch.setattr(subprocess, "run", hang)
    assert main(["doctor"]) == 2
    assert f"no answer within {doctor.SECONDS} s" in capsys.readouterr().out


def test_a_needed_package_that_is_missing_breaks_and_an_optional_one_does_not(
    only: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only("Packages")
    monkeypatch.setattr(doctor, "OPTIONAL", {"no-such-package": "big"})
    assert main(["doctor"]) == 0
    assert "pip install 'fleetplan[big]'" in capsys.readouterr().out
    monkeypatch.setattr(doctor, "NEEDED", ("no-such-package",))
    monkeypatch.setattr(doctor, "OPTIONAL", {})
    assert main(["doctor"]) == 2
    assert "broken   no-such-package" in capsys.readouterr().out


def test_damaged_data_is_told(only: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem("IN903", Location("sites.csv", 3), "power_mw", "'x'", "not a number", "Correct it.")
    only("Data")
    monkeypatch.setattr("optimizer.domain.table_checks.table_problems", lambda: [problem])
    assert main(["doctor", "-f", "json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["status"] == "broken"
    assert "sites.csv:3" in report["checks"][0]["detail"]


def test_a_look_that_fails_is_itself_a_finding(
    only: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> list[Problem]:
        raise ImportError("no module named csv")

    only("Data")
    monkeypatch.setattr("optimizer.domain.table_checks.table_problems", fail)
    assert main(["doctor"]) == 2
    assert "ImportError: no module named csv" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_told(
    only: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    only("Disk")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert main(["doctor"]) == 2
    assert "cannot write: Permission denied" in capsys.readouterr().out
