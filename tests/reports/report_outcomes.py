"""Outcomes of every kind for the tests of the report formats: made from real checks, then changed where need be."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from optimizer.check import CheckResult, Finding, Suppression, check
from optimizer.checking.duties import Duty
from optimizer.domain.plan import Placement
from optimizer.errors import Location, Problem
from optimizer.explain.sections import Section
from optimizer.limits import Rule
from optimizer.reading import read_plan
from optimizer.reports import FLAGS, Outcome, internal

HOSTILE = (
    "\x00\x07\x1b[31m]]>\n::error file=x::%0A::warning::y\r\n##[error]z|`a`<script>alert(1)</script>&amp;"
    "@octocat #12 !34 \u202eevil\u2028 \U0001f3ed 中文 https://evil.example [l](//x) $x$ \ud800 \\ \" ' --> "
) + "s" * 10_000
"""A name as bad as can be; no reader lets it in, and no report may rely on that."""
CLOSED = (
    *("AF", "BY", "MM", "KH", "CF", "CN", "CD", "CU", "ER", "HT", "IQ", "IR"),
    *("KP", "LB", "LY", "NI", "RU", "SO", "SS", "SD", "SY", "VE", "ZW"),
)
"""Countries of Tier 3, so that a plan can break many limits at once."""
HEAD = "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\n"
PLANS = {
    "fine": "placements:\n- {country: US, accelerator: h100-sxm, gpus: 93, quarter: 2026Q1}\n",
    "over": """horizon: {first: 2026Q1, last: 2026Q3}
placements:
- {country: US, site: ashburn, accelerator: h100-sxm, gpus: 93000}
- {country: MY, accelerator: h100-sxm, gpus: 5000, quarter: 2026Q1}
- {country: MY, site: johor, accelerator: gb200-nvl72, gpus: 1000, quarter: 2026Q2}
- {country: HK, accelerator: h100-sxm, gpus: 3, quarter: 2026Q3}
""",
    "floor": """regime: ifr-2025
placements:
- {country: US, accelerator: h100-sxm, gpus: 100, quarter: 2026Q1}
- {country: DE, accelerator: h100-sxm, gpus: 200, quarter: 2026Q1}
""",
    "unknown": """regime: ifr-2025
placements:
- {country: US, accelerator: h100-sxm, gpus: 93, quarter: 2026Q1}
- {country: MY, accelerator: h100-sxm, gpus: 7, quarter: 2026Q1}
- {country: MY, accelerator: tpu-v5e, gpus: 1, quarter: 2026Q1}
""",
    "amended": """regime: {extends: factsheet-2025, amend: {UVEU101.at_most: 10%}}
placements:
- {country: US, accelerator: h100-sxm, gpus: 93, quarter: 2026Q1}
""",
    "early": """horizon: {first: 2023Q1, last: 2023Q4}
placements:
- {country: US, accelerator: h100-sxm, gpus: 93, quarter: 2023Q1}
""",
    "untouched": """regime: none
placements:
- {country: US, accelerator: h100-sxm, gpus: 93, quarter: 2026Q1}
""",
    "many": "horizon: {first: 2026Q1, last: 2026Q2}\nplacements:\n"
    + "".join(
        f"- {{country: {country}, accelerator: h100-sxm, gpus: {100 + number}, quarter: 2026Q1}}\n"
        for number, country in enumerate(CLOSED)
    )
    + "- {country: US, accelerator: h100-sxm, gpus: 10, quarter: 2026Q1}\n",
}
WAIVER = Suppression(
    kind="waiver",
    reason="agreed | with <BIS>",
    approved_by="legal@example.com",
    expires="2027-01-31",
    at=Location("waivers.yaml", 3, 1),
)
SECTION = Section(
    key="headroom",
    title="Headroom",
    lines=("How many more fit, each alone.",),
    document={"MY": {"h100-sxm": 12}},
    table=(("country", "accelerator", "more"), ("Malaysia", "h100-sxm", "12"), ("A | B", "<x>", "1,200")),
)


@cache
def checked(name: str) -> CheckResult:
    """The result of one of PLANS."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.plan.yaml"
        path.write_text(HEAD + PLANS[name], encoding="utf-8")
        result = check(read_plan(path))
    file = f"plans/{name}.plan.yaml"
    return result.replace(
        findings=tuple(_moved(finding, file) for finding in result.findings),
        duties=tuple(duty.replace(at=_in(file, duty.at)) for duty in result.duties),
        notes=tuple(note.replace(at=_in(file, note.at)) for note in result.notes),
    )


def _in(file: str, at: Location | None) -> Location | None:
    """The place, in `file` instead."""
    return at and at._replace(file=file)


def _moved(finding: Finding, file: str) -> Finding:
    """The finding with its places in `file`, where the plan is said to lie."""
    rows = tuple(row._replace(at=_in(file, row.at)) for row in finding.placements if isinstance(row, Placement))
    return finding.replace(at=_in(file, finding.at), placements=rows)


def outcome(name: str) -> Outcome:
    """The outcome of one of PLANS."""
    return Outcome(f"plans/{name}.plan.yaml", checked(name))


