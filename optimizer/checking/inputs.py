"""The files that a verdict was made from, so that no report is written over one of them."""

from __future__ import annotations

from pathlib import Path

from ..domain.plan import Plan
from ..reading.settings import nearest_settings
from ..regimes import Regime


def input_files(plan: Plan, regime: Regime) -> list[Path]:
    """The plan, the tables of its placements, the settings beside a table, the regime and what it extends."""
    named = {plan.file, *(row.at.file for row in plan.placements if row.at is not None)}
    files = [Path(name) for name in sorted(named) if name]
    files += [Path(source.file) for source in regime.provenance.sources]
    if plan.file.lower().endswith((".csv", ".parquet", ".xlsx")):
        settings = nearest_settings(Path(plan.file).absolute().parent)
        if settings is not None:
            files.append(settings[1])
    return files
