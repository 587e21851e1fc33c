"""Which scenarios the page lists, and where their plans are."""

from __future__ import annotations

from pathlib import Path

import pytest
from ui_helpers import PLAN, SCENARIO, write_scenario

from optimizer.ui import library
from optimizer.ui.library import entries, entry_of, find


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLEETPLAN_FOLDER", str(tmp_path))
    return tmp_path


def test_own_scenarios_come_first_and_examples_follow(folder: Path) -> None:
    write_scenario(folder)
    listed = entries()
    assert (listed[0].key, listed[0].title, listed[0].origin) == ("my-two", "Two sites <abroad>", "folder")
    assert {"small"} <= {entry.key for entry in listed if entry.origin == "example"}
    assert len({entry.key for entry in listed}) == len(listed)


def test_only_scenarios_are_listed_whatever_else_lies_there(folder: Path) -> None:
    write_scenario(folder)
    (folder / "notes.txt").write_text("fleetplan: scenario/1", encoding="utf-8")
    (folder / "other.yaml").write_text("a: 1", encoding="utf-8")
    (folder / "binary.json").write_bytes(b"\x00\xff" * 5000)
    (folder / "folder.yaml").mkdir()
    (folder / "dead.yaml").symlink_to(folder / "nowhere")
    assert [entry.key for entry in entries() if entry.origin == "folder"] == ["my-two"]


def test_json_and_broken_scenarios_are_listed_too(folder: Path) -> None:
    (folder / "a.json").write_text('{"fleetplan": "scenario/1", "name": "x"}', encoding="utf-8")
    (folder / "b.yaml").write_text("fleetplan: scenario/1\nfirm: {", encoding="utf-8")
    assert [entry.title for entry in entries() if entry.origin == "folder"] == ["a.json", "b.yaml"]


def test_the_plan_beside_a_scenario(folder: Path) -> None:
    write_scenario(folder, name="x.scenario", plan=None)
    (entry,) = (entry for entry in entries() if entry.origin == "folder")
    assert entry.shipped_plan is None
    (folder / "x.plan.yaml").write_text(PLAN, encoding="utf-8")
    assert entry.shipped_plan == folder.resolve() / "x.plan.yaml"


def test_find(folder: Path) -> None:
    file = write_scenario(folder, SCENARIO)
    listed = entries()
    assert find("my-two", listed) is listed[0]
    assert find("nothing", listed) is listed[0]
    assert find(None, []) is None
    assert entry_of(file.resolve(), listed) is listed[0]
    assert entry_of(folder / "other.yaml", listed) is None


def test_a_folder_that_is_not_there_lists_the_examples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLEETPLAN_FOLDER", str(tmp_path / "nowhere"))
    assert entries()
    assert all(entry.origin == "example" for entry in entries())


def test_a_huge_folder_is_cut(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MAX_SCENARIOS", 3)
    for number in range(5):
        (folder / f"{number}.yaml").write_text(SCENARIO, encoding="utf-8")
    assert len(entries()) == 3
