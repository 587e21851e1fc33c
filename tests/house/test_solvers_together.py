"""PuLP, highspy and OR-Tools live in one process, whichever is imported first.

highspy 1.15 and OR-Tools 9.15 do not (google/or-tools#5246): this test is why the pin can be believed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from optimizer.solvers.self_test import ANSWER, ENGINES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "order",
    [("cbc", "pulp-highs", "highs", "cp-sat", "scip"), ("cp-sat", "scip", "highs", "pulp-highs", "cbc")],
    ids=["pulp-first", "ortools-first"],
)
def test_both_orders_of_import_solve(order: tuple[str, ...]) -> None:
    assert set(order) == set(ENGINES)
    command = [sys.executable, "-m", "optimizer.solvers.self_test", *order]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert answers == [{"engine": name, "answer": ANSWER} for name in order]
