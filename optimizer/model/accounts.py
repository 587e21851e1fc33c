"""Accounts as columns and limits as rows: the solver's reading of the same Limits that `check` judges by.

One running column per selection and quarter, tied to the decisions by one row; a limit is then a row of one or two
terms however many sites there are. Chips of which it is unknown whether they count are counted against the plan: in
what a limit measures when that is capped, not in its base, and the other way round for a floor.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..domain.countries import jurisdiction
from ..domain.scenario import Scenario
from ..ledger import Chip, Holding, Ledger
from ..limits import EVERYTHING, Account, Chips, Limit, Selection, Sense, Span, Standing
from ..regimes import Regime
from ..units import TPP_PER_H100E, Quarter
from .families import Columns, Expression
from .instance import Instance
from .program import INFINITE, Builder, Ints


def standing_ledger(scenario: Scenario, regime: Regime) -> Ledger:
    """The standing fleet's ledger over the scenario's horizon."""
    chips = {a.id: Chip(a.tpp, a.meets_3a090a) for a in scenario.catalogue.values()}
    first = scenario.horizon.first
    ledger = Ledger(chips, first, first)
    for quarter in scenario.horizon:
        for row in scenario.fleet:
            arrives = first if row.quarter is None else max(row.quarter, first)
            if arrives == quarter:
                country = jurisdiction(row.country)
                authorization = row.authorization or regime.default_authorization(scenario.firm, country)
                parent = (row.consignee or "") if authorization == "lpp" else None
                ledger.receive(
                    Holding(country, row.site, row.accelerator, authorization, parent, row.quarter), row.gpus
                )
        ledger.close()
    return ledger


class AccountColumns:
    """Makes the columns of an account the first time that a limit asks for it."""

    def __init__(self, builder: Builder, instance: Instance, columns: Columns, ledger: Ledger) -> None:
        self.builder, self.instance, self.columns, self.ledger = builder, instance, columns, ledger
        self._chains: dict[tuple[Selection, bool], Ints | None] = {}

    def expression(self, account: Account, *, most: bool) -> Expression:
        """The account as a linear expression; `most` counts chips of unknown standing, otherwise they are left out."""
        amount = self.ledger.amount(account)
        fixed = amount.most if most else amount.tpp
        chain = self._chain(account.selection, most)
        if chain is None:
            return Expression({}, fixed)
        first, last = self.instance.quarters[0], self.instance.horizon - 1
        if account.span in (Span.IN_SERVICE, Span.PRESENT):
            assert isinstance(account.period, Quarter)
            return Expression({int(chain[account.period - first]): TPP_PER_H100E}, 0)
        if account.span is Span.EVER:
            return Expression({int(chain[last]): TPP_PER_H100E}, fixed - self._fixed(account.selection, last, most))
        within = [t for t, quarter in enumerate(self.instance.quarters) if quarter.year == account.period]
        if not within:
            return Expression({}, fixed)
        terms = {int(chain[within[-1]]): TPP_PER_H100E}
        running = self._fixed(account.selection, within[-1], most)
        if within[0] > 0:
            terms[int(chain[within[0] - 1])] = -TPP_PER_H100E
            running -= self._fixed(account.selection, within[0] - 1, most)
        return Expression(terms, fixed - running)

    def _fixed(self, selection: Selection, t: int, most: bool) -> int:
        amount = self.ledger.amount(Account(selection, Span.IN_SERVICE, self.instance.quarters[t]))
        return amount.most if most else amount.tpp

    def _chain(self, selection: Selection, most: bool) -> Ints | None:
        """Columns X_t = X_t-1 + what matches and arrives in t, standing fleet included; None when nothing can match."""
        key = (selection, most)
        if key not in self._chains:
            self._chains[key] = self._make_chain(selection, most)
        return self._chains[key]

    def _make_chain(self, selection: Selection, most: bool) -> Ints | None:
        instance, builder = self.instance, self.builder
        matches = self._matches(selection)
        counted = np.array([self._counts(selection, a.meets_3a090a, most) for a in instance.accelerators], dtype=bool)
        cs, ck, ct = instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter
        chosen = matches[cs, ct] & counted[ck] if len(cs) else np.zeros(0, bool)
        if not chosen.any():
            return None
        quarters = instance.quarters
        fixed = np.array([self._fixed(selection, t, most) for t in range(len(quarters))], dtype=np.int64)
        arriving = (instance.delivered * instance.unit_tpp[:, None])[counted].sum(axis=0)
        label = describe(selection) + ("" if most or selection.chips is Chips.ALL else " for certain")

        def name(t: int) -> str:
            return f"account({label},{quarters[t]})"

        total = builder.columns(
            "account",
            np.zeros(len(quarters), np.int64),
            -(-(fixed + arriving) // TPP_PER_H100E),
            name,
            integral=False,
            scale=TPP_PER_H100E,
        )
        step = np.diff(fixed, prepend=0)
        rows = builder.rows("account", step, step, len(quarters), name)
        builder.entries(rows, total, TPP_PER_H100E)
        builder.entries(rows[1:], total[:-1], -TPP_PER_H100E)
        builder.entries(rows[ct[chosen]], self.columns.n_list[chosen], -instance.unit_tpp[ck[chosen]])
        return total

    def _matches(self, selection: Selection) -> np.ndarray:
        """(S, T) whether what is built there then is selected."""
        instance = self.instance
        table = np.zeros((len(instance.sites), instance.horizon), bool)
        known: dict[tuple[str, str, int], bool] = {}
        for s, (country, authorization) in enumerate(instance.holdings):
            for t in range(instance.horizon):
                place = (country, authorization, t)
                if selection.sites is not None or place not in known:
                    known[place] = selection.matches(instance.holding(s, 0, t))
                table[s, t] = known[place]
        return table

    @staticmethod
    def _counts(selection: Selection, meets: str, most: bool) -> bool:
        return selection.chips is Chips.ALL or meets == "yes" or (most and meets == "unknown")


def describe(selection: Selection) -> str:
    """A selection in a few words, for names of rows and columns."""
    parts = []
    for values in (selection.countries, selection.authorizations, selection.sites, selection.consignee_parents):
        if values is not None:
            listed = sorted(values)
            parts.append("+".join(listed) if len(listed) <= 6 else f"{listed[0]}+...{len(listed)}")
    if selection.received_from is not None:
        parts.append(f"since {selection.received_from}")
    if selection.chips is not Chips.ALL:
        parts.append("3A090.a")
    return " ".join(parts) or "everything"


def limits(builder: Builder, accounts: AccountColumns, rules: Iterable[Limit]) -> None:
    """q measured - p base <= q fixed (or >=) for every limit that applies: one row, named as the limit.

    A limit that no decision can touch and that the standing fleet keeps has no row.
    """
    for limit in rules:
        if limit.standing is not Standing.APPLIES:
            continue
        capped = limit.sense is Sense.AT_MOST
        p, q = limit.share.numerator, limit.share.denominator
        measured = accounts.expression(limit.measured, most=capped)
        base = accounts.expression(limit.base, most=not capped) if limit.base else Expression({}, 0)
        terms = {column: q * coefficient for column, coefficient in measured.terms.items()}
        for column, coefficient in base.terms.items():
            terms[column] = terms.get(column, 0) - p * coefficient
        bound = q * limit.fixed - q * measured.constant + p * base.constant
        if not terms and (bound >= 0 if capped else bound <= 0):
            continue
        row = builder.rows(
            limit.rule.id,
            -INFINITE if capped else bound,
            bound if capped else INFINITE,
            1,
            lambda _, name=limit.name: name,  # type: ignore[misc]
            margin=q * int(accounts.instance.unit_tpp.max(initial=0)),
        )
        builder.entries(
            np.repeat(row, len(terms)),
            np.fromiter(terms.keys(), np.int64, len(terms)),
            np.fromiter(terms.values(), np.int64, len(terms)),
        )


def everything_in_service(accounts: AccountColumns) -> list[Expression]:
    """All TPP in service at each quarter's end."""
    return [
        accounts.expression(Account(EVERYTHING, Span.IN_SERVICE, quarter), most=True)
        for quarter in accounts.instance.quarters
    ]
