"""What a random scenario can hold beside what random_scenarios.py draws: one function for each feature.

Each feature draws from a seed of its own name, so that a new one leaves the scenarios of the others as they are.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from optimizer.units import Quarter, quarters
from tests.optimise.edges import on_the_edge, possible
from tests.optimise.own_limit_shapes import SHAPES
from tests.optimise.random_scenarios import LAST, TIER_1, TIER_2, Document, random_document, tiny_document

Feature = Callable[[random.Random, Document], None]


def fuzzed(seed: int, *, tiny: bool) -> Document:
    """A random document with some of the features; a tiny one has few enough plans to list, most of the time."""
    document = tiny_document(seed) if tiny else random_document(seed)
    for add, chance in FEATURES.items():
        rng = random.Random(f"{add.__name__} {seed}")
        if rng.random() < chance:
            add(rng, document)
    return document


def horizon_of(document: Document) -> list[Quarter]:
    """The quarters that are planned."""
    return list(quarters(*(Quarter.parse(document["horizon"][end]) for end in ("first", "last"))))


def any_objective(rng: random.Random, document: Document) -> None:
    document["objective"] = rng.choice(["capacity_over_time", "cost", "cost", "carbon"])
    if document["objective"] in ("cost", "carbon") and "demand" not in document and rng.random() < 0.8:
        shared_sites(rng, document)  # else the best is to place nothing


def several_years(rng: random.Random, document: Document) -> None:
    first, last = (Quarter.parse(document["horizon"][end]) for end in ("first", "last"))
    document["horizon"]["last"] = str(min(LAST, Quarter(last + rng.randint(1, 4)), Quarter(first + 8)))


def serving_costs(rng: random.Random, document: Document) -> None:
    for row in document.get("demand", []):
        row["cost_usd_per_h100e"] = {site: rng.choice([0, 12, 80.25, 333.333]) for site in row["sites"]}


def shared_sites(rng: random.Random, document: Document) -> None:
    """Regions that compete for one site's capacity."""
    names = [site["site"] for site in document["sites"]]
    chip = rng.choice(document["accelerators"])
    shared = rng.choice(names)
    rows = [
        {
            "region": f"shared-{len(document.get('demand', [])) + n}",
            "sites": sorted({shared, *rng.sample(names, rng.randint(0, len(names) - 1))}),
            "tpp": rng.randint(1, 2) * chip["tpp"] * chip["gpus_per_unit"] + rng.choice([-1, 0, 0, 1]),
            "from": str(rng.choice(horizon_of(document))),
        }
        for n in range(2)
    ]
    document["demand"] = document.get("demand", []) + rows


def bundled_region(rng: random.Random, document: Document) -> None:
    """Sites with coordinates, near Frankfurt or Singapore, and a region that reaches some of them."""
    for site in document["sites"]:
        lat, lon = rng.choice([(50.11, 8.68), (1.35, 103.82)])
        site["lat"], site["lon"] = round(lat + rng.uniform(-1, 1), 3), round(lon + rng.uniform(-1, 1), 3)
    wanted = {"region": "dach", "h100e": rng.choice([0.1, 0.5, 2]), "max_rtt_ms": rng.choice([40, 80, 250])}
    document["demand"] = document.get("demand", []) + [wanted]


def odd_money(rng: random.Random, document: Document) -> None:
    for row in document["accelerators"]:
        row["capex_usd"] = rng.choice([1, 999.99, 31_415.926, 25_000])
    for site in document["sites"]:
        site["capex_musd_per_mw"] = rng.choice([0, 3.333, 9.125])
        site["fixed_open_cost_musd"] = rng.choice([0, 0.000123, 0.123457])


def least_power(rng: random.Random, document: Document) -> None:
    """Sites that need more than one unit to be worth opening, or more than they have."""
    unit = rng.choice(document["accelerators"])
    for site in document["sites"]:
        units = rng.choice([1, 2, 2, 3])
        megawatts = units * unit["gpus_per_unit"] * unit["kw_per_gpu"] * site.get("pue", 1) / 1000
        site["min_viable_mw"] = round(megawatts + rng.choice([-0.000001, 0, 0, 0.000001]), 6)


