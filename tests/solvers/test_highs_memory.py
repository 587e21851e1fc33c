"""Two small scenarios that ended the process, by faults of HiGHS; what is left of random ones that found them.

AFTER_PRESOLVE: its dual simplex method wrote past the ends of its arrays where it went on from what presolve left, so
small linear programs go without presolve. IN_A_HEURISTIC: the presolve of the smaller program that a heuristic makes
read past the end of a list while the conflict was looked for, which goes without those heuristics.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

AFTER_PRESOLVE: dict[str, Any] = {
    "fleetplan": "scenario/1",
    "firm": {"name": "Random Cloud", "headquarters": "DE", "status": "uveu"},
    "regime": {"extends": "factsheet-2025", "amend": {"LPP501.at_most": 13_789}},
    "horizon": {"first": "2026Q1", "last": "2026Q1"},
    "accelerators": [
        {"accelerator": "chip-0", "tpp": 1532, "gpus_per_unit": 8, "kw_per_gpu": 2, "capex_usd": 40_000},
        {"accelerator": "chip-1", "tpp": 100, "gpus_per_unit": 8, "kw_per_gpu": 0.72, "capex_usd": 40_000},
    ],
    "sites": [
        {"site": "site-0", "country": "US", "power_mw": {"2026Q1": 0.96}, "accelerators": ["chip-1"]},
        {"site": "site-3", "country": "HK", "power_mw": 0.633107, "grid_carbon_g_per_kwh": 545.5},
        {"site": "site-5", "country": "GB", "power_mw": 0.024, "pue": 1.35, "grid_carbon_g_per_kwh": 23},
        {"site": "site-7", "country": "MY", "power_mw": {"2026Q1": 0.96}},
    ],
    "fleet": [
        {"country": "KR", "accelerator": "chip-1", "gpus": 96},
        {"country": "GL", "accelerator": "chip-1", "gpus": 126},
        {"country": "IN", "accelerator": "chip-0", "gpus": 2},
        {"country": "IN", "accelerator": "chip-0", "gpus": 3, "quarter": "2024Q4", "authorization": "lpp"},
    ],
    "supply": [
        {"accelerator": "chip-0", "by_quarter": {"2026Q1": 312}},
        {"accelerator": "chip-1", "per_quarter": 601},
    ],
    "objective": "carbon",
}


IN_A_HEURISTIC: dict[str, Any] = {
    "fleetplan": "scenario/1",
    "firm": {"name": "Random Cloud", "headquarters": "SG", "status": "nveu", "nveu_countries": ["BR"]},
    "regime": {
        "extends": "factsheet-2025",
        "amend": {
            "CAP201.at_most": {"2025Q1": 200000, "to": "2027Q4"},
            "CAP201.with_agreement": {"2025Q1": 500000, "to": "2027Q4"},
            "NVEU401.at_most": {"2025Q1": 90000, "2026Q1": 300000, "to": "2027Q4"},
        },
        "add": [
            {
                "id": "ADDED1",
                "title": "An added rule",
                "citation": "made up",
                "grade": "A",
                "each": "country+quarter",
                "measured": {"tiers": [2]},
                "at_most": "11%",
                "of": {"tiers": [1, 2]},
            }
        ],
    },
    "horizon": {"first": "2025Q1", "last": "2026Q1"},
    "accelerators": [{"accelerator": "chip-0", "tpp": 4800, "gpus_per_unit": 1, "kw_per_gpu": 0.5, "capex_usd": 25000}],
    "sites": [
        {"site": "site-0", "country": "PR", "power_mw": 0.019123, "min_viable_mw": 0.001001},
        {"site": "site-1", "country": "GB", "power_mw": 0.005096, "lead_quarters": 2},
        {"site": "site-2", "country": "DE", "power_mw": 0.018202, "min_viable_mw": 0.00135, "lead_quarters": 2},
        {"site": "site-3", "country": "IL", "power_mw": 0.008162, "min_viable_mw": 0.000676},
        {"site": "site-4", "country": "KR", "power_mw": 0.012734, "min_viable_mw": 0.001001},
        {"site": "site-5", "country": "GL", "power_mw": {"2025Q2": 0.0}},
        {"site": "site-6", "country": "GL", "power_mw": {"2025Q4": 0.0015, "2026Q1": 0.02}, "min_viable_mw": 0.001501},
        {"site": "site-7", "country": "IN", "power_mw": 0.004171, "first_quarter": "2025Q2", "pue": 1.2},
        {"site": "site-8", "country": "DE", "power_mw": 0.015485, "first_quarter": "2025Q4", "min_viable_mw": 0.001},
    ],
    "supply": [{"accelerator": "chip-0", "lead_quarters": 0, "by_quarter": {"2025Q1": 2}}],
    "demand": [{"region": "anywhere", "tpp": 4800, "sites": [f"site-{n}" for n in range(9)], "from": "2026Q1"}],
    "survive_site_loss": True,
}


@pytest.mark.parametrize("document", [AFTER_PRESOLVE, IN_A_HEURISTIC], ids=["after presolve", "in a heuristic"])
def test_the_process_lives_on(document: dict[str, Any], tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps(document), encoding="utf-8")
    again = (
        "from optimizer.optimise import optimise; from optimizer.reading import read_scenario; "
        "from optimizer.solvers import Options\n"
        f"for _ in range(4): print(optimise(read_scenario({str(scenario)!r}), Options(gap=0)).status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", again], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout.split()) == (0, ["infeasible"] * 4), done.stderr
