"""A legal plan found by filling sites one after the other; it sizes the generated scenarios, and is a plan to beat.

It looks at whole units only and takes a step when every limit still holds after it, with room to spare. It is no
optimiser: sites come in an order that is drawn, and a fifth of what is delivered stays in store.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from optimizer.domain.catalogue import Accelerator
from optimizer.domain.countries import jurisdiction
from optimizer.domain.plan import Placement
from optimizer.domain.scenario import Scenario
from optimizer.domain.sites import Site
from optimizer.model.instance import unit_cost_usd
from optimizer.units import Quarter

USED = Fraction(4, 5)
"""The share of the deliveries that the rough plan installs."""

AIM = {"US": 0.55, "tier1": 0.26, "tier2": 0.19}
AT_HOME, OUTSIDE_TIER1, ONE_COUNTRY = 52, 23, 6
"""Shares that it keeps, in percent: a little inside those of the law."""


def unit_tpp(accelerator: Accelerator) -> int:
    """TPP of one whole unit."""
    assert accelerator.gpus_per_unit is not None
    return accelerator.tpp * accelerator.gpus_per_unit


@dataclass
class RoughPlan:
    """What is installed, dollars spent in each quarter, and the TPP of each site by quarter."""

    placements: list[Placement] = field(default_factory=list)
    spent_usd: dict[Quarter, Fraction] = field(default_factory=dict)
    site_tpp: dict[str, list[int]] = field(default_factory=dict)

    @property
    def opened(self) -> list[str]:
        """The sites that it opens."""
        return list(self.site_tpp)


@dataclass
class _Books:
    """TPP in service by country and group, and what may still come."""

    group: Callable[[str], str]
    cap: Mapping[str, int]
    country: dict[str, int]
    by_group: dict[str, int]
    received: dict[str, int]  # in countries with a cap, what it counts

    @property
    def total(self) -> int:
        return sum(self.by_group.values())

    def room(self, country: str) -> int:
        """TPP that may be added in `country` with every share and cap kept."""
        group, total = self.group(country), self.total
        if group == "US":
            return total
        rooms = [100 * self.by_group["US"] // AT_HOME - total]
        if group == "tier2":
            rooms.append((OUTSIDE_TIER1 * total - 100 * self.by_group["tier2"]) // (100 - OUTSIDE_TIER1))
            rooms.append((ONE_COUNTRY * total - 100 * self.country.get(country, 0)) // (100 - ONE_COUNTRY))
            rooms.append(self.cap[country] * 95 // 100 - self.received.get(country, 0))
        return max(0, min(rooms))

    def add(self, country: str, tpp: int) -> None:
        self.country[country] = self.country.get(country, 0) + tpp
        self.by_group[self.group(country)] += tpp
        self.received[country] = self.received.get(country, 0) + tpp


def rough_plan(
    rng: random.Random, scenario: Scenario, group: Callable[[str], str], cap: Mapping[str, int]
) -> RoughPlan:
    """A plan inside power, minimum sizes, the shares of the rule, and `cap`: TPP received since 2025, by country."""
    return _Filling(rng, scenario, group, cap).plan()


def _parts(kw: Fraction | int) -> int:
    """kW in ten-thousandths, which hold every power of the generated scenarios: two decimals of kW by two of PUE."""
    parts = kw * 10_000
    assert parts == int(parts)
    return int(parts)


class _Filling:
    """The sites, filled quarter by quarter."""

    def __init__(
        self, rng: random.Random, scenario: Scenario, group: Callable[[str], str], cap: Mapping[str, int]
    ) -> None:
        self.scenario = scenario
        by_id = {supply.accelerator: scenario.catalogue[supply.accelerator] for supply in scenario.supply}
        self.accelerators = sorted(by_id.values(), key=lambda each: -each.tpp / (each.kw_per_gpu or 1))
        self.books = _Books(group, cap, {}, dict.fromkeys(AIM, 0), {})
        self.drawn: dict[str, int] = {}  # at the meter, in parts of a kW
        for row in scenario.fleet:
            accelerator = scenario.catalogue[row.accelerator]
            country = jurisdiction(row.country)
            recent = self.books.received.get(country, 0)
            self.books.add(country, row.gpus * accelerator.tpp)
            if row.quarter is not None and row.quarter < Quarter.parse("2025Q1"):
                self.books.received[country] = recent  # received before the cap counts
        pue = {site.site: site.pue for site in scenario.sites}
        for row in scenario.fleet:
            if row.site is not None:
                kw = row.gpus * (scenario.catalogue[row.accelerator].kw_per_gpu or 0) * pue[row.site]
                self.drawn[row.site] = self.drawn.get(row.site, 0) + _parts(kw)
        self.unit_parts = {
            each.id: _parts((each.gpus_per_unit or 0) * (each.kw_per_gpu or 0)) for each in by_id.values()
        }
        self.standing = frozenset(self.drawn)
        self.waiting: dict[str, list[Site]] = {name: [] for name in AIM}
        for site in scenario.sites:
            self.waiting[group(jurisdiction(site.country))].append(site)
        for sites in self.waiting.values():
            rng.shuffle(sites)
        self.open: list[Site] = []
        self.found = RoughPlan()

    def plan(self) -> RoughPlan:
        """Fill up what is open, then open sites where the aim is missed by most, until nothing more goes."""
        used = dict.fromkeys((each.id for each in self.accelerators), 0)
        delivered = dict(used)
        for t, quarter in enumerate(self.scenario.horizon):
            for supply in self.scenario.supply:
                delivered[supply.accelerator] += supply.by_quarter.get(quarter, 0)
            self.quarter = quarter
            self.stock = {
                each.id: int(USED * delivered[each.id]) // (each.gpus_per_unit or 1) - used[each.id]
                for each in self.accelerators
            }
            before = dict(self.stock)
            self.spent = Fraction(0)
            self.now: dict[str, int] = {}
            for site in self.open:
                self._fill(site)
            self._open_more()
            for name, left in self.stock.items():
                used[name] += before[name] - left
            self.found.spent_usd[quarter] = self.spent
            for name, series in self.found.site_tpp.items():
                series.append(series[-1] + self.now.get(name, 0) if series else 0)
            for name, tpp in self.now.items():
                if name not in self.found.site_tpp:
                    self.found.site_tpp[name] = [0] * t + [tpp]
        return self.found

    def _open_more(self) -> None:
        """Open sites, those of the group first that lags behind its aim."""
        left = {name: iter(sites) for name, sites in self.waiting.items()}
        kept: dict[str, list[Site]] = {name: [] for name in AIM}
        while left and any(self.stock.values()):
            total = self.books.total
            name = max(left, key=lambda each: AIM[each] * total - self.books.by_group[each])
            site = next(left[name], None)
            if site is None:
                del left[name]
            elif self._fill(site):
                self.open.append(site)
            else:
                kept[name].append(site)
        for name, sites in self.waiting.items():
            opened = {site.site for site in self.open}
            self.waiting[name] = [site for site in sites if site.site not in opened]

    def _fill(self, site: Site) -> bool:
        """Install what fits at `site`, the most efficient first; False, and nothing, if that is below its minimum."""
        country = jurisdiction(site.country)
        drawn = self.drawn.get(site.site, 0)
        available = _parts(site.meter_kw(self.quarter)) - drawn
        room_tpp = self.books.room(country)
        left = available
        units: dict[str, int] = {}
        for accelerator in self.accelerators:
            if site.accelerators is not None and accelerator.id not in site.accelerators:
                continue
            draws = self.unit_parts[accelerator.id] * site.pue.numerator // site.pue.denominator
            most = min(self.stock[accelerator.id], left // draws, room_tpp // unit_tpp(accelerator))
            if most > 0:
                units[accelerator.id] = most
                left -= most * draws
                room_tpp -= most * unit_tpp(accelerator)
        drawn_then = drawn + available - left
        if not units or (site.site not in self.standing and drawn_then < _parts(site.min_viable_mw * 1000)):
            return False
        if not drawn:
            self.spent += site.fixed_open_cost_musd * 10**6
        self.drawn[site.site] = drawn_then
        for name, count in units.items():
            accelerator = self.scenario.catalogue[name]
            self.stock[name] -= count
            self.spent += count * unit_cost_usd(site, accelerator)
            gpus = count * (accelerator.gpus_per_unit or 0)
            by = "uveu" if self.books.group(country) == "tier2" else "aia"
            self.found.placements.append(Placement(site.country, name, gpus, site.site, self.quarter, by))
        tpp = sum(count * unit_tpp(self.scenario.catalogue[name]) for name, count in units.items())
        self.books.add(country, tpp)
        self.now[site.site] = self.now.get(site.site, 0) + tpp
        return True
