"""The head that a plan and a scenario share: firm, regime, horizon, agreements, national use, own accelerators."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, get_args

from ..domain.catalogue import Accelerator, Catalogue, Meets, bundled_catalogue
from ..domain.countries import jurisdiction
from ..domain.plan import Firm, Horizon, RegimeRef, Status
from ..errors import Location, show
from ..frozen import Frozen
from ..units import Quarter
from . import names
from .codes import (
    BAD_HORIZON,
    CATALOGUE_CONFLICT,
    MISSING,
    NAMED_TWICE,
    OUTSIDE_HORIZON,
    SUM_TOO_LARGE,
    TWO_WAYS,
    WRONG_SCHEMA,
)
from .nodes import Fields, Problems, did_you_mean
from .text import stranger

MAX_QUARTERS: Final = 100
"""Longest horizon, 25 years: a mistyped year ends in an error and not in a million limits."""
MAX_TPP: Final = 2**63 - 1
"""Largest amount in a file: what the solvers' integers hold."""

STATUSES: Final = get_args(Status)
HEAD_FIELDS: Final = ("firm", "regime", "horizon", "agreements", "national_use", "accelerators")

_SURELY_MEETS_TPP: Final = 4800  # 3A090.a.1
_SURELY_NOT_TPP: Final = 1600  # below 3A090.a.2, whatever the density


class HeadParts(Frozen):
    """The head without its horizon, which may follow from the rest of the file."""

    firm: Firm
    regime: RegimeRef
    agreements: dict[str, Quarter]
    national_use: dict[str, int]
    catalogue: Catalogue
    own_accelerators: tuple[str, ...]


def check_schema(fields: Fields, wanted: str) -> None:
    """Problem unless the field `fleetplan` says that the file is a `wanted` such as ``plan/1``."""
    if not fields.require("fleetplan", f"Begin the file with 'fleetplan: {wanted}'."):
        return
    written = fields.text("fleetplan")
    kind, _, version = written.partition("/")
    wanted_kind = wanted.partition("/")[0]
    if written == wanted:
        return
    if kind == wanted_kind:
        mend = f"This version reads {wanted}; update fleetplan, or correct the number."
        fields.report(WRONG_SCHEMA, "fleetplan", f"version {show(version, 20)} of the format is not known here", mend)
    elif kind == "scenario" and wanted_kind == "plan":
        mend = f"Make a plan from it first (fleetplan solve), or name a file of format {wanted}."
        fields.report(WRONG_SCHEMA, "fleetplan", "this is a scenario, and a plan is needed here", mend)
    elif kind == "plan":
        why = f"this is a plan, and a {wanted_kind} is needed here"
        fields.report(WRONG_SCHEMA, "fleetplan", why, f"Name a {wanted_kind}.")
    else:
        mend = did_you_mean(written, ("plan/1", "scenario/1"))
        fields.report(WRONG_SCHEMA, "fleetplan", f"'{wanted}' is needed here", mend)


def read_head(fields: Fields, folder: Path, notes: list[str]) -> HeadParts:
    """Everything of the head but the horizon; problems are reported, and what is wrong reads as a harmless value."""
    catalogue, own = _accelerators(fields, notes)
    return HeadParts(
        firm=_firm(fields, notes),
        regime=_regime(fields, folder),
        agreements=_agreements(fields),
        national_use=_national_use(fields),
        catalogue=catalogue,
        own_accelerators=own,
    )


def _firm(fields: Fields, notes: list[str]) -> Firm:
    if not fields.require("firm", "Add firm: {name: ..., headquarters: US, status: uveu}."):
        return Firm("", "", "", "none")
    firm = fields.fields("firm")
    assert firm is not None
    name = firm.word("name") or ""
    headquarters = names.country(firm, "headquarters")
    parent = names.country(firm, "ultimate_parent", needed=False)
    short = names.country(firm, "parent", needed=False)
    if parent and short and parent != short:
        firm.report(TWO_WAYS, "parent", "'parent' and 'ultimate_parent' name different countries", "Keep one of them.")
    firm.require("status", f"Write one of {', '.join(STATUSES)}: which validated-end-user status the firm holds.")
    status = firm.choice("status", STATUSES, "none")
    nveu = names.jurisdictions(firm, "nveu_countries")
    if nveu and status != "nveu":
        notes.append(f"firm.nveu_countries is not used, because the firm's status is {status}")
    firm.done()
    checked: Status = "uveu" if status == "uveu" else "nveu" if status == "nveu" else "none"
    return Firm(name, headquarters, parent or short or headquarters, checked, nveu)


