"""`fleetplan check` beside pandas, DuckDB and Rego on the same plans: whole processes, in one run, in turn.

Plans of 100, 10,000 and 1,000,000 rows, CSV and Parquet, are made from a fixed seed; the longest stands at some 6,000
places. Every engine's findings must be the same, or the run fails. The first turn is not counted. Prints a table of
medians (wall time, and CPU time of all threads) and of ratios to a bare DuckDB aggregation of the same file.

    python benchmarks/check_speed.py [RUNS]

Needs the extra `big`, `duckdb`, and for its column `regopy` (pip install regopy; it is in no extra). Rego holds every
row as a document, so it is left out above 10,000 rows; what is not installed is left out, and that is said.
"""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from speed_engines import TIER_1, TIER_2, TPP

ROOT = Path(__file__).resolve().parent.parent
ENGINES = Path(__file__).resolve().parent / "speed_engines.py"
SIZES = (100, 10_000, 1_000_000)
MOST_ROWS = {"rego": 10_000}
HEADER = ("country", "site", "accelerator", "gpus", "quarter", "authorization", "consignee")
RULES = ("UVEU101", "UVEU102", "UVEU103", "CAP201")
SITES = 20  # in each country

Times = tuple[float, float]


def rows(count: int) -> list[tuple[str, str, str, int, str, str]]:
    """Rows of a plan: mostly at home, some countries over their limits from some quarter on."""
    rng = random.Random(f"speed {count}")
    home = [("US", f"site-{number}", "") for number in range(SITES * 8)]
    abroad = [
        (country, f"site-{country.lower()}-{number}", "allocation" if country == "SA" and number % 2 else "")
        for country in (*TIER_1[1:], *TIER_2)
        for number in range(SITES)
    ]
    quarters = [f"{year}Q{number}" for year in (2026, 2027) for number in (1, 2, 3, 4)]
    most = max(2, 40_000_000 // count)
    made = []
    for _ in range(count):
        country, site, way = rng.choice(home if rng.random() < 0.55 else abroad)
        made.append((country, site, rng.choice([*TPP]), rng.randint(1, most), rng.choice(quarters), way))
    return made


def write_plans(folder: Path, count: int) -> dict[str, Path]:
    """The same plan as CSV and as Parquet."""
    import pyarrow
    from pyarrow import parquet

    made = rows(count)
    plain, columns = folder / f"plan{count}.csv", folder / f"plan{count}.parquet"
    lines = [",".join(HEADER), *(f"{c},{s},{a},{g},{q},{w}," for c, s, a, g, q, w in made)]
    plain.write_text("\n".join(lines) + "\n", encoding="utf-8")
    values = [*zip(*made, strict=True), [""] * count]
    table = {name: [cell or None for cell in column] for name, column in zip(HEADER, values, strict=True)}
    types = [(name, pyarrow.int64() if name == "gpus" else pyarrow.string()) for name in HEADER]
    parquet.write_table(pyarrow.table(table, schema=pyarrow.schema(types)), columns)
    return {"CSV": plain, "Parquet": columns}


def run(command: list[str], folder: Path) -> tuple[str, Times]:
    """What a process printed, and its wall and CPU time."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment.pop("GITHUB_ACTIONS", None)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1) or not done.stdout:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout, (wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def findings(engine: str, output: str) -> set[tuple[object, ...]]:
    """The broken limits that an engine printed."""
    if engine != "fleetplan":
        return {tuple(row) for row in json.loads(output)}
    report = json.loads(output)
    if report["status"] not in ("compliant", "violations"):
        sys.exit(f"fleetplan could not decide: {report['errors'][:3]}")
    return {
        (one["rule"], one["country"], one["quarter"], one["measured"], one["allowed"])
        for one in report["findings"]
        if one["rule"] in RULES and one["verdict"] == "fail"
    }


def installed(name: str) -> str | None:
    """The version of a package, None when it is not there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def main() -> None:
    """Measure, compare the findings and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    packages = {"pandas": "pandas", "duckdb": "duckdb", "rego": "regopy"}
    versions = {engine: installed(package) for engine, package in packages.items()}
    if installed("pyarrow") is None or versions["duckdb"] is None:
        sys.exit("pyarrow and duckdb are needed: pip install 'fleetplan[big]' duckdb")
    firm = ["--headquarters", "US", "--status", "uveu", "--regime", "ifr-2025", "--format", "json"]
    commands = {
        "bare": [sys.executable, str(ENGINES), "bare"],
        "fleetplan": [sys.executable, "-m", "optimizer", "check", *firm],
        **{engine: [sys.executable, str(ENGINES), engine] for engine, there in versions.items() if there},
    }
    load = os.getloadavg()[0]
    table = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in SIZES:
            for kind, plan in write_plans(folder, count).items():
                used = [engine for engine in commands if count <= MOST_ROWS.get(engine, count)]
                times: dict[str, list[Times]] = {engine: [] for engine in used}
                agreed: set[tuple[object, ...]] | None = None
                for turn in range(runs + 1):  # the first fills the caches and is not counted
                    for engine in used:
                        output, taken = run([*commands[engine], plan.name], folder)
                        if turn:
                            times[engine].append(taken)
                        elif engine != "bare":
                            found = findings(engine, output)
                            if agreed is not None and found != agreed:
                                sys.exit(f"{engine} differs on {plan.name}: {sorted(map(str, found ^ agreed))[:5]}")
                            agreed = found
                table.append((count, kind, len(agreed or ()), times))
    there = ", ".join(f"{packages[engine]} {number}" for engine, number in versions.items() if number)
    missing = [packages[engine] for engine, number in versions.items() if number is None]
    print(
        f"Python {platform.python_version()}, pyarrow {version('pyarrow')}, {there}; {os.cpu_count()} cores, load "
        f"{load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end; medians of {runs} runs in turn; seconds of "
        f"wall time, in brackets of CPU time\n"
    )
    if missing:
        print(f"Not installed, so left out: {', '.join(missing)}\n")
    print(f"| rows | file | findings | {' | '.join(commands)} | fleetplan / bare |")
    print("|---|---|---|" + "---|" * (len(commands) + 1))
    for count, kind, found, times in table:
        middle = {
            engine: tuple(statistics.median(column) for column in zip(*taken, strict=True))
            for engine, taken in times.items()
        }
        cells = [f"{middle[e][0]:.2f} ({middle[e][1]:.2f})" if e in middle else "–" for e in commands]
        ratio = f"{middle['fleetplan'][0] / middle['bare'][0]:.2f} ({middle['fleetplan'][1] / middle['bare'][1]:.2f})"
        print(f"| {count:,} | {kind} | {found} | {' | '.join(cells)} | {ratio} |")


if __name__ == "__main__":
    main()
