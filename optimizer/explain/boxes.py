"""Headroom as a part of a report: how many more GPUs fit in each country alone, and what all may add together.

Countries are those of the plan, and every other one: those that all limits treat alike share one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from ..check import CheckResult
from ..domain.countries import countries
from ..ledger import Holding
from ..limits import Limit
from ..units import Quarter
from .additions import Additions, Fit, counted
from .joint_box import Box, find_box
from .sections import Section

MOST_ACCELERATORS: Final = 3
"""How many accelerators the table shows, the most used first; the document has all."""
MOST_CODES: Final = 6
"""How many countries of one line are named."""


class Group(NamedTuple):
    """Countries that all limits treat alike; one of the plan stands alone. The first is asked for all."""

    codes: tuple[str, ...]
    tier: int
    in_plan: bool
    rest: bool  # whether these are all the others of their tier but a few

    @property
    def label(self) -> str:
        """How a line names them."""
        if self.rest:
            return f"another Tier {self.tier} country"
        more = ", ..." if len(self.codes) > MOST_CODES else ""
        return f"{', '.join(self.codes[:MOST_CODES])}{more} (Tier {self.tier})"


class Cell(NamedTuple):
    """How many of an accelerator fit in a group: from the first quarter on, and in the last quarter."""

    group: Group
    accelerator: str
    authorization: str
    fits: tuple[Fit, Fit]


def headroom_section(result: CheckResult) -> Section:
    """What `check --headroom` reports of `result`."""
    additions = Additions(result, [code for code, row in countries().items() if row.follows is None])
    groups = _groups(additions)
    accelerators = _most_used(additions)
    first, last = additions.first, additions.last
    cells = []
    for group in groups:
        for accelerator in accelerators:
            kinds = [additions.kind(group.codes[0], accelerator, quarter) for quarter in (first, last)]
            fits = additions.alone(kinds[0]), additions.alone(kinds[1])
            cells.append(Cell(group, accelerator, kinds[0].authorization, fits))
    together = [group.codes[0] for group in groups if group.in_plan]
    if not any(group.tier == 2 for group in groups if group.in_plan):
        together += [group.codes[0] for group in groups if group.tier == 2 and group.rest]
    box = find_box(additions, together, accelerators[0])
    by_code = {group.codes[0]: group for group in groups}
    return Section(
        "headroom",
        "Headroom",
        (*_box_lines(box, by_code, first), *_table_lines(accelerators, first, last)),
        _document(cells, box, by_code, first, last),
        _table(cells, accelerators[:MOST_ACCELERATORS], first, last),
    )


def _groups(additions: Additions) -> list[Group]:
    """The plan's countries one by one, then the others, by tier."""
    used = additions.books.jurisdictions
    regime = additions.regime
    alike: dict[tuple[Any, ...], list[str]] = {}
    for code in sorted(additions.countries - used):
        alike.setdefault((regime.tier(code), *_treatment(additions, code)), []).append(code)
    most: dict[int, list[str]] = {}
    for (tier, *_), codes in alike.items():
        most[tier] = max(most.get(tier, []), codes, key=len)
    others = [Group(tuple(codes), key[0], False, codes is most[key[0]]) for key, codes in alike.items()]
    others.sort(key=lambda group: (group.tier, group.rest, group.codes))
    mine = sorted((regime.tier(code), code) for code in used)
    return [*(Group((code,), tier, True, False) for tier, code in mine), *others]


def _treatment(additions: Additions, country: str) -> tuple[Any, ...]:
    """All that the limits say about chips in `country`: equal for two countries that are treated alike."""
    kind = additions.kind(country, next(iter(additions.plan.catalogue)), additions.last)
    holding = Holding(country, None, kind.accelerator, kind.authorization, None, additions.last)

    def counts(limit: Limit) -> tuple[bool, bool]:
        in_part, in_base = (counted(account, holding, "yes") == (1, 0) for account in (limit.measured, limit.base))
        return in_part, in_base

    own = (
        (limit.rule.id, limit.period, limit.sense, limit.share, limit.fixed, limit.standing, counts(limit))
        for limit in additions.limits.get(country, ())
    )
    return (kind.authorization, tuple(counts(limit) for limit in additions.limits.get(None, ())), *own)


def _most_used(additions: Additions) -> list[str]:
    """The plan's accelerators, that of which most GPUs are in service at the end first."""
    ledger = additions.books.ledger
    standing = dict.fromkeys(sorted({holding.accelerator for holding in ledger.received}), 0)
    for holding, gpus in ledger.ends[-1].items():
        standing[holding.accelerator] += gpus
    return sorted(standing, key=lambda name: (-standing[name], name))


