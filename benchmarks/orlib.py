"""The capacitated facility location problem as a scenario, solved and compared with the optima of the OR-Library.

Our model holds that problem as a special case: one quarter, one accelerator of 1 kW that counts one H100-equivalent,
and the objective `cost`. A warehouse is a site: its capacity is power, its fixed cost what opening costs. A customer
is a demand region that every site may serve in parts, and `cost_usd_per_h100e` is the cost of a unit from each site.
Nothing is rounded: the library's costs have five decimals, and divided by the customer's demand they end too.

    python benchmarks/orlib.py [--solver NAME] [INSTANCE ...]

The instances (J. E. Beasley's cap41 to cap74: 16 warehouses, 50 customers) are looked for in
`../shared/external/orlib_cflp` beside the checkout; nothing is downloaded. Exit 0 when every cost found is within 1e-8
of the published one and proved best.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from optimizer.domain.scenario import Scenario  # noqa: E402  (found through the path above)
from optimizer.optimise import Outcome, optimise  # noqa: E402
from optimizer.reading import read_scenario  # noqa: E402
from optimizer.solvers import Options  # noqa: E402

FOLDER = ROOT.parent / "shared" / "external" / "orlib_cflp"
OPTIMA = {
    name: Fraction(value)
    for name, value in {
        "cap41": "1040444.375",
        "cap42": "1098000.450",
        "cap43": "1153000.450",
        "cap44": "1235500.450",
        "cap51": "1025208.225",
        "cap61": "932615.750",
        "cap62": "977799.400",
        "cap63": "1014062.050",
        "cap64": "1045650.250",
        "cap71": "932615.750",
        "cap72": "977799.400",
        "cap73": "1010641.450",
        "cap74": "1034976.975",
    }.items()
}
"""The published optima, in dollars of ours."""

CLOSE = Fraction(1, 10**8)


@dataclass(frozen=True)
class Warehouses:
    """An instance: capacity and fixed cost by warehouse, demand by customer, and by both the cost of all of the demand.

    A customer may be served by several warehouses and then pays each in proportion.
    """

    name: str
    capacity: tuple[Fraction, ...]
    fixed: tuple[Fraction, ...]
    demand: tuple[Fraction, ...]
    cost: tuple[tuple[Fraction, ...], ...]


def read_instance(path: Path) -> Warehouses:
    """The instance in a file of the OR-Library."""
    numbers: Iterator[Fraction] = map(Fraction, path.read_text(encoding="ascii").replace(". ", " ").split())
    warehouses, customers = int(next(numbers)), int(next(numbers))
    sites = [(next(numbers), next(numbers)) for _ in range(warehouses)]
    rows = [(next(numbers), tuple(next(numbers) for _ in range(warehouses))) for _ in range(customers)]
    if next(numbers, None) is not None:
        raise ValueError(f"{path.name} goes on after its last customer")
    capacity, fixed = zip(*sites, strict=True)
    demand, cost = zip(*rows, strict=True)
    return Warehouses(path.stem, capacity, fixed, demand, cost)


def document(instance: Warehouses) -> dict[str, Any]:
    """The instance as a scenario/1 document. Amounts are in kW, GPUs and H100-equivalents, which are all the same."""
    sites = [f"warehouse-{s + 1}" for s in range(len(instance.capacity))]
    return {
        "fleetplan": "scenario/1",
        "name": f"OR-Library {instance.name}",
        "firm": {"name": "Warehouses", "headquarters": "US", "status": "none"},
        "regime": "none",
        "horizon": {"first": "2026Q1", "last": "2026Q1"},
        "accelerators": [
            {"accelerator": "pallet", "tpp": 15_832, "gpus_per_unit": 1, "kw_per_gpu": 1, "capex_usd": 0},
        ],
        "supply": [{"accelerator": "pallet", "per_quarter": int(sum(instance.capacity))}],
        "sites": [
            {
                "site": site,
                "country": "US",
                "power_mw": _decimal(capacity / 1000),
                "fixed_open_cost_musd": _decimal(fixed / 1_000_000),
            }
            for site, capacity, fixed in zip(sites, instance.capacity, instance.fixed, strict=True)
        ],
        "demand": [
            {
                "region": f"customer-{j + 1}",
                "h100e": _decimal(wanted),
                "sites": sites,
                "cost_usd_per_h100e": {site: _decimal(whole / wanted) for site, whole in zip(sites, row, strict=True)},
            }
            for j, (wanted, row) in enumerate(zip(instance.demand, instance.cost, strict=True))
        ],
        "objective": "cost",
    }


def _decimal(value: Fraction) -> float | int:
    """What JSON writes as exactly this decimal; ValueError when it has no end or more than 15 digits."""
    written = value.numerator if value.denominator == 1 else float(value)
    if Fraction(str(written)) != value:
        raise ValueError(f"{value} is no short decimal")
    return written


def scenario(instance: Warehouses) -> Scenario:
    """The instance as our reader takes it."""
    return read_scenario(f"{instance.name}.json", text=json.dumps(document(instance)))


def solve(instance: Warehouses, solver: str = "highs", time_limit: float = 300.0) -> Outcome:
    """The instance solved until the gap is 0."""
    return optimise(scenario(instance), Options(solver=solver, time_limit=time_limit, gap=0.0))


def cost_of(outcome: Outcome) -> Fraction:
    """The cost of the plan, exactly."""
    assert outcome.plan is not None
    assert outcome.plan.result is not None
    return Fraction(outcome.plan.result["objective_value"])


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 0 when every instance is solved to its published optimum."""
    parser = argparse.ArgumentParser(description="OR-Library's facility location problems, solved as scenarios")
    parser.add_argument("instances", nargs="*", metavar="INSTANCE", help="such as cap41 (default: all thirteen)")
    parser.add_argument("--solver", default="highs", help="highs (default), cp-sat, cbc")
    options = parser.parse_args(arguments)
    if not FOLDER.is_dir():
        print("the instances are not there: put OR-Library's files into ../shared/external/orlib_cflp")
        return 0
    packages = ", ".join(f"{name} {version(name)}" for name in ("highspy", "ortools", "pulp", "numpy"))
    print(f"Python {platform.python_version()}, {packages}; solver {options.solver}, gap 0\n")
    print("| instance | published | found | relative difference | status | proof | seconds |")
    print("|---|---|---|---|---|---|---|")
    right = True
    for name in options.instances or OPTIMA:
        outcome = solve(read_instance(FOLDER / f"{name}.txt"), options.solver)
        if outcome.plan is None or outcome.plan.result is None:
            print(f"| {name} | {float(OPTIMA[name]):.3f} | none | | {outcome.status} | | |", flush=True)
            right = False
            continue
        found, result = cost_of(outcome), outcome.plan.result
        away = abs(found - OPTIMA[name]) / OPTIMA[name]
        right = right and away <= CLOSE and outcome.status == "optimal"
        print(
            f"| {name} | {float(OPTIMA[name]):.3f} | {float(found):.3f} | {float(away):.1e} | {outcome.status} | "
            f"{result['proof']} | {result['seconds']:.1f} |",
            flush=True,
        )
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
