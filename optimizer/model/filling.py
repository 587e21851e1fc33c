"""The scenario for those who fill sites with whole units: arrays alone, every number exact.

A filling says what one unit more of k at s in t takes and gives: power, delivered units, money, and what it adds to the
rows of the law. Sites that all rows treat alike form a class; what a class, an accelerator and a quarter add to is a
bundle of accounts. Everything is counted as in the Program (model/accounts.py, model/families.py):

    sum of coefficients x accounts <= row_upper          for each limit
    accounts near a set of regions >= what they want     for each set of regions, in each quarter (max-flow min-cut)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..ledger import Holding, Ledger
from ..limits import Account, Chips, Limit, Selection, Sense, Span, Standing
from ..units import Quarter
from .build import Model
from .instance import Instance
from .program import INFINITE, Bools, Ints, whole

_KNOWN_COLUMNS = frozenset({"install", "open", "power drawn", "waiting", "spent", "site capacity", "serve", "account"})
"""Families of columns that a filling knows of: a program with others asks for more than whole units at sites."""


@dataclass(frozen=True, slots=True)
class Filling:
    """Arrays over sites s, accelerators k, quarters t, classes of sites c, regions r, accounts a and limits' rows i."""

    unit_tpp: Ints  # (K,)
    gain: Ints  # (K, T) of the objective
    offset: int  # of the objective: what the standing fleet gives
    unit_power: Ints  # (S, K)
    room: Ints  # (S, T) power that the standing fleet leaves
    least: Ints  # (S,) least power once open, 0 where fleet stands
    upper: Ints  # (S, K, T) most units that can be installed
    delivered: Ints  # (K, T) cumulative
    unit_cost: Ints  # (S, K)
    opening_cost: Ints  # (S,) 0 where fleet stands
    budget: Ints  # (T,) cumulative, INFINITE where money is no limit
    standing: Bools  # (S,) holds fleet
    keep_open: Bools  # (S,)
    least_open: int  # sites at the horizon's end, those where fleet stands included
    class_of: Ints  # (S,)
    fleet_tpp: Ints  # (S, T) in service at the site
    fleet_total: Ints  # (T,) in service anywhere
    site_share: tuple[int, int] | None  # p/q of everything in service that one site may hold
    limit_names: tuple[str, ...]
    row_upper: Ints  # (I,)
    terms: Ints  # (entries, 4): row, account, quarter, coefficient
    bundle: Ints  # (C, K, T) bundle of accounts that a unit adds to
    bundle_start: Ints  # (bundles + 1,) where its accounts begin in `bundle_accounts`
    bundle_accounts: Ints
    accounts: int
    near: Bools  # (R, C) whether the class's sites serve the region
    wanted: Ints  # (R, T) TPP

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of sites, accelerators and quarters."""
        sites, accelerators, quarters = self.upper.shape
        return sites, accelerators, quarters

    def value(self, units: Ints) -> int:
        """The objective, exactly: what the Program's objective is at a point with those (S, K, T) units."""
        return int((units.sum(axis=0) * self.gain).sum()) + self.offset

    def opens(self, units: Ints) -> Ints:
        """(S,) the first quarter in which something is in place at the site, T where nothing ever is."""
        some: Bools = np.any(units > 0, axis=1)
        first: Ints = np.where(some.any(axis=1), some.argmax(axis=1), units.shape[2])
        first[self.standing] = 0
        return first

    def point(self, model: Model, units: Ints) -> Ints:
        """The Program's point with those units and the openings that they make, sums left 0."""
        instance, point = model.instance, np.zeros(model.program.columns, np.int64)
        s, k, t = instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter
        point[model.columns.n_list] = units[s, k, t]
        point[model.columns.y.ravel()] = (np.arange(units.shape[2]) >= self.opens(units)[:, None]).ravel()
        return point