def _regime(fields: Fields, folder: Path) -> RegimeRef:
    node = fields.sub("regime")
    if node is None:
        return RegimeRef(folder=folder)
    if isinstance(node.value, str):
        return RegimeRef(base=fields.word("regime") or "", folder=folder, at=node.at)
    body = Fields(node, "regime", fields.problems)
    if not isinstance(node.value, dict):
        return RegimeRef(folder=folder)
    body.require("extends", "Name the regime that is amended, such as factsheet-2025.")
    base = body.word("extends") or ""
    amend = body.mapping("amend")
    add = tuple(row.plain() for row in body.items("add"))
    chosen = body.fields("readings")
    readings = {} if chosen is None else {name: chosen.text(name) for name in chosen.values}
    body.done()
    return RegimeRef(
        base=base,
        amend={path: value.plain() for path, value in amend.items()},
        add=add,
        readings=readings,
        folder=folder,
        at=node.at,
        readings_at=None if chosen is None else chosen.node.at,
        amend_at={path: value.at for path, value in amend.items()},
    )


def _agreements(fields: Fields) -> dict[str, Quarter]:
    agreements: dict[str, Quarter] = {}
    for row in fields.rows("agreements"):
        code = names.country(row)
        row.require("from", "Write the quarter from which the higher cap holds, such as 2026Q3.")
        quarter = row.quarter("from")
        row.done()
        if not code or quarter is None:
            continue
        place = jurisdiction(code)
        if place in agreements:
            row.report(NAMED_TWICE, "country", f"an agreement for {place} is listed already", "Keep one row for it.")
        agreements.setdefault(place, quarter)
    return agreements


def _national_use(fields: Fields) -> dict[str, int]:
    used: dict[str, int] = {}
    node = fields.sub("national_use")
    if node is None:
        return used
    body = Fields(node, "national_use", fields.problems)
    for code in body.values:
        tpp = body.whole(code)
        fault = names.country_fault(code)
        if fault is not None:
            at = node.keys.get(code, node.at)
            fields.problems.add(fault.code, at, body.name(code), show(code), fault.why, fault.mend)
            continue
        if not body.has(code):
            body.report(MISSING, code, "the amount is missing", "Write TPP as a whole number, 0 for none.", found="")
        place = jurisdiction(code)
        if place in used:
            body.report(NAMED_TWICE, code, f"{place} is listed already", "Add the amounts up in one entry.")
        used.setdefault(place, tpp or 0)
    return used


def _accelerators(fields: Fields, notes: list[str]) -> tuple[Catalogue, tuple[str, ...]]:
    catalogue = bundled_catalogue()
    own: dict[str, Accelerator] = {}
    forms: dict[str, str] = {}  # ids by what they look like
    for row in fields.rows("accelerators"):
        made = _accelerator(row, catalogue)
        if made is None:
            continue
        form = names.bare(made.id)
        if form in forms:
            why = "the accelerator is listed already" if made.id in own else f"it looks like {show(forms[form])} above"
            row.report(NAMED_TWICE, "accelerator", why, "Keep one row for it.")
        elif made.id in catalogue:
            notes.append(f"accelerators: the file's own figures replace the catalogue's for {made.id}")
        forms.setdefault(form, made.id)
        own.setdefault(made.id, made)
    return (catalogue.with_own(own.values()), tuple(own)) if own else (catalogue, ())


def _accelerator(row: Fields, catalogue: Catalogue) -> Accelerator | None:
    """An own accelerator: a new one, or a catalogue's with the figures that the row gives."""
    row.require("accelerator", "Name it.")
    written = row.word("accelerator") or ""
    known = catalogue.get(catalogue.resolve(written) or "")
    like = None if known is not None or not written else names.look_alike(written, catalogue)
    if like is not None:
        mend = f"Write {like}, or give the accelerator a name of its own."
        foreign = stranger(written)
        why = f"the name looks like the catalogue's {like}" + (f", and holds {foreign}" if foreign else "")
        row.report(CATALOGUE_CONFLICT, "accelerator", why, mend)
    if known is None:
        row.require("tpp", "Write the TPP of one GPU: 2 x MacTOPS x bit length.")
    tpp = row.whole("tpp", known.tpp if known else None, least=1)
    units = row.whole("gpus_per_unit", least=1)
    kw = row.decimal("kw_per_gpu")
    if kw == 0:
        row.report(CATALOGUE_CONFLICT, "kw_per_gpu", "a GPU draws power", "Write its all-in IT power in kW.")
    capex = row.decimal("capex_usd")
    given = row.choice("meets_3a090a", get_args(Meets), "") if row.has("meets_3a090a") else None
    row.done()
    if not written or tpp is None or given == "":
        return None
    if known is not None and tpp != known.tpp:
        mend = "Leave tpp out, or give the accelerator a name of its own if it is another one."
        row.report(CATALOGUE_CONFLICT, "tpp", f"the catalogue gives {known.tpp} TPP for {known.id}", mend)
        return None
    meets = _meets(row, tpp, given, known)
    if meets is None:
        return None
    if known is None:
        return Accelerator(written, written, "", tpp, meets, units, kw, capex, "own")
    given_fields = {key for key in ("gpus_per_unit", "kw_per_gpu", "capex_usd", "meets_3a090a") if row.has(key)}
    return known._replace(
        meets_3a090a=meets,
        gpus_per_unit=known.gpus_per_unit if units is None else units,
        kw_per_gpu=known.kw_per_gpu if kw is None else kw,
        capex_usd=known.capex_usd if capex is None else capex,
        assumed=known.assumed - given_fields,
    )


