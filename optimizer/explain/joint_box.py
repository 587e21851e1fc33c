"""The box of additions: how much each country may add together with all others, whatever of it comes in the end.

A box is an amount x(c) for each country. It is *sound* when any additions 0 <= y(c) <= x(c), chosen country by country,
in any combination, coming at any time from the first quarter on under the default authorization there, and at no site
that is named already, keep every limit. For a limit L at one quarter let excess(L) be its excess now (at most 0 where
it is kept) and k(L, c) what one TPP more in c changes in it. Additions change it by the sum of k(L, c) y(c), which is
largest in the corner of the box where y(c) = x(c) for k > 0 and y(c) = 0 for k < 0 (the relief that chips at home give
to a share must not be counted on: they may not come). So a box is sound exactly when, for every limit,

    excess(L) + sum over c of max(0, k(L, c)) x(c) <= 0.

Where k depends on what is added (chips that meet 3A090.a or not, received earlier or later, or in doubt), the largest
is taken: each kind changes the limit by a part of that. Where a retirement or move that names no site may take added
chips in the place of others, the others' k are looked at too, since it is they that stay.

Of the sound boxes one is chosen fairly: all x(c) grow at the same pace until a limit stops some of them, and the rest
grows on (exact fractions, water-filling). Then they are rounded down to whole units, and each in turn takes the units
that are left, so that the box is maximal: one unit more in any one country, in the corner, breaks a limit (but where
the k of chips that stay were looked at, which is sound and may be less than the most).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from ..frozen import Frozen
from ..ledger import Holding
from ..limits import Limit, Sense, Span, Standing
from ..units import Quarter
from .additions import Additions


class Share(NamedTuple):
    """How much a country may add in a box, None for any amount, and the limit that stops it."""

    amount: int | None
    limit: Limit | None = None


class Box(Frozen):
    """For each country what it may add together with all others: TPP of any chips, or GPUs of one accelerator."""

    accelerator: str
    tpp: dict[str, Share]
    gpus: dict[str, Share]


class Row(NamedTuple):
    """The sum of weights x amounts, by country, is at most `room` (whole numbers); weights are positive."""

    weights: dict[str, int]
    room: int
    limit: Limit


def find_box(additions: Additions, countries: Collection[str], accelerator: str) -> Box:
    """The box over `countries`, in TPP of whatever chips and in GPUs of `accelerator` alone."""
    tpp = additions.plan.catalogue[accelerator].tpp
    return Box(
        accelerator,
        fill([*_rows(additions, countries, None)], countries),
        fill([*_rows(additions, countries, accelerator, tpp)], countries),
    )


def fill(rows: Sequence[Row], countries: Collection[str]) -> dict[str, Share]:
    """The fair and maximal amounts that keep every row."""
    tightest: dict[tuple[tuple[str, int], ...], Row] = {}
    for row in rows:
        key = tuple(sorted(row.weights.items()))
        if key not in tightest or row.room < tightest[key].room:
            tightest[key] = row
    kept = list(tightest.values())
    stopped: dict[str, Limit] = {}
    level = {country: Fraction(0) for country in sorted(countries) if any(country in row.weights for row in kept)}
    growing = set(level)
    while growing:
        steps = []
        for row in kept:
            pace = sum(weight for country, weight in row.weights.items() if country in growing)
            if pace:
                used = sum(weight * level[country] for country, weight in row.weights.items())
                steps.append((Fraction(row.room - used) / pace, row))
        step = min(part for part, _ in steps)
        for country in growing:
            level[country] += step
        for part, row in steps:
            if part == step:
                growing -= row.weights.keys()
    amounts = {country: int(amount) for country, amount in level.items()}
    for country in amounts:
        more, row = min(
            (
                ((row.room - sum(weight * amounts[one] for one, weight in row.weights.items())) // weights, row)
                for row in kept
                if (weights := row.weights.get(country))
            ),
            key=lambda found: found[0],
        )
        amounts[country] += more
        stopped[country] = row.limit
    return {
        country: Share(amounts[country], stopped[country]) if country in amounts else Share(None)
        for country in sorted(countries)
    }


def _rows(additions: Additions, countries: Collection[str], accelerator: str | None, unit: int = 1) -> Iterator[Row]:
    """A row for each limit that additions press on; what is broken or undecided already leaves no room."""
    limits = [*additions.limits.get(None, ())]
    for country in sorted(countries):
        limits += additions.limits.get(country, ())
    kinds = {country: [*_kinds(additions, country, accelerator)] for country in countries}
    for limit in limits:
        for number, weights in enumerate(_weights(additions, limit, kinds, accelerator)):
            if weights:
                scaled = {country: weight * unit for country, weight in weights.items()}
                yield Row(scaled, _room(additions, limit, accelerator, number), limit)


class Kind(NamedTuple):
    """Chips as an addition may count: added ones, or others that stay where added ones are taken."""

    holding: Holding
    meets: str | None  # None: as the accelerator does
    since: Quarter | None = None


def _kinds(additions: Additions, country: str, accelerator: str | None) -> Iterator[Kind]:
    """All that additions in `country` may come to in an amount."""
    some = accelerator or next(iter(additions.plan.catalogue))
    answers = (None,) if accelerator else ("yes", "no")
    added = additions.kind(country, some, additions.first)
    for meets in answers:
        yield Kind(Holding(country, None, some, added.authorization, None, additions.first), meets)
    if any(place == country and accelerator in (None, name) for name, _, _, place in additions.leaving):
        for holding in additions.books.ledger.received:
            if holding.country == country and accelerator in (None, holding.accelerator):
                since = max(holding.received or additions.first, additions.first)
                for meets in answers:
                    yield Kind(holding, meets, since)


def _weights(
    additions: Additions, limit: Limit, kinds: dict[str, list[Kind]], accelerator: str | None
) -> list[dict[str, int]]:
    """What a TPP more in each country adds to the excess, where it adds any: for each answer to what is in doubt."""
    found: list[dict[str, int]] = [{}]
    doubtful = accelerator is not None and additions.plan.catalogue[accelerator].meets_3a090a == "unknown"
    if doubtful:
        found.append({})
    within = limit.measured.selection.countries if limit.sense is Sense.AT_MOST else None
    for country, of_country in kinds.items():
        if within is not None and country not in within and limit.standing is Standing.APPLIES:
            continue  # under a ceiling only what is measured adds to the excess
        for kind in of_country:
            for received in _received(additions, limit, kind):
                holding = kind.holding._replace(received=received)
                if limit.standing is Standing.UNDECIDED:
                    lines = [int(kind.since is None and additions.opens(limit, holding))]
                else:
                    lines = [line.per_tpp for line in additions.lines(limit, holding, kind.meets, kind.since)]
                for number, weights in enumerate(found):
                    weight = lines[number] if number < len(lines) else lines[-1]
                    if weight > weights.get(country, 0):
                        weights[country] = weight
    return found


def _received(additions: Additions, limit: Limit, kind: Kind) -> set[Quarter | None]:
    """When the chips may have come that the limit looks at: as early as can be, and as late."""
    if kind.since is not None:
        return {kind.holding.received}
    period, first, last = limit.measured.period, additions.first, additions.last
    if isinstance(period, Quarter):
        return {first, min(max(period, first), last)}
    if limit.measured.span is Span.RECEIVED and period is not None:
        return {
            quarter for quarter in (Quarter(4 * period + number) for number in range(4)) if first <= quarter <= last
        }
    return {first, last}


def _room(additions: Additions, limit: Limit, accelerator: str | None, number: int) -> int:
    """What the limit leaves under an answer: 0 (the accelerator does not count) or 1 (it does)."""
    if limit.standing is Standing.UNDECIDED:
        return 0
    doubts = additions.doubts(limit)
    if doubts.hardest > 0:
        return 0
    own = doubts.parts.get(accelerator or "", 0)
    if accelerator is None or additions.plan.catalogue[accelerator].meets_3a090a != "unknown":
        return -doubts.hardest
    return -(doubts.hardest - max(own, 0) + (own if number else 0))