def filling(model: Model) -> Filling | None:
    """The model's filling; None where its program has more than whole units at sites, or its objective is another."""
    instance, scenario, program = model.instance, model.instance.scenario, model.program
    if scenario.objective not in ("capacity", "capacity_over_time") or scenario.later_objectives:
        return None
    if any(block.family not in _KNOWN_COLUMNS for block in program.column_blocks) or instance.opening_lead.any():
        return None
    if instance.candidate_authorization is not None:
        return None  # what is built at a site does not follow from the site alone
    rows = _Rows(instance, model.ledger)
    if not rows.add(model.law):
        return None
    near, served = _served(instance)
    class_of, first = _classes(instance, model.law, served)
    bundle, start, accounts = rows.bundles(first)

    upper = np.zeros((len(instance.sites), len(instance.accelerators), instance.horizon), np.int64)
    upper[instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter] = (
        instance.candidate_upper
    )
    in_service = instance.horizon - np.arange(instance.horizon)
    quarters = np.ones(instance.horizon, np.int64) if scenario.objective == "capacity" else in_service
    share = scenario.max_share_per_site
    return Filling(
        unit_tpp=instance.unit_tpp,
        gain=instance.unit_tpp[:, None] * quarters,
        offset=program.offset,
        unit_power=instance.unit_power,
        room=instance.power - instance.fleet_power,
        least=instance.least_power,
        upper=upper,
        delivered=instance.delivered,
        unit_cost=instance.unit_cost,
        opening_cost=np.where(instance.standing, 0, instance.opening_cost),
        budget=np.full(instance.horizon, INFINITE) if instance.budget is None else instance.budget,
        standing=instance.standing,
        keep_open=np.array([site.site in scenario.keep_open for site in instance.sites], dtype=bool),
        least_open=scenario.min_open_sites,
        class_of=class_of,
        fleet_tpp=instance.fleet_tpp,
        fleet_total=_fleet_total(instance),
        site_share=None if share is None else (share.numerator, share.denominator),
        limit_names=tuple(rows.names),
        row_upper=whole(rows.upper, "a limit's bound"),
        terms=whole(np.array(rows.terms, dtype=object), "a limit's coefficient").reshape(-1, 4),
        bundle=bundle,
        bundle_start=start,
        bundle_accounts=accounts,
        accounts=len(rows.numbers),
        near=near[:, first],
        wanted=np.array(
            [[demand.tpp.at(quarter) for quarter in instance.quarters] for demand in scenario.demand], dtype=np.int64
        ).reshape(len(scenario.demand), instance.horizon),
    )


