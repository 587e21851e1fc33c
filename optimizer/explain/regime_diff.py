"""What differs between two regimes, in words: what they count, tiers, status, rules, duties and readings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, TypeVar

from ..domain.countries import countries
from ..frozen import Frozen
from ..limits import Chips
from ..regimes import Regime, RuleRecord
from ..regimes.duties import DutyRecord
from ..regimes.readings import Reading
from .records import GRADES, describe, describe_duty, describe_reading

MEASURES = {Chips.ALL: "all chips", Chips.MEETS_3A090A: "chips that meet 3A090.a"}
Kind = Literal["regime", "tiers", "rule", "duty", "reading"]


class Part(Frozen):
    """One part that differs, with what each regime says of it; None where it says nothing."""

    label: str
    first: str | None
    second: str | None


class Topic(Frozen):
    """One thing in which the regimes differ: a rule, say, that stands in one of them only or says other things."""

    kind: Kind
    id: str
    title: str
    stands_in: Literal["both", "first", "second"]
    parts: tuple[Part, ...] = ()


def differences(first: Regime, second: Regime) -> list[Topic]:
    """Everything in which two regimes differ, in reading order; empty when they would judge and report alike.

    Ids and files are not compared: a copy under another name does not differ.
    """
    found = [
        _whole("regime", "regime", "the regime itself", _general(first), _general(second)),
        _whole("tiers", "tiers", "which country stands in which tier", _tiers(first), _tiers(second)),
    ]
    topics = [topic for topic in found if topic is not None]
    topics += _records("rule", _by_id(first.records), _by_id(second.records), describe)
    topics += _records("duty", _by_id(first.duties), _by_id(second.duties), describe_duty)
    topics += _records("reading", _by_id(first.readings), _by_id(second.readings), describe_reading)
    return topics


def provenance(regime: Regime) -> Iterator[str]:
    """Where a regime comes from, a line each: its files, the own one first, and what makes it differ from them."""
    sources = regime.provenance.sources
    for number, source in enumerate(sources):
        yield f"{'built on ' if number else ''}{source.id} (sha256 {source.sha256[:12]})"
    for path, value in regime.provenance.amendments:
        yield f"amended: {path} = {value}"
    for rule_id in regime.provenance.added:
        yield f"added: {rule_id}"


def timeline(regime: Regime) -> str:
    """The regime's states with their days, in one line."""
    return "; ".join(f"{span.first} to {span.last}: {span.state}" for span in regime.status.timeline)


def _general(regime: Regime) -> Iterator[tuple[str, str]]:
    status = regime.status
    yield "title", regime.title
    yield "in brief", regime.brief
    yield "quarters", f"{regime.first} to {regime.last}"
    yield "chips that count", MEASURES[regime.measure]
    yield "enforced", f"{status.enforced}: {status.note} (looked up in {status.looked})"
    if status.timeline:
        yield "states", timeline(regime)
    events: dict[str, list[str]] = {}
    for event in status.history:
        events.setdefault(event.date, []).append(event.event)
    yield from ((f"on {date}", "; ".join(texts)) for date, texts in sorted(events.items()))


def _tiers(regime: Regime) -> Iterator[tuple[str, str]]:
    tiers = regime.tiers
    yield "source", f"{tiers.citation}, {tiers.grade} ({GRADES[tiers.grade]})"
    for code, row in sorted(countries().items()):
        if row.follows is None:
            text = f"Tier {tiers.tier(code)}"
            assumed = tiers.assumed.get(code)
            yield f"{code} ({row.name_en})", f"{text}; {assumed}" if assumed else text


def _whole(
    kind: Kind, name: str, title: str, first: Iterable[tuple[str, str]], second: Iterable[tuple[str, str]]
) -> Topic | None:
    parts = _differing(dict(first), dict(second))
    return Topic(kind, name, title, "both", parts) if parts else None


def _differing(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[Part, ...]:
    labels = list(dict.fromkeys((*first, *second)))
    return tuple(
        Part(label, first.get(label), second.get(label)) for label in labels if first.get(label) != second.get(label)
    )


Record = TypeVar("Record", RuleRecord, DutyRecord, Reading)


def _by_id(records: Iterable[Record]) -> dict[str, Record]:
    return {_head(record)[0]: record for record in records}


def _head(record: RuleRecord | DutyRecord | Reading) -> tuple[str, str]:
    """Id and title."""
    return (record.id, record.question) if isinstance(record, Reading) else (record.rule.id, record.rule.title)


def _records(
    kind: Kind,
    first: Mapping[str, Record],
    second: Mapping[str, Record],
    words: Callable[[Record], Iterable[tuple[str, str]]],
) -> Iterator[Topic]:
    """The topics of one kind of record: those that differ, then those that stand in one regime only."""
    for name, record in first.items():
        if name not in second:
            continue
        parts = _differing(_said(words(record)), _said(words(second[name])))
        if not parts and kind != "reading" and record != second[name]:
            parts = tuple(_unspoken(record, second[name]))
        if parts:
            yield Topic(kind, name, _head(record)[1], "both", parts)
    for name, record in first.items():
        if name not in second:
            yield Topic(kind, name, _head(record)[1], "first")
    for name, record in second.items():
        if name not in first:
            yield Topic(kind, name, _head(record)[1], "second")


def _said(words: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A record in words; its title without its amendments, which stand in the fields themselves."""
    return {label: text.partition(" (amended: ")[0] if label == "title" else text for label, text in words}


def _unspoken(first: Frozen, second: Frozen) -> Iterator[Part]:
    """The fields that differ though the words agree: a difference is never passed over for want of words."""
    for field in first.field_names:
        values = getattr(first, field), getattr(second, field)
        if field != "at" and values[0] != values[1]:
            yield Part(field, repr(values[0]), repr(values[1]))
