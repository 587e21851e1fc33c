"""Puts stand-ins (`fake_program.py`), and scripts of a test's own, on the PATH under the names of real programs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.solvers.fake_program import PROGRAMS

ON_PATH = {"gurobi": "gurobi_cl", "cplex": "cplex", "xpress": "optimizer", "copt": "copt_cmd", "scip_cmd": "scip"}
"""The program behind each solver's name."""


def put(folder: Path, program: str, script: str) -> None:
    """Make `script`, lines of a shell, the program of that name in `folder`."""
    path = folder / program
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def put_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every stand-in found first."""
    fake = Path(__file__).with_name("fake_program.py")
    for program in PROGRAMS:
        put(folder, program, f'exec "{sys.executable}" "{fake}" {program} "$@"')
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
