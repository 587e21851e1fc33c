"""What may be added to a plan: how each limit takes more chips, and how many of one kind fit alone.

Amounts grow by whole chips as they are added, so what a limit leaves is linear: with `excess` the limit's excess now
(at most 0 where it is kept) and `per_tpp` what one more TPP changes in it, n chips fit exactly when
excess + n x per_tpp x TPP <= 0. Chips of which it is unknown whether they count give two such lines, one for each
answer. A retirement or move that names no site may take added chips in the place of others, under whose authorization
the rest then counts; there the exact checker is asked instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from ..check import CheckResult, Finding, check
from ..checking.books import keep_books
from ..domain.countries import jurisdiction
from ..domain.plan import Place, Placement, Plan
from ..ledger import Amount, Holding
from ..limits import Account, Chips, Limit, Sense, Span, Standing
from ..units import Quarter

Meets = str  # whether a chip meets 3A090.a: "yes", "no" or "unknown"
HUGE = 10**9
"""GPUs: where so many fit, any number does."""


class Added(NamedTuple):
    """A kind of chips that may be added. `country` is the jurisdiction; they stand at no named site."""

    country: str
    accelerator: str
    authorization: str
    quarter: Quarter


class Fit(NamedTuple):
    """How many fit, None for any number, and the limit that one more would break.

    With `why` "broken" or "undecided" that limit is so already, and none fits.
    """

    gpus: int | None
    limit: Limit | None = None
    why: Literal["fits", "broken", "undecided"] = "fits"


class Line(NamedTuple):
    """A limit under one answer to what is unknown: its excess now, and what one TPP more of some chips changes."""

    excess: int
    per_tpp: int


class Doubts(NamedTuple):
    """A limit's excess by what counts for certain, and what each accelerator in doubt adds to it if it counts."""

    certain: int
    parts: Mapping[str, int]

    @property
    def hardest(self) -> int:
        """The excess at the answers that are hardest on the plan."""
        return self.certain + sum(part for part in self.parts.values() if part > 0)


