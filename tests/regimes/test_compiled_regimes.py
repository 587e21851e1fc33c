"""The parsed trees of the built-in regimes are those of their files, and are never taken for another file."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from optimizer.bundled import data_path
from optimizer.domain.plan import RegimeRef
from optimizer.reading import read_document
from optimizer.regimes import builtin_regimes, load_regime
from optimizer.regimes.compiled import FILE, compiled_tree

ROOT = Path(__file__).resolve().parents[2]


def test_the_trees_are_those_of_the_files() -> None:
    made = runpy.run_path(str(ROOT / ".ci" / "compile_regimes.py"))["text"]()
    assert data_path("regimes", FILE).read_text(encoding="utf-8") == made, "run `make rules`"


@pytest.mark.parametrize("name", builtin_regimes())
def test_a_tree_is_that_of_its_file_to_the_last_column(name: str) -> None:
    path = data_path("regimes", f"{name}.yaml")
    assert compiled_tree(path, path.read_bytes()) == read_document(path)


@pytest.mark.parametrize("name", builtin_regimes())
def test_a_changed_file_is_read_itself(name: str, tmp_path: Path) -> None:
    content = data_path("regimes", f"{name}.yaml").read_bytes()
    changed = content.replace(b"at_most: 0", b"at_most: 1", 1)
    assert changed != content
    assert compiled_tree(tmp_path / f"{name}.yaml", changed) is None
    changed = changed.replace(f"id: {name}".encode(), b"id: changed", 1)
    (tmp_path / f"{name}.yaml").write_bytes(changed)
    record = load_regime(RegimeRef(f"{name}.yaml", folder=tmp_path)).record("TIER301")
    assert record is not None
    assert record.amount is not None
    assert record.amount.steps == ((None, 1),)
