"""Where the data, examples and rule pages that travel with the product lie. Imports nothing of ours."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _root(folder: str) -> Path:
    """`optimizer/_bundled/<folder>` in an installed wheel, `<folder>` beside the package in a checkout."""
    installed = _PACKAGE / "_bundled" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def data_path(*parts: str) -> Path:
    """A file of `data/`."""
    return _root("data").joinpath(*parts)


def example_path(*parts: str) -> Path:
    """A file of `examples/`."""
    return _root("examples").joinpath(*parts)


def rules_path(*parts: str) -> Path:
    """A file of `docs/rules/`."""
    return _root("docs").joinpath("rules", *parts)
