"""List the regimes that ship, show one (what it measures, whether it is enforced, its tiers), or compare two.

`fleetplan regimes diff A B` lists what differs between two regimes: what they count, countries that change their tier,
the legal status, rules that only one of them has, and of each rule what it says in both. Each is a built-in id or the
path of a regime file of your own.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import FleetplanError
from ..regimes import Regime, builtin_regimes, load_regime

if TYPE_CHECKING:
    from ..explain.regime_diff import Part, Topic

DIFF = "diff"
KINDS = {"regime": "", "tiers": "", "rule": "rule ", "duty": "duty ", "reading": "reading "}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan regimes`."""
    parser.add_argument("regimes", nargs="*", metavar="ID|FILE", help="show this one; 'diff A B' compares two")
    parser.add_argument(
        "-f", "--format", choices=("text", "json", "markdown"), default="text", help="markdown: of a comparison (text)"
    )


def run(args: argparse.Namespace) -> int:
    """The exit code, with the list, the regime or the comparison printed. Raises FleetplanError, InputError."""
    names: list[str] = args.regimes
    if names[:1] == [DIFF]:
        if len(names) != 3:
            raise FleetplanError("a comparison takes two regimes: fleetplan regimes diff A B")
        print(_compared(names[1], names[2], args.format))
        return 0
    if len(names) > 1:
        raise FleetplanError(f"one regime is shown at a time; to compare two: fleetplan regimes {DIFF} A B")
    if args.format == "markdown":
        raise FleetplanError("only a comparison is written in Markdown: fleetplan regimes diff A B -f markdown")
    regimes = [_load(name) for name in names or builtin_regimes()]
    if args.format == "json":
        documents = [_document(regime) for regime in regimes]
        print(_json(documents[0] if names else documents))
    elif names:
        print(_shown(regimes[0]))
    else:
        default = _default()
        for regime in regimes:
            word = "  (default)" if regime.id == default else ""
            print(f"{regime.id}{word}\n  {regime.title}\n  {regime.brief}\n  enforced: {_enforced(regime)}")
    return 0


def _load(name: str) -> Regime:
    from ..domain.plan import RegimeRef

    return load_regime(RegimeRef(name))


def _default() -> str:
    from ..domain.plan import RegimeRef

    return RegimeRef().base


def _json(document: object) -> str:
    import json

    return json.dumps(document, indent=2, ensure_ascii=False)


def _enforced(regime: Regime) -> str:
    status = regime.status
    return f"{status.enforced}, {status.note} (looked up in {status.looked})"


def _shown(regime: Regime) -> str:
    from ..explain.regime_diff import MEASURES, provenance

    lines = [
        f"{regime.name}: {regime.title}",
        regime.brief,
        f"Quarters: {regime.first} to {regime.last}. What counts: {MEASURES[regime.measure]}.",
        f"Enforced: {_enforced(regime)}.",
        *(f"  {event.date}  {event.event}" for event in regime.status.history),
        *(["Its state, for --as-of:"] if regime.status.timeline else []),
        *(f"  {span.first} to {span.last}  {span.state}" for span in regime.status.timeline),
        f"Tiers ({regime.tiers.grade}: {regime.tiers.citation}); every other country is Tier 2, dependencies follow:",
        f"  Tier 1: {' '.join(sorted(regime.tiers.tier1))}",
        f"  Tier 3: {' '.join(sorted(regime.tiers.tier3))}",
        *(f"  {text}" for text in regime.tiers.assumed.values()),
        "Rules:",
        *(f"  {record.rule.id:<8} {record.rule.title}" for record in regime.records),
    ]
    if regime.duties:
        lines += ["Duties, listed and never broken:"]
        lines += [f"  {record.rule.id:<8} {record.rule.title}" for record in regime.duties]
    if regime.readings:
        lines += ["Readings, where the law can be read in more than one way ('*': the one that is chosen):"]
        for reading in regime.readings:
            lines.append(f"  {reading.id}: {reading.question}")
            for option in reading.options:
                lines.append(f"    {'*' if option.name == reading.chosen else ' '} {option.name}: {option.says}")
    return "\n".join([*lines, "Where it comes from:", *(f"  {line}" for line in provenance(regime))])


