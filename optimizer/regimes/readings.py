"""Readings: where the law can be read in more than one way, each way is an option of a named switch.

An option is a set of amendments; the default option has none, so that a regime's records say what it does.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import Location, show
from ..frozen import Frozen
from ..reading.nodes import Fields, Node, Problems, did_you_mean
from .codes import BAD_READING
from .tiers import GRADES


class Option(Frozen):
    """One way to read it: what it says, and the amendments that it makes, as field path and value."""

    name: str
    says: str
    amend: Mapping[str, Node]


class Reading(Frozen):
    """A question that the law leaves open, its options (the default first) and the one that is chosen."""

    id: str
    question: str
    citation: str
    grade: str
    options: tuple[Option, ...]
    chosen: str

    @property
    def default(self) -> str:
        """The option that the regime's records follow."""
        return self.options[0].name

    def option(self, name: str) -> Option | None:
        """The option of that name, None when there is none."""
        return next((option for option in self.options if option.name == name), None)

    @property
    def amends(self) -> frozenset[str]:
        """The field paths that any option amends."""
        return frozenset(path for option in self.options for path in option.amend)


def parse_readings(fields: Fields) -> tuple[Reading, ...]:
    """The `readings` of a regime file, each with its default chosen."""
    found: dict[str, Reading] = {}
    for row in fields.rows("readings"):
        for key in ("id", "question", "citation", "grade", "options"):
            row.require(key)
        name = row.word("id") or ""
        options = tuple(_option(row, key, node) for key, node in row.mapping("options").items())
        reading = Reading(
            id=name,
            question=row.text("question"),
            citation=row.text("citation"),
            grade=row.choice("grade", GRADES, "A"),
            options=options,
            chosen=options[0].name if options else "",
        )
        row.done()
        if len(options) < 2 or options[0].amend:
            why = "a reading has at least two options, the first of which amends nothing"
            row.report(BAD_READING, "options", why, "Write the way that the records follow first, with says alone.")
        if name in found:
            row.report(BAD_READING, "id", "another reading has this name", "Choose another.")
        found.setdefault(name, reading)
    return tuple(found.values())


def _option(row: Fields, name: str, node: Node) -> Option:
    inner = Fields(node, f"{row.name('options')}.{name}", row.problems)
    inner.require("says")
    option = Option(name, inner.text("says"), inner.mapping("amend"))
    inner.done()
    return option


def choose(
    readings: tuple[Reading, ...], chosen: Mapping[str, str], amended: frozenset[str], at: Location, problems: Problems
) -> tuple[Reading, ...]:
    """The readings with the options of `chosen`; what is not there, or is settled by an amendment, is a problem."""
    known = {reading.id: reading for reading in readings}
    for name, option in chosen.items():
        field = f"readings.{name}"[:120]
        reading = known.get(name)
        if reading is None:
            why, mend = "the regime has no such reading", did_you_mean(name, known)
            problems.add(BAD_READING, at, field, show(name), why, mend)
        elif reading.option(option) is None:
            names = [one.name for one in reading.options]
            problems.add(BAD_READING, at, field, show(option), "no such option", did_you_mean(option, names))
        elif settled(reading, amended):
            why = "an amendment settles this reading, so the choice would undo it"
            problems.add(BAD_READING, at, field, show(option), why, "Keep one of the two.")
        else:
            known[name] = reading.replace(chosen=option)
    return tuple(known.values())


def settled(reading: Reading, amended: frozenset[str]) -> bool:
    """Whether an amendment at one of the `amended` paths says already what the reading asks."""
    return any(
        path == one or path.startswith(f"{one}.") or one.startswith(f"{path}.")
        for path in reading.amends
        for one in amended
    )
