"""Plans as they stand in a commit: found without a shell, with the table and the settings of that commit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from gate_helpers import HEAD, commit_all, git, plan_text

from optimizer.errors import InputError
from optimizer.gate.git_version import Commit, find_commit, materialise
from optimizer.reading import read_plan

ROWS = "country,site,accelerator,gpus,quarter,authorization,consignee\nUS,,h100-sxm,{gpus},2026Q1,,\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a repository whose commit `main` holds plans that the working tree has changed since."""
    folder = tmp_path / "repository"
    (folder / "plans").mkdir(parents=True)
    monkeypatch.chdir(folder)
    write(folder, gpus=7, status="uveu")
    commit_all(folder)
    write(folder, gpus=9, status="none")
    return folder


def write(folder: Path, gpus: int, status: str) -> None:
    (folder / "plans" / "a.plan.yaml").write_text(plan_text(gpus), encoding="utf-8")
    (folder / "plans" / "table.plan.yaml").write_text(HEAD + "placements_file: rows/t.csv\n", encoding="utf-8")
    (folder / "plans" / "rows").mkdir(exist_ok=True)
    (folder / "plans" / "rows" / "t.csv").write_text(ROWS.format(gpus=gpus), encoding="utf-8")
    (folder / "plans" / "b.plan.csv").write_text(ROWS.format(gpus=gpus), encoding="utf-8")
    settings = f'[firm]\nheadquarters = "US"\nstatus = "{status}"\n'
    (folder / "fleetplan.toml").write_text(settings, encoding="utf-8")


def older(name: str, top: Path, folder: str = "plans", ref: str = "main") -> Path:
    found = materialise(find_commit(ref, folder), name, top)
    assert found is not None
    return found


def test_the_plan_is_that_of_the_commit(repository: Path, tmp_path: Path) -> None:
    assert read_plan(older("a.plan.yaml", tmp_path / "top1")).placements[1].gpus == 7
    head = git(repository, "rev-parse", "HEAD")
    for number, ref in enumerate(("HEAD", head, head[:10], "refs/heads/main", "main~0")):
        assert find_commit(ref, "plans").id == head
        assert older("a.plan.yaml", tmp_path / f"ref{number}", ref=ref).is_file()


def test_its_table_and_its_settings_are_too(repository: Path, tmp_path: Path) -> None:
    assert read_plan(older("table.plan.yaml", tmp_path / "1")).placements[0].gpus == 7
    table = read_plan(older("b.plan.csv", tmp_path / "2"))
    assert (table.placements[0].gpus, table.firm.status) == (7, "uveu")


def test_settings_outside_the_commit_are_not_found(repository: Path, tmp_path: Path) -> None:
    git(repository, "rm", "-q", "--cached", "fleetplan.toml")
    git(repository, "commit", "-q", "-m", "no settings")
    (tmp_path / "fleetplan.toml").write_text('[firm]\nheadquarters = "US"\nstatus = "none"\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_plan(older("b.plan.csv", tmp_path / "top"))
    assert caught.value.problems[0].code == "IN206"


def test_settings_in_pyproject_are_found(repository: Path, tmp_path: Path) -> None:
    git(repository, "rm", "-q", "--cached", "fleetplan.toml")
    (repository / "pyproject.toml").write_text('[tool.fleetplan.firm]\nheadquarters = "US"\nstatus = "none"\n')
    git(repository, "add", "pyproject.toml")
    git(repository, "commit", "-q", "-m", "other settings")
    assert read_plan(older("b.plan.csv", tmp_path / "top")).firm.status == "none"


def test_a_plan_that_is_not_there_is_none(repository: Path, tmp_path: Path) -> None:
    assert materialise(find_commit("main", "plans"), "new.plan.yaml", tmp_path / "top") is None


def test_names_with_signs_of_patterns_are_taken_as_they_are(repository: Path, tmp_path: Path) -> None:
    (repository / "plans" / "[a].plan.yaml").write_text(plan_text(1), encoding="utf-8")
    assert materialise(find_commit("main", "plans"), "[a].plan.yaml", tmp_path / "1") is None
    assert materialise(find_commit("main", "plans"), "*.plan.yaml", tmp_path / "2") is None
    commit_all(repository)
    assert older("[a].plan.yaml", tmp_path / "3").is_file()


def test_a_link_is_not_followed(repository: Path, tmp_path: Path) -> None:
    (repository / "plans" / "link.plan.yaml").symlink_to("a.plan.yaml")
    commit_all(repository)
    with pytest.raises(InputError) as caught:
        older("link.plan.yaml", tmp_path / "top")
    assert caught.value.problems[0].code == "IN671"


@pytest.mark.parametrize("table", ["../../../etc/passwd", "/etc/passwd", "../../secret.csv"])
def test_a_table_out_of_the_repository_is_not_fetched(table: str, repository: Path, tmp_path: Path) -> None:
    (repository / "plans" / "out.plan.yaml").write_text(HEAD + f"placements_file: {table}\n", encoding="utf-8")
    commit_all(repository)
    with pytest.raises(InputError):
        read_plan(older("out.plan.yaml", tmp_path / "top"))


REFUSED = [
    "",
    "-x",
    "--output=x",
    "nowhere",
    "main:plans/a.plan.yaml",
    "a b",
    "main\x00",
    "main\n",
    "x" * 300,
    "HEAD^{tree}",
]


@pytest.mark.parametrize("ref", REFUSED)
def test_what_names_no_commit_is_refused(ref: str, repository: Path) -> None:
    with pytest.raises(InputError) as caught:
        find_commit(ref, "plans")
    assert caught.value.problems[0].code == "IN671"
    assert not (repository / "x").exists()


def test_outside_a_repository_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    with pytest.raises(InputError) as caught:
        find_commit("main", str(tmp_path / "plain"))
    assert "no repository" in caught.value.problems[0].why


def test_without_git_that_is_said(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(InputError) as caught:
        find_commit("main", "plans")
    assert "not installed" in caught.value.problems[0].why


def test_attributes_of_the_repository_run_nothing(repository: Path, tmp_path: Path) -> None:
    (repository / ".gitattributes").write_text("*.yaml filter=evil diff=evil\n", encoding="utf-8")
    commit_all(repository)
    mark = tmp_path / "ran"
    for key in ("filter.evil.smudge", "diff.evil.textconv"):
        git(repository, "config", key, f"touch {mark}; cat")
    assert isinstance(find_commit("main", "plans"), Commit)
    assert older("a.plan.yaml", tmp_path / "top").is_file()
    assert not mark.exists()
