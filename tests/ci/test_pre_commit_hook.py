"""The pre-commit hook: what it is declared to be, and pre-commit itself running it on the example."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pipeline_steps import EXAMPLE, ROOT, break_it, repository

HOOK = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]


@pytest.mark.parametrize(
    "name", ["a.plan.yaml", "b/c.plan.yml", "c.plan.json", "d.plan.csv", "e.plan.parquet", "f.plan.xlsx"]
)
def test_every_kind_of_plan_is_looked_at(name: str) -> None:
    assert re.search(HOOK["files"], name)


@pytest.mark.parametrize("name", ["scenario.yaml", "plan.yaml", "waivers.yaml", "a.plan.yaml.bak"])
def test_nothing_else_is(name: str) -> None:
    assert not re.search(HOOK["files"], name)


def test_the_example_asks_for_this_hook() -> None:
    form = yaml.safe_load((EXAMPLE / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in form["repos"][0]["hooks"]] == [HOOK["id"]]


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("validate-manifest", ROOT / ".pre-commit-hooks.yaml"),
        ("validate-config", EXAMPLE / ".pre-commit-config.yaml"),
    ],
    ids=["hook", "example"],
)
def test_pre_commit_itself_can_read_it(command: str, file: Path) -> None:
    pytest.importorskip("pre_commit")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", command, file], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_pre_commit_stops_a_commit_that_breaks_a_limit_and_lets_others_pass(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    folder = repository(tmp_path / "repo")
    assert hook(folder, tmp_path).returncode == 0
    break_it(folder)
    done = hook(folder, tmp_path)
    assert done.returncode == 1
    assert "UVEU101" in done.stdout
    assert "plans/fleet.plan.yaml:9" in done.stdout


def hook(folder: Path, temp: Path) -> subprocess.CompletedProcess[str]:
    """pre-commit on every file, with the hook as declared but for where its command comes from: installed already."""
    form = yaml.safe_load((folder / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    asked = form["repos"][0]["hooks"][0]
    command, *arguments = shlex.split(HOOK["entry"])
    assert command == "fleetplan"
    entry = shlex.join([sys.executable, "-m", "optimizer", *arguments])
    declared = {key: value for key, value in HOOK.items() if key not in ("language_version", "description")}
    local = {"repo": "local", "hooks": [{**declared, **asked, "entry": entry, "language": "system"}]}
    config = temp / "config.yaml"
    config.write_text(yaml.safe_dump({"repos": [local]}), encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(temp), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files", "--config", config],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
