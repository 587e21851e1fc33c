"""The pre-commit hook: what it is declared to be, and pre-commit itself running it on the example."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pipeline_steps import EXAMPLE, PATCH, ROOT, break_it, git, repository

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
HOOK, HOOK_ALL = HOOKS


@pytest.mark.parametrize(
    "name", ["a.plan.yaml", "b/c.plan.yml", "c.plan.json", "d.plan.csv", "e.plan.parquet", "f.plan.xlsx"]
)
def test_every_kind_of_plan_is_looked_at(name: str) -> None:
    assert re.search(HOOK["files"], name)


@pytest.mark.parametrize("name", ["scenario.yaml", "plan.yaml", "waivers.yaml", "a.plan.yaml.bak"])
def test_nothing_else_is(name: str) -> None:
    assert not re.search(HOOK["files"], name)


@pytest.mark.parametrize(
    "name", ["fleetplan.toml", "a/fleetplan.toml", "waivers.yaml", "my-waivers.yml", "baseline.json", "our.regime.yaml"]
)
def test_what_decides_over_all_plans_is_looked_at_by_the_second_hook(name: str) -> None:
    assert re.search(HOOK_ALL["files"], name)
    assert not re.search(HOOK["files"], name)


@pytest.mark.parametrize("name", ["a.plan.yaml", "pyproject.toml", "not-fleetplan.toml", "regimes/README.md"])
def test_the_second_hook_looks_at_nothing_else(name: str) -> None:
    assert not re.search(HOOK_ALL["files"], name)


def test_the_example_asks_for_these_hooks() -> None:
    form = yaml.safe_load((EXAMPLE / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in form["repos"][0]["hooks"]] == [hook["id"] for hook in HOOKS]


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


def test_a_change_of_the_settings_alone_checks_every_plan(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    folder = repository(tmp_path / "repo")
    git(folder, "apply", PATCH)
    git(folder, "commit", "--quiet", "--all", "--message", "x")
    settings = folder / "fleetplan.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
    done = hook(folder, tmp_path, "--files", "fleetplan.toml")
    assert done.returncode == 1
    assert "plans/fleet.plan.yaml:9" in done.stdout


def test_the_local_hook_of_the_guide_is_handed_plans_alone(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    guide = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    (block,) = [text for text in re.findall(r"^```yaml\n(.*?)^```$", guide, re.M | re.S) if "repo: local" in text]
    folder = repository(tmp_path / "repo")
    assert run_hooks(folder, tmp_path, yaml.safe_load(block)["repos"]).returncode == 0
    break_it(folder)
    done = run_hooks(folder, tmp_path, yaml.safe_load(block)["repos"])
    assert (done.returncode, "UVEU101" in done.stdout, "IN1" in done.stdout) == (1, True, False)


def hook(folder: Path, temp: Path, *which: str) -> subprocess.CompletedProcess[str]:
    """pre-commit with the hooks as declared but for where their command comes from: installed already."""
    form = yaml.safe_load((folder / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = []
    for declared, asked in zip(HOOKS, form["repos"][0]["hooks"], strict=True):
        kept = {key: value for key, value in declared.items() if key not in ("language_version", "description")}
        hooks.append({**kept, **asked, "language": "system"})
    return run_hooks(folder, temp, [{"repo": "local", "hooks": hooks}], *which)


def run_hooks(folder: Path, temp: Path, repos: list[Any], *which: str) -> subprocess.CompletedProcess[str]:
    """pre-commit on every file, or on `which`, with `fleetplan` for this checkout."""
    for one in repos[0]["hooks"]:
        command, *arguments = shlex.split(one["entry"])
        assert command == "fleetplan"
        one["entry"] = shlex.join([sys.executable, "-m", "optimizer", *arguments])
    config = temp / "config.yaml"
    config.write_text(yaml.safe_dump({"repos": repos}), encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(temp), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", *(which or ("--all-files",)), "--config", config],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
