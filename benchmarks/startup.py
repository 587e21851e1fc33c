"""How long the command takes to start, as whole processes, beside a bare interpreter.

The commands run in turn (A B C A B C ...), so that a machine that slows down slows all of them. Prints a table:

    python benchmarks/startup.py [RUNS]
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
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


def write_plans(folder: Path) -> tuple[Path, Path]:
    """The same plan as a table and as YAML."""
    table, document = folder / "plan100.csv", folder / "plan100.yaml"
    lines = [f"{country},,{accelerator},{gpus},{quarter},," for country, accelerator, gpus, quarter in plan_rows()]
    table.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    items = [
        f"  - {{country: {country}, accelerator: {accelerator}, gpus: {gpus}, quarter: {quarter}}}"
        for country, accelerator, gpus, quarter in plan_rows()
    ]
    head = ["fleetplan: plan/1", "firm: {name: Example Cloud, headquarters: US, status: uveu}", "placements:"]
    document.write_text("\n".join([*head, *items]) + "\n", encoding="utf-8")
    return table, document


def seconds(command: list[str], folder: Path) -> float:
    """Wall time of one run; a run that ends with anything but 0 stops the benchmark."""
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    elapsed = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return elapsed


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    script = Path(sys.executable).with_name("fleetplan")
    fleetplan = [str(script)] if script.exists() else [sys.executable, "-m", "optimizer"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, document = write_plans(folder)
        firm = ["--headquarters", "US", "--status", "uveu"]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "fleetplan --version": [*fleetplan, "--version"],
            "fleetplan check, 100 rows of CSV": [*fleetplan, "check", table.name, *firm],
            "fleetplan check, 100 rows of YAML": [*fleetplan, "check", document.name],
        }
        taken: dict[str, list[float]] = {label: [] for label in commands}
        for turn in range(runs + 1):  # the first turn warms the caches and is not counted
            for label, command in commands.items():
                elapsed = seconds(command, folder)
                if turn:
                    taken[label].append(elapsed)
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {runs} runs in turn, whole processes, milliseconds\n"
    )
    print("| command | median | min | max | ratio to python -c pass |\n|---|---|---|---|---|")
    base = taken["python -c pass"]
    for label, times in taken.items():
        ratio = statistics.median(own / bare for own, bare in zip(times, base, strict=True))
        low, middle, high = (1000 * value for value in (min(times), statistics.median(times), max(times)))
        print(f"| {label} | {middle:.0f} | {low:.0f} | {high:.0f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
