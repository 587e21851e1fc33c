"""Each option of `fleetplan check`: formats and outputs, what is judged, what is read, what is printed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from check_folder import folder as folder
from check_plans import BANNED, BROKEN, FINE, OVER, ROWS, check, rules, write

from optimizer.cli import judging
from optimizer.cli.main import main
from optimizer.reports.formats import FORMATS

# ---- formats and outputs


@pytest.mark.parametrize("fmt", FORMATS)
def test_each_format_is_printed_and_written_and_never_changes_the_code(
    fmt: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "broken.plan.yaml", BROKEN)
    for paths, code in ((["fine.plan.yaml"], 0), (["over.plan.yaml"], 1), ([], 2), (["broken.plan.yaml"], 2)):
        assert main(["check", *paths, "-f", fmt, "-o", f"{fmt}:out.txt"]) == code
        shown = capsys.readouterr().out
        assert (folder / "out.txt").read_text(encoding="utf-8") == shown


def test_several_reports_in_one_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-o", "sarif:a.sarif", "--output", "junit:b.xml", "-o", "json:c.json"]
    assert main(["check", *arguments]) == 1
    assert "NOT compliant" in capsys.readouterr().out
    assert json.loads((folder / "a.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert (folder / "b.xml").read_text(encoding="utf-8").startswith("<?xml")
    assert json.loads((folder / "c.json").read_text(encoding="utf-8"))["status"] == "violations"


def test_a_sarif_that_says_that_it_failed_is_written_on_2(folder: Path) -> None:
    write(folder, "broken.plan.yaml", BROKEN)
    for more in ([], ["--waivers", "nowhere.yaml"], ["--select", "NOTHING"], ["--diff", "nowhere"]):
        (folder / "a.sarif").unlink(missing_ok=True)
        paths = ["broken.plan.yaml"] if not more else ["fine.plan.yaml"]
        assert main(["check", *paths, *more, "-o", "sarif:a.sarif"]) == 2
        run = json.loads((folder / "a.sarif").read_text(encoding="utf-8"))["runs"][0]
        assert run["invocations"][0]["executionSuccessful"] is False


def test_annotations_are_the_format_in_a_github_action(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["check"]) == 1
    assert "::error " in capsys.readouterr().out
    assert main(["check", "-f", "text"]) == 1
    assert "::error " not in capsys.readouterr().out
    monkeypatch.setenv("FLEETPLAN_FORMAT", "concise")
    assert main(["check"]) == 1
    assert "::error " not in capsys.readouterr().out
    monkeypatch.delenv("FLEETPLAN_FORMAT")
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert main(["check"]) == 1
    assert "::error " not in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["report.plan.json", "sub/REPORT.PLAN.JSON", "x.plan.yaml", "x.plan.yml", "x.plan.csv", "x.plan.xlsx"]
)
def test_no_report_has_the_name_of_a_plan(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sub").mkdir()
    for arguments in (["-o", f"json:{name}"], ["--write-baseline", name], ["--certificate", name, "fine.plan.yaml"]):
        assert main(["check", *arguments]) == 2
        assert "IN703" in capsys.readouterr().err
    assert not (folder / name).exists()


def test_two_outputs_are_two_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-o", "json:a", "-o", "sarif:./a"]) == 2
    assert "IN702" in capsys.readouterr().err
    assert not (folder / "a").exists()
    assert main(["check", "-o", f"json:{os.devnull}", "-o", f"sarif:{os.devnull}"]) == 1


@pytest.mark.parametrize("name", ["w.yaml", "b.json", "fleetplan.toml", "over.plan.yaml", "old.yaml"])
def test_no_output_replaces_what_is_read(name: str, folder: Path) -> None:
    write(folder, "w.yaml", "fleetplan: waivers/1\nwaivers: []\n")
    write(folder, "b.json", '{"fleetplan": "baseline/1", "findings": []}')
    write(folder, "fleetplan.toml", "[check]\n")
    write(folder, "old.yaml", FINE)
    before = (folder / name).read_bytes()
    reads = ["over.plan.yaml", "--waivers", "w.yaml", "--baseline", "b.json", "--diff", "old.yaml"]
    assert main(["check", *reads, "-o", f"json:{name}"]) == 2
    if name != "b.json":
        assert main(["check", *reads, "--write-baseline", name]) == 2
    assert (folder / name).read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_2_and_the_report_is_still_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-o", "json:/dev/full", "-o", "sarif:a.sarif"]) == 2
    captured = capsys.readouterr()
    assert "FAIL UVEU101" in captured.out
    assert "the disk is full" in captured.err
    assert (folder / "a.sarif").exists()
    assert main(["check", "fine.plan.yaml", "--exit-zero", "-o", "json:/dev/full"]) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_stdout_is_2(folder: Path) -> None:
    done = shell(folder, "check fine.plan.yaml > /dev/full")
    assert done.stderr.endswith("code 2\n")
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_changes_nothing(folder: Path) -> None:
    for number in range(40):
        write(folder, f"p{number}.plan.yaml", OVER)
    whole = shell(folder, "check --all")
    cut = shell(folder, "check --all", " | head -1")
    assert len(whole.stdout) > 2**16
    assert cut.stdout == whole.stdout.splitlines(keepends=True)[0]
    assert whole.stderr == cut.stderr == "code 1\n"


def shell(folder: Path, command: str, after: str = "") -> subprocess.CompletedProcess[str]:
    """`fleetplan COMMAND` in a shell, with its exit code as the last line of stderr."""
    script = f'({sys.executable} -m optimizer {command}; echo "code $?" >&2){after}'
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


# ---- what is judged, and what fails


def test_rules_are_selected_and_ignored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(check(capsys)[1]) == ["UVEU101", "UVEU102"]
    code, report = check(capsys, "--select", "UVEU101,UVEU102", "--ignore", "UVEU102")
    assert (code, rules(report)) == (1, ["UVEU101"])
    assert any(note.startswith("Not judged") and "CAP201" in note for note in report["notes"])
    code, report = check(capsys, "--ignore", "UVEU101", "--ignore", "UVEU102,UVEU103")
    assert (code, rules(report)) == (0, [])


@pytest.mark.parametrize(
    "arguments", [["--select", "UVEU1O1"], ["--ignore", "uveu101"], ["--ignore", "TIER301"], ["--select", "UVEU101,x"]]
)
def test_a_rule_that_is_not_there_is_2(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(capsys, *arguments)
    assert code == 2
    assert [error["code"] for error in report["errors"]] in (["IN604"], ["IN603"])
    assert report["files"][0]["status"] in ("compliant", "violations")
    assert (report["summary"]["files"], len(report["files"]), report["summary"]["gate"]) == (2, 2, "undecided")
    assert report["summary"]["errors"] == 1


@pytest.mark.parametrize("names", ["", ",", "UVEU101,"])
def test_empty_names_are_a_mistake(names: str, folder: Path) -> None:
    assert main(["check", "--select", names]) == 2


def test_the_ban_is_judged_in_every_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "c.plan.yaml", BANNED)
    code, report = check(capsys, "c.plan.yaml", "--select", "UVEU103")
    assert (code, "TIER301" in rules(report)) == (1, True)
    code, report = check(capsys, "c.plan.yaml", "--ignore", "TIER301")
    assert (code, "TIER301" in rules(report)) == (2, True)


def test_warnings_fail_when_that_is_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rule was announced on 13 January 2025, and complied with from 15 May on: before, it warns."""
    early = ["over.plan.yaml", "--as-of", "2025-02-01"]
    code, report = check(capsys, *early)
    assert {finding["severity"] for finding in report["findings"]} == {"warning"}
    assert code == 0
    assert check(capsys, *early, "--strict")[0] == 1
    assert check(capsys, *early, "--fail-on", "warning")[0] == 1
    assert check(capsys, *early, "--fail-on", "error")[0] == 0


