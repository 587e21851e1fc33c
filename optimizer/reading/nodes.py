"""Values with their places: what every text reader yields, and the typed look at it that collects problems.

A scalar stays text until a field asks for a type, so `NO` is Norway, `010` is refused as a number and decimals
are read exactly. `Fields` reads one mapping; it never raises on a bad field, it reports and carries on, so that
all problems of a file come at once. `Problems.raise_if_any()` ends the reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

from ..errors import InputError, Location, Problem, show
from ..units import Quarter, exact, percent, share
from .codes import (
    BAD_CHOICE,
    BAD_NUMBER,
    BAD_QUARTER,
    BAD_SHARE,
    MISSING,
    OUT_OF_RANGE,
    UNKNOWN_FIELD,
    WRONG_TYPE,
)
from .text import folded, stranger, word

T = TypeVar("T")

WRITE_WHOLE: Final = "Write plain digits such as 12."
WRITE_DECIMAL: Final = "Write plain digits such as 12 or 1.5."
SHOWN_PROBLEMS: Final = 50
"""How many problems of one reading are kept; the rest is counted."""
MOST_PROBLEMS: Final = 1_000
"""With how many problems a reading ends: a file in which every row is wrong must not take long to be refused."""

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)


_NO_KEYS: Final[Mapping[str, Location]] = MappingProxyType({})


class Node(NamedTuple):
    """A value at a place in a file: a scalar as text (None for null), a list of nodes, or a mapping to nodes.

    `quoted` is true for a scalar written in quotation marks: such a scalar is text and never a number.
    """

    value: str | list[Node] | dict[str, Node] | None
    at: Location
    quoted: bool = False
    keys: Mapping[str, Location] = _NO_KEYS

    def plain(self) -> Any:
        """The value without places: text, None, lists and dicts."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value

    def data(self) -> Any:
        """The value without places and with JSON's types: unquoted numbers, true and false are typed."""
        if isinstance(self.value, list):
            return [item.data() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.data() for key, item in self.value.items()}
        return self.value if self.quoted or self.value is None else _typed(self.value)

    def kind(self) -> str:
        """What it is, in words for a message."""
        if isinstance(self.value, list):
            return "a list"
        if isinstance(self.value, dict):
            return "a mapping"
        return "nothing" if self.value is None else show(self.value)


def _typed(text: str) -> Any:
    """`text` as JSON would read it bare; text that no exact or finite value stands for stays text."""
    if text in ("true", "false"):
        return text == "true"
    match = _JSON_NUMBER.fullmatch(text)
    if match is None or len(text) > 100:
        return text
    if match[1] is None and match[2] is None:
        return int(text)
    value = float(text)
    return value if abs(value) != float("inf") else text


class Problems:
    """What was found wrong so far: the first `SHOWN_PROBLEMS`, and how many more there are."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.more = 0

    def add(self, code: str, at: Location, field: str, found: str, why: str, mend: str) -> None:
        """Record one problem. Raises InputError when it is the last that is counted."""
        if len(self.found) < SHOWN_PROBLEMS:
            self.found.append(Problem(code, at, field, found, why, mend))
        else:
            self.more += 1
            if SHOWN_PROBLEMS + self.more >= MOST_PROBLEMS:
                self.raise_if_any()

    def take(self, error: InputError) -> None:
        """Record the problems of an error that need not end the reading."""
        room = SHOWN_PROBLEMS - len(self.found)
        self.found += error.problems[:room]
        self.more += len(error.problems[room:]) + error.more

    def raise_if_any(self) -> None:
        """InputError with what was found, in the order of the lines of each file; or nothing."""
        if self.found:
            order = {file: number for number, file in enumerate(dict.fromkeys(p.at.file for p in self.found))}
            self.found.sort(key=lambda p: (order[p.at.file], p.at.line or 0, p.at.column or 0))
            raise InputError(self.found, self.more)


def refuse(code: str, at: Location, why: str, mend: str, *, field: str = "", found: str = "") -> InputError:
    """The error for one problem after which reading cannot go on."""
    return InputError([Problem(code, at, field, found, why, mend)])


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A mending sentence: the known words that are near, or the known words when none is."""
    near = _nearest(folded(word[:80]), {folded(name): name for name in sorted(known)})
    foreign = stranger(word)
    note = f" It holds the character {foreign}." if foreign else ""
    if near:
        *rest, last = [f"'{name}'" for name in near]
        return f"Did you mean {', '.join(rest) + ' or ' if rest else ''}{last}?{note}"
    if not known:
        return "None is known here."
    listed = sorted(known)
    return f"Known: {', '.join(listed[:20])}{' ...' if len(listed) > 20 else ''}.{note}"


def _nearest(word: str, known: Mapping[str, str]) -> list[str]:
    """The known words, by their folded forms, that `word` looks like or begins; else the one most like it, if any."""
    if word in known:
        return [known[word]]
    longer = [name for form, name in known.items() if len(word) > 1 and form.startswith(word)]
    if 1 <= len(longer) <= 5:
        return longer
    import difflib  # only a wrong word needs it

    return [known[form] for form in difflib.get_close_matches(word, known, n=1, cutoff=0.6)]


