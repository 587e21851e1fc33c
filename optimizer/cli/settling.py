"""What stands of the findings: waivers and the baseline applied to every plan that was judged, and what became of them.

A file of waivers or a baseline with anything wrong in it sets nothing aside, and is an outcome of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..checking.findings import CheckResult
from ..errors import InputError, Location, Problem
from ..gate.notes import note, with_notes
from ..reports import FLAGS, Outcome
from .check_options import CheckOptions
from .judging import Tried

if TYPE_CHECKING:
    from ..checking.notes import Note
    from ..gate.baseline import Baseline
    from ..gate.waivers import Waiver
    from ..gate.waiving import WaiverDesk

T = TypeVar("T")


class Settled:
    """The outcomes of all files, what their results were before a baseline, and the baseline that was read."""

    def __init__(self, tried: Sequence[Tried], options: CheckOptions) -> None:
        self.options = options
        self.outcomes = [one.outcome for one in tried]
        self.faults: list[Outcome] = []
        self.old: Baseline | None = None
        self._waive()
        self.before_baseline = self.results()
        self._set_aside()
        self._add_comparisons(tried)
        self._refuse_rules(tried)
        self.outcomes += self.faults

    def results(self) -> list[CheckResult]:
        """The results of the files that could be judged."""
        return [outcome.result for outcome in self.outcomes if outcome.result is not None]

    def _each(self, change: Callable[[CheckResult], CheckResult]) -> None:
        """Change every result."""
        self.outcomes = [
            outcome if outcome.result is None else outcome.replace(result=change(outcome.result))
            for outcome in self.outcomes
        ]

    def _add_notes(self, notes: Iterable[Note]) -> None:
        """Add notes that are about no plan alone to the first plan that was judged."""
        for number, outcome in enumerate(self.outcomes):
            if outcome.result is not None:
                self.outcomes[number] = outcome.replace(result=with_notes(outcome.result, notes))
                return

    def _read(self, file: str, read: Callable[[Path], T]) -> T | None:
        """What `read` finds in the file, None with an outcome of its own when something is wrong in it."""
        try:
            return read(Path(file))
        except InputError as error:
            self.faults.append(Outcome(file, problems=error.problems, more=error.more))
            return None

    def _fault(self, file: str, problems: Iterable[Problem]) -> None:
        found = tuple(problems)
        if found:
            self.faults.append(Outcome(file, problems=found))

    def _waive(self) -> None:
        """Apply the file of waivers, then those that plans carry themselves."""
        if self.options.waivers is not None:
            from ..gate.waivers import read_waivers

            waivers = self._read(self.options.waivers, read_waivers)
            if waivers:
                folder = Path(self.options.waivers).parent
                desk = self._desk(waivers, folder, self.results())
                self._each(desk.apply)
                self._fault(self.options.waivers, desk.problems)
                self._add_notes(desk.notes())
        self._each(self._waive_inline)
        self._each(self._tell_day)

    def _tell_day(self, result: CheckResult) -> CheckResult:
        """The result with a note of the day, where there are waivers at all."""
        inline = result.plan.waivers and not self.options.no_inline_waivers
        if self.options.waivers is None and not inline:
            return result
        return with_notes(result, [note(f"Waivers are compared with {self._today()}")])

    def _waive_inline(self, result: CheckResult) -> CheckResult:
        plan = result.plan
        if not plan.waivers:
            return result
        if self.options.no_inline_waivers:
            text = f"The plan's own waivers ({len(plan.waivers)}) are left out, because of --no-inline-waivers"
            return with_notes(result, [note(text)])
        from ..gate.waivers import inline_waivers

        waivers = self._read(plan.file, lambda _: inline_waivers(plan))
        if waivers is None:
            return result
        desk = self._desk(waivers, Path(plan.file).parent, [result])
        settled = with_notes(desk.apply(result), desk.notes())
        self._fault(plan.file, desk.problems)
        return settled

    def _desk(self, waivers: tuple[Waiver, ...], folder: Path, results: Sequence[CheckResult]) -> WaiverDesk:
        """The desk of one file's waivers, which knows the regimes of the plans that they may be about."""
        from ..gate.policy import known_rules
        from ..gate.waiving import WaiverDesk

        desk = WaiverDesk(waivers, folder, self._today())
        for result in results:
            desk.refuse_unwaivable(result)
            desk.refuse_scopes(result)
        if results:
            desk.refuse_unknown(known_rules(results, [waiver.rule for waiver in waivers]))
        return desk

    def _today(self) -> str:
        """The day on which waivers are judged: that of --today or --as-of, so that a run can be repeated, else the
        clock's."""
        given = self.options.today or self.options.as_of
        if given is not None:
            return given
        from datetime import UTC, datetime

        return datetime.now(UTC).date().isoformat()

    def _set_aside(self) -> None:
        """Apply the baseline."""
        if self.options.baseline is None:
            return
        from ..gate.baseline import outgrown, outgrown_note, read_baseline, set_aside

        file = Path(self.options.baseline)
        old = self._read(self.options.baseline, read_baseline)
        if old is None:
            return
        self.old = old
        gone = outgrown(old, self.results(), file.parent)
        self._each(lambda result: set_aside(result, old, file))
        if gone:
            self._add_notes([outgrown_note(gone, file)])

    def _add_comparisons(self, tried: Sequence[Tried]) -> None:
        """Put the comparison before the other parts of each report."""
        for number, one in enumerate(tried):
            outcome = self.outcomes[number]
            if one.comparison is not None and outcome.result is not None:
                from ..gate.comparison import comparison_section

                section = comparison_section(one.comparison.replace(result=outcome.result))
                self.outcomes[number] = outcome.replace(sections=(section, *outcome.sections))

    def _refuse_rules(self, tried: Sequence[Tried]) -> None:
        """Refuse rules after --select and --ignore that there are not."""
        from ..gate.policy import Policy, known_rules, refuse_names

        policy = Policy(self.options.select, self.options.ignore)
        wholes = [one.whole for one in tried if one.whole is not None]
        if policy.names:
            self._fault(FLAGS, refuse_names(policy, known_rules(wholes, policy.names), Location(FLAGS)))
