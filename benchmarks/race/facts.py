"""A scenario as somebody holds it who is about to write a model: tables of plain numbers, with no mathematics in them.

The peers state their models from these. In `floats` computing power is counted in H100-equivalents, power in megawatts
and money in millions of dollars, so that solvers which reckon in doubles see numbers of a sensible size; in `integers`
everything is whole (TPP, parts of a kW, parts of a dollar), which is what CP-SAT needs. Making them is not counted as
building, to a peer's advantage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from optimizer.domain.plan import Head, Placement, Plan
from optimizer.domain.scenario import Scenario
from optimizer.ledger import Holding, Ledger
from optimizer.limits import Account, Chips, Limit, Selection, Sense, Span, Standing
from optimizer.model.accounts import standing_ledger
from optimizer.model.instance import Instance, make_instance
from optimizer.model.law import limits_of
from optimizer.regimes import load_regime
from optimizer.units import TPP_PER_H100E

Number = Any  # float or int, by the kind of facts
Key = tuple[int, int, int]  # site, accelerator, quarter


@dataclass(frozen=True)
class Amount:
    """Computing power in some countries: what of `accelerators` is installed there from `first` up to `last`."""

    countries: tuple[str, ...]
    accelerators: tuple[int, ...]
    first: int
    last: int


@dataclass(frozen=True)
class Rule:
    """times x measured <= (or >=) share x base + bound, the standing fleet already reckoned into `bound`."""

    at_most: bool
    times: Number
    measured: Amount
    share: Number
    base: Amount | None
    bound: Number


@dataclass(frozen=True)
class Wanted:
    """What a region wants in a quarter from any of those sites."""

    quarter: int
    amount: Number
    sites: tuple[int, ...]


@dataclass(frozen=True)
class Facts:
    """The tables; site, accelerator and quarter are numbers from 0."""

    whole: bool
    grain: int  # what one unit of computing power is, in TPP
    country: list[str]  # by site
    most: dict[Key, int]  # the units that could be installed at most, where any could
    tpp: list[Number]  # of a unit
    draws: list[list[Number]]  # by site and accelerator: power of a unit at the meter
    price: list[list[Number]]  # by site and accelerator: a unit in place
    power: list[list[Number]]  # by site and quarter
    least: list[Number]  # by site: power once it is open
    fee: list[Number]  # by site: opening it
    can_open: list[list[bool]]  # by site and quarter
    stands: list[bool]  # by site: holds fleet
    fleet_power: list[list[Number]]  # by site and quarter
    fleet_tpp: list[list[Number]]  # by site and quarter
    fleet_in_all: list[Number]  # by quarter, fleet at no site included
    delivered: list[list[int]]  # by accelerator and quarter: units that arrive in it
    money: list[Number] | None  # by quarter: what becomes available in it
    wanted: list[Wanted]
    rules: list[Rule]
    keep_open: list[int]
    open_sites: int
    site_share: tuple[Number, Number] | None  # share = first / second

    @property
    def quarters(self) -> int:
        """Number of quarters."""
        return len(self.fleet_in_all)


def facts_of(scenario: Scenario, *, whole: bool) -> Facts:
    """The scenario's tables, in whole numbers or in floats. Only scenarios that maximise capacity are known."""
    if scenario.objective != "capacity":
        raise ValueError(f"the peers maximise capacity, {scenario.name} has the objective {scenario.objective}")
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    instance = make_instance(scenario, regime)
    law = limits_of(scenario, regime)
    ledger = standing_ledger(scenario, regime)
    horizon, count_s, count_k = instance.horizon, len(instance.sites), len(instance.accelerators)

    def computing(tpp: int) -> Number:
        return int(tpp) if whole else int(tpp) / TPP_PER_H100E

    def site_power(s: int, parts: int) -> Number:
        return int(parts) if whole else int(parts) / int(instance.power_scale[s]) / 1000

    def dollars(parts: int) -> Number:
        return int(parts) if whole else int(parts) / instance.money_scale / 1e6

    keys = zip(instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter, strict=True)
    most = {
        (int(s), int(k), int(t)): int(up)
        for (s, k, t), up in zip(keys, instance.candidate_upper, strict=True)
        if up > 0
    }
    number = {site.site: s for s, site in enumerate(instance.sites)}
    share = scenario.max_share_per_site
    in_all = [
        sum(
            row.gpus * scenario.catalogue[row.accelerator].tpp
            for row in scenario.fleet
            if row.quarter is None or row.quarter <= quarter
        )
        for quarter in instance.quarters
    ]
    cumulative = instance.budget
    return Facts(
        whole=whole,
        grain=1 if whole else TPP_PER_H100E,
        country=[holding[0] for holding in instance.holdings],
        most=most,
        tpp=[computing(tpp) for tpp in instance.unit_tpp],
        draws=[[site_power(s, instance.unit_power[s, k]) for k in range(count_k)] for s in range(count_s)],
        price=[[dollars(instance.unit_cost[s, k]) for k in range(count_k)] for s in range(count_s)],
        power=[[site_power(s, parts) for parts in instance.power[s]] for s in range(count_s)],
        least=[site_power(s, instance.least_power[s]) for s in range(count_s)],
        fee=[dollars(parts) for parts in instance.opening_cost],
        can_open=[
            [t >= int(instance.may_open[s]) and not bool(instance.closed[s]) for t in range(horizon)]
            for s in range(count_s)
        ],
        stands=[bool(stands) for stands in instance.standing],
        fleet_power=[[site_power(s, parts) for parts in instance.fleet_power[s]] for s in range(count_s)],
        fleet_tpp=[[computing(tpp) for tpp in instance.fleet_tpp[s]] for s in range(count_s)],
        fleet_in_all=[computing(tpp) for tpp in in_all],
        delivered=[[int(row[t]) - (int(row[t - 1]) if t else 0) for t in range(horizon)] for row in instance.delivered],
        money=None
        if cumulative is None
        else [dollars(int(cumulative[t]) - (int(cumulative[t - 1]) if t else 0)) for t in range(horizon)],
        wanted=[
            Wanted(t, computing(demand.tpp.at(quarter)), tuple(sorted(number[name] for name in demand.sites)))
            for demand in scenario.demand
            for t, quarter in enumerate(instance.quarters)
            if demand.tpp.at(quarter) > 0
        ],
        rules=list(_rules(instance, ledger, law, whole=whole)),
        keep_open=sorted(number[name] for name in scenario.keep_open),
        open_sites=scenario.min_open_sites,
        site_share=None if share is None else (share.numerator, share.denominator) if whole else (float(share), 1.0),
    )