def failing_power(rng: random.Random, document: Document) -> None:
    """A site whose power falls, to nothing at times."""
    site = rng.choice(document["sites"])
    if isinstance(site["power_mw"], dict) or "first_quarter" in site:
        return
    standing = any(row.get("site") == site["site"] for row in document["fleet"])
    chosen = sorted(rng.sample(horizon_of(document), min(2, len(horizon_of(document)))))
    most = site["power_mw"]
    parts = [most, round(most * rng.choice([0.3, 0.7]), 6) if standing else rng.choice([0, round(most / 2, 6)])]
    site["power_mw"] = {str(quarter): part for quarter, part in zip(chosen, parts, strict=False)}
    if standing:
        site["power_mw"][document["horizon"]["first"]] = most


def fleet_at_sites(rng: random.Random, document: Document) -> None:
    """A unit or less of what is delivered stands already at the first site that has power then."""
    first = document["horizon"]["first"]
    for site in document["sites"]:
        power = site["power_mw"]
        ready = power.get(first, 0) if isinstance(power, dict) else site.get("first_quarter", first) == first
        if ready and site["country"] in TIER_1 + TIER_2 and site["site"] not in document.get("keep_closed", []):
            chip = rng.choice(document["accelerators"])
            gpus = rng.randint(1, chip["gpus_per_unit"])
            document["fleet"].append({"country": site["country"], "site": site["site"], "gpus": gpus})
            document["fleet"][-1]["accelerator"] = chip["accelerator"]
            return


def low_volume_fleet(rng: random.Random, document: Document) -> None:
    """Chips received under the low-volume allowance, before the horizon or in the same year, at its edge."""
    first = Quarter.parse(document["horizon"]["first"])
    chip = rng.choice(document["accelerators"])
    when = [Quarter(first - back) for back in (1, 2, 5)]
    for quarter in rng.sample(when, rng.randint(1, 2)):
        row = {"country": rng.choice(TIER_2), "accelerator": chip["accelerator"], "gpus": rng.randint(1, 9)}
        document["fleet"].append(row | {"quarter": str(quarter), "authorization": "lpp"})
    amended(document, {"LPP501.at_most": 9 * chip["tpp"] + rng.choice([-1, 0, 1])})


def unknown_chips(rng: random.Random, document: Document) -> None:
    """Nobody knows whether the first accelerator meets 3A090.a, and some limits count only those that do."""
    document["accelerators"][0] |= {"tpp": rng.randint(1_600, 4_799), "meets_3a090a": "unknown"}
    if isinstance(document["regime"], str) and document["regime"] == "factsheet-2025":
        document["regime"] = {"extends": "factsheet-2025", "readings": {"chips": "meets-3a090a"}}


