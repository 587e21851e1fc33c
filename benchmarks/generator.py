"""Scenarios of the benchmark suite: seeded, hard on purpose, and with a legal plan by construction.

| size | sites | accelerators | quarters |
|---|---|---|---|
| S | 60 | 3 | 1 |
| M | 400 | 6 | 8 |
| L | 2,000 | 8 | 12 |
| XL | 10,000 | 10 | 12 |

A U.S. firm under the rule's own text, amended so that the national cap counts what a UVEU ships as well. A few Tier 2
countries are cheap and roomy, so that the 7 % (where an agreement doubles the cap), the cap (where other buyers have
used much of it) and the 25 % bind; the United States is dear, so that its half binds; money is short of what would
place every delivery; cheap sites fill up; demand, and sites that are kept open, ask for what money would not choose.

`generate` makes a rough plan first, in whole units and inside every limit, and sizes budget and demand by what it
spends and reaches: so each scenario has at least that plan, which `generate_with_plan` hands out too. What is drawn
comes from `random.Random(seed)` alone; the metros, their prices and the times between them are those of `data/`.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.rough_plan import RoughPlan, rough_plan, unit_tpp
from benchmarks.sizes import SIZES, Size
from optimizer.domain.bundled_tables import bundled_regions, bundled_sites
from optimizer.domain.catalogue import Accelerator, bundled_catalogue
from optimizer.domain.plan import Firm, Head, Horizon, Placement, Plan, RegimeRef
from optimizer.domain.scenario import Demand, Scenario, Supply
from optimizer.domain.sites import Site
from optimizer.domain.steps import Steps
from optimizer.reach import Backbone
from optimizer.regimes import load_regime
from optimizer.units import TPP_PER_H100E, Quarter

HOME = "US"
PRICE = {HOME: 13.5, "tier1": 11.5, "tier2": 10.0}
CHEAP = 6.0
"""Millions of dollars for the building of a megawatt: what draws a planner abroad until a share binds."""

CLOSE_MS = 20
"""Within this of its hub lies what serves a region that wants capacity close by; sites there are dear."""

LIQUID_COOLED = frozenset({"gb200-nvl72", "gb300-nvl72"})
HOT_WITH_AGREEMENT, HOT_USED_BY_OTHERS = 2, 2


@dataclass(frozen=True)
class Countries:
    """The countries of a scenario: Tier 1 beside the United States, Tier 2, and those of Tier 2 that are cheap."""

    tier1: tuple[str, ...]
    tier2: tuple[str, ...]
    agreed: tuple[str, ...]
    used: tuple[str, ...]

    @property
    def cheap(self) -> tuple[str, ...]:
        """Where the limits of a single country shall bind."""
        return (*self.agreed, *self.used)

    def group(self, country: str) -> str:
        """ "US", "tier1" or "tier2"."""
        return HOME if country == HOME else "tier1" if country in self.tier1 else "tier2"


def generate(size: str, seed: int) -> Scenario:
    """The scenario of a size (S, M, L, XL) and seed; the same at every call."""
    return generate_with_plan(SIZES[size], seed, f"{size}-{seed}")[0]


def generate_with_plan(size: Size, seed: int, name: str) -> tuple[Scenario, Plan]:
    """A scenario, and the legal plan that its budget and demand were sized by."""
    rng = random.Random(seed)
    catalogue = bundled_catalogue()
    accelerators = [catalogue[each] for each in size.accelerators]
    countries = _countries(rng, size)
    horizon = Horizon(Quarter.parse(size.first), Quarter.parse(size.last))
    regions = _regions(rng, size, countries)
    sites = _sites(rng, size, countries, regions, horizon)
    fleet = _fleet(rng, size, countries, sites, horizon)
    supply = _supply(rng, size, accelerators, horizon)
    cap = TPP_PER_H100E * 1000 * size.cap_h100e // 10**6 * 10**6 if size.cap_h100e else 790_000_000
    national_use = {country: cap * rng.randint(50, 60) // 100 // 10**6 * 10**6 for country in countries.used}
    head = Head(
        firm=Firm("Benchmark Cloud", HOME, HOME, "uveu"),
        regime=_regime(size, cap),
        horizon=horizon,
        catalogue=catalogue,
        agreements=dict.fromkeys(countries.agreed, horizon.first),
        national_use=national_use,
        file=name,
    )
    bare = Scenario(**vars(head), name=name, fleet=fleet, supply=supply, sites=sites)
    room = {c: 2 * cap if c in countries.agreed else cap - national_use.get(c, 0) for c in countries.tier2}
    rough = rough_plan(rng, bare, countries.group, room)
    scenario = bare.replace(
        budget_musd=_budget(rng, rough),
        demand=_demand(rng, regions, bare, rough),
        keep_open=_kept_open(bare, rough),
        keep_closed=_kept_closed(rng, bare, rough),
        min_open_sites=len(rough.opened) * 9 // 10,
    )
    return scenario, Plan(**vars(head), placements=(*fleet, *rough.placements))


def _regime(size: Size, cap: int) -> RegimeRef:
    """The rule's text, with a national cap that binds a UVEU too and grows with the size of the scenario."""
    amend: dict[str, object] = {"CAP201.measured.authorizations": ["allocation", "uveu"]}
    if size.cap_h100e is not None:
        for field, amount in (("at_most", cap), ("with_agreement", 2 * cap)):
            amend[f"CAP201.{field}"] = {"2025Q1": amount, "to": "2027Q4"}
    return RegimeRef("ifr-2025", amend=amend)


