"""Regimes from files: a built-in id or a path, what it extends and amendments, made one tree for one parser."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..bundled import data_path
from ..domain.plan import RegimeRef
from ..errors import Location, show
from ..frozen import Frozen
from ..limits import Chips
from ..reading import read_document
from ..reading.codes import BAD_TEXT, MISSING, OUT_OF_RANGE, WRONG_SCHEMA, WRONG_TYPE
from ..reading.nodes import Fields, Node, Problems, did_you_mean, refuse
from ..units import Quarter
from .codes import BAD_AMENDMENT, CIRCLE, UNKNOWN_REGIME
from .parse import Setting, parse_records
from .regime import Event, LegalStatus, Provenance, Regime, Source
from .tiers import Tiers, parse_tiers
from .tree import AMENDABLE, amended, node_of

SCHEMA = "regime/1"
MAX_EXTENDS = 8
_SUFFIXES = (".yaml", ".yml", ".json")


class Assembled(Frozen):
    """A regime's whole tree, with what it extends already in it."""

    tree: Node
    provenance: Provenance


@cache
def builtin_regimes() -> tuple[str, ...]:
    """The ids of the regimes that ship, the default one first."""
    ids = sorted(path.stem for path in data_path("regimes").glob("*.yaml"))
    return tuple(sorted(ids, key=lambda name: name != RegimeRef().base))


def load_regime(ref: RegimeRef) -> Regime:
    """The regime that `ref` names, amended as it says. Raises InputError with everything found wrong."""
    if ref.base in builtin_regimes() and not ref.amend:
        return _builtin(ref.base)
    problems = Problems()
    assembled = _assemble(ref.base, ref.folder, ref.at, (), problems)
    at = ref.at or Location("(amendments)")
    assembled = _amend(assembled, {path: node_of(value, at) for path, value in ref.amend.items()}, problems)
    return _parse(assembled, problems)


@cache
def _builtin(base: str) -> Regime:
    problems = Problems()
    return _parse(_assemble(base, Path(), None, (), problems), problems)


def _assemble(base: str, folder: Path, at: Location | None, chain: tuple[str, ...], problems: Problems) -> Assembled:
    """The tree of a built-in regime or a file, with everything it extends."""
    path = _path(base, folder, at)
    key = str(path.resolve())
    at = at or Location(str(path))
    if key in chain:
        why = "the regime files extend each other in a circle"
        raise refuse(CIRCLE, at, why, "Break the circle.", found=show(base))
    if len(chain) == MAX_EXTENDS:
        raise refuse(CIRCLE, at, f"more than {MAX_EXTENDS} regime files extend each other", "Write fewer.")
    tree, content = _read(path)
    assert isinstance(tree.value, dict)
    name = tree.value["id"].value if "id" in tree.value else path.stem
    source = Source(str(name), str(path), content)
    if "extends" in tree.value:
        return _extended(tree, source, path, (*chain, key), problems)
    return _with_tiers(Assembled(tree, Provenance((source,))), path.parent, (*chain, key), problems)


def _path(base: str, folder: Path, at: Location | None) -> Path:
    """The file of a built-in id, or the file that `base` names relative to `folder`."""
    if base in builtin_regimes():
        return data_path("regimes", f"{base}.yaml")
    if not base.lower().endswith(_SUFFIXES):
        mend = f"{did_you_mean(base, builtin_regimes())} A regime of your own is named by its file, as my-regime.yaml."
        raise refuse(UNKNOWN_REGIME, at or Location(show(base)), "not a regime", mend, field="regime", found=show(base))
    return folder / base


def _read(path: Path) -> tuple[Node, bytes]:
    tree = read_document(path)
    if not isinstance(tree.value, dict):
        raise refuse(WRONG_TYPE, tree.at, "a regime file is a mapping", "Begin it with fleetplan: regime/1.")
    schema = tree.value.get("fleetplan")
    if schema is None or schema.value != SCHEMA:
        found = "" if schema is None else schema.kind()
        at = tree.at if schema is None else schema.at
        mend = f"Begin the file with fleetplan: {SCHEMA}."
        raise refuse(WRONG_SCHEMA, at, "this is not a regime file", mend, field="fleetplan", found=found)
    return tree, path.read_bytes()


def _extended(tree: Node, source: Source, path: Path, chain: tuple[str, ...], problems: Problems) -> Assembled:
    """The tree that `tree` extends, with the fields, amendments and further rules of `tree`."""
    assert isinstance(tree.value, dict)
    base = tree.value["extends"]
    if not isinstance(base.value, str):
        raise refuse(WRONG_TYPE, base.at, "an id or a path is needed here", "Write extends: ifr-2025.", field="extends")
    below = _assemble(base.value, path.parent, base.at, chain, problems)
    amend = tree.value.get("amend")
    if amend is not None:
        if isinstance(amend.value, dict):
            _refuse_lost(tree, amend.value, problems)
            below = _amend(below, amend.value, problems)
        else:
            mend = "Write RULE.field: value."
            problems.add(WRONG_TYPE, amend.at, "amend", amend.kind(), "a mapping is needed here", mend)
    assert isinstance(below.tree.value, dict)
    merged, keys = dict(below.tree.value), dict(below.tree.keys)
    for key, value in tree.value.items():
        if key in ("extends", "amend"):
            continue
        if key == "rules" and isinstance(value.value, list) and isinstance(merged["rules"].value, list):
            value = Node([*merged["rules"].value, *value.value], value.at)
        merged[key] = value
        keys[key] = tree.keys.get(key, value.at)
    provenance = Provenance((source, *below.provenance.sources), below.provenance.amendments)
    return _with_tiers(Assembled(Node(merged, tree.at, keys=keys), provenance), path.parent, chain, problems)


