"""Certificates: a verdict as data that a stranger can make again from the plan, with `examples/verify_certificate.py`.

A certificate spells out every limit in whole numbers (measured at most, or at least, p/q of base + fixed) and which
chips each of its amounts counts, beside the digests of the plan, of the regime's files and of the data. It is not
signed: its own digest shows that nothing in it was changed by accident, and not who wrote it. docs/certificate.md
describes the format.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from . import __version__
from .bundled import data_path
from .check import CheckResult, Finding
from .checking.groups import Groups
from .checking.inputs import input_files
from .domain.countries import jurisdiction
from .domain.plan import Plan
from .errors import Location
from .limits import Account, Span
from .reading.codes import CANNOT_OPEN
from .reading.nodes import refuse
from .reading.output import refuse_input_as_output, write_atomically
from .regimes import Each, Regime
from .units import Quarter

SCHEMA: Final = "certificate/1"
DATA_FILES: Final = ("accelerators.csv", "countries.csv")
"""The tables whose rows a certificate quotes."""
SPANS: Final[Mapping[Span, str]] = {Span.IN_SERVICE: "end of", Span.PRESENT: "during"}
"""How an account that is taken in a quarter says when."""
QUARTERS: Final = ("Q1", "Q2", "Q3", "Q4")


def write_certificate(result: CheckResult, path: Path) -> None:
    """`path` holds the certificate of `result`, whole, or is as it was before.

    Raises InputError where it cannot be written, would replace a file that the verdict was made from, or the plan is no
    file that can be read again.
    """
    refuse_input_as_output(path, input_files(result.plan, result.regime))
    write_atomically(path, certificate_text(certificate(result)))


def certificate_text(document: Mapping[str, Any]) -> str:
    """The certificate as JSON, a line for each limit, rule, country and chip."""
    parts = []
    for name, part in document.items():
        if isinstance(part, dict) and part:
            rows = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in part.items()]
            parts.append(f" {json.dumps(name)}: {{\n" + ",\n".join(rows) + "\n }")
        elif isinstance(part, list) and part:
            rows = [f"  {json.dumps(value)}" for value in part]
            parts.append(f" {json.dumps(name)}: [\n" + ",\n".join(rows) + "\n ]")
        else:
            parts.append(f" {json.dumps(name)}: {json.dumps(part)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def certificate(result: CheckResult) -> dict[str, Any]:
    """The certificate of `result` as JSON's types. Raises InputError where the plan is no file."""
    plan, regime = result.plan, result.regime
    document: dict[str, Any] = {
        "fleetplan": SCHEMA,
        "version": __version__,
        "status": result.status,
        "nothing_judged": result.unjudged,
        "plan": _plan_files(result),
        "sources": _sources(result),
        "firm": _firm(plan),
        "regime": _regime(result),
        "horizon": {"first": str(result.horizon.first), "last": str(result.horizon.last)},
        "old_before": str(regime.cap_start),
        "agreements": {code: str(quarter) for code, quarter in plan.agreements.items()},
        "national_use": dict(plan.national_use),
        "names": _names(plan),
        "accelerators": {
            name: {"tpp": plan.catalogue[name].tpp, "meets_3a090a": plan.catalogue[name].meets_3a090a}
            for name in sorted(_accelerators(plan))
        },
        "countries": {code: _country(code, plan, regime) for code in sorted(_countries(plan))},
        "consignees": _consignees(plan),
        "rules": _rules(result),
        "limits": [_limit(finding, result) for finding in result.findings],
    }
    return {**document, "sha256": seal(document)}


def seal(document: Mapping[str, Any]) -> str:
    """The digest of a certificate: of its parts but `sha256` itself, as JSON with sorted names."""
    rest = {name: part for name, part in document.items() if name != "sha256"}
    return _sha256(json.dumps(rest, sort_keys=True).encode())


def _sha256(content: bytes) -> str:
    import hashlib  # late: most checks print no digest

    return hashlib.sha256(content).hexdigest()


