"""The `result` part of a solved plan: how it was made, how good it is proved to be, what it leaves of each limit."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import __version__
from .bundled import data_path
from .check import CheckResult
from .domain.scenario import Scenario
from .explain.headroom import headroom, units_installed
from .solvers import Answer, Run

DATA_FILES = (
    "accelerators.csv",
    "countries.csv",
    "sites.csv",
    "backbone_nodes.csv",
    "backbone_edges.csv",
    "demand_regions.csv",
)


def result_record(scenario: Scenario, answer: Answer, checked: CheckResult, run: Run) -> dict[str, Any]:
    """What `fleetplan solve` writes about a plan (formats.md, section 2). Whole numbers for TPP, text for decimals."""
    assert answer.value is not None
    is_capacity = scenario.objective == "capacity"
    fleet = sum(row.gpus * scenario.catalogue[row.accelerator].tpp for row in checked.plan.placements)
    proved = answer.bound == answer.value and answer.exact_bound
    gap = run.gap
    record: dict[str, Any] = {
        "status": "optimal" if run.met else "feasible",
        "proof": "none" if answer.bound is None else "proved" if proved else "bounded",
        "objective": scenario.objective,
        "capacity_tpp": fleet,
        "bound_tpp": answer.bound if is_capacity else None,
        "gap": None if gap is None or gap == float("inf") else round_up(gap),
        "seconds": round(run.seconds, 3),
        "solver": answer.engine,
    }
    if not is_capacity:
        shown = run.program.shown
        record["objective_value"] = decimal_text(shown(answer.value))
        record["objective_bound"] = None if answer.bound is None else decimal_text(shown(answer.bound))
    record["limits"] = _limits(checked)
    record["manifest"] = _manifest(scenario, checked, run)
    return record


def round_up(gap: float, digits: int = 9) -> float:
    """`gap` rounded up, so that what is printed is never better than what is true."""
    step = 10.0**-digits
    rounded = round(gap, digits)
    return rounded if rounded >= gap else round(rounded + step, digits)


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
        },
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
