"""How much room each limit leaves: one line for each rule and place, at the quarter in which it is tightest.

A limit *binds* when one more of the smallest unit that the plan installs there would break it; a ratio near one is not
that. Bans, which allow nothing at all, have no room to speak of and stand here only where they are broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from fractions import Fraction

from ..check import Finding
from ..domain.catalogue import Catalogue
from ..domain.countries import jurisdiction
from ..domain.plan import Plan
from ..limits import Limit, Sense, Standing
from ..units import Quarter

Period = Quarter | int | None


class Room(IntEnum):
    """What a limit leaves, the tighter the higher."""

    FREE = 0
    BINDING = 1
    UNDECIDED = 2
    BROKEN = 3


@dataclass(frozen=True, slots=True)
class Units:
    """TPP of the smallest unit that a plan installs: anywhere, and in each country where it installs something."""

    anywhere: int
    by_country: Mapping[str, int] = field(default_factory=dict)

    def at(self, country: str | None) -> int:
        """The smallest unit that may be added to what a limit on `country` (None: the whole fleet) measures."""
        return self.anywhere if country is None else self.by_country.get(country, self.anywhere)


@dataclass(frozen=True, slots=True)
class Headroom:
    """A rule at a place. Amounts are in TPP, `base` is what a share is a share of (None for a plain amount).

    The figures are those of `period`, the tightest one; `binds_in` lists every period in which it binds or is broken.
    """

    limit: Limit
    period: Period
    measured: int
    allowed: int
    base: int | None
    room: Room
    binds_in: tuple[Period, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The rule and the place, whatever the period."""
        return _key(self.limit)

    @property
    def place(self) -> str | None:
        """The country, consignee or what else the limit is about; None where it is about the whole fleet."""
        return self.key[1] if len(self.key) > 1 else None

    @property
    def used(self) -> Fraction:
        """The share of what is allowed that is used; of a floor, the share of what there is that must be there."""
        part, whole = (
            (self.measured, self.allowed) if self.limit.sense is Sense.AT_MOST else (self.allowed, self.measured)
        )
        return Fraction(part, whole) if whole else Fraction(int(part > 0))

    @property
    def left(self) -> int:
        """TPP to go until the limit, negative beyond it; the base taken as it is."""
        return self.allowed - self.measured if self.limit.sense is Sense.AT_MOST else self.measured - self.allowed

    @property
    def shares(self) -> tuple[Fraction, Fraction] | None:
        """What is measured and what is allowed as shares of the base, None for an amount or an empty base."""
        if not self.base or self.limit.share == 0:
            return None
        return Fraction(self.measured, self.base), self.limit.share + Fraction(self.limit.fixed, self.base)


def headroom(findings: Iterable[Finding], units: Units, period: Period = None) -> list[Headroom]:
    """Every limit's room, the tightest first: broken, undecided, binding, then by the share used.

    `units` are the smallest units (`units_installed`). With `period` only that quarter is looked at, and limits that
    have no quarter.
    """
    found: dict[tuple[str, ...], list[tuple[Finding, Headroom]]] = {}
    for finding in findings:
        limit = finding.limit
        if limit.standing is not Standing.APPLIES or finding.allowed is None:
            continue
        if period is not None and isinstance(limit.period, Quarter) and limit.period != period:
            continue
        if limit.sense is Sense.AT_MOST and finding.allowed == 0 and finding.verdict != "fail":
            continue
        line = Headroom(
            limit=limit,
            period=limit.period,
            measured=finding.measured,
            allowed=finding.allowed,
            base=None if limit.base is None else finding.base,
            room=_room(finding, units.at(limit.country)),
            binds_in=(),
        )
        found.setdefault(line.key, []).append((finding, line))
    lines = []
    for of_place in found.values():
        tightest = max((line for _, line in of_place), key=lambda line: (line.room, line.used, line.period or 0))
        binds = tuple(line.period for _, line in of_place if line.room in (Room.BINDING, Room.BROKEN))
        lines.append(replace(tightest, binds_in=binds))
    lines.sort(key=lambda line: (-line.room, -line.used, line.key))
    return lines


def smallest_unit_tpp(accelerators: Iterable[str], catalogue: Catalogue) -> int:
    """TPP of the smallest unit among the accelerators: a server where they come in servers, else a GPU; 1 for none."""
    units = [catalogue[name].tpp * (catalogue[name].gpus_per_unit or 1) for name in set(accelerators)]
    return min(units, default=1)


def units_installed(plan: Plan) -> Units:
    """The smallest units that `plan` brings into service within its horizon; all of its units when it brings none."""
    added = [row for row in plan.placements if row.quarter is not None and row.quarter in plan.horizon]
    rows = added or list(plan.placements)
    by_country: dict[str, set[str]] = {}
    for row in rows:
        by_country.setdefault(jurisdiction(row.country), set()).add(row.accelerator)
    return Units(
        smallest_unit_tpp([row.accelerator for row in rows], plan.catalogue),
        {country: smallest_unit_tpp(names, plan.catalogue) for country, names in by_country.items()},
    )


def tightest_by_country(lines: Iterable[Headroom]) -> dict[str, Headroom]:
    """The tightest limit of each country that has one of its own."""
    tightest: dict[str, Headroom] = {}
    for line in lines:
        country = line.limit.country
        if country is None:
            continue
        known = tightest.get(country)
        if known is None or (line.room, line.used) > (known.room, known.used):
            tightest[country] = line
    return tightest


def _key(limit: Limit) -> tuple[str, ...]:
    place = limit.index if limit.period is None else limit.index[:-1]
    return (limit.rule.id, *place)


def _room(finding: Finding, unit_tpp: int) -> Room:
    if finding.verdict == "fail":
        return Room.BROKEN
    if finding.verdict == "undecided":
        return Room.UNDECIDED
    # One unit more where it counts against the plan: inside what is capped, outside what has a floor.
    more = unit_tpp if finding.limit.sense is Sense.AT_MOST else 0
    total = 0 if finding.limit.base is None else finding.base + unit_tpp
    return Room.BINDING if finding.limit.excess(finding.measured + more, total) > 0 else Room.FREE