def _plan_files(result: CheckResult) -> dict[str, str | None]:
    """The digests of the plan and of the table of its placements, where it names one."""
    plan = result.plan
    tables = sorted({row.at.file for row in plan.placements if row.at is not None} - {plan.file})
    return {
        "file": Path(plan.file).name,
        "sha256": _digest_of(Path(plan.file)),
        "placements_file": _digest_of(Path(tables[0])) if tables else None,
    }


def _digest_of(path: Path) -> str:
    """The digest of what the file holds. Raises InputError when it is no file."""
    try:
        if path.is_file():
            return _sha256(path.read_bytes())
    except OSError:
        pass
    why = "a certificate names its plan by the digest of a file, and this is none that can be read again"
    raise refuse(CANNOT_OPEN, Location(str(path)), why, "Write the plan into a file and check that.")


def _sources(result: CheckResult) -> dict[str, str]:
    """The digests of everything else that went in: regimes, tables of data, settings beside a table."""
    provenance = result.regime.provenance
    found = {f"regime {source.id}": source.sha256 for source in provenance.sources}
    found |= {f"data {name}": _sha256(data_path(name).read_bytes()) for name in DATA_FILES}
    known = {result.plan.file, *(source.file for source in provenance.sources)}
    known |= {row.at.file for row in result.plan.placements if row.at is not None}
    for path in input_files(result.plan, result.regime):
        if str(path) not in known:
            found[f"settings {path.name}"] = _digest_of(path)
    return found


def _firm(plan: Plan) -> dict[str, Any]:
    firm = plan.firm
    return {
        "name": firm.name,
        "headquarters": firm.headquarters,
        "ultimate_parent": firm.ultimate_parent,
        "status": firm.status,
        "nveu_countries": sorted(firm.nveu_countries),
    }


def _regime(result: CheckResult) -> dict[str, Any]:
    """Which law was applied, and what makes it differ from the regime of that name."""
    regime = result.regime
    return {
        "id": regime.id,
        "name": regime.name,
        "title": regime.title,
        "as_of": result.as_of,
        "fail_on": result.fail_on,
        "amendments": dict(regime.provenance.amendments),
        "added": list(regime.provenance.added),
        "readings": {reading.id: reading.chosen for reading in regime.readings},
    }


def _accelerators(plan: Plan) -> set[str]:
    placed = {row.accelerator for row in plan.placements}
    return placed | {row.accelerator for row in plan.moves} | {row.accelerator for row in plan.retirements}


def _names(plan: Plan) -> dict[str, str]:
    """Every name that an accelerator of the plan may be written with, and the one it stands under here."""
    used = _accelerators(plan)
    aliases = {alias: name for alias, name in plan.catalogue.aliases.items() if name in used}
    return {**aliases, **{name: name for name in sorted(used)}}


def _countries(plan: Plan) -> set[str]:
    """Every code that a row of the plan writes, and the country that it counts as."""
    written = {row.country for row in plan.placements} | {row.country for row in plan.retirements}
    written |= {place.country for move in plan.moves for place in (move.origin, move.to)}
    return written | {jurisdiction(code) for code in written}


def _country(code: str, plan: Plan, regime: Regime) -> dict[str, Any]:
    parent = jurisdiction(code)
    default = regime.default_authorization(plan.firm, parent)
    return {"counts_as": parent, "tier": regime.tier(parent), "default": default}


def _consignees(plan: Plan) -> dict[str, str | None]:
    """The group of each consignee that the plan's placements name; null where it is not declared, "" for the firm's."""
    groups = Groups(plan)
    names = {row.consignee for row in plan.placements if row.consignee is not None}
    return {"": groups.group(None), **{name: groups.group(name) for name in sorted(names)}}


