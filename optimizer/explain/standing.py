"""What stands already and cannot be judged: no plan can mend that, so none is looked for."""

from __future__ import annotations

from ..check import CheckResult, check
from ..domain.plan import Head, Plan
from ..domain.scenario import Scenario
from ..errors import InputError, Location, Problem, show
from ..limits import Standing
from ..reading.codes import UNDECIDABLE
from ..regimes import Regime
from .sentences import sentence


def broken_by_fleet(scenario: Scenario, regime: Regime) -> list[str]:
    """What the standing fleet alone breaks, a sentence for each rule and place; growth elsewhere may mend a share."""
    found = {
        (finding.limit.rule.id, finding.limit.country): sentence(finding, scenario.catalogue)
        for finding in reversed(_checked(scenario, regime).of("fail"))
    }
    return list(reversed(found.values()))


def _checked(scenario: Scenario, regime: Regime) -> CheckResult:
    head = {name: getattr(scenario, name) for name in Head.field_names}
    return check(Plan(**head, placements=scenario.fleet), regime)


def refuse_undecidable(scenario: Scenario, regime: Regime) -> None:
    """Raise InputError where every plan would be undecided: by a row of the fleet, or by a horizon before the regime.

    Chips of which it is unknown whether they count are no such case: what is placed beside them can decide.
    """
    result = _checked(scenario, regime)
    mend = "Correct the row, or leave it out of the fleet; no plan could be judged while it stands."
    problems = [
        Problem(UNDECIDABLE, finding.at or _top(scenario), "fleet", finding.limit.name, finding.limit.why, mend)
        for finding in result.findings
        if finding.limit.standing is Standing.UNDECIDED and finding.placements
    ]
    if scenario.horizon.last < regime.first:
        why = f"the regime {regime.name} begins with {regime.first}, so nothing would be judged"
        found = show(f"{scenario.horizon.first} to {scenario.horizon.last}")
        mend = "Begin the horizon later, or name another regime."
        problems.append(Problem(UNDECIDABLE, _top(scenario), "horizon", found, why, mend))
    if problems:
        raise InputError(problems)


def _top(scenario: Scenario) -> Location:
    return Location(scenario.file or "scenario")
