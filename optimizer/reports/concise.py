"""The report in one line for each finding, for editors and for `grep`.

    file:line:column: RULE(index) verdict: what was measured and what is allowed
    file: note: what the verdict rests on

Lines stand in the order of the files and their findings; the last line counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Location, Problem
from ..explain.sections import Section
from .escape import plain, short_name
from .headline import dropped, totals, verdict
from .judged import LISTED, WORST_FIRST, Judged, judged, nothing_judged
from .notes import rests_on
from .outcome import Outcome
from .problems import problem_place, problem_text


def render(outcomes: Sequence[Outcome], *, show_all: bool = False, quiet: bool = False) -> str:
    """One line a finding; `show_all` adds what passes and the duties, `quiet` leaves out the last line.

    Of a section, which was asked for, the beginning is shown, and of the notes those that the verdict rests on.
    """
    lines = []
    for outcome in outcomes:
        lines += [problem_line(problem, outcome.file) for problem in outcome.problems]
        if outcome.more:
            lines.append(plain(f"{outcome.file}:1:1: ... and {outcome.more:,} more errors"))
        if nothing_judged(outcome):
            lines.append(plain(f"{outcome.file}:1:1: undecided: {verdict(outcome)}"))
        if outcome.dropped:
            lines.append(dropped_line(outcome))
        lines += [finding_line(one) for one in judged([outcome], *(WORST_FIRST if show_all else LISTED))]
        if show_all and outcome.result is not None:
            for duty in outcome.result.duties:
                at = duty.at or Location(outcome.file)
                place = Location(at.file, at.line or 1, at.column or 1)
                lines.append(plain(f"{place}: {duty.rule.id} due {duty.due}: {duty.sentence}"))
        if outcome.result is not None:
            lines += [note_line(outcome, text) for _, text in rests_on(outcome.result)]
        for section in outcome.sections:
            lines += [plain(f"{outcome.file}:1:1: {section.key}: {line}") for line in beginning(section)]
    if not quiet:
        lines.append(totals(outcomes))
    return "".join(f"{line}\n" for line in lines)


def finding_line(one: Judged) -> str:
    """A finding in one line."""
    change = f" ({one.finding.change})" if one.finding.change else ""
    waiver = f"; {one.waiver}" if one.word == "waived" else ""
    remark = f"; {one.finding.remark}" if one.finding.remark else ""
    name = short_name(one.finding.limit.name)
    return plain(f"{one.place}: {name} {one.word}{change}: {one.amounts}{waiver}{remark}")


def dropped_line(outcome: Outcome) -> str:
    """What the older version broke and nobody judges any more, in one line."""
    return plain(f"{outcome.file}:1:1: fail: {dropped(outcome)}")


def note_line(outcome: Outcome, text: str) -> str:
    """A note in one line."""
    return plain(f"{outcome.file}: note: {text}")


def beginning(section: Section) -> list[str]:
    """The first line of a section, and the items of the list that it introduces."""
    first, *rest = section.lines or (section.title,)
    items = []
    for line in rest:
        if not line.startswith("- "):
            break
        items.append(line.removeprefix("- "))
    return [first, *items]


def problem_line(problem: Problem, file: str) -> str:
    """An input error in one line."""
    return plain(f"{problem_place(problem, file)}: {problem.code} error: {problem_text(problem)}")
