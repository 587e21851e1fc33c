"""What it costs to start the command, as whole processes, beside a bare interpreter: CPU time and wall time.

The commands run in turn (A B C A B C ...), so that a machine that slows down slows all of them; byte code is there, as
after an installation. On a machine that does other work, too, the CPU times are the ones to read. Prints a table:

    python benchmarks/startup.py [RUNS]
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COUNTRIES = ("US", "DE", "JP", "GB", "FR", "MY", "BR", "IN", "PL", "MX")
ACCELERATORS = ("h100-sxm", "gb200-nvl72", "b200-hgx", "h200-sxm")
HEADER = "country,site,accelerator,gpus,quarter,authorization,consignee"


def plan_rows() -> list[tuple[str, str, int, str]]:
    """100 placements over ten countries and eight quarters, far inside every limit outside the United States."""
    rows = []
    for number in range(100):
        country = COUNTRIES[number % 10]
        accelerator = ACCELERATORS[number % 4]
        gpus = 7200 if country == "US" else 72
        rows.append((country, accelerator, gpus, f"{2026 + number % 8 // 4}Q{number % 4 + 1}"))
    return rows


def write_plans(folder: Path) -> tuple[Path, Path, Path]:
    """The same plan as a table, as YAML and as JSON."""
    table, document, data = folder / "plan100.csv", folder / "plan100.yaml", folder / "plan100.json"
    lines = [f"{country},,{accelerator},{gpus},{quarter},," for country, accelerator, gpus, quarter in plan_rows()]
    table.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    items = [
        f"  - {{country: {country}, accelerator: {accelerator}, gpus: {gpus}, quarter: {quarter}}}"
        for country, accelerator, gpus, quarter in plan_rows()
    ]
    head = ["fleetplan: plan/1", "firm: {name: Example Cloud, headquarters: US, status: uveu}", "placements:"]
    document.write_text("\n".join([*head, *items]) + "\n", encoding="utf-8")
    keys = ("country", "accelerator", "gpus", "quarter")
    firm = {"name": "Example Cloud", "headquarters": "US", "status": "uveu"}
    placements = [dict(zip(keys, row, strict=True)) for row in plan_rows()]
    data.write_text(json.dumps({"fleetplan": "plan/1", "firm": firm, "placements": placements}, indent=1) + "\n")
    return table, document, data


def seconds(command: list[str], folder: Path) -> tuple[float, float]:
    """CPU time (user and system) and wall time of one run; one that ends with anything but 0 stops the benchmark."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    script = Path(sys.executable).with_name("fleetplan")
    fleetplan = [str(script)] if script.exists() else [sys.executable, "-m", "optimizer"]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, document, data = write_plans(folder)
        firm = ["--headquarters", "US", "--status", "uveu"]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "fleetplan --version": [*fleetplan, "--version"],
            "fleetplan check, 100 rows of CSV": [*fleetplan, "check", table.name, *firm],
            "fleetplan check, 100 rows of YAML": [*fleetplan, "check", document.name],
            "fleetplan check, 100 rows of JSON": [*fleetplan, "check", data.name],
        }
        taken: dict[str, list[tuple[float, float]]] = {label: [] for label in commands}
        for turn in range(runs + 1):  # the first turn fills the caches and is not counted
            for label, command in commands.items():
                one = seconds(command, folder)
                if turn:
                    taken[label].append(one)
    print(
        f"Python {platform.python_version()}, PyYAML {version('PyYAML')}; {os.cpu_count()} cores, "
        f"load {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end; {runs} runs in turn; milliseconds\n"
    )
    print("| command | CPU, median | CPU, least | ratio | wall, median | wall, least | ratio |")
    print("|---|---|---|---|---|---|---|")
    bare = [statistics.median(column) for column in zip(*taken["python -c pass"], strict=True)]
    for label, times in taken.items():
        cells = []
        for column, base in zip(zip(*times, strict=True), bare, strict=True):
            middle = statistics.median(column)
            cells += [f"{1000 * middle:.0f}", f"{1000 * min(column):.0f}", f"{middle / base:.1f}"]
        print(f"| {label} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
