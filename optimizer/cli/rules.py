"""List the rules, or explain one: what it says, its source, how to mend it, worked cases. Needs no network.

A rule may be named as in a finding, `UVEU101(MY,2026Q4)`. A code of an input error, such as IN205, is explained too,
the commonest with an example.
With a regime, the rule is shown as that regime has it, amendments included.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from typing import Final

from ..bundled import rules_path
from ..errors import FleetplanError, show
from ..regimes import Regime, builtin_regimes, load_regime

INTERNAL_MEANS: Final = "A fault of fleetplan itself: nothing is decided about the file. Please report it."
_CODE = re.compile(r"IN[0-9]{3}", re.ASCII)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan rules`."""
    parser.add_argument("rule", nargs="?", metavar="RULE", help="explain this one, such as UVEU101 or IN205")
    parser.add_argument("--regime", metavar="ID|FILE", help="as this regime has it (every built-in one)")
    parser.add_argument("--cases", action="store_true", help="as text, with all worked cases (the first three)")
    parser.add_argument("-f", "--format", choices=("text", "json", "markdown"), default="text", help="(text)")


def run(args: argparse.Namespace) -> int:
    """The exit code, with the rules, one rule or one code printed. Raises FleetplanError where there is none."""
    from ..domain.plan import RegimeRef

    name = None if args.rule is None else named(args.rule)
    if name is not None and _CODE.fullmatch(name):
        print(_explained(name, args.format))
        return 0
    names = builtin_regimes() if args.regime is None else (args.regime,)
    regimes = [load_regime(RegimeRef(name)) for name in names]
    if name is None:
        print(_list(regimes, args.format))
        return 0
    from ..explain.rule_page import entries, first_cases, plain, rule_page

    found = entries(regimes, name)
    if not found:
        raise FleetplanError(_missing(args.rule, name, args.regime, regimes))
    if args.format == "json":
        print(_json([{"regime": e.regime, "id": e.rule.id, "title": e.rule.title, **dict(e.lines)} for e in found]))
        return 0
    shipped = rules_path(f"{found[0].rule.id}.md")
    if args.regime is None and shipped.is_file():
        page = shipped.read_text(encoding="utf-8")
    else:
        page = rule_page(found)
    if args.format == "markdown":
        print(page.rstrip("\n"))
    else:
        print(plain(page if args.cases else first_cases(page, found[0].rule.id)))
    return 0


def named(written: str) -> str:
    """The rule or code that is meant by an id in any case, or by the name of a finding such as UVEU101(MY,2026Q4)."""
    head = written.strip().partition("(")[0].strip()
    return head.upper() if re.fullmatch(r"[A-Za-z]{2,5}[0-9]{3}", head, re.ASCII) else head


def input_codes() -> Mapping[str, str]:
    """What each code of an input error means, of every reader."""
    from ..domain.table_checks import TABLE_CODES
    from ..gate.codes import GATE_CODES
    from ..reading.codes import INPUT_CODES
    from ..regimes.codes import REGIME_CODES
    from ..reports.outcome import INTERNAL

    return {**INPUT_CODES, **REGIME_CODES, **GATE_CODES, **TABLE_CODES, INTERNAL: INTERNAL_MEANS}


def _missing(written: str, name: str, asked: str | None, regimes: Sequence[Regime]) -> str:
    """Why there is nothing to explain: where else the rule stands, or which one may be meant."""
    from ..domain.plan import RegimeRef
    from ..explain.rule_page import entries, rule_ids
    from ..reading.nodes import did_you_mean

    builtin = [load_regime(RegimeRef(regime)) for regime in builtin_regimes()]
    elsewhere = [entry.regime for entry in entries(builtin, name)]
    if asked is not None and elsewhere:
        return f"{name} does not stand in {show(asked)}. It stands in {' and '.join(elsewhere)}."
    return f"no rule {show(written)}. {did_you_mean(name, rule_ids((*regimes, *builtin)))}"


def _list(regimes: Sequence[Regime], fmt: str) -> str:
    from ..explain.rule_page import entries, index_page, rule_ids

    if fmt == "markdown":
        return index_page(regimes).rstrip("\n")
    if fmt == "json":
        found = [entry for regime in regimes for rule_id in rule_ids([regime]) for entry in entries([regime], rule_id)]
        return _json([{"regime": e.regime, "id": e.rule.id, "title": e.rule.title, **dict(e.lines)} for e in found])
    lines = []
    for regime in regimes:
        lines.append(f"{regime.name}: {regime.title}")
        rules = [record.rule for record in regime.records] + [duty.rule for duty in regime.duties]
        lines += [f"  {rule.id:<8} [{rule.grade or '-'}] {rule.title}" for rule in rules]
    return "\n".join(lines)


def _explained(code: str, fmt: str) -> str:
    """What a code of an input error means, and an example where there is one."""
    from ..explain.input_examples import INPUT_EXAMPLES
    from ..explain.rule_page import INPUT_GROUPS, code_page, plain

    codes = input_codes()
    if code not in codes:
        near = ", ".join(other for other in codes if other[:3] == code[:3])
        raise FleetplanError(f"no code {code}. " + (f"Near it: {near}." if near else "They run from IN001 to IN999."))
    if fmt == "json":
        example = INPUT_EXAMPLES.get(code)
        shown = {"code": code, "kind": INPUT_GROUPS[code[:3]], "meaning": codes[code]}
        return _json({**shown, "example": None if example is None else example._asdict()})
    page = code_page(code, codes[code])
    return page.rstrip("\n") if fmt == "markdown" else plain(page)


def _json(document: object) -> str:
    import json

    return json.dumps(document, indent=2, ensure_ascii=False)
