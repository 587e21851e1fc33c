"""Writes data/regimes/compiled.json anew: the built-in regimes as parsed trees. Run by `make rules`."""

from __future__ import annotations

import json
from pathlib import Path

from optimizer.reading import read_document
from optimizer.regimes.compiled import FILE, compiled

FOLDER = Path(__file__).resolve().parent.parent / "data" / "regimes"


def text() -> str:
    """What the file ought to hold."""
    trees = {path.stem: compiled(path.read_bytes(), read_document(path)) for path in sorted(FOLDER.glob("*.yaml"))}
    return json.dumps(trees, separators=(",", ":"), ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (FOLDER / FILE).write_text(text(), encoding="utf-8")
