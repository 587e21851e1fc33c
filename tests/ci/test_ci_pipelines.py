"""The pipelines of examples/ci, run step by step: they fail on the branch that breaks the 7 % and pass without it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from pipeline_steps import (
    EXAMPLE,
    ROOT,
    Done,
    GitHub,
    break_it,
    environment,
    git,
    gitlab_job,
    offline_site,
    repository,
    run,
)

pytestmark = pytest.mark.skipif(not shutil.which("bash") or not shutil.which("git"), reason="needs bash and git")
ACTION = ROOT / "action.yml"
WORKFLOW = EXAMPLE / ".github" / "workflows" / "fleetplan.yml"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that stands for a machine of the host, with fleetplan installed into it by the action's own step."""
    folder = tmp_path_factory.mktemp("host")
    offline_site(folder / "site")
    form = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    step = form["runs"]["steps"][0]
    runner = GitHub(folder, folder, environment(folder), {"github.action_path": str(ROOT), "inputs.tables": "false"})
    done = runner.step(step)
    assert done.code == 0, done.stderr
    assert (folder / "fleetplan" / "bin" / "fleetplan").is_file()
    return folder


def github(host: Path, folder: Path, temp: Path) -> dict[str, Done]:
    """The steps of the workflow by their names; the actions of others are passed over."""
    temp.mkdir()
    context = {"github.base_ref": "main", "github.event_name": "pull_request"}
    env = environment(host, host / "fleetplan" / "bin")
    runner = GitHub(folder, temp, env, context)
    results = {}
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["limits"]["steps"]
    for step in steps:
        if "run" in step:
            results[step["name"]] = runner.step(step)
        elif "/fleetplan@" in step["uses"]:
            results[step["name"]] = check_alone(runner, step["with"])
    return results


def check_alone(runner: GitHub, given: Mapping[str, str]) -> Done:
    """The action without its first step, which the fixture `host` has run already."""
    form = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    del form["runs"]["steps"][0]
    file = runner.temp / "action.yml"
    file.write_text(yaml.safe_dump(form), encoding="utf-8")
    return runner.action(file, given)


