"""The report for people: the verdict first, then what breaks, worst first, each with its place and how to mend it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from ..checking.duties import Duty
from ..explain.sections import Section
from .duties import by_rule, duty_lines
from .escape import plain
from .headline import provenance, totals, verdict
from .judged import LISTED, Judged, grouped, judged, periods, worst
from .notes import notes
from .outcome import Outcome

MOST_RELATED = 5
"""How many further rows a block names."""
WIDTH = 100
"""The columns that long lines are wrapped at; a verdict, a place and a table's row stay in one line."""
MARKS = {
    "fail": "FAIL",
    "undecided": "UNDECIDED",
    "warning": "WARNING",
    "waived": "WAIVED",
    "pass": "pass",
    "not_applicable": "n/a",
}


def render(outcomes: Sequence[Outcome], *, show_all: bool = False, quiet: bool = False) -> str:
    """The report of one or several files; `show_all` adds what passes. What is `quiet` keeps the verdict of each, what
    is wrong in the input, and the sections, which were asked for."""
    blocks = ["\n".join([*_file(outcome, show_all, quiet), ""]) for outcome in outcomes]
    text = ("" if quiet else "\n").join(blocks)
    if len(outcomes) != 1:
        text += ("" if quiet or not outcomes else "\n") + f"{totals(outcomes)}\n"
    return text


def _file(outcome: Outcome, show_all: bool, quiet: bool) -> Iterator[str]:
    yield plain(f"{outcome.file}: {verdict(outcome)}")
    for problem in outcome.problems:
        yield from _wrapped(f"  {problem}", "    ")
    if outcome.more:
        yield f"  ... and {outcome.more:,} more"
    if outcome.result is not None and not quiet:
        yield from _findings(outcome, show_all)
        yield from _duties(outcome.result.duties)
    for section in outcome.sections:
        yield from _section(section)
    if outcome.result is not None and not quiet:
        yield from _listed("Judged by:", provenance(outcome.result))
        yield from _listed("Notes:", notes(outcome.result))


def _findings(outcome: Outcome, show_all: bool) -> Iterator[str]:
    for group in grouped(list(judged([outcome], *LISTED))):
        yield ""
        yield from _block(group)
    if show_all:
        yield ""
        for one in judged([outcome], "pass", "not_applicable"):
            yield from _wrapped(f"{MARKS[one.word]} {one.finding.limit.name}: {one.sentence}", "  ")


def _block(group: list[Judged]) -> Iterator[str]:
    """One group: its heading, the sentence of its worst finding, the places and how to mend it."""
    one = worst(group)
    finding = one.finding
    parts = (one.rule, one.where, periods(group), f"[{finding.change}]" if finding.change else "")
    yield plain(f"{MARKS[one.word]} {'  '.join(part for part in parts if part)}")
    yield from _wrapped(f"  {one.sentence}", "  ")
    if finding.at is not None:
        yield plain(f"  at {finding.at}")
    related = [str(row.at) for row in finding.placements[1 : MOST_RELATED + 1] if row.at is not None]
    if related:
        more = " ..." if len(finding.placements) > MOST_RELATED + 1 else ""
        yield from _wrapped(f"  also {', '.join(related)}{more}", "    ")
    if one.word == "waived":
        yield from _wrapped(f"  {one.waiver[:1].upper()}{one.waiver[1:]}", "    ")
    else:
        yield from _wrapped(f"  Mend: {one.mend}", "  ")


def _duties(duties: Sequence[Duty]) -> Iterator[str]:
    if duties:
        yield from ("", "Duties:")
        for group in by_rule(duties):
            first, *rest = duty_lines(group)
            yield from _wrapped(f"- {first}", "  ")
            for line in rest:
                yield from _wrapped(f"  {line}", "      ")


def _section(section: Section) -> Iterator[str]:
    """A section: its title, its lines, and its table with a line between the header and the rows."""
    yield from ("", plain(f"{section.title}:"))
    for line in section.lines:
        yield from _wrapped(line, "  ")
    if not section.table:
        return
    rows = [[plain(cell, 60) for cell in row] for row in section.table]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = (
            cell.rjust(width) if number and _is_number(cell) else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        )
        yield f"  {'  '.join(cells)}".rstrip()
        if number == 0:
            yield f"  {'  '.join('-' * width for width in widths)}"


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").removeprefix("-").removesuffix(" %").isdigit()


def _listed(title: str, entries: Sequence[str]) -> Iterator[str]:
    if entries:
        yield from ("", title)
        for entry in entries:
            yield from _wrapped(f"- {entry}", "  ")


def _wrapped(text: str, indent: str) -> list[str]:
    """`text` in lines; words, such as the place of a row, are not broken."""
    return textwrap.wrap(
        plain(text), WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [""]
