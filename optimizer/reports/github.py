"""The report as workflow commands, which GitHub shows beside the lines of a pull request.

GitHub shows ten errors, ten warnings and ten notices of a step. So the worst ten of the first two are commands and the
first nine notes that a verdict rests on, the others are lines of the log, and one notice at the end counts them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Location, Problem
from .concise import dropped_line, finding_line, note_line, problem_line
from .escape import MOST_NAME, command_data, command_property, plain, repository_path
from .headline import dropped, verdict
from .judged import Judged, judged, many, nothing_judged, worst_first
from .notes import rests_on
from .outcome import Outcome
from .problems import problem_place, problem_why

MOST_SHOWN = 10
MOST_NOTES = MOST_SHOWN - 1


def render(outcomes: Sequence[Outcome], *, show_all: bool = False) -> str:
    """Commands and lines of the log; `show_all` makes the log list what is kept, which is never a command."""
    errors = [_problem(problem, outcome.file) for outcome in outcomes for problem in outcome.problems]
    errors += [_unjudged(outcome) for outcome in outcomes if nothing_judged(outcome)]
    errors += [_dropped(outcome) for outcome in outcomes if outcome.dropped]
    errors += [_finding("error", one) for one in worst_first(list(judged(outcomes, "fail", "undecided")))]
    warnings = [_finding("warning", one) for one in worst_first(list(judged(outcomes, "warning")))]
    waived = [finding_line(one) for one in judged(outcomes, "waived")]
    notices = [shown for outcome in outcomes for shown in _notes(outcome)]
    unlisted = sum(outcome.more for outcome in outcomes)

    lines = [plain(f"fleetplan: {outcome.file}: {verdict(outcome)}") for outcome in outcomes]
    lines += [command for command, _ in (*errors[:MOST_SHOWN], *warnings[:MOST_SHOWN], *notices[:MOST_NOTES])]
    lines += [line for _, line in (*errors[MOST_SHOWN:], *warnings[MOST_SHOWN:], *notices[MOST_NOTES:])]
    lines += waived
    if show_all:
        lines += [finding_line(one) for one in judged(outcomes, "pass", "not_applicable")]
    counts = (
        (len(errors[MOST_SHOWN:]) + unlisted, "more error"),
        (len(warnings[MOST_SHOWN:]), "more warning"),
        (len(waived), "waived finding"),
        (len(notices[MOST_NOTES:]), "more note"),
    )
    rest = [many(count, what) for count, what in counts if count]
    if rest:
        message = f"Beside what is shown: {', '.join(rest)}. The log and the JSON report list them."
        lines.append(f"::notice title=fleetplan::{command_data(message)}")
    return "".join(f"{line}\n" for line in lines)


Shown = tuple[str, str]
"""What is shown as a command, and the line of the log that stands for it when there are too many."""


def _problem(problem: Problem, file: str) -> Shown:
    place, title = problem_place(problem, file), f"{problem.code} {problem.field}"
    command = _command("error", place, title, (problem_why(problem), f"Mend: {problem.mend}"))
    return command, problem_line(problem, file)


def _unjudged(outcome: Outcome) -> Shown:
    line = plain(f"{outcome.file}:1:1: undecided: {verdict(outcome)}")
    return _command("error", Location(outcome.file), "undecided", (verdict(outcome),)), line


def _dropped(outcome: Outcome) -> Shown:
    return _command("error", Location(outcome.file), "no longer judged", (dropped(outcome),)), dropped_line(outcome)


def _notes(outcome: Outcome) -> list[Shown]:
    if outcome.result is None:
        return []
    return [
        (_command("notice", note.at or Location(outcome.file), "note", (text,)), note_line(outcome, text))
        for note, text in rests_on(outcome.result)
    ]


def _finding(kind: str, one: Judged) -> Shown:
    mark = {"undecided": "undecided", "warning": "warning"}.get(one.word, "")
    change = f"({one.finding.change})" if one.finding.change else ""
    title = " ".join(part for part in (one.rule, one.where, one.period, mark, change) if part)
    return _command(kind, one.place, title, (one.sentence, f"Mend: {one.mend}")), finding_line(one)


def _command(kind: str, at: Location, title: str, message: Sequence[str]) -> str:
    properties = {
        "file": plain(repository_path(at.file)[1]),
        "line": str(at.line or 1),
        "col": str(at.column or 1),
        "title": plain(title.strip(), MOST_NAME),
    }
    head = ",".join(f"{name}={command_property(value)}" for name, value in properties.items())
    body = "\n".join(plain(part) for part in message)
    return f"::{kind} {head}::{command_data(body)}"