class _Rows:
    """Limits as rows over accounts of what is placed: the standing fleet's part is on the right-hand side."""

    def __init__(self, instance: Instance, ledger: Ledger) -> None:
        self.instance, self.ledger = instance, ledger
        self.holdings = list(dict.fromkeys(instance.holdings))
        self.numbers: dict[Selection, int] = {}
        self.names: list[str] = []
        self.upper: list[int] = []
        self.terms: list[tuple[int, int, int, int]] = []

    def add(self, law: Iterable[Limit]) -> bool:
        """Add a row for each limit that a unit can touch; False where one cannot be written as a row, or never holds.

        A limit on the chips that meet 3A090.a is no row where it is unknown of an accelerator whether it does.
        """
        placed = {row.accelerator for row in self.instance.scenario.fleet} | {a.id for a in self.instance.accelerators}
        unknown = any(self.ledger.chips[name].meets_3a090a == "unknown" for name in placed)
        for limit in law:
            if limit.standing is not Standing.APPLIES:
                continue
            accounts = [account for account in (limit.measured, limit.base) if account is not None]
            if unknown and any(account.selection.chips is not Chips.ALL for account in accounts):
                return False
            if not self._add_limit(limit):
                return False
        return True

    def _add_limit(self, limit: Limit) -> bool:
        """q measured - p base <= q fixed, for a floor its negative; False where no unit touches it and it is broken."""
        sign = 1 if limit.sense is Sense.AT_MOST else -1
        terms: dict[tuple[int, int], int] = {}
        bound = sign * limit.share.denominator * limit.fixed
        for account, factor in (
            (limit.measured, sign * limit.share.denominator),
            (limit.base, -sign * limit.share.numerator),
        ):
            if account is None:
                continue
            found, standing = self._placed(account)
            bound -= factor * standing
            for key, coefficient in found.items():
                terms[key] = terms.get(key, 0) + factor * coefficient
        row = len(self.names)
        kept = [(row, a, t, coefficient) for (a, t), coefficient in terms.items() if coefficient]
        if not kept:
            return bound >= 0
        self.names.append(limit.name)
        self.upper.append(bound)
        self.terms.extend(kept)
        return True

    def _placed(self, account: Account) -> tuple[dict[tuple[int, int], int], int]:
        """What is placed into the account, as (account number, quarter) -> coefficient; and what the fleet puts in."""
        selection, quarters = account.selection, self.instance.quarters
        number, last = self._number(selection), len(quarters) - 1
        if account.span in (Span.IN_SERVICE, Span.PRESENT):  # the same, since nothing leaves
            assert isinstance(account.period, Quarter)
            in_service = Account(selection, Span.IN_SERVICE, account.period)
            return {(number, account.period - quarters[0]): 1}, self.ledger.amount(in_service).tpp
        standing = self.ledger.amount(account).tpp
        if account.span is Span.EVER:
            return {(number, last): 1}, standing
        within = [t for t, quarter in enumerate(quarters) if quarter.year == account.period]
        if not within:
            return {}, standing
        terms = {(number, within[-1]): 1}
        if within[0] > 0:
            terms[number, within[0] - 1] = -1
        return terms, standing

    def _number(self, selection: Selection) -> int:
        return self.numbers.setdefault(selection, len(self.numbers))

    def bundles(self, sites: Ints) -> tuple[Ints, Ints, Ints]:
        """(C, K, T) bundles for classes with those sites as examples; where each one's accounts begin, and these."""
        instance = self.instance
        known: dict[tuple[int, ...], int] = {}
        bundle = np.zeros((len(sites), len(instance.accelerators), instance.horizon), np.int64)
        meets = [self.ledger.chips[a.id].meets_3a090a == "yes" for a in instance.accelerators]
        dated = any(selection.received_from is not None for selection in self.numbers)
        alike = len(set(meets)) < 2  # all accelerators count alike
        anywhere = [(number, selection, selection._replace(sites=None)) for selection, number in self.numbers.items()]
        matching: dict[tuple[str, str, int], list[tuple[int, Selection]]] = {}
        for c, s in enumerate(sites):
            country, authorization = instance.holdings[s]
            for t in range(instance.horizon):
                key = (country, authorization, t if dated else 0)
                if key not in matching:
                    arriving = Holding(country, None, "", authorization, received=instance.quarters[t])
                    matching[key] = [
                        (number, selection) for number, selection, wherever in anywhere if wherever.matches(arriving)
                    ]
                name = instance.sites[s].site
                here = [(a, each) for a, each in matching[key] if each.sites is None or name in each.sites]
                for k in range(len(instance.accelerators)):
                    if t and not dated:
                        bundle[c, k, t] = bundle[c, k, 0]
                        continue
                    if k and alike:
                        bundle[c, k, t] = bundle[c, 0, t]
                        continue
                    found = tuple(a for a, each in here if meets[k] or each.chips is Chips.ALL)
                    bundle[c, k, t] = known.setdefault(found, len(known))
        lengths = [len(found) for found in known]
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return bundle, start, np.array([a for found in known for a in found], dtype=np.int64)


def _served(instance: Instance) -> tuple[Bools, list[tuple[int, ...]]]:
    """(R, S) whether the site is near the region; and for each site the regions that it is near."""
    number = {site.site: s for s, site in enumerate(instance.sites)}
    near = np.zeros((len(instance.scenario.demand), len(instance.sites)), dtype=bool)
    for r, demand in enumerate(instance.scenario.demand):
        near[r, [number[site] for site in demand.sites if site in number]] = True
    return near, [tuple(np.flatnonzero(column)) for column in near.T]


def _classes(instance: Instance, law: Sequence[Limit], served: list[tuple[int, ...]]) -> tuple[Ints, Ints]:
    """(S,) class numbers, and a site of each: alike are country, authorization, regions, limits on named sites."""
    named = {
        account.selection.sites
        for limit in law
        for account in (limit.measured, limit.base)
        if account is not None and account.selection.sites is not None
    }
    listed = sorted(named, key=sorted)
    known: dict[object, int] = {}
    class_of = np.empty(len(instance.sites), np.int64)
    first: list[int] = []
    for s, site in enumerate(instance.sites):
        key = (instance.holdings[s], served[s], tuple(site.site in sites for sites in listed))
        if key not in known:
            known[key] = len(known)
            first.append(s)
        class_of[s] = known[key]
    return class_of, np.array(first, dtype=np.int64)


def _fleet_total(instance: Instance) -> Ints:
    """(T,) TPP of the standing fleet, at sites and elsewhere, at each quarter's end."""
    total = np.zeros(instance.horizon, np.int64)
    for row in instance.scenario.fleet:
        arrived = 0 if row.quarter is None else max(row.quarter - instance.quarters[0], 0)
        total[arrived:] += row.gpus * instance.scenario.catalogue[row.accelerator].tpp
    return total
