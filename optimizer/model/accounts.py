"""Accounts as columns and limits as rows: the solver's reading of the same Limits that `check` judges by.

One running column per selection and quarter, tied to the decisions by one row; a limit is then a row of one or two
terms however many sites there are. An accelerator of which it is unknown whether it counts has columns of its own: it
counts where that is harder on the plan, as in `check`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..domain.countries import jurisdiction
from ..domain.scenario import Scenario
from ..ledger import Chip, Holding, Ledger
from ..limits import EVERYTHING, Account, Chips, Limit, Selection, Sense, Span, Standing
from ..regimes import OWN_GROUP, Regime
from ..units import TPP_PER_H100E, Quarter
from .families import Columns, Expression
from .instance import Instance
from .program import INFINITE, Bools, Builder, Ints
from .shifted_accounts import ShiftedAccounts


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
                parent = OWN_GROUP if authorization == "lpp" else None  # others than the firm are refused before
                place = (country, row.site, row.accelerator, authorization, parent, row.quarter, row.holds_weights)
                ledger.receive(Holding(*place), row.gpus)
        ledger.close()
    return ledger


class AccountColumns:
    """Makes the columns of an account the first time that a limit asks for it.

    Each account is taken in parts: `part` None is what counts for certain, the id of an accelerator is what counts only
    if that accelerator meets 3A090.a, which is unknown.
    """

    def __init__(self, builder: Builder, instance: Instance, columns: Columns, ledger: Ledger) -> None:
        self.builder, self.instance, self.columns, self.ledger = builder, instance, columns, ledger
        self._chains: dict[tuple[Selection, str | None, bool], Ints | None] = {}
        self._most: dict[int, int] = dict(columns.shifts.upper)
        self.shifted = ShiftedAccounts(instance, columns.shifts)
        groups, group = instance.candidate_holdings()
        order = np.argsort(group, kind="stable")
        starts = np.searchsorted(group[order], np.arange(len(groups) + 1))
        self._groups = [
            (
                [
                    Holding(country, None, "", authorization, OWN_GROUP if authorization == "lpp" else None, quarter)
                    for quarter in instance.quarters
                ],
                order[starts[number] : starts[number + 1]],
            )
            for number, (country, authorization) in enumerate(groups)
        ]
        """What is built where country and authorization agree, by quarter, and the candidates there."""
        placed = {row.accelerator for row in instance.scenario.fleet} | {a.id for a in instance.accelerators}
        self.unknown = sorted(name for name in placed if ledger.chips[name].meets_3a090a == "unknown")
        """Accelerators of the scenario of which it is unknown whether they meet 3A090.a."""

    def expression(self, account: Account, part: str | None = None) -> Expression:
        """The account's part as a linear expression."""
        selection, fixed = account.selection, self._constant(account, part)
        standing = account.span in (Span.IN_SERVICE, Span.PRESENT)
        chain = self._chain(selection, part, received=not standing)
        if chain is None:
            return Expression({}, fixed)
        first, last = self.instance.quarters[0], self.instance.horizon - 1
        if standing:
            assert isinstance(account.period, Quarter)
            terms = {int(chain[account.period - first]): TPP_PER_H100E}
            if account.span is Span.PRESENT:  # what leaves in a quarter was present in it
                leaving = self._leaving(selection, part)
                for column, tpp in self.shifted.in_quarter(leaving, account.period - first):
                    terms[column] = terms.get(column, 0) - tpp
            return Expression(terms, 0)
        if account.span is Span.EVER:
            return Expression({int(chain[last]): TPP_PER_H100E}, fixed - self._standing(selection, last, part))
        within = [t for t, quarter in enumerate(self.instance.quarters) if quarter.year == account.period]
        if not within:
            return Expression({}, fixed)
        terms = {int(chain[within[-1]]): TPP_PER_H100E}
        running = self._standing(selection, within[-1], part)
        if within[0] > 0:
            terms[int(chain[within[0] - 1])] = -TPP_PER_H100E
            running -= self._standing(selection, within[0] - 1, part)
        return Expression(terms, fixed - running)

    def most(self, column: int) -> int:
        """The upper bound of an account's column."""
        return self._most[column]

    def _constant(self, account: Account, part: str | None) -> int:
        """What the standing fleet puts into the account's part."""
        amount = self.ledger.amount(account)
        return amount.tpp if part is None else amount.unknown.get(part, 0)

    def _standing(self, selection: Selection, t: int, part: str | None) -> int:
        return self._constant(Account(selection, Span.IN_SERVICE, self.instance.quarters[t]), part)

    def _chain(self, selection: Selection, part: str | None, *, received: bool) -> Ints | None:
        """Columns X_t = X_t-1 + what matches and arrives in t, standing fleet included; None when nothing can match.

        What leaves in t is taken off, unless what was ever `received` is asked for.
        """
        received = received and self._leaving(selection, part).size > 0
        key = (selection, part, received)
        if key not in self._chains:
            self._chains[key] = self._make_chain(selection, part, received=received)
        return self._chains[key]

    def _leaving(self, selection: Selection, part: str | None) -> Ints:
        """What can leave of what is selected, as `ShiftedAccounts` numbers it."""
        if not self.shifted.size:
            return np.empty(0, np.int64)
        return self.shifted.chosen(selection, self._counted(selection, part), leaving=True)

    def _counted(self, selection: Selection, part: str | None) -> Bools:
        """Which accelerators belong to that part of what is selected."""
        return np.array([self._counts(selection, a.id, part) for a in self.instance.accelerators], dtype=bool)

    def _make_chain(self, selection: Selection, part: str | None, *, received: bool) -> Ints | None:
        instance, builder = self.instance, self.builder
        counted = self._counted(selection, part)
        if not counted.any():
            return None
        chosen = self._matches(selection)
        chosen = chosen[counted[instance.candidate_accelerator[chosen]]]
        shifted = self.shifted.chosen(selection, counted, leaving=False if received else None)
        if not chosen.size and not shifted.size:
            return None
        ck, ct = instance.candidate_accelerator[chosen], instance.candidate_quarter[chosen]
        quarters = instance.quarters
        fixed = np.array([self._standing(selection, t, part) for t in range(len(quarters))], dtype=np.int64)
        arriving = (instance.delivered * instance.unit_tpp[:, None])[counted].sum(axis=0)
        arriving += self.columns.shifts.tpp_that_moves(instance.unit_tpp, counted)
        label = describe(selection) + ("" if part is None else f" of {part}")

        def name(t: int) -> str:
            return f"account({label},{quarters[t]})"

        upper = -(-(fixed + arriving) // TPP_PER_H100E)
        total = builder.columns(
            "account", np.zeros(len(quarters), np.int64), upper, name, integral=False, scale=TPP_PER_H100E
        )
        self._most.update(zip(total.tolist(), upper.tolist(), strict=True))
        step = np.diff(fixed, prepend=0)
        rows = builder.rows("account", step, step, len(quarters), name)
        builder.entries(rows, total, TPP_PER_H100E)
        builder.entries(rows[1:], total[:-1], -TPP_PER_H100E)
        builder.entries(rows[ct], self.columns.n_list[chosen], -instance.unit_tpp[ck])
        column, quarter, tpp = self.shifted.entries(shifted)
        builder.entries(rows[quarter], column, -tpp)
        return total

    def _matches(self, selection: Selection) -> Ints:
        """The candidates that are selected, their accelerators apart."""
        instance = self.instance
        found = [np.zeros(0, np.int64)]
        anywhere = selection._replace(sites=None)
        for built, candidates in self._groups:
            if selection.countries is not None and built[0].country not in selection.countries:
                continue
            dates = [anywhere.matches(holding) for holding in built]
            if all(dates):
                found.append(candidates)
            elif any(dates):
                found.append(candidates[np.array(dates)[instance.candidate_quarter[candidates]]])
        chosen: Ints = np.concatenate(found)
        if selection.sites is not None:
            at = np.array([site.site in selection.sites for site in instance.sites], dtype=bool)
            chosen = chosen[at[instance.candidate_site[chosen]]]
        return chosen

    def _counts(self, selection: Selection, accelerator: str, part: str | None) -> bool:
        """Whether the accelerator belongs to that part of what is selected."""
        meets = self.ledger.chips[accelerator].meets_3a090a
        if selection.chips is Chips.ALL or meets == "yes":
            return part is None
        return meets == "unknown" and part == accelerator


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
    """Every limit of the law and of the firm that applies: one row in whole numbers, named as the limit.

        X_at = X_{a,t-1} + E_at - E_{a,t-1} + sum_{s,k in a} w_k n_skt           for all a, t
        q X_it - p X_jt <= q F_it                       for all limits i at most p/q of j plus F
        q X_it - p X_jt >= q F_it                       for all limits i at least p/q of j plus F

    An account X_a is the TPP in service (or received in a year) over a selection a: countries, authorizations, sites,
    dates. A limit i compares the account it measures with a share p/q of its base j and an amount F.

    Fields: `regime`, `own_limits`, `agreements`, `national_use`, `fleet`, `firm`.

    With an accelerator k of which it is unknown whether it counts, measured and base are those of what counts for
    certain, and q measured_k - p base_k is added where that is positive (for a floor: where negative), by a column of
    its own. A limit that no decision can touch and that the standing fleet keeps has no row.
    """
    for limit in rules:
        if limit.standing is not Standing.APPLIES:
            continue
        capped = limit.sense is Sense.AT_MOST
        sign = 1 if capped else -1
        certain = _excess(accounts, limit, None)
        terms, constant = dict(certain.terms), certain.constant
        for name in accounts.unknown:
            harder = _positive_part(builder, accounts, limit, name)
            constant += harder.constant
            for column, coefficient in harder.terms.items():
                terms[column] = terms.get(column, 0) + coefficient
        bound = sign * limit.share.denominator * limit.fixed - constant
        if not terms and bound >= 0:
            continue
        row = builder.rows(
            limit.rule.id,
            -INFINITE if capped else -bound,
            bound if capped else INFINITE,
            1,
            lambda _, name=limit.name: name,  # type: ignore[misc]
            margin=limit.share.denominator * int(accounts.instance.unit_tpp.max(initial=0)),
        )
        builder.entries(
            np.repeat(row, len(terms)),
            np.fromiter(terms.keys(), np.int64, len(terms)),
            sign * np.fromiter(terms.values(), np.int64, len(terms)),
        )


def _excess(accounts: AccountColumns, limit: Limit, part: str | None) -> Expression:
    """q measured - p base of the accounts' part, for a floor its negative: what a cap of 0 would want at most 0."""
    sign = 1 if limit.sense is Sense.AT_MOST else -1
    p, q = sign * limit.share.numerator, sign * limit.share.denominator
    measured = accounts.expression(limit.measured, part)
    base = accounts.expression(limit.base, part) if limit.base else Expression({}, 0)
    terms = {column: q * coefficient for column, coefficient in measured.terms.items()}
    for column, coefficient in base.terms.items():
        terms[column] = terms.get(column, 0) - p * coefficient
    return Expression(terms, q * measured.constant - p * base.constant)


def _positive_part(builder: Builder, accounts: AccountColumns, limit: Limit, name: str) -> Expression:
    """What accelerator `name` adds to the excess if it is the harder choice that it counts, else 0."""
    excess = _excess(accounts, limit, name)
    if not excess.terms:
        return Expression({}, max(0, excess.constant))
    most = excess.constant + sum(
        coefficient * accounts.most(column) for column, coefficient in excess.terms.items() if coefficient > 0
    )
    if most <= 0:
        return Expression({}, 0)

    def label(_: int) -> str:
        return f"{limit.name} if {name} counts"

    column = builder.columns("account", [0], [-(-most // TPP_PER_H100E)], label, integral=False, scale=TPP_PER_H100E)
    row = builder.rows("account", excess.constant, INFINITE, 1, label)
    builder.entries(row, column, TPP_PER_H100E)
    builder.entries(
        np.repeat(row, len(excess.terms)),
        np.fromiter(excess.terms.keys(), np.int64, len(excess.terms)),
        -np.fromiter(excess.terms.values(), np.int64, len(excess.terms)),
    )
    return Expression({int(column[0]): TPP_PER_H100E}, 0)


def everything_in_service(accounts: AccountColumns) -> list[Expression]:
    """All TPP in service at each quarter's end."""
    return [
        accounts.expression(Account(EVERYTHING, Span.IN_SERVICE, quarter)) for quarter in accounts.instance.quarters
    ]
