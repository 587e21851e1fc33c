"""Imports point downward only: the layers of docs/architecture.md, read from the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "optimizer"

LAYERS: list[set[str]] = [  # from the ground up
    {"frozen"},
    {"units", "errors", "bundled"},
    {"domain", "reading", "reach"},
    {"limits", "ledger"},
    {"regimes"},
    {"model", "check", "checking", "business"},
    {"solvers"},
    {"optimise", "session", "result", "explain", "readings", "gate"},
    {"reports", "certificate"},
    {"ui"},
    {"cli", "__main__"},
]
SIDEWAYS = {  # within a layer, and one way only
    ("errors", "units"),
    ("reading", "domain"),
    ("reading", "reach"),
    ("reach", "domain"),
    ("ledger", "limits"),
    ("check", "checking"),
    ("optimise", "explain"),
    ("optimise", "result"),
    ("session", "optimise"),
    ("result", "explain"),
    ("readings", "explain"),
    ("gate", "explain"),
    ("__main__", "cli"),
}
RANK = {unit: rank for rank, layer in enumerate(LAYERS) for unit in layer}


def imported_units(source: str, module: str) -> Iterator[str]:
    """The units of ours (`domain`, `check`, ...) that `module`, a dotted name, imports at run time, anywhere in it."""
    skipped: set[ast.AST] = set()
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            skipped.update(inner for statement in node.body for inner in ast.walk(statement))
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            targets = [f"{stem}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            parts = target.split(".")
            if parts[0] == "optimizer" and len(parts) > 1 and not parts[1].startswith("__"):
                yield parts[1]


def complaint(importer: str, imported: str) -> str | None:
    """Why unit `importer` may not import unit `imported`; None when it may."""
    for unit in (importer, imported):
        if unit not in RANK:
            return f"optimizer/{unit} has no layer yet: give it one here and in docs/architecture.md"
    if imported == importer or RANK[imported] < RANK[importer] or (importer, imported) in SIDEWAYS:
        return None
    return f"{importer} must not import {imported}"


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "_bundled" not in path.parts)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downward(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    if path.parent == PACKAGE and path.name == "__init__.py":
        assert list(imported_units(path.read_text(encoding="utf-8"), module)) == [], (
            "the package itself imports nothing"
        )
        return
    importer = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    complaints = {complaint(importer, unit) for unit in imported_units(path.read_text(encoding="utf-8"), module)} - {
        None
    }
    assert not complaints


def test_the_page_entry_imports_only_the_page() -> None:
    assert set(imported_units((ROOT / "app.py").read_text(encoding="utf-8"), "app")) <= {"ui", "cli"}


@pytest.mark.parametrize(
    ("source", "module", "units"),
    [
        ("from .solvers import base", "optimizer.check", ["solvers"]),
        ("from ..model.build import build", "optimizer.solvers.highs", ["model"]),
        ("from .. import check, units", "optimizer.reports.text", ["check", "units"]),
        ("def f():\n    import optimizer.ui.desk", "optimizer.check", ["ui"]),
        ("from . import nodes", "optimizer.reading.plans", ["reading"]),
        ("from .. import __version__", "optimizer.cli.main", []),
        ("import numpy, optimizer", "optimizer.model.build", []),
        ("if TYPE_CHECKING:\n    from ..reading import nodes", "optimizer.domain.scenario", []),
    ],
)
def test_the_reader_sees_each_form_of_import(source: str, module: str, units: list[str]) -> None:
    assert list(imported_units(source, module)) == units


def test_those_who_check_a_plan_and_the_model_do_not_know_each_other() -> None:
    for judge in ("check", "checking", "business"):
        assert complaint(judge, "model")
        assert complaint("model", judge)
        assert complaint(judge, "solvers")
    assert complaint("regimes", "check")
    assert complaint("brand_new", "units")
    assert complaint("solvers", "model") is None