def _countries(rng: random.Random, size: Size) -> Countries:
    tiers = load_regime(RegimeRef("ifr-2025")).tiers
    places = sorted({site.country for site in bundled_sites()} - {HOME})
    tier1 = [country for country in places if tiers.tier(country) == 1]
    tier2 = rng.sample([country for country in places if tiers.tier(country) == 2], size.tier2_countries)
    hot = tier2[: HOT_WITH_AGREEMENT + HOT_USED_BY_OTHERS]
    return Countries(tuple(tier1), tuple(tier2), tuple(hot[:HOT_WITH_AGREEMENT]), tuple(hot[HOT_WITH_AGREEMENT:]))


@dataclass(frozen=True)
class Reach:
    """A demand region: how near a site must be, in milliseconds, and the metros that are."""

    max_rtt_ms: int
    metros: frozenset[str]
    close: bool


def _metros(countries: Countries) -> list[Site]:
    known = {HOME, *countries.tier1, *countries.tier2}
    return [metro for metro in bundled_sites() if metro.country in known]


def _regions(rng: random.Random, size: Size, countries: Countries) -> dict[str, Reach]:
    """Regions that some metro reaches, every third of them wanting what is close by."""
    backbone, metros = Backbone.bundled(), _metros(countries)
    found: dict[str, Reach] = {}
    for name in rng.sample(sorted(bundled_regions()), len(bundled_regions())):
        close = len(found) % 3 == 0
        limit = CLOSE_MS if close else size.near_ms
        reached = backbone.within(name, metros, limit)
        if reached and len(found) < size.regions:
            found[name] = Reach(limit, reached, close)
    return found


