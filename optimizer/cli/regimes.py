"""List the regimes that ship, or show one: what it measures, whether it is enforced, and its tiers."""

from __future__ import annotations

import argparse

from ..regimes import Regime, builtin_regimes, load_regime


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan regimes`."""
    parser.add_argument("regime", nargs="?", metavar="ID|FILE", help="show this one")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="of the output (text)")


def run(args: argparse.Namespace) -> int:
    """The exit code, with the list or the regime printed."""
    from ..domain.plan import RegimeRef

    names = builtin_regimes() if args.regime is None else (args.regime,)
    regimes = [load_regime(RegimeRef(name)) for name in names]
    if args.format == "json":
        import json

        documents = [_document(regime) for regime in regimes]
        print(json.dumps(documents if args.regime is None else documents[0], indent=2, ensure_ascii=False))
    elif args.regime is None:
        default = RegimeRef().base
        for regime in regimes:
            word = "  (default)" if regime.id == default else ""
            print(f"{regime.id}{word}\n  {regime.title}\n  {regime.brief}\n  enforced: {_enforced(regime)}")
    else:
        print(_shown(regimes[0]))
    return 0


def _enforced(regime: Regime) -> str:
    status = regime.status
    return f"{status.enforced}, {status.note} (looked up in {status.looked})"


def _shown(regime: Regime) -> str:
    lines = [
        f"{regime.name}: {regime.title}",
        regime.brief,
        f"Quarters: {regime.first} to {regime.last}. Chips that count: {regime.measure.value}.",
        f"Enforced: {_enforced(regime)}.",
        *(f"  {event.date}  {event.event}" for event in regime.status.history),
        f"Tiers ({regime.tiers.grade}: {regime.tiers.citation}); every other country is Tier 2, dependencies follow:",
        f"  Tier 1: {' '.join(sorted(regime.tiers.tier1))}",
        f"  Tier 3: {' '.join(sorted(regime.tiers.tier3))}",
        *(f"  {text}" for text in regime.tiers.assumed.values()),
        "Rules:",
        *(f"  {record.rule.id:<8} {record.rule.title}" for record in regime.records),
    ]
    return "\n".join(lines)


def _document(regime: Regime) -> dict[str, object]:
    from ..reports.json_report import regime_document

    return {
        **regime_document(regime),
        "brief": regime.brief,
        "note": regime.status.note,
        "history": [{"date": event.date, "event": event.event} for event in regime.status.history],
        "tier1": sorted(regime.tiers.tier1),
        "tier3": sorted(regime.tiers.tier3),
        "rules": [record.rule.id for record in regime.records],
    }
