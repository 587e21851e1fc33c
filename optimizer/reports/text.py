"""The report for people: the verdict first, then what breaks, worst first, each with its place and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence

from ..check import CheckResult, Finding
from ..explain.sentences import country_name, mend, note_text, sentence
from ..units import Quarter
from .outcome import Outcome

MOST_RELATED = 5
"""How many further rows a block names."""

HEADLINES = {
    "compliant": "compliant with",
    "violations": "NOT compliant with",
    "undecided": "could not be decided under",
    "invalid_input": "could not be read",
}


def render(outcomes: Sequence[Outcome], *, show_all: bool = False, quiet: bool = False) -> str:
    """The report of one or several files; `quiet` keeps the verdict of each, `show_all` adds what passes."""
    blocks = [_file(outcome, show_all, quiet) for outcome in outcomes]
    text = ("" if quiet else "\n").join(blocks)
    if len(outcomes) > 1:
        statuses = [outcome.status for outcome in outcomes]
        parts = [f"{statuses.count(name)} {name.replace('_', ' ')}" for name in HEADLINES if name in statuses]
        text += ("" if quiet else "\n") + f"{len(outcomes)} files: {', '.join(parts)}\n"
    return text


def _file(outcome: Outcome, show_all: bool, quiet: bool) -> str:
    result = outcome.result
    if result is None:
        return _broken(outcome, quiet)
    lines = [f"{outcome.file}: {headline(result)}"]
    if quiet:
        return lines[0] + "\n"
    groups = sorted(_groups(result).values(), key=_gravity)
    for group in groups:
        lines += ["", *_block(group, result)]
    if show_all:
        rest = [finding for finding in result.findings if finding.verdict in ("pass", "not_applicable")]
        lines += ["", *(f"{_mark(f)} {f.limit.name}: {sentence(f, result.plan.catalogue)}" for f in rest)]
    if result.notes:
        lines += ["", "Notes:"]
        for note in result.notes:
            lines.append(f"- {note_text(note)}" + (f" ({note.at})" if note.at else ""))
    return "\n".join(lines) + "\n"


def headline(result: CheckResult) -> str:
    """The verdict in one line, with the counts and the first quarter that breaks."""
    counts = result.counts
    failing = [f for f in result.findings if f.verdict == "fail"]
    parts = []
    if failing:
        rules = len({finding.limit.rule.id for finding in failing})
        parts.append(f"{_many(len(failing), 'violation')} of {_many(rules, 'rule')}")
        quarters = [f.limit.period for f in failing if isinstance(f.limit.period, Quarter)]
        if quarters:
            parts.append(f"first in {min(quarters)}")
    if counts["undecided"]:
        parts.append(f"{counts['undecided']} undecided")
    parts.append(f"{_many(counts['pass'], 'limit')} kept")
    return f"{HEADLINES[result.status]} {result.regime.name}: {', '.join(parts)}"


def _broken(outcome: Outcome, quiet: bool) -> str:
    count = len(outcome.problems) + outcome.more
    what = HEADLINES[outcome.status].removesuffix(" under")
    lines = [f"{outcome.file}: {what}: {_many(count, 'error')}"]
    if not quiet:
        lines += [f"  {problem}" for problem in outcome.problems]
        if outcome.more:
            lines.append(f"  ... and {outcome.more} more")
    return "\n".join(lines) + "\n"


def _groups(result: CheckResult) -> dict[tuple[str, ...], list[Finding]]:
    """Findings that are no pass, those that differ in their period only together."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in result.findings:
        if finding.verdict in ("fail", "undecided"):
            limit = finding.limit
            head = limit.index if limit.period is None else limit.index[:-1]
            groups.setdefault((limit.rule.id, finding.verdict, *head, finding.country or ""), []).append(finding)
    return groups


def _gravity(group: list[Finding]) -> tuple[bool, int]:
    """What breaks comes before what is undecided; the larger excess first."""
    return group[0].verdict != "fail", -max(finding.excess or finding.measured for finding in group)


def _block(group: list[Finding], result: CheckResult) -> list[str]:
    """One group: its heading, the sentence of its worst finding, the places and how to mend it."""
    worst = max(group, key=lambda finding: finding.excess or 0)
    limit = worst.limit
    head = limit.index if limit.period is None else limit.index[:-1]
    where = country_name(worst.country) if worst.country else ", ".join(head)
    heading = "  ".join(part for part in (limit.rule.id, where, _when(group, worst)) if part)
    lines = [f"{_mark(worst)} {heading}", f"  {sentence(worst, result.plan.catalogue)}"]
    if worst.at is not None:
        lines.append(f"  at {worst.at}")
    related = [str(row.at) for row in worst.placements[1 : MOST_RELATED + 1] if row.at is not None]
    if related:
        more = " ..." if len(worst.placements) > MOST_RELATED + 1 else ""
        lines.append(f"  also {', '.join(related)}{more}")
    return [*lines, f"  Mend: {mend(worst)}"]


def _when(group: list[Finding], worst: Finding) -> str:
    """The periods of a group: the first that breaks, how many more, and the worst of them."""
    periods = [str(finding.limit.period) for finding in group if finding.limit.period is not None]
    if not periods:
        return ""
    if len(periods) == 1:
        return periods[0]
    text = f"from {periods[0]} ({len(periods)} periods to {periods[-1]})"
    return text if str(worst.limit.period) == periods[0] else f"{text}, worst in {worst.limit.period}"


def _mark(finding: Finding) -> str:
    return {"fail": "FAIL", "undecided": "UNDECIDED", "pass": "pass", "not_applicable": "n/a"}[finding.verdict]


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
