"""The verdict in one line, and under which rules it was reached."""

from __future__ import annotations

from collections.abc import Sequence

from ..check import CheckResult
from ..units import Quarter
from .judged import many
from .outcome import Outcome

HEADLINES = {
    "compliant": "compliant with",
    "violations": "NOT compliant with",
    "undecided": "could not be decided under",
    "invalid_input": "could not be read",
}
STATUSES = {
    "compliant": "compliant",
    "violations": "with violations",
    "undecided": "undecided",
    "invalid_input": "invalid input",
}
"""A status after a number of files."""


def verdict(outcome: Outcome) -> str:
    """The verdict on a file in one line; the file's name apart."""
    if outcome.result is not None:
        return headline(outcome.result)
    what = HEADLINES[outcome.status].removesuffix(" under")
    return f"{what}: {many(len(outcome.problems) + outcome.more, 'error')}"


def headline(result: CheckResult) -> str:
    """The verdict in one line, with the counts and the first quarter that breaks."""
    as_of = f" as of {result.as_of}" if result.as_of is not None else ""
    return f"{_words(result)} {result.regime.name}{as_of}: {', '.join(_counts(result))}"


def _words(result: CheckResult) -> str:
    """The status in words; what passes only because findings are waived or mere warnings is not called compliant."""
    if result.status == "compliant" and result.counts["waived"]:
        return "passes by waiver or baseline under"
    if result.status == "compliant" and result.warnings():
        return "passes with warnings under"
    return HEADLINES[result.status]


def _counts(result: CheckResult) -> list[str]:
    counts = result.counts
    violations = result.violations()
    parts = []
    if violations:
        rules = len({finding.limit.rule.id for finding in violations})
        parts.append(f"{many(len(violations), 'violation')} of {many(rules, 'rule')}")
        quarters = [f.limit.period for f in violations if isinstance(f.limit.period, Quarter)]
        if quarters:
            parts.append(f"first in {min(quarters)}")
    if counts["undecided"]:
        parts.append(f"{counts['undecided']:,} undecided")
    if result.warnings():
        parts.append(many(len(result.warnings()), "warning"))
    if counts["waived"]:
        parts.append(f"{counts['waived']:,} waived")
    if counts["pass"]:
        parts.append(f"{many(counts['pass'], 'limit')} kept")
    if result.left_out:
        parts.append(f"{many(len(result.left_out), 'rule')} not asked for")
    elif not parts:
        parts.append("nothing was judged" if result.unjudged else "it sets no limit that this plan touches")
    return parts


def totals(outcomes: Sequence[Outcome]) -> str:
    """How many files have each status: ``3 files: 1 compliant, 2 with violations``."""
    statuses = [outcome.status for outcome in outcomes]
    parts = [f"{statuses.count(name):,} {words}" for name, words in STATUSES.items() if name in statuses]
    return f"{many(len(outcomes), 'file')}: {', '.join(parts)}" if outcomes else "no file was checked"


def provenance(result: CheckResult) -> list[str]:
    """Under which rules the plan was judged, in lines for people: regime, date, files, amendments, readings."""
    regime = result.regime
    law = "as published" if result.as_of is None else f"as the law stood on {result.as_of}"
    lines = [f"{regime.id}: {regime.title}; {law}"]
    sources = regime.provenance.sources
    if len(sources) > 1:
        lines.append(f"{sources[0].id} extends {', then '.join(source.id for source in sources[1:])}")
    lines += [f"amended: {path} = {value}" for path, value in regime.provenance.amendments]
    if regime.provenance.added:
        lines.append(f"added: {', '.join(regime.provenance.added)}")
    kept = [reading for reading in regime.readings if reading.chosen == reading.default]
    for reading in regime.readings:
        if reading.chosen != reading.default:
            option = reading.option(reading.chosen)
            lines.append(f"reading {reading.id} = {reading.chosen}" + (f": {option.says}" if option else ""))
    if kept:
        lines.append(f"readings as usual: {', '.join(f'{reading.id} = {reading.chosen}' for reading in kept)}")
    return lines
