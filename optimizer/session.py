"""What-ifs: a scenario solved once, and then again and again with some of its fields changed, from what is kept.

    session = Session(scenario, Options(gap=5e-4))
    session.solve()
    outcome = session.resolve({"budget_musd": {**scenario.budget_musd, quarter: Fraction(5000)}})

Each change is one of the session's scenario, not of the one before, so the order in which changes are asked for does
not matter. What comes out has passed the same exact checks as any plan, with a bound of the changed scenario's own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from .domain.scenario import Scenario
from .errors import InputError, Location, Problem, show
from .model.build import Model
from .model.program import Ints, Program
from .optimise import Outcome, optimise
from .reading.codes import UNKNOWN_FIELD
from .regimes import Regime
from .solvers import Answer, Options, Progress, Run
from .solvers.still_fleet import begin_with_still_fleet
from .solvers.watchdog import solve_here

if TYPE_CHECKING:
    from .solvers.large.warm import Kept

CHANGEABLE: Final = frozenset(Scenario.field_names) - {"name", "file", "catalogue", "own_accelerators", "notes"}
"""The fields of a scenario that a change may replace, with values as `read_scenario` gives them."""

_WARM_SHARE = 0.5
"""Of the time, what is spent on what is kept at most; the rest is for beginning anew."""
_AS_GOOD = 2.0
"""A gap of at most so many times that of the first solve is about as good."""


@dataclass(frozen=True, slots=True)
class _Solved:
    """What is kept of the first solve: its best point, the program's columns, the gap, and of a large one much more."""

    point: Ints
    columns: int
    gap: float | None
    kept: Kept | None


class Session:
    """A scenario and how to solve it; `solve` once, `resolve` as often as there are questions."""

    def __init__(self, scenario: Scenario, options: Options | None = None) -> None:
        """`options` hold for every solve: the gap asked for, and the seconds that each may take at most."""
        self.scenario = scenario
        self.options = options or Options()
        self._lock = threading.Lock()
        self._first: Outcome | None = None
        self._solved: _Solved | None = None

    def solve(
        self, on_progress: Callable[[Progress], None] = lambda _: None, stop: threading.Event | None = None
    ) -> Outcome:
        """The outcome for the scenario as it is, as `optimise` gives it; found once and then remembered.

        Raises what `optimise` raises.
        """
        with self._lock:
            if self._first is None:
                self._first = self._solve(on_progress, stop)
            return self._first

    def resolve(
        self,
        changes: Mapping[str, Any],
        on_progress: Callable[[Progress], None] = lambda _: None,
        stop: threading.Event | None = None,
        *,
        thorough: bool = False,
    ) -> Outcome:
        """The outcome for the scenario with the fields in `changes` replaced; the session's scenario stays as it is.

        Of a large scenario it is the plan that soon comes of what is kept, with its bound, if its gap is the one asked
        for or at most twice that of the first solve. Else, where the scenario is small, and if `thorough` where the gap
        asked for is not met, the changed scenario is solved like a new one, beginning with that plan. Raises InputError
        for a field that cannot be changed, and what `optimise` raises.
        """
        changed = self._changed(changes)
        self.solve()

        def begin(model: Model, regime: Regime, run: Run) -> None:
            self._begin(model, regime, run)
            run.enough = not thorough and self._is_as_good(run)

        return optimise(changed, self.options, on_progress, stop, begin)

    def _changed(self, changes: Mapping[str, Any]) -> Scenario:
        """The changed scenario: no longer the one of a file. Raises InputError with every field that is none."""
        place = Location("changes")
        mend = f"Change one of: {', '.join(sorted(CHANGEABLE))}."
        why = "the scenario has no such field, or none that a change may replace"
        problems = [
            Problem(UNKNOWN_FIELD, place, show(name), "", why, mend) for name in changes if name not in CHANGEABLE
        ]
        if problems:
            raise InputError(problems)
        return self.scenario.replace(**{"file": "", **changes})

    def _solve(self, on_progress: Callable[[Progress], None], stop: threading.Event | None) -> Outcome:
        """The first outcome; what later ones begin with is kept."""
        seen: list[tuple[Model, Run]] = []

        def begin(model: Model, regime: Regime, run: Run) -> None:
            seen.append((model, run))
            begin_with_still_fleet(model, regime, run)

        outcome = optimise(self.scenario, self.options, on_progress, stop, begin)
        if outcome.answer.point is not None:
            model, run = seen[0]
            self._solved = self._keep(model, run, outcome.answer.point)
        return outcome

    def _keep(self, model: Model, run: Run, point: Ints) -> _Solved:
        """What is kept of a model with a best point."""
        kept: Kept | None = None
        if run.large is not None and self.options.solver == "highs":
            from .solvers.large.warm import keep

            kept = keep(run.large, point, self.options.time_limit)
        return _Solved(point, model.program.columns, run.gap, kept)

    def _is_as_good(self, run: Run) -> bool:
        """Whether the run has a plan about as good as that of the first solve."""
        known = self._solved
        return run.gap is not None and known is not None and known.gap is not None and run.gap <= _AS_GOOD * known.gap

    def _begin(self, model: Model, regime: Regime, run: Run) -> None:
        """Offer the run what comes of what is kept, and where that is nothing, what a new solve begins with."""
        solved = self._solved
        if solved is None:
            begin_with_still_fleet(model, regime, run)
        elif run.large is not None and solved.kept is not None:
            self._begin_warm(solved.kept, run)
        else:
            whole = not model.program.objective[~model.program.integral].any()  # else it takes more than whole columns
            if whole and solved.columns == model.program.columns and run.gate(solved.point):
                run.offer(solved.point)
            if run.point is None:
                begin_with_still_fleet(model, regime, run)

    def _begin_warm(self, kept: Kept, run: Run) -> None:
        """Solve the large program of the run from what is kept, in a thread that is left alone if it hangs."""
        from .solvers.large.warm import solve_again

        large = run.large
        assert large is not None
        until = run.seconds + _WARM_SHARE * run.left
        options = replace(run.options, time_limit=until)
        warm = Run(options, run.offer, lambda _: None, run.program, run.stop, started=run.started)

        def engine(program: Program, run: Run) -> Answer:
            solve_again(large, kept, run)
            return run.answer(run.options.solver)

        solve_here(run.program, warm, engine)
        if warm.proof is not None:
            run.prove(warm.proof)
