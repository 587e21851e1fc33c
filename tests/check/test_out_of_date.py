"""A plan that no rule of its regime looks at, for its dates alone, is not compliant: nothing was judged."""

from __future__ import annotations

from pathlib import Path

from optimizer.check import check
from optimizer.reading import read_plan

RULE = (
    "{id: X1, title: Half, citation: test, grade: A, each: quarter, measured: {countries: [MY]}, at_most: 50%, of: all"
)


def status(folder: Path, last: str, quarters: str) -> str:
    regime = f"fleetplan: regime/1\nid: short\ntitle: Short\nextends: none\nrules:\n  - {RULE}, to: {last}}}\n"
    (folder / "short.yaml").write_text(regime, encoding="utf-8")
    plan = (
        "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\nregime: short.yaml\n"
        f"horizon: {quarters}\nplacements:\n  - {{country: MY, accelerator: h100-sxm, gpus: 40}}\n"
        "  - {country: US, accelerator: h100-sxm, gpus: 60}\n"
    )
    (folder / "a.plan.yaml").write_text(plan, encoding="utf-8")
    return check(read_plan(folder / "a.plan.yaml")).status


def test_a_horizon_after_every_rule_has_ended_is_undecided(tmp_path: Path) -> None:
    assert status(tmp_path, "2026Q4", "{first: 2027Q1, last: 2027Q2}") == "undecided"


def test_one_quarter_in_force_is_judged(tmp_path: Path) -> None:
    assert status(tmp_path, "2027Q1", "{first: 2027Q1, last: 2027Q2}") == "compliant"
