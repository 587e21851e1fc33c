"""Whether a plan keeps its scenario's business constraints, by code that never saw the matrix.

`check` judges the law, this judges the rest: supply, whole units, power, minimum size, money, demand, and the planner's
own choices of sites. Amounts are whole numbers of a common part, so every comparison is exact; demand is a maximum flow
in whole TPP. One module for each concern; all read the same inventory of the plan.
"""

from __future__ import annotations

from ..domain.plan import Plan
from ..domain.scenario import Scenario
from .authorizations import authorized
from .changes import fleet_changed
from .demand import demand
from .inventory import new_placements, take_inventory
from .money import budget
from .power import power
from .rows import fleet_kept, installed
from .shortfall import Shortfall
from .site_loss import site_loss
from .sites import chosen_sites, lead_times, site_shares
from .supply import supply

__all__ = ["Shortfall", "new_placements", "shortfalls"]


def shortfalls(plan: Plan, scenario: Scenario) -> list[Shortfall]:
    """Every business constraint of `scenario` that `plan` breaks, none when it keeps them all."""
    inventory = take_inventory(plan, scenario)
    return [
        *fleet_kept(inventory),
        *fleet_changed(plan, scenario),
        *installed(inventory, scenario),
        *supply(inventory, scenario),
        *power(inventory, scenario),
        *budget(inventory, scenario),
        *lead_times(inventory, scenario),
        *chosen_sites(inventory, scenario),
        *site_shares(inventory, scenario),
        *demand(inventory, scenario),
        *site_loss(inventory, scenario),
        *authorized(inventory, scenario),
    ]
