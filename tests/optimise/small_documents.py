"""Small scenarios that tests of the optimizer change a little, and a hard one."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from optimizer.domain.scenario import Scenario
from optimizer.reading import read_scenario

Document = dict[str, Any]

_PLAIN: Document = {
    "fleetplan": "scenario/1",
    "firm": {"name": "Plain Cloud", "headquarters": "DE", "status": "none"},
    "regime": "none",
    "horizon": {"first": "2026Q1", "last": "2026Q2"},
    "accelerators": [
        {"accelerator": "chip", "tpp": 10_000, "gpus_per_unit": 4, "kw_per_gpu": 1, "capex_usd": 1000},
    ],
    "supply": [{"accelerator": "chip", "by_quarter": {"2026Q1": 40, "2026Q2": 40}}],
    "sites": [
        {"site": "berlin", "country": "DE", "power_mw": 0.06},
        {"site": "dubai", "country": "AE", "power_mw": 0.06},
    ],
}


def document(**parts: Any) -> Document:
    """Two quarters, one chip of 10,000 TPP and 1 kW in units of 4, 80 of them for two sites of 60 kW; with `parts`.

    Nothing but supply (800,000 TPP) binds: no regime to speak of, no costs.
    """
    return {**copy.deepcopy(_PLAIN), **parts}


def read(document: Document) -> Scenario:
    """The document as the reader takes it."""
    return read_scenario("scenario.json", text=json.dumps(document))


def scenario(**parts: Any) -> Scenario:
    """`document(**parts)` as the reader takes it."""
    return read(document(**parts))


def hard_document() -> Document:
    """Twelve sites, four chips, four quarters with budget, minimum sizes and demand: seconds for every engine."""
    rng = random.Random(1)
    sites = range(12)
    accelerators = [
        {
            "accelerator": f"chip-{k}",
            "tpp": rng.randint(5000, 60000),
            "gpus_per_unit": 1,
            "kw_per_gpu": round(rng.uniform(0.7, 2.3), 3),
            "capex_usd": rng.randint(20000, 50000),
        }
        for k in range(4)
    ]
    return document(
        horizon={"first": "2026Q1", "last": "2026Q4"},
        accelerators=accelerators,
        sites=[
            {
                "site": f"site-{s}",
                "country": rng.choice(["DE", "US", "MY", "AE"]),
                "power_mw": round(rng.uniform(0.03, 0.09), 4),
                "min_viable_mw": round(rng.uniform(0.02, 0.03), 4),
                "fixed_open_cost_musd": round(rng.uniform(0.2, 0.9), 3),
                "capex_musd_per_mw": round(rng.uniform(5, 14), 2),
            }
            for s in sites
        ],
        supply=[{"accelerator": row["accelerator"], "per_quarter": rng.randint(20, 60)} for row in accelerators],
        budget_musd={"per_quarter": 4.37},
        demand=[
            {
                "region": f"region-{r}",
                "sites": [f"site-{s}" for s in rng.sample(sites, 4)],
                "h100e": rng.randint(10, 40),
                "from": "2026Q3",
            }
            for r in range(4)
        ],
    )
