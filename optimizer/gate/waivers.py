"""Waivers: who lets a plan break a limit, where, by how much, why and until when. Read from a file or from the plan.

Nothing in a waiver may be left out but `plan` and `approved`. A file with anything wrong waives nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..domain.plan import Plan
from ..errors import Location, Problem, show
from ..frozen import Frozen
from ..limits import Rule
from ..reading import read_document
from ..reading.codes import BAD_HORIZON, BAD_TEXT, MISSING, NAMED_TWICE, WRONG_SCHEMA, WRONG_TYPE
from ..reading.nodes import Fields, Node, Problems
from ..units import Quarter, quarters
from .codes import BAD_DATE, NOT_WAIVABLE, TOO_LONG, TOO_WIDE

if TYPE_CHECKING:
    from datetime import date

SCHEMA: Final = "waivers/1"
MOST_DAYS: Final = 366
"""How long a waiver may last."""
MOST_QUARTERS: Final = 100
"""As many as a plan may have."""
MOST_REASON: Final = 1000
"""Characters in a reason."""
NEVER: Final = "TIER301"
"""The rule that no regime can make waivable."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Waiver(Frozen):
    """One permission; `quarters` are those it covers, `expires` its last day, `plan` a path or glob, empty for any."""

    rule: str
    scope: str
    quarters: frozenset[Quarter]
    max_excess_tpp: int
    reason: str
    approved_by: str
    expires: str
    approved: str = ""
    plan: str = ""
    at: Location = Location("")

    @property
    def name(self) -> str:
        """``UVEU101(MY)``."""
        return f"{self.rule}({self.scope})"


def never_waived(rule: Rule) -> bool:
    """Whether nobody can waive the rule."""
    return rule.id == NEVER or not rule.waivable


def day(text: str) -> str:
    """`text` when it is a day such as ``2027-01-31``; a ValueError otherwise."""
    if _DATE.fullmatch(text) is None:
        raise ValueError(f"not a date: {text!r}")
    return _date(text).isoformat()


def _date(text: str) -> date:
    from datetime import date

    return date.fromisoformat(text)


