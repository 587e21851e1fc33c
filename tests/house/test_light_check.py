"""`fleetplan check` starts fast because it imports nothing heavy, by whatever path."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = [
    "numpy",
    "pandas",
    "pulp",
    "ortools",
    "networkx",
    "streamlit",
    "scipy",
    "highspy",
    "numba",
    "pyarrow",
    "altair",
    "openpyxl",
]
SLOW = ["dataclasses", "inspect", "shutil"]
"""Of the standard library: each costs milliseconds at every start, with what it imports, and `check` needs none."""
HEAD = "fleetplan: plan/1\nfirm: {name: Example Cloud, headquarters: US, status: uveu}\nplacements:\n"
PLANS = {
    "fine.yaml": HEAD + "  - {country: US, accelerator: h100-sxm, gpus: 1000, quarter: 2026Q1}\n",
    "over.yaml": HEAD + "  - {country: MY, accelerator: h100-sxm, gpus: 1000, quarter: 2026Q1}\n",
    "broken.yaml": HEAD + "  - {country: UK, gpus: -1}\n",
    "fine.csv": "country,site,accelerator,gpus,quarter,authorization,consignee\nUS,,h100-sxm,1000,2026Q1,,\n",
}
PROBE = """
import json, sys
before = set(sys.modules)
from optimizer.cli.main import main
code = main(sys.argv[1:])
sys.stderr.write("\\n" + json.dumps([code, sorted({name.split(".")[0] for name in set(sys.modules) - before})]))
"""


def probe(folder: Path, *arguments: str) -> tuple[int, set[str]]:
    """The exit code of `fleetplan ARGUMENTS` in a process of its own, and the top packages that it imported."""
    for name, text in PLANS.items():
        (folder / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", PROBE, *arguments]
    done = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return code, set(modules)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["fine.yaml"], 0),
        (["over.yaml"], 1),
        (["broken.yaml"], 2),
        (["fine.csv", "--headquarters", "US", "--status", "uveu"], 0),
        (["over.yaml", "--format", "json"], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_check_imports_nothing_heavy(arguments: list[str], code: int, tmp_path: Path) -> None:
    found, modules = probe(tmp_path, "check", *arguments)
    assert found == code
    assert "optimizer" in modules
    assert modules.isdisjoint(HEAVY)


def test_check_imports_no_slow_part_of_the_standard_library(tmp_path: Path) -> None:
    _, modules = probe(tmp_path, "check", "fine.yaml")
    assert modules.isdisjoint(SLOW)


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["regimes"], ["rules"], ["schema", "plan"]], ids=" ".join
)
def test_looking_things_up_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code, modules = probe(tmp_path, *arguments)
    assert code == 0
    assert modules.isdisjoint(HEAVY)


def test_version_and_help_import_no_command(tmp_path: Path) -> None:
    _, modules = probe(tmp_path, "--version")
    assert modules.isdisjoint({"yaml", "argparse"})
