"""`fleetplan export` as a process: what is written, and what is refused."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.optimise.small_documents import document

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(document()), encoding="utf-8")
    return path


def test_both_formats_are_written_in_one_run(fleetplan: Run, scenario: Path, tmp_path: Path) -> None:
    mps, lp = tmp_path / "model.mps", tmp_path / "model.lp"
    done = fleetplan("export", scenario, "--mps", mps, "--lp", lp)
    assert (done.returncode, done.stdout) == (0, "")
    assert mps.read_text(encoding="ascii").endswith("ENDATA\n")
    assert lp.read_text(encoding="ascii").endswith("End\n")


def test_a_dash_is_stdout_and_nothing_else_stands_there(fleetplan: Run, scenario: Path) -> None:
    done = fleetplan("export", scenario, "--lp", "-")
    assert done.returncode == 0
    assert done.stdout.startswith("\\ scenario\n")
    assert done.stdout.endswith("End\n")


def test_without_a_file_to_write_it_is_an_error(fleetplan: Run, scenario: Path) -> None:
    done = fleetplan("export", scenario)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--mps model.mps" in done.stderr


def test_a_name_that_solvers_would_not_take_is_refused(fleetplan: Run, scenario: Path, tmp_path: Path) -> None:
    done = fleetplan("export", scenario, "--mps", tmp_path / "model.txt")
    assert done.returncode == 2
    assert "IN011" in done.stderr
    assert "model.mps" in done.stderr
    assert list(tmp_path.iterdir()) == [scenario]


def test_the_scenario_is_not_written_over(fleetplan: Run, tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(document()), encoding="utf-8")
    (tmp_path / "model.lp").symlink_to(path)
    done = fleetplan("export", path, "--lp", tmp_path / "model.lp")
    assert done.returncode == 2
    assert json.loads(path.read_text(encoding="utf-8")) == document()


def test_a_scenario_that_cannot_be_read_writes_nothing(fleetplan: Run, tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    path.write_text('{"fleetplan": "scenario/1"}', encoding="utf-8")
    done = fleetplan("export", path, "--lp", tmp_path / "model.lp")
    assert done.returncode == 2
    assert not (tmp_path / "model.lp").exists()