def test_exit_zero_turns_1_into_0_and_never_2(folder: Path) -> None:
    write(folder, "broken.yaml", BROKEN)
    assert main(["check", "--exit-zero"]) == 0
    assert main(["check", "over.plan.yaml", "broken.yaml", "--exit-zero"]) == 2
    assert main(["check", "missing.yaml", "--exit-zero"]) == 2


def test_of_several_files_2_wins_over_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "broken.yaml", BROKEN)
    code, report = check(capsys, "over.plan.yaml", "broken.yaml")
    assert (code, rules(report)) == (2, ["UVEU101", "UVEU102"])


@pytest.mark.parametrize("day", ["2025-13-01", "2025-1-1", "today", "20250101", "2025-01-01T00:00", ""])
def test_a_day_is_a_day(day: str, folder: Path) -> None:
    assert main(["check", "--as-of", day]) == 2
    assert main(["check", "--today", day]) == 2


def test_a_reading_is_chosen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from optimizer.domain.plan import RegimeRef
    from optimizer.regimes import load_regime

    reading = load_regime(RegimeRef()).readings[0]
    other = reading.options[1].name
    _, report = check(capsys, "--reading", f"{reading.id}={other}")
    assert other in json.dumps(report["regime"])
    assert check(capsys, "--reading", f"{reading.id}=nonsense")[0] == 2
    assert check(capsys, "--reading", "nonsense=x")[0] == 2
    assert main(["check", "--reading", reading.id]) == 2


