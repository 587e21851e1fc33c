"""Findings as reports show them: what the gate makes of each, its place, its words, and which is worst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from ..check import CheckResult, Finding
from ..errors import Location
from ..explain.sentences import country_name, mend, sentence
from ..limits import Sense
from ..units import percent
from .outcome import Outcome

Word = Literal["fail", "undecided", "warning", "waived", "pass", "not_applicable"]
WORST_FIRST: tuple[Word, ...] = ("fail", "undecided", "warning", "waived", "pass", "not_applicable")
"""What the gate can make of a finding, from the gravest: a warning is a broken limit that fails no gate."""
LISTED: tuple[Word, ...] = ("fail", "undecided", "warning", "waived")
"""What every report lists."""


class Judged(NamedTuple):
    """A finding, the file that it is about, and what the gate makes of it."""

    file: str
    word: Word
    finding: Finding
    result: CheckResult

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self.finding.limit.rule.id

    @property
    def where(self) -> str:
        """The country, or whom or what else the limit is about; empty for the whole plan."""
        finding = self.finding
        return country_name(finding.country) if finding.country else ", ".join(_head(finding))

    @property
    def period(self) -> str:
        """The quarter or year; empty where there is none."""
        return "" if self.finding.limit.period is None else str(self.finding.limit.period)

    @property
    def place(self) -> Location:
        """Where a report points: always a line and a column, those of the beginning where nothing better is known."""
        at = self.finding.at or Location(self.file)
        return Location(at.file or self.file, at.line or 1, at.column or 1)

    @property
    def sentence(self) -> str:
        """The finding in words; a waived one says what it broke."""
        return sentence(as_broken(self.finding), self.result.plan.catalogue)

    @property
    def mend(self) -> str:
        """How to mend it."""
        return mend(as_broken(self.finding))

    @property
    def waiver(self) -> str:
        """Who waived it, until when and why; empty where nobody did."""
        suppression = self.finding.suppression
        if suppression is None:
            return ""
        said = "in the baseline" if suppression.kind == "baseline" else "waived"
        until = f" until {suppression.expires}" if suppression.expires else ""
        by = f" by {suppression.approved_by}" if suppression.approved_by else ""
        at = f" ({suppression.at})" if suppression.at else ""
        return f"{said}{until}{by}{f': {suppression.reason}' if suppression.reason else ''}{at}"

    @property
    def share(self) -> str:
        """``9.78 % of 7 %``, told apart from the bound by as many digits as that takes; empty where it is no share."""
        finding, limit = self.finding, self.finding.limit
        if limit.base is None or limit.fixed or not finding.base or finding.allowed is None:
            return ""
        value, bound = Fraction(finding.measured, finding.base), limit.share
        said = percent(value)
        if said == percent(bound) and value != bound:
            said = percent(value, 6)
            if said == percent(bound, 6):
                said = f"{'over' if value > bound else 'under'} {percent(bound, 6)}"
        return f"{said} of {percent(bound, 6)}"

    @property
    def amounts(self) -> str:
        """What was measured and what is allowed, as briefly as can be."""
        finding, limit = as_broken(self.finding), self.finding.limit
        if finding.allowed is None:
            return limit.why or limit.rule.title
        text = f"{finding.measured:,} TPP, {limit.sense.value} {finding.allowed:,}"
        if finding.deciding:
            return f"{text}; not known whether {', '.join(finding.deciding)} meets 3A090.a"
        if finding.verdict == "fail":
            text += f"; {finding.excess:,} too {'much' if limit.sense is Sense.AT_MOST else 'little'}"
        return text


def judged(outcomes: Sequence[Outcome], *words: Word) -> Iterator[Judged]:
    """The findings of all files, in order, of which the gate makes one of `words` (all of them when there is none)."""
    for outcome in outcomes:
        if outcome.result is not None:
            for finding in outcome.result.findings:
                word = gate_word(finding, outcome.result)
                if not words or word in words:
                    yield Judged(outcome.file, word, finding, outcome.result)


def nothing_judged(outcome: Outcome) -> bool:
    """Whether a file is undecided though none of its findings is, since its dates lie outside the rules."""
    result = outcome.result
    return result is not None and result.unjudged and not result.counts["undecided"]


def gate_word(finding: Finding, result: CheckResult) -> Word:
    """What the gate makes of a finding: its verdict, but a broken limit that fails no gate is a warning."""
    if finding.verdict == "fail" and finding.severity == "warning" and result.fail_on == "error":
        return "warning"
    return finding.verdict


def as_broken(finding: Finding) -> Finding:
    """The finding as it would be if nobody had waived it."""
    return finding.replace(verdict="fail") if finding.verdict == "waived" else finding


def grouped(found: Sequence[Judged]) -> list[list[Judged]]:
    """Findings that differ in their period only together, the gravest group first."""
    groups: dict[tuple[object, ...], list[Judged]] = {}
    for one in found:
        key = (one.file, one.word, one.rule, _head(one.finding), one.finding.country, one.finding.change, one.waiver)
        groups.setdefault(key, []).append(one)
    return sorted(groups.values(), key=lambda group: gravity(worst(group)))


def worst(group: Sequence[Judged]) -> Judged:
    """The finding of a group with the largest excess, the first of several."""
    return max(group, key=lambda one: one.finding.excess or 0)


def worst_first(found: Sequence[Judged]) -> list[Judged]:
    """The findings for a report that may be cut: the worst of each group, then the others, gravest first in both."""
    groups = grouped(found)
    leaders = [worst(group) for group in groups]
    chosen = {id(leader) for leader in leaders}
    others = [one for group in groups for one in group if id(one) not in chosen]
    ranked = [*leaders, *sorted(others, key=gravity)]
    return sorted(ranked, key=lambda one: WORST_FIRST.index(one.word))


def gravity(one: Judged) -> tuple[int, int]:
    """A key that sorts the gravest first: by what the gate makes of it, then by the larger excess."""
    return WORST_FIRST.index(one.word), -(one.finding.excess or one.finding.measured)


def periods(group: Sequence[Judged]) -> str:
    """The periods of a group: the first that breaks, how many more, and the worst of them."""
    named = [one.period for one in group if one.period]
    if len(named) < 2:
        return "".join(named)
    text = f"from {named[0]} ({len(named)} periods to {named[-1]})"
    worst_period = worst(group).period
    return text if worst_period == named[0] else f"{text}, worst in {worst_period}"


def many(count: int, what: str) -> str:
    """``1 violation``, ``2 violations``."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _head(finding: Finding) -> tuple[str, ...]:
    limit = finding.limit
    return limit.index if limit.period is None else limit.index[:-1]
