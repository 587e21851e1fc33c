"""What the check of one file came to: a result, or what was wrong with the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ..check import CheckResult, Finding
from ..errors import Location, Problem
from ..explain.sections import Section
from ..frozen import Frozen
from ..gate.codes import TIMED_OUT
from ..gate.policy import verdict

INTERNAL = "IN900"
"""The code of an error that is fleetplan's own; it leaves the file undecided."""

EXIT_CODES = {"compliant": 0, "violations": 1, "undecided": 2, "invalid_input": 2}
"""From the mildest status to the gravest."""
Gate = Literal["pass", "fail", "undecided"]
GATES: tuple[Gate, ...] = ("pass", "fail", "undecided")
"""What the gate says, by its exit code. The status says what the law says, waivers and a comparison apart."""
FLAGS = "command line"
"""Stands for a file in the outcome of flags that are no good."""


class Outcome(Frozen):
    """One file and its result; without one, `problems` say why there is none, and `more` counts the rest of them.

    `dropped` are broken limits of the older version that it is compared with whose quarters are no longer judged.
    """

    file: str
    result: CheckResult | None = None
    problems: tuple[Problem, ...] = ()
    more: int = 0
    sections: tuple[Section, ...] = ()
    dropped: tuple[Finding, ...] = ()

    @property
    def status(self) -> str:
        """compliant, violations, undecided or invalid_input."""
        if self.result is not None:
            return self.result.status
        unknown = any(problem.code in (INTERNAL, TIMED_OUT) for problem in self.problems)
        return "undecided" if unknown else "invalid_input"

    @property
    def gate(self) -> Gate:
        """Whether the file passes the gate: of a plan that is compared with an older one, only what is new counts."""
        if self.result is None:
            return "undecided"
        compared = any(finding.change is not None for finding in self.result.findings)
        gate = GATES[verdict(self.result, compared=compared)]
        return "fail" if self.dropped and gate == "pass" else gate

    @property
    def is_file(self) -> bool:
        """Whether it is about a file, and not about flags."""
        return self.result is not None or self.file != FLAGS


def internal(file: str, error: Exception) -> Outcome:
    """The outcome of a file at which fleetplan itself failed."""
    why = f"fleetplan failed here ({type(error).__name__}), so nothing is decided about this file"
    mend = "This is a fault of fleetplan: please report it, with the output of the same command under FLEETPLAN_DEBUG=1"
    return Outcome(file, problems=(Problem(INTERNAL, Location(file), "", "", why, mend),))


def overall(outcomes: Iterable[Outcome]) -> str:
    """The gravest status of several files; compliant when there is none, which has to be allowed."""
    grades = list(EXIT_CODES)
    return max((outcome.status for outcome in outcomes), key=grades.index, default="compliant")


def overall_gate(outcomes: Iterable[Outcome]) -> Gate:
    """What the gate says of several files together; it passes when there is none, which has to be allowed."""
    return max((outcome.gate for outcome in outcomes), key=GATES.index, default="pass")
