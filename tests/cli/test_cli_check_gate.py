"""`fleetplan check` with waivers, a baseline and an older version: exit codes and what every format still shows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from optimizer.cli.main import main

HEAD = "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\n"
H100 = 15_832
OVER = 3 * H100
"""The excess of `plan(10)`, in TPP."""
TODAY = ["--today", "2026-11-22"]


def plan(malaysia: int, more: str = "") -> str:
    rows = [("US", 100 - malaysia), ("MY", malaysia)]
    lines = [f"- {{country: {c}, accelerator: h100-sxm, gpus: {n}, quarter: 2026Q1}}\n" for c, n in rows if n]
    return HEAD + more + "placements:\n" + "".join(lines)


def waiver(excess: int = OVER, expires: str = "2026-12-31", **more: str) -> str:
    fields = {
        "rule": "UVEU101",
        "scope": "MY",
        "quarters": "[2026Q1]",
        "max_excess_tpp": str(excess),
        "reason": "Home opens late <&> |x|.",
        "approved_by": "VP",
        "expires": expires,
        **more,
    }
    return "- {" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}\n"


WAIVERS = "fleetplan: waivers/1\nwaivers:\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a plan that breaks UVEU101 and a waiver that covers it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    write(tmp_path, "a.plan.yaml", plan(10))
    write(tmp_path, "w.yaml", WAIVERS + waiver())
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """The exit code and the JSON report."""
    capsys.readouterr()
    code = main(["check", "-f", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def verdict(report: Any) -> list[tuple[str, str]]:
    return [(finding["name"], finding["verdict"]) for finding in report["findings"]]


BROKEN = [("UVEU101(MY,2026Q1)", "fail")]
WAIVED = [("UVEU101(MY,2026Q1)", "waived")]


def test_a_waived_plan_passes_and_its_finding_stays_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys)[0] == 1
    code, report = check(capsys, "--waivers", "w.yaml", *TODAY)
    assert (code, verdict(report)) == (0, WAIVED)
    assert report["findings"][0]["suppression"]["approved_by"] == "VP"
    assert report["findings"][0]["excess"] == OVER


@pytest.mark.parametrize("fmt", ["text", "concise", "json", "sarif", "junit", "github", "gitlab", "markdown"])
def test_waived_findings_are_in_every_format(fmt: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--waivers", "w.yaml", *TODAY, "-f", fmt]) == 0
    shown = capsys.readouterr().out
    assert "UVEU101" in shown
    assert "waived" in shown.lower() or "suppress" in shown


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        (waiver(OVER), 0, WAIVED),
        (waiver(OVER - 1), 1, BROKEN),
        (waiver(expires="2026-11-22"), 0, WAIVED),
        (waiver(expires="2026-11-21"), 1, BROKEN),
        (waiver(expires="2027-11-23"), 0, WAIVED),
        (waiver(expires="2027-11-24"), 2, BROKEN),
        (waiver(approved="2026-11-22", expires="2027-11-23"), 0, WAIVED),
        (waiver(approved="2026-11-22", expires="2027-11-24"), 2, BROKEN),
        (waiver(rule="TIER301"), 2, BROKEN),
        (waiver(rule="UVEU999"), 2, BROKEN),
        (waiver(scope="'*'"), 2, BROKEN),
        (waiver(scope="Malaysia"), 2, BROKEN),
        (waiver(until="x"), 2, BROKEN),
        (waiver() + waiver(expires="soon", scope="SG"), 2, BROKEN),
        ("{", 2, BROKEN),
    ],
)
def test_a_bad_waiver_is_exit_code_2_and_a_lapsed_one_1(
    text: str, code: int, found: list[tuple[str, str]], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "w.yaml", WAIVERS + text)
    got, report = check(capsys, "--waivers", "w.yaml", *TODAY)
    assert (got, verdict(report)) == (code, found)
    assert {error["file"] for error in report["errors"]} == ({"w.yaml"} if code == 2 else set())


def test_missing_waivers_are_exit_code_2_and_none_is_ever_picked_up(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(capsys, "--waivers", "nowhere.yaml")[0] == 2
    write(folder, "fleetplan-waivers.yaml", WAIVERS + waiver())
    write(folder, "fleetplan.toml", "")
    assert check(capsys, *TODAY)[0] == 1
    write(folder, "fleetplan.toml", '[check]\nwaivers = "fleetplan-waivers.yaml"\n')
    assert check(capsys, *TODAY)[0] == 0


def test_the_day_is_that_of_as_of_where_none_is_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "w.yaml", WAIVERS + waiver(expires="2025-03-31"))
    arguments = ["--waivers", "w.yaml", "--as-of"]
    assert verdict(check(capsys, *arguments, "2025-03-31")[1]) == WAIVED
    assert verdict(check(capsys, *arguments, "2025-04-01")[1]) == BROKEN
    assert verdict(check(capsys, *arguments, "2025-04-01", "--today", "2025-03-01")[1]) == WAIVED
    assert verdict(check(capsys, *arguments, "2025-03-01", "--today", "2025-04-01")[1]) == BROKEN
    assert check(capsys, "--waivers", "w.yaml")[0] == 1  # by the clock it has lapsed


def test_unused_and_lapsed_waivers_are_notes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "w.yaml", WAIVERS + waiver() + waiver(scope="SG") + waiver(expires="2026-01-01", scope="AE"))
    _, report = check(capsys, "--waivers", "w.yaml", *TODAY)
    notes = [note for note in report["notes"] if "waiver of" in note]
    assert len(notes) == 2
    assert "UVEU101(SG)" in notes[0]
    assert "covers nothing" in notes[0]
    assert "w.yaml:4:3" in notes[0]
    assert "lapsed after 2026-01-01" in notes[1]


@pytest.mark.parametrize("fmt", ["text", "json", "sarif", "junit", "github", "gitlab"])
def test_a_lapsed_waiver_and_an_outgrown_baseline_are_told_in_each_finding(
    fmt: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "w.yaml", WAIVERS + waiver(expires="2026-01-01"))
    write(
        folder,
        "b.json",
        '{"fleetplan": "baseline/1", "findings": [{"plan": "a.plan.yaml", "rule": "UVEU101", '
        '"scope": "MY", "quarter": "2026Q1", "excess_tpp": 1000}]}',
    )
    assert main(["check", "--waivers", "w.yaml", "--baseline", "b.json", *TODAY, "-f", fmt]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "(w.yaml:3:3) lapsed after 2026-01-01." in shown
    assert "records 1,000 TPP." in shown


def test_a_waiver_used_by_one_plan_of_two_is_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "b.plan.yaml", plan(5))
    write(folder, "w.yaml", WAIVERS + waiver(plan="a.plan.yaml"))
    code, report = check(capsys, "--waivers", "w.yaml", *TODAY)
    assert code == 0
    assert not [note for note in report["notes"] if "waiver of" in note]


def test_a_plan_may_carry_its_waivers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "a.plan.yaml", plan(10, "waivers:\n" + waiver()))
    code, report = check(capsys, *TODAY)
    assert (code, verdict(report)) == (0, WAIVED)
    assert report["findings"][0]["suppression"]["location"]["line"] == 4
    code, report = check(capsys, "--no-inline-waivers", *TODAY)
    assert (code, verdict(report)) == (1, BROKEN)
    assert any("--no-inline-waivers" in note for note in report["notes"])


@pytest.mark.parametrize("text", [waiver(rule="TIER301"), waiver(expires="2028-01-01"), waiver(reason="''"), "- x\n"])
def test_bad_waivers_in_a_plan_are_exit_code_2_and_its_findings_come_back(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "a.plan.yaml", plan(10, "waivers:\n" + text))
    code, report = check(capsys, *TODAY)
    assert (code, verdict(report)) == (2, BROKEN)
    assert {error["line"] for error in report["errors"]} == {4}


def test_what_is_undecided_cannot_be_waived(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "a.plan.yaml", plan(10).replace("2026Q1", "2031Q1"))
    rows = waiver(rule="CAP201", quarters="[2031Q1]", excess=10**15)
    write(folder, "w.yaml", WAIVERS + rows)
    code, report = check(capsys, "--waivers", "w.yaml", *TODAY)
    assert code == 2
    assert ("CAP201(MY,2031Q1)", "undecided") in verdict(report)


def test_a_baseline_lets_through_what_it_records(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--write-baseline", "b.json", "-q"]) == 1
    assert "1 finding is recorded in 'b.json'" in capsys.readouterr().err
    code, report = check(capsys, "--baseline", "b.json")
    assert (code, verdict(report)) == (0, WAIVED)
    assert report["findings"][0]["suppression"]["kind"] == "baseline"
    for gpus, wanted in ((9, 0), (11, 1)):
        write(folder, "a.plan.yaml", plan(gpus))
        code, report = check(capsys, "--baseline", "b.json")
        assert code == wanted
        assert any("b.json" in note for note in report["notes"]) is (gpus == 9)


def test_a_baseline_can_be_written_anew_over_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "b.plan.yaml", plan(20))
    assert main(["check", "--write-baseline", "b.json", "-q"]) == 1
    before = (folder / "b.json").read_text(encoding="utf-8")
    write(folder, "a.plan.yaml", plan(9))
    assert main(["check", "a.plan.yaml", "--baseline", "b.json", "--write-baseline", "b.json", "-q"]) == 0
    after = json.loads((folder / "b.json").read_text(encoding="utf-8"))
    assert [row["excess_tpp"] for row in after["findings"]] == [2 * H100, 13 * H100]
    assert [row["excess_tpp"] for row in json.loads(before)["findings"]] == [OVER, 13 * H100]


def test_the_ban_is_left_out_of_a_baseline_and_that_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "a.plan.yaml", plan(10).replace("MY", "CN"))
    assert main(["check", "--write-baseline", "b.json", "-q"]) == 1
    assert "1 that nobody can waive are not" in capsys.readouterr().err
    assert "TIER301" not in (folder / "b.json").read_text(encoding="utf-8")
    assert check(capsys, "--baseline", "b.json")[0] == 1


def test_no_baseline_is_written_while_a_file_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "broken.plan.yaml", "x")
    assert main(["check", "--write-baseline", "b.json", "-q"]) == 2
    assert not (folder / "b.json").exists()
    assert "no baseline was written" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{}", '{"fleetplan": "baseline/1"}', "[]"])
def test_a_bad_baseline_is_exit_code_2(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "b.json", text)
    code, report = check(capsys, "--baseline", "b.json")
    assert (code, verdict(report)) == (2, BROKEN)
    assert main(["check", "--write-baseline", "b.json", "-q"]) == 2
    assert (folder / "b.json").read_text(encoding="utf-8") == text


def test_a_waiver_comes_before_a_baseline(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--waivers", "w.yaml", *TODAY, "--write-baseline", "b.json", "-q"]) == 0
    assert json.loads((folder / "b.json").read_text(encoding="utf-8"))["findings"] == []
    main(["check", "--write-baseline", "b.json", "-q"])
    _, report = check(capsys, "--waivers", "w.yaml", "--baseline", "b.json", *TODAY)
    assert report["findings"][0]["suppression"]["kind"] == "waiver"


@pytest.mark.parametrize(
    ("before", "after", "code", "change"),
    [(5, 10, 1, "new"), (9, 10, 1, "worse"), (10, 10, 0, "unchanged"), (11, 10, 0, "better"), (10, 5, 0, None)],
)
def test_a_comparison_with_a_file(
    before: int, after: int, code: int, change: str | None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "old.yaml", plan(before))
    write(folder, "a.plan.yaml", plan(after))
    got, report = check(capsys, "--diff", "old.yaml")
    assert got == code
    assert [finding["change"] for finding in report["findings"]] == ([change] if change else [])
    assert report["status"] == ("violations" if change else "compliant")
    assert "diff" in json.dumps(report)


def test_a_comparison_with_a_commit(folder: Path, fleetplan: Any) -> None:
    import subprocess

    def git(*arguments: str) -> None:
        names = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "x")
    write(folder, "a.plan.yaml", plan(10).replace("gpus: 10", "gpus: 12"))
    write(folder, "plans/new.plan.yaml", plan(8))
    done = fleetplan("check", "--diff", "HEAD", "-f", "concise", cwd=folder)
    assert done.returncode == 1
    assert "worse" in done.stdout
    assert "new" in done.stdout
    shown = fleetplan("check", "a.plan.yaml", "--diff", "HEAD", "-f", "markdown", cwd=folder).stdout
    assert re.search(r"Compared with HEAD \(commit [0-9a-f]{12}\)", shown)
    assert re.search(r"UVEU101\(MY,2026Q1\) \| -47,496 \|", shown)
    assert fleetplan("check", "--diff", "nowhere", cwd=folder).returncode == 2
    assert fleetplan("check", "-", "--diff", "HEAD", cwd=folder, input=plan(10)).returncode == 2
    stdin = fleetplan("check", "-", "--stdin-filename", "a.plan.yaml", "--diff", "HEAD", cwd=folder, input=plan(10))
    assert stdin.returncode == 0
    assert "1 older violation still stands" in stdin.stdout
    # what cannot be read in the commit may be mended: everything is new then
    write(folder, "a.plan.yaml", "x")
    git("commit", "-q", "-a", "-m", "broken")
    for gpus, code in ((5, 0), (10, 1)):
        write(folder, "a.plan.yaml", plan(gpus))
        done = fleetplan("check", "a.plan.yaml", "--diff", "HEAD", cwd=folder)
        assert done.returncode == code
        assert "cannot be read" in done.stdout


def test_findings_are_listed_beside_a_comparison_that_failed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "old.yaml", "x")
    for other in ("old.yaml", "missing.yaml", "-x", "nowhere"):
        code, report = check(capsys, f"--diff={other}")
        assert (code, verdict(report)) == (2, BROKEN)
        assert len(report["errors"]) == 1
    write(folder, "b.plan.yaml", plan(5))
    assert check(capsys, "--diff", "a.plan.yaml")[0] == 2


def test_the_other_version_is_judged_by_the_same_rules(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "old.yaml", plan(10, "regime: none\n"))
    code, report = check(capsys, "--diff", "old.yaml")
    assert (code, report["findings"][0]["change"]) == (0, "unchanged")
    code, report = check(capsys, "--diff", "old.yaml", "--ignore", "UVEU101")
    assert (code, report["findings"]) == (0, [])


# ---- what an attacker tried


def test_a_narrower_horizon_fixes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        "placements:\n- {country: US, accelerator: h100-sxm, gpus: 80}\n"
        "- {country: MY, accelerator: h100-sxm, gpus: 20, quarter: 2026Q2}\n"
    )
    more = "- {country: US, accelerator: h100-sxm, gpus: 400, quarter: 2027Q4}\n"
    write(folder, "old.plan.yaml", HEAD + "horizon: {first: 2026Q1, last: 2027Q4}\n" + rows)
    write(folder, "a.plan.yaml", HEAD + "horizon: {first: 2027Q4, last: 2027Q4}\n" + rows + more)
    code, report = check(capsys, "a.plan.yaml", "--diff", "old.plan.yaml")
    assert (code, report["status"], report["summary"]["gate"]) == (1, "compliant", "fail")
    assert len(report["diff"]["no_longer_judged"]) == 6
    assert main(["check", "a.plan.yaml", "--diff", "old.plan.yaml"]) == 1
    told = capsys.readouterr().out
    assert "fails the comparison" in told
    assert "Let the horizon reach" in told
    write(folder, "a.plan.yaml", HEAD + "horizon: {first: 2026Q1, last: 2027Q4}\n" + rows + more)
    code, report = check(capsys, "a.plan.yaml", "--diff", "old.plan.yaml")
    assert (code, report["diff"]["no_longer_judged"]) == (0, [])


def test_rows_that_are_taken_out_at_the_end_are_fixed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = HEAD + "placements:\n- {country: US, accelerator: h100-sxm, gpus: 70, quarter: 2026Q1}\n"
    write(folder, "a.plan.yaml", rows)
    write(folder, "old.plan.yaml", rows + "- {country: MY, accelerator: h100-sxm, gpus: 30, quarter: 2026Q2}\n")
    code, report = check(capsys, "a.plan.yaml", "--diff", "old.plan.yaml")
    assert (code, report["diff"]["no_longer_judged"]) == (0, [])
    assert "UVEU101(MY,2026Q2)" in [entry["name"] for entry in report["diff"]["fixed"]]


def test_an_older_version_that_names_no_quarter_stands_in_all_of_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "old.plan.yaml", plan(10).replace(", quarter: 2026Q1", ""))
    code, report = check(capsys, "a.plan.yaml", "--diff", "old.plan.yaml")
    assert (code, [entry["name"] for entry in report["diff"]["unchanged"]]) == (0, ["UVEU101(MY,2026Q1)"])
    write(folder, "a.plan.yaml", plan(5))
    code, report = check(capsys, "a.plan.yaml", "--diff", "old.plan.yaml")
    assert (code, len(report["diff"]["fixed"]), report["diff"]["no_longer_judged"]) == (0, 1, [])


def test_the_day_of_the_waivers_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = "Waivers are compared with 2026-11-22."
    assert told in check(capsys, "--waivers", "w.yaml", *TODAY)[1]["notes"]
    assert told not in check(capsys, *TODAY)[1]["notes"]
    write(folder, "a.plan.yaml", plan(10, "waivers:\n" + waiver()))
    assert told in check(capsys, *TODAY)[1]["notes"]
    assert told not in check(capsys, "--no-inline-waivers", *TODAY)[1]["notes"]


def test_a_waiver_is_about_the_file_that_a_path_leads_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "other/sub/x.txt", "")
    write(folder, "other/a.plan.yaml", plan(10))
    write(folder, "plans/a.plan.yaml", plan(10))
    (folder / "plans" / "link").symlink_to("../other/sub")
    write(folder, "w.yaml", WAIVERS + waiver(plan="plans/a.plan.yaml"))
    code, report = check(capsys, "plans/link/../a.plan.yaml", "plans/a.plan.yaml", "--waivers", "w.yaml", *TODAY)
    assert (code, [finding["verdict"] for finding in report["findings"]]) == (1, ["fail", "waived"])
    assert [file["file"] for file in report["files"]] == ["plans/link/../a.plan.yaml", "plans/a.plan.yaml"]
    assert main(["check", "-f", "gitlab", "plans/link/../a.plan.yaml"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["location"]["path"] == "other/a.plan.yaml"
