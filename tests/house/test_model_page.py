"""docs/model.md is what `make model` makes of the docstrings, and the mathematics in them is whole."""

from __future__ import annotations

import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from optimizer.model import build, families, instance
from optimizer.model.objectives import OBJECTIVES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "model.md"
_SYMBOL = re.compile(r"(?<![A-Za-z_`])([A-Za-z])(?:_(?:\{[^}]*\}|[A-Za-z]+))?(?![A-Za-z_])")


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The script behind `make model`, which lies outside the package."""
    spec = importlib.util.spec_from_file_location("model_page", ROOT / ".ci" / "model_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_it_would_be_made_now(generator: ModuleType) -> None:
    assert PAGE.read_text(encoding="utf-8") == generator.page(), "run `make model`"


def test_every_family_and_objective_states_its_mathematics_and_its_fields(generator: ModuleType) -> None:
    stated = [*generator.stated_families(), *OBJECTIVES.values()]
    assert len(stated) >= 14
    for function in stated:
        parts = generator.paragraphs(function.__doc__)
        assert not generator.is_indented(parts[0]), f"{function.__name__}: words first"
        assert any(map(generator.is_indented, parts)), f"{function.__name__}: no mathematics"
        assert any(part.startswith("Fields: ") for part in parts), f"{function.__name__}: which fields?"


def test_every_symbol_is_in_a_table_or_explained_beside_its_use(generator: ModuleType) -> None:
    listed = set()
    for module in (instance, families):
        for part in filter(generator.is_indented, generator.paragraphs(module.__doc__)):
            listed |= {line.split()[0].partition("_")[0] for line in part.splitlines()}
    for function in [*generator.stated_families(), *OBJECTIVES.values()]:
        parts = generator.paragraphs(function.__doc__)
        prose = " ".join(part for part in parts if not generator.is_indented(part))
        explained = {found[1] for found in _SYMBOL.finditer(prose)} | {"T"}
        used = {
            found[1]
            for part in filter(generator.is_indented, parts)
            for line in part.splitlines()
            for found in _SYMBOL.finditer(line)
        }
        assert used <= listed | explained, f"{function.__name__}: {sorted(used - listed - explained)}"


def test_no_family_is_built_that_the_page_leaves_out(generator: ModuleType) -> None:
    built = set(re.findall(r"families\.([a-z_]+)\(builder", inspect.getsource(build)))
    assert built <= {function.__name__ for function in generator.stated_families()}
    assert len(built) > 6


@pytest.mark.parametrize(
    "light,written",
    [
        ("U_st <= P_st y_st", r"& U_{st} \le P_{st} y_{st}"),
        ("y_st >= y_{s,t-1}     for all s, t", r"& y_{st} \ge y_{s,t-1} && \forall\ s, t"),
        ("sum_{s near r} g_rst >= D_rt", r"& \sum_{s\ \text{near}\ r} g_{rst} \ge D_{rt}"),
        ("y_st in {0, 1}", r"& y_{st} \in \{0, 1\}"),
        ("y_sT = 1     for all s kept open", r"& y_{sT} = 1 && \forall\ s\ \text{kept open}"),
        ("max sum_s (T - t + 1) w_k", r"& \max \sum_{s} (T - t + 1) w_{k}"),
    ],
)
def test_the_light_notation_becomes_latex(generator: ModuleType, light: str, written: str) -> None:
    assert generator.latex(light) == written
