"""Records of duties: the notices and reports that a regime asks for, and what in a plan asks for each."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from ..domain.plan import AUTHORIZATIONS
from ..errors import show
from ..frozen import Frozen
from ..limits import Rule
from ..reading.codes import BAD_CHOICE, BAD_TEXT, MISSING
from ..reading.nodes import Fields, did_you_mean
from ..units import Quarter
from .codes import BAD_RECORD, BAD_RULE_ID
from .days import is_day, parse_day
from .parse import parse_firm_test
from .records import FirmTest
from .tiers import GRADES, jurisdictions


class When(Enum):
    """What in a plan asks for a notice or report."""

    NEW_LOCATION = "new location"  # the first chips at a site
    NEW_COUNTRY = "new country"  # the first chips in a country
    BETWEEN_COUNTRIES = "move between countries"
    SHIPMENT = "shipment"  # chips to one consignee's group in a country and quarter
    AMOUNT = "amount"  # chips in service in all
    EVERY_YEAR = "every year"
    ONCE = "once"


class DutyRecord(Frozen):
    """One duty. `authorizations`, `applies` (None asks nothing) and the countries `not_in` narrow what asks for it.

    `days_before` the first day of the quarter is when it is due; `dates` are days of every year (month-day), `day` one
    day; `at_least` is the TPP from which a shipment or an amount asks for it.
    """

    rule: Rule
    when: When
    applies: FirmTest | None
    authorizations: frozenset[str] | None
    not_in: frozenset[str]
    days_before: int
    dates: tuple[str, ...]
    day: str | None
    at_least: int
    first: Quarter | None
    assumed: str


_NEEDS = {
    When.NEW_LOCATION: "days_before",
    When.NEW_COUNTRY: "days_before",
    When.BETWEEN_COUNTRIES: "days_before",
    When.SHIPMENT: "at_least",
    When.AMOUNT: "at_least",
    When.EVERY_YEAR: "dates",
    When.ONCE: "day",
}
"""The field that says when, or from what amount on."""

_COUNTING = (When.NEW_LOCATION, When.NEW_COUNTRY, When.SHIPMENT, When.AMOUNT)
"""Kinds that look at chips, which authorizations and countries can narrow."""


def parse_duties(fields: Fields, first: Quarter, taken: Collection[str]) -> tuple[DutyRecord, ...]:
    """The `duties` of a regime file; ids that repeat, or stand in `taken`, are problems."""
    seen = set(taken)
    records = []
    for row in fields.rows("duties"):
        record = _record(row, first)
        if record.rule.id in seen:
            row.report(BAD_RULE_ID, "id", "another rule has this id", "Choose another.")
        seen.add(record.rule.id)
        records.append(record)
    return tuple(records)


def _record(row: Fields, first: Quarter) -> DutyRecord:
    for key in ("id", "title", "citation", "grade", "when"):
        row.require(key)
    when = When(row.choice("when", [when.value for when in When], When.ONCE.value))
    rule = Rule(
        id=row.word("id") or "",
        title=row.word("title") or "",
        citation=row.word("citation") or "",
        grade=row.choice("grade", GRADES, "A"),
        severity="note",
        waivable=False,
    )
    start = row.quarter("from")
    record = DutyRecord(
        rule=rule,
        when=when,
        applies=parse_firm_test(row, "applies"),
        authorizations=_authorizations(row),
        not_in=jurisdictions(row, "not_in"),
        days_before=row.whole("days_before", 0) or 0,
        dates=_dates(row),
        day=parse_day(row, "day"),
        at_least=row.whole("at_least", 0) or 0,
        first=first if start is None else max(first, start),
        assumed=row.text("assumed"),
    )
    row.done()
    for key in sorted(set(_NEEDS.values())):
        if key == _NEEDS[when] and not row.has(key):
            row.report(MISSING, key, f"a duty of this kind ({when.value}) needs it", "Add it.", found="")
        if key != _NEEDS[when] and row.has(key):
            row.report(BAD_RECORD, key, f"this does not fit a duty of this kind ({when.value})", "Remove it.")
    for key in ("authorizations", "not_in"):
        if when not in _COUNTING and row.has(key):
            row.report(BAD_RECORD, key, f"a duty of this kind ({when.value}) does not look at it", "Remove it.")
    return record


def _authorizations(row: Fields) -> frozenset[str] | None:
    if not row.has("authorizations"):
        return None
    words = row.texts("authorizations")
    for word, at in words:
        if word not in AUTHORIZATIONS:
            why = f"one of {', '.join(AUTHORIZATIONS)} is needed here"
            row.problems.add(
                BAD_CHOICE, at, row.name("authorizations"), show(word), why, did_you_mean(word, AUTHORIZATIONS)
            )
    return frozenset(word for word, _ in words)


def _dates(row: Fields) -> tuple[str, ...]:
    words = row.texts("dates")
    for word, at in words:
        if not is_day(f"2026-{word}"):  # not a leap year: a duty on 29 February would be due in some years only
            row.problems.add(BAD_TEXT, at, row.name("dates"), show(word), "not a day of a year", "Write it as 01-15.")
    return tuple(sorted(word for word, _ in words if is_day(f"2026-{word}")))
