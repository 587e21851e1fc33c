"""The report as workflow commands."""

from __future__ import annotations

import re
from typing import NamedTuple

from report_outcomes import CASES, compared, dropped, hostile, hostile_problem, invalid, outcome, waived, warned

from optimizer.reports import Outcome, github

COMMAND = re.compile(r"::(?P<kind>error|warning|notice) (?P<head>[^:]*)::(?P<message>[^\r\n]*)")


class Command(NamedTuple):
    kind: str
    properties: dict[str, str]
    message: str


def unescaped(text: str) -> str:
    for code, sign in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, sign)
    return text


def commands(*outcomes: Outcome, show_all: bool = False) -> list[Command]:
    """The commands as a runner reads them."""
    found = []
    for line in github.render(outcomes, show_all=show_all).split("\n"):
        if line.lstrip().startswith("::"):
            match = COMMAND.fullmatch(line)
            assert match, line
            pairs = (part.split("=", 1) for part in match["head"].split(","))
            found.append(
                Command(match["kind"], {name: unescaped(value) for name, value in pairs}, unescaped(match["message"]))
            )
    return found


def test_violations_are_errors_the_worst_first() -> None:
    first, second, third = commands(outcome("over"))
    assert first.kind == "error"
    assert first.properties == {
        "file": "plans/over.plan.yaml",
        "line": "6",
        "col": "3",
        "title": "UVEU101 Malaysia 2026Q2",
    }
    assert first.message.startswith("Malaysia holds 7.49 % of the firm's computing power")
    assert "\nMend: " in first.message
    assert second.properties["title"] == "TIER301 Hong Kong (counts as China) 2026Q3"
    assert third.properties["title"] == "UVEU101 Malaysia 2026Q3"


def test_at_most_ten_of_each_and_a_line_that_counts_the_rest() -> None:
    result = outcome("many").result
    assert result is not None
    violations = len(result.violations())
    assert violations > 20
    found = commands(outcome("many"), warned("many"), waived())
    assert [command.kind for command in found] == ["error"] * 10 + ["warning"] * 10 + ["notice"]
    more = violations - 10
    assert f"{more} more errors, {more} more warnings, 3 waived findings" in found[-1].message
    log = [line for line in github.render([outcome("many")]).splitlines() if not line.startswith("::")]
    assert len(log) == 1 + more  # the verdict, and a line for each that has no command


def test_other_verdicts() -> None:
    undecided = commands(outcome("unknown"))
    assert {command.kind for command in undecided} == {"error"}
    assert any(command.properties["title"].endswith(" undecided") for command in undecided)
    (early,) = commands(outcome("early"))
    assert (early.kind, early.properties["title"]) == ("error", "undecided")
    assert [command.kind for command in commands(waived())] == ["notice"]
    assert commands(outcome("fine"), show_all=True) == []
    assert commands(compared())[0].properties["title"] == "UVEU101 Malaysia 2026Q2 (new)"
    assert "fleetplan: plans/fine.plan.yaml: compliant with" in github.render([outcome("fine")])


def test_input_errors_come_first() -> None:
    found = commands(outcome("over"), invalid())
    assert found[0].properties == {"file": "plans/b.yaml", "line": "3", "col": "5", "title": "IN110 country"}
    assert found[0].message == "found 'UK': no such country.\nMend: Write GB."
    assert found[1].properties["line"] == "1"
    assert "7 more errors" in found[-1].message


def test_hostile_names_stay_in_their_place() -> None:
    for made in (hostile(), hostile_problem()):
        found = commands(made, show_all=True)
        assert found
        for command in found:
            assert set(command.properties) <= {"file", "line", "col", "title"}
            assert command.kind in ("error", "notice")


def test_every_command_is_whole() -> None:
    for case in CASES:
        commands(*CASES[case](), show_all=True)


def test_what_the_verdict_rests_on_is_a_notice() -> None:
    (notice,) = commands(outcome("amended"))
    assert (notice.kind, notice.properties["file"]) == ("notice", "plans/amended.plan.yaml")
    assert notice.message == "judged by factsheet-2025 (amended): UVEU101.at_most = 10%"


def test_at_most_ten_notices() -> None:
    found = commands(*[outcome("amended")] * 12)
    assert [command.kind for command in found] == ["notice"] * 10
    assert "3 more notes" in found[-1].message
    assert github.render([outcome("amended")] * 12).count(": note: judged by ") == 3


def test_what_is_no_longer_judged_is_an_error() -> None:
    (error,) = commands(dropped())
    assert (error.kind, error.properties["title"]) == ("error", "no longer judged")