def _rules(result: CheckResult) -> dict[str, dict[str, Any]]:
    """What each rule is, and for which tiers and quarters it has to have a limit wherever chips ever stood.

    In `tiers` and `quarters` null stands for a limit on no country or quarter. An empty list asks for none: there the
    limits do not follow from the tiers (countries named by the rule, consignees, sites).
    """
    regime, by_rule = result.regime, _by_rule(result)
    arrived = {jurisdiction(row.country) for row in result.plan.placements}
    arrived |= {jurisdiction(move.to.country) for move in result.plan.moves}
    found: dict[str, dict[str, Any]] = {}
    for record in regime.records:
        of_rule = by_rule.get(record.rule.id, [])
        tiers: list[int | None] = [None]
        quarters: list[str | None] = [None]
        if not any(finding.limit.index == ("firm",) for finding in of_rule):  # else it has that one limit
            if record.each.by_country:
                measured = record.measured
                limited = {finding.limit.country for finding in of_rule}
                if measured.countries is not None or measured.listed or record.weights is not None:
                    tiers = []
                else:
                    tiers = [1, 2, 3] if arrived <= limited else [*sorted(measured.tiers or (1, 2, 3))]
            elif record.each is not Each.QUARTER:
                tiers = []
            if record.each.by_quarter:
                judged = record.in_quarters
                quarters = [name for number, name in enumerate(QUARTERS, 1) if judged is None or number in judged]
        rule = record.rule
        found[rule.id] = {"title": rule.title, "citation": rule.citation, "tiers": tiers, "quarters": quarters}
    return found


def _by_rule(result: CheckResult) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in result.findings:
        found.setdefault(finding.limit.rule.id, []).append(finding)
    return found


def _limit(finding: Finding, result: CheckResult) -> dict[str, Any]:
    """One limit with its figures; those of a limit that is not judged are null."""
    limit, period = finding.limit, finding.limit.period
    judged = finding.verdict in ("pass", "fail", "waived") or bool(finding.deciding)
    verdict = "fail" if finding.verdict == "waived" else finding.verdict
    return {
        "limit": limit.name,
        "rule": limit.rule.id,
        "citation": limit.rule.citation,
        "country": limit.country,
        "quarter": str(period) if isinstance(period, Quarter) else None,
        "year": None if period is None or isinstance(period, Quarter) else int(period),
        "standing": "applies" if judged else verdict,
        "why": limit.why,
        "sense": limit.sense.value,
        "p": limit.share.numerator,
        "q": limit.share.denominator,
        "fixed": limit.fixed,
        "measures": _account(limit.measured),
        "of": None if limit.base is None else _account(limit.base),
        "measured": finding.measured if judged else None,
        "base": finding.base if judged else None,
        "allowed": finding.allowed if judged else None,
        "excess": finding.excess if judged else None,
        "verdict": verdict,
        "excuse": _excuse(finding, result),
    }


def _account(account: Account) -> dict[str, Any]:
    """When an amount is taken and which chips it counts: those of `only`, whose parts all have to fit."""
    selection, span, period = account.selection, account.span, account.period
    only: dict[str, list[Any]] = {}
    for name, chosen in (
        ("country", selection.countries),
        ("site", selection.sites),
        ("authorization", selection.authorizations),
        ("consignee_parent", selection.consignee_parents),
    ):
        if chosen is not None:
            only[name] = sorted(chosen)
    if selection.weights is not None:
        only["weights"] = [selection.weights]
    if span is Span.RECEIVED and period is not None:
        only["received"] = [f"{period}{number}" for number in QUARTERS]
    return {
        "when": f"{SPANS[span]} {period}" if span in SPANS else "ever",
        "only": only,
        "received_from": None if selection.received_from is None else str(selection.received_from),
        "chips": selection.chips.value,
    }


def _excuse(finding: Finding, result: CheckResult) -> str:
    """Why a broken limit does not make the plan one with violations; empty where it does, or where none is broken."""
    suppression = finding.suppression
    if finding.verdict == "waived" and suppression is not None:
        parts = [f"{suppression.kind}: {suppression.reason}", suppression.approved_by, suppression.expires]
        return ", ".join(part for part in parts if part)
    if finding.verdict == "fail" and finding.severity == "warning" and result.fail_on == "error":
        return "a warning: the rule was not yet in force on the day that was asked for, or is itself a warning"
    return ""
