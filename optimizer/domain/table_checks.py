"""Every row of every bundled table, held against what the columns mean and against the other tables.

`fleetplan doctor` and the tests ask `table_problems()`; the readers themselves trust the files. A column of the
tables is described once, in `TABLES`; what relates columns or tables stands in the functions below it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

from ..bundled import data_path
from ..errors import Location, Problem, show
from ..units import TPP_PER_H100E, exact
from .distance import great_circle_km
from .table_columns import TABLES, Table
from .world import MAP_FILE, MAP_OBJECT, WITHOUT_COUNTRY

UNREADABLE: Final = "IN901"
BAD_SHAPE: Final = "IN902"
BAD_CELL: Final = "IN903"
DISAGREES: Final = "IN904"
TWICE: Final = "IN905"
TABLE_CODES: Final[Mapping[str, str]] = {
    UNREADABLE: "A table that travels with fleetplan is missing, or is not UTF-8 text.",
    BAD_SHAPE: "A bundled table has other columns than it should, or a row of another length.",
    BAD_CELL: "A cell of a bundled table is not what its column holds.",
    DISAGREES: "A row of a bundled table contradicts another one, or the arithmetic behind it.",
    TWICE: "A bundled table has the same row twice.",
}
"""What each code means, in one sentence."""

LIGHT_MS_PER_KM = Fraction("0.0098")
"""Round trip of light in glass fibre, one kilometre out and back."""

TPP_SURELY_3A090A = 4800
TPP_NEVER_3A090A = 1600


@dataclass(slots=True)
class _Tables:
    """The rows of all tables, with what was found wrong; a row with a bad cell is not compared with others."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=dict)

    def report(self, code: str, file: str, line: int | None, column: str, found: str, why: str) -> None:
        mend = "Put the released file back, or correct the row and its source in data/README.md."
        shown = show(found) if found else ""
        self.problems.append(Problem(code, Location(f"data/{file}", line), column, shown, why, mend))


def table_problems(folder: Path | None = None) -> list[Problem]:
    """Everything wrong in the tables of `folder` (the bundled ones by default); an empty list when all is well.

    Never raises on a damaged file: what cannot be read is a problem too.
    """
    tables = _Tables(folder or data_path())
    for table in TABLES:
        _read(tables, table)
    _check_countries(tables)
    _check_accelerators(tables)
    _check_nodes_and_edges(tables)
    _check_sites(tables)
    _check_regions(tables)
    _check_fleets(tables)
    _check_map(tables)
    return tables.problems


