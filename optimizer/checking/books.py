"""A plan's books: its rows entered into the ledger under a regime, and which rows stand behind an account.

Left-out authorizations become the regime's default, dependencies their parents, consignees their groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from ..domain.countries import countries, jurisdiction
from ..domain.plan import Horizon, Move, Placement, Plan, Retirement
from ..errors import InputError, Location, Problem, show
from ..frozen import Frozen
from ..ledger import Chip, Holding, Ledger, TakesTooMuch
from ..limits import Account
from ..reading.codes import OUTSIDE_HORIZON, TAKES_TOO_MUCH
from ..reading.nodes import SHOWN_PROBLEMS
from ..regimes import OWN_GROUP, Regime
from ..units import Quarter
from .groups import Groups
from .row_ranks import Row as Row
from .row_ranks import RowRanks

Event = TypeVar("Event", Move, Retirement)


class Books(Frozen):
    """The closed ledger of a plan, and the rows behind each holding."""

    plan: Plan
    horizon: Horizon
    ledger: Ledger
    groups: Groups
    rows: dict[Holding, list[tuple[Row, int]]]  # with the GPUs that the row brought, in the order of entry
    took_across: tuple[Retirement | Move, ...]  # rows that name no authorization and took chips under several
    ranks: RowRanks
    jurisdictions: frozenset[str]  # every one that chips of the plan ever stand in

    def behind(self, account: Account, apart_from: Account | None = None, most: int | None = None) -> list[Row]:
        """The rows that brought what the account counts (see `RowRanks.behind`), the largest share first."""
        return self.ranks.behind(account, apart_from, most)


def written_country(row: Row) -> str:
    """The country that the row brings chips to, as it is written."""
    return row.to.country if isinstance(row, Move) else row.country


def keep_books(plan: Plan, regime: Regime) -> Books:
    """The books of `plan` under `regime`.

    Within a quarter, what comes into service is entered first, then moves, then retirements, each in the order of the
    file. Raises InputError where rows lie outside the horizon or take more than stands there.
    """
    horizon = Horizon(regime.first, regime.first) if plan.snapshot else plan.horizon
    chips = {name: Chip(row.tpp, row.meets_3a090a) for name, row in plan.catalogue.items()}
    entries = _Entries(plan, regime, horizon, Ledger(chips, horizon.first, regime.cap_start))
    entries.enter_all()
    if entries.problems:
        shown, more = entries.problems[:SHOWN_PROBLEMS], len(entries.problems[SHOWN_PROBLEMS:])
        raise InputError(shown, more)
    ranks = RowRanks(entries.rows, entries.ledger)
    places = frozenset(holding.country for holding in entries.rows)
    return Books(plan, horizon, entries.ledger, entries.groups, entries.rows, tuple(entries.took_across), ranks, places)


class _Entries:
    """What is entered so far, and every problem on the way."""

    def __init__(self, plan: Plan, regime: Regime, horizon: Horizon, ledger: Ledger) -> None:
        self.plan, self.regime, self.horizon, self.ledger = plan, regime, horizon, ledger
        self.groups = Groups(plan)
        self.rows: dict[Holding, list[tuple[Row, int]]] = {}
        self.problems: list[Problem] = []
        self.took_across: list[Retirement | Move] = []
        self._defaults: dict[str, str] = {}

    def enter_all(self) -> None:
        """Enter every row of the plan, quarter by quarter."""
        arrivals: dict[Quarter, list[Placement]] = {}
        for row in self.plan.placements:
            arrives = self.horizon.first if row.quarter is None else max(row.quarter, self.horizon.first)
            arrivals.setdefault(arrives, []).append(row)
            if arrives > self.horizon.last:
                self._outside(row, "placements.quarter", arrives)
        moves = self._by_quarter(self.plan.moves, "moves.quarter")
        retirements = self._by_quarter(self.plan.retirements, "retirements.quarter")
        for quarter in self.horizon:
            for row in arrivals.get(quarter, ()):
                self._place(row)
            for move in moves.get(quarter, ()):
                self._move(move)
            for retirement in retirements.get(quarter, ()):
                place = (retirement.country, retirement.site, retirement.authorization)
                self._take(retirement, "retirements.gpus", *place)
            self.ledger.close()

    def _by_quarter(self, events: Iterable[Event], name: str) -> dict[Quarter, list[Event]]:
        found: dict[Quarter, list[Event]] = {}
        for event in events:
            found.setdefault(event.quarter, []).append(event)
            if event.quarter not in self.horizon:
                self._outside(event, name, event.quarter)
        return found

    def _place(self, row: Placement) -> None:
        country = jurisdiction(row.country)
        authorization = row.authorization or self._default(country)
        group = self.groups.group(row.consignee) if authorization == "lpp" else None
        holding = Holding(country, row.site, row.accelerator, authorization, group, row.quarter, row.holds_weights)
        self._receive(holding, row, row.gpus)

    def _move(self, row: Move) -> None:
        taken = self._take(row, "moves.gpus", row.origin.country, row.origin.site, row.origin.authorization)
        country = jurisdiction(row.to.country)
        authorization = row.to.authorization or self._default(country)
        group = OWN_GROUP if authorization == "lpp" else None
        with_weights = sum(gpus for holding, gpus in taken.items() if holding.weights)
        place = (country, row.to.site, row.accelerator, authorization, group, row.quarter)
        for weights, gpus in ((False, sum(taken.values()) - with_weights), (True, with_weights)):
            if gpus:  # closed weights go where the chips go
                self._receive(Holding(*place, weights), row, gpus)

    def _receive(self, holding: Holding, row: Row, gpus: int) -> None:
        self.ledger.receive(holding, gpus)
        self.rows.setdefault(holding, []).append((row, gpus))

    def _take(
        self, row: Move | Retirement, name: str, country: str, site: str | None, authorization: str | None
    ) -> Mapping[Holding, int]:
        """What the row took; nothing, and a problem, where there is not enough."""
        try:
            taken = self.ledger.take(jurisdiction(country), row.accelerator, row.gpus, site, authorization)
        except TakesTooMuch as error:
            where = countries()[country].name_en + (f", {show(site)}" if site else "")
            under = f" under {authorization}" if authorization else ""
            why = f"only {error.stands} {row.accelerator} stand in {where}{under} in {row.quarter}"
            mend = "Correct the number, the place or the quarter."
            self._problem(row, TAKES_TOO_MUCH, name, str(row.gpus), why, mend)
            return {}
        if authorization is None and len({holding.authorization for holding in taken}) > 1:
            self.took_across.append(row)
        return taken

    def _default(self, country: str) -> str:
        if country not in self._defaults:
            self._defaults[country] = self.regime.default_authorization(self.plan.firm, country)
        return self._defaults[country]

    def _outside(self, row: Row | Retirement, name: str, quarter: Quarter) -> None:
        why = f"the quarter lies outside the horizon ({self.horizon.first} to {self.horizon.last})"
        self._problem(row, OUTSIDE_HORIZON, name, str(quarter), why, "Extend the horizon, or correct the row.")

    def _problem(self, row: Row | Retirement, code: str, name: str, found: str, why: str, mend: str) -> None:
        self.problems.append(Problem(code, row.at or Location(self.plan.file or "plan"), name, found, why, mend))
