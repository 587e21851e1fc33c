"""The placement model as somebody would write it from the tables, for any library that takes variables and rows.

Two ways to write it. `written_out`: a share of everything is a share of a sum over every decision, money spent up to a
quarter is a sum over all before, as the sentences say it; the percent rows are then as long as the model is wide. With
totals as variables: capacity by country and in all, stock and money carried over, capacity by site; short rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.race.facts import Amount, Facts, Key, Number

Variable = Any
Terms = list[tuple[Number, Variable]]


class Modeller(Protocol):
    """What the statement needs of a modelling library. Variables have the lower bound 0."""

    def whole(self, upper: int) -> Variable:
        """A variable in whole numbers."""

    def amount(self, upper: Number) -> Variable:
        """A variable of any amount."""

    def at_most(self, terms: Terms, bound: Number) -> None:
        """A row terms <= bound."""

    def at_least(self, terms: Terms, bound: Number) -> None:
        """A row terms >= bound."""

    def equal(self, terms: Terms, bound: Number) -> None:
        """A row terms = bound."""

    def minimise(self, terms: Terms) -> None:
        """What is minimised."""


@dataclass
class Statement:
    """The stated model's variables: units installed by site, accelerator and quarter, and the constant of the value."""

    units: dict[Key, Variable]
    standing: Number


def state(facts: Facts, modeller: Modeller, *, written_out: bool) -> Statement:
    """Write the whole model into `modeller`, which minimises the negative of the TPP installed; what to read back."""
    return _Writer(facts, modeller, written_out=written_out).write()


