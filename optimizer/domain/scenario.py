"""A scenario: what a planner can choose from, and what the plan must achieve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from ..errors import Location
from ..frozen import Frozen
from ..units import Quarter
from .plan import Head, Placement
from .sites import Site
from .steps import Steps

if TYPE_CHECKING:
    from ..reading.nodes import Node

OBJECTIVES = ("capacity", "capacity_over_time", "cost", "carbon")
LATER_OBJECTIVES = (*OBJECTIVES, "open_sites")
"""What may follow in a list of objectives: the fewest open sites too."""


NOTICE_QUARTERS = 1
"""Quarters before chips move between countries in which the firm has to say so: 60 days' notice fit into one."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Deliveries of one accelerator in GPUs by quarter; unused ones wait.

    A delivery can be in service `lead_quarters` after the quarter in which it arrives at the earliest.
    """

    accelerator: str
    by_quarter: Mapping[Quarter, int]
    lead_quarters: int = 0
    at: Location | None = field(default=None, compare=False)

    @property
    def ready(self) -> dict[Quarter, int]:
        """GPUs by the first quarter in which they can be in service."""
        return {quarter + self.lead_quarters: gpus for quarter, gpus in self.by_quarter.items()}


@dataclass(frozen=True, slots=True)
class Demand:
    """Capacity wanted within reach of a region: TPP by quarter (0 before the first), served by the named sites.

    `sites` are the ids of candidate sites within reach. `cost_usd_per_h100e` prices serving from a site, per
    H100-equivalent and quarter.
    """

    region: str
    tpp: Steps[int]
    sites: frozenset[str]
    cost_usd_per_h100e: Mapping[str, Fraction] = field(default_factory=dict)
    max_rtt_ms: Fraction | None = None
    at: Location | None = field(default=None, compare=False)


class Authorizations(Frozen):
    """Which authorizations may be used: by jurisdiction, and in the other countries outside Tier 1 (None: the default).

    Of those for the other countries, the ones that the firm does not hold in a country are passed over there.
    """

    by_country: Mapping[str, tuple[str, ...]]
    elsewhere: tuple[str, ...] | None = None
    at: Location | None = None


class Scenario(Head, kw_only=True):
    """What a planner can choose from. Amounts: GPUs, millions of dollars, TPP, shares as Fractions.

    `supply` None means that nothing is delivered. `budget_musd` gives money that becomes available by quarter
    (None = no limit); unspent money carries over. The standing fleet may leave service where `retire_allowed`, and
    change place where `move_cost_usd_per_gpu` is a number. `authorizations` None means the regime's default everywhere.
    `later_objectives` follow `objective` in order of rank; each may cost those before it the share
    `objective_tolerance` of what they reached.
    """

    name: str
    fleet: tuple[Placement, ...] = ()
    supply: tuple[Supply, ...] = ()
    sites: tuple[Site, ...] = ()
    budget_musd: Mapping[Quarter, Fraction] | None = None
    demand: tuple[Demand, ...] = ()
    own_limits: tuple[Node, ...] = ()
    keep_open: frozenset[str] = frozenset()
    keep_closed: frozenset[str] = frozenset()
    max_share_per_site: Fraction | None = None
    min_open_sites: int = 0
    retire_allowed: bool = False
    move_cost_usd_per_gpu: Fraction | None = None
    objective: str = "capacity"
    later_objectives: tuple[str, ...] = ()
    objective_tolerance: Fraction = Fraction(0)
    authorizations: Authorizations | None = None
    survive_site_loss: bool = False

    @property
    def fleet_may_leave(self) -> bool:
        """Whether GPUs of the standing fleet may leave the place where they stand."""
        return self.retire_allowed or self.move_cost_usd_per_gpu is not None

    @property
    def first_notified(self) -> Quarter:
        """The first quarter in which chips may move between countries: notice of it is given in the quarter before."""
        return self.horizon.first + NOTICE_QUARTERS
