"""Ways to loosen a scenario: after each of them no plan is lost, so the best is nowhere worse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.optimise.random_scenarios import Document


def amounts(value: Any, change: Callable[[Any], Any]) -> Any:
    """An amount, or amounts by quarter, changed."""
    return {key: change(item) for key, item in value.items()} if isinstance(value, dict) else change(value)


def more_supply(document: Document) -> None:
    for row in document["supply"]:
        key = "per_quarter" if "per_quarter" in row else "by_quarter"
        row[key] = amounts(row[key], lambda gpus: gpus + 16)


def more_power(document: Document) -> None:
    for site in document["sites"]:
        site["power_mw"] = amounts(site["power_mw"], lambda power: round(power * 1.5, 6))


def more_money(document: Document) -> None:
    for key, value in document.get("budget_musd", {}).items():
        document["budget_musd"][key] = amounts(value, lambda musd: round(musd * 2, 6))


def no_demand(document: Document) -> None:
    document.pop("demand", None)


def no_own_limits(document: Document) -> None:
    document.pop("own_limits", None)


def no_choices(document: Document) -> None:
    for key in ("keep_open", "keep_closed", "min_open_sites", "max_share_per_site"):
        document.pop(key, None)


def any_accelerator(document: Document) -> None:
    for site in document["sites"]:
        site.pop("accelerators", None)


def no_minimum(document: Document) -> None:
    for site in document["sites"]:
        site.pop("min_viable_mw", None)


def wider_law(document: Document) -> None:
    if document["regime"] != "none":
        if isinstance(document["regime"], str):
            document["regime"] = {"extends": document["regime"]}
        wide = {
            "UVEU101.at_most": "90%",
            "UVEU102.at_most": "95%",
            "CAP201.at_most": {"2025Q1": 10**12, "to": "2027Q4"},
        }
        wide["CAP201.with_agreement"] = wide["CAP201.at_most"]
        document["regime"]["amend"] = {**document["regime"].get("amend", {}), **wide}


def another_country(document: Document) -> None:
    power = {str(document["horizon"]["first"]): 0.1}
    document["sites"].append({"site": "site-new", "country": "NZ", "power_mw": power})


def no_lead_times(document: Document) -> None:
    for row in (*document["supply"], *document["sites"]):
        row.pop("lead_quarters", None)


def fleet_may_leave(document: Document) -> None:
    document["retire_allowed"] = True
    if document.get("move_cost_usd_per_gpu") is None:
        document["move_cost_usd_per_gpu"] = 1000


def no_site_loss(document: Document) -> None:
    document.pop("survive_site_loss", None)


BASIC = [
    more_supply,
    more_power,
    more_money,
    no_demand,
    no_own_limits,
    no_choices,
    any_accelerator,
    no_minimum,
    wider_law,
    another_country,
]
"""Of fields that random_scenarios.py draws."""
LOOSENINGS = [*BASIC, no_lead_times, fleet_may_leave, no_site_loss]
"""Of all fields, those of features.py too."""
