"""Writes docs/rules anew: a page for each rule of the built-in regimes, their index, and the codes of input errors.

Run by `make rules`, from data/regimes and tests/cases. A test compares what stands there with what this makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from optimizer.cli.rules import input_codes
from optimizer.domain.plan import RegimeRef
from optimizer.explain.rule_page import (
    GENERATED,
    INPUTS_PAGE,
    WorkedCase,
    entries,
    index_page,
    inputs_page,
    rule_ids,
    rule_page,
)
from optimizer.regimes import builtin_regimes, load_regime

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "rules"
CASES = ROOT / "tests" / "cases"
INDEX = "README.md"
PLACE, PLACES = "<place>", "places"
KNOWN = frozenset(("why", "regimes", "plan", "expect", "amend", PLACES, "status", "says"))
"""What is shown in its own way or only checked; everything else that a case sets is shown beside its regimes."""


def pages() -> dict[str, str]:
    """Each file of docs/rules by its name, as it ought to be."""
    regimes = [load_regime(RegimeRef(name)) for name in builtin_regimes()]
    found = {INDEX: index_page(regimes), INPUTS_PAGE: inputs_page(input_codes())}
    for rule_id in rule_ids(regimes):
        having = entries(regimes, rule_id)
        names = {entry.regime for entry in having}
        without = [regime.name for regime in regimes if regime.name not in names]
        found[f"{rule_id}.md"] = f"{GENERATED}\n\n{rule_page(having, without, worked_cases(rule_id))}"
    return found


def worked_cases(rule_id: str) -> list[WorkedCase]:
    """The cases of tests/cases/RULE.yaml in their order, none where there is no such file."""
    path = CASES / f"{rule_id}.yaml"
    if not path.is_file():
        return []
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [_case(document.get("given", ""), case) for case in document["cases"]]


def _case(given: str, case: Mapping[str, Any]) -> WorkedCase:
    regimes = tuple(str(name) for name in case["regimes"])
    places = str(case.get(PLACES, "")).split()
    head = ["fleetplan: plan/1", *_regime(regimes[0], case.get("amend"))]
    rows = [(name, *_cells(wanted)) for name, wanted in case["expect"].items()]
    return WorkedCase(
        why=case["why"],
        regimes=regimes,
        plan="\n".join([*head, *_each_place((given + case["plan"]).splitlines(), places)]),
        expected=tuple((name, *cells) for row, *cells in rows for name in _each_place([row], places)),
        also=tuple((key, _value(value)) for key, value in case.items() if key not in KNOWN),
    )


def _regime(name: str, amend: Mapping[str, Any] | None) -> list[str]:
    """The lines of a plan that say which regime judges it."""
    if amend is None:
        return [f"regime: {name}"]
    lines = (f"    {path}: {value}" for path, value in amend.items())
    return ["regime:", f"  extends: {name}", "  amend:", *lines]


def _each_place(texts: Iterable[str], places: Sequence[str]) -> list[str]:
    """The texts, each that names a place once for each of `places`."""
    return [one for text in texts for one in ([text.replace(PLACE, p) for p in places] if PLACE in text else [text])]


def _cells(wanted: Any) -> list[str]:
    """The verdict, and the amounts where the case gives them."""
    if isinstance(wanted, str):
        return [wanted]
    return ["" if value is None else f"{value:,}" if isinstance(value, int) else str(value) for value in wanted]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_value(item)}" for key, item in value.items())
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(value)


def main() -> None:
    """docs/rules holds exactly the pages, and nothing that was made for a rule that is gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
