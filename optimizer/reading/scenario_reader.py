"""Scenarios: from YAML or JSON into the domain's Scenario, checked so far as its parts must fit each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from ..domain.catalogue import Catalogue
from ..domain.countries import jurisdiction
from ..domain.plan import Horizon, Placement
from ..domain.scenario import Scenario, Supply
from ..domain.sites import Site
from ..units import Quarter
from . import names
from .by_quarter import by_quarter
from .choices_reader import read_authorizations, read_objectives
from .codes import (
    BAD_HORIZON,
    CONTRADICTION,
    MISSING,
    NAMED_TWICE,
    NOT_PLACEABLE,
    OUTSIDE_HORIZON,
    TWO_WAYS,
    UNKNOWN_SITE,
    WRONG_TYPE,
)
from .demand_reader import read_demand
from .document import read_document
from .head_reader import HeadParts, check_schema, check_sum, outside, read_head, read_horizon, spanning
from .nodes import Fields, Node, Problems, did_you_mean
from .placements_reader import read_placement
from .sites_reader import check_standing, known_sites, read_lead, read_sites


def read_scenario(path: str | Path, *, text: str | None = None) -> Scenario:
    """The scenario at `path`, YAML or JSON by the extension. Raises InputError.

    With `text` given, that is read and `path` only names it.
    """
    path = Path(path)
    return scenario_of(read_document(path, text=text), path)


def scenario_of(node: Node, path: Path) -> Scenario:
    """The scenario that a document holds; paths in it start from the folder of `path`. Raises InputError."""
    problems = Problems()
    fields = Fields(node, "", problems)
    check_schema(fields, "scenario/1")
    problems.raise_if_any()
    notes: list[str] = []
    head = read_head(fields, path.parent, notes)
    name = fields.word("name") or path.stem
    horizon = _horizon(fields, notes)
    sites = read_sites(fields, path.parent, head.catalogue, notes)
    by_id = {site.site: site for site in sites}
    fleet = _fleet(fields, head.catalogue, by_id, horizon)
    supply = _supply(fields, head.catalogue, horizon)
    budget = _budget(fields, horizon)
    demand = read_demand(fields, sites, horizon, notes)
    own_limits = tuple(fields.items("own_limits"))
    for item in own_limits:
        if not isinstance(item.value, dict):
            problems.add(
                WRONG_TYPE, item.at, "own_limits", item.kind(), "a mapping is needed here", "Write {id: OWN1, ...}."
            )
    _check_limited_sites(fields, by_id)
    keep_open, keep_closed = _kept(fields, by_id, fleet)
    largest = fields.percentage("max_share_per_site")
    least_open = fields.whole("min_open_sites", 0) or 0
    if sites and least_open > len(sites) - len(keep_closed):
        why = f"only {len(sites) - len(keep_closed)} sites may open"
        fields.report(CONTRADICTION, "min_open_sites", why, "Lower it, or add sites.")
    objective, later, tolerance = read_objectives(fields)
    authorizations = read_authorizations(fields)
    survive = fields.boolean("survive_site_loss")
    retire_allowed = fields.boolean("retire_allowed")
    move_cost = fields.decimal("move_cost_usd_per_gpu")
    if move_cost is not None and "cost" not in (objective, *later):
        notes.append("no objective weighs what moves cost, so some may be needless; a list [..., cost] avoids those")
    fields.done()
    _check_amounts(fields, head, fleet, supply)
    problems.raise_if_any()
    assert horizon is not None  # else a problem was raised
    return Scenario(
        firm=head.firm,
        regime=head.regime,
        horizon=horizon,
        agreements=head.agreements,
        national_use=head.national_use,
        catalogue=head.catalogue,
        own_accelerators=head.own_accelerators,
        file=str(path),
        notes=tuple(notes),
        name=name,
        fleet=fleet,
        supply=supply,
        sites=sites,
        budget_musd=budget,
        demand=demand,
        own_limits=own_limits,
        keep_open=keep_open,
        keep_closed=keep_closed,
        max_share_per_site=largest,
        min_open_sites=least_open,
        retire_allowed=retire_allowed,
        move_cost_usd_per_gpu=move_cost,
        objective=objective,
        later_objectives=later,
        objective_tolerance=tolerance,
        authorizations=authorizations,
        survive_site_loss=survive,
    )


def _check_limited_sites(fields: Fields, sites: Mapping[str, Site]) -> None:
    """Report sites of own limits that are no candidates: such a limit would look at nothing and always be kept."""
    for limit in fields.rows("own_limits"):
        for key in ("measured", "of"):
            node = limit.sub(key) if isinstance(limit.node.value, dict) else None
            if sites and node is not None and isinstance(node.value, dict):
                known_sites(Fields(node, limit.name(key), fields.problems), "sites", sites)


def _horizon(fields: Fields, notes: list[str]) -> Horizon | None:
    """The horizon as written, else from the first to the last quarter that supply, budget and demand name."""
    if fields.has("horizon"):
        return read_horizon(fields)
    named = sorted(_named_quarters(fields))
    horizon = spanning(named, fields.node.at, fields.problems)
    if horizon is not None:
        notes.append(f"no horizon is given: it is taken from the quarters named, {horizon.first} to {horizon.last}")
    elif not named:
        mend = "Write horizon: {first: 2026Q1, last: 2027Q4}."
        fields.report(BAD_HORIZON, "horizon", "no quarter is named, so there is no horizon", mend, found="")
    return horizon


def _named_quarters(fields: Fields) -> set[Quarter]:
    """The quarters in supply, budget and demand that can be read; the readers of these report the others."""
    texts: list[str] = []
    for key, inner in (
        ("supply", ("by_quarter",)),
        ("demand", ("h100e", "tpp", "from")),
        ("budget_musd", ("by_quarter",)),
    ):
        node = fields.sub(key)
        rows = [] if node is None else node.value if isinstance(node.value, list) else [node]
        for row in rows:
            values = row.value if isinstance(row.value, dict) else {}
            for part in inner:
                value = values[part].value if part in values else None
                texts += [*value] if isinstance(value, dict) else [value] if isinstance(value, str) else []
    found = set()
    for text in texts:
        try:
            found.add(Quarter.parse(text))
        except ValueError:
            continue
    return found


def _fleet(
    fields: Fields, catalogue: Catalogue, sites: Mapping[str, Site], horizon: Horizon | None
) -> tuple[Placement, ...]:
    """The standing fleet, each row of which fits its site."""
    fleet = []
    for row in fields.rows("fleet"):
        placement = read_placement(row, catalogue)
        if placement is None:
            continue
        fleet.append(placement)
        if horizon is not None and placement.quarter is not None and placement.quarter >= horizon.first:
            why = f"the fleet stands already when the horizon begins ({horizon.first})"
            row.report(OUTSIDE_HORIZON, "quarter", why, "Deliver later GPUs through 'supply'.")
        if placement.site is not None and sites:
            _check_fleet_site(row, placement, catalogue, sites, horizon)
    return tuple(fleet)


def _check_fleet_site(
    row: Fields, placement: Placement, catalogue: Catalogue, sites: Mapping[str, Site], horizon: Horizon | None
) -> None:
    assert placement.site is not None
    site = sites.get(placement.site)
    if site is None:
        mend = f"{did_you_mean(placement.site, sites)} Or leave the site out: the row then uses no site's power."
        row.report(UNKNOWN_SITE, "site", "no candidate site has this id", mend)
        return
    if jurisdiction(site.country) != jurisdiction(placement.country):
        why = f"{site.site} is in {site.country}, not in {placement.country}"
        row.report(CONTRADICTION, "country", why, "Correct one of the two.")
    if catalogue[placement.accelerator].kw_per_gpu is None:
        mend = "Give kw_per_gpu in 'accelerators', or leave the site out."
        row.report(NOT_PLACEABLE, "accelerator", "its power is not known, so its site's power cannot be reckoned", mend)
    if horizon is not None:
        check_standing(row, "site", site, horizon.first)


def _supply(fields: Fields, catalogue: Catalogue, horizon: Horizon | None) -> tuple[Supply, ...]:
    found: dict[str, Supply] = {}
    for row in fields.rows("supply"):
        accelerator = names.accelerator(row, catalogue)
        deliveries = _deliveries(row, horizon)
        lead = read_lead(row)
        row.done()
        if not accelerator or deliveries is None:
            continue
        if not catalogue[accelerator].placeable:
            mend = "Give gpus_per_unit, kw_per_gpu and capex_usd in 'accelerators'."
            row.report(
                NOT_PLACEABLE, "accelerator", "its unit, power or price is not known, so it cannot be placed", mend
            )
        if accelerator in found:
            row.report(
                NAMED_TWICE, "accelerator", "the accelerator is listed already", "Add its deliveries up in one row."
            )
        found.setdefault(accelerator, Supply(accelerator, deliveries, lead, at=row.node.at))
    return tuple(found.values())


def _deliveries(row: Fields, horizon: Horizon | None) -> dict[Quarter, int] | None:
    """GPUs delivered by quarter, None when that cannot be read."""
    if row.has("per_quarter") == row.has("by_quarter"):
        _one_of(row, "per_quarter", "by_quarter")
        return None
    if row.has("by_quarter"):
        deliveries = by_quarter(row, "by_quarter", Fields.whole)
        _check_inside(row, "by_quarter", deliveries, horizon)
        return deliveries
    gpus = row.whole("per_quarter")
    return None if gpus is None or horizon is None else dict.fromkeys(horizon, gpus)


def _one_of(row: Fields, *keys: str) -> None:
    """Report that none, or more than one, of the ways to give an amount is used."""
    given = [key for key in keys if row.has(key)]
    if given:
        row.report(TWO_WAYS, given[-1], f"{' and '.join(given)} exclude each other", "Keep one of them.")
    else:
        row.report(MISSING, keys[0], "the amount is missing", f"Write one of {', '.join(keys)}.", found="")


def _check_inside(row: Fields, key: str, values: Mapping[Quarter, object], horizon: Horizon | None) -> None:
    body = row.fields(key)
    for quarter in values:
        if body is not None and horizon is not None and quarter not in horizon:
            at = body.node.keys.get(str(quarter), body.node.at)
            outside(row.problems, at, body.name(str(quarter)), quarter, horizon, "Correct it, or extend the horizon.")


def _budget(fields: Fields, horizon: Horizon | None) -> dict[Quarter, Fraction] | None:
    """Millions of dollars that become available by quarter, None for no limit."""
    body = fields.fields("budget_musd")
    if body is None:
        return None
    ways = ("per_quarter", "total", "by_quarter")
    given = [key for key in ways if body.has(key)]
    money: dict[Quarter, Fraction] = {}
    if len(given) != 1:
        if isinstance(body.node.value, dict):
            _one_of(body, *ways)
    elif given == ["by_quarter"]:
        money = by_quarter(body, "by_quarter", Fields.decimal)
        _check_inside(body, "by_quarter", money, horizon)
    else:
        amount = body.decimal(given[0])
        if amount is not None and horizon is not None:
            money = dict.fromkeys(horizon, amount) if given == ["per_quarter"] else {horizon.first: amount}
    body.done()
    return money


def _kept(
    fields: Fields, sites: Mapping[str, Site], fleet: Sequence[Placement]
) -> tuple[frozenset[str], frozenset[str]]:
    """The sites kept open and kept closed, which exclude each other."""
    if not sites:  # reported already
        fields.asked |= {"keep_open", "keep_closed"}
        return frozenset(), frozenset()
    kept_open = known_sites(fields, "keep_open", sites)
    kept_closed = known_sites(fields, "keep_closed", sites)
    standing = {row.site for row in fleet if row.site is not None}
    for site in kept_closed:
        if site in kept_open:
            why = f"{site} is kept open as well"
            fields.report(CONTRADICTION, "keep_closed", why, "Take it out of one of the two lists.")
        if site in standing:
            mend = "Take it out of the list, or leave the site out of the fleet's row."
            fields.report(CONTRADICTION, "keep_closed", f"GPUs of the fleet stand at {site}", mend)
    return frozenset(kept_open), frozenset(kept_closed)


def _check_amounts(fields: Fields, head: HeadParts, fleet: Sequence[Placement], supply: Sequence[Supply]) -> None:
    """Report amounts whose sum no 64-bit integer holds."""
    total = sum(row.gpus * head.catalogue[row.accelerator].tpp for row in fleet)
    total += sum(sum(row.by_quarter.values()) * head.catalogue[row.accelerator].tpp for row in supply)
    check_sum(fields.problems, total, fields.node.at, "fleet and supply")
