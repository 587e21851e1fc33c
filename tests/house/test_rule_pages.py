"""docs/rules is what `make rules` makes of the regimes and the worked cases, and nothing of it is missing."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from optimizer.cli.rules import input_codes
from optimizer.domain.plan import RegimeRef
from optimizer.explain.rule_page import INPUT_GROUPS, PLAIN
from optimizer.regimes import builtin_regimes, load_regime

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "rules"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The script behind `make rules`, which lies outside the package."""
    spec = importlib.util.spec_from_file_location("rule_pages", ROOT / ".ci" / "rule_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_as_they_would_be_made_now(generator: ModuleType) -> None:
    made = generator.pages()
    stale = [name for name, text in made.items() if not (FOLDER / name).is_file() or text != _read(FOLDER / name)]
    assert not stale, "run `make rules`"
    assert {path.name for path in FOLDER.iterdir()} == set(made), "run `make rules`"


def test_each_rule_has_a_page_in_plain_words_with_cases_and_each_duty_has_one() -> None:
    for name in builtin_regimes():
        regime = load_regime(RegimeRef(name))
        for record in regime.records:
            page = _read(FOLDER / f"{record.rule.id}.md")
            assert PLAIN[record.rule.id] in page
            assert record.rule.citation in page
            assert "## Worked cases" in page
        for duty in regime.duties:
            assert duty.rule.citation in _read(FOLDER / f"{duty.rule.id}.md")


def test_no_figure_of_the_law_stands_in_the_plain_words() -> None:
    for text in PLAIN.values():
        assert re.sub(r"Tier [123]", "", text).isascii()
        assert not re.search(r"[0-9]", re.sub(r"Tier [123]", "", text))


def test_links_between_the_pages_lead_somewhere() -> None:
    for path in FOLDER.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)", _read(path)):
            assert (FOLDER / target).is_file(), (path.name, target)


def test_every_code_of_an_input_error_in_the_package_is_explained() -> None:
    codes = input_codes()
    written = [
        code
        for path in (ROOT / "optimizer").rglob("*.py")
        for code in re.findall(r'^[A-Z_0-9]+(?:: Final)? = "(IN[0-9]{3})"', _read(path), re.MULTILINE)
    ]
    assert len(written) > 40
    assert len(written) == len(set(written)), "two errors have one code"
    assert set(written) == set(codes)
    assert {code[:3] for code in codes} <= set(INPUT_GROUPS)
    page = _read(FOLDER / "inputs.md")
    assert all(f"### {code}\n\n{meaning}" in page for code, meaning in codes.items())


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
