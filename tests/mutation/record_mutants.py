"""Every small mistake that a regime's file could hold, one at a time.

Numbers are off by the least amount, dates by a quarter or a day, choices are others, lists have one element fewer or
more, fields are missing, floors are ceilings, and fields that a record leaves out are there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import yaml

from optimizer.bundled import data_path
from optimizer.domain.countries import countries
from optimizer.domain.plan import AUTHORIZATIONS
from optimizer.units import Quarter

Tree = dict[str, Any]
Change = tuple[str, Any]  # what is changed, in words, and the new value; REMOVED takes the field away

REMOVED = object()
WHOLE = re.compile(r"0|[1-9][0-9]*")
SHARE = re.compile(r"([0-9.]+)%")
QUARTER = re.compile(r"[0-9]{4}Q[1-4]")
DAY = re.compile(r"((?:[0-9]{4}-)?[0-9]{2}-)([0-9]{2})")
SHARE_STEPS = (Fraction(1), Fraction(1, 10_000))  # percentage points: 1/100 and 1/1,000,000
WORDY = {"brief", "event", "question", "says"}
"""Words, in which there is nothing to get wrong by one."""

CHOICES = {
    "each": ("firm", "country", "quarter", "country+quarter", "consignee+year", "site"),
    "span": ("in_service", "present", "received", "ever"),
    "chips": ("all", "meets_3a090a"),
    "measure": ("all", "meets_3a090a"),
    "seat": ("headquarters", "parent", "either", "both"),
    "severity": ("error", "warning"),
    "unit": ("tpp", "h100e"),
    "grade": ("P", "F", "S", "D", "A"),
    "enforced": ("yes", "no", "not stated"),
    "state": ("announced", "in force", "not enforced"),
    "when": ("new location", "new country", "move between countries", "shipment", "amount", "every year", "once"),
}
PLACES = tuple(code for code, row in countries().items() if row.follows is None)
UNIVERSES: dict[str, tuple[str, ...]] = {
    "status": ("uveu", "nveu", "none"),
    "authorizations": AUTHORIZATIONS,
    "countries": ("US", "DE", "MY", "CN"),
    "not_in": ("US", "DE", "MY", "CN"),
    "in_quarters": ("Q1", "Q2", "Q3", "Q4"),
    "certified": ("14", "15", "18"),
    "tier1": PLACES,
    "tier3": PLACES,
    **dict.fromkeys(("tiers", "barred_tiers", "free_tiers", "operator_tiers"), ("1", "2", "3")),
}

TEST_ADDITIONS: list[Change] = [
    *(("status", [status]) for status in UNIVERSES["status"]),
    *(("seat", seat) for seat in ("parent", "either", "both")),
    *(("tiers", [tier]) for tier in "123"),
    *(("countries", [country]) for country in ("US", "DE")),
]
HOLD_ADDITIONS: list[Change] = [*TEST_ADDITIONS[:3], *(("tiers", [tier]) for tier in "123"), ("listed", "true")]
COUNTED_ADDITIONS: list[Change] = [
    *(("chips", chips) for chips in CHOICES["chips"]),
    *(("span", span) for span in CHOICES["span"]),
    *(("tiers", [tier]) for tier in "123"),
    *(("countries", [country]) for country in UNIVERSES["countries"]),
    *(("authorizations", [one]) for one in AUTHORIZATIONS),
    ("authorizations", [one for one in AUTHORIZATIONS if one != "lpp"]),
    ("sites", ["north"]),
    *(("received_from", quarter) for quarter in ("2025Q1", "2025Q2")),
    ("listed", "true"),
    *(("unheld", {one: {"tiers": [tier]}}) for one in AUTHORIZATIONS for tier in "12"),
]
DUTY_ADDITIONS: list[Change] = [
    *(("applies", {"status": [status]}) for status in UNIVERSES["status"]),
    *(("applies", {"tiers": [tier]}) for tier in "123"),
    *(("authorizations", [one]) for one in AUTHORIZATIONS),
    *(("from", quarter) for quarter in ("2025Q2", "2028Q1")),
    *(("not_in", [country]) for country in UNIVERSES["countries"]),
]
RECORD_ADDITIONS: list[Change] = [
    ("severity", "warning"),
    ("waivable", "false"),
    ("unit", "h100e"),
    ("to", "2027Q3"),
    ("to", "2027Q4"),
    *(("applies", {"status": [status]}) for status in UNIVERSES["status"]),
    *(("applies", {"tiers": [tier]}) for tier in "123"),
    *(("unless", {"seat": "either", "tiers": [tier]}) for tier in "123"),
    *(("unless", {"status": [status]}) for status in UNIVERSES["status"]),
    *(("everywhere_if", {"tiers": [tier]}) for tier in "123"),
    *(("barred_tiers", [tier]) for tier in "123"),
    ("exports_only", "true"),
    ("less", "national_use"),
    ("of", "all"),
    ("plus", "1"),
    ("with_agreement", {"2025Q1": "1580000000", "to": "2027Q4"}),
    ("in_quarters", ["Q1", "Q3"]),
    ("in_quarters", ["Q2", "Q4"]),
]


class Mutant(NamedTuple):
    """A regime's file with one mistake; `part` is the rule, or the part of the regime, that it is in."""

    regime: str
    part: str
    what: str
    tree: Tree

    @property
    def name(self) -> str:
        return f"{self.regime} {self.part}{self.what}"

    @property
    def text(self) -> str:
        """The file, as JSON; its id is its own, since no file may bear that of a built-in regime."""
        named = {key: f"mutated-{value}" if key == "id" else _plain(value) for key, value in self.tree.items()}
        return json.dumps(named)


