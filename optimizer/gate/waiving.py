"""Waivers at work: which findings they cover, which of them have lapsed, and which cover nothing.

A broken limit that a waiver names and does not cover says so itself, so that nobody wonders why a pipeline turned red.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from ..checking.findings import CheckResult, Finding, Suppression
from ..checking.notes import Note
from ..errors import Problem, show
from ..reading.names import country_fault
from ..reading.nodes import did_you_mean
from ..units import Quarter, quarters
from .codes import NOT_WAIVABLE, UNKNOWN_RULE
from .notes import note
from .scopes import matches, plan_name, scope
from .waivers import Waiver, check_terms, days_between, never_waived

_STEPS = ("no plan that was checked has its name", "nothing breaks the rule in that scope", "other quarters break it")
"""How far a waiver came that covers nothing: why it stopped, by the number of its conditions that held."""


class WaiverDesk:
    """Applies one file's waivers to one plan after another, and keeps what became of each waiver.

    `folder` is where the waivers' paths of plans start from; `today` the day on which they are judged. Waivers that
    reach too far make `problems`, and then none is applied.
    """

    def __init__(self, waivers: Sequence[Waiver], folder: Path, today: str) -> None:
        self.waivers, self.folder, self.today = waivers, folder, today
        self.problems: list[Problem] = list(check_terms(waivers, today))
        self._usable = [] if self.problems else [waiver for waiver in waivers if self._stands(waiver)]
        self._used: set[Waiver] = set()
        self._came: dict[Waiver, tuple[int, str]] = {}  # how far each one came at best, and the words for it

    def _stands(self, waiver: Waiver) -> bool:
        return not self._lapsed(waiver) and not self._early(waiver)

    def _lapsed(self, waiver: Waiver) -> bool:
        return waiver.expires < self.today

    def _early(self, waiver: Waiver) -> bool:
        """Whether it is approved only later; a day is left for those who live further east than the clock."""
        return bool(waiver.approved) and days_between(self.today, waiver.approved) > 1

    def refuse_unwaivable(self, result: CheckResult) -> None:
        """Add a problem for each waiver of a rule that the plan's regime lets nobody waive."""
        fixed = {record.rule.id for record in result.regime.records if never_waived(record.rule)}
        for waiver in self.waivers:
            if waiver.rule in fixed and self._names(waiver, result):
                why = f"{waiver.rule} cannot be waived under {result.regime.name}"
                problem = Problem(NOT_WAIVABLE, waiver.at, "rule", show(waiver.rule), why, "Remove the waiver.")
                if problem not in self.problems:
                    self.problems.append(problem)
                self._usable = []

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Add a problem for each waiver of a rule that is not among the `known` ones."""
        for waiver in self.waivers:
            if waiver.rule not in known:
                why, mend = "there is no such rule", did_you_mean(waiver.rule, known)
                self.problems.append(Problem(UNKNOWN_RULE, waiver.at, "rule", show(waiver.rule), why, mend))
                self._usable = []

    def refuse_scopes(self, result: CheckResult) -> None:
        """Add a problem for each waiver of a rule by country whose scope is no country."""
        by_country = {record.rule.id for record in result.regime.records if record.each.by_country}
        for waiver in self.waivers:
            fault = country_fault(waiver.scope) if waiver.rule in by_country else None
            if fault is not None and self._names(waiver, result):
                problem = Problem(fault.code, waiver.at, "scope", show(waiver.scope), fault.why, fault.mend)
                if problem not in self.problems:
                    self.problems.append(problem)
                self._usable = []

    def apply(self, result: CheckResult) -> CheckResult:
        """The result with every finding waived that a standing waiver covers; only broken limits are looked at.

        A finding that stays, though waivers name its rule and scope, gets a remark on why the nearest does not hold.
        """
        if self.problems:
            return result
        named = [waiver for waiver in self.waivers if self._names(waiver, result)]
        for waiver in named:
            self._come(waiver, 1, _STEPS[1])
        return result.replace(findings=tuple(self._waived(finding, named, result) for finding in result.findings))

    def _waived(self, finding: Finding, waivers: Iterable[Waiver], result: CheckResult) -> Finding:
        if finding.verdict != "fail" or never_waived(finding.limit.rule):
            return finding
        about = [w for w in waivers if w.rule == finding.limit.rule.id and w.scope == scope(finding.limit)]
        for waiver in about:
            if waiver in self._usable and self._covers(waiver, finding, result):
                self._used.add(waiver)
                suppression = Suppression("waiver", waiver.reason, waiver.approved_by, waiver.expires, waiver.at)
                return finding.replace(verdict="waived", suppression=suppression, remark="")
        if not about:
            return finding
        nearest = min(about, key=lambda waiver: len(self._failings(waiver, finding, result)))
        remark = f"Its waiver ({nearest.at}) {' and '.join(self._failings(nearest, finding, result))}."
        return finding.replace(remark=f"{finding.remark} {remark}".strip())

    def _failings(self, waiver: Waiver, finding: Finding, result: CheckResult) -> list[str]:
        """Why a waiver of the finding's rule and scope does not cover it, each as the rest of a sentence."""
        found = []
        if self._lapsed(waiver):
            found.append(f"lapsed after {waiver.expires}")
        if self._early(waiver):
            found.append(f"is approved only on {waiver.approved}")
        missing = sorted(_judged_in(finding, result) - waiver.quarters)
        if missing:
            found.append(f"does not name {_list(missing)}")
        if finding.excess is not None and finding.excess > waiver.max_excess_tpp:
            found.append(f"covers an excess of at most {waiver.max_excess_tpp:,} TPP")
        return found

    def _covers(self, waiver: Waiver, finding: Finding, result: CheckResult) -> bool:
        if not _judged_in(finding, result) <= waiver.quarters:
            self._come(waiver, 2, _STEPS[2])
            return False
        assert finding.excess is not None  # a broken limit has its bound
        if finding.excess > waiver.max_excess_tpp:
            excess = f"{finding.limit.name} is broken by {finding.excess:,} TPP"
            self._come(waiver, 3, f"{excess}, and it covers at most {waiver.max_excess_tpp:,}")
            return False
        return True

    def _names(self, waiver: Waiver, result: CheckResult) -> bool:
        return not waiver.plan or matches(waiver.plan, plan_name(result.plan.file, self.folder))

    def _come(self, waiver: Waiver, far: int, why: str) -> None:
        if far > self._came.get(waiver, (0, ""))[0]:
            self._came[waiver] = (far, why)

    def notes(self) -> list[Note]:
        """A note for each waiver that has lapsed, does not hold yet, or covered nothing."""
        found = []
        for waiver in self.waivers:
            if self._lapsed(waiver):
                found.append(note(f"The waiver of {_name(waiver)} lapsed after {waiver.expires}", waiver.at))
            elif self._early(waiver):
                found.append(note(f"The waiver of {_name(waiver)} is approved only on {waiver.approved}", waiver.at))
            elif self._usable and waiver not in self._used:
                why = self._came.get(waiver, (0, _STEPS[0]))[1]
                found.append(note(f"The waiver of {_name(waiver)} covers nothing: {why}", waiver.at))
        return found


def _judged_in(finding: Finding, result: CheckResult) -> set[Quarter]:
    """The quarters that a waiver has to cover: the limit's own, all of its year, or all that the plan is judged in."""
    period = finding.limit.period
    if isinstance(period, Quarter):
        return {period}
    if period is not None:
        return {Quarter(4 * period + number) for number in range(4)}
    return set(quarters(result.horizon.first, result.horizon.last))


def _list(missing: Sequence[Quarter]) -> str:
    """``2026Q3``, ``2026Q3 and 2026Q4``, or the first of them and how many there are more."""
    if len(missing) > 2:
        return f"{missing[0]} and {len(missing) - 1} other quarters"
    return " and ".join(map(str, missing))


def _name(waiver: Waiver) -> str:
    return show(waiver.name, 120)
