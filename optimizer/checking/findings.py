"""What a check finds: a verdict on every limit, and what the verdicts come to for the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from ..domain.plan import Horizon, Plan
from ..errors import Location
from ..frozen import Frozen
from ..limits import Limit
from ..regimes import Regime
from .books import Row
from .duties import Duty
from .notes import Note

Verdict = Literal["pass", "fail", "undecided", "not_applicable", "waived"]
Status = Literal["compliant", "violations", "undecided"]
Severity = Literal["error", "warning"]
Change = Literal["new", "worse", "unchanged", "better"]


class Suppression(Frozen):
    """Why a finding that breaks a limit does not fail the gate: who said so, until when, and where that is written."""

    kind: Literal["waiver", "baseline"]
    reason: str
    approved_by: str = ""
    expires: str = ""  # a date such as 2027-01-31; empty for a baseline
    at: Location | None = None


class Finding(Frozen):
    """A limit at a plan. Amounts are whole TPP; None where the limit gives no bound.

    Where it is unknown whether chips count, `measured` and `base` are those of the choice that is hardest on the plan,
    and `deciding` names the accelerators that decide an undecided verdict. `gpus` and `base_gpus` are the GPUs behind
    `measured` and `base`, by accelerator. `placements` are the rows behind a verdict that is not a pass, `at` is the
    place of the one with the largest share, and `country` is its code as written where all agree.

    `severity` is the rule's, or "warning" where the rule is not in force at the date that was asked for.
    `suppression` says why the verdict is "waived". `change` compares it with another version of the plan. `remark` is a
    sentence about this finding alone, such as that its waiver has lapsed.
    """

    limit: Limit
    verdict: Verdict
    measured: int
    base: int
    allowed: int | None
    excess: int | None
    country: str | None
    gpus: Mapping[str, int]
    base_gpus: Mapping[str, int]
    deciding: tuple[str, ...] = ()
    at: Location | None = None
    placements: tuple[Row, ...] = ()
    severity: Severity = "error"
    suppression: Suppression | None = None
    change: Change | None = None
    remark: str = ""


class CheckResult(Frozen):
    """What the check of one plan found: every limit's finding, in the order rule, country, period, and the notes.

    `duties` are the notices and reports that the plan triggers. `as_of` is the date whose law was applied, None for the
    regime as published. `unjudged` means that nothing was judged, so that the status is undecided whatever was found.
    `fail_on` is the mildest severity that makes a broken limit a violation. `left_out` are rules that nobody asked for.
    """

    plan: Plan
    regime: Regime
    horizon: Horizon
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    duties: tuple[Duty, ...] = ()
    as_of: str | None = None
    unjudged: bool = False
    fail_on: Severity = "error"
    left_out: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """undecided where anything is, else violations where a limit is broken, else compliant."""
        if self.unjudged or any(finding.verdict == "undecided" for finding in self.findings):
            return "undecided"
        return "violations" if self.violations() else "compliant"

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many findings have each verdict."""
        counts: dict[Verdict, int] = {"pass": 0, "fail": 0, "undecided": 0, "not_applicable": 0, "waived": 0}
        for finding in self.findings:
            counts[finding.verdict] += 1
        return counts

    def of(self, verdict: Verdict) -> list[Finding]:
        """The findings with this verdict."""
        return [finding for finding in self.findings if finding.verdict == verdict]

    def violations(self) -> list[Finding]:
        """The broken limits that make the plan one with violations: those as grave as `fail_on`."""
        return [f for f in self.of("fail") if f.severity == "error" or self.fail_on == "warning"]

    def warnings(self) -> list[Finding]:
        """The broken limits that do not."""
        return [f for f in self.of("fail") if f.severity == "warning" and self.fail_on == "error"]


def only_out_of_date(findings: Sequence[Finding]) -> bool:
    """Whether rules were looked at and none of them is in force in any of the plan's quarters."""
    dated = any(finding.verdict == "not_applicable" and finding.limit.period is not None for finding in findings)
    return dated and all(finding.verdict == "not_applicable" for finding in findings)
