"""Authorizations: what is added stands under one that the scenario names there, where it names any."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.countries import jurisdiction
from ..domain.scenario import Scenario
from ..regimes import load_regime, usable_authorizations
from .inventory import Inventory
from .shortfall import Shortfall


def authorized(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """Every row beyond the fleet has an authorization that may be used in its country."""
    if scenario.authorizations is None or not inventory.added:
        return
    regime = load_regime(scenario.regime)
    usable = {
        code: usable_authorizations(scenario.authorizations, regime, scenario.firm, code)
        for code in {jurisdiction(row.country) for row in inventory.added}
    }
    for row in inventory.added:
        code = jurisdiction(row.country)
        name = row.authorization or regime.default_authorization(scenario.firm, code)
        if name not in usable[code]:
            sentence = f"{row.gpus:,} {row.accelerator} at {row.site} stand under {name}, which is not to be used there"
            yield Shortfall("authorizations", f"authorization({row.site},{name})", sentence)
