"""Files into what the page shows, read once and kept until a file in the same folder changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from ..check import CheckResult, check
from ..checking.books import keep_books
from ..domain.bundled_tables import bundled_sites
from ..domain.plan import Plan
from ..domain.scenario import Scenario
from ..domain.sites import Site
from ..errors import FleetplanError, InputError, Problem
from ..explain.headroom import Headroom, Units, headroom, units_installed
from ..explain.sections import Section
from ..reading import read_plan, read_scenario
from ..readings import readings_section
from ..regimes import Regime, load_regime
from ..reports.tables import quarter_table, site_table, sites_by_id, stock_table
from ..units import Quarter

Stamp = tuple[tuple[str, int, int], ...]
_READ_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json", ".csv", ".parquet", ".xlsx"})
_KEPT: Final = 12


@dataclass(frozen=True)
class Inputs:
    """A scenario as read, with its regime; or why it cannot be used."""

    scenario: Scenario | None
    regime: Regime | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A plan, judged, and its tables. `lines` are the limits at their tightest; `stock` is by quarter.

    `readings` is the verdict of the plan's regime under every way to read it.
    """

    plan: Plan
    result: CheckResult
    scenario: Scenario | None
    sites: Mapping[str, Site]
    stock: pd.DataFrame
    quarters: pd.DataFrame
    lines: tuple[Headroom, ...]
    units: Units
    readings: Section
    _lines: dict[Quarter, list[Headroom]] = field(default_factory=dict, repr=False)

    @property
    def regime(self) -> Regime:
        """The regime that judged."""
        return self.result.regime

    @property
    def last(self) -> Quarter:
        """The last quarter of the horizon."""
        return self.result.horizon.last

    def lines_in(self, quarter: Quarter) -> list[Headroom]:
        """The limits at the end of that quarter."""
        if quarter not in self._lines:
            self._lines[quarter] = headroom(self.result.findings, self.units, quarter)
        return self._lines[quarter]

    def site_table(self, quarter: Quarter) -> pd.DataFrame:
        """What stands where at the end of that quarter."""
        return site_table(self.stock, quarter, self.plan, self.regime, self.sites)


def inputs(file: Path) -> Inputs:
    """The scenario in `file`."""
    return _inputs(str(file), stamp(file))


def answer(plan_file: Path, scenario: Scenario | None, scenario_file: Path | None) -> Answer:
    """The plan in `plan_file`, judged. Raises InputError."""
    key = (str(plan_file), stamp(plan_file), str(scenario_file), stamp(scenario_file) if scenario_file else ())
    return _answer(key, scenario)


def stamp(file: Path) -> Stamp:
    """Changes whenever the file or one that it may refer to changes: the names, times and sizes in its folder."""
    found = []
    try:
        for other in file.parent.iterdir():
            if other.suffix in _READ_SUFFIXES:
                state = other.stat()
                found.append((other.name, state.st_mtime_ns, state.st_size))
    except OSError:
        return ()
    return tuple(sorted(found))


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _inputs(file: str, _stamp: Stamp) -> Inputs:
    try:
        scenario = read_scenario(Path(file))
        return Inputs(scenario, load_regime(scenario.regime).with_own_limits(scenario.own_limits))
    except InputError as error:
        return Inputs(None, None, error.problems)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _answer(key: tuple[str, Stamp, str, Stamp], _scenario: Scenario | None) -> Answer:
    plan, scenario = read_plan(Path(key[0])), _scenario
    regime = load_regime(plan.regime)
    if scenario is not None:
        regime = regime.with_own_limits(scenario.own_limits)
    books = keep_books(plan, regime)
    result = check(plan, regime)
    sites = sites_by_id(bundled_sites()) | ({} if scenario is None else sites_by_id(scenario.sites))
    stock = stock_table(books)
    units = units_installed(plan)
    return Answer(
        plan=plan,
        result=result,
        scenario=scenario,
        sites=sites,
        stock=stock,
        quarters=quarter_table(books, stock, regime, scenario),
        lines=tuple(headroom(result.findings, units)),
        units=units,
        readings=_readings(plan),
    )


def _readings(plan: Plan) -> Section:
    try:
        return readings_section(plan)
    except FleetplanError as error:  # a regime of the user's own that can be read in too many ways
        return Section("readings", "", (str(error),), None)
