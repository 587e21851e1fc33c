"""Where settings, variables and flags of `fleetplan check` say it, and which of them wins."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from check_folder import folder as folder
from check_plans import FINE, OVER, check, rules, write

from optimizer.cli.check_settings import MANY, ONE
from optimizer.cli.main import main
from optimizer.errors import InputError

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
