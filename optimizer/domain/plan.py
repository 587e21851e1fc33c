"""A plan: where a firm's fleet stands and will stand, and the head that it shares with a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..errors import Location
from ..units import Quarter, quarters
from .catalogue import Catalogue, bundled_catalogue

Status = Literal["uveu", "nveu", "none"]
AUTHORIZATIONS = ("aia", "uveu", "nveu", "allocation", "lpp", "licence")


@dataclass(frozen=True, slots=True)
class Firm:
    """Who places the fleet: name, country codes of headquarters and ultimate parent, and validated-end-user status."""

    name: str
    headquarters: str
    ultimate_parent: str
    status: Status
    nveu_countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RegimeRef:
    """Which regime judges: a built-in id or a file's path (relative to `folder`), and amendments by field path."""

    base: str = "factsheet-2025"
    amend: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()
    at: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Horizon:
    """The quarters that are judged, both ends included."""

    first: Quarter
    last: Quarter

    def __iter__(self) -> Any:
        return quarters(self.first, self.last)

    def __contains__(self, quarter: Quarter) -> bool:
        return self.first <= quarter <= self.last


@dataclass(frozen=True, slots=True)
class Placement:
    """GPUs that come into service. No quarter = before the horizon; no authorization = the default there."""

    country: str
    accelerator: str
    gpus: int
    site: str | None = None
    quarter: Quarter | None = None
    authorization: str | None = None
    consignee: str | None = None
    holds_weights: bool = False
    at: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Retirement:
    """GPUs that leave service at a quarter's end reckoning; site and authorization narrow what is taken."""

    country: str
    accelerator: str
    gpus: int
    quarter: Quarter
    site: str | None = None
    authorization: str | None = None
    at: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """One end of a move."""

    country: str
    site: str | None = None
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """GPUs that change place; they count as received at `to` in `quarter`."""

    accelerator: str
    gpus: int
    quarter: Quarter
    origin: Place
    to: Place
    at: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Consignee:
    """An ultimate consignee of low-volume shipments and the parent whose allowance it uses."""

    consignee: str
    parent: str
    headquarters: str


@dataclass(frozen=True, slots=True)
class SiteOperator:
    """Who operates a site that holds closed model weights, and which paragraphs of Supp. No. 10 it meets."""

    site: str
    headquarters: str
    certified: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a plan and a scenario share."""

    firm: Firm
    regime: RegimeRef
    horizon: Horizon
    agreements: Mapping[str, Quarter] = field(default_factory=dict)  # jurisdiction -> first quarter of the higher cap
    national_use: Mapping[str, int] = field(default_factory=dict)  # jurisdiction -> TPP that other buyers use
    catalogue: Catalogue = field(default_factory=bundled_catalogue)
    own_accelerators: tuple[str, ...] = ()  # ids of catalogue rows that the file itself gave
    file: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Head):
    """A fleet plan. `snapshot` means that no quarter was named, so it is judged once."""

    placements: tuple[Placement, ...]
    retirements: tuple[Retirement, ...] = ()
    moves: tuple[Move, ...] = ()
    consignees: tuple[Consignee, ...] = ()
    site_operators: tuple[SiteOperator, ...] = ()
    snapshot: bool = False
    result: Mapping[str, Any] | None = None  # what `solve` wrote about how the plan was made; never trusted by `check`
