"""What a plan touches but no limit can judge: each becomes an undecided finding, never a pass.

Low-volume shipments with no quarter, to a consignee that is not declared, or within a country.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..domain.countries import jurisdiction
from ..errors import show
from ..frozen import Frozen
from ..limits import Account, Limit, Selection, Sense, Span, Standing
from ..regimes import OWN_GROUP_INDEX, Each, Regime, RuleRecord
from ..units import Quarter
from .books import Books, Row

UNDATED = "undated"
"""Stands for the year in the index of shipments with no quarter."""


class Unjudged(Frozen):
    """A limit that is undecided whatever is measured, and the rows that it is about."""

    limit: Limit
    rows: tuple[Row, ...]


def unjudged(books: Books, regime: Regime) -> Iterator[Unjudged]:
    """Everything in the plan that cannot be judged, in the order of the regime's records."""
    for record in regime.records:
        if record.each is Each.CONSIGNEE_YEAR and _counts_lpp(record):
            yield from _shipments(record, books)


def _counts_lpp(record: RuleRecord) -> bool:
    return record.measured.authorizations is None or "lpp" in record.measured.authorizations


def _too_early(record: RuleRecord, quarter: Quarter | None) -> bool:
    """Whether the quarter is known and lies before the record holds."""
    return quarter is not None and record.first is not None and quarter < record.first


def _shipments(record: RuleRecord, books: Books) -> Iterator[Unjudged]:
    """Low-volume rows that no allowance of a consignee and year can be judged for, by reason and consignee."""
    found: dict[tuple[tuple[str, ...], str], list[Row]] = {}
    index: tuple[str, ...]
    for row in books.plan.placements:
        if row.authorization != "lpp" or _too_early(record, row.quarter):
            continue
        group = books.groups.group(row.consignee)
        who = row.consignee or OWN_GROUP_INDEX if group is None else group or OWN_GROUP_INDEX
        when = UNDATED if row.quarter is None else str(row.quarter.year)
        if group is None:
            why = f"the consignee {show(row.consignee)} is not declared, so it is not known whose allowance is used"
            found.setdefault(((who, when, "not declared"), why), []).append(row)  # a group may have the same name
        elif row.quarter is None:
            why = "no quarter is given, so it is not known which year's allowance is used"
            found.setdefault(((who, when), why), []).append(row)
    for move in books.plan.moves:
        within = jurisdiction(move.origin.country) == jurisdiction(move.to.country)
        early = _too_early(record, move.quarter)
        if record.exports_only and within and move.to.authorization == "lpp" and not early:
            why = "the allowance is for exports, and these chips move within one country"
            index = (OWN_GROUP_INDEX, str(move.quarter.year), "within a country")
            found.setdefault((index, why), []).append(move)
    for (index, why), rows in found.items():
        account = Account(Selection(authorizations=frozenset(("lpp",))), Span.EVER, None)
        yield Unjudged(_limit(record, index, account, why), tuple(rows))


def _limit(record: RuleRecord, index: tuple[str, ...], account: Account, why: str) -> Limit:
    return Limit(
        rule=record.rule,
        index=index,
        measured=account,
        sense=Sense.AT_MOST,
        share=Fraction(0),
        base=None,
        fixed=0,
        standing=Standing.UNDECIDED,
        why=why,
    )
