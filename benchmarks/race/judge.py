"""The gate, for everybody's plan: the exact checks of the law and of the business constraints."""

from __future__ import annotations

from typing import Any

from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.plan import Plan
from optimizer.domain.scenario import Scenario
from optimizer.regimes import load_regime

MOST_NAMED = 3


def judge(plan: Plan | None, scenario: Scenario) -> dict[str, Any]:
    """`verdict` (none, legal, illegal), `value` in TPP, how many limits are `broken`, and the first of them by name."""
    if plan is None:
        return {"verdict": "none", "value": None, "broken": 0, "names": []}
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    findings = check(plan, regime).findings
    broken = [finding.limit.name for finding in findings if finding.verdict in ("fail", "undecided")]
    broken += [f"{each.family}: {each.name}" for each in shortfalls(plan, scenario)]
    value = sum(row.gpus * scenario.catalogue[row.accelerator].tpp for row in plan.placements)
    return {
        "verdict": "illegal" if broken else "legal",
        "value": value,
        "broken": len(broken),
        "names": broken[:MOST_NAMED],
    }
