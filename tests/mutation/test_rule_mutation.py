"""A sample of the mistakes that the law as written here could hold: each of them is noticed.

`make soak` puts in all of them; `python benchmarks/rule_mutation.py` prints the score.
"""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "check"), str(TESTS / "oracle")]

from equivalent import CODE, RECORDS  # noqa: E402  (found through the path above)
from score import all_mutants, judge_mutants  # noqa: E402

SAMPLE, PLANS, SEED = 60, 150, "a sample of mistakes"


def test_a_sample_of_mistakes_is_noticed() -> None:
    mutants = [one for one in all_mutants(sample=4 * SAMPLE, seed=SEED) if one.name not in (*RECORDS, *CODE)][:SAMPLE]
    outcomes = list(judge_mutants(mutants, PLANS))
    assert len(outcomes) == SAMPLE
    assert [one.name for one in outcomes if one.kind == "survives"] == []
    assert {"case", "otherwise"} <= {one.kind for one in outcomes}


def test_what_is_called_no_mistake_is_a_change_that_is_made() -> None:
    """No name in the table is left over from a record that is gone; the script names those of code that is."""
    assert set(RECORDS) <= {one.name for one in all_mutants("records")}
    assert all(reason.endswith(".") for reason in (*RECORDS.values(), *CODE.values()))


def test_no_two_mistakes_have_one_name() -> None:
    names = [one.name for one in all_mutants()]
    assert len(names) == len(set(names)) > 3_000