def test_all_readings_are_a_part_of_the_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "readings" not in check(capsys, "fine.plan.yaml")[1].get("sections", {})
    assert main(["check", "fine.plan.yaml", "--all-readings"]) == 0
    assert "all" in capsys.readouterr().out


def test_a_regime_file_starts_from_the_working_folder(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    soft = "fleetplan: regime/1\nid: soft\nextends: none\ntitle: Soft\n"
    write(folder, "soft.yaml", soft)
    write(folder, "deep/over.plan.yaml", OVER)
    write(folder, "deep/rows.csv", ROWS.format(9))
    firm = ["--headquarters", "US", "--status", "uveu"]
    assert check(capsys, "deep/over.plan.yaml", "--regime", "soft.yaml")[0] == 0
    assert check(capsys, "deep/rows.csv", *firm, "--regime", "soft.yaml")[0] == 0
    assert check(capsys, "deep/over.plan.yaml", "--regime", "./none")[0] == 2
    write(folder, "fleetplan.toml", '[check]\nregime = "soft.yaml"\n')
    monkeypatch.chdir(folder / "deep")
    assert check(capsys, "over.plan.yaml")[1]["regime"]["id"] == "soft"
    assert check(capsys, "over.plan.yaml", "--regime", "none")[1]["regime"]["id"] == "none"


def test_the_firm_of_a_table(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "rows.csv", ROWS.format(9))
    firm = ["rows.csv", "--headquarters", "US", "--ultimate-parent", "US", "--status"]
    assert check(capsys, *firm, "uveu")[0] == 1
    assert check(capsys, *firm, "none")[0] == 0
    _, report = check(capsys, *firm, "nveu", "--nveu-countries", "MY,SG", "--all", "--regime", "ifr-2025")
    assert ("MY", 9 * 15_832) in {
        (finding["country"], finding["measured"]) for finding in report["findings"] if finding["rule"] == "NVEU401"
    }
    assert main(["check", *firm, "nveu", "--nveu-countries", "XX"]) == 2
    monkeypatch.setenv("FLEETPLAN_HEADQUARTERS", "US")
    monkeypatch.setenv("FLEETPLAN_STATUS", "uveu")
    assert check(capsys, "rows.csv")[0] == 1
    assert check(capsys, "rows.csv", "--status", "none")[0] == 0


def test_countries_of_an_nveu_contradict_a_plan_that_lists_others(folder: Path) -> None:
    write(folder, "n.yaml", FINE.replace("status: uveu", "status: nveu, nveu_countries: [MY]"))
    assert main(["check", "n.yaml", "--nveu-countries", "MY"]) == 0
    assert main(["check", "n.yaml", "--nveu-countries", "SG"]) == 2


# ---- what is read


def test_no_file_is_2_unless_it_is_allowed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "empty").mkdir()
    for path in ("empty", "*.none", "empty/**/*.yaml"):
        assert main(["check", path]) == 2
        assert main(["check", path, "--allow-no-files"]) == 0
        assert main(["check", path, "fine.plan.yaml", "--allow-no-files"]) == 0
    assert main(["check", "missing.yaml", "--allow-no-files"]) == 2
    assert main(["check", "--allow-no-files"]) == 1


