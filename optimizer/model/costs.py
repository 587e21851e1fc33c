"""What a plan costs, told apart by units, power and openings: how the aggregated relaxation counts it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from ..domain.sites import HOURS_PER_QUARTER
from .instance import Instance


@dataclass(frozen=True, slots=True)
class Costs:
    """What a unit costs apart from its power, what a kW of IT power costs once and each quarter, what opening costs."""

    unit: list[Fraction]  # by accelerator
    once: list[Fraction]  # by site, as are the others
    running: list[Fraction]
    opening: list[Fraction]

    @classmethod
    def to_build(cls, instance: Instance) -> Costs:
        """Dollars of the budget."""
        return cls(
            unit=[(a.gpus_per_unit or 0) * (a.capex_usd or Fraction(0)) for a in instance.accelerators],
            once=[site.pue * site.capex_musd_per_mw * 1000 for site in instance.sites],
            running=[Fraction(0)] * len(instance.sites),
            opening=[site.fixed_open_cost_musd * 1_000_000 for site in instance.sites],
        )

    @classmethod
    def in_dollars(cls, instance: Instance) -> Costs:
        """Dollars of the objective `cost`, serving apart."""
        running = [site.pue * HOURS_PER_QUARTER * site.electricity_usd_per_mwh / 1000 for site in instance.sites]
        return replace(cls.to_build(instance), running=running)

    @classmethod
    def in_carbon(cls, instance: Instance) -> Costs:
        """Kilograms of the objective `carbon`."""
        none = [Fraction(0)] * len(instance.sites)
        running = [site.pue * HOURS_PER_QUARTER * site.grid_carbon_g_per_kwh / 1000 for site in instance.sites]
        return cls([Fraction(0)] * len(instance.accelerators), none, running, none)
