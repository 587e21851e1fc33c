"""Candidate sites: power, costs, electricity, where they are, and which of that is assumed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..errors import Location
from ..units import Quarter
from .steps import Steps

HOURS_PER_QUARTER = 2190
"""A quarter of 8,760 hours."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a data center can stand.

    `power_mw` is power at the meter; `power_mw * 1000 / pue` kW of it feeds IT equipment. `min_viable_mw` is at the
    meter as well: an open site draws at least that much. `capex_musd_per_mw` is building cost per MW at the meter,
    paid for what is used. `accelerators` restricts what may be installed (None: anything). `lead_quarters` is how long
    it takes to build: the opening is paid so many quarters before the first unit is in service. `assumed` names the
    fields that are assumptions.
    """

    site: str
    country: str
    power_mw: Steps[Fraction]
    name: str = ""
    lat: float | None = None
    lon: float | None = None
    fixed_open_cost_musd: Fraction = Fraction(0)
    capex_musd_per_mw: Fraction = Fraction(0)
    min_viable_mw: Fraction = Fraction(0)
    pue: Fraction = Fraction(1)
    electricity_usd_per_mwh: Fraction = Fraction(0)
    grid_carbon_g_per_kwh: Fraction = Fraction(0)
    accelerators: frozenset[str] | None = None
    lead_quarters: int = 0
    assumed: frozenset[str] = frozenset()
    at: Location | None = None

    def meter_kw(self, quarter: Quarter) -> Fraction:
        """kW at the meter in `quarter`."""
        return self.power_mw.at(quarter) * 1000
