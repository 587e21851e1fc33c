"""The worked cases of tests/cases: reading them, and what a check does not answer as they say.

A file holds the cases of one rule, written from the law's text:

    rule: UVEU101
    record:                     # what the record says beside its bound, by regime
      ifr-2025: {grade: P, says: [7 %, para. 6], assumes: [the whole group]}    # severity: error, waivable: true
    given: ...                  # what all plans have in common
    cases:
      - why: what the case shows
        regimes: [factsheet-2025, ifr-2025]
        amend: {CAP201.less: null}      # the regime with this changed (optional)
        add: [{id: X1, ...}]    # the regime with further rules (optional)
        readings: {uveu-seat: both}     # the law read so (optional)
        as_of: '2025-03-01'             # the law as it stood then (optional)
        places: DE FR           # lines of the plan, and names, with <place> stand once for each (optional)
        plan: ...
        expect:                 # by name; every limit of the rule that breaks or is undecided has to be named
          UVEU101(MY,2026Q3): [pass, 110808168, 110822891, 0]    # verdict, measured, allowed, excess; null: any
          UVEU101(TH,2026Q3): fail
        status: violations      # of the whole plan (optional)
        says: [text]            # stands in the sentence of each limit named (optional)
        notes: [text]           # stands in the notes (optional)

A duty is expected by name and the day on which it is due, DUTY601(MY,johor,2026Q3): '2026-01-02'; all of the rule are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from optimizer.check import CheckResult, Finding
from optimizer.domain.plan import Plan
from optimizer.explain.sentences import note_text, sentence
from optimizer.reading import read_plan
from optimizer.regimes import Regime, RuleRecord
from optimizer.regimes.duties import DutyRecord

FOLDER = Path(__file__).resolve().parents[1] / "cases"
PLACE = "<place>"
REGIME = "REGIME"
"""Stands for the rule in the file of what belongs to no single one: there all findings are looked at."""


class Case(NamedTuple):
    """One worked case under one regime."""

    rule: str
    number: int
    regime: str
    text: str
    form: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.rule}-{self.number}-{self.regime}"

    @property
    def expect(self) -> dict[str, Any]:
        """What is expected of each limit, by name."""
        wanted: dict[str, Any] = {}
        for name, want in self.form["expect"].items():
            wanted |= {name.replace(PLACE, place): want for place in self._places} if PLACE in name else {name: want}
        return wanted

    @property
    def _places(self) -> list[str]:
        return str(self.form.get("places", "")).split()

    def plan(self, folder: Path) -> Plan:
        """The case's plan, read from a file in `folder`."""
        lines = ["fleetplan: plan/1", *self._regime()]
        for line in self.text.splitlines():
            lines += [line.replace(PLACE, place) for place in self._places] if PLACE in line else [line]
        path = folder / "case.plan.yaml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_plan(path)

    @property
    def as_of(self) -> str | None:
        """The day whose law is applied, None for the law as published."""
        return self.form.get("as_of")

    @property
    def readings(self) -> dict[str, str]:
        """The options of the regime's readings that are chosen."""
        return self.form.get("readings", {})

    def _regime(self) -> list[str]:
        lines = [f"  extends: {self.regime}"]
        for part in ("amend", "readings"):
            if part in self.form:
                lines += [f"  {part}:", *(f"    {key}: {value}" for key, value in self.form[part].items())]
        if "add" in self.form:
            lines.append(f"  add: {json.dumps(self.form['add'])}")
        return ["regime:", *lines]


