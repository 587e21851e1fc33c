"""Ctrl-C during `fleetplan solve`, of a scenario so large that its engine runs in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from optimizer.bundled import example_path
from optimizer.reading import read_plan

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")


def test_ctrl_c_ends_the_search_with_the_best_plan_and_leaves_no_process(tmp_path: Path) -> None:
    target = tmp_path / "plan.yaml"
    scenario = example_path("french-cloud.yaml")
    command = [sys.executable, "-m", "optimizer", "solve", str(scenario), "-o", str(target)]
    command += ["--gap", "0", "--time-limit", "100", "--progress", "json"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stderr is not None
    with process.stderr:
        for line in process.stderr:
            if json.loads(line)["incumbent"] is not None:
                break
        children = _children(process.pid)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        asked = time.monotonic()
        process.stderr.read()
    assert process.wait(60) == 0
    assert time.monotonic() - asked < 30
    assert read_plan(target).result["status"] == "feasible"  # type: ignore[index]
    assert children
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def _children(process: int) -> list[int]:
    """The processes that `process` started."""
    file = Path(f"/proc/{process}/task/{process}/children")
    if not file.exists():
        pytest.skip("this system does not tell what a process started")
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text(encoding="utf-8").split()]
