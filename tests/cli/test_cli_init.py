"""`fleetplan init` writes files that the other commands accept as they are, and never overwrites."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.check import check
from optimizer.cli.init import CONFIG, PLAN, SCENARIO
from optimizer.cli.main import main
from optimizer.reading import read_plan, read_scenario


def test_the_plan_is_compliant_and_its_comment_tells_the_truth(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "fleet")]) == 0
    path = tmp_path / "fleet" / PLAN
    assert check(read_plan(path)).status == "compliant"
    text = path.read_text(encoding="utf-8")
    assert "Raise the GPUs in Malaysia to 72000" in text
    path.write_text(text.replace("gpus: 720,", "gpus: 72000,"), encoding="utf-8")
    assert check(read_plan(path)).status == "violations"


def test_the_commented_lines_of_the_plan_work_too(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path), "--plan"]) == 0
    path = tmp_path / PLAN
    lines = path.read_text(encoding="utf-8").split("placements:")
    tail = (
        lines[1].replace("\n# retirements", "\nretirements").replace("\n#   -", "\n  -").replace("\n# moves", "\nmoves")
    )
    path.write_text("placements:".join([lines[0], tail]), encoding="utf-8")
    plan = read_plan(path)
    assert (len(plan.retirements), len(plan.moves)) == (1, 1)
    assert check(plan).status == "compliant"


def test_the_scenario_can_be_read_with_every_commented_line(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path), "--scenario"]) == 0
    path = tmp_path / SCENARIO
    assert read_scenario(path).name == "My first scenario"
    text = path.read_text(encoding="utf-8")
    for field in ("agreements", "demand", "own_limits"):
        assert f"\n# {field}:" in text
        text = text.replace(f"\n# {field}:", f"\n{field}:")
    path.write_text(text.replace("\n#   - {id: OWN1", "\n  - {id: OWN1"), encoding="utf-8")
    scenario = read_scenario(path)
    assert (len(scenario.agreements), len(scenario.demand), len(scenario.own_limits)) == (1, 1, 1)


def test_the_scenario_solves_to_a_plan_that_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert main(["solve", SCENARIO, "-o", "best.plan.yaml", "--time-limit", "30"]) == 0
    assert main(["check", "best.plan.yaml"]) == 0


def test_a_table_takes_its_firm_from_the_config(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path)]) == 0
    (tmp_path / "rows.csv").write_text(
        "country,site,accelerator,gpus,quarter,authorization,consignee\nUS,,h100-sxm,8,2026Q1,,\n", encoding="utf-8"
    )
    plan = read_plan(tmp_path / "rows.csv")
    assert (plan.firm.headquarters, plan.firm.status, plan.regime.base) == ("US", "uveu", "factsheet-2025")


@pytest.mark.parametrize(
    ("flags", "names"), [([], {SCENARIO, PLAN, CONFIG}), (["--scenario"], {SCENARIO}), (["--plan"], {PLAN})]
)
def test_it_writes_what_was_asked_for_and_says_so(
    flags: list[str], names: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "a" / "b"), *flags]) == 0
    assert {path.name for path in (tmp_path / "a" / "b").iterdir()} == names
    out = capsys.readouterr().out
    assert all(name in out for name in names)


@pytest.mark.parametrize("name", [SCENARIO, PLAN, CONFIG])
def test_nothing_is_overwritten_and_then_nothing_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert name in captured.err
    assert "--force" in captured.err
    assert captured.out == ""
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_a_dangling_link_counts_as_there(tmp_path: Path) -> None:
    (tmp_path / PLAN).symlink_to(tmp_path / "elsewhere.yaml")
    assert main(["init", str(tmp_path), "--plan"]) == 2
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_force_replaces(tmp_path: Path) -> None:
    (tmp_path / PLAN).write_text("mine", encoding="utf-8")
    assert main(["init", str(tmp_path), "--force"]) == 0
    assert "fleetplan: plan/1" in (tmp_path / PLAN).read_text(encoding="utf-8")


def test_both_kinds_at_once_is_a_contradiction(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "new"), "--plan", "--scenario"]) == 2
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["init", str(tmp_path / "file" / "below")]) == 2
    assert "Traceback" not in capsys.readouterr().err
