"""What somebody would try who wants a green pipeline, or a file of somebody else's replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from check_folder import folder as folder
from check_plans import FINE, HEAD, OVER, ROWS, check, write

from optimizer.cli.main import main

# ---- what an attacker tried


def test_two_paths_to_one_file_are_one_plan_and_dots_behind_a_link_are_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "other/sub/x.txt", "")
    write(folder, "other/x.plan.yaml", OVER)
    write(folder, "plans/x.plan.yaml", FINE)
    (folder / "plans" / "link").symlink_to("../other/sub")
    (folder / "again").symlink_to("plans")
    given = ["plans/x.plan.yaml", "plans/link/../x.plan.yaml", "again/x.plan.yaml", "./plans/x.plan.yaml"]
    code, report = check(capsys, *given)
    assert (code, [file["file"] for file in report["files"]]) == (1, given[:2])
    assert [file["file"] for file in check(capsys, "plans/link/..")[1]["files"]] == ["plans/link/../x.plan.yaml"]


@pytest.mark.parametrize("name", ["rows.csv", "law.yaml", "sub/fleetplan.toml", "old.csv", "ROWS.CSV", "new.parquet"])
def test_an_input_that_another_one_names_is_kept(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "rows.csv", "not,a,table\n")
    write(folder, "old.csv", ROWS.format(0))
    write(folder, "law.yaml", "fleetplan: regime/9\n")
    write(folder, "sub/fleetplan.toml", "[firm]\n")
    head = HEAD.replace("placements:\n", "")
    write(folder, "p.plan.yaml", head + "placements_file: rows.csv\n")
    write(folder, "q.plan.yaml", head + "regime: law.yaml\nplacements_file: old.csv\n")
    write(folder, "old.plan.yaml", head + "placements_file: old.csv\n")
    before = {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    plan = "q.plan.yaml" if name == "law.yaml" else "p.plan.yaml"
    for option in (["-o", f"json:{name}"], ["--certificate", name], ["--write-baseline", name]):
        assert main(["check", plan, "--diff", "old.plan.yaml", *option]) == 2
        assert "IN704" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()} == before


@pytest.mark.parametrize("kind", ["plan", "scenario", "regime", "waivers", "baseline", "report", ""])
def test_json_that_says_it_is_an_input_is_kept(kind: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f'{{"fleetplan" : "{kind}/1", "broken": ' if kind else "[]"
    write(folder, "x.json", text)
    ours = kind not in ("report", "")
    assert main(["check", "fine.plan.yaml", "-o", "json:x.json"]) == (2 if ours else 0)
    assert ("IN704" in capsys.readouterr().err) == ours
    assert ((folder / "x.json").read_text(encoding="utf-8") == text) == ours


def test_a_link_to_an_input_is_one(folder: Path) -> None:
    (folder / "out.json").symlink_to("rows.csv")
    assert main(["check", "fine.plan.yaml", "-o", "json:out.json"]) == 2
    assert not (folder / "rows.csv").exists()


@pytest.mark.parametrize("path", ["../out.json", "/fleetplan-out.json", "link/out.json", "a/../../out.json"])
def test_settings_write_only_below_their_folder(
    path: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "link").symlink_to("..")
    (folder / "a").mkdir()
    write(folder, "fleetplan.toml", f"[check]\noutput = ['json:{path}']\n")
    assert main(["check", "fine.plan.yaml"]) == 2
    assert "IN705" in capsys.readouterr().err
    write(folder, "fleetplan.toml", "[check]\noutput = ['json:a/out.json']\n")
    monkeypatch.chdir(folder / "a")
    assert main(["check", "../fine.plan.yaml"]) == 0
    assert (folder / "a" / "out.json").exists()


@pytest.mark.parametrize("name", ["as-of", "today"])
def test_settings_do_not_choose_the_day(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "fleetplan.toml", f"[check]\n{name} = 2025-03-01\n")
    assert main(["check", "fine.plan.yaml"]) == 2
    told = capsys.readouterr().err
    assert f"a settings file does not choose the day. Use --{name} or FLEETPLAN_" in told
    (folder / "fleetplan.toml").unlink()
    monkeypatch.setenv("FLEETPLAN_AS_OF", "2025-07-01")
    assert check(capsys, "fine.plan.yaml")[1]["as_of"] == "2025-07-01"


def test_the_settings_of_a_table_are_told_and_end_at_the_repository(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = '[firm]\nheadquarters = "US"\nstatus = "uveu"\n'
    write(folder, "fleetplan.toml", firm)
    write(folder, "deep/plans/t.plan.csv", ROWS.format(0).replace("MY,,h100-sxm,0,2026Q1,,\n", ""))
    (note, *_) = check(capsys, "deep/plans/t.plan.csv")[1]["notes"]
    assert note == "What the table does not say itself is from 'fleetplan.toml': firm."
    write(folder, "deep/plans/fleetplan.toml", f'regime = "factsheet-2025"\n{firm}')
    (note, *_) = check(capsys, "deep/plans/t.plan.csv")[1]["notes"]
    assert note == "What the table does not say itself is from 'deep/plans/fleetplan.toml': firm, regime."
    (folder / "deep" / "plans" / "fleetplan.toml").unlink()
    (folder / "deep" / ".git").mkdir()
    assert check(capsys, "deep/plans/t.plan.csv")[0] == 2
    (folder / "deep" / ".git").rmdir()
    monkeypatch.setenv("HOME", str(folder / "deep"))
    assert check(capsys, "deep/plans/t.plan.csv")[0] == 2
    monkeypatch.setenv("HOME", str(folder))
    assert check(capsys, "deep/plans/t.plan.csv")[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 20_000) + " = 1\n",
        "x = {" + ".".join("a" * 20_000) + " = 1}\n",
        "[" + ".".join("a" * 20_000) + "]\n",
        "x = " + "[" * 20_000 + "]" * 20_000 + "\n",
        "x = " + "{a = [" * 40 + "]}" * 40 + "\n",
    ],
)
def test_settings_that_go_deep_are_refused_at_once(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import tomllib

    monkeypatch.setattr(tomllib, "loads", lambda *_, **__: pytest.fail("it was parsed"))
    write(folder, "fleetplan.toml", text)
    assert main(["check", "fine.plan.yaml"]) == 2
    assert "IN002" in capsys.readouterr().err


def test_brackets_in_text_are_no_nesting(folder: Path) -> None:
    signs = "[" * 70
    text = f"# {signs} don't\n[check]\npaths = [\"fine.plan.yaml\", '{signs}.x']\nallow-no-files = true\n"
    write(folder, "fleetplan.toml", text)
    assert main(["check", "fine.plan.yaml"]) == 0


def test_plans_that_are_passed_over_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (".hidden/a.plan.yaml", "node_modules/deep/b.plan.yaml", ".hidden/notes.txt"):
        write(folder, name, OVER)
    write(folder.parent, "outside/c.plan.csv", OVER)
    (folder / "linked").symlink_to("../outside")
    assert main(["check", "-v", "."]) == 1
    told = capsys.readouterr().err
    assert "are symbolic links): 3\n" in told
    for name in (".hidden/a.plan.yaml", "node_modules/deep/b.plan.yaml", "linked/c.plan.csv"):
        assert f"fleetplan: passed over: '{name}'\n" in told
    main(["check", "."])
    assert "passed over" not in capsys.readouterr().err