class Additions:
    """The limits of a checked plan, those of further `countries` among them, and what they leave.

    Only limits whose breach makes the plan one with violations are looked at.
    """

    def __init__(self, result: CheckResult, countries: Iterable[str]) -> None:
        self.result, self.regime = result, result.regime
        self.plan = _compact(result.plan)
        self.first, self.last = result.horizon.first, result.horizon.last
        self.books = keep_books(self.plan, self.regime)
        self.countries = frozenset(countries) | self.books.jurisdictions
        self.limits: dict[str | None, list[Limit]] = {}  # by country
        for finding in self._check([self._placement(country, 1, self.last) for country in sorted(self.countries)]):
            self.limits.setdefault(finding.limit.country, []).append(finding.limit)
        self._doubts: dict[int, Doubts] = {}  # by the id of the limit, which is quicker than its hash
        self._before: dict[str, Finding] = {}
        self._order = {record.rule.id: number for number, record in enumerate(self.regime.records)}
        self.leaving = tuple(self._leaving())

    def kind(self, country: str, accelerator: str, quarter: Quarter) -> Added:
        """Chips that come in `quarter` under the authorization that holds there where a row names none."""
        return Added(country, accelerator, self.regime.default_authorization(self.plan.firm, country), quarter)

    def at(self, country: str) -> list[Limit]:
        """The limits that chips in `country` can press on, in the regime's order."""
        both = (*self.limits.get(None, ()), *self.limits.get(country, ()))
        return sorted(both, key=lambda limit: self._order[limit.rule.id])

    def _leaving(self) -> Iterator[tuple[str, Quarter, Place, str]]:
        """Retirements and moves that name no site: accelerator, quarter, what they name, and the jurisdiction."""
        for row in self.plan.retirements:
            if row.site is None:
                place = Place(row.country, None, row.authorization)
                yield row.accelerator, row.quarter, place, jurisdiction(row.country)
        for move in self.plan.moves:
            if move.origin.site is None:
                yield move.accelerator, move.quarter, move.origin, jurisdiction(move.origin.country)

    def alone(self, added: Added) -> Fit:
        """How many such chips fit while nothing else is added, before the first limit breaks.

        Where several would break at once, the first of the regime's order is named. A limit that is broken or undecided
        already leaves nothing to chips that make it worse, and is no matter to others.
        """
        chip = self.plan.catalogue[added.accelerator]
        holding = Holding(added.country, None, added.accelerator, added.authorization, None, added.quarter)
        found = Fit(None)
        for limit in self.at(added.country):
            fit = self._fit(limit, holding, chip.tpp)
            if fit.gpus is not None and (found.gpus is None or fit.gpus < found.gpus):
                found = fit
        return self._by_trial(added, found) if self.may_be_taken(added) else found

    def _fit(self, limit: Limit, holding: Holding, tpp: int) -> Fit:
        if limit.standing is Standing.UNDECIDED:
            return Fit(0, limit, "undecided") if self.opens(limit, holding) else Fit(None)
        lines = [line for line in self.lines(limit, holding) if line.per_tpp > 0]
        if not lines:
            return Fit(None)
        doubts = self.doubts(limit)
        if doubts.hardest > 0:
            broken = doubts.certain + sum(part for part in doubts.parts.values() if part < 0) > 0
            return Fit(0, limit, "broken" if broken else "undecided")
        return Fit(min(-line.excess // (line.per_tpp * tpp) for line in lines), limit)

    def opens(self, limit: Limit, holding: Holding) -> bool:
        """Whether such chips leave open more than is open already, by a limit that nothing can be judged by.

        They do where it counts them, and in a country that the plan does not touch, to which it does not apply yet.
        """
        touches = any(counted(part, holding, "yes") != (0, 0) for part in (limit.measured, limit.base))
        return touches or (limit.country == holding.country and holding.country not in self.books.jurisdictions)

    def lines(
        self, limit: Limit, holding: Holding, meets: Meets | None = None, since: Quarter | None = None
    ) -> list[Line]:
        """The limit by whether the holding's chips count: one line where that is known, else that for no and for yes.

        `meets` and `since` (from when they stand there), where given, are taken in the place of the holding's own.
        """
        meets = self.plan.catalogue[holding.accelerator].meets_3a090a if meets is None else meets
        sure_part, doubtful_part = counted(limit.measured, holding, meets, since)
        sure_base, doubtful_base = counted(limit.base, holding, meets, since)
        p, q = limit.share.numerator, limit.share.denominator
        sign = 1 if limit.sense is Sense.AT_MOST else -1
        sure = sign * (q * sure_part - p * sure_base)
        doubts = self.doubts(limit)
        if not (doubtful_part or doubtful_base):
            return [Line(doubts.hardest, sure)]
        own = doubts.parts.get(holding.accelerator, 0)
        others = doubts.hardest - max(own, 0)
        return [Line(others, sure), Line(others + own, sure + sign * (q * doubtful_part - p * doubtful_base))]

    def doubts(self, limit: Limit) -> Doubts:
        """What the plan as it is comes to under the limit."""
        known = self._doubts.get(id(limit))
        if known is None:
            measured = self.books.ledger.amount(limit.measured)
            base = self.books.ledger.amount(limit.base) if limit.base is not None else Amount(0, {})
            p, q = limit.share.numerator, limit.share.denominator
            sign = 1 if limit.sense is Sense.AT_MOST else -1
            parts = {
                name: sign * (q * measured.unknown.get(name, 0) - p * base.unknown.get(name, 0))
                for name in measured.unknown.keys() | base.unknown.keys()
            }
            known = self._doubts[id(limit)] = Doubts(limit.excess(measured.tpp, base.tpp), parts)
        return known

    def may_be_taken(self, added: Added) -> bool:
        """Whether a retirement or move that names no site may take such chips."""
        return any(
            place.authorization in (None, added.authorization)
            and accelerator == added.accelerator
            and quarter >= added.quarter
            and country == added.country
            for accelerator, quarter, place, country in self.leaving
        )

    def _by_trial(self, added: Added, guess: Fit) -> Fit:
        """What fits by the exact checker, begun at a guess: that many fit, and one more does not."""
        if guess.why != "fits":
            return guess
        low, high = 0, HUGE if guess.gpus is None else guess.gpus + 1
        if self._stopper(added, high) is None:
            if guess.gpus is None:
                return Fit(None)
            low, high = high, HUGE
            if self._stopper(added, high) is None:
                return Fit(None)
        elif guess.gpus and self._stopper(added, guess.gpus) is None:
            low = guess.gpus
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._stopper(added, middle) is None else (low, middle)
        return Fit(low, self._stopper(added, high))

    def _stopper(self, added: Added, gpus: int) -> Limit | None:
        """The first limit that `gpus` such chips break, or make worse; None where they fit."""
        row = self._placement(added.country, gpus, added.quarter, added.accelerator)
        before = self._before = self._before or {finding.limit.name: finding for finding in self._check([])}
        for finding in self._check([row]):
            if finding.verdict != "pass" and _worse(finding, before.get(finding.limit.name)):
                return finding.limit
        return None

    def _check(self, rows: list[Placement]) -> list[Finding]:
        """What the checker finds with `rows` added, of the limits that are looked at."""
        plan = self.plan.replace(placements=(*self.plan.placements, *rows))
        result = check(plan, self.regime, self.result.as_of)
        return [
            finding
            for finding in result.findings
            if finding.verdict != "not_applicable" and (finding.severity == "error" or self.result.fail_on == "warning")
        ]

    def _placement(self, country: str, gpus: int, quarter: Quarter, accelerator: str | None = None) -> Placement:
        return Placement(country, accelerator or self.plan.placements[0].accelerator, gpus, None, quarter)


def counted(account: Account | None, holding: Holding, meets: Meets, since: Quarter | None = None) -> tuple[int, int]:
    """Whether the account counts such chips for certain, and whether it may count them: (1, 0), (0, 1) or (0, 0).

    They stand there from the quarter in which they are received on, or from `since` on.
    """
    in_time = account is not None and _in_time(account, holding.received if since is None else since)
    if account is None or not in_time or not account.selection.matches(holding):
        return 0, 0
    if account.selection.chips is Chips.ALL or meets == "yes":
        return 1, 0
    return (0, 1) if meets == "unknown" else (0, 0)


def _in_time(account: Account, received: Quarter | None) -> bool:
    """Whether chips that come in `received` and stay are there when the account is taken."""
    assert received is not None
    if account.span is Span.RECEIVED:
        return received.year == account.period
    return account.span is Span.EVER or (account.period is not None and received <= account.period)


def _worse(finding: Finding, before: Finding | None) -> bool:
    """Whether a limit that is not kept was kept before, or was less far from it."""
    if before is None or before.verdict == "pass":
        return True
    if finding.limit.standing is not Standing.APPLIES:
        return (finding.measured, finding.base) != (before.measured, before.base)
    excess = finding.limit.excess(finding.measured, finding.base)
    return excess > before.limit.excess(before.measured, before.base)


def _compact(plan: Plan) -> Plan:
    """The plan with rows of the same coordinates added up, which the checker judges alike and sooner."""
    total: dict[Placement, int] = {}
    for row in plan.placements:
        key = row._replace(gpus=0, at=None)
        total[key] = total.get(key, 0) + row.gpus
    return plan.replace(placements=tuple(key._replace(gpus=gpus) for key, gpus in total.items()))
