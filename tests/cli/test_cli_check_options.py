"""Each option of `fleetplan check`, where settings, variables and flags say it, and which of them wins."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from optimizer.cli import judging
from optimizer.cli.check_settings import MANY, ONE
from optimizer.cli.main import main
from optimizer.errors import InputError
from optimizer.reports.formats import FORMATS

HEAD = "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\nplacements:\n"
FINE = HEAD + "- {country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n"
OVER = HEAD + "- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n"
BANNED = HEAD + "- {country: CN, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n"
BROKEN = HEAD + "- {country: UK}\n"
COLUMNS = "country,site,accelerator,gpus,quarter,authorization,consignee\n"
ROWS = COLUMNS + "US,,h100-sxm,10,2026Q1,,\nMY,,h100-sxm,{},2026Q1,,\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a plan that is fine and one that is not."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in [*os.environ]:
        if name.startswith("FLEETPLAN_") or name in ("GITHUB_ACTIONS", "NO_COLOR"):
            monkeypatch.delenv(name)
    write(work, "fine.plan.yaml", FINE)
    write(work, "over.plan.yaml", OVER)
    return work


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """The exit code and the JSON report."""
    capsys.readouterr()
    code = main(["check", "-f", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def rules(report: Any) -> list[str]:
    return list(dict.fromkeys(finding["rule"] for finding in report["findings"]))


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


# ---- settings, variables, flags


def test_flags_win_over_variables_and_these_over_settings(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "fleetplan.toml", '[check]\nselect = ["UVEU101"]\nformat = "json"\n')

    def selected(*arguments: str) -> list[str]:
        return rules(check(capsys, *arguments)[1])

    assert selected() == ["UVEU101"]
    monkeypatch.setenv("FLEETPLAN_SELECT", "UVEU102, CAP201")
    assert selected() == ["UVEU102"]
    assert selected("--select", "UVEU101,UVEU102") == ["UVEU101", "UVEU102"]
    monkeypatch.setenv("FLEETPLAN_SELECT", "")
    assert selected() == ["UVEU101"]
    capsys.readouterr()
    assert main(["check"]) == 1
    assert json.loads(capsys.readouterr().out)["status"] == "violations"


def test_settings_of_a_folder_above_count_with_their_paths(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "fleetplan.toml", '[check]\npaths = ["fine.plan.yaml", "deep/*.yaml"]\noutput = ["json:out.json"]\n')
    write(folder, "deep/er/x.plan.yaml", OVER)
    write(folder, "deep/y.yaml", FINE)
    monkeypatch.chdir(folder / "deep" / "er")
    code, report = check(capsys)
    assert code == 0
    assert [Path(file["file"]).resolve() for file in report["files"]] == [
        (folder / name).resolve() for name in ("fine.plan.yaml", "deep/y.yaml")
    ]
    assert (folder / "out.json").exists()
    assert check(capsys, "x.plan.yaml")[0] == 1


def test_settings_may_stand_in_pyproject(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "pyproject.toml", "[tool.fleetplan.check]\nignore = 'CAP201,UVEU102'\n")
    assert rules(check(capsys)[1]) == ["UVEU101"]
    write(folder, "fleetplan.toml", "[check]\nignore = 'UVEU103'\n")
    assert rules(check(capsys)[1]) == ["UVEU101", "UVEU102"]


def test_a_pyproject_that_does_not_speak_of_us_is_not_even_parsed(folder: Path) -> None:
    write(folder, "pyproject.toml", "this is [ not TOML\n")
    assert main(["check"]) == 1
    write(folder, "pyproject.toml", "# fleetplan\nthis is [ not TOML\n")
    assert main(["check"]) == 2


BAD_SETTINGS = [
    "[check]\nselct = ['UVEU101']\n",
    "[check]\nfail_on = 'warning'\n",
    "[check]\nfail-on = 'never'\n",
    "[check]\nstrict = 'yes'\n",
    "[check]\nstrict = 1\n",
    "[check]\nselect = [1, [2]]\n",
    "[check]\nselect = ''\n",
    "[check]\nformat = ['json']\n",
    "[check]\nformat = 'xml'\n",
    "[check]\nmax-rows = 1.5\n",
    "[check]\ntimeout = 0\n",
    "[check]\nas-of = 2025-02-30\n",
    "[check]\noutput = ['out.json']\n",
    "[check]\nreadings = ['a=b']\n",
    "[check]\nreadings = {a = [1]}\n",
    "[check]\nexit-zero = true\n",
    "[check]\ntoday = 2025-01-01\n",
    "[check]\nstdin-filename = 'x'\n",
    "[check]\nwrite-baseline = 'x'\n",
    "check = 5\n",
    "[chek]\nstrict = true\n",
    "strict = true\n",
    "[check\n",
]


@pytest.mark.parametrize("text", BAD_SETTINGS)
def test_bad_settings_are_2(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "fleetplan.toml", text)
    assert main(["check", "fine.plan.yaml"]) == 2
    captured = capsys.readouterr()
    assert re.match(r"fleetplan\.toml(:\d+:\d+)?: IN\d{3}", captured.err)
    assert "Traceback" not in captured.err


def test_every_wrong_setting_is_told_and_the_right_one_is_suggested(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "fleetplan.toml", "[check]\nselct = 'UVEU101'\nstrict = 'maybe'\n")
    monkeypatch.setenv("FLEETPLAN_FAILON", "warning")
    monkeypatch.setenv("FLEETPLAN_MAX_ROWS", "many")
    assert main(["check", "fine.plan.yaml"]) == 2
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 4
    assert "Did you mean 'select'?" in told
    assert "Did you mean 'FLEETPLAN_FAIL_ON'?" in told


def test_variables_of_other_parts_are_no_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "DEBUG", "FOLDER", "CHROMIUM", "REQUIRE_BROWSER", "PACKAGE", "OPTIONS"):
        monkeypatch.setenv(f"FLEETPLAN_{name}", "x")
    assert main(["check", "fine.plan.yaml"]) == 0
    monkeypatch.setenv("FLEETPLAN_EXIT_ZERO", "true")
    assert main(["check", "fine.plan.yaml"]) == 2


VALUES = {
    "paths": "fine.plan.yaml",
    "format": "concise",
    "output": "json:out.json,sarif:out.sarif",
    "fail-on": "warning",
    "select": "UVEU101,UVEU102",
    "ignore": "UVEU103",
    "regime": "ifr-2025",
    "readings": "cyprus=tier2",
    "diff": "fine.plan.yaml",
    "baseline": "b.json",
    "waivers": "w.yaml",
    "max-rows": "5",
    "timeout": "5.5",
    "color": "never",
}


def test_each_setting_means_the_same_in_a_file_a_variable_and_a_flag(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import argparse

    from optimizer.cli.check_arguments import add_arguments
    from optimizer.cli.check_options import gather_options

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    nothing = parser.parse_args([])
    for name in (*ONE, *MANY):
        text = VALUES.get(name, "true")
        listed = name in MANY
        parts = text.split(",") if name in ("output", "readings") else [text]
        flag = {"readings": "--reading"}.get(name, f"--{name}")
        given = [word for part in parts for word in ([part] if name == "paths" else [flag, part])]
        by_flag = gather_options(parser.parse_args(given if text != "true" else [flag]), {}, Path.cwd())
        by_variable = gather_options(nothing, {f"FLEETPLAN_{name.upper().replace('-', '_')}": text}, Path.cwd())
        toml = "{cyprus = 'tier2'}" if name == "readings" else json.dumps(text.split(",") if listed else text)
        write(folder, "fleetplan.toml", f"[check]\n{name} = {toml}\n")
        by_file = gather_options(nothing, {}, Path.cwd())
        (folder / "fleetplan.toml").unlink()
        assert by_file.settings == Path("fleetplan.toml")
        assert by_flag == by_variable == by_file.replace(settings=None), name
        assert by_flag != gather_options(nothing, {}, Path.cwd()), name


def test_problems_of_settings_are_input_errors(folder: Path) -> None:
    import argparse

    from optimizer.cli.check_options import gather_options

    with pytest.raises(InputError):
        gather_options(argparse.Namespace(), {"FLEETPLAN_COLOR": "always"}, Path.cwd())


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
