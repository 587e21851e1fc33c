"""The checker's verdicts and the oracle's, by the same names, and random plans with what the oracle says of them."""

from __future__ import annotations

from functools import cache

from duties_oracle import Owed, duties
from oracle import NotThere, Verdicts, folded, judge
from random_plans import random_plan

from optimizer.check import CheckResult, Finding
from optimizer.domain.plan import Plan


@cache
def judged(seed: str) -> tuple[Plan, str, str | None, Verdicts]:
    """A random plan, its regime, and what the oracle says of it; no status where it takes more than there is."""
    plan, regime = random_plan(seed)
    try:
        return plan, regime, *judge(plan, regime)
    except NotThere:
        return plan, regime, None, {}


def name(*parts: str) -> str:
    """A limit's name, `UVEU101(MY,2026Q3)`, without regard to how a consignee is spelled."""
    rule, *index = parts
    return f"{rule}({','.join(folded(part) for part in index if part)})"


def verdicts(findings: tuple[Finding, ...], want: dict[str, str]) -> dict[str, str]:
    """The checker's verdicts by the limit's name; a rule that is not for this firm may stand there unasked."""
    found = {name(f.limit.rule.id, *f.limit.index): f.verdict for f in findings}
    assert len(found) == len(findings), "two findings with one name"
    unasked = {key for key in found.keys() - want.keys() if key.endswith("(firm)")}
    return {key: verdict for key, verdict in found.items() if key not in unasked or verdict != "not_applicable"}


def wanted(of: Verdicts) -> dict[str, str]:
    return {name(*key): verdict for key, verdict in of.items()}


@cache
def owed(seed: str) -> set[Owed]:
    """The duties of a random plan, as the oracle has them."""
    plan, regime, status, _ = judged(seed)
    return set() if status is None else duties(plan, regime)


def duties_of(result: CheckResult) -> set[Owed]:
    """The duties that the checker finds, by the same names."""
    found = [(duty.rule.id, duty.due, tuple(folded(part) for part in duty.about)) for duty in result.duties]
    assert len(set(found)) == len(found), "one duty twice"
    return set(found)
