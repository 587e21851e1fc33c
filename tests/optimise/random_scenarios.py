"""Random small scenarios from a seed, as documents: every field that `solve` reads, in amounts that may bind."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from typing import Any

from optimizer.domain.scenario import Scenario
from optimizer.reading import read_scenario
from optimizer.units import Quarter, quarters

TIER_1 = ("US", "PR", "DE", "GB", "GL", "KR")  # Puerto Rico follows the US, Greenland follows Denmark
TIER_2 = ("MY", "AE", "SG", "IN", "BR", "KZ", "IL")
TIER_3 = ("CN", "HK", "RU")  # Hong Kong follows China
FIRST, LAST = Quarter.parse("2025Q1"), Quarter.parse("2027Q4")

Document = dict[str, Any]


def scenario_of(document: Document) -> Scenario:
    """The document as the reader takes it."""
    return read_scenario("random.json", text=json.dumps(document))


def random_document(seed: int) -> Document:
    """One to five quarters, two to ten sites, one to three accelerators, and some of everything else."""
    return _Maker(random.Random(seed), tiny=False).document()


def tiny_document(seed: int) -> Document:
    """So few units, sites and quarters that all plans can be listed; the objective is capacity."""
    return _Maker(random.Random(seed), tiny=True).document()


def multiplied(document: Document, times: int) -> Document:
    """`times` of every amount: fleet, supply, power, budget, demand, own limits, amended amounts, national use.

    Minimum sizes, the costs of a site and the size of a unit stay.
    """
    large = copy.deepcopy(document)
    for site in large["sites"]:
        site["power_mw"] = _times(site["power_mw"], times)
    for row in large["fleet"]:
        row["gpus"] *= times
    for row in large["supply"]:
        for key in row.keys() & {"per_quarter", "by_quarter"}:
            row[key] = _times(row[key], times)
    for row in large.get("demand", []):
        for key in row.keys() & {"h100e", "tpp"}:
            row[key] = _times(row[key], times)
    for row in large.get("own_limits", []):
        for key in ("at_most", "plus"):
            if isinstance(row.get(key), int):
                row[key] *= times
    for key in large.get("budget_musd", {}):
        large["budget_musd"][key] = _times(large["budget_musd"][key], times)
    if "national_use" in large:
        large["national_use"] = _times(large["national_use"], times)
    if isinstance(large["regime"], dict):
        amend = large["regime"]["amend"]
        for rule, bound in amend.items():
            if isinstance(bound, dict):
                until = {key: value for key, value in bound.items() if key == "to"}
                amend[rule] = _times({key: value for key, value in bound.items() if key != "to"}, times) | until
    return large


def _times(amount: Any, times: int) -> Any:
    """An amount, or amounts by quarter or country, `times` over."""
    if isinstance(amount, dict):
        return {key: _times(value, times) for key, value in amount.items()}
    return amount * times if isinstance(amount, int) else round(amount * times, 6)


class _Maker:
    """Draws a document part by part; what is drawn first is what later parts refer to."""

    def __init__(self, rng: random.Random, *, tiny: bool) -> None:
        self.rng, self.tiny = rng, tiny
        count = rng.randint(1, 2 if tiny else 5)
        start = rng.randint(0, LAST - FIRST + 1 - count)
        self.quarters = list(quarters(FIRST + start, FIRST + start + count - 1))
        self.accelerators = self._accelerators()
        self.sites = [self._site(n) for n in range(rng.randint(1, 3) if tiny else rng.randint(2, 10))]

    def document(self) -> Document:
        rng = self.rng
        document: Document = {
            "fleetplan": "scenario/1",
            "firm": self._firm(),
            "regime": self._regime(),
            "horizon": {"first": str(self.quarters[0]), "last": str(self.quarters[-1])},
            "accelerators": self.accelerators,
            "sites": self.sites,
            "fleet": [row for row in (self._fleet_row() for _ in range(rng.randint(0, 4))) if row],
            "supply": [self._supply(row) for row in self.accelerators if rng.random() < 0.9],
            "objective": "capacity",
        }
        if not self.tiny and rng.random() < 0.5:
            document["objective"] = rng.choice(["capacity_over_time", "cost", "carbon"])
        optional = {
            "agreements": lambda: [
                {"country": code, "from": str(rng.choice(self.quarters))} for code in self._some(TIER_2)
            ],
            "national_use": lambda: {code: rng.choice([0, 500_000, 791_000_000]) for code in self._some(TIER_2)},
            "budget_musd": self._budget,
            "demand": lambda: self._demand(document["objective"]),
            "own_limits": lambda: [self._own_limit(n) for n in range(rng.randint(1, 2))],
            "max_share_per_site": lambda: f"{rng.choice([25, 34, 50, 50, 80])}%",
            "min_open_sites": lambda: rng.randint(1, max(1, len(self.sites) // 2)),
        }
        for key, make in optional.items():
            if rng.random() < (0.45 if key in ("demand", "own_limits") else 0.2):
                document[key] = make()
        standing = {row["site"] for row in document["fleet"] if "site" in row}
        names = [row["site"] for row in self.sites]
        if rng.random() < 0.12:
            document["keep_open"] = rng.sample(names, 1)
        if rng.random() < 0.2 and "min_open_sites" not in document:
            free = [name for name in names if name not in standing and name not in document.get("keep_open", [])]
            document["keep_closed"] = free[:1]
        return document

    def _some(self, what: tuple[str, ...]) -> list[str]:
        return self.rng.sample(what, self.rng.randint(1, 3))

    def _firm(self) -> Document:
        rng = self.rng
        seat = rng.choice(["US", "US", "DE", "GL", "AE", "SG"] if rng.random() < 0.97 else ["HK"])
        statuses = ["uveu", "uveu", "nveu", "none"] if seat in TIER_1 or rng.random() < 0.1 else ["nveu", "none"]
        firm: Document = {"name": "Random Cloud", "headquarters": seat, "status": rng.choice(statuses)}
        if rng.random() < 0.2:
            firm["ultimate_parent"] = rng.choice(["US", "DE", "AE"])
        if firm["status"] == "nveu":
            firm["nveu_countries"] = self._some(TIER_2)
        return firm

    def _regime(self) -> Any:
        rng = self.rng
        base = rng.choice(["factsheet-2025", "factsheet-2025", "ifr-2025", "ifr-2025", "none"])
        if base == "none" or rng.random() < 0.4:
            return base
        amend: Document = {}
        if rng.random() < 0.6:  # amounts that a dozen GPUs reach
            amend["CAP201.at_most"] = {"2025Q1": rng.choice([60_000, 200_000, 1_000_003]), "to": "2027Q4"}
            amend["CAP201.with_agreement"] = {"2025Q1": 500_000, "to": "2027Q4"}
        if rng.random() < 0.4:
            amend["UVEU101.at_most"] = rng.choice(["12.5%", "33%", "3.3%"])
        if rng.random() < 0.3:
            amend["UVEU102.at_most"] = rng.choice(["10%", "60%"])
        if rng.random() < 0.4:
            amend["NVEU401.at_most"] = {"2025Q1": 90_000, "2026Q1": 300_000, "to": "2027Q4"}
        return {"extends": base, "amend": amend} if amend else base

    def _accelerators(self) -> list[Document]:
        rng = self.rng
        rows = []
        for n in range(rng.randint(1, 2 if self.tiny else 3)):
            kind = rng.choice(["yes", "yes", "no", "unknown", "between"])
            low, high = {"yes": (4_800, 60_000), "no": (100, 1_599)}.get(kind, (1_600, 4_799))
            row: Document = {
                "accelerator": f"chip-{n}",
                "tpp": rng.choice([rng.randint(low, high), high, low]),
                "gpus_per_unit": rng.choice([1, 2, 8]),
                "kw_per_gpu": rng.choice([0.5, 0.72, 1.35, 2]),
                "capex_usd": rng.choice([0, 1000, 25000.5, 40000]),
            }
            if kind in ("unknown", "between"):
                row["meets_3a090a"] = rng.choice(["yes", "no", "unknown", "unknown"])
            rows.append(row)
        return rows

    def _site(self, number: int) -> Document:
        rng = self.rng
        code = rng.choice(rng.choices([TIER_1, TIER_2, TIER_3], [10, 9, 1])[0])
        unit = self.accelerators[0]
        kw = unit["gpus_per_unit"] * unit["kw_per_gpu"]  # so that a handful of units fit

        def megawatts(units: float) -> float:
            return round(units * kw / 1000, 6)

        most = 6 if self.tiny else 40
        row: Document = {"site": f"site-{number}", "country": code, "power_mw": megawatts(rng.uniform(0.8, most))}
        if rng.random() < 0.3:  # power that comes, grows or falls
            chosen = sorted(rng.sample(self.quarters, rng.randint(1, min(3, len(self.quarters)))))
            row["power_mw"] = {str(quarter): megawatts(rng.choice([0, 1, 3, 6, most, most])) for quarter in chosen}
        elif rng.random() < 0.3:
            row["first_quarter"] = str(rng.choice(self.quarters))
        if rng.random() < 0.5:
            row["pue"] = rng.choice([1, 1.2, 1.35])
        if rng.random() < 0.4:
            row["min_viable_mw"] = megawatts(rng.choice([0.3, 1, 1.5]))
        if rng.random() < 0.6:
            row["fixed_open_cost_musd"] = rng.choice([0.1, 0.35, 1])
        if rng.random() < 0.6:
            row["capex_musd_per_mw"] = rng.choice([5, 9.5, 12.25])
        if rng.random() < 0.7:
            row["electricity_usd_per_mwh"] = rng.choice([40, 95.5, 130])
        if rng.random() < 0.7:
            row["grid_carbon_g_per_kwh"] = rng.choice([0, 23, 545.5])
        if rng.random() < 0.15:
            row["accelerators"] = [rng.choice(self.accelerators)["accelerator"]]
        return row

    def _fleet_row(self) -> Document | None:
        rng = self.rng
        chip = rng.choice(self.accelerators)["accelerator"] if rng.random() < 0.7 else "h100-sxm"
        row: Document = {"country": rng.choice(TIER_1), "accelerator": chip, "gpus": rng.randint(1, 200)}
        if rng.random() < 0.25:
            row |= {"country": rng.choice(TIER_2), "gpus": rng.randint(1, 12)}
        if rng.random() < 0.4:
            site = rng.choice(self.sites)
            power = site["power_mw"]
            first = str(self.quarters[0])
            ready = (
                power.get(first, 0) if isinstance(power, dict) else power * (site.get("first_quarter", first) == first)
            )
            if not ready or site["country"] in TIER_3:
                return None
            row |= {"site": site["site"], "country": site["country"], "gpus": rng.choice([1, 1, 2])}
        if rng.random() < 0.5 and self.quarters[0] > FIRST:
            row["quarter"] = str(Quarter(rng.randint(FIRST - 4, self.quarters[0] - 1)))
        if rng.random() < 0.25 and row["country"] in TIER_2:
            row["authorization"] = rng.choice(["licence", "allocation", "lpp"])
            if row["authorization"] == "lpp" and "quarter" not in row:
                row["authorization"] = "licence"
        return row

    def _supply(self, accelerator: Document) -> Document:
        rng, unit = self.rng, accelerator["gpus_per_unit"]
        most = 4 if self.tiny else 80
        row: Document = {"accelerator": accelerator["accelerator"]}
        if rng.random() < 0.5:
            return row | {"per_quarter": rng.randint(1, most) * unit // len(self.quarters) + rng.randint(0, 1)}
        chosen = rng.sample(self.quarters, rng.randint(1, len(self.quarters)))
        return row | {"by_quarter": {str(q): rng.randint(0, most) * unit // len(chosen) for q in sorted(chosen)}}

    def _budget(self) -> Document:
        rng = self.rng
        musd = rng.choice([0.05, 0.5, 1.75, 6])
        if rng.random() < 0.4:
            return {"total": musd}
        if rng.random() < 0.5:
            return {"per_quarter": round(musd / len(self.quarters), 4)}
        return {"by_quarter": {str(rng.choice(self.quarters)): musd}}

    def _demand(self, objective: str) -> list[Document]:
        rng = self.rng
        names = [row["site"] for row in self.sites]
        tpp = max(row["tpp"] * row["gpus_per_unit"] for row in self.accelerators)
        rows = []
        for n in range(rng.randint(1, 1 if self.tiny else 3)):
            near = rng.sample(names, rng.randint(len(names) // 2 or 1, len(names)))
            row: Document = {"region": f"region-{n}", "sites": near}
            units = rng.uniform(0.1, 1.2 if self.tiny else 4)
            if rng.random() < 0.3:
                chosen = sorted(rng.sample(self.quarters, rng.randint(1, len(self.quarters))))
                row["tpp"] = {str(quarter): int(units * rng.uniform(0.5, 1.5) * tpp) for quarter in chosen}
            else:
                row["h100e"] = round(units * tpp / 15_832, 3)
                if rng.random() < 0.8:
                    row["from"] = str(rng.choice(self.quarters[len(self.quarters) // 2 :]))
            if objective == "cost" and rng.random() < 0.5:
                row["cost_usd_per_h100e"] = {name: rng.choice([0, 12, 80.25]) for name in near}
            rows.append(row)
        return rows

    def _own_limit(self, number: int) -> Document:
        rng = self.rng
        row: Document = {"id": f"OWN{number}", "title": "A limit of the firm's own"}
        countries = sorted(
            {
                "US" if row["country"] == "PR" else "DK" if row["country"] == "GL" else row["country"]
                for row in self.sites
            }
            - {"HK"}
        )
        where: Document = (
            {"countries": rng.sample(countries, min(len(countries), rng.randint(1, 2)))} if countries else {}
        )
        if rng.random() < 0.2:
            where = {"sites": [rng.choice(self.sites)["site"]]}
        if rng.random() < 0.2:
            where["chips"] = rng.choice(["all", "meets_3a090a"])
        if rng.random() < 0.2:
            where["received_from"] = str(rng.choice(self.quarters))
        row["measured"] = where
        kind = rng.choice(["share", "share", "amount", "floor", "share of some", "each"])
        if kind == "amount":
            row |= {"at_most": rng.randint(0, 2_000_000), "unit": "tpp"}
        elif kind == "floor":
            row |= {"at_least": f"{rng.choice([5, 12.5])}%", "of": "all"}
        elif kind == "share of some":
            row |= {"at_most": "50%", "of": {"tiers": ["2"]} if rng.random() < 0.5 else {"tiers": ["1"]}}
            row |= {"plus": rng.choice([0, 100_000])}
        elif kind == "each":
            row |= {"each": "country+quarter", "at_most": f"{rng.choice([30, 60])}%", "of": "all"}
            row["measured"].pop("countries", None)
        else:
            row |= {"at_most": f"{rng.choice([10, 33, 47.5])}%", "of": "all"}
        if rng.random() < 0.3:
            row["from"] = str(rng.choice(self.quarters))
        return row


def musd(value: Fraction) -> float:
    """Dollars as millions, for messages."""
    return float(value) / 1e6