def restricted_sites(rng: random.Random, document: Document) -> None:
    for site in rng.sample(document["sites"], (len(document["sites"]) + 1) // 2):
        names = [row["accelerator"] for row in document["accelerators"]]
        site["accelerators"] = rng.sample(names, rng.randint(1, len(names)))


def sites_chosen(rng: random.Random, document: Document) -> None:
    """Several sites are to be open, some of them by name."""
    document.pop("keep_closed", None)
    names = [site["site"] for site in document["sites"]]
    document["keep_open"] = rng.sample(names, rng.randint(0, min(2, len(names))))
    document["min_open_sites"] = rng.randint(1, min(3, len(names)))


def site_share(rng: random.Random, document: Document) -> None:
    document["max_share_per_site"] = rng.choice(["33.3333%", "50%", "66.7%", "100%", "0%"])


def more_own_limits(rng: random.Random, document: Document) -> None:
    made = [rng.choice(SHAPES)(rng, document) for _ in range(rng.randint(1, 3))]
    rows = [{"id": f"MORE{n}", "title": "One more limit", **row} for n, row in enumerate(made)]
    document["own_limits"] = document.get("own_limits", []) + rows


def readings(rng: random.Random, document: Document) -> None:
    """The law read another way, where it is read at all."""
    base = document["regime"] if isinstance(document["regime"], str) else document["regime"]["extends"]
    if base != "factsheet-2025" or (isinstance(document["regime"], dict) and "readings" in document["regime"]):
        return
    ways = {"uveu-seat": "both", "cap-binds": "others", "cap-counts": "all", "tier2-together": "tier2"}
    if isinstance(document["regime"], str):
        document["regime"] = {"extends": base}
    name = rng.choice(sorted(ways))
    document["regime"]["readings"] = {name: ways[name]}


def dated_shares(rng: random.Random, document: Document) -> None:
    """Shares that change within the horizon."""
    middle = rng.choice(horizon_of(document))
    shares = {"2025Q1": rng.choice(["7%", "20%"]), str(middle): rng.choice(["3.5%", "50%"]), "to": "2027Q4"}
    amended(document, {"UVEU101.at_most": shares})


def added_rule(rng: random.Random, document: Document) -> None:
    """A rule of the user's own regime."""
    if document["regime"] == "none":
        return
    amended(document, {})
    rule = {"id": "ADDED1", "title": "An added rule", "citation": "made up", "grade": "A", "each": "country+quarter"}
    rule |= {"measured": {"tiers": [2]}, "at_most": rng.choice(["11%", "60%"]), "of": {"tiers": [1, 2]}}
    document["regime"]["add"] = [rule]


def amended(document: Document, amend: Document) -> None:
    """Put `amend` into the regime, where it has such rules and does not amend them already."""
    if document["regime"] == "none":
        return
    if isinstance(document["regime"], str):
        document["regime"] = {"extends": document["regime"]}
    document["regime"]["amend"] = amend | document["regime"].get("amend", {})


def lead_times(rng: random.Random, document: Document) -> None:
    """Deliveries and buildings that take a quarter or two."""
    for row in (*document["supply"], *document["sites"]):
        row["lead_quarters"] = rng.choice([0, 0, 1, 1, 2])


def several_authorizations(rng: random.Random, document: Document) -> None:
    """More than one way to place units outside Tier 1; by country one of those that the firm holds there."""
    ways = rng.sample(["uveu", "nveu", "allocation", "lpp"], rng.randint(1, 3))
    held = {"uveu": "uveu", "nveu": "allocation", "none": "allocation"}[document["firm"]["status"]]
    document["authorizations"] = ways
    if rng.random() < 0.4:
        document["authorizations"] = {"default": ways, rng.choice(TIER_2): rng.sample([held, "lpp"], 2)}
    amended(document, {"LPP501.at_most": 3 * document["accelerators"][0]["tpp"] + rng.choice([-1, 0, 1])})


def fleet_leaves(rng: random.Random, document: Document) -> None:
    """The fleet may retire or move, a few units of it."""
    way = rng.choice(["retire", "move", "both"])
    document["retire_allowed"] = way != "move"
    document["move_cost_usd_per_gpu"] = None if way == "retire" else rng.choice([0, 1, 250.5])
    units = {row["accelerator"]: row["gpus_per_unit"] for row in document["accelerators"]}
    for row in document["fleet"]:
        unit = units.get(row["accelerator"], 8)
        row["gpus"] = min(row["gpus"], rng.choice([unit, unit, 2 * unit, unit + 1]))


def site_loss(rng: random.Random, document: Document) -> None:
    """A demand so small that two sites are enough, most of the time."""
    chip = rng.choice(document["accelerators"])
    wanted = {"region": "anywhere", "tpp": chip["tpp"] * rng.randint(1, chip["gpus_per_unit"])}
    wanted |= {"sites": [site["site"] for site in document["sites"]], "from": document["horizon"]["last"]}
    document["demand"] = [wanted]
    document["survive_site_loss"] = True


def ranked_objectives(rng: random.Random, document: Document) -> None:
    first = ["capacity", "capacity_over_time", "cost", "carbon"]
    names = rng.sample(first, rng.randint(1, 3))
    if rng.random() < 0.4:
        names.append("open_sites")
    document["objective"] = names
    if rng.random() < 0.5:
        document["objective_tolerance"] = rng.choice(["0%", "1%", "12.5%", "40%"])


FEATURES: dict[Feature, float] = {
    any_objective: 0.4,
    several_years: 0.1,
    shared_sites: 0.15,
    serving_costs: 0.2,
    bundled_region: 0.02,
    odd_money: 0.15,
    least_power: 0.15,
    failing_power: 0.1,
    fleet_at_sites: 0.2,
    low_volume_fleet: 0.1,
    unknown_chips: 0.15,
    restricted_sites: 0.1,
    sites_chosen: 0.1,
    site_share: 0.1,
    more_own_limits: 0.3,
    readings: 0.15,
    dated_shares: 0.1,
    added_rule: 0.1,
    lead_times: 0.12,
    several_authorizations: 0.12,
    fleet_leaves: 0.15,
    ranked_objectives: 0.12,
    possible: 0.75,
    site_loss: 0.1,
    on_the_edge: 0.5,
}
"""Each feature and how often a scenario has it. The edge comes last: it looks at all the rest."""