@cache
def documents() -> dict[str, dict[str, Any]]:
    """The files of the cases, by rule."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = {path.stem: yaml.load(path.read_text(encoding="utf-8"), loader) for path in sorted(FOLDER.glob("*.yaml"))}
    assert all(document["rule"] == stem for stem, document in found.items())
    return found


def cases() -> list[Case]:
    """Every case under each of its regimes."""
    return [
        Case(rule, number, str(regime), document["given"] + form["plan"], form)
        for rule, document in documents().items()
        for number, form in enumerate(document["cases"])
        for regime in form["regimes"]
    ]


def complaints(case: Case, result: CheckResult) -> list[str]:
    """Everything that the check does not answer as the case says."""
    return list(_complaints(case, result))


def _complaints(case: Case, result: CheckResult) -> Iterator[str]:
    if case.rule.startswith("DUTY"):
        yield from _of_duties(case, result)
        return
    of_rule = [finding for finding in result.findings if case.rule in (finding.limit.rule.id, REGIME)]
    found = {finding.limit.name: finding for finding in of_rule}
    if len(found) < len(of_rule):
        yield "two limits have one name"
    wanted = case.expect
    for name, want in wanted.items():
        if name not in found:
            yield f"{name} is missing"
        elif (shown := _shown(found[name], want)) != want:
            yield f"{name} is {shown}, not {want}"
    for name, finding in found.items():
        if finding.verdict in ("fail", "undecided") and name not in wanted:
            yield f"{name} is {finding.verdict}, and not named"
    if case.form.get("status", result.status) != result.status:
        yield f"the status is {result.status}, not {case.form['status']}"
    for text in case.form.get("says", ()):
        for name in wanted.keys() & found.keys():
            if text not in sentence(found[name], result.plan.catalogue):
                yield f"{name} does not say '{text}'"

    notes = " ".join(note_text(note) for note in result.notes)
    for text in case.form.get("notes", ()):
        if text not in notes:
            yield f"no note says '{text}'"


def _of_duties(case: Case, result: CheckResult) -> Iterator[str]:
    duties = [duty for duty in result.duties if duty.rule.id == case.rule]
    found = {f"{duty.rule.id}({','.join(duty.about)})": duty.due for duty in duties}
    if len(found) < len(duties):
        yield "two duties have one name"
    if found != case.expect:
        yield f"the duties are {found}, not {case.expect}"


def _shown(finding: Finding, want: Any) -> Any:
    """What the finding shows of what is wanted."""
    if isinstance(want, str):
        return finding.verdict
    shown = [finding.verdict, finding.measured, finding.allowed, finding.excess]
    return [None if wish is None else value for value, wish in zip(shown, want, strict=True)]


def record_complaints(document: dict[str, Any], regime: str, record: RuleRecord | DutyRecord) -> list[str]:
    """Everything that a record does not say as the file of its rule says it should, its bound apart."""
    want = document.get("record", {}).get(regime)
    if want is None:
        return ["the file does not say what the record holds"]
    rule, found = record.rule, []
    shown = {"grade": rule.grade, "severity": rule.severity, "waivable": rule.waivable}
    usual: dict[str, Any] = {"severity": "error", "waivable": True}
    if isinstance(record, DutyRecord):
        usual = {"severity": "note", "waivable": False}
    for key, value in {**usual, **want}.items():
        if key in shown and shown[key] != value:
            found.append(f"{key} is {shown[key]}, not {value}")
    words = f"{rule.title}; {rule.citation}"
    found += [f"'{text}' is said nowhere" for text in want["says"] if text not in words]
    if bool(record.assumed) != bool(want.get("assumes")):
        found.append(f"assumed is '{record.assumed}'")
    found += [
        f"'{text}' is not among what is assumed" for text in want.get("assumes", ()) if text not in record.assumed
    ]
    return found


def regime_complaints(document: dict[str, Any], name: str, regime: Regime) -> list[str]:
    """Everything that the regime of that name does not say of itself as REGIME.yaml says it should."""
    want = document["regimes"][name]
    status, tiers = regime.status, regime.tiers
    shown = {
        "span": f"{regime.first} to {regime.last}",
        "enforced": status.enforced,
        "looked": status.looked,
        "history": [event.date for event in status.history],
        "states": [interval.state for interval in status.timeline],
        "readings": {one.id: f"{one.grade}: {one.citation}" for one in regime.readings},
        "assumed": list(tiers.assumed),
    }
    found = [f"{key} is {value}, not {want[key]}" for key, value in shown.items() if _text(want[key]) != _text(value)]
    found += [f"'{text}' is said nowhere" for text in want["says"] if text not in regime.title]
    found += [f"'{text}' is not noted" for text in want["notes"] if text not in status.note]
    if tiers.grade != want["tiers"]["grade"]:
        found.append(f"the tiers have grade {tiers.grade}")
    return found + [f"the tiers do not say '{text}'" for text in want["tiers"]["says"] if text not in tiers.citation]


def _text(value: Any) -> str:
    """Dates are dates in one file and text in the other."""
    return str([str(item) for item in value]) if isinstance(value, list) else str(value)
