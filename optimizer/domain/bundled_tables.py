"""The tables of sites, demand regions and the backbone that travel with the product, read into plain values.

The readers trust the files, which `table_checks.table_problems()` holds right row by row. `data/README.md` says where
every column comes from and which are assumptions.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from ..bundled import data_path
from ..errors import Location
from ..units import Quarter, exact
from .sites import Site
from .steps import Steps


@dataclass(frozen=True, slots=True)
class Region:
    """A demand region: where its traffic joins the backbone, and how much of the world's economy it stands for.

    `gdp_weight` is a share of the 32 regions' GDP. The two limits are the round-trip times that interactive and batch
    work bear, in milliseconds (assumptions). `assumed` names the columns that are assumptions.
    """

    region: str
    name: str
    countries_iso3: tuple[str, ...]
    hub_node: str
    population_m: Fraction
    gdp_usd_bn: Fraction
    gdp_weight: Fraction
    interactive_rtt_ms: Fraction
    batch_rtt_ms: Fraction
    assumed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BackboneNode:
    """A point of the backbone: a site of `data/sites.csv`, a cable landing or a junction."""

    node: str
    name: str
    country: str
    lat: float
    lon: float
    kind: str


@dataclass(frozen=True, slots=True)
class BackboneEdge:
    """A stretch of fibre of `route_km` between two nodes; `by_default` is False where planners avoid the transit."""

    a: str
    b: str
    medium: str
    systems: str
    route_km: int
    by_default: bool


@cache
def bundled_sites() -> tuple[Site, ...]:
    """The candidate sites of `data/sites.csv`, in the file's order; none has power before its first quarter."""
    return tuple(
        Site(
            site=row["site"],
            country=row["country"],
            power_mw=Steps(((Quarter.parse(row["first_quarter"]), exact(row["power_mw"])),), before=Fraction(0)),
            name=row["metro"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            fixed_open_cost_musd=exact(row["fixed_open_cost_musd"]),
            capex_musd_per_mw=exact(row["capex_musd_per_mw"]),
            min_viable_mw=exact(row["min_viable_mw"]),
            pue=exact(row["pue"]),
            electricity_usd_per_mwh=exact(row["electricity_usd_per_mwh"]),
            grid_carbon_g_per_kwh=exact(row["grid_carbon_g_per_kwh"]),
            assumed=_assumed(row),
            at=Location("data/sites.csv", line),
        )
        for line, row in _rows("sites.csv")
    )


@cache
def bundled_regions() -> Mapping[str, Region]:
    """The demand regions of `data/demand_regions.csv` by id."""
    return {
        row["region_id"]: Region(
            region=row["region_id"],
            name=row["name"],
            countries_iso3=tuple(row["countries_iso3"].split()),
            hub_node=row["hub_node"],
            population_m=exact(row["population_m"]),
            gdp_usd_bn=exact(row["gdp_usd_bn"]),
            gdp_weight=exact(row["gdp_weight"]),
            interactive_rtt_ms=exact(row["latency_limit_interactive_rtt_ms"]),
            batch_rtt_ms=exact(row["latency_limit_batch_rtt_ms"]),
            assumed=_assumed(row),
        )
        for _, row in _rows("demand_regions.csv")
    }


@cache
def backbone_nodes() -> Mapping[str, BackboneNode]:
    """The nodes of `data/backbone_nodes.csv` by id."""
    return {
        row["node_id"]: BackboneNode(
            node=row["node_id"],
            name=row["name"],
            country=row["country_iso2"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            kind=row["kind"],
        )
        for _, row in _rows("backbone_nodes.csv")
    }


@cache
def backbone_edges() -> tuple[BackboneEdge, ...]:
    """The edges of `data/backbone_edges.csv`, in the file's order."""
    return tuple(
        BackboneEdge(
            a=row["node_a"],
            b=row["node_b"],
            medium=row["type"],
            systems=row["systems"],
            route_km=int(row["route_km"]),
            by_default=row["use_by_default"] == "yes",
        )
        for _, row in _rows("backbone_edges.csv")
    )


def _rows(name: str) -> list[tuple[int, dict[str, str]]]:
    with data_path(name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [(reader.line_num, row) for row in reader]


def _assumed(row: Mapping[str, str]) -> frozenset[str]:
    return frozenset(row["assumed_fields"].split(";")) - {""}
