"""Figures from records: gaps at given times, the best exact bound of an instance, medians over repeated runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.race.records import Record

MARKS = (1.0, 10.0, 60.0, 300.0)
LATE = 1.02
"""Engines end a little late: a gap at 60 s is one at 61.2 s."""
NEVER = float("inf")


def marks(limit: float) -> tuple[float, ...]:
    """The times at which a race to `limit` seconds is looked at: its end and the mark before."""
    before = [mark for mark in MARKS if mark < limit]
    return (*before[-1:], limit)


@dataclass(frozen=True)
class Best:
    """The tightest bound of an instance that anybody has; `exact` where integers or fractions vouch for it."""

    bound: int
    exact: bool


def best_bound(records: Iterable[Record], instance: str) -> Best | None:
    """The tightest exact bound of any run of the instance; bounds in doubles count only where there is none."""
    own = [record for record in records if record.instance == instance]
    exact = [record.proved for record in own if record.proved is not None]
    words = [record.bound for record in own if record.bound is not None]
    return Best(min(exact or words), bool(exact)) if exact or words else None


def gap(value: int | None, bound: int | None) -> float:
    """(bound - value) / value, at least 0; infinite where one of them is missing."""
    if value is None or bound is None or value <= 0:
        return NEVER
    return max(0, bound - value) / value


def value_at(record: Record, seconds: float) -> int | None:
    """The best value at that time."""
    return _last(((when, value) for when, value, _ in record.points), seconds)


def bound_at(record: Record, seconds: float) -> int | None:
    """The contestant's own bound at that time."""
    return _last(((when, bound) for when, _, bound in record.points), seconds)


def _last(series: Iterable[tuple[float, int | None]], seconds: float) -> int | None:
    found = None
    for when, amount in series:
        if when <= seconds * LATE and amount is not None:
            found = amount
    return found


@dataclass(frozen=True)
class Row:
    """The medians of a contestant's runs on an instance; infinite where the middle one has no such figure."""

    instance: str
    limit: float
    contestant: str
    runs: int
    build: float
    imports: float
    hand_over: float
    first: float
    gaps: tuple[float, ...]  # at marks(limit), against the best bound
    own_gap: float  # at the end, against its own bound
    ended: float
    peak_mb: float
    value: float
    load: float  # the highest
    plan: str


def rows_of(records: Sequence[Record]) -> list[Row]:
    """One row for each instance, limit and contestant, in the order in which they first came."""
    found = []
    for key in dict.fromkeys(record.key for record in records):
        runs = [record for record in records if record.key == key]
        best = best_bound(records, key[0])
        bound = None if best is None else best.bound
        found.append(
            Row(
                *key,
                runs=len(runs),
                build=_median(run.build for run in runs),
                imports=_median(run.imports for run in runs),
                hand_over=_median(run.hand_over for run in runs),
                first=_median(run.first for run in runs),
                gaps=tuple(_median(gap(value_at(run, at), bound) for run in runs) for at in marks(key[1])),
                own_gap=_median(gap(value_at(run, key[1]), bound_at(run, key[1])) for run in runs),
                ended=_median(run.ended for run in runs),
                peak_mb=_median(run.peak_mb for run in runs),
                value=_median(run.value if run.verdict == "legal" else None for run in runs),
                load=max(run.load for run in runs),
                plan=_plan(runs),
            )
        )
    return found


def _median(values: Iterable[float | None]) -> float:
    return median(NEVER if value is None else value for value in values)


def _plan(runs: Sequence[Record]) -> str:
    """What became of the plans in words."""
    legal = sum(run.verdict == "legal" for run in runs)
    if legal == len(runs):
        return "legal"
    other = next(run for run in runs if run.verdict != "legal")
    limits = "limit" if other.broken == 1 else "limits"
    if other.verdict == "illegal":
        word = f"illegal: {other.broken:,} {limits} broken"
    elif other.build is None and "building" in other.said:
        word = other.said.removeprefix("killed: ")
    else:
        word = f"none ({other.said})" if other.said else "none"
    return word if not legal else f"{legal} of {len(runs)} legal; {word}"
