"""Candidate sites: the bundled ones or some of them, a CSV table, or rows in the scenario."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Final

from ..domain.bundled_tables import bundled_sites
from ..domain.catalogue import Catalogue
from ..domain.sites import Site
from ..domain.steps import Steps
from ..errors import InputError, show
from ..units import Quarter
from . import names
from .by_quarter import by_quarter, is_mapping
from .codes import (
    BAD_CHOICE,
    BAD_PATH,
    CONTRADICTION,
    MISSING,
    NAMED_TWICE,
    OUT_OF_RANGE,
    TWO_WAYS,
    UNKNOWN_ACCELERATOR,
    UNKNOWN_FORMAT,
    UNKNOWN_SITE,
)
from .csv_text import Table, open_table
from .files import below
from .head_reader import MAX_QUARTERS
from .nodes import Fields, Node, did_you_mean

SITE_COLUMNS: Final = (
    "site",
    "name",
    "country",
    "lat",
    "lon",
    "power_mw",
    "first_quarter",
    "fixed_open_cost_musd",
    "capex_musd_per_mw",
    "min_viable_mw",
    "pue",
    "electricity_usd_per_mwh",
    "grid_carbon_g_per_kwh",
    "accelerators",
    "lead_quarters",
)
"""The columns of a table of sites; `accelerators` are separated by semicolons."""

NEEDED_SITE_COLUMNS: Final = ("site", "country", "power_mw")
ONLY_BUNDLED_COLUMNS: Final = (
    "metro",
    "public_cloud_regions",
    "size_class",
    "electricity_source",
    "carbon_year",
    "carbon_source",
    "assumed_fields",
)
"""Columns of the bundled table that an edited copy may keep: `metro` is read as the name, the rest passed over."""

_WAYS = "Write 'bundled', {bundled: {countries: [US, MY]}}, the path of a CSV table, or rows."


def read_sites(fields: Fields, folder: Path, catalogue: Catalogue, notes: list[str]) -> tuple[Site, ...]:
    """The candidate sites that the field `sites` gives; problems are reported."""
    if not fields.require("sites", _WAYS):
        return ()
    node = fields.values["sites"]
    if isinstance(node.value, str):
        chosen = bundled_sites() if node.value == "bundled" else _table(fields, node.value, folder, catalogue, notes)
    elif isinstance(node.value, list):
        chosen = _rows(fields.rows("sites"), catalogue)
    else:
        body = Fields(node, "sites", fields.problems)
        chosen = _chosen_bundled(body)
        if body.has("rows"):
            chosen = (*chosen, *_rows(body.rows("rows"), catalogue))
        body.done()
    if not chosen and not fields.problems.found:
        fields.report(MISSING, "sites", "no candidate site is left", "Add sites, or loosen the selection.", found="")
    return _unique(chosen, fields)


def _unique(sites: Iterable[Site], fields: Fields) -> tuple[Site, ...]:
    found: dict[str, Site] = {}
    for site in sites:
        if site.site in found:
            mend = "Give each site an id of its own; leave a bundled one out with exclude."
            at = site.at or fields.at("sites")
            fields.problems.add(NAMED_TWICE, at, "sites", show(site.site), "two sites have this id", mend)
        found.setdefault(site.site, site)
    return tuple(found.values())


def _chosen_bundled(body: Fields) -> tuple[Site, ...]:
    """The bundled sites that pass the filters `countries`, `sites` and `exclude`."""
    node = body.sub("bundled")
    if node is None:
        if not body.has("rows"):
            body.report(MISSING, "bundled", "the mapping names no sites", _WAYS, found="")
        return ()
    if node.value == "true" and not node.quoted:
        return bundled_sites()
    filters = Fields(node, body.name("bundled"), body.problems)
    chosen = {site.site: site for site in bundled_sites()}
    everywhere = {site.country for site in chosen.values()}
    countries = names.country_list(filters, "countries")
    for code in countries:
        if code not in everywhere:
            mend = "Remove it, or give sites of your own there (rows)."
            filters.report(
                UNKNOWN_SITE, "countries", "there is no bundled site in this country", mend, found=show(code)
            )
    if filters.has("countries"):
        chosen = {name: site for name, site in chosen.items() if site.country in countries}
    if filters.has("sites"):
        chosen = {name: chosen[name] for name in known_sites(filters, "sites", chosen)}
    for name in known_sites(filters, "exclude", {site.site: site for site in bundled_sites()}):
        chosen.pop(name, None)
    filters.done()
    return tuple(chosen.values())


def known_sites(fields: Fields, key: str, known: Iterable[str]) -> list[str]:
    """The field's list of site ids, each once; unknown and repeated ones are reported and left out."""
    ids = set(known)
    found: list[str] = []
    for text, at in fields.texts(key):
        if text not in ids:
            why = "no candidate site has this id"
            fields.problems.add(UNKNOWN_SITE, at, fields.name(key), show(text), why, did_you_mean(text, ids))
        elif text in found:
            why = "the site is listed already"
            fields.problems.add(NAMED_TWICE, at, fields.name(key), show(text), why, "Keep one of the two.")
        else:
            found.append(text)
    return found