def changed(name: str, change: Callable[[Finding], Finding], verdict: str = "fail") -> Outcome:
    """The outcome of a plan with every finding of that verdict changed."""
    result = checked(name)
    findings = tuple(change(finding) if finding.verdict == verdict else finding for finding in result.findings)
    return Outcome(f"plans/{name}.plan.yaml", result.replace(findings=findings))


def waived(name: str = "over") -> Outcome:
    """Every violation waived."""
    return changed(name, lambda finding: finding.replace(verdict="waived", suppression=WAIVER))


def warned(name: str = "over") -> Outcome:
    """Every violation of a rule that only warns."""
    return changed(name, lambda finding: finding.replace(severity="warning"))


def compared(name: str = "over") -> Outcome:
    """Every violation new, and a section."""
    found = changed(name, lambda finding: finding.replace(change="new"))
    return found.replace(sections=(SECTION,))


def older() -> Outcome:
    """Every violation stood before, so that a comparison passes."""
    return changed("floor", lambda finding: finding.replace(change="unchanged"))


def dropped() -> Outcome:
    """The older version broke limits of quarters that are no longer judged."""
    return outcome("fine").replace(dropped=tuple(checked("over").of("fail")))


def partly(name: str = "fine") -> Outcome:
    """Three rules not asked for."""
    return Outcome(f"plans/{name}.plan.yaml", checked(name).replace(left_out=("UVEU101", "UVEU102", "CAP201")))


def bad_flag() -> Outcome:
    """A flag that is no good."""
    problem = Problem(
        "IN604", Location(FLAGS), "--ignore", "'UVEU1'", "there is no such rule", "Did you mean 'UVEU101'?"
    )
    return Outcome(FLAGS, problems=(problem,))


def invalid() -> Outcome:
    """A file that could not be read."""
    first = Problem("IN110", Location("plans/b.yaml", 3, 5), "country", "'UK'", "no such country", "Write GB.")
    second = Problem("IN201", Location("plans/b.yaml"), "", "", "the file is empty", "Write a plan into it.")
    return Outcome("plans/b.yaml", problems=(first, second), more=7)


def hostile() -> Outcome:
    """A file whose every name is hostile."""

    def change(finding: Finding) -> Finding:
        rule = finding.limit.rule.replace(title=HOSTILE, citation=HOSTILE)
        limit = finding.limit.replace(rule=rule, index=(HOSTILE, str(finding.limit.period)), why=HOSTILE)
        return finding.replace(limit=limit, at=Location(HOSTILE, 4, 3), country=None)

    found = changed("over", change)
    assert found.result is not None
    duty = Duty(
        Rule("DUTY699", HOSTILE, HOSTILE), "2026-01-15", (HOSTILE, "2026Q1"), HOSTILE, at=Location(HOSTILE, 1, 1)
    )
    section = Section("hostile", HOSTILE, (HOSTILE,), {"name": "x"}, ((HOSTILE, "b"), (HOSTILE, HOSTILE)))
    result = found.result.replace(duties=(duty, *found.result.duties))
    return Outcome(HOSTILE, result, sections=(section,))


def hostile_waiver() -> Outcome:
    """Waived by somebody hostile."""
    suppression = WAIVER.replace(reason=HOSTILE, approved_by=HOSTILE, at=Location(HOSTILE, 1, 1))
    return changed("over", lambda finding: finding.replace(verdict="waived", suppression=suppression))


def hostile_problem() -> Outcome:
    """An unreadable file whose every part is hostile."""
    problem = Problem("IN110", Location(HOSTILE, 3, 5), HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    return Outcome(HOSTILE, problems=(problem, problem))


CASES: dict[str, Callable[[], list[Outcome]]] = {
    "no file": list,
    "fine": lambda: [outcome("fine")],
    "over": lambda: [outcome("over")],
    "floor": lambda: [outcome("floor")],
    "unknown": lambda: [outcome("unknown")],
    "amended": lambda: [outcome("amended")],
    "early": lambda: [outcome("early")],
    "untouched": lambda: [outcome("untouched")],
    "many": lambda: [outcome("many")],
    "waived": lambda: [waived()],
    "warned": lambda: [warned()],
    "compared": lambda: [compared()],
    "older": lambda: [older()],
    "dropped": lambda: [dropped()],
    "partly": lambda: [partly()],
    "bad flag": lambda: [outcome("fine"), bad_flag()],
    "invalid": lambda: [invalid()],
    "internal": lambda: [internal("plans/x.yaml", ValueError("boom"))],
    "hostile": lambda: [hostile()],
    "hostile waiver": lambda: [hostile_waiver()],
    "hostile problem": lambda: [hostile_problem()],
    "the same twice": lambda: [outcome("over"), outcome("over"), invalid(), invalid()],
    "all": lambda: [outcome(name) for name in PLANS] + [waived(), invalid(), compared(), hostile(), hostile_problem()],
    "elsewhere": lambda: [
        outcome("over").replace(file=file)
        for file in (
            "../up.yaml",
            "../../x/up two.yaml",
            "/root folder/a b.yaml",
            "./here.yaml",
            "<stdin>",
            "",
            "a:b%.yaml",
        )
    ],
}