def _read(tables: _Tables, table: Table) -> None:
    """Read one table, cell by cell."""
    good: list[tuple[int, dict[str, str]]] = []
    keys: set[str] = set()
    tables.rows[table.file], tables.known[table.file] = good, keys
    try:
        with (tables.folder / table.file).open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            lines = [(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        tables.report(UNREADABLE, table.file, None, "", "", f"the table cannot be read ({error})")
        return
    columns = list(table.columns)
    if not lines or lines[0][1] != columns:
        found = ",".join(lines[0][1]) if lines else ""
        tables.report(BAD_SHAPE, table.file, 1, "", found, f"the header must be {','.join(columns)}")
        return
    if len(lines) == 1:
        tables.report(BAD_SHAPE, table.file, 1, "", "", "the table has no rows")
    for line, cells in lines[1:]:
        if len(cells) != len(columns):
            why = f"the row has {len(cells)} cells and the header {len(columns)}"
            tables.report(BAD_SHAPE, table.file, line, "", "", why)
            continue
        row = dict(zip(columns, cells, strict=True))
        if _cells_are_good(tables, table, line, row):
            good.append((line, row))
        for column in table.unique:
            if f"{column}={row[column]}" in keys:
                tables.report(TWICE, table.file, line, column, row[column], "an earlier row has the same value")
            keys.add(f"{column}={row[column]}")


def _cells_are_good(tables: _Tables, table: Table, line: int, row: Mapping[str, str]) -> bool:
    good = True
    for column, check in table.columns.items():
        try:
            check(row[column])
        except ValueError as error:
            tables.report(BAD_CELL, table.file, line, column, row[column], str(error))
            good = False
    unknown = set(filter(None, row.get("assumed_fields", "").split(";"))) - set(row)
    for name in sorted(unknown):
        tables.report(BAD_CELL, table.file, line, "assumed_fields", name, "it names no column of the table")
    return good and not unknown


def _knows(tables: _Tables, file: str, column: str, value: str) -> bool:
    return f"{column}={value}" in tables.known[file]


def _refer(tables: _Tables, file: str, column: str, to_file: str, to_column: str) -> None:
    """Each value of a column must be found in another table; an empty one refers to nothing."""
    for line, row in tables.rows[file]:
        for value in row[column].split():
            if not _knows(tables, to_file, to_column, value):
                tables.report(DISAGREES, file, line, column, value, f"{to_file} has no such {to_column}")


def _hold(tables: _Tables, file: str, column: str, why: str, right: Callable[[dict[str, str]], bool]) -> None:
    """Report each row of a table for which `right` is false."""
    for line, row in tables.rows[file]:
        if not right(row):
            tables.report(DISAGREES, file, line, column, row[column], why)


def _check_countries(tables: _Tables) -> None:
    file = "countries.csv"
    _refer(tables, file, "treated_as", file, "iso2")
    followers = {row["iso2"] for _, row in tables.rows[file] if row["treated_as"]}
    why = "a country cannot follow one that follows another, or itself"
    _hold(tables, file, "treated_as", why, lambda row: row["treated_as"] not in followers)


def _check_accelerators(tables: _Tables) -> None:
    file = "accelerators.csv"
    planning = ("gpus_per_unit", "kw_per_gpu", "capex_usd")
    _hold(
        tables, file, "tpp", "TPP is dense TFLOPS x bits, rounded to a whole number",
        lambda row: abs(exact(row["dense_tflops"]) * int(row["bits"]) - int(row["tpp"])) <= Fraction(1, 2),
    )  # fmt: skip
    _hold(tables, file, "meets_3a090a", "it does not go with the TPP", _meets_fits_tpp)
    _hold(
        tables, file, "gpus_per_unit", f"{', '.join(planning)} are given together or not at all",
        lambda row: len({bool(row[column]) for column in planning}) == 1,
    )  # fmt: skip
    _hold(
        tables, file, "kw_per_gpu", "all-in power cannot be below the chip's own",
        lambda row: not (row["kw_per_gpu"] and row["tdp_watts"])
        or exact(row["kw_per_gpu"]) * 1000 >= int(row["tdp_watts"]),
    )  # fmt: skip
    _hold(
        tables, file, "unit_price_high_usd", "the prices must rise from low to high",
        lambda row: int(row["unit_price_low_usd"] or 0) <= int(row["unit_price_high_usd"] or 0),
    )  # fmt: skip
    _hold(
        tables, file, "assumed_fields", "a row of low confidence must name tpp as assumed",
        lambda row: row["confidence"] != "low" or "tpp" in row["assumed_fields"].split(";"),
    )  # fmt: skip
    _hold(
        tables, file, "tpp", f"one H100-equivalent is {TPP_PER_H100E} TPP",
        lambda row: row["accelerator"] != "h100-sxm" or int(row["tpp"]) == TPP_PER_H100E,
    )  # fmt: skip
    taken: set[str] = set()
    for line, row in tables.rows[file]:
        for alias in filter(None, row["aliases"].split(";")):
            if alias in taken or _knows(tables, file, "accelerator", alias):
                tables.report(TWICE, file, line, "aliases", alias, "another row has this id or alias")
            taken.add(alias)


def _meets_fits_tpp(row: dict[str, str]) -> bool:
    tpp, meets = int(row["tpp"]), row["meets_3a090a"]
    if tpp >= TPP_SURELY_3A090A:
        return meets == "yes"
    return meets == "no" or tpp >= TPP_NEVER_3A090A


def _check_nodes_and_edges(tables: _Tables) -> None:
    _refer(tables, "backbone_nodes.csv", "country_iso2", "countries.csv", "iso2")
    file = "backbone_edges.csv"
    _refer(tables, file, "node_a", "backbone_nodes.csv", "node_id")
    _refer(tables, file, "node_b", "backbone_nodes.csv", "node_id")
    places = {row["node_id"]: _place(row) for _, row in tables.rows["backbone_nodes.csv"]}
    pairs: set[frozenset[str]] = set()
    for line, row in tables.rows[file]:
        ends = frozenset((row["node_a"], row["node_b"]))
        if len(ends) == 1:
            tables.report(DISAGREES, file, line, "node_b", row["node_b"], "an edge joins two different nodes")
        elif ends in pairs:
            tables.report(TWICE, file, line, "node_a", row["node_a"], "an earlier row joins the same two nodes")
        elif ends <= places.keys():
            straight_km = great_circle_km(*places[row["node_a"]], *places[row["node_b"]])
            if int(row["route_km"]) < straight_km - 1:
                why = f"the route is shorter than the great circle of {straight_km:.0f} km"
                tables.report(DISAGREES, file, line, "route_km", row["route_km"], why)
        pairs.add(ends)
    _hold(
        tables, file, "rtt_ms_light", f"it is route_km x {float(LIGHT_MS_PER_KM)} ms, to a hundredth",
        lambda row: abs(exact(row["rtt_ms_light"]) - int(row["route_km"]) * LIGHT_MS_PER_KM) <= Fraction("0.01"),
    )  # fmt: skip


def _check_sites(tables: _Tables) -> None:
    file = "sites.csv"
    _refer(tables, file, "country", "countries.csv", "iso2")
    nodes = {row["node_id"]: row for _, row in tables.rows["backbone_nodes.csv"] if row["kind"] == "site"}
    for line, row in tables.rows[file]:
        node = nodes.get(row["site"])
        if node is None:
            why = "backbone_nodes.csv has no node of kind site with this id"
            tables.report(DISAGREES, file, line, "site", row["site"], why)
        elif (node["country_iso2"], *_place(node)) != (row["country"], *_place(row)):
            why = "its node in backbone_nodes.csv lies elsewhere or in another country"
            tables.report(DISAGREES, file, line, "site", row["site"], why)
    for line, row in tables.rows["backbone_nodes.csv"]:
        if row["kind"] == "site" and not _knows(tables, file, "site", row["node_id"]):
            tables.report(DISAGREES, "backbone_nodes.csv", line, "kind", row["node_id"], f"{file} has no such site")
    _hold(
        tables, file, "min_viable_mw", "the least power of an open site exceeds what the site has",
        lambda row: exact(row["min_viable_mw"]) <= exact(row["power_mw"]),
    )  # fmt: skip


def _check_regions(tables: _Tables) -> None:
    file = "demand_regions.csv"
    _refer(tables, file, "hub_node", "backbone_nodes.csv", "node_id")
    _refer(tables, file, "countries_iso3", "countries.csv", "iso3")
    _hold(
        tables, file, "region_id", "a node has the same id, so the name would mean two places",
        lambda row: not _knows(tables, "backbone_nodes.csv", "node_id", row["region_id"]),
    )  # fmt: skip
    _hold(
        tables, file, "latency_limit_batch_rtt_ms", "batch work cannot bear less than interactive work",
        lambda row: exact(row["latency_limit_interactive_rtt_ms"]) <= exact(row["latency_limit_batch_rtt_ms"]),
    )  # fmt: skip
    weights = sum((exact(row["gdp_weight"]) for _, row in tables.rows[file]), Fraction(0))
    if tables.rows[file] and abs(weights - 1) > Fraction("0.001"):
        tables.report(DISAGREES, file, None, "gdp_weight", str(float(weights)), "the weights must add up to 1")


def _check_fleets(tables: _Tables) -> None:
    file = "reference_fleets.csv"
    _refer(tables, file, "hq_iso2", "countries.csv", "iso2")
    _hold(
        tables, file, "confidence", "a sourced figure names its source, an unsourced one does not",
        lambda row: (row["confidence"] == "sourced") == bool(row["source"]),
    )  # fmt: skip


def _check_map(tables: _Tables) -> None:
    """The map parses, its arcs exist, and every shape is a country of the table or is known to be none."""
    try:
        topology = json.loads((tables.folder / MAP_FILE).read_text(encoding="utf-8"))
        arcs = len(topology["arcs"])
        shapes = [
            (str(shape["id"]), max(_arc_number(index) for index in _indices(shape["arcs"])))
            for shape in topology["objects"][MAP_OBJECT]["geometries"]
        ]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, RecursionError) as error:
        tables.report(UNREADABLE, MAP_FILE, None, "", "", f"the map cannot be read ({type(error).__name__}: {error})")
        return
    for shape, furthest in shapes:
        if shape not in WITHOUT_COUNTRY and not _knows(tables, "countries.csv", "iso3", shape):
            tables.report(DISAGREES, MAP_FILE, None, "id", shape, "countries.csv has no such iso3")
        if furthest >= arcs:
            tables.report(DISAGREES, MAP_FILE, None, "arcs", shape, "the shape uses an arc that the map does not hold")


def _indices(arcs: object) -> Iterator[int]:
    """All arc numbers of a geometry, however deep its lists."""
    if isinstance(arcs, list):
        for inner in arcs:
            yield from _indices(inner)
    elif isinstance(arcs, int):
        yield arcs
    else:
        raise ValueError("an arc is not a whole number")


def _arc_number(index: int) -> int:
    """The arc that a number stands for: ~n is arc n walked backwards."""
    return ~index if index < 0 else index


def _place(row: Mapping[str, str]) -> tuple[float, float]:
    return float(row["lat"]), float(row["lon"])
