"""Regimes from files: a built-in id or a path, what it extends and amendments, made one tree for one parser."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ..bundled import data_path
from ..domain.plan import RegimeRef
from ..errors import Location, show
from ..frozen import Frozen
from ..limits import Chips
from ..reading import read_document
from ..reading.codes import BAD_PATH, MISSING, OUT_OF_RANGE, WRONG_SCHEMA, WRONG_TYPE
from ..reading.nodes import Fields, Node, Problems, did_you_mean, refuse
from ..units import Quarter
from .codes import BAD_AMENDMENT, CIRCLE, UNKNOWN_REGIME
from .compiled import compiled_tree
from .duties import parse_duties
from .legal_status import parse_status
from .parse import Setting, parse_records
from .readings import choose, parse_readings
from .records import RuleRecord
from .regime import Provenance, Regime, Source
from .tiers import Tiers, parse_tiers
from .tree import AMENDABLE, amended, node_of, written

SCHEMA = "regime/1"
MAX_EXTENDS = 8
LISTS = ("rules", "duties", "readings")
"""The parts of a regime of which a file that extends it gives further ones."""
_SUFFIXES = (".yaml", ".yml", ".json")


class Assembled(Frozen):
    """A regime's whole tree, with what it extends already in it, and the options that are chosen of its readings."""

    tree: Node
    provenance: Provenance
    chosen: Mapping[str, str] = {}


@cache
def builtin_regimes() -> tuple[str, ...]:
    """The ids of the regimes that ship, the default one first."""
    ids = sorted(path.stem for path in data_path("regimes").glob("*.yaml"))
    return tuple(sorted(ids, key=lambda name: name != RegimeRef().base))


def load_regime(ref: RegimeRef) -> Regime:
    """The regime that `ref` names, amended as it says. Raises InputError with everything found wrong."""
    if ref.base in builtin_regimes() and not ref.amend and not ref.add and not ref.readings:
        return _builtin(ref.base)
    problems = Problems()
    assembled = _assemble(ref.base, ref.folder, ref.at, (), problems)
    at = ref.at or Location("(amendments)")
    assembled = _amend(
        assembled, {path: node_of(value, ref.amend_at.get(path, at)) for path, value in ref.amend.items()}, problems
    )
    if ref.add:
        assembled = _with_added(assembled, [node_of(value, at) for value in ref.add])
    chosen = {**assembled.chosen, **ref.readings}
    return _parse(assembled.replace(chosen=chosen), problems, ref.readings_at or at)


def _with_added(assembled: Assembled, nodes: list[Node]) -> Assembled:
    """The tree with further rules."""
    tree = assembled.tree
    assert isinstance(tree.value, dict)
    rules = tree.value.get("rules", Node([], tree.at))
    listed = rules.value if isinstance(rules.value, list) else []
    written = {**tree.value, "rules": Node([*listed, *nodes], rules.at)}
    ids = [str(node.value["id"].value) for node in nodes if isinstance(node.value, dict) and "id" in node.value]
    provenance = assembled.provenance.replace(added=(*assembled.provenance.added, *ids))
    return assembled.replace(tree=Node(written, tree.at, keys=tree.keys), provenance=provenance)


@cache
def _builtin(base: str) -> Regime:
    problems = Problems()
    return _parse(_assemble(base, Path(), None, (), problems), problems, Location(base))


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
    if name in builtin_regimes() and path.parent != data_path("regimes"):
        why = "a file of your own may not bear the id of a built-in regime"
        where = tree.value["id"].at if "id" in tree.value else tree.at
        raise refuse(UNKNOWN_REGIME, where, why, "Give it an id of its own.", field="id", found=show(str(name)))
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
    if "://" in base:
        mend = "Save the file in your repository, and name it by its path."
        raise refuse(BAD_PATH, at or Location(show(base)), "URLs are not read", mend, field="regime", found=show(base))
    return folder / base