def _plain(value: Any) -> Any:
    """Numbers and flags as JSON has them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value in ("true", "false"):
        return value == "true"
    if value == "null":
        return None
    return int(value) if WHOLE.fullmatch(value) else value


def read_tree(regime: str) -> Tree:
    """The regime's file with every scalar as it is written."""
    tree: Tree = yaml.load(data_path("regimes", f"{regime}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return tree


def record_mutants(regime: str) -> Iterator[Mutant]:
    """Every mutant of a regime's file; of those with one name all but the first have a number."""
    seen: Counter[str] = Counter()
    for mutant in _mutants(regime):
        seen[mutant.name] += 1
        times = seen[mutant.name]
        yield mutant if times == 1 else mutant._replace(what=f"{mutant.what} ({times})")


def _mutants(regime: str) -> Iterator[Mutant]:
    tree = read_tree(regime)
    for key, value in tree.items():
        if key in ("rules", "duties", "readings") and isinstance(value, list):
            for number, record in enumerate(value):
                rest = [*value[:number], *value[number + 1 :]]
                part = str(record["id"])
                yield Mutant(regime, part, " left out", {**tree, key: rest})
                for what, changed in changes(record, key, 0):
                    whole = [*value[:number], changed, *value[number + 1 :]]
                    yield Mutant(regime, part, what, {**tree, key: whole})
        elif key not in WORDY:
            for what, changed in [*changes(value, key, 1), (" left out", REMOVED)]:
                kept = {name: item for name, item in tree.items() if name != key or changed is not REMOVED}
                yield Mutant(regime, key, what, kept if changed is REMOVED else {**tree, key: changed})


def changes(value: Any, key: str, depth: int) -> Iterator[Change]:
    """Every way to get `value`, the field `key`, wrong."""
    if isinstance(value, dict):
        yield from _of_mapping(value, key, depth)
    elif isinstance(value, list):
        yield from _of_list(value, key, depth)
    else:
        for other in others(value, key):
            yield f": {_short(value)} -> {_short(other)}", other


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"...{text[-57:]}"


def _of_mapping(value: Tree, key: str, depth: int) -> Iterator[Change]:
    for name, item in value.items():
        if name in WORDY:
            continue
        yield f".{name} left out", {other: kept for other, kept in value.items() if other != name}
        swap = {"at_most": "at_least", "at_least": "at_most"}.get(name)
        if swap:
            yield f".{name} is {swap}", {swap if other == name else other: kept for other, kept in value.items()}
        if QUARTER.fullmatch(name):
            for step in (-1, 1):
                moved = str(Quarter.parse(name) + step)
                if moved not in value:
                    yield f".{name} is {moved}", {moved if o == name else o: kept for o, kept in value.items()}
        for what, changed in changes(item, name, depth + 1):
            yield f".{name}{what}", {**value, name: changed}
    for name, extra in _additions(value, key, depth):
        if name not in value:
            yield f".{name} added: {_short(extra)}", {**value, name: extra}
    if any(QUARTER.fullmatch(name) for name in value) and "to" not in value:
        yield ".to added: 2027Q4", {**value, "to": "2027Q4"}


def _additions(value: Tree, key: str, depth: int) -> list[Change]:
    """Fields that the mapping may lack. What is the default, or reads nothing without another field, is left out."""
    if depth == 0:
        return {"rules": RECORD_ADDITIONS, "duties": DUTY_ADDITIONS}.get(key, [])
    if key == "unheld":
        return [(one, {"tiers": [tier]}) for one in AUTHORIZATIONS for tier in "12"]
    if key == "measured":
        return COUNTED_ADDITIONS
    if key in ("applies", "unless", "everywhere_if"):
        seated = "tiers" in value or "countries" in value
        return [addition for addition in TEST_ADDITIONS if seated or addition[0] != "seat"]
    return HOLD_ADDITIONS if key in AUTHORIZATIONS else []


def _of_list(value: list[Any], key: str, depth: int) -> Iterator[Change]:
    for number, item in enumerate(value):
        rest = [*value[:number], *value[number + 1 :]]
        yield f" without {_short(item)}", rest
        if isinstance(item, dict):
            for what, changed in changes(item, key, depth + 1):
                yield f"[{number}]{what}", [*value[:number], changed, *value[number + 1 :]]
    for extra in UNIVERSES.get(key, ()):
        if extra not in value:
            yield f" with {extra}", [*value, extra]


def others(value: str, key: str) -> Iterator[str]:
    """Every wrong value of one scalar."""
    if key in WORDY:
        return
    if key in CHOICES and value in CHOICES[key]:
        yield from (choice for choice in CHOICES[key] if choice != value)
    elif value in ("true", "false"):
        yield "false" if value == "true" else "true"
    elif WHOLE.fullmatch(value):
        yield from (str(int(value) + step) for step in (-1, 1) if int(value) + step >= 0)
    elif match := SHARE.fullmatch(value):
        for step in SHARE_STEPS:
            for other in (Fraction(match[1]) - step, Fraction(match[1]) + step):
                yield f"{float(other):.4f}".rstrip("0").rstrip(".") + "%"
    elif QUARTER.fullmatch(value):
        yield from (str(Quarter.parse(value) + step) for step in (-1, 1))
    elif match := DAY.fullmatch(value):
        yield from (f"{match[1]}{int(match[2]) + step:02}" for step in (-1, 1))
    elif key in ("title", "citation"):
        for number in re.finditer(r"[0-9]+", value):
            yield f"{value[: number.start()]}{int(number[0]) + 1}{value[number.end() :]}"