def _rows(rows: Iterable[Fields], catalogue: Catalogue) -> tuple[Site, ...]:
    made = [read_site(row, catalogue) for row in rows]
    return tuple(site for site in made if site is not None)


def read_site(row: Fields, catalogue: Catalogue) -> Site | None:
    """One row of sites; None, with problems reported, when something needed is wrong."""
    row.require("site", "Give the site an id.")
    name, title, code = row.word("site"), row.word("name") or "", names.country(row)
    power = _power(row)
    lat, lon = _degrees(row, "lat", 90), _degrees(row, "lon", 180)
    if row.has("lat") != row.has("lon"):
        row.report(
            MISSING, "lon" if row.has("lat") else "lat", "the other coordinate is missing", "Write both.", found=""
        )
    pue = row.decimal("pue", Fraction(1), least=1)
    allowed = _allowed(row, catalogue)
    opening, building, least = (
        _amount(row, key) for key in ("fixed_open_cost_musd", "capex_musd_per_mw", "min_viable_mw")
    )
    electricity, carbon = _amount(row, "electricity_usd_per_mwh"), _amount(row, "grid_carbon_g_per_kwh")
    lead = read_lead(row)
    row.done()
    if name is None or not code or power is None or pue is None:
        return None
    return Site(
        site=name,
        country=code,
        power_mw=power,
        name=title,
        lat=lat,
        lon=lon,
        fixed_open_cost_musd=opening,
        capex_musd_per_mw=building,
        min_viable_mw=least,
        pue=pue,
        electricity_usd_per_mwh=electricity,
        grid_carbon_g_per_kwh=carbon,
        accelerators=allowed,
        lead_quarters=lead,
        at=row.node.at,
    )


def _amount(row: Fields, key: str) -> Fraction:
    return row.decimal(key) or Fraction(0)


def read_lead(row: Fields) -> int:
    """The field `lead_quarters`: whole quarters, no more than a horizon can have; 0 where it is left out."""
    lead = row.whole("lead_quarters", 0) or 0
    if lead > MAX_QUARTERS:
        row.report(OUT_OF_RANGE, "lead_quarters", f"at most {MAX_QUARTERS} quarters can be told apart", "Correct it.")
        return 0
    return lead


