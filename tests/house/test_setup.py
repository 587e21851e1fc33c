"""What a newcomer types first: the targets of the Makefile, and the scripts behind them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SCRIPTS = sorted((ROOT / ".ci").glob("*.sh"))


def test_the_scenario_that_make_run_solves_is_there() -> None:
    example = re.search(r"^EXAMPLE = (\S+)$", MAKEFILE, re.MULTILINE)
    assert example
    assert (ROOT / example[1]).is_file()


def test_every_target_is_explained() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)) - {"help", "browser"}
    told = " ".join(re.findall(r"@echo '(.*)'", MAKEFILE))
    explained = set(re.findall(r"make ([a-z]+)", told))
    assert targets == explained


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_are_posix_sh(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", path], check=False).returncode == 0
    if shutil.which("dash"):
        assert subprocess.run(["dash", "-n", path], check=False).returncode == 0


@pytest.mark.external
@pytest.mark.parametrize("place", ["plain", "a folder with spaces"])
def test_make_run_solves_checks_and_does_not_wait(place: str, tmp_path: Path) -> None:
    """In a checkout whose .venv is there already: a stand-in that only writes down what it is asked for."""
    root = tmp_path / place
    shutil.copytree(ROOT / ".ci", root / ".ci")
    shutil.copy(ROOT / "Makefile", root)
    (root / "requirements").mkdir()
    for name in ("pyproject.toml", "requirements/run.txt"):
        (root / name).write_text("", encoding="utf-8")
    (root / ".venv" / "bin").mkdir(parents=True)
    python = root / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "ran: $*"\n', encoding="utf-8")
    python.chmod(0o755)
    (root / ".venv" / "run.stamp").touch()
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    command = ["make", "run", "EXAMPLE=examples/x.yaml"]
    done = subprocess.run(
        command, cwd=root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("ran:")] == [
        "ran: -m optimizer solve examples/x.yaml -o build/x.plan.yaml --gap 0.01 --time-limit 300",
        "ran: -m optimizer check build/x.plan.yaml",
    ]
    assert "fleetplan ui" in done.stdout
