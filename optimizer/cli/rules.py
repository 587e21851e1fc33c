"""List the rules of a regime, or show one record in full: citation, grade, whom it holds for, and its values."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..errors import FleetplanError, show
from ..regimes import Regime, RuleRecord, builtin_regimes, load_regime


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan rules`."""
    parser.add_argument("rule", nargs="?", metavar="RULE", help="show this one in full, such as UVEU101")
    parser.add_argument("--regime", metavar="ID|FILE", help="only of this regime (every built-in one)")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="of the output (text)")


def run(args: argparse.Namespace) -> int:
    """The exit code, with the rules printed."""
    from ..domain.plan import RegimeRef

    names = builtin_regimes() if args.regime is None else (args.regime,)
    regimes = [load_regime(RegimeRef(name)) for name in names]
    chosen = [(regime, record) for regime in regimes for record in regime.records]
    if args.rule is not None:
        chosen = _named(args.rule, chosen)
    if args.format == "json":
        print(_json(chosen))
    elif args.rule is None:
        print(_list(regimes))
    else:
        print("\n\n".join(_full(regime, record) for regime, record in chosen))
    return 0


def _named(rule: str, chosen: Sequence[tuple[Regime, RuleRecord]]) -> list[tuple[Regime, RuleRecord]]:
    """The records of one rule; FleetplanError when no regime has it."""
    found = [(regime, record) for regime, record in chosen if record.rule.id == rule.upper() or record.rule.id == rule]
    if not found:
        from ..reading.nodes import did_you_mean

        raise FleetplanError(f"no rule {show(rule)}. {did_you_mean(rule, {record.rule.id for _, record in chosen})}")
    return found


def _list(regimes: Sequence[Regime]) -> str:
    lines = []
    for regime in regimes:
        lines.append(f"{regime.name}: {regime.title}")
        lines += [
            f"  {record.rule.id:<8} [{record.rule.grade or '-'}] {record.rule.title}" for record in regime.records
        ]
    return "\n".join(lines)


def _full(regime: Regime, record: RuleRecord) -> str:
    from ..explain.records import describe

    lines = [f"{record.rule.id} in {regime.name}"]
    lines += [f"  {label}: {text}" for label, text in describe(record) if label != "id"]
    return "\n".join(lines)


def _json(chosen: Sequence[tuple[Regime, RuleRecord]]) -> str:
    import json

    from ..explain.records import describe

    documents = [{"regime": regime.name, **dict(describe(record))} for regime, record in chosen]
    return json.dumps(documents, indent=2, ensure_ascii=False)