def _refuse_lost(tree: Node, amendments: dict[str, Node], problems: Problems) -> None:
    """Report amendments of a part that the file gives itself: what it gives would replace them unseen."""
    assert isinstance(tree.value, dict)
    for path, value in amendments.items():
        part = path.partition(".")[0]
        if part in AMENDABLE and part in tree.value:
            why = f"the file gives '{part}' itself, so the amendment would be lost"
            problems.add(BAD_AMENDMENT, value.at, f"amend.{path}"[:120], show(path), why, "Keep one of the two.")


def _with_tiers(assembled: Assembled, folder: Path, chain: tuple[str, ...], problems: Problems) -> Assembled:
    """The tree with its tiers written out, where they are those of another regime, which is then a source too."""
    tree = assembled.tree
    assert isinstance(tree.value, dict)
    tiers = tree.value.get("tiers")
    if tiers is None or not isinstance(tiers.value, str):
        return assembled
    other = _assemble(tiers.value, folder, tiers.at, chain, problems)
    assert isinstance(other.tree.value, dict)
    written = {**tree.value, "tiers": other.tree.value.get("tiers", Node(None, tiers.at))}
    provenance = Provenance((*assembled.provenance.sources, *other.provenance.sources), assembled.provenance.amendments)
    return Assembled(Node(written, tree.at, keys=tree.keys), provenance)


def _amend(assembled: Assembled, amendments: dict[str, Node], problems: Problems) -> Assembled:
    tree, made = assembled.tree, list(assembled.provenance.amendments)
    for path, value in amendments.items():
        if value.value is None:
            mend = "Write the value that shall hold; a regime file of your own can leave a rule out."
            problems.add(BAD_AMENDMENT, value.at, f"amend.{path}"[:120], "", "an amendment needs a value", mend)
            continue
        wider = next((other for other in amendments if path.startswith(f"{other}.")), None)
        if wider is not None:
            why = f"'{wider}' is amended beside it, so which of the two holds would depend on their order"
            problems.add(
                BAD_AMENDMENT, value.at, f"amend.{path}"[:120], show(path), why, "Write them as one amendment."
            )
            continue
        tree = amended(tree, path, value, problems)
        made.append((path, _written(value)))
    return Assembled(tree, Provenance(assembled.provenance.sources, tuple(made)))


def _written(value: Node) -> str:
    """A value in one line, as in a file."""
    if isinstance(value.value, list):
        return "[" + ", ".join(_written(item) for item in value.value) + "]"
    if isinstance(value.value, dict):
        return "{" + ", ".join(f"{key}: {_written(item)}" for key, item in value.value.items()) + "}"
    return str(value.value)


def _parse(assembled: Assembled, problems: Problems) -> Regime:
    """The regime of a whole tree. Raises InputError with everything found wrong."""
    fields = Fields(assembled.tree, "", problems)
    for key in ("fleetplan", "id", "title", "tiers", "span", "measure", "status", "rules"):
        fields.require(key)
    first = last = Quarter.parse("2025Q1")
    if fields.has("rules") and not fields.items("rules"):
        fields.report(MISSING, "rules", "a regime with no rule would find everything compliant", "Add its rules.")
    span = fields.fields("span")
    if span is not None:
        for key in ("first", "last"):
            span.require(key)
        first = span.quarter("first") or first
        last = span.quarter("last") or first
        span.done()
        if last < first:
            span.report(OUT_OF_RANGE, "last", "the span ends before it begins", "Correct the quarters.")
    measure = Chips(fields.choice("measure", [chips.value for chips in Chips], Chips.ALL.value))
    tiers_node = fields.sub("tiers")
    tiers = parse_tiers(tiers_node, problems) if tiers_node else Tiers(frozenset(), frozenset(), "", "A", {})
    regime = Regime(
        id=fields.word("id") or "",
        title=fields.word("title") or "",
        brief=fields.text("brief"),
        first=first,
        last=last,
        measure=measure,
        tiers=tiers,
        status=_status(fields),
        records=tuple(parse_records(fields.items("rules"), "rules", Setting(measure, first), (), problems)),
        provenance=assembled.provenance,
    )
    fields.done()
    problems.raise_if_any()
    return regime


def _status(fields: Fields) -> LegalStatus:
    inner = fields.fields("status")
    if inner is None:
        return LegalStatus("not stated", "", "", ())
    for key in ("enforced", "looked"):
        inner.require(key)
    events = []
    for row in inner.rows("history"):
        events.append(Event(_date(row, "date"), row.text("event")))
        row.done()
    enforced = inner.choice("enforced", ("yes", "no", "not stated"), "not stated")
    status = LegalStatus(enforced, _date(inner, "looked"), inner.text("note"), tuple(events))
    inner.done()
    return status


def _date(fields: Fields, key: str) -> str:
    fields.require(key)
    text = fields.text(key)
    parts = text.split("-")
    written = text.isascii() and [len(part) for part in parts] in ([4, 2], [4, 2, 2]) and "".join(parts).isdigit()
    if text and not (written and 1 <= int(parts[1]) <= 12 and 1 <= int(parts[-1]) <= 31):
        fields.report(BAD_TEXT, key, "not a date", "Write it as 2026-11-22, or 2026-11.")
    return text