def _power(row: Fields) -> Steps[Fraction] | None:
    """Power at the meter by quarter: from `first_quarter` on, or in steps; 0 before."""
    if not row.require("power_mw", "Write MW at the meter, or steps such as {2026Q3: 100, 2027Q1: 300}."):
        return None
    first = row.quarter("first_quarter")
    if is_mapping(row, "power_mw"):
        steps = by_quarter(row, "power_mw", Fields.decimal)
        if first is not None and steps and min(steps) < first:
            why = f"power is given from {min(steps)}, before this first quarter"
            row.report(TWO_WAYS, "first_quarter", why, "Leave it out; the steps say when power begins.")
        return Steps(tuple(steps.items()), before=Fraction(0)) if steps else None
    power = row.decimal("power_mw")
    if power is None:
        return None
    return Steps((), before=power) if first is None else Steps(((first, power),), before=Fraction(0))


def _degrees(row: Fields, key: str, most: int) -> float | None:
    value = row.decimal(key, least=-most)
    if value is not None and value > most:
        row.report(OUT_OF_RANGE, key, f"degrees lie between -{most} and {most}", "Correct it.")
        return None
    return None if value is None else float(value)


def _allowed(row: Fields, catalogue: Catalogue) -> frozenset[str] | None:
    """The accelerators that may be installed; None for any."""
    if not row.has("accelerators"):
        return None
    found = set()
    for text, at in row.texts("accelerators"):
        name = catalogue.resolve(text)
        if name is None:
            why, mend = names.accelerator_fault(text, catalogue)
            row.problems.add(UNKNOWN_ACCELERATOR, at, row.name("accelerators"), show(text), why, mend)
        else:
            found.add(name)
    return frozenset(found)


def _table(fields: Fields, written: str, folder: Path, catalogue: Catalogue, notes: list[str]) -> tuple[Site, ...]:
    """The sites of a CSV table named in the scenario."""
    if Path(written).suffix.lower() != ".csv":
        code = UNKNOWN_FORMAT if Path(written).suffix else BAD_CHOICE
        fields.report(code, "sites", "neither 'bundled' nor a CSV table", _WAYS)
        return ()
    try:
        path = below(folder, written)
    except ValueError as error:
        mend = "Put the table beside or below the scenario, and write its relative path."
        fields.report(BAD_PATH, "sites", str(error), mend)
        return ()
    try:
        return _rows(_table_rows(fields, path, str(folder / written), notes), catalogue)
    except InputError as error:
        fields.problems.take(error)
        return ()


def _table_rows(fields: Fields, path: Path, file: str, notes: list[str]) -> Iterable[Fields]:
    """Each row of the table as the mapping that a document would hold."""
    optional = [column for column in (*SITE_COLUMNS, *ONLY_BUNDLED_COLUMNS) if column not in NEEDED_SITE_COLUMNS]
    small = 0
    with open_table(path) as stream:
        table = Table(stream, file, NEEDED_SITE_COLUMNS, optional, fields.problems)
        for line, cells in table.rows():
            values: dict[str, Node] = {}
            for column, cell in zip(table.columns, cells, strict=True):
                column = "name" if column == "metro" else column
                if not cell or column in ONLY_BUNDLED_COLUMNS:
                    continue
                at = table.at(line, column)
                if column == "country" and cell.isascii() and cell != cell.upper():
                    cell, small = cell.upper(), small + 1
                if column == "accelerators":
                    parts = [part.strip() for part in cell.split(";")]
                    values[column] = Node([Node(part, at) for part in parts if part], at)
                else:
                    values[column] = Node(cell, at)
            yield Fields(Node(values, table.at(line)), "sites", fields.problems)
    if small:
        notes.append(f"{file}: country codes in small letters were read as capitals ({small} rows)")


def check_standing(fields: Fields, key: str, site: Site, first: Quarter) -> None:
    """Report a site whose power begins only after `first`, though GPUs stand there already."""
    if site.power_mw.at(first) <= 0:
        why = f"GPUs stand there, but {site.site} has no power in {first}, the horizon's first quarter"
        mend = "Leave the site out of the row (it then uses no site's power), or give the site power from then on."
        fields.report(CONTRADICTION, key, why, mend)