def test_stdin_has_a_name(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stdin(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    stdin(OVER)
    _, report = check(capsys, "-", "--stdin-filename", "plans/x.plan.yaml")
    assert report["findings"][0]["location"]["file"] == "plans/x.plan.yaml"
    stdin(ROWS.format(9))
    code, report = check(capsys, "-", "--stdin-filename", "x.csv", "--headquarters", "US", "--status", "uveu")
    assert (code, report["findings"][0]["location"]["file"]) == (1, "x.csv")
    stdin(OVER)
    assert check(capsys, "-")[1]["findings"][0]["location"]["file"] == "<stdin>"
    assert main(["check", "fine.plan.yaml", "--stdin-filename", "x.yaml"]) == 2


def test_a_deadline_leaves_the_rest_undecided(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = judging.check

    def slow(plan: Any, *rest: Any) -> Any:
        if plan.file == "over.plan.yaml":
            time.sleep(30)
        return judge(plan, *rest)

    monkeypatch.setattr(judging, "check", slow)
    write(folder, "z.plan.yaml", FINE)
    began = time.monotonic()
    code, report = check(capsys, "--timeout", "1")
    assert time.monotonic() - began < 10
    assert code == 2
    assert [file["status"] == "compliant" for file in report["files"]] == [True, False, False]
    assert {error["code"] for error in report["errors"]} == {"IN910"}


def test_a_deadline_that_is_kept_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, "--timeout", "60") == check(capsys)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon", "1e9"])
def test_a_deadline_is_a_time(seconds: str, folder: Path) -> None:
    assert main(["check", "--timeout", seconds]) == 2


def test_more_rows_than_allowed_are_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "rows.csv", ROWS.format(1))
    firm = ["rows.csv", "--headquarters", "US", "--status", "none"]
    assert check(capsys, *firm, "--max-rows", "2")[0] == 0
    assert check(capsys, *firm, "--max-rows", "1")[0] == 2
    for rows in ("0", "-1", "1.5", "many", "1" * 5000):
        assert main(["check", *firm, "--max-rows", rows]) == 2


# ---- on the terminal


def test_quiet_and_verbose(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-q"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 3
    write(folder, "fleetplan.toml", "[check]\n")
    assert main(["check", "-v", "--exit-zero"]) == 0
    captured = capsys.readouterr()
    assert "settings: 'fleetplan.toml'" in captured.err
    assert "2 read, 2 judged" in captured.err
    assert "turned into 0" in captured.err
    assert main(["check", "-q", "-v"]) == 2


def test_quiet_keeps_errors_and_what_was_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "broken.plan.yaml", BROKEN)
    assert main(["check", "broken.plan.yaml", "-q"]) == 2
    assert "broken.plan.yaml:4:13: IN110 " in capsys.readouterr().out
    assert main(["check", "over.plan.yaml", "-q", "--all-readings", "--headroom"]) == 1
    shown = capsys.readouterr().out
    assert "Headroom:\n" in shown
    assert "Readings:\nCompliant under " in shown
    assert "FAIL" not in shown
    assert main(["check", "over.plan.yaml", "-q", "--all-readings", "--headroom", "-f", "concise"]) == 1
    shown = capsys.readouterr().out
    assert "over.plan.yaml:1:1: headroom: " in shown
    assert "over.plan.yaml:1:1: readings: Compliant under " in shown


def test_colour_is_for_terminals_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    main(["check"])
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    main(["check"])
    assert "\x1b[1;31mFAIL\x1b[0m UVEU101" in capsys.readouterr().out
    for arguments, variables in ((["--color", "never"], {}), ([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"})):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        main(["check", *arguments])
        assert "\x1b" not in capsys.readouterr().out
        monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(["check", "-f", "json"]) == 1
    assert "\x1b" not in capsys.readouterr().out


# ---- further parts of a run


def test_a_certificate_is_about_one_plan_with_all_its_limits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "over.plan.yaml", "--certificate", "c.json", "--ignore", "UVEU101,UVEU102"]) == 0
    text = (folder / "c.json").read_text(encoding="utf-8")
    assert "UVEU101(MY,2026Q1)" in text  # what is not judged here is certified all the same
    (folder / "c.json").unlink()
    for plans in ([], ["fine.plan.yaml", "over.plan.yaml"]):
        assert main(["check", *plans, "--certificate", "c.json"]) == 2
    write(folder, "broken.yaml", BROKEN)
    assert main(["check", "broken.yaml", "--certificate", "c.json"]) == 2
    assert not (folder / "c.json").exists()


def test_headroom_is_a_part_of_the_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = check(capsys, "fine.plan.yaml")
    code, report = check(capsys, "fine.plan.yaml", "--headroom")
    assert code == 0
    assert "headroom" in json.dumps(report)
    assert "headroom" not in json.dumps(plain)