def number_mend(text: str, otherwise: str = WRITE_WHOLE) -> str:
    """How to mend `text` so that it is read as a number; `otherwise` where no usual mistake is seen in it."""
    bare = re.sub(r"[,_' ]", "", text)
    if bare != text and bare.isascii() and bare.isdigit():
        return f"Write {bare[:40]}, without separators."
    if not text.isascii() and any(c.isnumeric() for c in text):
        return "Use the digits 0 to 9."
    if text.endswith("%"):
        return "Write a plain number here, not a percentage."
    if re.fullmatch(r"0[0-9]+", text):
        return "Write it without leading zeros."
    if re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9]+", text):
        return "Write all digits, without an exponent."
    if re.fullmatch(r"[0-9]{19,}", text):
        return "A number has at most 18 digits."
    if re.fullmatch(r"-[0-9]+(\.[0-9]+)?", text):
        return "Write plain digits, without a minus sign."
    if re.fullmatch(r"[0-9]+\.[0-9]+", text) and otherwise == WRITE_WHOLE:
        return "Write plain digits, without a decimal point."
    return otherwise


def quarter_mend(text: str) -> str:
    """How to mend `text` so that it is read as a quarter."""
    if re.fullmatch(r"[0-9]{4}Q[0-9]+", text, re.ASCII):
        return "Write it as 2026Q3; quarters are Q1 to Q4."
    return "Write it as 2026Q3."


def share_mend(text: str) -> str:
    """How to mend `text` so that it is read as a share: a number without its percent sign is shown with it."""
    meant = "7%"
    try:
        value = exact(text)
    except ValueError:
        value = Fraction(0)
    if 0 < value < 1:
        meant = percent(value, 9).replace(" ", "")
    elif 1 < value <= 100:
        meant = f"{text}%"
    return f"Write it with its sign, as {meant}."


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
            mend = "Write field: value pairs."
            problems.add(WRONG_TYPE, node.at, path, node.kind(), "a mapping is needed here", mend)

    def name(self, key: str) -> str:
        """The field's full name for messages."""
        safe = key if key.isprintable() and len(key) <= 80 else show(key)
        return f"{self.path}.{safe}" if self.path else safe

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

    def scalar(
        self, key: str, parse: Callable[[str], T], code: str, why: str, mend: str, *, number: bool = False
    ) -> T | None:
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
            self.report(code, key, why, number_mend(node.value, mend) if number else mend)
            return None

    def text(self, key: str, default: str = "") -> str:
        """The field as text, just as it is written."""
        value = self.scalar(key, str, WRONG_TYPE, "text is needed here", "Write one word or one quoted line.")
        return default if value is None else value

    def word(self, key: str) -> str | None:
        """The field as one line of text fit for a name (see `text.word`), None when absent or wrong."""
        if not self.has(key):
            return None
        value = self.values[key].value
        if not isinstance(value, str):
            self.report(WRONG_TYPE, key, "text is needed here", "Write one word or one quoted line.")
            return None
        problem = word(value)
        if problem is None:
            return value
        self.report(problem.code, key, problem.why, problem.mend)
        return None

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
        """The field as true or false, in exactly these spellings and without quotation marks."""
        if self.has(key) and self.values[key].quoted:
            why = "true and false are written without quotation marks"
            self.report(BAD_CHOICE, key, why, "Remove the quotation marks.")
            return default
        return self.choice(key, ("true", "false"), "true" if default else "false") == "true"

    def decimal(self, key: str, default: Fraction | None = None, *, least: int | None = 0) -> Fraction | None:
        """The field as an exact decimal, at least `least`."""
        return self._number(key, default, least, "not a plain decimal number", WRITE_DECIMAL)

    def _number(self, key: str, default: Fraction | None, least: int | None, why: str, mend: str) -> Fraction | None:
        value = self.scalar(key, exact, BAD_NUMBER, why, mend, number=True)
        if value is None:
            return default
        if least is not None and value < least:
            self.report(OUT_OF_RANGE, key, f"the number must be at least {least}", "Correct it.")
            return default
        return value

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int | None:
        """The field as a whole number, at least `least`, below 10**18."""
        value = self._number(key, None, least, "a whole number is needed here", WRITE_WHOLE)
        if value is None:
            return default
        if value.denominator != 1 or "." in str(self.values[key].value):
            self.report(BAD_NUMBER, key, "a whole number is needed here", "Write it without a decimal point.")
            return default
        return int(value)

    def quarter(self, key: str) -> Quarter | None:
        """The field as a quarter, None when absent or wrong."""
        text = self.values[key].value if self.has(key) else None
        mend = quarter_mend(text if isinstance(text, str) else "")
        return self.scalar(key, Quarter.parse, BAD_QUARTER, "not a quarter", mend)

    def percentage(self, key: str) -> Fraction | None:
        """The field as a share written with its percent sign."""
        why = "not a percentage between 0% and 100%"
        text = self.values[key].value if self.has(key) else None
        return self.scalar(key, share, BAD_SHARE, why, share_mend(text if isinstance(text, str) else ""))

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
                why = "a word is needed here"
                self.problems.add(WRONG_TYPE, item.at, self.name(key), item.kind(), why, "Write one word.")
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
        name = self.name(key)
        return [Fields(item, f"{name}[{number}]", self.problems) for number, item in enumerate(self.items(key))]

    def fields(self, key: str) -> Fields | None:
        """The field's mapping as Fields, None when absent."""
        node = self.sub(key)
        return None if node is None else Fields(node, self.name(key), self.problems)

    def done(self) -> None:
        """Report every field that nobody asked for."""
        for key in self.values:
            if key not in self.asked:
                at = self.node.keys.get(key, self.values[key].at)
                begun = key.partition(":")[0]
                mend = did_you_mean(key, self.asked)
                if begun in self.asked and begun != key:
                    mend = f"Write a space after the colon: {begun}: ..."
                self.problems.add(UNKNOWN_FIELD, at, self.name(key), show(key), "no such field here", mend)
