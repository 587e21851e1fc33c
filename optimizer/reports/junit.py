"""The report as JUnit XML: a suite for each file, a test case for each limit, named as the limit is.

A violation is a failure; what could not be decided or read is an error; what is waived or does not apply is skipped;
a warning passes and says so in its output. Of a plan that is compared with an older one, a violation that stood there
before and has not grown is skipped too: it does not fail the comparison.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..errors import Problem
from ..gate.policy import stops
from .duties import by_rule, duty_lines
from .escape import short_name, xml
from .headline import dropped, provenance, verdict
from .judged import Judged, judged
from .notes import notes
from .outcome import Outcome
from .problems import problem_text


class Case(NamedTuple):
    """A test case: its name, its class and what came of it; `outcome` is an element's name, empty for a pass."""

    name: str
    group: str
    outcome: str = ""
    kind: str = ""
    message: str = ""
    text: str = ""


def render(outcomes: Sequence[Outcome], *, show_all: bool = False) -> str:
    """The report as XML; every limit is a test case, and `show_all` lets those that are kept say by how much."""
    suites = [(outcome, list(_cases(outcome, show_all))) for outcome in outcomes]
    everything = [case for _, cases in suites for case in cases]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="fleetplan"{_counts(everything)}>']
    for outcome, cases in suites:
        lines += _suite(outcome, cases)
    return "\n".join([*lines, "</testsuites>", ""])


def _cases(outcome: Outcome, show_all: bool) -> Iterator[Case]:
    group = outcome.file
    for number, problem in enumerate(outcome.problems, 1):
        yield _problem(number, problem, group)
    if outcome.more:
        message = f"{outcome.more:,} more errors are not listed"
        yield Case("more errors", group, "error", "input", message, message)
    for one in judged([outcome]):
        yield _finding(one, group, show_all)
    if outcome.dropped:
        yield Case("older violations", group, "failure", "no longer judged", dropped(outcome), dropped(outcome))
    result = outcome.result
    if result is not None and result.unjudged:
        yield Case("judged", group, "error", "undecided", verdict(outcome), verdict(outcome))
    elif result is not None and not result.findings:
        yield Case("judged", group, text=verdict(outcome))  # a suite with no case reads as a failure of the run


def _problem(number: int, problem: Problem, group: str) -> Case:
    field = f" {problem.field}" if problem.field else ""
    name = f"{problem.code}{field} ({number})"
    return Case(name, group, "error", problem.code, problem_text(problem), str(problem))


def _finding(one: Judged, group: str, show_all: bool) -> Case:
    name = one.finding.limit.name
    place = f"{one.sentence}\nat {one.place}"
    match one.word:
        case "fail":
            change = f"[{one.finding.change}] " if one.finding.change else ""
            if not stops(one.finding):
                return Case(name, group, "skipped", one.rule, f"{change}stood before: {one.sentence}", place)
            return Case(name, group, "failure", one.rule, change + one.sentence, f"{place}\nMend: {one.mend}")
        case "undecided":
            return Case(name, group, "error", one.rule, one.sentence, f"{place}\nMend: {one.mend}")
        case "waived":
            return Case(name, group, "skipped", one.rule, one.waiver, place)
        case "not_applicable":
            return Case(name, group, "skipped", one.rule, one.finding.limit.why, "")
        case "warning":
            return Case(name, group, text=f"warning: {place}\nMend: {one.mend}")
    return Case(name, group, text=one.sentence if show_all else "")


def _suite(outcome: Outcome, cases: Sequence[Case]) -> Iterator[str]:
    yield f'<testsuite name="{xml(outcome.file)}"{_counts(cases)} skipped="{_count(cases, "skipped")}">'
    result = outcome.result
    if result is not None:
        yield "<properties>"
        yield _property("status", result.status)
        yield _property("gate", outcome.gate)
        yield _property("regime", result.regime.name)
        if result.as_of is not None:
            yield _property("as_of", result.as_of)
        for source in result.regime.provenance.sources:
            yield _property(f"sha256 of {source.id}", source.sha256)
        yield "</properties>"
    for case in cases:
        yield from _case(case)
    lines = list(_output(outcome))
    yield f"<system-out>{_text(lines)}</system-out>"
    yield "</testsuite>"


def _case(case: Case) -> Iterator[str]:
    head = f'<testcase name="{xml(short_name(case.name))}" classname="{xml(case.group)}"'
    lines = _text(case.text.split("\n"))
    if case.outcome:
        yield f"{head}>"
        yield f'<{case.outcome} type="{xml(case.kind)}" message="{xml(case.message)}">{lines}</{case.outcome}>'
        yield "</testcase>"
    elif lines:
        yield from (f"{head}>", f"<system-out>{lines}</system-out>", "</testcase>")
    else:
        yield f"{head}/>"


def _output(outcome: Outcome) -> Iterator[str]:
    """What concerns the file as a whole: the verdict, duties, sections, the rules that judged it, and notes."""
    yield f"{outcome.file}: {verdict(outcome)}"
    result = outcome.result
    if result is not None:
        for group in by_rule(result.duties):
            yield from (f"Duty: {line}" for line in duty_lines(group))
    for section in outcome.sections:
        yield f"{section.title}:"
        yield from section.lines
        yield from (" | ".join(row) for row in section.table)
    if result is not None:
        yield from (f"Judged by: {line}" for line in provenance(result))
        yield from (f"Note: {line}" for line in notes(result))


def _text(lines: Sequence[str]) -> str:
    return "\n".join(xml(line) for line in lines)


def _property(name: str, value: str) -> str:
    return f'<property name="{xml(name)}" value="{xml(value)}"/>'


def _counts(cases: Sequence[Case]) -> str:
    failures, errors = _count(cases, "failure"), _count(cases, "error")
    return f' tests="{len(cases)}" failures="{failures}" errors="{errors}"'


def _count(cases: Sequence[Case], outcome: str) -> int:
    return sum(1 for case in cases if case.outcome == outcome)
