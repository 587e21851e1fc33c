"""`fleetplan check`, `regimes` and `rules`: which files they take, what they write, and the exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from optimizer.cli import judging
from optimizer.cli.main import main
from optimizer.domain.plan import RegimeRef
from optimizer.regimes import load_regime

HEAD = "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\nplacements:\n"
PLANS = {
    "fine": HEAD + "- {country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n",
    "over": HEAD + "- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n",
    "unsure": HEAD
    + "- {country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1, authorization: lpp, consignee: X}\n",
    "broken": HEAD + "- {country: UK, accelerator: h100-sxm, gpus: 1}\n",
    "impossible": HEAD + "- {country: US, accelerator: h100-sxm, gpus: 1}\n"
    "retirements:\n- {country: US, accelerator: h100-sxm, gpus: 2, quarter: 2026Q1}\n",
}
ROWS = (
    "country,site,accelerator,gpus,quarter,authorization,consignee\nUS,,h100-sxm,10,2026Q1,,\nMY,,h100-sxm,1,2026Q1,,\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with every plan of PLANS in it."""
    monkeypatch.chdir(tmp_path)
    for name, text in PLANS.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def report(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("names", "status", "code"),
    [
        (["fine"], "compliant", 0),
        (["over"], "violations", 1),
        (["unsure"], "undecided", 2),
        (["broken"], "invalid_input", 2),
        (["impossible"], "invalid_input", 2),
        (["fine", "over"], "violations", 1),
        (["over", "unsure"], "undecided", 2),
        (["over", "broken", "fine"], "invalid_input", 2),
    ],
)
def test_the_exit_code_is_that_of_the_gravest_file_in_every_format(
    names: list[str], status: str, code: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [f"{name}.yaml" for name in names]
    assert main(["check", *paths, "--format", "json"]) == code
    assert report(capsys)["status"] == status
    assert main(["check", *paths]) == code
    assert main(["check", *paths, "-q", "--all"]) == code


@pytest.mark.parametrize("paths", [[], ["nowhere"], ["*.plan.yaml"], ["."], ["fine.yaml", "missing.yaml"]])
def test_where_no_file_is_found_nothing_is_compliant(
    paths: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *paths, "-f", "json"]) == 2
    assert [error["code"] for error in report(capsys)["errors"]] == ["IN001"]


def test_without_paths_every_plan_below_is_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in (
        "a.plan.yaml",
        "deep/er/b.plan.yml",
        "deep/c.plan.json",
        ".hidden/d.plan.yaml",
        "node_modules/e.plan.yaml",
    ):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PLANS["fine"], encoding="utf-8")
    (folder / "deep" / "c.plan.json").write_text(
        json.dumps(
            {
                "fleetplan": "plan/1",
                "firm": {"name": "A", "headquarters": "US", "status": "uveu"},
                "placements": [{"country": "US", "accelerator": "h100-sxm", "gpus": 1, "quarter": "2026Q1"}],
            }
        ),
        encoding="utf-8",
    )
    wanted = ["a.plan.yaml", "deep/c.plan.json", "deep/er/b.plan.yml"]
    assert main(["check", "-f", "json"]) == 0
    assert [file["file"] for file in report(capsys)["files"]] == wanted
    assert main(["check", "-f", "json", "deep", "a.plan.yaml", "./a.plan.yaml", "**/*.yml"]) == 0
    assert [file["file"] for file in report(capsys)["files"]] == [*wanted[1:], wanted[0]]


def test_a_table_takes_its_firm_from_flags(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    flags = ["--headquarters", "US", "--status", "uveu", "-f", "json"]
    assert main(["check", "rows.csv", *flags]) == 1
    assert report(capsys)["findings"][0]["location"] == {"file": "rows.csv", "line": 3, "column": None}
    assert main(["check", "rows.csv", "--headquarters", "US", "--ultimate-parent", "US", "--status", "none"]) == 0
    assert main(["check", "rows.csv"]) == 2


def test_another_regime(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "over.yaml", "--regime", "none", "-f", "json"]) == 0
    assert report(capsys)["regime"]["id"] == "none"
    (folder / "soft.yaml").write_text(
        "fleetplan: regime/1\nid: soft\nextends: factsheet-2025\n"
        "amend: {UVEU101.at_most: 100%, UVEU102.at_most: 100%}\n",
        encoding="utf-8",
    )
    assert main(["check", "over.yaml", "--regime", "soft.yaml", "-f", "json"]) == 0
    found = report(capsys)["regime"]
    assert (found["id"], len(found["amendments"]), len(found["sources"])) == ("soft", 2, 3)
    assert main(["check", "over.yaml", "--regime", "nonesuch"]) == 2
    assert main(["check", "over.yaml", "--regime", "over.yaml"]) == 2


def test_stdin_is_a_plan(folder: Path, fleetplan: Any) -> None:
    done = fleetplan("check", "-", "-f", "json", input=PLANS["over"])
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["location"]["file"] == "<stdin>"
    assert fleetplan("check", "-", input="").returncode == 2
    assert done.stderr == ""


