"""What could not be judged, for a SARIF report: input errors, each of a rule of its own kind, and files left unjudged.

They are results, since a host that sees none would take every alert of an earlier run for fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import Location
from .escape import repository_path
from .headline import dropped, verdict
from .judged import nothing_judged
from .outcome import INTERNAL, Outcome
from .problems import problem_place, problem_text
from .sarif_rules import HELP_URI

UNJUDGED = "judged"
"""The rule of a file whose dates lie outside the rules, so that no limit says anything of it."""
UNFIXED = "unfixed"
"""The rule of a file that no longer judges what its older version broke."""
MEANS: Mapping[str, str] = {
    INTERNAL: "A fault of fleetplan itself: nothing is decided about the file.",
    UNJUDGED: "No rule holds in any quarter of the plan, so nothing was judged.",
    UNFIXED: "The older version broke limits of quarters that are no longer judged, so they are not fixed.",
}


class Unread(NamedTuple):
    """A result that is about no limit: its rule, its place and its words; `identity` tells it from others."""

    rule: str
    at: Location
    text: str
    identity: tuple[str, ...]


def unread(outcomes: Sequence[Outcome]) -> Iterator[Unread]:
    """Every input error of every file, and every file that was left unjudged, in order."""
    for outcome in outcomes:
        for problem in outcome.problems:
            at = problem_place(problem, outcome.file)
            said = (problem.field, problem.found, problem.why)
            yield Unread(problem.code, at, problem_text(problem), (problem.code, *repository_path(at.file), *said))
        if nothing_judged(outcome):
            identity = (UNJUDGED, *repository_path(outcome.file))
            yield Unread(UNJUDGED, Location(outcome.file), f"Undecided: {verdict(outcome)}", identity)
        if outcome.dropped:
            identity = (UNFIXED, *repository_path(outcome.file))
            yield Unread(UNFIXED, Location(outcome.file), dropped(outcome), identity)


def means(rules: Iterable[str]) -> Mapping[str, str]:
    """What each of these rules means, in one sentence."""
    from ..domain.table_checks import TABLE_CODES
    from ..gate.codes import GATE_CODES
    from ..reading.codes import INPUT_CODES
    from ..regimes.codes import REGIME_CODES

    known = {**INPUT_CODES, **REGIME_CODES, **GATE_CODES, **TABLE_CODES, **MEANS}
    return {rule: known.get(rule, MEANS[INTERNAL]) for rule in rules}


def input_rules(found: Iterable[Unread]) -> list[dict[str, Any]]:
    """The rules of these results as SARIF's reporting descriptors, by id."""
    named = sorted({one.rule for one in found})
    return [_document(rule, text) for rule, text in means(named).items()] if named else []


def _document(rule: str, text: str) -> dict[str, Any]:
    undecided = "A file that cannot be judged in full is never called compliant."
    command = f"fleetplan rules {rule}"
    more, marked = ("", "") if rule in (UNJUDGED, UNFIXED) else (f"\nmore: {command}", f"\n\n`{command}` says more.")
    return {
        "id": rule,
        "name": rule,
        "shortDescription": {"text": text},
        "fullDescription": {"text": f"{text} {undecided}"},
        "help": {"text": f"{text} {undecided}{more}", "markdown": f"{text} {undecided}{marked}"},
        "helpUri": HELP_URI.format(rule=rule),
        "defaultConfiguration": {"level": "error"},
        "properties": {"precision": "very-high", "tags": ["input"]},
    }