def test_the_workflow_on_github_passes_and_fails_and_passes(host: Path, tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo")
    done = github(host, folder, tmp_path / "first")
    assert [step.code for step in done.values()] == [0, 0], done
    assert json.loads((folder / "fleetplan.sarif").read_text(encoding="utf-8"))["runs"][0]["results"] == []
    break_it(folder)
    done = github(host, folder, tmp_path / "second")
    assert [step.code for step in done.values()] == [1, 0], done
    log = done["Check the plans"].stdout
    assert "::error file=plans/fleet.plan.yaml,line=9" in log
    sarif = json.loads((folder / "fleetplan.sarif").read_text(encoding="utf-8"))
    results = sarif["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"UVEU101"}
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "plans/fleet.plan.yaml"
    summary = (tmp_path / "second" / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
    assert "UVEU101" in summary
    change = (folder / "change.md").read_text(encoding="utf-8")
    assert "new" in change
    compared = change[change.index("### Compared with") :].partition("<details")[0]
    assert "new: UVEU101(MY,2026Q2)" in compared
    assert summary.endswith(compared)
    assert summary.count("### Violations") == summary.count("## fleetplan: ") == 1
    git(folder, "revert", "--no-edit", "HEAD")
    done = github(host, folder, tmp_path / "third")
    assert [step.code for step in done.values()] == [0, 0], done


def test_the_action_tells_what_came_out(host: Path, tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo")
    break_it(folder)
    (folder / "reports").mkdir()
    runner = GitHub(folder, tmp_path, environment(host, host / "fleetplan" / "bin"), {})
    done = check_alone(runner, {"paths": "plans/fleet.plan.yaml\n", "format": "text", "junit": "reports/junit.xml"})
    assert done.code == 1
    assert "UVEU101" in done.stdout
    assert runner.outputs["status"] == "violations"
    assert runner.outputs["exit-code"] == "1"
    assert json.loads(Path(runner.outputs["sarif"]).read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert "UVEU101" in Path(runner.outputs["summary"]).read_text(encoding="utf-8")
    assert "UVEU101" in runner.summary
    assert ElementTree.parse(folder / "reports" / "junit.xml").getroot().tag in ("testsuites", "testsuite")


@pytest.mark.parametrize(
    ("given", "code", "status"),
    [
        ({"regime": "none"}, 0, "compliant"),
        ({"diff": "origin/main"}, 1, "violations"),
        ({"paths": "plans/alternative.plan.csv\n"}, 0, "compliant"),
        ({"paths": "nothing/*.plan.yaml"}, 2, "invalid_input"),
        ({"regime": "no-such-regime"}, 2, "invalid_input"),
        ({"paths": "--exit-zero"}, 2, "invalid_input"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
def test_the_action_passes_its_inputs_on(
    host: Path, tmp_path: Path, given: dict[str, str], code: int, status: str
) -> None:
    folder = repository(tmp_path / "repo")
    break_it(folder)
    runner = GitHub(folder, tmp_path, environment(host, host / "fleetplan" / "bin"), {})
    assert check_alone(runner, given).code == code
    assert runner.outputs["status"] == status


def test_the_action_asks_for_what_the_project_asks_for() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for file in (ACTION, EXAMPLE / "fleetplan.gitlab-ci.yml"):
        text = file.read_text(encoding="utf-8")
        wanted = [word for word in text.split("'") if ">=" in word and "\n" not in word]
        assert wanted
        assert all(f'"{word}"' in project for word in wanted), (file, wanted)


def gitlab(host: Path, folder: Path) -> tuple[Done, dict[str, Any]]:
    """The script of the job, with the package taken from this checkout."""
    job = gitlab_job(folder, "limits")
    env = {**environment(host, host / "fleetplan" / "bin"), **job["variables"], "FLEETPLAN_PACKAGE": str(ROOT)}
    env["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = "origin/main"
    return run("\n".join(job["script"]), folder, env), job


def test_the_job_on_gitlab_passes_and_fails_and_passes(host: Path, tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo")
    done, job = gitlab(host, folder)
    assert done.code == 0, done
    reports = job["artifacts"]["reports"]
    quality = json.loads((folder / reports["codequality"]).read_text(encoding="utf-8"))
    assert {entry["severity"] for entry in quality} <= {"info"}
    break_it(folder)
    done, _ = gitlab(host, folder)
    assert done.code == 1, done
    quality = json.loads((folder / reports["codequality"]).read_text(encoding="utf-8"))
    quality = [entry for entry in quality if entry["severity"] != "info"]
    assert {entry["location"]["path"] for entry in quality} == {"plans/fleet.plan.yaml"}
    failures = ElementTree.parse(folder / reports["junit"]).getroot().iter("failure")
    assert sum(1 for _ in failures) == len(quality)
    assert all((folder / path).is_file() for path in job["artifacts"]["paths"])
    assert "Compared with origin/main" in (folder / "change.md").read_text(encoding="utf-8")
    assert job["artifacts"]["when"] == "always"
    git(folder, "revert", "--no-edit", "HEAD")
    assert gitlab(host, folder)[0].code == 0


def test_the_job_on_gitlab_installs_fleetplan_and_what_it_needs(host: Path, tmp_path: Path) -> None:
    job = gitlab_job(EXAMPLE, "limits")
    env = environment(host)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True, timeout=120)
    env = {**environment(host, tmp_path / "venv" / "bin"), "FLEETPLAN_PACKAGE": str(ROOT)}
    done = run("\n".join(job["before_script"]), tmp_path, env)
    assert done.code == 0, done.stderr
    assert (tmp_path / "venv" / "bin" / "fleetplan").is_file()


def test_the_job_on_gitlab_installs_nothing_that_nobody_named(host: Path, tmp_path: Path) -> None:
    template = yaml.safe_load((EXAMPLE / "fleetplan.gitlab-ci.yml").read_text(encoding="utf-8"))[".fleetplan"]
    assert "FLEETPLAN_PACKAGE" not in template["variables"]
    for shell in (("sh", "-e"), ("bash", "-e")):
        done = run("\n".join(template["before_script"]), tmp_path, environment(host), shell)
        assert done.code != 0
        assert "FLEETPLAN_PACKAGE" in done.stderr
        assert "name what pip installs" in done.stderr


def test_the_job_on_gitlab_compares_nothing_on_a_branch(host: Path, tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo")
    job = gitlab_job(folder, "limits")
    env = {**environment(host, host / "fleetplan" / "bin"), **job["variables"]}
    assert run("\n".join(job["script"]), folder, env).code == 0
    assert not (folder / "change.md").exists()


def test_what_the_pipelines_write_is_not_committed(host: Path, tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo")
    github(host, folder, tmp_path / "runner")
    gitlab(host, folder)
    left = subprocess.run(
        ["git", "status", "--porcelain"], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    assert left.stdout == ""


def test_no_script_of_a_pipeline_holds_an_expression() -> None:
    """What a pull request's author can name, such as a branch, never becomes code."""
    for file in (ACTION, WORKFLOW):
        form = yaml.safe_load(file.read_text(encoding="utf-8"))
        steps = form["runs"]["steps"] if "runs" in form else form["jobs"]["limits"]["steps"]
        assert all("${{" not in step.get("run", "") for step in steps)