def test_reports_are_written_beside_stdout(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "over.yaml", "-o", "json:out.json", "-o", "text:out.txt"]) == 1
    shown = capsys.readouterr().out
    assert (folder / "out.txt").read_text(encoding="utf-8") == shown
    assert json.loads((folder / "out.json").read_text(encoding="utf-8"))["status"] == "violations"


@pytest.mark.parametrize("output", ["json:fine.yaml", "json:no/such/folder.json", "json:", "xml:a.xml", "out.json"])
def test_an_output_that_cannot_be_written_is_exit_code_2(output: str, folder: Path) -> None:
    assert main(["check", "fine.yaml", "-o", output]) == 2
    assert (folder / "fine.yaml").read_text(encoding="utf-8") == PLANS["fine"]


def test_a_failure_of_fleetplan_itself_is_never_green(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(judging, "check", fail)
    assert main(["check", "fine.yaml", "broken.yaml", "-f", "json"]) == 2
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert [file["status"] for file in found["files"]] == ["undecided", "invalid_input"]
    assert "Traceback" not in captured.err
    assert "ZeroDivisionError" in captured.err
    monkeypatch.setenv("FLEETPLAN_DEBUG", "1")
    assert main(["check", "fine.yaml"]) == 2


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_links_to_folders_are_not_followed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "plans").mkdir()
    (folder / "plans" / "a.plan.yaml").write_text(PLANS["fine"], encoding="utf-8")
    (folder / "plans" / "loop").symlink_to(folder / "plans", target_is_directory=True)
    assert main(["check", "plans", "-f", "json"]) == 0
    assert len(report(capsys)["files"]) == 1


def test_regimes_are_listed_and_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["regimes"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines() if not line.startswith(" ")] == [
        *("factsheet-2025", "ifr-2025", "none")
    ]
    assert listed.count("enforced: ") == 3
    assert main(["regimes", "ifr-2025"]) == 0
    shown = capsys.readouterr().out
    assert "2025-05-13" in shown
    assert "Tier 3: AF BY" in shown
    assert main(["regimes", "-f", "json"]) == 0
    assert [one["id"] for one in report(capsys)] == ["factsheet-2025", "ifr-2025", "none"]
    assert main(["regimes", "ifr-2025", "-f", "json"]) == 0
    assert len(report(capsys)["tier1"]) == 19
    assert main(["regimes", "ifr-2020"]) == 2


def test_rules_are_listed_and_explained(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    regime = load_regime(RegimeRef(base="ifr-2025"))
    ids = [record.rule.id for record in (*regime.records, *regime.duties)]
    assert main(["rules", "--regime", "ifr-2025"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == ids
    assert main(["rules", "nveu401", "--regime", "ifr-2025"]) == 0
    shown = capsys.readouterr().out
    for part in ("15 CFR 748.15(a)(2)(iii)(B), Table 1", "grade: P", "2,690,250,000 TPP", "to 2027Q4", "status nveu"):
        assert part in shown
    assert main(["rules", "CAP201", "-f", "json"]) == 0
    assert [one["regime"] for one in report(capsys)] == ["factsheet-2025", "ifr-2025"]
    assert main(["rules", "-f", "json"]) == 0
    assert [one["id"] for one in report(capsys) if one["regime"] == "ifr-2025"] == ids
    assert main(["rules", "UVEU110"]) == 2
    assert "Did you mean" in capsys.readouterr().err


def test_no_report_is_written_over_a_table_a_regime_or_settings_that_were_read(folder: Path) -> None:
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    (folder / "base.yaml").write_text("fleetplan: regime/1\nid: base\nextends: none\ntitle: Base\n", encoding="utf-8")
    head = "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\nregime: base.yaml\n"
    (folder / "table.plan.yaml").write_text(head + "placements_file: rows.csv\n", encoding="utf-8")
    (folder / "fleetplan.toml").write_text('[firm]\nheadquarters = "US"\nstatus = "uveu"\n', encoding="utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for plan, target in [
        ("table.plan.yaml", "rows.csv"),
        ("table.plan.yaml", "base.yaml"),
        ("rows.csv", "fleetplan.toml"),
    ]:
        assert main(["check", plan, "-o", f"json:{target}"]) == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_dangling_link_that_a_pattern_matches_is_never_passed_over(folder: Path) -> None:
    (folder / "a.plan.yaml").write_text(PLANS["fine"], encoding="utf-8")
    (folder / "b.plan.yaml").symlink_to(folder / "gone.yaml")
    assert main(["check", "*.plan.yaml"]) == 2


def test_a_folder_that_cannot_be_listed_is_never_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.plan.yaml").write_text(PLANS["fine"], encoding="utf-8")
    (folder / "shut").mkdir()
    listing = os.scandir

    def scandir(path: Any) -> Any:  # root may list everything, so the refusal is played
        if os.path.basename(os.fspath(path)) == "shut":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert main(["check", "."]) == 2
    assert "cannot be listed" in capsys.readouterr().out
