"""Plans: from YAML, JSON, CSV, XLSX or Parquet into the domain's Plan, every problem of the files reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from ..domain.catalogue import Catalogue
from ..domain.countries import jurisdiction
from ..domain.plan import (
    AUTHORIZATIONS,
    CERTIFIABLE,
    OWN_GROUP_INDEX,
    Consignee,
    Horizon,
    Move,
    Place,
    Placement,
    Plan,
    RegimeRef,
    Retirement,
    SiteOperator,
)
from ..errors import InputError, Location, show
from ..frozen import Frozen
from ..units import Quarter
from . import names
from .codes import (
    BAD_CHOICE,
    BAD_PATH,
    BAD_TEXT,
    CONTRADICTION,
    EMPTY_PLAN,
    NAMED_TWICE,
    SAME_PLACE,
    UNKNOWN_FORMAT,
    WRONG_TYPE,
)
from .document import YAML_SUFFIXES, read_document
from .files import below
from .head_reader import HeadParts, check_schema, check_sum, outside, read_head, read_horizon, spanning
from .nodes import Fields, Node, Problems, refuse
from .placements_reader import read_placement, read_table
from .settings import HeadOverrides, table_head
from .table_rows import too_many_rows
from .text import folded

SNAPSHOT_QUARTER: Final = Quarter.parse("2025Q1")
"""When a plan that names no quarter is judged: the first quarter of the built-in regimes."""

TABLE_SUFFIXES: Final = (".csv", ".xlsx", ".parquet")
"""The extensions of tables of placements."""

_FILL: Final = "List placements, or name a table of them (placements_file): an empty plan is never compliant."


def read_plan(
    path: str | Path,
    *,
    overrides: HeadOverrides | None = None,
    stdin_text: str | None = None,
    max_rows: int | None = None,
) -> Plan:
    """The plan at `path`: YAML, JSON, a workbook, or a table of placements, by the extension. Raises InputError.

    Parameters
    ----------
    overrides
        What flags say: the firm of a table, and the regime of any plan.
    stdin_text
        Read instead of the file; `path` then names it, and a name without extension means YAML.
    max_rows
        How many placements the plan may have, before rows with the same coordinates are added up.
    """
    path = Path(path)
    overrides = overrides or HeadOverrides()
    suffix = path.suffix.lower()
    if suffix == ".csv" or (suffix == ".parquet" and stdin_text is None):
        return _read_table_plan(path, overrides, stdin_text, max_rows)
    if suffix == ".xlsx" and stdin_text is None:
        return _read_workbook(path, overrides, max_rows)
    if suffix not in (*YAML_SUFFIXES, ".json") and not (stdin_text is not None and suffix == ""):
        why = f"plans are not read from '{suffix}' files" if suffix else "the file's name has no extension"
        mend = "Use .yaml, .json, .csv, .xlsx or .parquet."
        raise refuse(UNKNOWN_FORMAT, Location(str(path)), why, mend)
    return plan_of(read_document(path, text=stdin_text), path, overrides, max_rows)


def plan_of(node: Node, path: Path, overrides: HeadOverrides | None = None, max_rows: int | None = None) -> Plan:
    """The plan that a document holds; paths in it start from the folder of `path`. Raises InputError."""
    problems = Problems()
    fields = Fields(node, "", problems)
    check_schema(fields, "plan/1")
    problems.raise_if_any()
    notes: list[str] = []
    head = read_head(fields, path.parent, notes)
    if overrides is not None and overrides.regime is not None:
        head = head.replace(regime=RegimeRef(base=overrides.regime, at=Location("command line")))
    if overrides is not None and overrides.names_firm:
        _refuse_other_firm(head, overrides, path)
    placements = _placements(fields, head.catalogue, max_rows)
    if fields.has("placements_file"):
        placements += _placements_file(fields, path.parent, head.catalogue, notes, max_rows)
    elif getattr(fields.sub("placements"), "value", None) in (None, []):
        fields.report(EMPTY_PLAN, "placements", "the plan holds no placement", _FILL, found="")
    part = _Rest.read(fields, head.catalogue)
    horizon = read_horizon(fields)
    result = fields.sub("result")
    waivers = tuple(fields.items("waivers"))  # the gate reads them
    fields.done()
    data = None if result is None else result.data()
    return _finish(fields, head, horizon, placements, part, notes, str(path), data).replace(waivers=waivers)


def _refuse_other_firm(head: HeadParts, overrides: HeadOverrides, path: Path) -> None:
    """Raise InputError where flags, which are for tables, contradict the firm that the file names itself."""
    problems = Problems()
    for name in ("headquarters", "ultimate_parent", "status"):
        flag, written = getattr(overrides, name), getattr(head.firm, name)
        if flag is not None and flag != written:
            why = f"the flag is for tables, and this file says {written}"
            mend = "Leave the flag out, or correct the file."
            problems.add(CONTRADICTION, Location(str(path)), f"--{name.replace('_', '-')}", show(flag), why, mend)
    listed = overrides.nveu_countries
    if listed is not None and {jurisdiction(code) for code in listed} != head.firm.nveu_countries:
        why = "the flag is for tables, and this file lists other countries"
        mend = "Leave the flag out, or correct the file."
        problems.add(CONTRADICTION, Location(str(path)), "--nveu-countries", show(",".join(listed)), why, mend)
    problems.raise_if_any()


def _read_table_plan(path: Path, overrides: HeadOverrides, text: str | None, max_rows: int | None) -> Plan:
    settings, folder = table_head(path, str(path), overrides)
    problems = Problems()
    fields = Fields(settings, "", problems)
    notes: list[str] = []
    head = read_head(fields, folder, notes)
    part = _Rest.read(fields, head.catalogue)
    horizon = read_horizon(fields)
    placements = read_table(path, str(path), head.catalogue, problems, notes, text, max_rows)
    return _finish(fields, head, horizon, placements, part, notes, str(path), None)


def _read_workbook(path: Path, overrides: HeadOverrides, max_rows: int | None) -> Plan:
    """The plan of a workbook: what its sheets do not say comes from the settings, as for a table."""
    from .xlsx_plan import open_plan_book

    problems = Problems()
    with open_plan_book(path, str(path), problems) as book:
        settings, folder = table_head(path, str(path), overrides, book.head)
        events = {"retirements": book.retirements, "moves": book.moves}
        assert isinstance(settings.value, dict)
        given = {**settings.value, **{name: node for name, node in events.items() if node is not None}}
        fields = Fields(Node(given, settings.at), "", problems)
        notes = [*book.notes]
        head = read_head(fields, folder, notes)
        if "firm" in book.head and overrides.names_firm:
            _refuse_other_firm(head, overrides, path)
        part = _Rest.read(fields, head.catalogue)
        horizon = read_horizon(fields)
        placements = book.placements(head.catalogue, notes, max_rows)
    return _finish(fields, head, horizon, placements, part, notes, str(path), None)


class _Rest(Frozen):
    """What a plan holds beside its head and its placements."""

    retirements: tuple[Retirement, ...]
    moves: tuple[Move, ...]
    consignees: tuple[Consignee, ...]
    site_operators: tuple[SiteOperator, ...]

    @classmethod
    def read(cls, fields: Fields, catalogue: Catalogue) -> _Rest:
        """All four lists; rows with problems are left out."""
        retirements = [_retirement(row, catalogue) for row in fields.rows("retirements")]
        moves = [_move(row, catalogue) for row in fields.rows("moves")]
        return cls(
            tuple(row for row in retirements if row is not None),
            tuple(row for row in moves if row is not None),
            _consignees(fields),
            _site_operators(fields),
        )

    def quarters(self) -> Iterable[Quarter]:
        """Every quarter named in retirements and moves."""
        yield from (row.quarter for row in self.retirements)
        yield from (row.quarter for row in self.moves)


def _placements(fields: Fields, catalogue: Catalogue, max_rows: int | None) -> list[Placement]:
    if max_rows is not None and len(fields.items("placements")) > max_rows:
        raise too_many_rows(fields.values["placements"].at, max_rows)
    rows = [read_placement(row, catalogue) for row in fields.rows("placements")]
    return [row for row in rows if row is not None]


def _placements_file(
    fields: Fields, folder: Path, catalogue: Catalogue, notes: list[str], max_rows: int | None
) -> list[Placement]:
    """The placements of the table that the plan names; whatever is wrong with it is reported."""
    written = fields.word("placements_file")
    if written is None:
        return []
    mend = "Put the table beside or below the plan, and write its relative path."
    if Path(written).suffix.lower() not in TABLE_SUFFIXES:
        mend = f"Name a file that ends in {', '.join(TABLE_SUFFIXES)}."
        fields.report(UNKNOWN_FORMAT, "placements_file", "a table is needed here", mend)
        return []
    try:
        path = below(folder, written)
    except ValueError as error:
        fields.report(BAD_PATH, "placements_file", str(error), mend)
        return []
    try:
        return read_table(path, str(folder / written), catalogue, fields.problems, notes, None, max_rows)
    except InputError as error:
        fields.problems.take(error)
        return []


def _count(row: Fields) -> int | None:
    row.require("gpus", "Write the number of GPUs.")
    return row.whole("gpus", least=1)


def _when(row: Fields) -> Quarter | None:
    row.require("quarter", "Write the quarter, such as 2026Q3.")
    return row.quarter("quarter")


def _retirement(row: Fields, catalogue: Catalogue) -> Retirement | None:
    code, accelerator = names.country(row), names.accelerator(row, catalogue)
    gpus, quarter = _count(row), _when(row)
    site, authorization = row.word("site"), row.choice("authorization", AUTHORIZATIONS, "") or None
    row.done()
    if not code or not accelerator or gpus is None or quarter is None:
        return None
    return Retirement(code, accelerator, gpus, quarter, site, authorization, at=row.node.at)


def _move(row: Fields, catalogue: Catalogue) -> Move | None:
    accelerator, gpus, quarter = names.accelerator(row, catalogue), _count(row), _when(row)
    origin, to = _place(row, "from"), _place(row, "to")
    row.done()
    if not accelerator or gpus is None or quarter is None or origin is None or to is None:
        return None
    if origin == to:
        why = "the move begins and ends at the same place"
        row.report(SAME_PLACE, "to", why, "Correct one of its ends, or remove it.")
        return None
    return Move(accelerator, gpus, quarter, origin, to, at=row.node.at)


def _place(row: Fields, key: str) -> Place | None:
    if not row.require(key, "Write {country: US, site: ashburn}."):
        return None
    end = row.fields(key)
    assert end is not None
    code = names.country(end)
    site, authorization = end.word("site"), end.choice("authorization", AUTHORIZATIONS, "") or None
    end.done()
    return Place(code, site, authorization) if code else None


def _consignees(fields: Fields) -> tuple[Consignee, ...]:
    found: dict[str, Consignee] = {}
    for row in fields.rows("consignees"):
        for key in ("consignee", "parent"):
            row.require(key, "Name the ultimate consignee and its ultimate parent (the same name where it has none).")
        name, parent, headquarters = row.word("consignee"), row.word("parent"), names.country(row, "headquarters")
        for key, written in (("consignee", name), ("parent", parent)):
            if written is not None and folded(written) == OWN_GROUP_INDEX:
                why = "reports call the firm's own group so, and would mix the two up"
                row.report(BAD_TEXT, key, why, "Write its name in full.")
        row.done()
        if name is None or parent is None or not headquarters:
            continue
        if folded(name) in found:
            row.report(NAMED_TWICE, "consignee", "the consignee is listed already", "Keep one row for it.")
        found.setdefault(folded(name), Consignee(name, parent, headquarters))
    return tuple(found.values())


def _site_operators(fields: Fields) -> tuple[SiteOperator, ...]:
    found: dict[str, SiteOperator] = {}
    for row in fields.rows("site_operators"):
        row.require("site", "Name the site.")
        site, headquarters = row.word("site"), names.country(row, "headquarters")
        certified = set()
        for text, at in row.texts("certified"):
            if text in CERTIFIABLE:
                certified.add(int(text))
            else:
                why = "paragraphs 14, 15 and 18 are the ones that count"
                row.problems.add(BAD_CHOICE, at, row.name("certified"), show(text), why, "Write some of [14, 15, 18].")
        row.done()
        if site is None or not headquarters:
            continue
        if site in found:
            row.report(NAMED_TWICE, "site", "the site is listed already", "Keep one row for it.")
        found.setdefault(site, SiteOperator(site, headquarters, frozenset(certified)))
    return tuple(found.values())


def _finish(
    fields: Fields,
    head: HeadParts,
    written: Horizon | None,
    placements: Sequence[Placement],
    rest: _Rest,
    notes: list[str],
    file: str,
    result: Any,
) -> Plan:
    """The plan, once its parts are known to fit together. Raises InputError with all that was found."""
    problems = fields.problems
    at = fields.node.at
    if not placements and not problems.found:
        problems.add(EMPTY_PLAN, Location(file), "placements", "", "the plan holds no placement", _FILL)
    if result is not None and not isinstance(result, dict):
        fields.report(WRONG_TYPE, "result", "a mapping is needed here", "Remove it; it says how a plan was made.")
    named = [row.quarter for row in placements if row.quarter is not None]
    horizon = written
    if not fields.has("horizon"):
        horizon = spanning((*named, *rest.quarters()), at, problems)
    snapshot = horizon is None
    if horizon is None:
        horizon = Horizon(SNAPSHOT_QUARTER, SNAPSHOT_QUARTER)
        notes.append(f"no quarter is named, so the plan is a snapshot, judged once, in {SNAPSHOT_QUARTER}")
    elif written is not None:
        _check_quarters(problems, placements, rest, written)
    total = sum(row.gpus * head.catalogue[row.accelerator].tpp for row in placements)
    check_sum(problems, total, at, "the placements")
    problems.raise_if_any()
    return Plan(
        firm=head.firm,
        regime=head.regime,
        horizon=horizon,
        agreements=head.agreements,
        national_use=head.national_use,
        catalogue=head.catalogue,
        own_accelerators=head.own_accelerators,
        file=file,
        notes=tuple(notes),
        placements=tuple(placements),
        retirements=rest.retirements,
        moves=rest.moves,
        consignees=rest.consignees,
        site_operators=rest.site_operators,
        snapshot=snapshot,
        result=result,
    )


def _check_quarters(problems: Problems, placements: Sequence[Placement], rest: _Rest, horizon: Horizon) -> None:
    """Report placements after the horizon, and retirements and moves outside it."""
    for row in placements:
        if row.quarter is not None and row.quarter > horizon.last:
            mend = "Extend the horizon, or remove the row."
            outside(problems, _at(row.at), "placements.quarter", row.quarter, horizon, mend)
    for name, events in (("retirements", rest.retirements), ("moves", rest.moves)):
        for event in events:
            if event.quarter not in horizon:
                mend = "Extend the horizon; what happened before it belongs into the placements as they stand."
                outside(problems, _at(event.at), f"{name}.quarter", event.quarter, horizon, mend)


def _at(at: Location | None) -> Location:
    assert at is not None  # every row that was read has its place
    return at
