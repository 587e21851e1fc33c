"""Plan after plan for `fleetplan check`: read, judged, compared with its older version; no waiver is looked at."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..check import check
from ..checking.findings import CheckResult
from ..domain.plan import Horizon, Plan
from ..errors import InputError, Location, Problem, show
from ..explain.sections import Section
from ..gate.codes import TIMED_OUT, UNFIT_OPTIONS
from ..gate.notes import note, with_notes
from ..gate.policy import Policy, narrowed
from ..reading import HeadOverrides, read_plan
from ..reading.nodes import refuse
from ..reports import Outcome, internal
from .check_options import CheckOptions
from .deadline import TimedOut, deadline
from .find_plans import STDIN

if TYPE_CHECKING:
    from ..checking.notes import Note
    from ..gate.comparison import Comparison
    from ..gate.git_version import Commit

STDIN_NAME = "<stdin>"
TABLES = (".csv", ".parquet", ".xlsx")
PLANS = (".yaml", ".yml", ".json", *TABLES)
"""How the names of files end that can hold a plan; anything else after --diff is a git ref."""


class Tried(NamedTuple):
    """One file: its outcome, the result with every rule in it, and the comparison with its older version."""

    outcome: Outcome
    whole: CheckResult | None = None
    comparison: Comparison | None = None


class Judge:
    """Judges plans as the options say. Raises InputError where the older version cannot be looked up at all."""

    def __init__(self, options: CheckOptions, files: Sequence[str]) -> None:
        self.options = options
        self.policy = Policy(options.select, options.ignore, options.fails_on)
        self.overrides = HeadOverrides(
            headquarters=options.headquarters,
            ultimate_parent=options.ultimate_parent,
            status=options.status,
            regime=options.regime,
            nveu_countries=options.nveu_countries,
        )
        self.faults: list[Outcome] = []  # of files that plans are compared with
        self._commits: dict[str, Commit] = {}
        if options.diff is not None:
            self._look_up(options.diff, files)

    def _look_up(self, other: str, files: Sequence[str]) -> None:
        """Find the commit in the repository of every plan, before any of them is judged."""
        if is_file(other):
            if len(files) != 1:
                why = f"a file is another version of one plan, and here are {len(files)}"
                mend = "Name one plan, or compare with a git ref."
                raise refuse(UNFIT_OPTIONS, Location("command line"), why, mend, field="--diff", found=show(other))
            return
        from ..gate.git_version import find_commit

        for file in files:
            name = self.name(file)
            if name == STDIN_NAME:
                why = "the plan on stdin has no name that a commit could hold"
                mend = "Give it one with --stdin-filename."
                raise refuse(UNFIT_OPTIONS, Location("command line"), why, mend, field="--diff", found=show(other))
            folder = os.path.dirname(name) or "."
            if folder not in self._commits:
                self._commits[folder] = find_commit(other, folder)

    def name(self, file: str) -> str:
        """What the file is called in reports."""
        return (self.options.stdin_filename or STDIN_NAME) if file == STDIN else file

    def judge_all(self, files: Sequence[str]) -> list[Tried]:
        """Every file tried, in order; those that the deadline left over are undecided."""
        tried: list[Tried] = []
        try:
            with deadline(self.options.timeout) as look:
                for file in files:
                    look()
                    tried.append(self._try(file))
        except TimedOut:
            tried += [Tried(self._too_late(file)) for file in files[len(tried) :]]
        return tried

    def _too_late(self, file: str) -> Outcome:
        name = self.name(file)
        why = f"the {self.options.timeout:g} seconds of --timeout were over before it was judged"
        problem = Problem(TIMED_OUT, Location(name), "", "", why, "Allow more time, or check fewer plans at once.")
        return Outcome(name, problems=(problem,))

    def _try(self, file: str) -> Tried:
        """One file. A failure of fleetplan itself leaves this file undecided, and the others checked."""
        name = self.name(file)
        try:
            return self._judge(name, _stdin(name) if file == STDIN else None)
        except InputError as error:
            return Tried(Outcome(name, problems=error.problems, more=error.more))
        except Exception as error:
            if os.environ.get("FLEETPLAN_DEBUG") == "1":
                raise
            print(f"fleetplan: internal error at {show(name)}: {type(error).__name__}: {error}", file=sys.stderr)
            return Tried(internal(name, error))

    def _judge(self, name: str, text: str | None) -> Tried:
        options = self.options
        plan = self._read(Path(name), text)
        whole = with_notes(check(plan, None, options.as_of), _of_settings(name))
        sections: list[Section] = []
        if options.headroom:
            from ..explain.boxes import headroom_section

            sections.append(headroom_section(whole))
        if options.all_readings:
            from ..readings import readings_section

            sections.append(readings_section(plan, options.as_of))
        result = narrowed(whole, self.policy)
        outcome = Outcome(name, result, sections=tuple(sections))
        if options.diff is None:
            return Tried(outcome, whole)
        comparison = self._compare(result, name, options.diff)
        if comparison is None:
            return Tried(outcome, whole)
        return Tried(outcome.replace(result=comparison.result, dropped=comparison.grave()), whole, comparison)

    def _read(self, path: Path, text: str | None = None) -> Plan:
        options = self.options
        plan = read_plan(path, overrides=self.overrides, stdin_text=text, max_rows=options.max_rows)
        if not options.readings:
            return plan
        readings = {**plan.regime.readings, **options.readings}
        at = Location("--reading")
        return plan.replace(regime=plan.regime.replace(readings=readings, readings_at=at))

    def _compare(self, result: CheckResult, name: str, other: str) -> Comparison | None:
        """`result` beside the other version of its plan; None, with a fault, where the file cannot be read.

        What a commit holds may be what the plan was mended from: where that cannot be read, everything is new.
        """
        from ..gate.comparison import compare

        if is_file(other):
            try:
                before = self._judged_like(result, Path(other))
                return compare(result, before, other, beyond=self._beyond(result, before))
            except InputError as error:
                self.faults.append(Outcome(other, problems=error.problems, more=error.more))
                return None
        import tempfile

        from ..gate.git_version import materialise

        with tempfile.TemporaryDirectory(prefix="fleetplan-") as folder:
            try:
                commit = self._commits[os.path.dirname(name) or "."]
                older = materialise(commit, os.path.basename(name), Path(folder))
                if older is None:
                    return compare(result, None, other, f"{other} does not hold this plan")
                before = self._judged_like(result, older)
                return compare(result, before, other, commit=commit.id, beyond=self._beyond(result, before))
            except InputError as error:
                first = error.problems[0]
                why = f"{first.code} {first.why}" + (f" (line {first.at.line})" if first.at.line else "")
                return compare(result, None, other, f"the plan in {other} cannot be read: {why}")

    def _judged_like(self, result: CheckResult, older: Path) -> CheckResult:
        """The older version under the regime and the rules that `result` was judged by.

        One that names no quarter stands as it is in all of those that the newer one is judged in.
        """
        plan = self._read(older)
        if plan.snapshot and not result.plan.snapshot:
            plan = plan.replace(snapshot=False, horizon=result.horizon)
        return narrowed(check(plan, result.regime, self.options.as_of), self.policy)

    def _beyond(self, result: CheckResult, before: CheckResult) -> CheckResult | None:
        """The newer version judged to the last quarter of the older one, None where it is judged as far already."""
        if before.horizon.last <= result.horizon.last:
            return None
        horizon = Horizon(result.horizon.first, before.horizon.last)
        plan = result.plan.replace(snapshot=False, horizon=horizon)
        return narrowed(check(plan, result.regime, self.options.as_of), self.policy)


def is_file(other: str) -> bool:
    """Whether what --diff names is a plan's file; a ref with such an ending can be written as refs/heads/..."""
    return other.lower().endswith(PLANS) and not other.startswith("refs/")


def _of_settings(name: str) -> list[Note]:
    """A note of where the head of a table comes from."""
    if not name.lower().endswith(TABLES):
        return []
    from ..reading.settings import settings_of_table

    found = settings_of_table(Path(name))
    if found is None:
        return []
    file, said = found
    return [note(f"What the table does not say itself is from {show(file)}: {', '.join(said)}")]


def _stdin(name: str) -> str:
    """All of standard input as text. Raises InputError when it is not text or too long."""
    from ..reading.files import MAX_TEXT_BYTES, decode, too_large

    raw = sys.stdin.buffer.read(MAX_TEXT_BYTES + 1)
    if len(raw) > MAX_TEXT_BYTES:
        raise too_large(Location(name), MAX_TEXT_BYTES)
    return decode(raw, name)
