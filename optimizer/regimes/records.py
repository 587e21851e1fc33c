"""Records: what a rule of a regime, or an own limit of the firm, says, as data. Nothing is judged here.

A record says which firm it holds for, what is measured, at which index (each country, quarter, ...), and the bound:
a share of another amount, an amount of TPP, or both, by date.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from typing import Generic, Literal, TypeVar

from ..domain.plan import Firm
from ..errors import Location
from ..frozen import Frozen
from ..limits import Chips, Rule, Sense, Span
from ..units import Quarter

T = TypeVar("T")
Seat = Literal["headquarters", "parent", "either", "both"]


class Each(Enum):
    """Of what a rule makes one limit each."""

    FIRM = "firm"
    COUNTRY = "country"
    QUARTER = "quarter"
    COUNTRY_QUARTER = "country+quarter"
    CONSIGNEE_YEAR = "consignee+year"
    SITE = "site"

    @property
    def by_country(self) -> bool:
        """Whether each limit looks at one country."""
        return self in (Each.COUNTRY, Each.COUNTRY_QUARTER)

    @property
    def by_quarter(self) -> bool:
        """Whether each limit looks at one quarter."""
        return self in (Each.QUARTER, Each.COUNTRY_QUARTER)


class Values(Frozen, Generic[T]):
    """A value by date: each step holds from its quarter to the next, the last one until `to`.

    A step with no quarter holds at every date. Where no step reaches, there is no value, which is never "no limit".
    """

    steps: tuple[tuple[Quarter | None, T], ...]
    to: Quarter | None = None

    def at(self, quarter: Quarter) -> T | None:
        """The value that holds in `quarter`, None where there is none."""
        if self.to is not None and quarter > self.to:
            return None
        value = None
        for start, later in self.steps:
            if start is not None and start > quarter:
                break
            value = later
        return value


class FirmTest(Frozen):
    """Conditions on a firm, all of which must hold; None asks nothing. `seat` is what lies in `tiers`, `countries`."""

    statuses: frozenset[str] | None = None
    seat: Seat = "headquarters"
    tiers: frozenset[int] | None = None
    countries: frozenset[str] | None = None

    def holds(self, firm: Firm, jurisdiction: Callable[[str], str], tier: Callable[[str], int]) -> bool:
        """Whether `firm` meets every condition."""
        if self.statuses is not None and firm.status not in self.statuses:
            return False

        def lies(code: str) -> bool:
            country = jurisdiction(code)
            return (self.tiers is None or tier(country) in self.tiers) and (
                self.countries is None or country in self.countries
            )

        headquarters, parent = lies(firm.headquarters), lies(firm.ultimate_parent)
        seats = {
            "headquarters": headquarters,
            "parent": parent,
            "either": headquarters or parent,
            "both": headquarters and parent,
        }
        return seats[self.seat]


class Holds(Frozen):
    """When a firm holds an authorization in a country; None asks nothing."""

    authorization: str
    statuses: frozenset[str] | None = None
    tiers: frozenset[int] | None = None
    listed: bool = False  # the country is one of the firm's `nveu_countries`


class Counted(Frozen):
    """Which placements an amount sums over; None means no restriction.

    `unheld` counts only chips under authorizations that the firm does not hold in the country; `listed` looks only at
    countries for which the firm is an NVEU.
    """

    chips: Chips
    tiers: frozenset[int] | None = None
    countries: frozenset[str] | None = None
    authorizations: frozenset[str] | None = None
    sites: frozenset[str] | None = None
    received_from: Quarter | None = None
    listed: bool = False
    unheld: tuple[Holds, ...] = ()


class Weights(Frozen):
    """Where closed model weights may be held: in `free_tiers` anywhere, in `barred_tiers` nowhere.

    Elsewhere at a site whose operator is headquartered in `operator_tiers` and certified for every paragraph of
    `certified` (of Supplement No. 10 to part 748).
    """

    free_tiers: frozenset[int]
    barred_tiers: frozenset[int]
    operator_tiers: frozenset[int]
    certified: frozenset[int]


class Dates(Frozen):
    """From which day to which a rule is in force; None where no day is stated. Days are text such as 2026-01-15."""

    first: str | None = None
    last: str | None = None


class RuleRecord(Frozen):
    """One rule: `measured` at most or at least `share` of `of` plus `amount`, at each index from `first` to `last`.

    `applies`: the firms it holds for. `unless`: firms of which nothing is measured, so that they pass.
    `everywhere_if`: firms of which every country is measured, whatever the tiers say. `with_agreement` replaces
    `amount` in a country from its agreement's quarter on. `barred_tiers`: consignees headquartered there have no
    allowance. `exports_only`: chips that move within a country are not covered. `weights`: the rule looks at closed
    model weights alone. `in_quarters`: which quarters of a year are judged, None for all. `in_force`: the days between
    which the rule is in force, for verdicts as of a day. `assumed`: what in it is our assumption.
    """

    rule: Rule
    each: Each
    span: Span
    measured: Counted
    sense: Sense
    share: Values[Fraction] | None
    of: Counted | None
    amount: Values[int] | None
    with_agreement: Values[int] | None
    less_national_use: bool
    first: Quarter | None
    last: Quarter | None
    applies: FirmTest | None
    unless: FirmTest | None
    everywhere_if: FirmTest | None
    barred_tiers: frozenset[int]
    exports_only: bool
    weights: Weights | None
    in_quarters: frozenset[int] | None
    in_force: Dates
    assumed: str
    at: Location
