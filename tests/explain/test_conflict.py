"""The conflict of a scenario with no plan names what is really in conflict."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer.optimise import optimise
from optimizer.solvers import Options
from tests.optimise.small_documents import scenario

CHIP = {"country": "DE", "accelerator": "chip"}
UVEU = {"name": "Test", "headquarters": "DE", "status": "uveu"}


@pytest.mark.parametrize(
    ("parts", "families"),
    [
        ({"demand": [{"region": "r", "tpp": 900_000, "sites": ["berlin", "dubai"]}]}, {"demand", "supply"}),
        ({"demand": [{"region": "r", "tpp": {"2026Q2": 700_000}, "sites": ["dubai"]}]}, {"demand", "power"}),
        (
            {
                "firm": UVEU,
                "regime": "ifr-2025",
                "fleet": [{**CHIP, "gpus": 100}],
                "demand": [{"region": "r", "tpp": 200_000, "sites": ["dubai"]}],
            },
            {"demand", "UVEU101"},
        ),
        (
            {"budget_musd": {"total": 0.02}, "demand": [{"region": "r", "tpp": 400_000, "sites": ["berlin"]}]},
            {"demand", "budget"},
        ),
    ],
    ids=["supply", "power", "law", "budget"],
)
def test_the_families_are_named(parts: dict[str, Any], families: set[str]) -> None:
    outcome = optimise(scenario(**parts), Options())
    assert outcome.status == "infeasible"
    assert outcome.conflict is not None
    assert families <= set(outcome.conflict.families)
    assert outcome.conflict.sentences()


def test_what_the_standing_fleet_breaks_is_said_first() -> None:
    fleet = [{**CHIP, "gpus": 100}, {**CHIP, "country": "AE", "gpus": 100}]
    outcome = optimise(scenario(firm=UVEU, regime="ifr-2025", fleet=fleet), Options())
    assert outcome.conflict is not None
    assert "stands already" in outcome.conflict.sentences()[0]
