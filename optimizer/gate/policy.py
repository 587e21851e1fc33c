"""Which rules the gate is asked for, how grave a finding must be to fail it, and what each result comes to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from ..checking.findings import CheckResult, Finding, Severity
from ..errors import Location, Problem, show
from ..frozen import Frozen
from ..reading.nodes import did_you_mean
from ..regimes import Regime
from .codes import NOT_WAIVABLE, UNKNOWN_RULE
from .notes import note, with_notes
from .waivers import NEVER, never_waived


class Policy(Frozen):
    """`select` are the rules that are asked for, empty for all, less those of `ignore`; `fail_on` is the mildest
    severity that fails."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity = "error"

    @property
    def names(self) -> tuple[str, ...]:
        """Every rule that is named."""
        return (*self.select, *self.ignore)

    def asks_for(self, rule: str) -> bool:
        """Whether the rule is judged; `NEVER` waived means always judged."""
        return rule == NEVER or ((not self.select or rule in self.select) and rule not in self.ignore)


def known_rules(results: Iterable[CheckResult], asked: Iterable[str]) -> set[str]:
    """The rules of the results' regimes, and where those do not hold all that are `asked`, of the built-in ones too."""
    known = {rule for result in results for rule in _rules(result.regime)}
    if not known.issuperset(asked):
        from ..domain.plan import RegimeRef
        from ..regimes import builtin_regimes, load_regime

        for name in builtin_regimes():
            known |= {*_rules(load_regime(RegimeRef(base=name)))}
    return known


def _rules(regime: Regime) -> list[str]:
    """The ids of the rules and duties of a regime."""
    return [*(record.rule.id for record in regime.records), *(duty.rule.id for duty in regime.duties)]


def refuse_names(policy: Policy, known: Collection[str], at: Location) -> tuple[Problem, ...]:
    """A problem for each rule of the policy that there is not, and for ignoring the one that cannot be."""
    found = []
    for option, names in (("--select", policy.select), ("--ignore", policy.ignore)):
        for name in names:
            if name not in known:
                why, mend = "there is no such rule", did_you_mean(name, known)
                found.append(Problem(UNKNOWN_RULE, at, option, show(name), why, mend))
    if NEVER in policy.ignore:
        why = "it is judged in every run"
        found.append(Problem(NOT_WAIVABLE, at, "--ignore", show(NEVER), why, "Leave it out."))
    return tuple(found)


def narrowed(result: CheckResult, policy: Policy) -> CheckResult:
    """The result with the findings and duties of the rules asked for alone, and a note on what was left out."""
    if not policy.names:
        return result if policy.fail_on == result.fail_on else result.replace(fail_on=policy.fail_on)
    left_out = [rule for rule in _rules(result.regime) if not policy.asks_for(rule)]
    narrow = result.replace(
        findings=tuple(finding for finding in result.findings if policy.asks_for(finding.limit.rule.id)),
        duties=tuple(duty for duty in result.duties if policy.asks_for(duty.rule.id)),
        fail_on=policy.fail_on,
        left_out=tuple(left_out),
    )
    text = f"Not judged, because of --select or --ignore: {', '.join(left_out)}"
    return with_notes(narrow, [note(text)] if left_out else [])


def stops(finding: Finding) -> bool:
    """Whether a violation fails a comparison: it is new or worse, or of a rule that nobody can waive."""
    return finding.change not in ("unchanged", "better") or never_waived(finding.limit.rule)


def verdict(result: CheckResult, *, compared: bool) -> Literal[0, 1, 2]:
    """The exit code of one result; when `compared`, violations that stood before and have not grown do not count."""
    if result.status == "undecided":
        return 2
    return 1 if any(stops(finding) or not compared for finding in result.violations()) else 0