def _read(path: Path) -> tuple[Node, bytes]:
    content = path.read_bytes() if path.parent == data_path("regimes") else None
    tree = compiled_tree(path, content) if content is not None else None
    if tree is None:
        tree = read_document(path)
    if not isinstance(tree.value, dict):
        raise refuse(WRONG_TYPE, tree.at, "a regime file is a mapping", "Begin it with fleetplan: regime/1.")
    schema = tree.value.get("fleetplan")
    if schema is None or schema.value != SCHEMA:
        found = "" if schema is None else schema.kind()
        at = tree.at if schema is None else schema.at
        mend = f"Begin the file with fleetplan: {SCHEMA}."
        raise refuse(WRONG_SCHEMA, at, "this is not a regime file", mend, field="fleetplan", found=found)
    return tree, path.read_bytes() if content is None else content


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
    chosen = dict(below.chosen)
    replaced: list[tuple[str, str]] = []
    for key, value in tree.value.items():
        if key in ("extends", "amend"):
            continue
        if key == "readings" and isinstance(value.value, dict):  # options chosen, not further readings
            chosen |= {name: str(option.value) for name, option in value.value.items()}
            continue
        into = "rules" if key == "add" else key
        if key in AMENDABLE:
            replaced.append((key, written(value)))
        known = merged.get(into)
        if into in LISTS and isinstance(value.value, list) and known is not None and isinstance(known.value, list):
            value = Node([*known.value, *value.value], value.at)
        merged[into] = value
        keys[into] = tree.keys.get(key, value.at)
    provenance = below.provenance.replace(
        sources=(source, *below.provenance.sources), amendments=(*below.provenance.amendments, *replaced)
    )
    assembled = Assembled(Node(merged, tree.at, keys=keys), provenance, chosen)
    return _with_tiers(assembled, path.parent, chain, problems)


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
    sources = (*assembled.provenance.sources, *other.provenance.sources)
    provenance = assembled.provenance.replace(sources=sources)
    return assembled.replace(tree=Node(written, tree.at, keys=tree.keys), provenance=provenance)


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
        made.append((path, written(value)))
    return assembled.replace(tree=tree, provenance=assembled.provenance.replace(amendments=tuple(made)))


def _parse(assembled: Assembled, problems: Problems, at: Location) -> Regime:
    """The regime of a whole tree, read as was chosen. Raises InputError with everything found wrong."""
    amendments = frozenset(path for path, _ in assembled.provenance.amendments)
    readings = parse_readings(Fields(assembled.tree, "", problems))
    readings = choose(readings, assembled.chosen, amendments, at, problems)
    tree = assembled.tree
    for reading in readings:
        option = reading.option(reading.chosen)
        for path, value in option.amend.items() if option is not None else ():
            tree = amended(tree, path, value, problems)
    fields = Fields(tree, "", problems)
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
    records = tuple(
        _titled(record, assembled.provenance.amendments)
        for record in parse_records(fields.items("rules"), "rules", Setting(measure, first), (), problems)
    )
    fields.items("readings")
    regime = Regime(
        id=fields.word("id") or "",
        title=fields.word("title") or "",
        brief=fields.text("brief"),
        first=first,
        last=last,
        measure=measure,
        tiers=tiers,
        status=parse_status(fields),
        records=records,
        duties=parse_duties(fields, first, [record.rule.id for record in records]),
        readings=readings,
        provenance=assembled.provenance,
    )
    fields.done()
    problems.raise_if_any()
    return regime


def _titled(record: RuleRecord, amendments: tuple[tuple[str, str], ...]) -> RuleRecord:
    """The record with its amendments in the title, which may name a number that no longer holds."""
    changed = [
        f"{path.partition('.')[2]} = {value}" for path, value in amendments if path.startswith(f"{record.rule.id}.")
    ]
    if not changed:
        return record
    return record.replace(rule=record.rule.replace(title=f"{record.rule.title} (amended: {', '.join(changed)})"))
