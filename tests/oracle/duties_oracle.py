"""The duties once more: each notice and report that a plan asks for, by date arithmetic on the plan's rows alone.

It shares no code with the checker or its data, as `oracle.py`, whose history of the chips it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from oracle import FIRST, Batch, History, chip, folded, group, history, home

from optimizer.domain.plan import Plan
from optimizer.units import Quarter

Owed = tuple[str, str, tuple[str, ...]]  # rule, day, what it is about


def first_day(quarter: Quarter) -> date:
    return date(int(quarter) // 4, 3 * (int(quarter) % 4) + 1, 1)


def duties(plan: Plan, regime: str) -> set[Owed]:
    """Everything owed for the quarters of the plan from 2025 on; stated as the checker names it, in small letters."""
    if regime == "none" or plan.horizon.last < FIRST:
        return set()
    past = history(plan)
    quarters = [quarter for quarter in plan.horizon if quarter >= FIRST]
    owed = [*shipments(plan, past, quarters), *certification(plan, past, quarters)]
    if plan.firm.status == "uveu":
        owed += [*notices(plan, past, quarters), *reports(quarters)]
    return {(rule, str(day), tuple(folded(part) for part in about)) for rule, day, about in owed}


def notices(plan: Plan, past: History, quarters: list[Quarter]) -> Iterator[tuple[str, date, tuple[str, ...]]]:
    """DUTY601: 180 days before a new site; DUTY602, DUTY603: 60 days before a move abroad and before a new country."""
    for site, country in {(batch.site, home(batch.country)) for batch in past.received}:
        here = [batch for batch in past.received if home(batch.country) == country]
        yield from new(plan, [batch for batch in here if batch.site == site], "DUTY601", 180, (country, site), quarters)
        yield from new(plan, here, "DUTY603", 60, (country,), quarters)
    for move in plan.moves:
        way = (home(move.origin.country), home(move.to.country))
        if way[0] != way[1] and move.quarter in quarters:
            yield "DUTY602", first_day(move.quarter) - timedelta(60), (*way, str(move.quarter))


def new(
    plan: Plan, here: list[Batch], rule: str, days: int, where: tuple[str | None, ...], quarters: list[Quarter]
) -> Iterator[tuple[str, date, tuple[str, ...]]]:
    """The notice of a place where nothing stood before the plan: by the first chips under uveu."""
    if any(batch.received is None or batch.received < plan.horizon.first for batch in here):
        return
    came = [batch.received for batch in here if batch.authorization == "uveu" and batch.received]
    if came and min(came) in quarters:
        named = tuple(part for part in where if part)
        yield rule, first_day(min(came)) - timedelta(days), (*named, str(min(came)))


def reports(quarters: list[Quarter]) -> Iterator[tuple[str, date, tuple[str, ...]]]:
    """DUTY604, DUTY605: inventory and accounting twice a year; DUTY608: security by 15 January 2026."""
    for quarter in quarters:
        start = first_day(quarter)
        if start.month in (1, 7):
            for rule, day in (("DUTY604", start + timedelta(14)), ("DUTY605", start + timedelta(31))):
                yield rule, day, (str(day),)
    if quarters[-1] >= Quarter.parse("2026Q1"):
        yield "DUTY608", date(2026, 1, 15), ("2026-01-15",)


def shipments(plan: Plan, past: History, quarters: list[Quarter]) -> Iterator[tuple[str, date, tuple[str, ...]]]:
    """DUTY606: low-volume shipments of 3,200,000 TPP or more, chips of every kind: stricter."""
    sent: dict[tuple[str, str, Quarter], int] = {}
    for batch in past.received:
        if batch.authorization == "lpp" and batch.received in quarters:
            who = group(plan, batch.consignee) or "a group not declared"
            key = (who, home(batch.country), Quarter(batch.received))
            sent[key] = sent.get(key, 0) + batch.gpus * chip(plan, batch.accelerator)[0]
    for (who, country, quarter), tpp in sent.items():
        if tpp >= 3_200_000:
            yield "DUTY606", first_day(quarter), (who, country, str(quarter))


def certification(plan: Plan, past: History, quarters: list[Quarter]) -> Iterator[tuple[str, date, tuple[str, ...]]]:
    """DUTY607: from 253,000,000 TPP under AIA on, once; at home no exception is needed."""
    for quarter in quarters:
        held = [batch for batch in past.ends[quarter] if batch.authorization == "aia" and home(batch.country) != "US"]
        if sum(batch.gpus * chip(plan, batch.accelerator)[0] for batch in held) >= 253_000_000:
            yield "DUTY607", first_day(quarter), (str(quarter),)
            return
