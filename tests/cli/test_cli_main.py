"""The command line as a newcomer, a CI job and a broken disk meet it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import optimizer
from optimizer.cli.main import COMMANDS, main
from optimizer.errors import InputError, Location, Problem, SolverError

ROOT = Path(__file__).resolve().parents[2]
SUMMARIES = {name: text for commands in COMMANDS.values() for name, text in commands.items()}


def test_help_names_every_command_and_gives_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for name, text in SUMMARIES.items():
        assert f"  {name}" in out
        assert text in out
    assert "fleetplan check plan.yaml" in out
    assert main(["help"]) == 0
    assert capsys.readouterr().out == out


def test_no_command_is_not_a_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Usage: fleetplan COMMAND" in captured.err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"fleetplan {optimizer.__version__}\n"


@pytest.mark.parametrize("name", SUMMARIES)
def test_each_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"usage: fleetplan {name}")
    assert "TODO" not in out
    assert main(["help", name]) == 0
    assert capsys.readouterr().out == out


@pytest.mark.parametrize("name", SUMMARIES)
def test_each_command_refuses_an_unknown_flag(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--no-such-flag"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--no-such-flag" in captured.err or "required" in captured.err


@pytest.mark.parametrize("name", SUMMARIES)
def test_no_command_takes_abbreviated_flags(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A flag added later must not change what somebody's job means."""
    assert main([name, "--hel"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("typed", "meant"), [("chek", "check"), ("Check", "check"), ("sovle", "solve"), ("rule", "rules")]
)
def test_an_unknown_command_suggests_the_nearest(typed: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([typed, "plan.yaml"]) == 2
    assert f"Did you mean 'fleetplan {meant}'?" in capsys.readouterr().err


def test_an_unknown_command_is_shown_safely(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["\x1b[31mqqqqqqqq"]) == 2
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "Commands: " in err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            InputError([Problem("IN101", Location("p.yaml", 3, 1), "firm", "", "the field is missing", "Add it.")]),
            2,
            "p.yaml:3:1",
        ),
        (SolverError("no engine"), 2, "fleetplan: no engine"),
        (OSError(28, "No space left on device"), 2, "No space left on device"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (RuntimeError("surprise"), 2, "internal error in 'schema': RuntimeError: surprise"),
        (RecursionError("deep"), 2, "internal error"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_every_failure_is_a_message_and_its_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.delenv("FLEETPLAN_DEBUG", raising=False)
    monkeypatch.setattr("optimizer.cli.schema.run", fail)
    assert main(["schema"]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_the_traceback_is_there_for_those_who_ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> int:
        raise RuntimeError("surprise")

    monkeypatch.setenv("FLEETPLAN_DEBUG", "1")
    monkeypatch.setattr("optimizer.cli.schema.run", fail)
    assert main(["schema"]) == 2
    assert "Traceback" in capsys.readouterr().err


COMMAND = [sys.executable, "-W", "error", "-m", "optimizer"]


@pytest.mark.parametrize("arguments", [["rules"], ["schema", "plan"], ["--help"]], ids=" ".join)
def test_a_reader_that_leaves_changes_neither_the_code_nor_the_noise(arguments: list[str]) -> None:
    process = subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    noise = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), noise) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [["rules"], ["schema", "plan"], ["--help"]], ids=" ".join)
def test_a_full_disk_is_not_a_success(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_any_text_can_be_printed_on_a_terminal_of_another_alphabet() -> None:
    text = "'7 % of \\u9a6c\\u6765\\u897f\\u4e9a ' + chr(0xDC80)"
    source = f"from optimizer.cli.streams import guard_output; guard_output(); print({text})"
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b"7 % of \\u9a6c\\u6765\\u897f\\u4e9a \\udc80\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--waiver", "w.yaml"], "check: no option '--waiver' (did you mean --waivers?)."),
        (["check", "p.yaml", "--Waivers=w.yaml"], "check: no option '--Waivers' (did you mean --waivers?)."),
        (
            ["check", "--as_of", "x", "--zzzzzz"],
            "check: no option '--as_of' (did you mean --as-of?); no option '--zzzzzz'.",
        ),
        (["check", "--as-of", "x"], "check: argument --as-of: 'x': a day is needed, such as 2026-01-31."),
        (["check", "-f"], "check: argument -f/--format: expected one argument."),
        (["solve"], "solve: the following arguments are required: SCENARIO."),
        (["rules", "UVEU101", "x\x1b[31m"], "rules: 'x\\x1b[31m' is one argument too many."),
        (["rules", "--format", "x\x1b"], "rules: argument -f/--format: invalid choice: 'x\\x1b' (choose from "),
    ],
)
def test_a_bad_flag_is_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"fleetplan {said}")
    assert captured.err.endswith(f" See 'fleetplan {arguments[0]} --help'.\n")
    assert captured.err.count("\n") == 1