def _document(regime: Regime) -> dict[str, object]:
    from ..explain.records import describe_duty, describe_reading
    from ..reports.json_report import regime_document

    return {
        **regime_document(regime),
        "brief": regime.brief,
        "note": regime.status.note,
        "history": [{"date": event.date, "event": event.event} for event in regime.status.history],
        "timeline": [{"from": s.first, "to": s.last, "state": s.state} for s in regime.status.timeline],
        "tier1": sorted(regime.tiers.tier1),
        "tier3": sorted(regime.tiers.tier3),
        "rules": [record.rule.id for record in regime.records],
        "duties": [dict(describe_duty(record)) for record in regime.duties],
        "readings": [dict(describe_reading(reading)) for reading in regime.readings],
    }


def _compared(first: str, second: str, fmt: str) -> str:
    """The comparison of two regimes, under the names by which they were asked for."""
    from ..explain.regime_diff import differences

    regimes = _load(first), _load(second)
    topics = differences(*regimes)
    names = (first, second) if first != second else (f"{first} (1)", f"{second} (2)")
    if fmt == "json":
        return _json(_diff_document(names, regimes, topics))
    return (_diff_markdown if fmt == "markdown" else _diff_text)(names, regimes, topics)


def _diff_text(names: tuple[str, str], regimes: Sequence[Regime], topics: Sequence[Topic]) -> str:
    from ..explain.regime_diff import provenance

    lines = []
    for name, regime in zip(names, regimes, strict=True):
        lines += [f"{name}: {regime.title}", *(f"  {line}" for line in provenance(regime))]
    lines += ["", _count(topics)]
    width = max(map(len, names)) + 1
    for topic in topics:
        lines += ["", _heading(topic, names)]
        for part in topic.parts:
            lines.append(f"  {part.label}")
            lines += [f"    {f'{name}:':<{width}} {text}" for name, text in zip(names, _texts(part), strict=True)]
    return "\n".join(lines)


def _diff_markdown(names: tuple[str, str], regimes: Sequence[Regime], topics: Sequence[Topic]) -> str:
    from ..explain.regime_diff import provenance

    heads = [_cell(name) for name in names]
    blocks = [f"# {heads[0]} and {heads[1]}"]
    for head, regime in zip(heads, regimes, strict=True):
        blocks.append("\n".join([f"{head}: {_cell(regime.title)}", "", *(f"- {_cell(x)}" for x in provenance(regime))]))
    blocks.append(_count(topics))
    for topic in topics:
        blocks.append(f"## {_cell(_heading(topic, names))}")
        if topic.parts:
            rows = [("", *heads), ("---", "---", "---")]
            rows += [(_cell(part.label), *map(_cell, _texts(part))) for part in topic.parts]
            blocks.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
    return "\n\n".join(blocks)


def _diff_document(names: tuple[str, str], regimes: Sequence[Regime], topics: Sequence[Topic]) -> dict[str, Any]:
    return {
        "first": {"name": names[0], **_document(regimes[0])},
        "second": {"name": names[1], **_document(regimes[1])},
        "identical": not topics,
        "differences": [
            {
                "kind": topic.kind,
                "id": topic.id,
                "title": topic.title,
                "stands_in": topic.stands_in,
                "parts": [{"part": part.label, "first": part.first, "second": part.second} for part in topic.parts],
            }
            for topic in topics
        ],
    }


def _count(topics: Sequence[Topic]) -> str:
    if not topics:
        return "They do not differ: every plan is judged alike by both."
    return f"{len(topics)} differences." if len(topics) > 1 else "1 difference."


def _heading(topic: Topic, names: tuple[str, str]) -> str:
    only = {"both": "", "first": f" (only in {names[0]})", "second": f" (only in {names[1]})"}[topic.stands_in]
    if topic.kind in ("regime", "tiers"):
        return f"{topic.title[:1].upper()}{topic.title[1:]}"
    return f"{KINDS[topic.kind]}{topic.id}: {topic.title}{only}".removeprefix("rule ")


def _texts(part: Part) -> tuple[str, str]:
    return ("-" if part.first is None else part.first, "-" if part.second is None else part.second)


def _cell(text: str) -> str:
    """Text for Markdown: what could end a table's cell or be taken for a mark or a tag is escaped."""
    plain = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\|*_`<>[]#~&" else c for c in plain)
