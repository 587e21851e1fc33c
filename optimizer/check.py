"""The exact checker: a plan and a regime in, a verdict on every limit out. Integers throughout, no solver, no floats.

It judges each limit by adding up the accounts that it names. What cannot be known is `undecided` and never a pass: a
date with no value, a chip of which it is unknown whether it counts where that makes the difference, a rule that is
touched but cannot be judged. Each verdict keeps the rows behind it, so that reports can point at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from .checking.as_of import as_it_stood
from .checking.books import Books, Row, keep_books, written_country
from .checking.duties import gather_duties
from .checking.findings import CheckResult, Finding, Severity, Status, Suppression, Verdict, only_out_of_date
from .checking.notes import gather_notes
from .checking.unjudged import Unjudged, unjudged
from .domain.countries import jurisdiction
from .domain.plan import Plan
from .ledger import Amount
from .limits import Limit, Sense, Standing
from .regimes import Regime, Subject, load_regime

__all__ = ["CheckResult", "Finding", "Severity", "Status", "Suppression", "Verdict", "check"]

MOST_ROWS: Final = 50
"""How many rows a finding keeps, those with the largest shares."""


def check(plan: Plan, regime: Regime | None = None, as_of: str | None = None) -> CheckResult:
    """The verdict of `regime` (that of the plan, when left out) on every limit of `plan`.

    With `as_of`, a day such as 2025-03-01, as the law stood then: what a rule that was not yet in force says is a
    warning, and of a day of which nothing is known everything is undecided. Without it, the regime as published.

    Any undecided finding makes the status undecided, and so does a horizon that ends before the regime begins: then
    nothing was judged. Raises InputError where the regime cannot be read, rows do not fit what stands there, or `as_of`
    is no day.
    """
    regime = load_regime(plan.regime) if regime is None else regime
    books = keep_books(plan, regime)
    codes = _written_codes(books)
    limits = regime.limits(_subject(plan, regime, books))
    if as_of is not None:
        limits = as_it_stood(limits, regime, as_of)
    findings = [_judge(limit, books, codes) for limit in limits]
    findings += [_undecided(case, books) for case in unjudged(books, regime)]
    order = {record.rule.id: number for number, record in enumerate(regime.records)}
    findings.sort(key=lambda finding: order[finding.limit.rule.id])
    counted = [f.limit for f in findings if f.gpus and f.limit.standing is Standing.APPLIES]
    return CheckResult(
        plan=plan,
        regime=regime,
        horizon=books.horizon,
        findings=tuple(findings),
        notes=gather_notes(plan, regime, books, counted, as_of),
        duties=gather_duties(regime, books),
        as_of=as_of,
        unjudged=books.horizon.last < regime.first or only_out_of_date(findings),
    )


def _subject(plan: Plan, regime: Regime, books: Books) -> Subject:
    """Whom and what the limits are made for."""
    barred: set[str] = set()
    for record in regime.allowances():
        barred |= books.groups.headquartered_in(regime, record.barred_tiers)
    return Subject(
        firm=plan.firm,
        quarters=tuple(books.horizon),
        countries=books.jurisdictions,
        consignee_parents={h.consignee_parent for h in books.rows if h.consignee_parent is not None},
        shipment_years=_shipment_years(regime, books),
        weights_at={(h.country, h.site) for h in books.rows if h.weights},
        operators={operator.site: operator for operator in plan.site_operators},
        agreements={jurisdiction(code): quarter for code, quarter in plan.agreements.items()},
        national_use={jurisdiction(code): tpp for code, tpp in plan.national_use.items()},
        barred_parents=barred,
    )


def _shipment_years(regime: Regime, books: Books) -> set[int]:
    """The years of the regime in which someone received low-volume shipments, before the horizon too."""
    dated = (h.received for h in books.rows if h.consignee_parent is not None and h.received is not None)
    return {quarter.year for quarter in dated if quarter >= regime.first}


def _written_codes(books: Books) -> Mapping[str, str]:
    """For each jurisdiction the one code that every row there writes; itself where rows differ."""
    written: dict[str, set[str]] = {}
    for holding, rows in books.rows.items():
        written.setdefault(holding.country, set()).update(written_country(row) for row, _ in rows)
    return {country: codes.pop() if len(codes) == 1 else country for country, codes in written.items()}


def _judge(limit: Limit, books: Books, codes: Mapping[str, str]) -> Finding:
    """The finding of one limit."""
    nothing = Amount(0, {})
    measured = books.ledger.amount(limit.measured)
    base = books.ledger.amount(limit.base) if limit.base is not None else nothing
    hardest, deciding, verdict = _verdict(limit, measured, base)
    measured_tpp, base_tpp = hardest
    allowed = excess = None
    if limit.standing is Standing.APPLIES:
        allowed = limit.allowed(base_tpp)
        excess = 0 if verdict == "pass" else abs(measured_tpp - allowed)
    rows: list[Row] = []
    country = codes.get(limit.country, limit.country) if limit.country else None
    if verdict in ("fail", "undecided"):
        rows = _rows(limit, books)
        country = _country(limit, rows)
    return Finding(
        limit=limit,
        verdict=verdict,
        measured=measured_tpp,
        base=base_tpp,
        allowed=allowed,
        excess=excess,
        country=country,
        gpus=measured.gpus,
        base_gpus=base.gpus,
        deciding=deciding,
        at=rows[0].at if rows else None,
        placements=tuple(rows[:MOST_ROWS]),
        severity=_severity(limit),
    )


def _severity(limit: Limit) -> Severity:
    return "warning" if limit.rule.severity == "warning" else "error"


def _verdict(limit: Limit, measured: Amount, base: Amount) -> tuple[tuple[int, int], tuple[str, ...], Verdict]:
    """The amounts at the hardest choice, the accelerators that decide, and the verdict.

    Each accelerator of unknown standing counts or not, independently of the others; what each adds to the excess is
    linear, so the hardest and the easiest choice follow from the sign of its part alone.
    """
    if limit.standing is not Standing.APPLIES:
        verdict: Verdict = "undecided" if limit.standing is Standing.UNDECIDED else "not_applicable"
        return (measured.most, base.most), (), verdict
    certain = limit.excess(measured.tpp, base.tpp)
    if not measured.unknown and not base.unknown:
        return (measured.tpp, base.tpp), (), "pass" if certain <= 0 else "fail"
    sign = 1 if limit.sense is Sense.AT_MOST else -1
    p, q = limit.share.numerator, limit.share.denominator
    parts = {
        name: sign * (q * measured.unknown.get(name, 0) - p * base.unknown.get(name, 0))
        for name in measured.unknown.keys() | base.unknown.keys()
    }
    harder = [name for name, part in parts.items() if part > 0]
    hardest = (
        measured.tpp + sum(measured.unknown.get(name, 0) for name in harder),
        base.tpp + sum(base.unknown.get(name, 0) for name in harder),
    )
    if certain + sum(part for part in parts.values() if part > 0) <= 0:
        return hardest, (), "pass"
    if certain + sum(part for part in parts.values() if part < 0) > 0:
        return hardest, (), "fail"
    return hardest, tuple(sorted(name for name, part in parts.items() if part)), "undecided"


def _rows(limit: Limit, books: Books) -> list[Row]:
    """The rows behind a verdict: what is measured, or for a floor what stands elsewhere and presses on it."""
    most = MOST_ROWS if limit.country is None else None  # all of them say how the country is written
    if limit.sense is Sense.AT_LEAST and limit.base is not None:
        elsewhere = books.behind(limit.base, limit.measured, most)
        if elsewhere:
            return elsewhere
    return books.behind(limit.measured, None, most)


def _country(limit: Limit, rows: Iterable[Row]) -> str | None:
    """The limit's country as all its rows write it; the jurisdiction where they differ."""
    if limit.country is None:
        return None
    written = {written_country(row) for row in rows}
    return written.pop() if len(written) == 1 else limit.country


def _undecided(case: Unjudged, books: Books) -> Finding:
    """The finding of what no limit can judge."""
    gpus: dict[str, int] = {}
    for row in case.rows:
        gpus[row.accelerator] = gpus.get(row.accelerator, 0) + row.gpus
    chips = books.ledger.chips
    rows = sorted(case.rows, key=lambda row: -row.gpus * chips[row.accelerator].tpp)
    return Finding(
        limit=case.limit,
        verdict="undecided",
        measured=sum(count * chips[name].tpp for name, count in gpus.items()),
        base=0,
        allowed=None,
        excess=None,
        country=_country(case.limit, rows),
        gpus=gpus,
        base_gpus={},
        at=rows[0].at,
        placements=tuple(rows[:MOST_ROWS]),
        severity=_severity(case.limit),
    )