def _rules(instance: Instance, ledger: Ledger, law: Iterable[Limit], *, whole: bool) -> Iterable[Rule]:
    """The limits that a decision can touch."""
    for limit in law:
        if limit.standing is not Standing.APPLIES:
            continue
        measured = _amount(instance, ledger, limit.measured)
        base = None if limit.base is None else _amount(instance, ledger, limit.base)
        if measured is None:
            continue
        p, q = limit.share.numerator, limit.share.denominator
        bound = q * limit.fixed - q * _standing(ledger, limit.measured)
        if limit.base is not None:
            bound += p * _standing(ledger, limit.base)
        at_most = limit.sense is Sense.AT_MOST
        if whole:
            yield Rule(at_most, q, measured, p, base, bound)
        else:
            yield Rule(at_most, 1.0, measured, float(limit.share), base, float(Fraction(bound, q * TPP_PER_H100E)))


def _standing(ledger: Ledger, account: Account) -> int:
    amount = ledger.amount(account)
    if amount.unknown:
        raise ValueError("the peers know no accelerators of which it is unknown whether they count")
    return amount.tpp


def _amount(instance: Instance, ledger: Ledger, account: Account) -> Amount | None:
    """What the account sums of what is installed, None where that is nothing."""
    selection, quarters = account.selection, instance.quarters
    if selection.sites is not None:
        raise ValueError("the peers know no limits on single sites")
    groups = sorted(set(instance.holdings))
    countries = tuple(country for country, way in groups if _taken(selection, instance, country, way))
    accelerators = tuple(
        k
        for k, each in enumerate(instance.accelerators)
        if selection.chips is Chips.ALL or ledger.chips[each.id].meets_3a090a == "yes"
    )
    first, last = 0, len(quarters) - 1
    if account.span is Span.RECEIVED:
        within = [t for t, quarter in enumerate(quarters) if quarter.year == account.period]
        if not within:
            return None
        first, last = within[0], within[-1]
    elif account.span is not Span.EVER:
        last = int(account.period) - int(quarters[0])  # type: ignore[arg-type]
    if selection.received_from is not None:
        first = max(first, int(selection.received_from) - int(quarters[0]))
    return Amount(countries, accelerators, first, last) if countries and accelerators and first <= last else None


def _taken(selection: Selection, instance: Instance, country: str, way: str) -> bool:
    """Whether what is installed in the country, its date apart, is selected."""
    undated = selection._replace(received_from=None)
    return undated.matches(Holding(country, None, "", way, received=instance.quarters[0]))


def plan_of(scenario: Scenario, units: dict[Key, int]) -> Plan:
    """The plan with the standing fleet and those whole units."""
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    instance = make_instance(scenario, regime)
    rows = list(scenario.fleet)
    for (s, k, t), count in sorted(units.items()):
        if count:
            site, accelerator = instance.sites[s], instance.accelerators[k]
            gpus = count * int(instance.unit_gpus[k])
            way = instance.holdings[s][1]
            rows.append(Placement(site.country, accelerator.id, gpus, site.site, instance.quarters[t], way))
    return Plan(**{name: getattr(scenario, name) for name in Head.field_names}, placements=tuple(rows))
