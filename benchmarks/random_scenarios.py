"""Whether everyone who solves a random small scenario says the same: thousands of scenarios, many of them on the edge.

Each scenario, drawn from its seed, is solved by HiGHS and by CP-SAT to a gap of 0. Where it is tiny all plans are
listed as well and judged one by one, by code that never saw the model. Every plan is judged and its value reckoned
anew. One change is then made of which it is known what it does to the optimum (tests/optimise/metamorphoses.py).

    python benchmarks/random_scenarios.py N [--seed FIRST] [--jobs J] [--ways highs,cp-sat] [--to FOLDER]

Whatever does not fit is written to FOLDER: the scenario as YAML, and what is wrong with it as text. Exit 0 when all
fits, else 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from optimizer.reading.emit import yaml_of  # noqa: E402  (found through the path above)
from tests.optimise.agreement import WAYS, Comparison, compare  # noqa: E402
from tests.optimise.features import fuzzed  # noqa: E402
from tests.optimise.metamorphoses import CHANGES, solved  # noqa: E402
from tests.optimise.random_scenarios import Document  # noqa: E402


def document_of(seed: int) -> Document:
    """The scenario of a seed: every other one is tiny."""
    return fuzzed(seed, tiny=seed % 2 == 0)


def judged(task: tuple[int, tuple[str, ...], float]) -> tuple[int, Comparison]:
    """What came of the scenario of one seed; an error that nobody expects is a fault as well."""
    seed, ways, time_limit = task
    try:
        document = document_of(seed)
        found = compare(document, ways, time_limit, listing=seed % 2 == 0)
        found.faults += changed_faults(seed, document, ways[0], time_limit)
    except Exception as error:
        found = Comparison({"error": type(error).__name__}, faults=[f"{type(error).__name__}: {error}"])
    return seed, found


def changed_faults(seed: int, document: Document, way: str, time_limit: float) -> list[str]:
    """What is wrong after one change, drawn by the seed, of those that apply."""
    first = solved(document, time_limit, way)
    for change in random.Random(seed).sample(CHANGES, len(CHANGES)):
        made = change(document, first)
        if made is not None:
            changed, relation = made
            fault = relation(first, solved(changed, time_limit, way))
            return [f"after {change.__name__}: {fault}"] if fault else []
    return []


def main(arguments: list[str] | None = None) -> int:
    """Judge the scenarios and print how they ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, metavar="N", help="how many scenarios")
    parser.add_argument("--seed", type=int, default=0, metavar="FIRST", help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, metavar="J", help="processes")
    parser.add_argument("--ways", default="highs,cp-sat", help=f"ways of solving, of {', '.join(WAYS)}")
    parser.add_argument("--time-limit", type=float, default=5.0, metavar="S", help="seconds for each solve")
    parser.add_argument(
        "--to", type=Path, default=Path("disagreements"), metavar="FOLDER", help="for what does not fit"
    )
    options = parser.parse_args(arguments)
    ways = tuple(options.ways.split(","))
    unknown = [way for way in ways if way not in WAYS]
    if unknown:
        parser.error(f"unknown ways: {', '.join(unknown)}; known are {', '.join(WAYS)}")
    began = time.perf_counter()
    tasks = [(seed, ways, options.time_limit) for seed in range(options.seed, options.seed + options.count)]
    ends: Counter[str] = Counter()
    listed = wrong = 0
    spawned = multiprocessing.get_context("spawn")  # what HiGHS has started does not survive a fork
    with ProcessPoolExecutor(options.jobs, mp_context=spawned) as pool:
        done = pool.map(judged, tasks, chunksize=4)
        for number in range(1, options.count + 1):
            try:
                seed, found = next(done)
            except BrokenProcessPool:
                print(f"a process was ended by the scenario of seed {tasks[number - 1][0]}, or of one soon after it")
                return 1
            ends[", ".join(found.status.values())] += 1
            listed += found.listed
            if found.faults:
                wrong += 1
                print(f"seed {seed}: {'; '.join(found.faults)}", flush=True)
                write(options.to, seed, found)
            if number % 500 == 0:
                print(f"{number} scenarios in {time.perf_counter() - began:.0f} s, {wrong} do not fit", flush=True)
    print(table(ways, ends))
    seconds = time.perf_counter() - began
    print(f"{options.count} scenarios, all plans listed of {listed}, in {seconds:.0f} s: {wrong} do not fit")
    return 1 if wrong else 0


def table(ways: tuple[str, ...], ends: Counter[str]) -> str:
    """How often the ways ended how."""
    rows = [f"| {', '.join(ways)} | scenarios |", "|---|---|"]
    return "\n".join([*rows, *(f"| {end} | {count} |" for end, count in ends.most_common())])


def write(folder: Path, seed: int, found: Comparison) -> None:
    """The scenario as YAML, and what is wrong with it as text."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{seed}.yaml").write_text(yaml_of(document_of(seed)), encoding="utf-8")
    (folder / f"seed-{seed}.txt").write_text("\n".join(found.faults) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
