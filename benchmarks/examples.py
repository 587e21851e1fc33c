"""How fast and how well proved `fleetplan solve` is on the examples, as whole processes with the default options.

For each scenario: whole columns of the program, seconds to the first plan, to 1 % and to the end, the gap reached, and
CPU seconds of the process. Run it on a quiet machine: `make bench`, or `python benchmarks/examples.py [NAME ...]`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
TIME_LIMIT, GAP = 60, 0.001


def measure(scenario: Path) -> dict[str, Any]:
    """One solve: what its progress lines and its plan say, and the CPU time that it took."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "plan.json")
        command = [sys.executable, "-m", "optimizer", "solve", str(scenario), "-o", str(target)]
        command += ["--time-limit", str(TIME_LIMIT), "--gap", str(GAP), "--progress", "json"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, cwd=EXAMPLES.parent, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = json.loads(target.read_text(encoding="utf-8"))["result"] if done.returncode == 0 else None
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    return {
        "first": next((e["seconds"] for e in events if e["incumbent"] is not None), None),
        "percent": next((e["seconds"] for e in events if e["gap"] is not None and e["gap"] <= 0.01), None),
        "result": result,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }


def whole_columns(scenario: Path) -> int:
    """Number of whole decisions in the scenario's program."""
    sys.path.insert(0, str(EXAMPLES.parent))
    from optimizer.model.build import build
    from optimizer.model.law import limits_of
    from optimizer.reading import read_scenario
    from optimizer.regimes import load_regime

    read = read_scenario(scenario)
    regime = load_regime(read.regime).with_own_limits(read.own_limits)
    return int(build(read, regime, limits_of(read, regime)).program.integral.sum())


def main(names: list[str]) -> None:
    """Print the table."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("highspy", "ortools", "pulp", "numpy"))
    python = ".".join(str(part) for part in sys.version_info[:3])
    load = os.getloadavg()[0]
    machine = f"{os.cpu_count()} cores, load {load:.1f} at the start"
    print(f"Python {python}, {packages}; {machine}; limit {TIME_LIMIT} s, gap {GAP}\n")
    print("| example | whole columns | first plan, s | within 1 %, s | end, s | CPU, s | gap | proof |")
    print("|---|---|---|---|---|---|---|---|")
    for scenario in sorted(EXAMPLES.glob("*.yaml")):
        if scenario.name.endswith(".plan.yaml") or (names and scenario.stem not in names):
            continue
        found = measure(scenario)
        result = found["result"]
        figures = (
            "no plan | | | |"
            if result is None
            else (
                f"{found['first']:.1f} | {found['percent']:.1f} | {result['seconds']:.1f} | {found['cpu']:.1f} | "
                f"{result['gap']:.2e} | {result['proof']}"
            )
        )
        print(f"| {scenario.stem} | {whole_columns(scenario):,} | {figures} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
