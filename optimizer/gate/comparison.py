"""A plan beside another version of it: what is new, worse, unchanged, better and fixed, and the headroom that is eaten.

Both versions are judged by the regime of the newer one, so that every difference comes from the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from ..checking.findings import Change, CheckResult, Finding
from ..explain.sections import Section
from ..frozen import Frozen
from ..limits import Account, Limit, Sense, Standing
from ..units import Quarter, percent, quarters
from .policy import stops

MOST_EATEN: Final = "limit that lost most"
"""The head of the column that says which of a rule's limits stands in the table of headroom."""
MOST_NAMED: Final = 20
"""How many limits a line names; the report's own list has them all."""


_NOTHING: Final[Mapping[str, int]] = MappingProxyType({})
_SHORT_ID: Final = 12


class Eaten(Frozen):
    """The limit of a rule that lost the most headroom, in TPP; `before` is None where the older version had none."""

    rule: str
    limit: str
    before: int | None
    after: int
    allowed_before: int | None
    allowed_after: int

    @property
    def tpp(self) -> int | None:
        """How much headroom went; negative where some was gained."""
        return None if self.before is None else self.before - self.after


class Comparison(Frozen):
    """The newer result, its broken limits marked with their change, beside what stood before.

    `against` names the other version; `absent` says why there is none to compare with, so that everything is new.
    `fixed` are the older version's findings that no longer fail; `dropped` those of quarters that are no longer judged,
    so that nobody knows; `before` is the excess of all its broken limits by name, in TPP. `commit` is the id of the
    commit that `against` names, empty for a file.
    """

    result: CheckResult
    against: str
    absent: str
    fixed: tuple[Finding, ...]
    undecided: tuple[Finding, ...]
    headroom: tuple[Eaten, ...]
    dropped: tuple[Finding, ...] = ()
    before: Mapping[str, int] = _NOTHING
    commit: str = ""

    def changed(self, change: Change) -> list[Finding]:
        """The broken limits with that change that nothing sets aside."""
        return [f for f in self.result.findings if f.change == change and f.verdict == "fail"]

    def grave(self) -> tuple[Finding, ...]:
        """The `dropped` findings that fail the comparison: those as grave as what fails the gate."""
        return tuple(f for f in self.dropped if f.severity == "error" or self.result.fail_on == "warning")


def compare(
    result: CheckResult,
    before: CheckResult | None,
    against: str,
    absent: str = "",
    commit: str = "",
    beyond: CheckResult | None = None,
) -> Comparison:
    """`result` beside `before`, the older version judged by the same rules; None where there is no older version.

    Where the older version is judged in later quarters, `beyond` is the newer one judged in those too: nothing happens
    in it there, so what it keeps there is kept. A limit of any other quarter that is no longer judged is not fixed.
    """
    old = {} if before is None else {finding.limit.name: finding for finding in before.findings}
    failed = _failed(() if before is None else before.findings)
    findings = tuple(_marked(finding, failed) for finding in result.findings)
    still = {finding.limit.name for finding in findings if finding.verdict in ("fail", "undecided")}
    gone = [finding for name, finding in failed.items() if name not in still]
    dropped = () if before is None else _dropped(gone, result, before, beyond)
    fixed = tuple(finding for finding in gone if finding not in dropped)
    unsure = {name for name, finding in old.items() if finding.verdict == "undecided"}
    return Comparison(
        result=result.replace(findings=findings),
        against=against,
        absent=absent,
        fixed=fixed,
        undecided=tuple(f for f in findings if f.verdict == "undecided" and f.limit.name not in unsure),
        headroom=() if before is None else _headroom(findings, before),
        dropped=dropped,
        before={name: finding.excess or 0 for name, finding in failed.items()},
        commit=commit,
    )


