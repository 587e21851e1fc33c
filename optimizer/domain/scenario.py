"""A scenario: what a planner can choose from, and what the plan must achieve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from ..errors import Location
from ..units import Quarter
from .plan import Head, Placement
from .sites import Site
from .steps import Steps

if TYPE_CHECKING:
    from ..reading.nodes import Node

OBJECTIVES = ("capacity", "capacity_over_time", "cost", "carbon")


@dataclass(frozen=True, slots=True)
class Supply:
    """Deliveries of one accelerator in GPUs by quarter; unused ones wait."""

    accelerator: str
    by_quarter: Mapping[Quarter, int]
    at: Location | None = field(default=None, compare=False)


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


class Scenario(Head, kw_only=True):
    """What a planner can choose from. Amounts: GPUs, millions of dollars, TPP, shares as Fractions.

    `supply` None means that nothing is delivered. `budget_musd` gives money that becomes available by quarter
    (None = no limit); unspent money carries over.
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
    objective: str = "capacity"
