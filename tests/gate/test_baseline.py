"""The baseline: what it records, what it sets aside, and that no row's place stands in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gate_helpers import OVER, result, verdicts
from test_waiving import TIER_3

from optimizer.check import check
from optimizer.errors import InputError, Location
from optimizer.explain.sentences import sentence
from optimizer.gate.baseline import (
    Key,
    baseline_text,
    entries,
    merged,
    outgrown,
    outgrown_note,
    read_baseline,
    set_aside,
)
from optimizer.reading import read_plan

KEY = Key("a.plan.yaml", "UVEU101", "MY", "2026Q1")
LIMIT = "UVEU101(MY,2026Q1)"
FILE = Path("b.json")


@pytest.mark.parametrize(("recorded", "verdict"), [(OVER - 1, "fail"), (OVER, "waived"), (OVER + 1, "waived")])
def test_a_larger_excess_is_new_and_an_equal_or_smaller_one_is_not(recorded: int, verdict: str) -> None:
    settled = set_aside(result(), {KEY: recorded}, FILE)
    assert verdicts(settled)[LIMIT] == verdict
    for finding in settled.of("waived"):
        assert finding.suppression is not None
        assert finding.suppression.kind == "baseline"
        assert f"{recorded:,}" in finding.suppression.reason


@pytest.mark.parametrize(
    "key",
    [
        KEY._replace(plan="b.plan.yaml"),
        KEY._replace(rule="UVEU102"),
        KEY._replace(scope="SG"),
        KEY._replace(period="2026Q2"),
        KEY._replace(period=""),
    ],
)
def test_another_plan_rule_scope_or_quarter_is_not_set_aside(key: Key) -> None:
    assert verdicts(set_aside(result(), {key: 10**9}, FILE))[LIMIT] == "fail"


def test_what_is_written_reads_back_and_sets_its_plan_aside(tmp_path: Path) -> None:
    heavy = result(40)
    found = entries(heavy, Path())
    assert {key.rule for key in found} == {"UVEU101", "UVEU102"}
    path = tmp_path / "b.json"
    path.write_text(baseline_text(found), encoding="utf-8")
    assert read_baseline(path) == found
    assert set_aside(heavy, found, FILE).status == "compliant"
    assert set_aside(result(41), found, FILE).status == "violations"


def test_it_is_sorted_stable_and_without_lines() -> None:
    found = entries(result(40), Path())
    text = baseline_text(found)
    assert text == baseline_text(dict(reversed(found.items())))
    rows = json.loads(text)["findings"]
    assert rows == sorted(rows, key=lambda row: (row["plan"], row["rule"], row["scope"], row["quarter"]))
    assert all(set(row) == {"plan", "rule", "scope", "quarter", "excess_tpp"} for row in rows)
    assert baseline_text({}).count("\n") == 4
    assert json.loads(baseline_text({})) == {"fleetplan": "baseline/1", "findings": []}


def test_rows_may_move() -> None:
    found = entries(result(), Path())
    assert set_aside(result(more="\n\n# moved\n"), found, FILE).status == "compliant"


def test_what_nobody_can_waive_is_never_recorded_nor_set_aside(tmp_path: Path) -> None:
    banned = check(read_plan("a.plan.yaml", stdin_text=TIER_3))
    assert "TIER301" not in {key.rule for key in entries(banned, Path())}
    key = KEY._replace(rule="TIER301", scope="CN")
    assert verdicts(set_aside(banned, {key: 10**9}, FILE))["TIER301(CN,2026Q1)"] == "fail"
    path = tmp_path / "b.json"
    path.write_text(baseline_text({key: 1}), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_baseline(path)
    assert caught.value.problems[0].code == "IN651"


def test_plans_are_named_from_the_folder_of_the_file() -> None:
    deep = result(file="plans/a.plan.yaml")
    assert next(iter(entries(deep, Path("plans")))).plan == "a.plan.yaml"
    assert next(iter(entries(deep, Path("other")))).plan == "../plans/a.plan.yaml"


def test_what_has_become_smaller_is_told() -> None:
    old = {KEY: OVER + 1, KEY._replace(scope="SG"): 5, KEY._replace(plan="not-checked.yaml"): 5}
    assert outgrown(old, [result()], Path()) == [
        f"'a.plan.yaml' 'UVEU101(MY,2026Q1)' is broken by {OVER:,} TPP where {OVER + 1:,} are recorded",
        "'a.plan.yaml' 'UVEU101(SG,2026Q1)' is not broken any more",
        "'not-checked.yaml' 'UVEU101(MY,2026Q1)': the plan is not there any more",
    ]
    assert outgrown({KEY: OVER}, [result()], Path()) == []
    assert outgrown({KEY._replace(plan="<stdin>"): OVER}, [result()], Path()) == []
    no_period = KEY._replace(rule="AUTH200", period="")
    assert "'AUTH200(MY)'" in outgrown({no_period: 1}, [result()], Path())[0]


def test_a_plan_that_is_there_and_was_not_checked_keeps_its_entries(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").touch()
    assert outgrown({KEY._replace(plan="other.yaml"): 1}, [result()], tmp_path) == []


def test_the_note_names_the_first_entries_and_counts_the_rest() -> None:
    assert outgrown_note(["x is gone"], FILE).values["text"].startswith("1 entry does not apply any more")
    text = outgrown_note([f"x{number} is gone" for number in range(12)], FILE).values["text"]
    assert text.startswith("12 entries do not apply any more")
    assert text.endswith("x9 is gone; and 2 more")
    assert outgrown_note(["x"], FILE).at == Location("b.json")


def test_what_has_grown_beyond_the_baseline_says_by_how_much() -> None:
    (finding,) = set_aside(result(), {KEY: OVER - 1000}, FILE).of("fail")
    assert finding.remark == f"Its excess has grown by 1,000 TPP: the baseline (b.json) records {OVER - 1000:,} TPP."
    assert finding.remark in sentence(finding, result().plan.catalogue)
    assert set_aside(result(), {}, FILE).of("fail")[0].remark == ""
    lapsed = result().replace(findings=tuple(f.replace(remark="Lapsed.") for f in result().findings))
    assert set_aside(lapsed, {KEY: OVER - 1}, FILE).of("fail")[0].remark.startswith("Lapsed. Its excess")
    assert set_aside(lapsed, {KEY: OVER}, FILE).of("waived")[0].remark == ""


def test_other_plans_stay_when_some_are_recorded_anew(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").touch()
    old = {KEY: 1, KEY._replace(plan="other.yaml"): 2, KEY._replace(plan="gone.yaml"): 3}
    assert merged(old, {}, ["a.plan.yaml"], tmp_path) == {KEY._replace(plan="other.yaml"): 2}


GOOD = {"plan": "a", "rule": "UVEU101", "scope": "MY", "quarter": "2026Q1", "excess_tpp": 5}
BAD = {
    "not json": "{",
    "nothing": "",
    "a plan": '{"fleetplan": "plan/1", "findings": []}',
    "another version": '{"fleetplan": "baseline/2", "findings": []}',
    "no list": '{"fleetplan": "baseline/1"}',
    "a row twice": json.dumps({"fleetplan": "baseline/1", "findings": [GOOD, {**GOOD, "excess_tpp": 6}]}),
    "a row with a line": json.dumps({"fleetplan": "baseline/1", "findings": [{**GOOD, "line": 3}]}),
    "no excess": json.dumps({"fleetplan": "baseline/1", "findings": [{"plan": "a", "rule": "R", "scope": "MY"}]}),
    "an excess of nothing": json.dumps({"fleetplan": "baseline/1", "findings": [{**GOOD, "excess_tpp": 0}]}),
    "half an excess": json.dumps({"fleetplan": "baseline/1", "findings": [{**GOOD, "excess_tpp": 0.5}]}),
    "no number": json.dumps({"fleetplan": "baseline/1", "findings": [{**GOOD, "excess_tpp": float("nan")}]}),
    "a key twice": '{"fleetplan": "baseline/1", "findings": [], "findings": []}',
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_baseline_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(BAD[name], encoding="utf-8")
    with pytest.raises(InputError):
        read_baseline(path)