def _failed(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The broken limits by name."""
    found: dict[str, Finding] = {}
    for finding in findings:
        if finding.verdict == "fail":
            found.setdefault(finding.limit.name, finding)
    return found


def _dropped(
    gone: Sequence[Finding], result: CheckResult, before: CheckResult, beyond: CheckResult | None
) -> tuple[Finding, ...]:
    """Those of the older version's broken limits that no longer fail only because their quarters are not judged."""
    last = result.horizon if beyond is None else beyond.horizon
    judged = set(quarters(result.horizon.first, last.last))
    further = () if beyond is None else beyond.findings
    broken = {finding.limit.name for finding in further if finding.verdict in ("fail", "undecided")}
    return tuple(f for f in gone if f.limit.name in broken or not _quarters_of(f, before) <= judged)


def _quarters_of(finding: Finding, result: CheckResult) -> set[Quarter]:
    """The quarters of the result that the limit is about: its own, those of its year, or all."""
    period = finding.limit.period
    if isinstance(period, Quarter):
        return {period}
    return {quarter for quarter in result.horizon if period is None or quarter.year == period}


def _marked(finding: Finding, failed: Mapping[str, Finding]) -> Finding:
    """A broken limit with what became of it since."""
    if finding.verdict != "fail":
        return finding
    before = failed.get(finding.limit.name)
    assert finding.excess is not None  # a broken limit has its bound
    if before is None or before.excess is None:
        change: Change = "new"
    elif finding.excess == before.excess:
        change = "unchanged"
    else:
        change = "worse" if finding.excess > before.excess else "better"
    return finding.replace(change=change)


def _headroom(findings: Iterable[Finding], older: CheckResult) -> tuple[Eaten, ...]:
    """For each rule whose headroom changed, the limit that lost the most of it (or gained the least)."""
    found: dict[str, Eaten] = {}
    old = {finding.limit.name: finding for finding in older.findings}
    bases = {finding.limit.base: finding.base for finding in older.findings if finding.limit.base is not None}
    periods: set[Any] = {None, *older.horizon, *(quarter.year for quarter in older.horizon)}
    for finding in findings:
        after = _room(finding)
        if after is None:
            continue
        assert finding.allowed is not None
        limit = finding.limit
        if limit.name in old:
            allowed, before = old[limit.name].allowed, _room(old[limit.name])
        elif limit.period in periods:
            allowed, before = _untouched(limit, bases)
        else:  # the older version does not reach that far
            allowed, before = None, None
        eaten = Eaten(limit.rule.id, limit.name, before, after, allowed, finding.allowed)
        if eaten.tpp == 0:
            continue
        best = found.get(limit.rule.id)
        if best is None or _loss(eaten) > _loss(best):
            found[limit.rule.id] = eaten
    return tuple(found.values())


def _loss(eaten: Eaten) -> tuple[bool, int, int]:
    """What is lost most comes first; a limit of which it is not known how much is lost counts least."""
    return (eaten.tpp is not None, eaten.tpp or 0, -eaten.after)


def _room(finding: Finding) -> int | None:
    """How far the finding lies on the right side of its bound, negative on the wrong one; None where it has none."""
    if finding.allowed is None or finding.limit.standing is not Standing.APPLIES:
        return None
    return _side(finding.limit, finding.measured, finding.allowed)


def _side(limit: Limit, measured: int, allowed: int) -> int:
    return allowed - measured if limit.sense is Sense.AT_MOST else measured - allowed


def _untouched(limit: Limit, bases: Mapping[Account, int]) -> tuple[int | None, int | None]:
    """What the limit allows where nothing stands, and the headroom under it; None where the base is not known."""
    base = 0 if limit.base is None else bases.get(limit.base)
    if base is None:
        return None, None
    allowed = limit.allowed(base)
    return allowed, _side(limit, 0, allowed)


def comparison_section(comparison: Comparison) -> Section:
    """The comparison as a part of the report, fit for a comment on a pull request."""
    rows = [_row(eaten) for eaten in comparison.headroom]
    header = ("rule", MOST_EATEN, "headroom before, TPP", "headroom after, TPP", "eaten, TPP", "left, % of the limit")
    # the commit's id too: it stays the same while refs move, and no format has to escape anything in it
    commit = f" (commit {comparison.commit[:_SHORT_ID]})" if comparison.commit else ""
    return Section(
        key="diff",
        title=f"Compared with {comparison.against}{commit}",
        lines=tuple(_lines(comparison)),
        document=_document(comparison),
        table=(header, *rows) if rows else (),
    )


def _lines(comparison: Comparison) -> list[str]:
    """The headline, and one line for each kind of change."""
    lines = [_headline(comparison)]
    if comparison.absent:
        lines.append(f"{comparison.absent}, so everything counts as new.")
    for change in ("new", "worse", "better"):
        found = comparison.changed(change)
        if found:
            lines.append(f"{change}: {_named(found, comparison.before)}")
    if comparison.fixed:
        lines.append(f"fixed: {_listed([f.limit.name + _over(f) for f in comparison.fixed])}")
    if comparison.dropped:
        lines.append(f"no longer judged: {_listed([f.limit.name + _over(f) for f in comparison.dropped])}")
        lines.append(
            "The older version broke these limits, and the horizon leaves out their quarters: they are not fixed, and "
            "the comparison fails. Let the horizon reach as far as that of the older version."
            if comparison.grave()
            else "The older version broke these limits, and the horizon leaves out their quarters: they are not fixed."
        )
    waived = [finding for finding in comparison.result.of("waived") if finding.change in ("new", "worse")]
    if waived:
        lines.append(f"waived, though new or worse: {_named(waived, comparison.before)}")
    if comparison.undecided:
        lines.append(f"undecided now, and not before: {_listed([f.limit.name for f in comparison.undecided])}")
    if comparison.headroom:
        lines.append(
            "Headroom: for each rule, the limit that lost most of it (or gained least). Negative is over the limit."
        )
    elif not comparison.absent:
        lines.append("No limit has less or more headroom than before.")
    return lines


def _headline(comparison: Comparison) -> str:
    new, worse = comparison.changed("new"), comparison.changed("worse")
    older = [*comparison.changed("unchanged"), *comparison.changed("better")]
    text = f"{_many(len(new), 'new violation')}, {len(worse):,} worse, {len(comparison.fixed):,} fixed."
    if comparison.dropped:
        text += f" {_many(len(comparison.dropped), 'older violation')} no longer judged, and not fixed."
    if older:
        stand = "stands" if len(older) == 1 else "stand"
        text += f" {_many(len(older), 'older violation')} still {stand}: the plan is not compliant."
        always = len([finding for finding in older if stops(finding)])
        if always:
            text += f" {always:,} of them {'fails' if always == 1 else 'fail'} all the same: nobody can waive it."
    return text


def _named(findings: Iterable[Finding], before: Mapping[str, int]) -> str:
    """The broken limits with their excess, and how far it grew or shrank where they were broken before."""
    return _listed([finding.limit.name + _change(finding, before) for finding in findings])


def _change(finding: Finding, before: Mapping[str, int]) -> str:
    """``: the excess grew by 5 TPP to 12 TPP``, or the excess alone where there was none before."""
    old, now = before.get(finding.limit.name), finding.excess or 0
    if old is None or old == now:
        return _over(finding)
    if now > old:
        return f": the excess grew by {now - old:,} TPP to {now:,} TPP"
    return f": the excess shrank by {old - now:,} TPP, and {now:,} TPP remain"


def _over(finding: Finding) -> str:
    return f" by {finding.excess:,} TPP" if finding.excess else ""


def _listed(names: Sequence[str]) -> str:
    """The first of the names, and how many there are more; names with a comma in them stand apart by semicolons."""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return "; ".join(names[:MOST_NAMED]) + more


def _row(eaten: Eaten) -> tuple[str, ...]:
    before = "" if eaten.before is None else f"{eaten.before:,}"
    lost = "" if eaten.tpp is None else f"{eaten.tpp:,}"
    return (eaten.rule, eaten.limit, before, f"{eaten.after:,}", lost, _left(eaten.before, eaten.allowed_before, eaten))


def _left(before: int | None, allowed_before: int | None, eaten: Eaten) -> str:
    """``12.5 % → 3 %``: the headroom as a part of what is allowed, before and after."""
    parts = [_percent(before, allowed_before), _percent(eaten.after, eaten.allowed_after)]
    return " → ".join(part or "–" for part in parts)


def _percent(room: int | None, allowed: int | None) -> str:
    return percent(Fraction(room, allowed)) if allowed and room is not None else ""


def _document(comparison: Comparison) -> dict[str, Any]:
    """The comparison in JSON's types; amounts are whole TPP."""
    changes: tuple[Change, ...] = ("new", "worse", "unchanged", "better")
    changed: dict[str, Any] = {
        change: [_short(finding, comparison) for finding in comparison.changed(change)] for change in changes
    }
    return {
        "against": comparison.against,
        "commit": comparison.commit or None,
        "absent": comparison.absent or None,
        **changed,
        "fixed": [_short(finding) for finding in comparison.fixed],
        "no_longer_judged": [_short(finding) for finding in comparison.dropped],
        "waived": [_short(finding, comparison) for finding in comparison.result.of("waived")],
        "undecided": [finding.limit.name for finding in comparison.undecided],
        "headroom": [
            {
                "rule": eaten.rule,
                "limit": eaten.limit,
                "before": eaten.before,
                "after": eaten.after,
                "eaten": eaten.tpp,
                "allowed_before": eaten.allowed_before,
                "allowed_after": eaten.allowed_after,
            }
            for eaten in comparison.headroom
        ],
    }


def _short(finding: Finding, comparison: Comparison | None = None) -> dict[str, Any]:
    """The finding's name and excess, and with a comparison the excess before, None where it did not fail."""
    short: dict[str, Any] = {"name": finding.limit.name, "excess": finding.excess}
    return short if comparison is None else {**short, "before": comparison.before.get(finding.limit.name)}


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
