"""Demand: capacity wanted within reach of a region, and which candidate sites are within its reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ..domain.bundled_tables import bundled_regions
from ..domain.plan import Horizon
from ..domain.scenario import Demand
from ..domain.sites import Site
from ..domain.steps import Steps
from ..errors import show
from ..units import Quarter, h100e_to_tpp
from .by_quarter import by_quarter, is_mapping
from .codes import MISSING, NAMED_TWICE, OUT_OF_RANGE, TWO_WAYS, UNKNOWN_REGION, UNKNOWN_SITE
from .head_reader import outside
from .nodes import Fields, did_you_mean
from .sites_reader import known_sites


def read_demand(fields: Fields, sites: Sequence[Site], horizon: Horizon | None, notes: list[str]) -> tuple[Demand, ...]:
    """The rows of `demand`; problems are reported, and a region that no site reaches is noted."""
    found: dict[str, Demand] = {}
    for row in fields.rows("demand"):
        demand = _demand(row, sites, horizon)
        if demand is None:
            continue
        if demand.region in found:
            mend = "Add the two up, or give the second a name of its own and its sites."
            row.report(NAMED_TWICE, "region", "the region is listed already", mend)
        elif not demand.sites:
            notes.append(f"demand: no candidate site is within reach of {demand.region}")
        found.setdefault(demand.region, demand)
    return tuple(found.values())


def _demand(row: Fields, sites: Sequence[Site], horizon: Horizon | None) -> Demand | None:
    row.require("region", "Name a bundled demand region, or one of your own with its sites.")
    region = row.word("region")
    amount = _amount(row, horizon)
    limit = row.decimal("max_rtt_ms")
    if limit == 0:
        row.report(OUT_OF_RANGE, "max_rtt_ms", "nothing is reached in 0 ms", "Write milliseconds, such as 80.")
    known = [site.site for site in sites]
    serving = _serving_costs(row, known)
    if row.has("sites"):
        if row.has("max_rtt_ms"):
            why = "the sites are named, so there is no time to look at"
            row.report(TWO_WAYS, "max_rtt_ms", why, "Keep either 'sites' or 'max_rtt_ms'.")
        near = frozenset(known_sites(row, "sites", known))
    else:
        near = frozenset() if region is None else _within_reach(row, region, sites, limit)
    row.done()
    if region is None or amount is None:
        return None
    return Demand(region, amount, near, serving, limit, at=row.node.at)


def _within_reach(row: Fields, region: str, sites: Sequence[Site], limit: Fraction | None) -> frozenset[str]:
    """The sites that serve a bundled region within `limit` ms, or within its own interactive limit."""
    bundled = bundled_regions().get(region)
    if bundled is None:
        mend = f"{did_you_mean(region, bundled_regions())} Or name the sites that serve it (sites: [...])."
        row.report(UNKNOWN_REGION, "region", "there is no bundled demand region with this id", mend)
        return frozenset()
    from ..reach import Backbone  # imports networkx

    return Backbone.bundled().within(region, sites, bundled.interactive_rtt_ms if limit is None else limit)


def _amount(row: Fields, horizon: Horizon | None) -> Steps[int] | None:
    """TPP wanted by quarter, from `h100e` or `tpp`."""
    given = [key for key in ("h100e", "tpp") if row.has(key)]
    if len(given) != 1:
        if given:
            row.report(TWO_WAYS, "tpp", "the amount is given twice", "Keep either 'h100e' or 'tpp'.")
        else:
            row.report(MISSING, "h100e", "the amount is missing", "Write h100e or tpp.", found="")
        row.has("from")
        return None
    key = given[0]
    read = Fields.whole if key == "tpp" else _h100e
    if not is_mapping(row, key):
        value = read(row, key)
        first = row.quarter("from")
        if first is not None and horizon is not None and first > horizon.last:
            outside(row.problems, row.at("from"), row.name("from"), first, horizon, "Correct it, or remove the row.")
        first = first or (horizon.first if horizon is not None else None)
        return None if value is None or first is None else Steps(((first, value),), before=0)
    if row.has("from"):
        row.report(TWO_WAYS, "from", "the amounts say their quarters themselves", "Remove 'from'.")
    steps = by_quarter(row, key, read)
    for quarter in steps:
        if horizon is not None and quarter > horizon.last:
            mend = "Correct it, or remove it."
            outside(row.problems, row.at(key), row.name(key), quarter, horizon, mend)
    return Steps(tuple(steps.items()), before=0) if steps else None


def _h100e(body: Fields, key: str) -> int | None:
    """The H100-equivalents at `key` as whole TPP, rounded up."""
    value = body.decimal(key)
    return None if value is None else h100e_to_tpp(value)


def _serving_costs(row: Fields, known: Sequence[str]) -> Mapping[str, Fraction]:
    """Dollars for serving an H100-equivalent for a quarter, by site."""
    body = row.fields("cost_usd_per_h100e")
    if body is None:
        return {}
    costs: dict[str, Fraction] = {}
    ids = set(known)
    for site in body.values:
        value = body.decimal(site)
        if site not in ids:
            at = body.node.keys.get(site, body.node.at)
            why = "no candidate site has this id"
            body.problems.add(UNKNOWN_SITE, at, body.name(site), show(site), why, did_you_mean(site, ids))
        elif value is None and not body.has(site):
            body.report(MISSING, site, "the price is missing", "Write dollars, 0 for none.", found="")
        elif value is not None:
            costs[site] = value
    return costs


def quarters_of(demand: Sequence[Demand]) -> list[Quarter]:
    """Every quarter that the demand names."""
    return [quarter for row in demand for quarter, _ in row.tpp.steps]
