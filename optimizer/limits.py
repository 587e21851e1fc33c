"""Accounts and limits: what the law looks at, and what it says about it. Exact integers and pure data.

    measured account   <= or >=   share x base account + fixed

A rule is a dated, cited record; a `Limit` is that rule at one index. The model, the checker and the explanation are
readers of the same Limit.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import NamedTuple, Protocol

from .frozen import Frozen
from .units import Quarter


class Sense(Enum):
    """Which side of the bound is allowed; equality always is."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


class Standing(Enum):
    """Whether a limit can be judged at all."""

    APPLIES = "applies"
    UNDECIDED = "undecided"  # the law gives no value here, or a fact is missing: never taken for "no limit"
    NOT_APPLICABLE = "not_applicable"  # before the regime's span, or not for this firm


class Coordinates(Protocol):
    """What a selection looks at: any holding or candidate placement that has these."""

    @property
    def country(self) -> str: ...  # jurisdiction: a dependency counts as its parent
    @property
    def site(self) -> str | None: ...
    @property
    def authorization(self) -> str: ...
    @property
    def consignee_parent(self) -> str | None: ...
    @property
    def received(self) -> Quarter | None: ...
    @property
    def weights(self) -> bool: ...  # whether closed model weights are held there


class Chips(Enum):
    """Which chips an account counts."""

    ALL = "all"
    MEETS_3A090A = "meets_3a090a"


class Selection(NamedTuple):
    """Which placements an account sums over; None means no restriction on that coordinate.

    `received_from` counts only chips received from that quarter on; chips with no quarter count (fail closed).
    `weights` True counts only chips that come with closed model weights.
    """

    countries: frozenset[str] | None = None
    authorizations: frozenset[str] | None = None
    sites: frozenset[str] | None = None
    consignee_parents: frozenset[str] | None = None
    received_from: Quarter | None = None
    chips: Chips = Chips.ALL
    weights: bool | None = None

    def matches(self, what: Coordinates) -> bool:
        """Whether `what` is counted, its accelerator apart."""
        return (
            (self.countries is None or what.country in self.countries)
            and (self.authorizations is None or what.authorization in self.authorizations)
            and (self.sites is None or what.site in self.sites)
            and (self.consignee_parents is None or what.consignee_parent in self.consignee_parents)
            and (self.received_from is None or what.received is None or what.received >= self.received_from)
            and (self.weights is None or what.weights == self.weights)
        )


EVERYTHING = Selection()
NOTHING = Selection(countries=frozenset())


class Span(Enum):
    """When an account is taken."""

    IN_SERVICE = "in service at the end of"
    PRESENT = "present during"  # in service at the end of the quarter before, or received within the quarter
    RECEIVED = "received within"
    EVER = "ever received"


class Account(NamedTuple):
    """An amount of TPP: a selection of placements, taken at `period` (a Quarter, a calendar year, or None for EVER)."""

    selection: Selection
    span: Span
    period: Quarter | int | None


class Rule(Frozen):
    """What a limit quotes of its record: id, title, where the law says it, how sure that is, and what follows."""

    id: str
    title: str
    citation: str
    grade: str = ""
    severity: str = "error"
    waivable: bool = True


class Limit(Frozen):
    """A rule at one index: measured <= or >= share x base + fixed, in TPP.

    `index` names it (("MY", "2026Q3"), ("2026Q3",), ("firm",)); `country` and `period` say the same to machines.
    Where `standing` is not APPLIES, `why` says why and the bound means nothing; else it may say why the bound is so.
    """

    rule: Rule
    index: tuple[str, ...]
    measured: Account
    sense: Sense
    share: Fraction
    base: Account | None
    fixed: int
    country: str | None = None
    period: Quarter | int | None = None
    standing: Standing = Standing.APPLIES
    why: str = ""

    @property
    def name(self) -> str:
        """``UVEU101(MY,2026Q3)``: the row in the LP file, the finding, the test case, the line on the page."""
        return f"{self.rule.id}({','.join(self.index)})"

    def excess(self, measured: int, base: int) -> int:
        """How far an amount lies on the wrong side, times the share's denominator; <= 0 means allowed.

        For at most: q x measured - p x base - q x fixed; for at least its negative. Integers throughout.
        """
        p, q = self.share.numerator, self.share.denominator
        over = q * measured - p * base - q * self.fixed
        return over if self.sense is Sense.AT_MOST else -over

    def allowed(self, base: int) -> int:
        """The bound in whole TPP: rounded down for at most, up for at least."""
        p, q = self.share.numerator, self.share.denominator
        bound = p * base + q * self.fixed
        return bound // q if self.sense is Sense.AT_MOST else -(-bound // q)
