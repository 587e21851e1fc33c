"""A plan: where a firm's fleet stands and will stand, and the head that it shares with a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from ..errors import Location
from ..frozen import Frozen
from ..units import Quarter, quarters
from .catalogue import Catalogue

Status = Literal["uveu", "nveu", "none"]
CERTIFIABLE = ("14", "15", "18")
"""The paragraphs of Supplement No. 10 to part 748 that a site's operator can be certified for."""
OWN_GROUP_INDEX = "own group"
"""How reports and limits name the firm's own group among the groups of consignees; no consignee may be called so."""
AUTHORIZATIONS = ("aia", "uveu", "nveu", "allocation", "lpp", "licence")
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Firm(Frozen):
    """Who places the fleet: name, country codes of headquarters and ultimate parent, and validated-end-user status."""

    name: str
    headquarters: str
    ultimate_parent: str
    status: Status
    nveu_countries: frozenset[str] = frozenset()


class RegimeRef(Frozen):
    """Which regime judges: a built-in id or a file's path (relative to `folder`), and what is changed in it.

    `amend` are values by field path, `add` further rules, `readings` the options chosen where the law can be read in
    more than one way.
    """

    base: str = "factsheet-2025"
    amend: Mapping[str, Any] = _NOTHING
    add: tuple[Any, ...] = ()
    readings: Mapping[str, str] = _NOTHING
    folder: Path = Path()
    at: Location | None = None
    amend_at: Mapping[str, Location] = _NOTHING
    readings_at: Location | None = None


class Horizon(Frozen):
    """The quarters that are judged, both ends included."""

    first: Quarter
    last: Quarter

    def __iter__(self) -> Any:
        return quarters(self.first, self.last)

    def __contains__(self, quarter: Quarter) -> bool:
        return self.first <= quarter <= self.last


class Placement(NamedTuple):
    """GPUs that come into service. No quarter = before the horizon; no authorization = the default there."""

    country: str
    accelerator: str
    gpus: int
    site: str | None = None
    quarter: Quarter | None = None
    authorization: str | None = None
    consignee: str | None = None
    holds_weights: bool = False
    at: Location | None = None

    def __eq__(self, other: object) -> bool:
        """Whether they say the same, wherever they stand in a file."""
        return isinstance(other, Placement) and self[:-1] == other[:-1]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:-1])


class Retirement(Frozen):
    """GPUs that leave service at a quarter's end reckoning; site and authorization narrow what is taken."""

    country: str
    accelerator: str
    gpus: int
    quarter: Quarter
    site: str | None = None
    authorization: str | None = None
    at: Location | None = None


class Place(Frozen):
    """One end of a move."""

    country: str
    site: str | None = None
    authorization: str | None = None


class Move(Frozen):
    """GPUs that change place; they count as received at `to` in `quarter`."""

    accelerator: str
    gpus: int
    quarter: Quarter
    origin: Place
    to: Place
    at: Location | None = None


class Consignee(Frozen):
    """An ultimate consignee of low-volume shipments and the parent whose allowance it uses."""

    consignee: str
    parent: str
    headquarters: str


class SiteOperator(Frozen):
    """Who operates a site that holds closed model weights, and which paragraphs of Supp. No. 10 it meets."""

    site: str
    headquarters: str
    certified: frozenset[int]


class Head(Frozen, kw_only=True):
    """What a plan and a scenario share."""

    firm: Firm
    regime: RegimeRef
    horizon: Horizon
    catalogue: Catalogue
    agreements: Mapping[str, Quarter] = _NOTHING  # jurisdiction -> first quarter of the higher cap
    national_use: Mapping[str, int] = _NOTHING  # jurisdiction -> TPP that other buyers use
    own_accelerators: tuple[str, ...] = ()  # ids of catalogue rows that the file itself gave
    file: str = ""
    notes: tuple[str, ...] = ()


class Plan(Head, kw_only=True):
    """A fleet plan. `snapshot` means that no quarter was named, so it is judged once."""

    placements: tuple[Placement, ...]
    retirements: tuple[Retirement, ...] = ()
    moves: tuple[Move, ...] = ()
    consignees: tuple[Consignee, ...] = ()
    site_operators: tuple[SiteOperator, ...] = ()
    snapshot: bool = False
    result: Mapping[str, Any] | None = None  # what `solve` wrote about how the plan was made; never trusted by `check`
    waivers: tuple[Any, ...] = ()  # rows as they stand in the file, which the gate alone reads
