"""The rules of a SARIF report: what each says, where the law says it, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..check import CheckResult
from ..explain.records import describe, describe_duty
from ..limits import Rule
from .escape import markdown, printable
from .outcome import Outcome

HELP_URI = "urn:fleetplan:rule:{rule}"
"""Where a rule is explained. The schema asks for an absolute URI, and the project has no address to name: a URN says
which rule is meant, and `fleetplan rules RULE` and docs/rules/RULE.md explain it."""
LEVELS = ("error", "warning", "note")

Part = tuple[str, str]


class Rules:
    """The rules of every regime that judged, each id once, with the number that results refer to."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._rules: dict[str, Rule] = {}
        self._said: dict[str, dict[tuple[Part, ...], list[str]]] = {}
        for outcome in outcomes:
            if outcome.result is not None:
                for rule, parts in _rules(outcome.result):
                    self._rules.setdefault(rule.id, rule)
                    names = self._said.setdefault(rule.id, {}).setdefault(parts, [])
                    if outcome.result.regime.name not in names:
                        names.append(outcome.result.regime.name)
        self._numbers = {rule: number for number, rule in enumerate(self._rules)}

    def number(self, rule: str) -> int:
        """The place of the rule in the list."""
        return self._numbers[rule]

    def documents(self) -> list[dict[str, Any]]:
        """The rules as SARIF's reporting descriptors."""
        return [_document(rule, self._said[rule.id]) for rule in self._rules.values()]


def _rules(result: CheckResult) -> Iterator[tuple[Rule, tuple[Part, ...]]]:
    """Every rule that the regime has or a finding names, with its parts."""
    known = set()
    for record in result.regime.records:
        known.add(record.rule.id)
        yield record.rule, tuple(describe(record))
    for duty in result.regime.duties:
        known.add(duty.rule.id)
        yield duty.rule, tuple(describe_duty(duty))
    named = [finding.limit.rule for finding in result.findings] + [duty.rule for duty in result.duties]
    for rule in named:
        if rule.id not in known:
            known.add(rule.id)
            yield rule, (("id", rule.id), ("title", rule.title), ("citation", rule.citation))


def _document(rule: Rule, said: dict[tuple[Part, ...], list[str]]) -> dict[str, Any]:
    """One descriptor; where regimes say different things under one id, its help says each under its regime."""
    several = len(said) > 1
    texts, marked = [], []
    for parts, regimes in said.items():
        if several:
            names = printable(", ".join(regimes))
            texts.append(f"Under {names}:")
            marked += [f"**Under {markdown(names)}:**", ""]
        texts += [f"{label}: {printable(text)}" for label, text in parts]
        marked += [*(f"- **{label}**: {markdown(text)}" for label, text in parts), ""]
    commands = f"fleetplan rules {rule.id}"
    first = dict(next(iter(said)))
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": printable(rule.title)},
        "fullDescription": {"text": _sentence(rule, first)},
        "help": {
            "text": "\n".join([*texts, f"more: {commands}"]),
            "markdown": "\n".join([*marked, f"`{commands}` says more."]),
        },
        "helpUri": HELP_URI.format(rule=_urn_part(rule.id)),
        "defaultConfiguration": {"level": rule.severity if rule.severity in LEVELS else "error"},
        "properties": {
            "citation": printable(rule.citation),
            "grade": rule.grade,
            "waivable": rule.waivable,
            "precision": "very-high",
            "tags": ["compliance", "export-control"],
        },
    }


def _sentence(rule: Rule, parts: dict[str, str]) -> str:
    said = [
        f"{label} {parts[label]}" for label in ("measured", "at most", "at least", "asked by", "due") if label in parts
    ]
    return printable(f"{rule.title}. {_joined(said)}[{rule.citation}]")


def _joined(said: Iterable[str]) -> str:
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}. " if text else ""


def _urn_part(rule: str) -> str:
    from urllib.parse import quote

    return quote(rule, safe="")
