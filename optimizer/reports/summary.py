"""A solved plan in a few lines: what it reaches, how good that is proved to be, what binds, where it goes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ..explain.sentences import country_name
from ..units import TPP_PER_H100E, h100e

if TYPE_CHECKING:
    from ..check import CheckResult
    from ..domain.plan import Plan
    from ..optimise import Outcome

MOST_COUNTRIES = 8
MOST_BINDING = 8
MOST_CHANGES = 3


def plan_summary(outcome: Outcome, output: str | None) -> str:
    """The summary that `solve` prints beside the plan."""
    assert outcome.plan is not None
    assert outcome.plan.result is not None
    assert outcome.checked is not None
    plan, result = outcome.plan, outcome.plan.result
    word = _proof(result["proof"], result["gap"])
    lines = [
        f"{word}, gap {result['gap']:.4%}, {result['seconds']:.1f} s, {result['solver']}"
        if result["gap"] is not None
        else f"feasible, no bound, {result['seconds']:.1f} s, {result['solver']}",
        _compliant(outcome.checked),
        f"capacity at the end: {h100e(result['capacity_tpp']):,.0f} H100e ({result['capacity_tpp']:,} TPP)",
    ]
    if "objective_value" in result:
        lines.append(f"{result['objective'].replace('_', ' ')}: {result['objective_value']}")
    for number, rank in enumerate(result.get("ranks", []), 1):
        lines.append(f"{number}. {rank['objective'].replace('_', ' ')}: {_rank(rank)}")
    binding = [entry for entry in result["limits"] if entry["binding"]]
    if binding:
        names = ", ".join(entry["limit"] for entry in binding[:MOST_BINDING])
        lines.append(
            f"binding: {names}" + (f" and {len(binding) - MOST_BINDING} more" if len(binding) > MOST_BINDING else "")
        )
    else:
        lines.append("binding: no limit of the law or of the firm")
    lines += _changes(plan)
    lines.append("capacity by country:")
    total: dict[str, int] = defaultdict(int)
    added: dict[str, int] = defaultdict(int)
    for row in plan.placements:
        tpp = row.gpus * plan.catalogue[row.accelerator].tpp
        total[row.country] += tpp
        if row.quarter is not None and row.quarter in plan.horizon:
            added[row.country] += tpp
    for retirement in plan.retirements:
        total[retirement.country] -= retirement.gpus * plan.catalogue[retirement.accelerator].tpp
    for move in plan.moves:
        tpp = move.gpus * plan.catalogue[move.accelerator].tpp
        total[move.origin.country] -= tpp
        total[move.to.country] += tpp
    ranked = sorted((code for code in total if total[code]), key=lambda code: -total[code])
    for code in ranked[:MOST_COUNTRIES]:
        share = total[code] / sum(total.values())
        lines.append(
            f"  {country_name(code):<24}{total[code] / TPP_PER_H100E:>12,.0f} H100e {share:>7.2%}"
            f"   new {added[code] / TPP_PER_H100E:>11,.0f}"
        )
    rest = ranked[MOST_COUNTRIES:]
    if rest:
        amount = sum(total[code] for code in rest)
        share = amount / sum(total.values())
        lines.append(f"  {f'{len(rest)} more countries':<24}{amount / TPP_PER_H100E:>12,.0f} H100e {share:>7.2%}")
    if output is not None:
        lines.append(f"plan written to {output}")
    return "\n".join(lines)


def _changes(plan: Plan) -> list[str]:
    """What leaves the fleet and what moves, a line each, the largest first; none where nothing does."""
    lines = []
    if plan.retirements:
        gone: dict[str, int] = defaultdict(int)
        for row in plan.retirements:
            gone[f"{row.accelerator} in {row.site or country_name(row.country)}"] += row.gpus
        lines.append(f"retired: {sum(gone.values()):,} GPUs ({_largest(gone)})")
    if plan.moves:
        moved: dict[str, int] = defaultdict(int)
        for move in plan.moves:
            start = move.origin.site or country_name(move.origin.country)
            moved[f"{move.accelerator} from {start} to {move.to.site}"] += move.gpus
        lines.append(f"moved: {sum(moved.values()):,} GPUs ({_largest(moved)})")
    return lines


def _largest(amounts: dict[str, int]) -> str:
    ranked = sorted(amounts, key=lambda name: -amounts[name])
    shown = ", ".join(f"{amounts[name]:,} {name}" for name in ranked[:MOST_CHANGES])
    return shown + (f" and {len(ranked) - MOST_CHANGES} more" if len(ranked) > MOST_CHANGES else "")


def _compliant(checked: CheckResult) -> str:
    status = checked.regime.status
    today = f" ({checked.regime.id} is not enforced today, as of {status.looked})" if status.enforced == "no" else ""
    return f"compliant with {checked.regime.name}: {checked.counts['pass']} limits kept{today}"


def _rank(rank: dict[str, Any]) -> str:
    if "why" in rank:
        return f"skipped, because {rank['why']}"
    gap = "no bound" if rank["gap"] is None else f"gap {rank['gap']:.4%}"
    return f"{rank['value']}, {_proof(rank['proof'], rank['gap'])}, {gap}"


def _proof(word: str, gap: float | None) -> str:
    """The word for people: what is proved is an optimum only where no gap is left."""
    if word == "proved":
        return "proved" if gap else "proved optimal"
    return {"bounded": "bounded", "none": "feasible"}[word]
