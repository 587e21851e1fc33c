"""The `result` part of a solved plan: how it was made, how good it is proved to be, what it leaves of each limit."""

from __future__ import annotations

import hashlib
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import __version__
from .bundled import data_path
from .check import CheckResult
from .domain.scenario import Scenario
from .explain.headroom import headroom, units_installed
from .solvers import Run
from .solvers.base import exact_gap
from .solvers.ranks import Rank, Ranked

DATA_FILES = (
    "accelerators.csv",
    "countries.csv",
    "sites.csv",
    "backbone_nodes.csv",
    "backbone_edges.csv",
    "demand_regions.csv",
)


def result_record(scenario: Scenario, ranked: Ranked, checked: CheckResult, run: Run) -> dict[str, Any]:
    """What `fleetplan solve` writes about a plan (formats.md, section 2). Whole numbers for TPP, text for decimals.

    Value, bound and gap are those of the first objective; `ranks` has those of each, where the scenario lists several.
    """
    answer = ranked.answer
    assert answer.value is not None
    is_capacity = scenario.objective == "capacity"
    fleet = sum(row.gpus * scenario.catalogue[row.accelerator].tpp for row in checked.plan.placements)
    fleet -= sum(row.gpus * scenario.catalogue[row.accelerator].tpp for row in checked.plan.retirements)
    gap = None if answer.bound is None else exact_gap(answer.value, answer.bound)
    record: dict[str, Any] = {
        "status": "optimal" if ranked.met else "feasible",
        "proof": answer.word(run.options.gap),
        "objective": scenario.objective,
        "capacity_tpp": fleet,
        "bound_tpp": answer.bound if is_capacity else None,
        "gap": None if gap is None or (gap and not answer.value) else round_up(gap),
        "seconds": round(run.seconds, 3),
        "solver": answer.engine,
    }
    if not is_capacity:
        shown = run.program.shown
        record["objective_value"] = decimal_text(shown(answer.value))
        record["objective_bound"] = None if answer.bound is None else decimal_text(shown(answer.bound))
    if scenario.later_objectives:
        record["ranks"] = [_rank(rank) for rank in ranked.ranks]
    record["limits"] = _limits(checked)
    record["manifest"] = _manifest(scenario, checked, run)
    return record


def _rank(rank: Rank) -> dict[str, Any]:
    """One objective of a list: amounts in decimals, TPP for capacity; of one that was skipped, why it was."""
    if rank.why:
        return {"objective": rank.name, "status": "skipped", "why": rank.why}
    assert rank.value is not None
    return {
        "objective": rank.name,
        "status": "optimal" if rank.met else "feasible",
        "proof": rank.proof,
        "value": decimal_text(rank.value),
        "bound": None if rank.bound is None else decimal_text(rank.bound),
        "gap": None if rank.gap is None else round_up(rank.gap),
    }


def round_up(gap: Fraction | float, digits: int = 9) -> float:
    """`gap` rounded up, so that what is printed is never better than what is true."""
    up: float = math.ceil(Fraction(gap) * 10**digits) / 10**digits
    return up


def decimal_text(value: Fraction) -> str:
    """`value` as a plain decimal: exact where it has at most 6 decimals, else rounded to 6."""
    scaled = round(value * 10**6)
    whole, part = divmod(abs(scaled), 10**6)
    text = f"{'-' if scaled < 0 else ''}{whole}.{part:06d}"
    return text.rstrip("0").rstrip(".")


def _limits(checked: CheckResult) -> list[dict[str, Any]]:
    """Every limit with a bound of its own, at the quarter in which it is tightest."""
    return [
        {
            "limit": line.limit.name,
            "rule": line.limit.rule.id,
            "country": line.limit.country,
            "measured": line.measured,
            "allowed": line.allowed,
            "slack": line.left,
            "binding": bool(line.binds_in),
        }
        for line in headroom(checked.findings, units_installed(checked.plan))
    ]


def _manifest(scenario: Scenario, checked: CheckResult, run: Run) -> dict[str, Any]:
    """What went in: version, digests of inputs, regime and data, options, seed."""
    inputs = [Path(scenario.file)] if scenario.file and Path(scenario.file).is_file() else []
    return {
        "version": __version__,
        "inputs": {path.name: _digest(path.read_bytes()) for path in inputs},
        "regime": {source.id: source.sha256 for source in checked.regime.provenance.sources},
        "amendments": dict(checked.regime.provenance.amendments),
        "data": {name: _digest(data_path(name).read_bytes()) for name in DATA_FILES},
        "options": {
            "solver": run.options.solver,
            "time_limit": run.options.time_limit,
            "gap": run.options.gap,
            "seed": run.options.seed,
            "cross_check": run.options.cross_check,
            "canonical": run.options.canonical,
        },
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
