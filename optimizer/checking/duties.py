"""Duties: notices and reports that a plan triggers, with their dates. They are listed and never broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..domain.countries import countries, jurisdiction
from ..domain.plan import Move
from ..errors import Location, show
from ..frozen import Frozen
from ..ledger import Holding
from ..limits import Rule
from ..regimes import OWN_GROUP_INDEX, Regime
from ..regimes.days import days_before
from ..regimes.duties import DutyRecord, When
from ..units import Quarter
from .books import Books


class Duty(Frozen):
    """One notice or report: what the rule asks, by when, and what in the plan asks for it.

    `due` is a date such as 2026-01-15; `about` names the site, country, consignee or period it is about.
    """

    rule: Rule
    due: str
    about: tuple[str, ...]
    sentence: str
    country: str | None = None
    at: Location | None = None


def gather_duties(regime: Regime, books: Books) -> tuple[Duty, ...]:
    """Every duty that the plan triggers, by rule and then by date."""
    finders = {
        When.NEW_LOCATION: _new_locations,
        When.NEW_COUNTRY: _new_countries,
        When.BETWEEN_COUNTRIES: _between_countries,
        When.SHIPMENT: _shipments,
        When.AMOUNT: _amount,
        When.EVERY_YEAR: _every_year,
        When.ONCE: _once,
    }
    found: list[Duty] = []
    for record in regime.duties:
        if record.applies is None or record.applies.holds(books.plan.firm, jurisdiction, regime.tier):
            duties = finders[record.when](record, books)
            found += sorted(duties, key=lambda duty: (duty.due, duty.about))
    return tuple(found)


def first_day(quarter: Quarter) -> str:
    """The first day of `quarter`: chips that come into service in it may come as early as that."""
    return f"{quarter.year}-{3 * quarter.number - 2:02}-01"


def last_day(quarter: Quarter) -> str:
    """The last day of `quarter`."""
    return days_before(first_day(quarter + 1), 1)


def _counts(record: DutyRecord, holding: Holding) -> bool:
    asked = record.authorizations is None or holding.authorization in record.authorizations
    return asked and holding.country not in record.not_in


def _judged(record: DutyRecord, books: Books) -> list[Quarter]:
    """The quarters of the horizon in which the duty holds."""
    return [quarter for quarter in books.horizon if record.first is None or quarter >= record.first]


def _first_arrivals(record: DutyRecord, books: Books, *, by_site: bool) -> Iterator[tuple[str, str | None, Quarter]]:
    """Each country (or site) in which chips arrive within the horizon and none were before, with its first quarter."""
    judged = set(_judged(record, books))
    arrivals: dict[tuple[str, str | None], Quarter | None] = {}
    for holding in books.rows:
        place = (holding.country, holding.site if by_site else None)
        counted = holding.received if _counts(record, holding) else None
        if holding.received is None or holding.received < books.horizon.first:
            arrivals[place] = None  # something stood there already
        elif counted is not None and place not in arrivals:
            arrivals[place] = counted
        elif counted is not None:
            known = arrivals[place]
            arrivals[place] = None if known is None else min(known, counted)
    for (country, site), quarter in arrivals.items():
        if quarter is not None and quarter in judged:
            yield country, site, quarter


def _places(books: Books, *, by_site: bool) -> Mapping[tuple[str, str | None, Quarter | None], Location | None]:
    """Where the plan first says that chips come to a country (or site) in a quarter."""
    found: dict[tuple[str, str | None, Quarter | None], Location | None] = {}
    for holding, rows in books.rows.items():
        found.setdefault((holding.country, holding.site if by_site else None, holding.received), rows[0][0].at)
    return found


def _new_locations(record: DutyRecord, books: Books) -> Iterator[Duty]:
    places = _places(books, by_site=True)
    for country, site, quarter in _first_arrivals(record, books, by_site=True):
        where = f"{show(site)} in {_name(country)}" if site is not None else f"a site in {_name(country)}"
        due = days_before(first_day(quarter), record.days_before)
        text = f"by {due}, because the first chips come to {where} in {quarter}"
        about = (country, *([] if site is None else [site]), str(quarter))
        yield _duty(record, due, about, text, country, places[country, site, quarter])


def _new_countries(record: DutyRecord, books: Books) -> Iterator[Duty]:
    places = _places(books, by_site=False)
    for country, _, quarter in _first_arrivals(record, books, by_site=False):
        due = days_before(first_day(quarter), record.days_before)
        text = f"by {due}, because the first chips come to {_name(country)} in {quarter}"
        yield _duty(record, due, (country, str(quarter)), text, country, places[country, None, quarter])


def _between_countries(record: DutyRecord, books: Books) -> Iterator[Duty]:
    judged = set(_judged(record, books))
    seen: set[tuple[str, ...]] = set()
    for move in books.plan.moves:
        here, there = jurisdiction(move.origin.country), jurisdiction(move.to.country)
        about = (here, there, str(move.quarter))
        if here == there or move.quarter not in judged or about in seen:
            continue
        seen.add(about)
        due = days_before(first_day(move.quarter), record.days_before)
        text = f"by {due}, because chips move from {_name(here)} to {_name(there)} in {move.quarter}"
        yield _duty(record, due, about, text, there, move.at)


def _shipments(record: DutyRecord, books: Books) -> Iterator[Duty]:
    """What a group receives in a country and quarter is taken as one shipment: rows do not say how it is shipped."""
    judged = set(_judged(record, books))
    shipped: dict[tuple[str, str, Quarter], int] = {}
    places: dict[tuple[str, str, Quarter], Location | None] = {}
    for holding, rows in books.rows.items():
        if holding.received is None or holding.received not in judged or not _counts(record, holding):
            continue
        for row, gpus in rows:
            who = books.groups.group(None if isinstance(row, Move) else row.consignee)
            key = (OWN_GROUP_INDEX if who == "" else who or "a group not declared", holding.country, holding.received)
            shipped[key] = shipped.get(key, 0) + gpus * books.ledger.chips[holding.accelerator].tpp
            places.setdefault(key, row.at)
    for (who, country, quarter), tpp in shipped.items():
        if tpp >= record.at_least:
            due = first_day(quarter)
            group = "the firm's own group" if who == OWN_GROUP_INDEX else show(who)
            text = f"before {due}, because {group} receives {tpp:,} TPP in {_name(country)} in {quarter}"
            at = places[who, country, quarter]
            yield _duty(record, due, (who, country, str(quarter)), text, country, at)


def _amount(record: DutyRecord, books: Books) -> Iterator[Duty]:
    """The first quarter in which what is in service reaches the amount."""
    for quarter in _judged(record, books):
        stock = books.ledger.ends[quarter - books.ledger.first]
        chips = books.ledger.chips
        tpp = sum(gpus * chips[h.accelerator].tpp for h, gpus in stock.items() if _counts(record, h))
        if tpp >= record.at_least:
            due = first_day(quarter)
            text = f"before {due}, because {tpp:,} TPP are in service at the end of {quarter}"
            yield _duty(record, due, (str(quarter),), text, None, None)
            return


def _every_year(record: DutyRecord, books: Books) -> Iterator[Duty]:
    quarters = _judged(record, books)
    if not quarters:
        return
    first, last = first_day(quarters[0]), last_day(quarters[-1])
    for year in range(quarters[0].year, quarters[-1].year + 1):
        for date in record.dates:
            due = f"{year}-{date}"
            if first <= due <= last:
                yield _duty(record, due, (due,), f"by {due}", None, None)


def _once(record: DutyRecord, books: Books) -> Iterator[Duty]:
    """Due at one day; a plan that goes on after it still has to show that it was done."""
    quarters = _judged(record, books)
    assert record.day is not None
    if quarters and record.day <= last_day(quarters[-1]):
        yield _duty(record, record.day, (record.day,), f"by {record.day}", None, None)


def _duty(
    record: DutyRecord, due: str, about: tuple[str, ...], text: str, country: str | None, at: Location | None
) -> Duty:
    sentence = f"{record.rule.title}: {text} [{record.rule.citation}]."
    return Duty(record.rule, due, about, sentence, country, at)


def _name(country: str) -> str:
    return countries()[country].name_en
