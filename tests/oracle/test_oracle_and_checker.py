"""The checker next to the oracle: on 5,000 random plans, most of them at a boundary, every verdict is the same.

`test_a_wrong_number_is_noticed` is the test of this test: with any bound of a regime off by the least amount, or with a
record that looks at the wrong chips, some of the plans come out differently.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from comparing import duties_of, judged, owed, verdicts, wanted
from oracle import FIRST, IFR_NVEU

from optimizer.check import Finding, check
from optimizer.domain.plan import RegimeRef
from optimizer.errors import InputError
from optimizer.regimes import load_regime

CHUNKS, CHUNK = 5, 1_000
A_GPU = 60_000  # TPP of the largest
TAKES_TOO_MUCH = "IN207"
MEASURED = ("UVEU101", "UVEU102", "UVEU103", "CAP201", "LPP501", "NVEU401")


FLOORS = {
    **{("plan", status): 150 for status in ("compliant", "violations", "undecided")},
    ("plan", "takes too much"): 5,
    **{("TIER301", verdict): 40 for verdict in ("pass", "fail", "not_applicable")},
    **{("UVEU100", verdict): 8 for verdict in ("pass", "fail", "not_applicable")},
    **{("AUTH200", verdict): 50 for verdict in ("pass", "fail", "not_applicable")},
    **{("AIA250", verdict): 8 for verdict in ("pass", "fail", "not_applicable")},
    **{("UVEU101", seen): 20 for seen in ("at", "just below", "just above", "not_applicable")},
    **{("UVEU102", seen): 10 for seen in ("at", "just below", "just above", "not_applicable")},
    **{("UVEU103", seen): 1 for seen in ("at", "just below", "just above", "not_applicable")},
    **{("CAP201", seen): 30 for seen in ("at", "just below", "just above", "not_applicable", "undecided")},
    **{("LPP501", seen): 10 for seen in ("at", "just below", "just above", "not_applicable", "undecided")},
    **{("NVEU401", seen): 10 for seen in ("at", "just below", "just above", "not_applicable", "undecided")},
    **{("WGT701", verdict): 3 for verdict in ("pass", "fail", "undecided", "not_applicable")},
    **{(f"DUTY60{number}", "owed"): 30 for number in range(1, 9)},
    **{(rule, verdict): 50 for rule in MEASURED for verdict in ("pass", "fail")},
    **{(rule, "3A090.a decides"): 2 for rule in MEASURED},
}
"""How often each thing has to come up in a chunk, or the comparison would prove little."""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_checker_and_oracle_agree_on_random_plans(chunk: int) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        seed = f"plan {number}"
        plan, _, status, of = judged(seed)
        if status is None:
            with pytest.raises(InputError, match=TAKES_TOO_MUCH):
                check(plan)
            seen["plan", "takes too much"] += 1
            continue
        result = check(plan)
        want = wanted(of)
        found = verdicts(result.findings, want)
        differ = {key: (found.get(key), want.get(key)) for key in found | want if found.get(key) != want.get(key)}
        assert differ == {}, f"(checker, oracle) differ at seed {seed!r}"
        assert result.status == status, f"seed {seed!r}"
        assert duties_of(result) == owed(seed), f"seed {seed!r}"
        seen.update((duty.rule.id, "owed") for duty in result.duties)
        seen["plan", status] += 1
        seen.update((key.split("(")[0], verdict) for key, verdict in found.items())
        seen.update((finding.limit.rule.id, near) for finding in result.findings if (near := _near(finding)))
        seen.update((finding.limit.rule.id, "3A090.a decides") for finding in result.findings if finding.deciding)
    short = {key: (seen[key], floor) for key, floor in FLOORS.items() if seen[key] < floor}
    assert short == {}, f"the random plans hardly touch this (seen, wanted); seen in all: {sorted(seen.items())}"


def _near(finding: Finding) -> str:
    """Whether the plan lies exactly at the limit, or within a GPU of it."""
    limit = finding.limit
    if finding.verdict not in ("pass", "fail") or not finding.measured:
        return ""
    over = Fraction(limit.excess(finding.measured, finding.base), limit.share.denominator)
    if over == 0:
        return "at"
    return "" if abs(over) > A_GPU else "just above" if over > 0 else "just below"


def _mistakes() -> list[Any]:
    """Small mistakes that a regime's records could hold: regime, the record's field, and its wrong value."""
    found = []
    numbers: dict[str, dict[str, Any]] = {
        "factsheet-2025": {
            "UVEU101.at_most": 7,
            "UVEU102.at_most": 25,
            "LPP501.at_most": 26_914_400,
            "CAP201.at_most": {"2025Q1": 791_600_000},
            "CAP201.with_agreement": {"2025Q1": 1_583_200_000},
            "NVEU401.at_most": {"2025Q1": 5_066_240_000},
        },
        "ifr-2025": {
            "UVEU101.at_most": 7,
            "UVEU102.at_most": 25,
            "UVEU103.at_least": 50,
            "LPP501.at_most": 26_900_000,
            "CAP201.at_most": {"2025Q1": 790_000_000},
            "CAP201.with_agreement": {"2025Q1": 1_580_000_000},
            "NVEU401.at_most": {str(FIRST + n): amount for n, amount in enumerate(IFR_NVEU)},
        },
    }
    for regime, bounds in numbers.items():
        for field, bound in bounds.items():
            if isinstance(bound, dict):
                for quarter in bound:
                    for step in (-1, 1):
                        steps = {key: str(value + step * (key == quarter)) for key, value in bound.items()}
                        found.append((regime, field, {**steps, "to": "2027Q4"}, f"{quarter}{step:+}"))
                found.append((regime, field, {**{k: str(v) for k, v in bound.items()}, "to": "2028Q1"}, "later"))
                found.append(
                    (
                        regime,
                        field,
                        {**{k: str(v) for k, v in bound.items() if k < "2027Q3"}, "to": "2027Q3"},
                        "earlier",
                    )
                )
            elif bound > 100:
                found += [(regime, field, str(bound + step), f"{step:+}") for step in (-1, 1)]
            else:
                found += [
                    (regime, field, f"{bound - 1}.9999999%", "less"),
                    (regime, field, f"{bound}.0000001%", "more"),
                ]
    both: dict[str, Any] = {
        "CAP201.measured.received_from": "2025Q2",
        "UVEU101.measured.tiers": ["2", "3"],
        "UVEU102.measured.tiers": ["2"],
        "TIER301.measured.tiers": ["2", "3"],
    }
    for regime in numbers:
        found += [(regime, field, value, "other") for field, value in both.items()]
    found += [
        ("factsheet-2025", "CAP201.measured.authorizations", ["allocation"], "fewer"),
        ("factsheet-2025", "CAP201.measured.authorizations", ["allocation", "uveu", "nveu"], "nveu"),
        ("factsheet-2025", "CAP201.measured.authorizations", ["allocation", "uveu", "lpp"], "lpp"),
        ("ifr-2025", "CAP201.measured.authorizations", ["allocation", "uveu"], "more"),
        ("factsheet-2025", "measure", "meets_3a090a", "other"),
        ("ifr-2025", "measure", "all", "other"),
    ]
    return [pytest.param(*case[:3], id=f"{case[0]}-{case[1]}-{case[3]}") for case in found]


@pytest.mark.parametrize("base, field, value", _mistakes())
def test_a_wrong_number_is_noticed(base: str, field: str, value: Any) -> None:
    """The same plans, judged with the mistake, do not all come out as the oracle says."""
    wrong = load_regime(RegimeRef(base, amend={field: value}))
    for number in range(CHUNKS * CHUNK):
        plan, regime, status, of = judged(f"plan {number}")
        if regime != base or status is None:
            continue
        want = wanted(of)
        try:
            found = verdicts(check(plan, wrong).findings, want)
        except InputError:  # what counts from which date also says which chips leave first
            return
        if found != want:
            return
    pytest.fail("no plan came out differently")
