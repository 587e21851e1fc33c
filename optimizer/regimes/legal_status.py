"""Legal status: since when a regime is announced, in force or not enforced, as far as that is known."""

from __future__ import annotations

from typing import Literal, cast

from ..frozen import Frozen
from ..reading.codes import BAD_TEXT, OUT_OF_RANGE
from ..reading.nodes import Fields
from .days import parse_day

State = Literal["announced", "in force", "not enforced"]
STATES: tuple[State, ...] = ("announced", "in force", "not enforced")


class Event(Frozen):
    """A dated fact about a regime's legal status."""

    date: str
    event: str


class Interval(Frozen):
    """The days from `first` to `last`, both included, in which the regime is in one state."""

    first: str
    last: str
    state: State


class LegalStatus(Frozen):
    """Whether the regime is enforced ("yes", "no", "not stated"), as known at `looked`, and how it came to that.

    `timeline` says for days what the regime's state was; of a day outside it nothing is known.
    """

    enforced: str
    looked: str
    note: str
    history: tuple[Event, ...]
    timeline: tuple[Interval, ...] = ()

    def at(self, day: str) -> Interval | None:
        """The interval in which `day` lies, None when nothing is known of it."""
        return next((interval for interval in self.timeline if interval.first <= day <= interval.last), None)


def parse_status(fields: Fields) -> LegalStatus:
    """The `status` part of a regime file."""
    inner = fields.fields("status")
    if inner is None:
        return LegalStatus("not stated", "", "", ())
    for key in ("enforced", "looked"):
        inner.require(key)
    events = []
    for row in inner.rows("history"):
        events.append(Event(_date(row, "date"), row.text("event")))
        row.done()
    enforced = inner.choice("enforced", ("yes", "no", "not stated"), "not stated")
    status = LegalStatus(enforced, _date(inner, "looked"), inner.text("note"), tuple(events), _timeline(inner))
    inner.done()
    return status


def _timeline(fields: Fields) -> tuple[Interval, ...]:
    found: list[Interval] = []
    for row in fields.rows("timeline"):
        for key in ("from", "to", "state"):
            row.require(key)
        first, last = parse_day(row, "from"), parse_day(row, "to")
        state = cast(State, row.choice("state", STATES, "announced"))
        row.done()
        if first is None or last is None:
            continue
        if last < first or (found and first <= found[-1].last):
            row.report(OUT_OF_RANGE, "from", "the intervals stand in order and do not overlap", "Correct the days.")
        found.append(Interval(first, last, state))
    return tuple(found)


def _date(fields: Fields, key: str) -> str:
    fields.require(key)
    text = fields.text(key)
    parts = text.split("-")
    written = text.isascii() and [len(part) for part in parts] in ([4, 2], [4, 2, 2]) and "".join(parts).isdigit()
    if text and not (written and 1 <= int(parts[1]) <= 12 and 1 <= int(parts[-1]) <= 31):
        fields.report(BAD_TEXT, key, "not a date", "Write it as 2026-11-22, or 2026-11.")
    return text
