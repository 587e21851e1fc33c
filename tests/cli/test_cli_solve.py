"""`fleetplan solve` as a process: exit codes, what is written and what is not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optimizer.reading import read_plan
from tests.optimise.small_documents import document

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small scenario with the given parts; its path."""

    def write(**parts: Any) -> Path:
        path = tmp_path / "scenario.json"
        path.write_text(json.dumps(document(**parts)), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("solver", ["highs", "cp-sat", "cbc"])
@pytest.mark.parametrize("suffix", ["yaml", "json", "csv"])
def test_a_plan_is_written_in_each_format_by_each_engine(
    solver: str, suffix: str, fleetplan: Run, scenario: Callable[..., Path], tmp_path: Path
) -> None:
    target = tmp_path / f"best.{suffix}"
    done = fleetplan("solve", scenario(), "-o", target, "--solver", solver, "--gap", 0)
    assert (done.returncode, done.stdout) == (0, "")
    if suffix != "csv":  # the chip is the scenario's own, which a table cannot say
        assert read_plan(target).result["capacity_tpp"] == 800_000  # type: ignore[index]
    assert target.read_text(encoding="utf-8")


def test_without_an_output_the_plan_goes_to_stdout_and_progress_to_stderr(
    fleetplan: Run, scenario: Callable[..., Path]
) -> None:
    done = fleetplan("solve", scenario(), "--progress", "json")
    assert read_plan(Path("plan.yaml"), stdin_text=done.stdout).placements
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert {"event", "incumbent", "bound", "gap", "seconds", "message"} <= events[0].keys()
    assert events[-1]["incumbent"] == 800_000


def test_an_infeasible_scenario_is_exit_code_1_names_the_conflict_and_writes_nothing(
    fleetplan: Run, scenario: Callable[..., Path], tmp_path: Path
) -> None:
    path = scenario(demand=[{"region": "here", "tpp": 10**7, "sites": ["berlin"]}])
    target = tmp_path / "best.yaml"
    done = fleetplan("solve", path, "-o", target, "--format", "json")
    reason = json.loads(done.stdout)
    assert (done.returncode, reason["status"]) == (1, "infeasible")
    assert "demand" in reason["families"]
    assert not target.exists()
    assert "demand" in fleetplan("solve", path, "-o", target).stderr


@pytest.mark.parametrize(
    "arguments", [["no-such-file.yaml"], ["SCENARIO", "--solver", "nothing"], ["SCENARIO", "-o", "SCENARIO"]]
)
def test_what_cannot_be_used_is_exit_code_2_and_changes_nothing(
    arguments: list[str], fleetplan: Run, scenario: Callable[..., Path]
) -> None:
    path = scenario()
    before = path.read_bytes()
    done = fleetplan("solve", *[str(path) if word == "SCENARIO" else word for word in arguments])
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert path.read_bytes() == before


def test_each_objective_of_a_list_is_told(fleetplan: Run, scenario: Callable[..., Path], tmp_path: Path) -> None:
    target = tmp_path / "best.json"
    done = fleetplan("solve", scenario(objective=["capacity", "open_sites"]), "-o", target, "--gap", 0)
    assert done.returncode == 0
    assert "1. capacity: 800000, proved optimal, gap 0.0000%" in done.stderr
    assert "2. open sites: 2, " in done.stderr
    result = read_plan(target).result
    assert result is not None
    assert [rank["objective"] for rank in result["ranks"]] == ["capacity", "open_sites"]


def test_a_canonical_plan_is_the_same_with_each_engine(
    fleetplan: Run, scenario: Callable[..., Path], tmp_path: Path
) -> None:
    found = []
    for engine in ("highs", "cp-sat"):
        target = tmp_path / f"{engine}.yaml"
        assert fleetplan("solve", scenario(), "-o", target, "--canonical", "--solver", engine).returncode == 0
        found.append(target.read_text(encoding="utf-8").partition("result:")[0])
    assert found[0] == found[1]


def test_what_retires_and_moves_is_printed_and_needs_a_format_that_holds_it(
    fleetplan: Run, scenario: Callable[..., Path], tmp_path: Path
) -> None:
    old = {"accelerator": "old", "tpp": 1_500, "gpus_per_unit": 4, "kw_per_gpu": 1, "capex_usd": 500}
    path = scenario(
        accelerators=[*document()["accelerators"], old],
        fleet=[{"country": "DE", "site": "berlin", "accelerator": "old", "gpus": 60}],
        retire_allowed=True,
        move_cost_usd_per_gpu=100,
        objective=["capacity", "cost"],
    )
    target = tmp_path / "best.json"
    done = fleetplan("solve", path, "-o", target, "--gap", 0)
    plan = read_plan(target)
    assert (done.returncode, len(plan.retirements) > 0) == (0, True)
    gone = sum(row.gpus for row in plan.retirements)
    assert f"retired: {gone:,} GPUs ({gone:,} old in berlin)" in done.stderr
    for suffix in ("csv", "parquet"):
        refused = fleetplan("solve", path, "-o", tmp_path / f"best.{suffix}")
        assert (refused.returncode, "IN210" in refused.stderr, "XLSX" in refused.stderr) == (2, True, True)
    assert not list(tmp_path.glob("best.csv"))