def _stop(limit: Limit | None) -> str:
    """The rule and the period of a limit."""
    if limit is None:
        return ""
    return limit.rule.id if limit.period is None else f"{limit.rule.id} in {limit.period}"


def _fit_cells(fit: Fit) -> tuple[str, str]:
    """How many fit, and what breaks first."""
    if fit.why == "undecided":
        return "undecided", f"{_stop(fit.limit)}, undecided already"
    broken = ", broken already" if fit.why == "broken" else ""
    return ("any number" if fit.gpus is None else f"{fit.gpus:,}"), _stop(fit.limit) + broken


def _table(cells: Sequence[Cell], shown: Sequence[str], first: Quarter, last: Quarter) -> tuple[tuple[str, ...], ...]:
    """How many fit alone. Accelerators of which equally many fit share a row."""
    header: tuple[str, ...] = ("country", "under", "accelerator", f"from {first} on", "breaks first")
    if last != first:
        header = (*header, f"in {last} alone", "breaks first there")
    rows: dict[tuple[Group, tuple[str, ...]], list[Cell]] = {}
    for cell in cells:
        fits = cell.fits if last != first else cell.fits[:1]
        rows.setdefault((cell.group, tuple(text for fit in fits for text in _fit_cells(fit))), []).append(cell)
    table = [header]
    for (group, texts), alike in rows.items():
        names = [cell.accelerator for cell in alike if cell.accelerator in shown]
        if names:
            every = sum(cell.group == group for cell in cells) == len(alike) > 1
            table.append((group.label, alike[0].authorization, "any" if every else ", ".join(names), *texts))
    return tuple(table)


def _table_lines(accelerators: Sequence[str], first: Quarter, last: Quarter) -> list[str]:
    when = f"if they come in {first}" if last == first else f"if they come in {first}, and if they come in {last}"
    lines = [
        f"Alone, with nothing else added, so many more GPUs fit {when}; every quarter from then on is looked at, under "
        "the authorization that holds there where a row names none:"
    ]
    hidden = len(accelerators) - MOST_ACCELERATORS
    if hidden > 0:
        lines.append(f"The table shows the {MOST_ACCELERATORS} accelerators most used; the JSON report has all.")
    return lines


def _box_lines(box: Box, groups: Mapping[str, Group], first: Quarter) -> list[str]:
    """What all countries may add together."""
    limited = [country for country, share in box.tpp.items() if share.amount is not None]
    free = [groups[country].label for country, share in box.tpp.items() if share.amount is None]
    lines = []
    if limited:
        lines.append(
            f"Together, in any combination, all of it or any part, at any time from {first} on and whatever else of it "
            f"comes, countries may add at most this TPP each (or so many GPUs, if all are {box.accelerator}):"
        )
    for country in limited:
        tpp, gpus = box.tpp[country], box.gpus[country]
        count = "any number of" if gpus.amount is None else f"{gpus.amount:,}"
        amount = f"{tpp.amount:,} TPP, or {count} {box.accelerator}"
        lines.append(f"- {groups[country].label}: {amount}; stopped by {_stop(tpp.limit)}")
    if free:
        lines.append(f"Any amount may be added beside it in {'; '.join(free)}.")
    return lines


def _document(cells: Sequence[Cell], box: Box, groups: Mapping[str, Group], first: Quarter, last: Quarter) -> Any:
    """All of it as JSON's types; null GPUs or TPP are any number. `countries` of one row are alike: each for itself."""
    return {
        "first_quarter": str(first),
        "last_quarter": str(last),
        "alone": [
            {
                "countries": list(cell.group.codes),
                "tier": cell.group.tier,
                "in_plan": cell.group.in_plan,
                "authorization": cell.authorization,
                "accelerator": cell.accelerator,
                "from_first_quarter": _fit_document(cell.fits[0]),
                "in_last_quarter": _fit_document(cell.fits[1]),
            }
            for cell in cells
        ],
        "together": {
            "accelerator": box.accelerator,
            "countries": [
                {
                    "countries": list(groups[code].codes),
                    "tier": groups[code].tier,
                    "in_plan": groups[code].in_plan,
                    "tpp": share.amount,
                    "tpp_limit": _name(share.limit),
                    "gpus": box.gpus[code].amount,
                    "gpus_limit": _name(box.gpus[code].limit),
                }
                for code, share in box.tpp.items()
            ],
        },
    }


def _fit_document(fit: Fit) -> dict[str, Any]:
    state = "any number" if fit.gpus is None else fit.why
    return {"gpus": fit.gpus, "limit": _name(fit.limit), "state": state}


def _name(limit: Limit | None) -> str | None:
    return None if limit is None else limit.name
