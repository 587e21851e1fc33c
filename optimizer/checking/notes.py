"""Notes: what a reader of the verdicts must know beside them. They never change a verdict or an exit code.

A note is a code and its values; `explain.sentences` holds the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..domain.countries import jurisdiction
from ..domain.plan import Placement, Plan
from ..domain.site_index import bundled_site_countries
from ..errors import Location
from ..frozen import Frozen
from ..limits import Chips, Limit
from ..regimes import Regime
from .books import Books, written_country


class Note(Frozen):
    """One note: which (see `explain.sentences.NOTES`), the values in it, and the row that it is about."""

    code: str
    values: Mapping[str, str]
    at: Location | None = None


def gather_notes(
    plan: Plan, regime: Regime, books: Books, counted: Sequence[Limit], as_of: str | None = None
) -> tuple[Note, ...]:
    """The notes of a check, the most general first; `counted` are the limits that count something in the plan."""
    return (
        *_of_regime(regime, books, as_of),
        *(Note("reader", {"text": text}) for text in plan.notes),
        *_of_claims(plan, regime, books),
        *_of_sites(books),
        *_of_licences(regime, books),
        *_of_allocations(plan, regime, books),
        *_of_national_use(plan, regime, counted),
        *_of_undated(books, counted),
        *_of_chips(regime, books),
        *_of_weights(plan, regime),
        *_of_took_across(books),
        *_of_assumptions(regime, books, counted),
    )


def _of_regime(regime: Regime, books: Books, as_of: str | None) -> Iterator[Note]:
    status, horizon = regime.status, books.horizon
    if as_of is not None:
        yield _of_day(regime, as_of)
    elif status.enforced != "yes":
        code = "not_enforced" if status.enforced == "no" else "enforcement_not_stated"
        yield Note(code, {"regime": regime.id, "looked": status.looked, "note": status.note})
    for path, value in regime.provenance.amendments:
        yield Note("amended", {"path": path, "value": value})
    for rule in regime.provenance.added:
        yield Note("added", {"rule": rule})
    for reading in regime.readings:
        if reading.chosen != reading.default:
            option = reading.option(reading.chosen)
            assert option is not None
            yield Note("reading", {"reading": reading.id, "option": option.name, "says": option.says})
    if horizon.last < regime.first:
        yield Note("nothing_judged", {"first": str(regime.first), "last": str(horizon.last)})
    elif horizon.first < regime.first:
        yield Note("judged_from", {"first": str(regime.first)})


def _of_day(regime: Regime, day: str) -> Note:
    interval = regime.status.at(day)
    if interval is None:
        return Note("as_of_unknown", {"day": day, "regime": regime.id})
    values = {"day": day, "regime": regime.id, "first": interval.first}
    return Note(f"as_of_{interval.state.replace(' ', '_')}", values)


def _of_claims(plan: Plan, regime: Regime, books: Books) -> Iterator[Note]:
    """What the plan says itself and the verdict rests on: its own accelerators, arrangements, a late horizon."""
    used = {holding.accelerator for holding in books.rows}
    for name in plan.own_accelerators:
        if name in used:
            row = plan.catalogue[name]
            yield Note("own_accelerator", {"accelerator": name, "tpp": f"{row.tpp:,}", "meets": row.meets_3a090a})
    for country, quarter in sorted(plan.agreements.items()):
        if jurisdiction(country) in books.jurisdictions:
            yield Note("agreement_stated", {"country": country, "quarter": str(quarter)})
    lpp = [h for h in books.rows if h.authorization == "lpp" and h.received is not None and h.received < regime.first]
    if lpp and regime.allowances():
        yield Note("lpp_before_regime", {"first": str(regime.first)}, books.rows[lpp[0]][0][0].at)
    first = books.horizon.first
    early = [h for h in books.rows if h.received is not None and regime.first <= h.received < first]
    if early:
        values = {"earliest": str(min(h.received for h in early if h.received is not None)), "first": str(first)}
        yield Note("before_horizon", values, books.rows[early[0]][0][0].at)


def _of_sites(books: Books) -> Iterator[Note]:
    """Rows at a bundled site that name another country than the table: the first row of each such site."""
    named = {holding.site for holding in books.rows if holding.site is not None}
    if not named:
        return
    table = bundled_site_countries()
    seen: set[tuple[str, str]] = set()
    for holding, rows in books.rows.items():
        place = table.get(holding.site or "")
        if place is None or jurisdiction(place) == holding.country or (holding.site or "", holding.country) in seen:
            continue
        seen.add((holding.site or "", holding.country))
        values = {"site": str(holding.site), "country": place, "written": written_country(rows[0][0])}
        yield Note("site_elsewhere", values, rows[0][0].at)


def _of_licences(regime: Regime, books: Books) -> Iterator[Note]:
    """Chips outside Tier 1 under individual licences, which no cap counts: by country."""
    found: dict[str, dict[str, int]] = {}
    first: dict[str, Location | None] = {}
    for holding, gpus in books.ledger.received.items():
        if holding.authorization != "licence" or regime.tier(holding.country) == 1:
            continue
        there = found.setdefault(holding.country, {})
        there[holding.accelerator] = there.get(holding.accelerator, 0) + gpus
        first.setdefault(holding.country, books.rows[holding][0][0].at)
    for country in sorted(found):
        gpus_text = ", ".join(f"{found[country][name]:,} {name}" for name in sorted(found[country]))
        yield Note("licence", {"country": country, "gpus": gpus_text}, first[country])


def _of_allocations(plan: Plan, regime: Regime, books: Books) -> Iterator[Note]:
    """Chips that are counted as licensed allocations although no row says so, by country; and an NVEU of no country."""
    found: dict[str, dict[str, int]] = {}
    first: dict[str, Location | None] = {}
    for holding, rows in books.rows.items():
        if holding.authorization != "allocation":
            continue
        for row, gpus in rows:
            written = row.authorization if isinstance(row, Placement) else row.to.authorization
            if written is None:
                there = found.setdefault(holding.country, {})
                there[holding.accelerator] = there.get(holding.accelerator, 0) + gpus
                first.setdefault(holding.country, row.at)
    for country in sorted(found):
        gpus_text = ", ".join(f"{found[country][name]:,} {name}" for name in sorted(found[country]))
        yield Note("allocation_taken", {"country": country, "gpus": gpus_text}, first[country])
    outside = any(regime.tier(jurisdiction(code)) != 1 for code in plan.firm.nveu_countries)
    if plan.firm.status == "nveu" and not outside and any(regime.tier(country) != 1 for country in books.jurisdictions):
        yield Note("nveu_nowhere", {})


def _of_national_use(plan: Plan, regime: Regime, counted: Sequence[Limit]) -> Iterator[Note]:
    """Countries whose national cap is used, and of which it is not said what others have used of it."""
    capped = {record.rule.id for record in regime.records if record.less_national_use}
    used = {jurisdiction(code) for code in plan.national_use}
    missing = {limit.country for limit in counted if limit.rule.id in capped and limit.country} - used
    if missing:
        yield Note("national_use_missing", {"countries": ",".join(sorted(missing))})


def _of_undated(books: Books, counted: Sequence[Limit]) -> Iterator[Note]:
    """Standing chips with no quarter that a cap counts, which looks only at chips received since a date."""
    found: dict[str, list[Placement]] = {}
    chosen = {limit.measured.selection for limit in counted if limit.measured.selection.received_from is not None}
    since = {str(selection.received_from) for selection in chosen}
    for holding, rows in books.rows.items():
        if holding.received is None and any(selection.matches(holding) for selection in chosen):
            found.setdefault(holding.country, []).extend(row for row, _ in rows if isinstance(row, Placement))
    for country in sorted(found):
        values = {"country": country, "rows": str(len(found[country])), "since": ", ".join(sorted(since))}
        yield Note("undated_counted", values, found[country][0].at)


def _of_chips(regime: Regime, books: Books) -> Iterator[Note]:
    """Accelerators in the plan whose figures are recollected, or of which it is not known whether they count."""
    catalogue, used = books.plan.catalogue, sorted({holding.accelerator for holding in books.rows})
    low = [name for name in used if catalogue[name].confidence == "low"]
    if low:
        yield Note("low_confidence", {"accelerators": ", ".join(low)})
    unknown = [name for name in used if catalogue[name].meets_3a090a == "unknown"]
    if unknown and any(record.measured.chips is Chips.MEETS_3A090A for record in regime.records):
        yield Note("unknown_3a090a", {"accelerators": ", ".join(unknown)})


def _of_weights(plan: Plan, regime: Regime) -> Iterator[Note]:
    """Closed model weights under a regime that has no rule on them."""
    holding = [row for row in plan.placements if row.holds_weights]
    if holding and not any(record.weights is not None for record in regime.records):
        yield Note("weights_unruled", {"regime": regime.id}, holding[0].at)


def _of_took_across(books: Books) -> Iterator[Note]:
    """Retirements and moves that took chips under several authorizations without naming one."""
    for row in books.took_across:
        yield Note("took_across", {"gpus": f"{row.gpus:,} {row.accelerator}", "quarter": str(row.quarter)}, row.at)


def _of_assumptions(regime: Regime, books: Books, counted: Sequence[Limit]) -> Iterator[Note]:
    """What is assumed in the rules and tiers that looked at something in this plan."""
    touched = {limit.rule.id for limit in counted}
    for record in regime.records:
        if record.assumed and record.rule.id in touched:
            yield Note("assumed", {"rule": record.rule.id, "text": record.assumed})
    seats = {jurisdiction(books.plan.firm.headquarters), jurisdiction(books.plan.firm.ultimate_parent)}
    for country in sorted(regime.tiers.assumed):
        if country in books.jurisdictions or country in seats:
            yield Note("assumed", {"rule": country, "text": regime.tiers.assumed[country]})
    if _home_licences(books, regime):
        yield Note("assumed_licence", {})


def _home_licences(books: Books, regime: Regime) -> bool:
    """Whether chips stand in Tier 1 under a licence, which no cap counts."""
    return any(
        holding.authorization == "licence" and regime.tier(holding.country) == 1 for holding in books.ledger.received
    )
