"""Who notices a mistake in the law: the worked cases first, then the oracle on random plans.

The plans are read once. A mistake is noticed when a case's words no longer come true, or when checker and oracle no
longer agree on a plan on which they agreed.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import NamedTuple

from comparing import duties_of, judged, owed, verdicts, wanted
from duties_oracle import Owed
from worked_cases import Case, cases, complaints, documents, record_complaints, regime_complaints

from optimizer.check import check
from optimizer.domain.plan import Plan, RegimeRef
from optimizer.errors import InputError
from optimizer.regimes import Regime, load_regime

FEW = 50
"""Random plans of a regime that are enough where nothing is thought to come out differently."""
SECONDS = 5.0
"""CPU time after which a mistake in the code is taken to run for ever, which is noticed too."""


class Weighed(NamedTuple):
    """A random plan and the verdicts that checker and oracle agree on; no status where too much is taken."""

    seed: str
    plan: Plan
    status: str | None
    verdicts: dict[str, str]
    duties: set[Owed]


class TakesTooLong(BaseException):
    """The time is over; no `except Exception` of the code at hand may swallow it."""


class Watch:
    """Everything that can notice a mistake, by regime."""

    def __init__(self, oracle_plans: int) -> None:
        self.documents = documents()
        self.cases: dict[str, list[tuple[Case, Plan]]] = {}
        self.weighed: dict[str, list[Weighed]] = {}
        with TemporaryDirectory() as folder:
            for case in cases():
                plan = case.plan(Path(folder))
                self.cases.setdefault(case.regime, []).append((case, plan))
        for number in range(oracle_plans):
            plan, regime, status, of = judged(f"plan {number}")
            one = Weighed(f"plan {number}", plan, status, wanted(of), owed(f"plan {number}"))
            self.weighed.setdefault(regime, []).append(one)

    def notices(self, regime_id: str, rule: str, ref: RegimeRef | None = None, plans: int | None = None) -> str:
        """Who notices first, the cases of `rule` before all others; empty when nobody does.

        Of the random plans the first `plans` are asked, all when it is left out.

        `ref` names the file with a mistake in the records; with none each plan is judged under its own regime, which is
        for mistakes in the code.
        """
        try:
            return self._notices(regime_id, rule, ref, plans)
        except InputError:
            return "refused"
        except TakesTooLong:
            return "never ends"
        except Exception as error:  # whatever the mistake makes of the code
            return f"raises {type(error).__name__}"

    def _notices(self, regime_id: str, rule: str, ref: RegimeRef | None, plans: int | None) -> str:
        regime = None if ref is None else load_regime(ref)
        if regime is not None:
            for record in (*regime.records, *regime.duties):
                if record_complaints(self.documents[record.rule.id], regime_id, record):
                    return "record"
            if regime_complaints(self.documents["REGIME"], regime_id, regime):
                return "record"
        mine = self.cases.get(regime_id, [])
        for place in sorted(range(len(mine)), key=lambda place: mine[place][0].rule != rule):
            case, plan = mine[place]
            own = plan.regime
            if ref is not None and (own.amend or own.add or own.readings):
                read = load_regime(ref.replace(amend=own.amend, add=own.add, readings=own.readings))
            else:
                read = regime
            if complaints(case, check(plan, read, case.as_of)):
                mine.insert(0, mine.pop(place))  # what noticed this mistake is asked first about the next
                return f"case {case.name}"
        for one in self.weighed.get(regime_id, [])[:plans]:
            if self._differs(one, regime):
                return f"oracle {one.seed}"
        return ""

    def _differs(self, one: Weighed, regime: Regime | None) -> bool:
        try:
            result = check(one.plan, regime)
        except InputError:
            return one.status is not None
        if one.status is None:
            return True
        if result.status != one.status or duties_of(result) != one.duties:
            return True
        return verdicts(result.findings, one.verdicts) != one.verdicts


def within(seconds: float, ask: Callable[[], str]) -> str:
    """What `ask` answers, or "never ends" when it takes more CPU time than that."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TakesTooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        return ask()
    except TakesTooLong:
        return "never ends"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
