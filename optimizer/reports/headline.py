"""The verdict in one line, and under which rules it was reached."""

from __future__ import annotations

from collections.abc import Sequence

from ..check import CheckResult
from ..units import Quarter
from .judged import many
from .outcome import Outcome

HEADLINES = {
    "compliant": "compliant",
    "warnings": "passes with warnings",
    "waived": "passes by waiver or baseline",
    "nothing new": "no new violation; NOT compliant",
    "dropped": "fails the comparison",
    "violations": "NOT compliant",
    "undecided": "could not be decided",
    "invalid_input": "could not be read",
}
"""What is said of a file, from the mildest to the gravest: its status, and how it passes where it is not compliant."""
COUNTED = {
    "compliant": ("compliant", "compliant"),
    "warnings": ("passes with warnings", "pass with warnings"),
    "waived": ("passes by waiver or baseline", "pass by waiver or baseline"),
    "nothing new": ("with no new violation; NOT compliant", "with no new violation; NOT compliant"),
    "dropped": ("fails the comparison", "fail the comparison"),
    "violations": ("with violations", "with violations"),
    "undecided": ("undecided", "undecided"),
    "invalid_input": ("invalid input", "invalid input"),
}
"""The same after a number of files: one, and several."""
MOST_DROPPED = 5
"""How many limits a sentence names."""
MEND_EARLY = "leave the quarter empty for what stands already"


def standing(outcome: Outcome) -> str:
    """Which of HEADLINES holds; what passes only by a waiver, a comparison or as a mere warning is never compliant."""
    if outcome.dropped and outcome.status == "compliant":
        return "dropped"
    if outcome.result is not None and outcome.status == "compliant":
        if outcome.result.counts["waived"]:
            return "waived"
        return "warnings" if outcome.result.warnings() else "compliant"
    return "nothing new" if outcome.status == "violations" and outcome.gate == "pass" else outcome.status


def title(outcomes: Sequence[Outcome]) -> str:
    """What holds for all files together, in a few words: the gravest, and how many rules were not asked for."""
    gravest = max(map(standing, outcomes), key=list(HEADLINES).index, default="compliant")
    words = f"input {HEADLINES[gravest]}" if gravest == "invalid_input" else HEADLINES[gravest]
    left_out = _left_out(outcomes)
    return f"{words} ({left_out})" if left_out else words


def verdict(outcome: Outcome) -> str:
    """The verdict on a file in one line, with the counts and the first quarter that breaks; the file's name apart."""
    words = HEADLINES[standing(outcome)]
    result = outcome.result
    if result is None:
        return f"{words}: {many(len(outcome.problems) + outcome.more, 'error')}"
    under = "with" if words.endswith("compliant") else "under"
    as_of = f" as of {result.as_of}" if result.as_of is not None else ""
    return f"{words} {under} {result.regime.name}{as_of}: {', '.join([*_dropped(outcome), *_counts(result)])}"


def dropped(outcome: Outcome) -> str:
    """Which broken limits of the older version are no longer judged, in a sentence; empty where there is none."""
    if not outcome.dropped:
        return ""
    names = [finding.limit.name for finding in outcome.dropped]
    more = f" and {len(names) - MOST_DROPPED:,} more" if len(names) > MOST_DROPPED else ""
    broken = f"{'; '.join(names[:MOST_DROPPED])}{more}"
    return f"The older version broke {broken}, and the horizon leaves out their quarters: they are not fixed."


def _dropped(outcome: Outcome) -> list[str]:
    count = len(outcome.dropped)
    return [f"{many(count, 'older violation')} no longer judged"] if count else []


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
    if result.unjudged:
        parts.append(_why_unjudged(result))
    elif not parts:
        parts.append("it sets no limit that this plan touches")
    return parts


def _why_unjudged(result: CheckResult) -> str:
    """Why nothing was judged, and how to mend it."""
    if result.horizon.last < result.regime.first:
        return f"nothing was judged: the regime begins in {result.regime.first} ({MEND_EARLY})"
    reasons = list(dict.fromkeys(finding.limit.why for finding in result.findings if finding.limit.why))
    more = " ..." if len(reasons) > 1 else ""
    mend = "ask about a day or a quarter in which a rule is in force"
    return f"nothing was judged: {reasons[0] if reasons else 'no rule is in force'}{more} ({mend})"


def totals(outcomes: Sequence[Outcome]) -> str:
    """How many files have each status, ``3 files: 1 compliant, 2 with violations``, and what else holds for the run."""
    files = [outcome for outcome in outcomes if outcome.is_file]
    stand = [standing(outcome) for outcome in files]
    counts = {name: stand.count(name) for name in COUNTED if name in stand}
    parts = [f"{count:,} {COUNTED[name][count > 1]}" for name, count in counts.items()]
    said = [f"{many(len(files), 'file')}: {', '.join(parts)}" if files else "no file was checked"]
    left_out = _left_out(outcomes)
    if left_out:
        said.append(left_out)
    wrong = sum(len(outcome.problems) + outcome.more for outcome in outcomes if not outcome.is_file)
    if wrong:
        said.append(f"{many(wrong, 'error')} in the flags")
    return "; ".join(said)


def _left_out(outcomes: Sequence[Outcome]) -> str:
    """How many rules were not asked for, empty for none."""
    rules = {rule for outcome in outcomes if outcome.result is not None for rule in outcome.result.left_out}
    return f"{many(len(rules), 'rule')} not asked for" if rules else ""


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