class _Writer:
    """Writes one model."""

    def __init__(self, facts: Facts, modeller: Modeller, *, written_out: bool) -> None:
        self.facts, self.to, self.written_out = facts, modeller, written_out
        self.units = {key: modeller.whole(most) for key, most in facts.most.items()}
        self.by_site: dict[int, list[tuple[int, int, Variable]]] = defaultdict(list)
        for (s, k, t), unit in self.units.items():
            self.by_site[s].append((k, t, unit))
        self.open = {
            (s, t): modeller.whole(1)
            for s, row in enumerate(facts.can_open)
            for t, can in enumerate(row)
            if can and not facts.stands[s]
        }
        self.most_tpp = sum(facts.tpp[k] * count for k, row in enumerate(facts.delivered) for count in row)
        self.totals: dict[tuple[str | None, tuple[int, ...]], list[Variable]] = {}
        self.site_tpp: dict[tuple[int, int], Variable] = {}
        self.sites_of: dict[str, list[int]] = defaultdict(list)
        for s, country in enumerate(facts.country):
            self.sites_of[country].append(s)

    def write(self) -> Statement:
        self._openings()
        self._power()
        self._supply()
        self._budget()
        self._demand()
        self._rules()
        self._site_share()
        facts = self.facts
        self.to.minimise([(-facts.tpp[k], unit) for (_, k, _), unit in self.units.items()])
        return Statement(self.units, facts.fleet_in_all[-1])

    def _is_open(self, s: int, t: int) -> tuple[Terms, int]:
        """Whether the site is open, as terms and a constant."""
        if self.facts.stands[s]:
            return [], 1
        variable = self.open.get((s, t))
        return ([], 0) if variable is None else ([(1, variable)], 0)

    def _openings(self) -> None:
        facts, last = self.facts, self.facts.quarters - 1
        for (s, t), variable in self.open.items():
            if (s, t - 1) in self.open:
                self.to.at_least([(1, variable), (-1, self.open[s, t - 1])], 0)
        for s in facts.keep_open:
            terms, constant = self._is_open(s, last)
            if not constant:
                self.to.at_least(terms, 1)
        if facts.open_sites:
            parts = [self._is_open(s, last) for s in range(len(facts.country))]
            there = sum(constant for _, constant in parts)
            self.to.at_least([term for terms, _ in parts for term in terms], facts.open_sites - there)

    def _power(self) -> None:
        facts = self.facts
        for s, units in self.by_site.items():
            for t in range(facts.quarters):
                drawn = [(facts.draws[s][k], unit) for k, when, unit in units if when <= t]
                if not drawn:
                    continue
                stands = facts.fleet_power[s][t]
                terms, constant = self._is_open(s, t)
                closed = [(-facts.power[s][t], variable) for _, variable in terms]
                self.to.at_most([*drawn, *closed], constant * facts.power[s][t] - stands)
                if not facts.stands[s]:
                    self.to.at_least([*drawn, *((-facts.least[s], variable) for _, variable in terms)], 0)
        # an open site without anything in it would count as open
        for (s, t), variable in self.open.items():
            if not any(when <= t for _, when, _ in self.by_site[s]):
                self.to.at_most([(1, variable)], 0)

    def _supply(self) -> None:
        facts = self.facts
        arrivals: dict[tuple[int, int], list[Variable]] = defaultdict(list)
        for (_, k, t), unit in self.units.items():
            arrivals[k, t].append(unit)
        for k, delivered in enumerate(facts.delivered):
            self._carry_over(
                [[(1, unit) for unit in arrivals[k, t]] for t in range(facts.quarters)], delivered, whole=True
            )

    def _budget(self) -> None:
        facts = self.facts
        if facts.money is None:
            return
        spent: list[Terms] = [[] for _ in range(facts.quarters)]
        for (s, k, t), unit in self.units.items():
            spent[t].append((facts.price[s][k], unit))
        for (s, t), variable in self.open.items():
            spent[t].append((facts.fee[s], variable))
            if (s, t - 1) in self.open:
                spent[t].append((-facts.fee[s], self.open[s, t - 1]))
        self._carry_over(spent, facts.money, whole=False)

    def _carry_over(self, used: list[Terms], arriving: Sequence[Number], *, whole: bool) -> None:
        """What is used up to each quarter has arrived by then."""
        if self.written_out:
            for t in range(len(used)):
                self.to.at_most(_added(term for terms in used[: t + 1] for term in terms), sum(arriving[: t + 1]))
            return
        left = None
        for t, terms in enumerate(used):
            before = [] if left is None else [(-1, left)]
            most = sum(arriving[: t + 1])
            left = self.to.whole(int(most)) if whole else self.to.amount(most)
            self.to.equal([*terms, (1, left), *before], arriving[t])

    def _capacity(self, s: int, t: int) -> tuple[Terms, Number]:
        """Computing power in service at a site at the quarter's end."""
        facts = self.facts
        if self.written_out:
            return [(facts.tpp[k], unit) for k, when, unit in self.by_site[s] if when <= t], facts.fleet_tpp[s][t]
        if (s, t) not in self.site_tpp:
            series = [self.to.amount(facts.fleet_tpp[s][-1] + self.most_tpp) for _ in range(facts.quarters)]
            for when, total in enumerate(series):
                new: Terms = [(-facts.tpp[k], unit) for k, at, unit in self.by_site[s] if at == when]
                stood = facts.fleet_tpp[s][when] - (facts.fleet_tpp[s][when - 1] if when else 0)
                before = [(-1, series[when - 1])] if when else []
                self.to.equal([(1, total), *before, *new], stood)
                self.site_tpp[s, when] = total
        return [(1, self.site_tpp[s, t])], 0

    def _demand(self) -> None:
        serving: dict[tuple[int, int], list[Variable]] = defaultdict(list)
        for wanted in self.facts.wanted:
            flows = [(s, self.to.amount(wanted.amount)) for s in wanted.sites]
            self.to.at_least([(1, flow) for _, flow in flows], wanted.amount)
            for s, flow in flows:
                serving[s, wanted.quarter].append(flow)
        for (s, t), variables in serving.items():
            terms, constant = self._capacity(s, t)
            self.to.at_most([*((1, flow) for flow in variables), *((-c, v) for c, v in terms)], constant)

    def _installed(self, amount: Amount, times: Number) -> Terms:
        """times x what the amount sums."""
        if self.written_out:
            chosen = set(amount.accelerators)
            return [
                (times * self.facts.tpp[k], unit)
                for country in amount.countries
                for s in self.sites_of[country]
                for k, t, unit in self.by_site[s]
                if amount.first <= t <= amount.last and k in chosen
            ]
        all_of_them = len(amount.countries) == len(self.sites_of)
        countries: Iterable[str | None] = [None] if all_of_them else amount.countries
        terms: Terms = []
        for country in countries:
            series = self._total(country, amount.accelerators)
            terms.append((times, series[amount.last]))
            if amount.first:
                terms.append((-times, series[amount.first - 1]))
        return terms

    def _total(self, country: str | None, accelerators: tuple[int, ...]) -> list[Variable]:
        """Variables of what is installed in a country (None: everywhere) up to each quarter."""
        key = (country, accelerators)
        if key not in self.totals:
            quarters = self.facts.quarters
            series = [self.to.amount(self.most_tpp) for _ in range(quarters)]
            if country is None:
                parts = [self._total(each, accelerators) for each in sorted(self.sites_of)]
                for t in range(quarters):
                    self.to.equal([(1, series[t]), *((-1, part[t]) for part in parts)], 0)
            else:
                arriving: list[Terms] = [[] for _ in range(quarters)]
                chosen = set(accelerators)
                for s in self.sites_of[country]:
                    for k, t, unit in self.by_site[s]:
                        if k in chosen:
                            arriving[t].append((-self.facts.tpp[k], unit))
                for t in range(quarters):
                    before = [(-1, series[t - 1])] if t else []
                    self.to.equal([(1, series[t]), *before, *arriving[t]], 0)
            self.totals[key] = series
        return self.totals[key]

    def _rules(self) -> None:
        for rule in self.facts.rules:
            terms = self._installed(rule.measured, rule.times)
            if rule.base is not None:
                terms = _added([*terms, *self._installed(rule.base, -rule.share)])
            if terms:
                (self.to.at_most if rule.at_most else self.to.at_least)(terms, rule.bound)

    def _site_share(self) -> None:
        facts = self.facts
        if facts.site_share is None:
            return
        share, times = facts.site_share
        everything = tuple(sorted(self.sites_of))
        for t in range(facts.quarters):
            amount = Amount(everything, tuple(range(len(facts.tpp))), 0, t)
            total = self._installed(amount, -share)
            for s in self.by_site:
                terms, constant = self._capacity(s, t)
                row = _added([*((times * c, v) for c, v in terms), *total])
                self.to.at_most(row, share * facts.fleet_in_all[t] - times * constant)


def _added(terms: Iterable[tuple[Number, Variable]]) -> Terms:
    """The terms with those of one variable added up (libraries differ in whether a variable may come twice)."""
    found: dict[int, tuple[Number, Variable]] = {}
    for coefficient, variable in terms:
        before = found.get(id(variable))
        found[id(variable)] = (coefficient if before is None else before[0] + coefficient, variable)
    return [term for term in found.values() if term[0]]
