"""What-ifs: one scenario solved, then solved again with one limit changed, warm and cold.

    python benchmarks/what_if.py [INSTANCE] [--changes 100] [--cold 5] [--limit 60] [--gap 5e-4]

The instance (M-1 when left out) is solved once by a session; each change is then resolved by the same session, which is
warm, and every so many by `optimise()` on the changed scenario, which is cold. A cold solve is given the time that it
takes to a gap as small as the warm one's. Every plan is judged by the exact gate under the changed scenario.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.race.instances import instance_named
from benchmarks.race.judge import judge
from optimizer.domain.plan import RegimeRef
from optimizer.domain.scenario import Scenario
from optimizer.domain.steps import Steps
from optimizer.optimise import Outcome, optimise
from optimizer.solvers import Options, Progress


@dataclass(frozen=True)
class Change:
    """One changed limit: what is said of it, and the scenario's fields that it replaces."""

    words: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Timed:
    """One answer: seconds that it took, its gap, and what the gate says of its plan."""

    seconds: float
    gap: float | None
    verdict: str


def changes_of(scenario: Scenario, count: int, seed: int = 1) -> list[Change]:
    """`count` changes of one limit each, drawn from the seed; the same at every call."""
    rng = random.Random(seed)
    kinds = [_share_in_one_country, _share_abroad, _share_at_home, _budget, _demand, _national_use]
    return [kinds[number % len(kinds)](scenario, rng) for number in range(count)]


def _amended(scenario: Scenario, field: str, value: str) -> Change:
    regime: RegimeRef = scenario.regime
    return Change(f"{field} {value}", {"regime": regime.replace(amend={**regime.amend, field: value})})


def _share_in_one_country(scenario: Scenario, rng: random.Random) -> Change:
    return _amended(scenario, "UVEU101.at_most", f"{rng.randint(68, 85) / 10}%")


def _share_abroad(scenario: Scenario, rng: random.Random) -> Change:
    return _amended(scenario, "UVEU102.at_most", f"{rng.randint(240, 290) / 10}%")


def _share_at_home(scenario: Scenario, rng: random.Random) -> Change:
    return _amended(scenario, "UVEU103.at_least", f"{rng.randint(450, 510) / 10}%")


def _budget(scenario: Scenario, rng: random.Random) -> Change:
    percent = rng.randint(98, 110)
    assert scenario.budget_musd is not None
    budget = {quarter: money * Fraction(percent, 100) for quarter, money in scenario.budget_musd.items()}
    return Change(f"budget {percent} %", {"budget_musd": budget})


def _demand(scenario: Scenario, rng: random.Random) -> Change:
    number, percent = rng.randrange(len(scenario.demand)), rng.randint(60, 105)
    demand = list(scenario.demand)
    old = demand[number]
    steps = tuple((quarter, tpp * percent // 100) for quarter, tpp in old.tpp.steps)
    demand[number] = replace(old, tpp=Steps(steps, before=old.tpp.before))
    return Change(f"demand of {old.region} {percent} %", {"demand": tuple(demand)})


def _national_use(scenario: Scenario, rng: random.Random) -> Change:
    country = rng.choice(sorted(scenario.national_use))
    percent = rng.randint(80, 102)
    used = {**scenario.national_use, country: scenario.national_use[country] * percent // 100}
    return Change(f"others' use in {country} {percent} %", {"national_use": used})


def warm(session: Any, scenario: Scenario, change: Change) -> Timed:
    """The change resolved by the session."""
    began = time.perf_counter()
    outcome = session.resolve(change.fields)
    seconds = time.perf_counter() - began
    return _timed(seconds, outcome, scenario.replace(**change.fields))


def cold(scenario: Scenario, change: Change, options: Options, wanted: float | None) -> Timed:
    """The changed scenario solved from nothing, timed to a gap of `wanted` if it comes to that."""
    changed = scenario.replace(**change.fields)
    began = time.perf_counter()
    reached: list[float] = []

    def note(progress: Progress) -> None:
        if progress.gap is not None and wanted is not None and progress.gap <= wanted and not reached:
            reached.append(time.perf_counter() - began)

    outcome = optimise(changed, options, note)
    seconds = time.perf_counter() - began
    return _timed(reached[0] if reached else seconds, outcome, changed)


def _timed(seconds: float, outcome: Outcome, scenario: Scenario) -> Timed:
    answer = outcome.answer
    known = answer.value is not None and answer.bound is not None
    gap = abs(answer.bound - answer.value) / abs(answer.value) if known else None  # type: ignore[operator, arg-type]
    return Timed(seconds, gap, str(judge(outcome.plan, scenario)["verdict"]))


def main(given: list[str]) -> None:
    """Solve, resolve, compare, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", nargs="?", default="M-1")
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--cold", type=int, default=5, help="how many of them are solved cold as well")
    parser.add_argument("--limit", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=5e-4)
    asked = parser.parse_args(given)
    from optimizer.session import Session

    scenario = instance_named(asked.instance)
    options = Options(time_limit=asked.limit, gap=asked.gap)
    load = os.getloadavg()[0]
    session = Session(scenario, options)
    began = time.perf_counter()
    session.solve()
    first = time.perf_counter() - began
    changes = changes_of(scenario, asked.changes)
    every = max(1, len(changes) // max(1, asked.cold))
    print(f"{asked.instance}, {len(changes)} changes; {os.cpu_count()} cores, load {load:.1f} at the start\n")
    print("| change | warm, s | gap | plan | cold to that gap, s | gap | plan | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    seconds, ratios, legal = [], [], 0
    for number, change in enumerate(changes):
        quick = warm(session, scenario, change)
        seconds.append(quick.seconds)
        legal += quick.verdict == "legal"
        if number % every:
            continue
        slow = cold(scenario, change, options, quick.gap)
        ratios.append(slow.seconds / quick.seconds)
        print(
            f"| {change.words} | {quick.seconds:.3f} | {_gap(quick.gap)} | {quick.verdict} | {slow.seconds:.2f} | "
            f"{_gap(slow.gap)} | {slow.verdict} | {ratios[-1]:.0f} |",
            flush=True,
        )
    print(
        f"\nThe first solve took {first:.1f} s. Of {len(changes)} warm ones {legal} have a legal plan; median "
        f"{median(seconds):.3f} s, slowest {max(seconds):.3f} s. Cold / warm: median {median(ratios):.0f}, least "
        f"{min(ratios):.0f}."
    )


def _gap(gap: float | None) -> str:
    return "–" if gap is None else f"{gap:.1e}"


if __name__ == "__main__":
    main(sys.argv[1:])
