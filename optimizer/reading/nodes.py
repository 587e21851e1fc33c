"""Values with their places: what every text reader yields, and the typed look at it that collects problems.

A scalar stays text until a field asks for a type, so `NO` is Norway, `010` is refused as a number and decimals
are read exactly. `Fields` reads one mapping; it never raises on a bad field, it reports and carries on, so that
all problems of a file come at once. `Problems.raise_if_any()` ends the reading.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from ..errors import InputError, Location, Problem, show
from ..units import Quarter, exact, share

T = TypeVar("T")

MISSING = "IN101"
UNKNOWN_FIELD = "IN102"
WRONG_TYPE = "IN103"
BAD_NUMBER = "IN104"
OUT_OF_RANGE = "IN105"
BAD_CHOICE = "IN106"
BAD_QUARTER = "IN107"
BAD_SHARE = "IN108"


@dataclass(frozen=True, slots=True)
class Node:
    """A value at a place in a file: a scalar as text (None for null), a list of nodes, or a mapping to nodes.

    `quoted` is true for a scalar written in quotation marks: such a scalar is text and never a number.
    """

    value: str | None | list[Node] | dict[str, Node]
    at: Location
    quoted: bool = False
    keys: Mapping[str, Location] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value without places: text, None, lists and dicts."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value

    def kind(self) -> str:
        """What it is, in words for a message."""
        if isinstance(self.value, list):
            return "a list"
        if isinstance(self.value, dict):
            return "a mapping"
        return "nothing" if self.value is None else show(self.value)


class Problems:
    """Everything found wrong so far, in the order found."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, code: str, at: Location, field: str, found: str, why: str, mend: str) -> None:
        """Record one problem."""
        self.found.append(Problem(code, at, field, found, why, mend))

    def raise_if_any(self) -> None:
        """InputError with all that was found, or nothing."""
        if self.found:
            raise InputError(self.found)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A mending sentence: the nearest known word, or the known words when none is near."""
    known = sorted(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"Did you mean '{near[0]}'?"
    listed = ", ".join(known[:20]) + (" ..." if len(known) > 20 else "")
    return f"Known: {listed}."


class Fields:
    """One mapping, read field by field; every getter reports a problem instead of raising, and returns `default`.

    Call `done()` last: it reports every field that nobody asked for.
    """

    def __init__(self, node: Node, path: str, problems: Problems) -> None:
        self.node, self.path, self.problems = node, path, problems
        self.asked: set[str] = set()
        if isinstance(node.value, dict):
            self.values: dict[str, Node] = node.value
        else:
            self.values = {}
            problems.add(WRONG_TYPE, node.at, path, node.kind(), "a mapping is needed here", "Write field: value pairs.")

    def name(self, key: str) -> str:
        """The field's full name for messages."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether the field is present and not null; it then counts as asked for."""
        self.asked.add(key)
        return key in self.values and self.values[key].value is not None

    def at(self, key: str) -> Location:
        """Where the field's value stands, or the mapping where it is missing."""
        return self.values[key].at if key in self.values else self.node.at

    def report(self, code: str, key: str, why: str, mend: str, found: str | None = None) -> None:
        """Record a problem at field `key`."""
        shown = found if found is not None else (self.values[key].kind() if key in self.values else "")
        self.problems.add(code, self.at(key), self.name(key), shown, why, mend)

    def require(self, key: str, mend: str = "Add it.") -> bool:
        """Whether the field is there; a problem if not."""
        if self.has(key):
            return True
        if self.node.value is not None and isinstance(self.node.value, dict):
            self.report(MISSING, key, "the field is missing or empty", mend, found="")
        return False

    def sub(self, key: str) -> Node | None:
        """The raw node of a field, None when absent."""
        return self.values[key] if self.has(key) else None

    def scalar(self, key: str, parse: Callable[[str], T], code: str, why: str, mend: str, *, number: bool = False) -> T | None:
        """The field parsed by `parse` (a ValueError is a problem); None when absent or wrong."""
        if not self.has(key):
            return None
        node = self.values[key]
        if not isinstance(node.value, str):
            self.report(WRONG_TYPE, key, "a single value is needed here", mend)
            return None
        if number and node.quoted:
            self.report(code, key, "a number is written without quotation marks", mend)
            return None
        try:
            return parse(node.value)
        except ValueError:
            self.report(code, key, why, mend)
            return None

    def text(self, key: str, default: str = "") -> str:
        """The field as text."""
        value = self.scalar(key, str, WRONG_TYPE, "text is needed here", "Write one word or one quoted line.")
        return default if value is None else value

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        """The field as one of `choices`."""
        allowed = tuple(choices)
        if not self.has(key):
            return default
        value = self.text(key)
        if value in allowed:
            return value
        if isinstance(self.values[key].value, str):
            self.report(BAD_CHOICE, key, f"one of {', '.join(allowed)} is needed here", did_you_mean(value, allowed))
        return default

    def boolean(self, key: str, default: bool = False) -> bool:
        """The field as true or false, in exactly these spellings."""
        return self.choice(key, ("true", "false"), "true" if default else "false") == "true"

    def decimal(self, key: str, default: Fraction | None = None, *, least: int | None = 0) -> Fraction | None:
        """The field as an exact decimal, at least `least`."""
        mend = "Write plain digits such as 12 or 1.5."
        value = self.scalar(key, exact, BAD_NUMBER, "not a plain decimal number", mend, number=True)
        if value is None:
            return default
        if least is not None and value < least:
            self.report(OUT_OF_RANGE, key, f"the number must be at least {least}", "Correct it.")
            return default
        return value

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int | None:
        """The field as a whole number, at least `least`, below 10**18."""
        value = self.decimal(key, least=least)
        if value is None:
            return default
        if value.denominator != 1 or "." in str(self.values[key].value):
            self.report(BAD_NUMBER, key, "a whole number is needed here", "Write it without a decimal point.")
            return default
        return int(value)

    def quarter(self, key: str) -> Quarter | None:
        """The field as a quarter, None when absent or wrong."""
        return self.scalar(key, Quarter.parse, BAD_QUARTER, "not a quarter", "Write it as 2026Q3.")

    def percentage(self, key: str) -> Fraction | None:
        """The field as a share written with its percent sign."""
        return self.scalar(key, share, BAD_SHARE, "not a percentage between 0% and 100%", "Write it with its sign, as 7%.")

    def items(self, key: str) -> list[Node]:
        """The field's list of nodes, empty when absent."""
        if not self.has(key):
            return []
        node = self.values[key]
        if isinstance(node.value, list):
            return node.value
        self.report(WRONG_TYPE, key, "a list is needed here", "Write [ ... ] or lines that begin with '- '.")
        return []

    def texts(self, key: str) -> list[tuple[str, Location]]:
        """The field's list of words with their places."""
        words = []
        for item in self.items(key):
            if isinstance(item.value, str):
                words.append((item.value, item.at))
            else:
                self.problems.add(WRONG_TYPE, item.at, self.name(key), item.kind(), "a word is needed here", "Write one word.")
        return words

    def mapping(self, key: str) -> dict[str, Node]:
        """The field's mapping of nodes, empty when absent."""
        if not self.has(key):
            return {}
        node = self.values[key]
        if isinstance(node.value, dict):
            return node.value
        self.report(WRONG_TYPE, key, "a mapping is needed here", "Write {name: value, ...}.")
        return {}

    def rows(self, key: str) -> list[Fields]:
        """The field's list of mappings, each as Fields."""
        return [Fields(item, f"{self.name(key)}[{number}]", self.problems) for number, item in enumerate(self.items(key))]

    def fields(self, key: str) -> Fields | None:
        """The field's mapping as Fields, None when absent."""
        node = self.sub(key)
        return None if node is None else Fields(node, self.name(key), self.problems)

    def done(self) -> None:
        """Report every field that nobody asked for."""
        for key in self.values:
            if key not in self.asked:
                at = self.node.keys.get(key, self.values[key].at)
                self.problems.add(UNKNOWN_FIELD, at, self.name(key), show(key), "no such field here", did_you_mean(key, self.asked))
