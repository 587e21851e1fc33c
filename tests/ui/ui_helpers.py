"""A small scenario and a plan for it, written as a person would, and what the page's tests share."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from optimizer.check import check
from optimizer.checking.books import keep_books
from optimizer.reading import read_plan, read_scenario
from optimizer.regimes import load_regime

SCENARIO = """\
fleetplan: scenario/1
name: Two sites <abroad>
firm: {name: Test Cloud, headquarters: US, status: uveu}
regime: factsheet-2025
horizon: {first: 2026Q3, last: 2027Q1}
agreements: [{country: AE, from: 2026Q4}]
national_use: {MY: 158320000}
fleet:
  - {country: US, accelerator: h100-sxm, gpus: 90000}
supply:
  - {accelerator: h100-sxm, per_quarter: 8000}
  - {accelerator: h200-sxm, by_quarter: {2026Q4: 800}}
sites:
  - {site: austin, country: US, power_mw: 40, fixed_open_cost_musd: 10, capex_musd_per_mw: 10,
     pue: 1.25, lat: 30.3, lon: -97.7}
  - {site: johor, country: MY, power_mw: {2026Q3: 20, 2027Q1: 30}, fixed_open_cost_musd: 5,
     capex_musd_per_mw: 8, pue: 1.25, lat: 1.5, lon: 103.7}
  - {site: closed, country: AE, power_mw: 0, pue: 1.2}
budget_musd: {per_quarter: 500}
demand: [{region: x, tpp: {2026Q4: 15832000}, sites: [johor]}]
own_limits:
  - {id: OWN1, title: No more than 9 % in Malaysia, measured: {countries: [MY]}, at_most: 9%, of: all}
"""

PLAN = """\
fleetplan: plan/1
firm: {name: Test Cloud, headquarters: US, status: uveu}
regime: factsheet-2025
horizon: {first: 2026Q3, last: 2027Q1}
agreements: [{country: AE, from: 2026Q4}]
national_use: {MY: 158320000}
placements:
  - {country: US, accelerator: h100-sxm, gpus: 90000}
  - {country: MY, site: johor, accelerator: h100-sxm, gpus: 6768, quarter: 2026Q3}
  - {country: US, site: austin, accelerator: h100-sxm, gpus: 8000, quarter: 2026Q4}
  - {country: US, site: austin, accelerator: h200-sxm, gpus: 800, quarter: 2026Q4}
result:
  status: optimal
  proof: bounded
  objective: capacity
  gap: 0.0008
  seconds: 12.5
  solver: highs
"""
# 6,768 of 96,768 GPUs in Malaysia are 6.994 % in 2026Q3, so one more server of eight breaks the 7 %.


def write_scenario(folder: Path, text: str = SCENARIO, plan: str | None = PLAN, name: str = "two") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    if plan is not None:
        (folder / f"{name}.plan.yaml").write_text(plan, encoding="utf-8")
    return file


def read_all(folder: Path) -> Any:
    """Scenario, plan, regime (with the own limits), books and check."""
    file = write_scenario(folder)
    scenario, plan = read_scenario(file), read_plan(file.with_name("two.plan.yaml"))
    regime = load_regime(plan.regime).with_own_limits(scenario.own_limits)
    return scenario, plan, regime, keep_books(plan, regime), check(plan, regime)


def page_text(page: Any) -> str:
    """Everything that a page of `AppTest` says, without tags."""
    said = []
    for block in (page.main, page.sidebar):
        for node in _nodes(block):
            proto = getattr(node, "proto", None)
            for name in ("body", "label", "body_text"):
                text = getattr(proto, name, None)
                said.append(text if isinstance(text, str) else "")
    return html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", " ".join(said), flags=re.DOTALL))


def _nodes(block: Any) -> Any:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from _nodes(child)
