"""The law as it stood on a day: which limits held, which were only announced, and of which nothing is known.

What is published and not enforced still says what it says: it is judged as in force, and a note tells that it is not
enforced. So a gate does not turn green because nobody looks.
"""

from __future__ import annotations

from typing import Final

from ..errors import InputError, Location, Problem, show
from ..limits import Limit, Standing
from ..reading.codes import BAD_TEXT
from ..regimes import Regime
from ..regimes.days import MEND, is_day
from ..regimes.records import RuleRecord

UNKNOWN_DAY: Final = "the regime does not say how the law stood on"


def as_it_stood(limits: list[Limit], regime: Regime, day: str) -> list[Limit]:
    """`limits` as they stood on `day`: what was not yet in force is a warning, what is not known is undecided.

    Raises InputError when `day` is no day.
    """
    if not is_day(day):
        raise InputError([Problem(BAD_TEXT, Location("command line"), "--as-of", show(day), "not a day", MEND)])
    interval = regime.status.at(day)
    unknown = f"{UNKNOWN_DAY} {day}"
    if interval is None:
        return [_undecided(limit, unknown) for limit in limits]
    records = {record.rule.id: record for record in regime.records}
    begun = interval.state != "announced"
    return [_limit(limit, records[limit.rule.id], day, begun=begun) for limit in limits]


def _undecided(limit: Limit, why: str) -> Limit:
    if limit.standing is Standing.NOT_APPLICABLE:
        return limit
    return limit.replace(standing=Standing.UNDECIDED, why=why)


def _limit(limit: Limit, record: RuleRecord, day: str, *, begun: bool) -> Limit:
    """One limit as it stood on `day`, in a regime that had `begun` then or was only announced."""
    first, last = record.in_force.first, record.in_force.last
    if last is not None and day > last:
        return limit.replace(standing=Standing.NOT_APPLICABLE, why=f"the rule was in force until {last}")
    if begun and (first is None or day >= first):
        return limit
    return limit.replace(rule=limit.rule.replace(severity="warning"))