def _sites(
    rng: random.Random, size: Size, countries: Countries, regions: Mapping[str, Reach], horizon: Horizon
) -> tuple[Site, ...]:
    """Candidate sites around the bundled metros, in each group of countries as many as its share says."""
    metros: dict[str, list[Site]] = {}
    for metro in _metros(countries):
        metros.setdefault(metro.country, []).append(metro)
    dear = frozenset(metro for reach in regions.values() if reach.close for metro in reach.metros)
    numbers: Counter[str] = Counter()
    made: list[Site] = []
    for group, share in (HOME, 0.38), ("tier1", 0.32), ("tier2", 0.30):
        choices = {HOME: (HOME,), "tier1": countries.tier1, "tier2": countries.tier2}[group]
        count = round(size.sites * share) if group != "tier2" else size.sites - len(made)
        # every country once, and the cheap ones often, so that each limit has something to bind on
        often = countries.cheap * max(2, size.sites // 40) if group == "tier2" else ()
        for country in [*choices, *often, *rng.choices(choices, k=count)][:count]:
            metro = rng.choice(metros[country])
            numbers[metro.site] += 1
            roomy = country in countries.cheap
            price = CHEAP if roomy else PRICE[group] * (1.4 if metro.site in dear else 1.0)
            made.append(_site(rng, size, metro, numbers[metro.site], price, horizon, roomy))
    return tuple(made)


def _site(
    rng: random.Random, size: Size, metro: Site, number: int, price: float, horizon: Horizon, roomy: bool
) -> Site:
    assert metro.lat is not None
    assert metro.lon is not None
    power = size.mean_mw * min(4.0, max(1.2 if roomy else 0.3, rng.lognormvariate(-0.25, 0.7))) * (1.5 if roomy else 1)
    steps = _phases(rng, power, horizon)
    at_once = steps[0][1]
    least = min(Fraction(round(10 * power * rng.uniform(0.15, 0.35)), 10), at_once * 4 / 5)
    return Site(
        site=f"{metro.site}-{number}",
        country=metro.country,
        power_mw=Steps(steps, before=Fraction(0)),
        name=f"{metro.name} {number}",
        lat=round(metro.lat + rng.uniform(-0.5, 0.5), 4),
        lon=round(metro.lon + rng.uniform(-0.5, 0.5), 4),
        fixed_open_cost_musd=Fraction(round(10 * (size.mean_mw / 4 + power * rng.uniform(0.2, 0.5))), 10),
        capex_musd_per_mw=Fraction(round(10 * price * rng.uniform(0.85, 1.2)), 10),
        min_viable_mw=least,
        pue=Fraction(round(100 * float(metro.pue) * rng.uniform(0.96, 1.06)), 100),
        electricity_usd_per_mwh=Fraction(round(10 * float(metro.electricity_usd_per_mwh) * rng.uniform(0.85, 1.2)), 10),
        grid_carbon_g_per_kwh=Fraction(round(float(metro.grid_carbon_g_per_kwh) * rng.uniform(0.9, 1.1))),
        accelerators=None if roomy else _cooled(rng, size),
        assumed=frozenset({"power_mw"}),
    )


def _phases(rng: random.Random, power_mw: float, horizon: Horizon) -> tuple[tuple[Quarter, Fraction], ...]:
    """One to three phases in which a site's power comes, half of the sites beginning with the horizon."""
    span = horizon.last - horizon.first
    start = horizon.first + (0 if rng.random() < 0.5 else rng.randint(0, span * 2 // 3))
    shares = rng.choice(((1.0,), (1.0,), (0.5, 1.0), (0.6, 1.0), (0.35, 0.7, 1.0))) if span else (1.0,)
    steps = []
    for share in shares:
        steps.append((start, Fraction(max(5, round(10 * power_mw * share)), 10)))
        start = start + rng.randint(1, 4)
    return tuple(steps)


def _cooled(rng: random.Random, size: Size) -> frozenset[str] | None:
    """What a site can cool: a quarter of them takes no racks with liquid cooling."""
    return frozenset(size.accelerators) - LIQUID_COOLED if rng.random() < 0.25 else None


def _fleet(
    rng: random.Random, size: Size, countries: Countries, sites: tuple[Site, ...], horizon: Horizon
) -> tuple[Placement, ...]:
    """What stands already: 56 % in the United States, 30 % elsewhere in Tier 1, 14 % in Tier 2, some of it at sites."""
    before = Quarter.parse("2024Q4")
    abroad = rng.sample(countries.tier1, 5)
    small = countries.cheap[::-1] + countries.tier2[4:8]
    weights = {HOME: 56.0, **dict.fromkeys(abroad, 6.0), **dict.fromkeys(small, 14 / len(small))}
    rows = []
    for country, weight in weights.items():
        gpus = 1000 * size.standing * weight / 100
        rows.append(Placement(country, "h100-sxm", round(gpus * 0.7) // 8 * 8, quarter=before - rng.randint(0, 5)))
        rows.append(Placement(country, "h200-sxm", round(gpus * 0.25) // 8 * 8, quarter=before))
    seats = [site for site in sites if site.country in (HOME, *abroad) and site.power_mw.at(horizon.first) > 0]
    for site in seats[: max(2, min(20, len(seats) // 25))]:
        most = site.power_mw.at(horizon.first) * 1000 / site.pue / Fraction("1.4")
        rows.append(Placement(site.country, "h100-sxm", int(most / 5) // 8 * 8 or 8, site=site.site, quarter=before))
    return tuple(rows)


def _supply(rng: random.Random, size: Size, accelerators: list[Accelerator], horizon: Horizon) -> tuple[Supply, ...]:
    """Deliveries that grow by the quarter for new accelerators and fade for old ones, in whole units."""
    quarters = list(horizon)
    supply = []
    shares = [rng.uniform(0.6, 1.4) * (0.5 if each.tpp < 20_000 else 1.0) for each in accelerators]
    for accelerator, share in zip(accelerators, shares, strict=True):
        fades = accelerator.id in ("h100-sxm", "h200-sxm", "b200-hgx", "gb200-nvl72", "mi325x")
        growth = [(1.0 - 0.07 * t if fades else 1.0 + 0.12 * t) * rng.uniform(0.85, 1.15) for t in range(len(quarters))]
        total = 1000 * size.delivered * TPP_PER_H100E * share / sum(shares)
        units = [round(total * part / sum(growth) / unit_tpp(accelerator)) for part in growth]
        gpus = {quarter: n * (accelerator.gpus_per_unit or 0) for quarter, n in zip(quarters, units, strict=True)}
        supply.append(Supply(accelerator.id, gpus))
    return tuple(supply)


def _budget(rng: random.Random, rough: RoughPlan) -> dict[Quarter, Fraction]:
    """A little more than the rough plan spends each quarter, in whole millions."""
    return {
        quarter: Fraction(-(-usd // 10**6) + int(usd * Fraction(rng.randint(0, 30), 1000) / 10**6))
        for quarter, usd in rough.spent_usd.items()
    }


def _demand(
    rng: random.Random, regions: Mapping[str, Reach], scenario: Scenario, rough: RoughPlan
) -> tuple[Demand, ...]:
    """For each region that the rough plan reaches a share of what it could serve there, in steps.

    Each site serves one region, so that all demand can be met at once.
    """
    of_metro: dict[str, list[str]] = {}
    for site in scenario.sites:
        of_metro.setdefault(_metro(site.site), []).append(site.site)
    weight = {name: float(region.gdp_weight) + 0.02 for name, region in bundled_regions().items()}
    quarters = list(scenario.horizon)
    assigned = {name: [0] * len(quarters) for name in regions}
    for site, series in rough.site_tpp.items():
        reached = [name for name, reach in regions.items() if _metro(site) in reach.metros]
        close = [name for name in reached if regions[name].close]
        if reached:
            name = min(close or reached, key=lambda one: assigned[one][-1] / weight[one])
            assigned[name] = [old + new for old, new in zip(assigned[name], series, strict=True)]
    found = []
    for name, reach in regions.items():
        share = Fraction(rng.randint(88, 98) if reach.close else rng.randint(55, 85), 100)
        wanted = [int(share * tpp) // TPP_PER_H100E // 10 * 10 * TPP_PER_H100E for tpp in assigned[name]]
        marks = sorted({*rng.sample(range(len(quarters)), min(3, len(quarters))), len(quarters) - 1})
        steps = [(quarters[t], wanted[t]) for t in marks if wanted[t]]
        if steps:
            sites = frozenset(site for metro in reach.metros for site in of_metro.get(metro, ()))
            found.append(Demand(name, Steps(tuple(steps), before=0), sites, max_rtt_ms=Fraction(reach.max_rtt_ms)))
    return tuple(found)


def _metro(site: str) -> str:
    """The metro around which a site was drawn: it is taken to be as near to everything as that."""
    return site.rpartition("-")[0]


def _kept_open(scenario: Scenario, rough: RoughPlan) -> frozenset[str]:
    """The dearest of the sites that the rough plan opens: contracts that are signed already."""
    price = {site.site: site.capex_musd_per_mw for site in scenario.sites}
    dear = sorted(rough.opened, key=lambda site: (-price[site], site))
    return frozenset(dear[: max(2, len(dear) // 25)])


def _kept_closed(rng: random.Random, scenario: Scenario, rough: RoughPlan) -> frozenset[str]:
    """A hundredth of the sites that nobody uses."""
    standing = {row.site for row in scenario.fleet}
    unused = [site.site for site in scenario.sites if site.site not in rough.opened and site.site not in standing]
    return frozenset(rng.sample(unused, min(len(unused), max(1, len(scenario.sites) // 100))))


def main(names: list[str]) -> None:
    """Print what the scenarios of seed 1 look like, and how long it takes to make them."""
    print("| size | sites | countries | demand regions | standing, H100e | rough plan, H100e | it opens | made in, s |")
    print("|---|---|---|---|---|---|---|---|")
    for name in names or SIZES:
        began = time.perf_counter()
        scenario, plan = generate_with_plan(SIZES[name], 1, f"{name}-1")
        seconds = time.perf_counter() - began
        tpp = [row.gpus * scenario.catalogue[row.accelerator].tpp for row in plan.placements]
        standing = sum(tpp[: len(scenario.fleet)]) // TPP_PER_H100E
        opened = {row.site for row in plan.placements[len(scenario.fleet) :]}
        print(
            f"| {name} | {len(scenario.sites):,} | {len({site.country for site in scenario.sites})} | "
            f"{len(scenario.demand)} | {standing:,} | {sum(tpp) // TPP_PER_H100E:,} | {len(opened):,} | {seconds:.1f} |"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