def _meets(row: Fields, tpp: int, given: str | None, known: Accelerator | None) -> Meets | None:
    """Whether the accelerator meets 3A090.a: from its TPP where that decides, else as given; None when reported."""
    sure: Meets | None = "yes" if tpp >= _SURELY_MEETS_TPP else "no" if tpp < _SURELY_NOT_TPP else None
    if sure is not None:
        if given is not None and given != sure:
            why = f"with {tpp} TPP the answer is {sure}, whatever the performance density"
            row.report(CATALOGUE_CONFLICT, "meets_3a090a", why, "Leave it out, or correct tpp.")
            return None
        return sure
    if given is None and known is not None:
        return known.meets_3a090a
    if given is None:
        mend = "Write yes, no or unknown: between 1,600 and 4,800 TPP it depends on the performance density."
        row.report(MISSING, "meets_3a090a", "the field is missing", mend, found="")
        return None
    if known is not None and known.meets_3a090a != "unknown" and given != known.meets_3a090a:
        why = f"the catalogue says {known.meets_3a090a} for {known.id}"
        row.report(CATALOGUE_CONFLICT, "meets_3a090a", why, "Leave it out, or give the accelerator a name of its own.")
        return None
    return "yes" if given == "yes" else "no" if given == "no" else "unknown"


def read_horizon(fields: Fields) -> Horizon | None:
    """The horizon as written, None when it is left out or wrong."""
    if not fields.has("horizon"):
        return None
    body = fields.fields("horizon")
    assert body is not None
    body.require("first", "Write both ends, such as {first: 2026Q1, last: 2027Q4}.")
    body.require("last", "Write both ends, such as {first: 2026Q1, last: 2027Q4}.")
    first, last = body.quarter("first"), body.quarter("last")
    body.done()
    if first is None or last is None:
        return None
    if last < first:
        body.report(BAD_HORIZON, "last", f"the horizon ends before it begins ({first})", "Exchange or correct the two.")
        return None
    if last - first >= MAX_QUARTERS:
        why = f"the horizon is longer than {MAX_QUARTERS} quarters"
        body.report(BAD_HORIZON, "last", why, "Correct the years.")
        return None
    return Horizon(first, last)


def spanning(named: Iterable[Quarter], at: Location, problems: Problems) -> Horizon | None:
    """The horizon from the first to the last quarter named, None when none is named or it would be too long."""
    present = sorted(set(named))
    if not present:
        return None
    if present[-1] - present[0] >= MAX_QUARTERS:
        why = f"the quarters named, {present[0]} to {present[-1]}, are more than {MAX_QUARTERS} apart"
        problems.add(BAD_HORIZON, at, "horizon", "", why, "Correct the quarters, or write the horizon.")
        return None
    return Horizon(present[0], present[-1])


def outside(problems: Problems, at: Location, field: str, quarter: Quarter, horizon: Horizon, mend: str) -> None:
    """Report a quarter that lies outside the horizon."""
    side = "before" if quarter < horizon.first else "after"
    why = f"the quarter lies {side} the horizon ({horizon.first} to {horizon.last})"
    problems.add(OUTSIDE_HORIZON, at, field, show(quarter), why, mend)


def check_sum(problems: Problems, total: int, at: Location, what: str) -> None:
    """Problem when `total` TPP is more than a 64-bit whole number holds."""
    if total > MAX_TPP:
        why = f"{what} add up to more than {MAX_TPP} TPP"
        problems.add(SUM_TOO_LARGE, at, "", "", why, "Correct the number of GPUs or the TPP.")
