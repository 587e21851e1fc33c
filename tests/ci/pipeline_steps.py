"""Runs pipelines as their hosts would, step by step: what stands in `run:` and `script:`, with what `env:` names."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "ci"
PATCH = "more-in-malaysia.patch"
NEEDED = ("PyYAML",)
BUILDS = ("hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers")


class Done(NamedTuple):
    """What a step came to."""

    code: int
    stdout: str
    stderr: str


def run(script: str, folder: Path, env: Mapping[str, str], shell: tuple[str, ...] = ("bash", "-e")) -> Done:
    """A script as a host runs it: in a file, with nothing of this process but what the environment says."""
    done = subprocess.run(
        [*shell, "-c", script], cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, timeout=180
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def git(folder: Path, *arguments: str) -> None:
    """A git command that works, whoever runs the tests."""
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def repository(folder: Path) -> Path:
    """The example as a repository of its own, with `origin/main` at its only commit."""
    shutil.copytree(EXAMPLE, folder)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A compliant fleet")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    return folder


def break_it(folder: Path) -> None:
    """The change that breaks the 7 %, as a commit on a branch."""
    git(folder, "checkout", "--quiet", "-b", "more-in-malaysia")
    git(folder, "apply", PATCH)
    git(folder, "commit", "--quiet", "--all", "--message", "More in Malaysia")


def offline_site(folder: Path) -> Path:
    """A folder for PYTHONPATH with what building and running `fleetplan check` needs, and nothing else.

    It links to what is installed here, so that pip finds all of it and asks no index.
    """
    folder.mkdir()
    for name in (*NEEDED, *BUILDS):
        files = importlib.metadata.distribution(name).files or ()
        site = Path(str(importlib.metadata.distribution(name).locate_file("")))
        for top in {file.parts[0] for file in files if file.parts[0] not in ("..", "__pycache__")}:
            (folder / top).symlink_to(site / top)
    return folder


def environment(folder: Path, *first: Path) -> dict[str, str]:
    """What a host sets: a path, a home, and pip that can reach no index."""
    python = folder / "python"
    if not python.exists():
        python.mkdir()
        for name in ("python", "python3"):
            (python / name).symlink_to(sys.executable)
    return {
        "PATH": os.pathsep.join([*map(str, first), str(python), os.environ["PATH"]]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as "do not isolate", which would ask an index
        "PIP_NO_CACHE_DIR": "1",
        "PYTHONPATH": str(folder / "site"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


class GitHub:
    """A runner of GitHub Actions for the repository at `folder`, with its files and expressions."""

    def __init__(self, folder: Path, temp: Path, env: Mapping[str, str], context: Mapping[str, str]) -> None:
        self.folder, self.temp, self.env = folder, temp, dict(env)
        self.context = dict(context)
        self.files = {name: temp / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        for file in self.files.values():
            file.touch()
        self.env |= {name: str(file) for name, file in self.files.items()}
        self.env |= {"RUNNER_TEMP": str(temp), "GITHUB_ACTIONS": "true"}

    @property
    def summary(self) -> str:
        """What stands in the step summary."""
        return self.files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")

    def filled(self, text: Any) -> str:
        """The text with its expressions replaced; only plain names may stand in them."""
        return re.sub(r"\$\{\{ ([a-z_.-]+) \}\}", lambda match: self.context.get(match[1], ""), str(text))

    def action(self, file: Path, given: Mapping[str, str]) -> Done:
        """A composite action: its steps with the inputs that are given, and its outputs in the context."""
        form = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert form["runs"]["using"] == "composite"
        assert set(given) <= set(form["inputs"])
        outer = self.context
        inputs = {f"inputs.{name}": given.get(name, one["default"]) for name, one in form["inputs"].items()}
        self.context = {**outer, **inputs, "github.action_path": str(file.parent)}
        done = Done(0, "", "")
        for step in form["runs"]["steps"]:
            done = self.step(step)
            if done.code:
                break
        outputs = {name: self.filled(one["value"]) for name, one in form["outputs"].items()}
        self.context = outer
        self.outputs = outputs
        return done

    def step(self, step: Mapping[str, Any]) -> Done:
        """One `run:` step, and what it writes for those after it."""
        output = self.files["GITHUB_OUTPUT"]
        output.write_text("", encoding="utf-8")
        added = self.files["GITHUB_PATH"].read_text(encoding="utf-8").split()
        path = os.pathsep.join([*reversed(added), self.env["PATH"]])
        env = {**self.env, "PATH": path, **{name: self.filled(v) for name, v in step.get("env", {}).items()}}
        done = run(step["run"], self.folder, env, ("bash", "--noprofile", "--norc", "-eo", "pipefail"))
        for line in output.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            self.context[f"steps.{step.get('id')}.outputs.{name}"] = value
        return done


def gitlab_job(folder: Path, name: str) -> dict[str, Any]:
    """A job of `.gitlab-ci.yml` with what it includes and extends."""
    form = yaml.safe_load((folder / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    form = {**yaml.safe_load((folder / form.pop("include")).read_text(encoding="utf-8")), **form}
    job = form[name]
    base = form[job["extends"]]
    return {**base, **job, "variables": {**base["variables"], **job.get("variables", {})}}