def days_between(first: str, last: str) -> int:
    """The days from `first` to `last`; negative where `last` is the earlier."""
    return (_date(last) - _date(first)).days


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers of the file at `path`. Raises InputError with everything that is wrong in it."""
    problems = Problems()
    fields = Fields(read_document(path), "", problems)
    mend = f"Begin the file with fleetplan: {SCHEMA}."
    if fields.require("fleetplan", mend) and fields.text("fleetplan") != SCHEMA:
        fields.report(WRONG_SCHEMA, "fleetplan", "this is not a file of waivers that can be read here", mend)
    problems.raise_if_any()
    if "waivers" not in fields.values:
        fields.report(MISSING, "waivers", "the field is missing", "Add it; waivers: [] says that there are none.")
    found = _rows(fields.rows("waivers"))
    fields.done()
    problems.raise_if_any()
    return found


def inline_waivers(plan: Plan) -> tuple[Waiver, ...]:
    """The waivers that the plan itself carries. Raises InputError."""
    problems = Problems()
    rows = [Fields(node, f"waivers[{number}]", problems) for number, node in enumerate(plan.waivers)]
    found = _rows(rows)
    problems.raise_if_any()
    return found


def check_terms(waivers: Iterable[Waiver], today: str) -> tuple[Problem, ...]:
    """The problems of waivers with no date of approval that reach further than `MOST_DAYS` beyond `today`."""
    found = []
    for waiver in waivers:
        if not waiver.approved and days_between(today, waiver.expires) > MOST_DAYS:
            why = f"a waiver lasts at most {MOST_DAYS} days, and without a date of approval they count from {today}"
            mend = "Choose an earlier day, or write when it was approved (approved: 2026-01-31)."
            found.append(Problem(TOO_LONG, waiver.at, "expires", show(waiver.expires), why, mend))
    return tuple(found)


def _rows(rows: Sequence[Fields]) -> tuple[Waiver, ...]:
    found: dict[tuple[str, ...], Waiver] = {}
    for row in rows:
        waiver = _waiver(row)
        if waiver is None:
            continue
        key = (waiver.rule, waiver.scope, waiver.plan, *map(str, sorted(waiver.quarters)))
        if key in found:
            why = f"a waiver for the same rule, scope, plan and quarters stands on line {found[key].at.line}"
            row.report(NAMED_TWICE, "rule", why, "Keep one of the two.")
        found.setdefault(key, waiver)
    return tuple(found.values())


def _waiver(row: Fields) -> Waiver | None:
    """One waiver; None, with problems reported, when anything in it is wrong."""
    before = len(row.problems.found) + row.problems.more
    row.require("rule", "Name the rule, such as UVEU101.")
    row.require("scope", "Name the country, consignee or site as the limit's name has it, or firm.")
    row.require("max_excess_tpp", "Write the largest excess in TPP that is let through.")
    row.require("reason", "Say why.")
    row.require("approved_by", "Say who approved it.")
    row.require("expires", "Write the last day on which it holds, such as 2027-01-31.")
    rule, scope, plan = row.word("rule"), row.word("scope"), row.word("plan")
    if rule == NEVER:
        row.report(NOT_WAIVABLE, "rule", f"{NEVER} cannot be waived", "Remove the waiver, and mend the plan.")
    if scope is not None and any(sign in scope for sign in "*?["):
        mend = "Write one waiver for each country, consignee or site."
        row.report(TOO_WIDE, "scope", "a scope names one place, without a pattern", mend)
    quarters_named = _quarters(row)
    excess = row.whole("max_excess_tpp", least=1)
    reason, approver = _reason(row), row.word("approved_by")
    approved, expires = _day(row, "approved"), _day(row, "expires")
    if approved and expires:
        lasts = days_between(approved, expires)
        if not 0 <= lasts <= MOST_DAYS:
            why = (
                "it ends before it is approved" if lasts < 0 else f"it lasts {lasts} days, and {MOST_DAYS} are the most"
            )
            row.report(TOO_LONG, "expires", why, "Choose another day, or have it approved anew.")
    row.done()
    wrong = len(row.problems.found) + row.problems.more > before
    if wrong or rule is None or scope is None or excess is None or approver is None or expires is None:
        return None
    return Waiver(
        rule=rule,
        scope=scope,
        quarters=quarters_named,
        max_excess_tpp=excess,
        reason=reason,
        approved_by=approver,
        expires=expires,
        approved=approved or "",
        plan=plan or "",
        at=row.node.at,
    )


def _quarters(row: Fields) -> frozenset[Quarter]:
    """The quarters of the list, or from the first to the last."""
    if not row.require("quarters", "List them, as [2026Q3, 2026Q4], or write {first: 2026Q3, last: 2027Q1}."):
        return frozenset()
    node = row.values["quarters"]
    if isinstance(node.value, dict):
        span = Fields(node, row.name("quarters"), row.problems)
        for end in ("first", "last"):
            span.require(end, "Write both ends, such as {first: 2026Q3, last: 2027Q1}.")
        first, last = span.quarter("first"), span.quarter("last")
        span.done()
        if first is None or last is None:
            return frozenset()
        if last < first:
            span.report(BAD_HORIZON, "last", "the last quarter lies before the first", "Exchange or correct the two.")
        elif last - first >= MOST_QUARTERS:
            span.report(TOO_WIDE, "last", f"a waiver covers at most {MOST_QUARTERS} quarters", "Correct the years.")
        else:
            return frozenset(quarters(first, last))
        return frozenset()
    return _listed(row)


def _listed(row: Fields) -> frozenset[Quarter]:
    items = row.items("quarters")
    if not items and isinstance(row.values["quarters"].value, list):
        row.report(MISSING, "quarters", "no quarter is listed", "List those that it covers.", found="")
    if len(items) > MOST_QUARTERS:
        row.report(TOO_WIDE, "quarters", f"a waiver covers at most {MOST_QUARTERS} quarters", "List fewer.", found="")
        return frozenset()
    found: set[Quarter] = set()
    for item in items:
        one = Fields(Node({"quarter": item}, item.at), row.name("quarters"), row.problems)
        quarter = one.quarter("quarter")
        if item.value is None:
            row.problems.add(WRONG_TYPE, item.at, row.name("quarters"), "", "a quarter is needed here", "Write 2026Q3.")
        if quarter is not None:
            found.add(quarter)
    return frozenset(found)


def _reason(row: Fields) -> str:
    reason = row.text("reason").strip()
    if row.has("reason") and not reason and isinstance(row.values["reason"].value, str):
        row.report(BAD_TEXT, "reason", "a reason is needed here", "Say why.")
    if len(reason) > MOST_REASON:
        row.report(BAD_TEXT, "reason", f"a reason has at most {MOST_REASON} characters", "Shorten it.")
    return reason


def _day(row: Fields, key: str) -> str | None:
    return row.scalar(key, day, BAD_DATE, "not a day of the calendar", "Write it as 2027-01-31.")
