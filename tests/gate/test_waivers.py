"""What a waiver has to say, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from gate_helpers import WAIVER, plan_text, waivers_text

from optimizer.cli.main import main
from optimizer.errors import InputError
from optimizer.gate.codes import GATE_CODES
from optimizer.gate.waivers import Waiver, check_terms, days_between, inline_waivers, read_waivers
from optimizer.reading import read_document, read_plan, write_plan
from optimizer.reading.nodes import Fields
from optimizer.units import Quarter


def read(tmp_path: Path, text: str) -> tuple[Waiver, ...]:
    path = tmp_path / "w.yaml"
    path.write_text(text, encoding="utf-8")
    return read_waivers(path)


def codes(error: InputError) -> list[str]:
    return [problem.code for problem in error.problems]


def test_a_waiver_is_read_with_its_place(tmp_path: Path) -> None:
    (waiver,) = read(tmp_path, waivers_text({**WAIVER, "plan": "plans/*.yaml", "approved": "2026-01-01"}))
    assert (waiver.rule, waiver.scope, waiver.plan) == ("UVEU101", "MY", "plans/*.yaml")
    assert waiver.quarters == {Quarter.parse("2026Q1")}
    assert (waiver.approved, waiver.expires, waiver.at.line) == ("2026-01-01", "2026-12-31", 3)
    assert waiver.name == "UVEU101(MY)"


def test_quarters_may_be_a_span(tmp_path: Path) -> None:
    (waiver,) = read(tmp_path, waivers_text({**WAIVER, "quarters": "{first: 2026Q4, last: 2027Q2}"}))
    assert sorted(waiver.quarters) == [Quarter.parse("2026Q4") + n for n in range(3)]


def test_there_may_be_none(tmp_path: Path) -> None:
    assert read(tmp_path, waivers_text()) == ()


@pytest.mark.parametrize("field", WAIVER)
def test_every_field_is_needed(field: str, tmp_path: Path) -> None:
    for row in ({key: value for key, value in WAIVER.items() if key != field}, {**WAIVER, field: ""}):
        with pytest.raises(InputError) as caught:
            read(tmp_path, waivers_text(row))
        assert codes(caught.value) == ["IN101"]
        assert field in caught.value.problems[0].field


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a rule nobody can waive": ({"rule": "TIER301"}, "IN603"),
    "a scope for everything": ({"scope": "'*'"}, "IN605"),
    "a scope that is a pattern": ({"scope": "'M?'"}, "IN605"),
    "no quarter": ({"quarters": "[]"}, "IN101"),
    "a year for a quarter": ({"quarters": "[2026]"}, "IN107"),
    "one quarter without its list": ({"quarters": "2026Q1"}, "IN103"),
    "every quarter": ({"quarters": "'*'"}, "IN103"),
    "a quarter that is nothing": ({"quarters": "[null]"}, "IN103"),
    "a span of a century": ({"quarters": "{first: 2026Q1, last: 2126Q1}"}, "IN605"),
    "a span that ends first": ({"quarters": "{first: 2026Q2, last: 2026Q1}"}, "IN203"),
    "a span with one end": ({"quarters": "{first: 2026Q2}"}, "IN101"),
    "an excess of nothing": ({"max_excess_tpp": "0"}, "IN105"),
    "an excess below nothing": ({"max_excess_tpp": "-1"}, "IN105"),
    "an excess without end": ({"max_excess_tpp": ".inf"}, "IN104"),
    "an excess with a point": ({"max_excess_tpp": "1.5"}, "IN104"),
    "an excess in quotation marks": ({"max_excess_tpp": "'5'"}, "IN104"),
    "a share for an excess": ({"max_excess_tpp": "5%"}, "IN104"),
    "a reason of spaces": ({"reason": "'   '"}, "IN109"),
    "a reason that is a list": ({"reason": "[a]"}, "IN103"),
    "a reason without end": ({"reason": "x" * 1001}, "IN109"),
    "an approver of spaces": ({"approved_by": "' '"}, "IN109"),
    "no day of the calendar": ({"expires": "2026-02-30"}, "IN601"),
    "a day of a week": ({"expires": "2026-W05-1"}, "IN601"),
    "a day without dashes": ({"expires": "20261231"}, "IN601"),
    "a time": ({"expires": "2026-12-31T00:00:00"}, "IN601"),
    "never": ({"expires": "never"}, "IN601"),
    "a day in other digits": ({"expires": "٢٠٢٦-١٢-٣١"}, "IN601"),
    "367 days": ({"approved": "2026-01-01", "expires": "2027-01-03"}, "IN602"),
    "an end before its approval": ({"approved": "2027-01-01"}, "IN602"),
    "a field too many": ({"until": "2027-01-01"}, "IN102"),
    "a mistyped field": ({"max_excess": "5"}, "IN102"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_refused(name: str, tmp_path: Path) -> None:
    change, code = BAD[name]
    with pytest.raises(InputError) as caught:
        read(tmp_path, waivers_text({**WAIVER, **change}))
    assert codes(caught.value) == [code]
    assert caught.value.problems[0].at.line


def test_366_days_are_allowed(tmp_path: Path) -> None:
    (waiver,) = read(tmp_path, waivers_text({**WAIVER, "approved": "2026-01-01", "expires": "2027-01-02"}))
    assert days_between(waiver.approved, waiver.expires) == 366


@pytest.mark.parametrize(("today", "problems"), [("2025-12-30", 0), ("2025-12-29", 1)])
def test_without_a_date_of_approval_the_days_count_from_the_check(today: str, problems: int, tmp_path: Path) -> None:
    waivers = read(tmp_path, waivers_text(WAIVER))
    assert days_between("2025-12-30", "2026-12-31") == 366
    assert [problem.code for problem in check_terms(waivers, today)] == ["IN602"] * problems


def test_with_one_they_do_not(tmp_path: Path) -> None:
    waivers = read(tmp_path, waivers_text({**WAIVER, "approved": "2026-01-01"}))
    assert check_terms(waivers, "2020-01-01") == ()


def test_the_same_waiver_twice(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, waivers_text(WAIVER, {**WAIVER, "max_excess_tpp": 1}))
    assert codes(caught.value) == ["IN204"]


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, waivers_text({**WAIVER, "expires": "x"}, {**WAIVER, "rule": "TIER301", "scope": "M*"}))
    assert codes(caught.value) == ["IN601", "IN603", "IN605"]


HOSTILE = {
    "nothing": "",
    "a plan": plan_text(1),
    "another version": waivers_text(WAIVER, schema="waivers/2"),
    "no list": "fleetplan: waivers/1\n",
    "a mapping for the list": "fleetplan: waivers/1\nwaivers: {a: b}\n",
    "rows that are words": "fleetplan: waivers/1\nwaivers: [a, b]\n",
    "a list at the top": "- a\n",
    "more at the top": waivers_text() + "extra: 1\n",
    "an alias": "fleetplan: waivers/1\nwaivers: [&a {rule: x}, *a]\n",
    "a tag": "fleetplan: waivers/1\nwaivers: !!python/object/apply:os.system [true]\n",
    "keys that are equal": waivers_text(WAIVER) + "  rule: UVEU102\n",
    "brackets": "fleetplan: waivers/1\nwaivers: " + "[" * 50_000,
    "an escape for a terminal": waivers_text({**WAIVER, "reason": '"\\e[2J"'}),
    "letters that run backwards": waivers_text({**WAIVER, "approved_by": "a\u202eb"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read(tmp_path, HOSTILE[name])


def test_a_plan_may_carry_its_own_and_keeps_them_when_it_is_written() -> None:
    text = waivers_text(WAIVER).partition("\n")[2]
    plan = read_plan("a.yaml", stdin_text=plan_text(10, more=text))
    (waiver,) = inline_waivers(plan)
    assert (waiver.rule, waiver.at.file, waiver.at.line) == ("UVEU101", "a.yaml", 4)
    for fmt in ("yaml", "json"):
        again = read_plan(f"a.{fmt}", stdin_text=write_plan(plan, None, fmt))
        assert inline_waivers(again) == (waiver,)


def test_bad_ones_in_a_plan_have_their_line() -> None:
    plan = read_plan("a.yaml", stdin_text=plan_text(10, more="waivers: [{rule: TIER301}]\n"))
    with pytest.raises(InputError) as caught:
        inline_waivers(plan)
    assert "IN603" in codes(caught.value)
    assert {problem.at.line for problem in caught.value.problems} == {3}
    assert caught.value.problems[0].field.startswith("waivers[0].")
    with pytest.raises(InputError) as caught:
        read_plan("a.yaml", stdin_text=plan_text(10, more="waivers: none\n"))
    assert codes(caught.value) == ["IN103"]


def test_the_schemas_have_the_fields_that_the_reader_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, set[str]] = {}
    done = Fields.done

    def spy(fields: Fields) -> None:
        asked.setdefault(re.sub(r"\[\d+\]", "", fields.path), set()).update(fields.asked)
        done(fields)

    monkeypatch.setattr(Fields, "done", spy)
    read(tmp_path, waivers_text({**WAIVER, "quarters": "{first: 2026Q4, last: 2027Q2}"}))
    assert main(["schema", "waivers"]) == 0
    schema = json.loads(capsys.readouterr().out)
    waiver = schema["$defs"]["waiver"]
    assert asked[""] == set(schema["properties"])
    assert asked["waivers"] == set(waiver["properties"])
    assert asked["waivers.quarters"] == set(waiver["properties"]["quarters"]["oneOf"][1]["properties"])
    assert main(["schema", "plan"]) == 0
    assert json.loads(capsys.readouterr().out)["$defs"]["waiver"] == waiver


def test_the_schema_tells_right_from_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "waivers"]) == 0
    validator = jsonschema.Draft202012Validator(json.loads(capsys.readouterr().out))

    def passes(*rows: dict[str, Any]) -> bool:
        return validator.is_valid(read_document("w.yaml", text=waivers_text(*rows)).data())

    assert passes()
    assert passes(WAIVER, {**WAIVER, "quarters": "{first: 2026Q4, last: 2027Q2}", "approved": "2026-01-01"})
    beyond = {"no day of the calendar", "367 days", "an end before its approval", "a span of a century"}
    beyond.add("a span that ends first")
    for name, (change, _) in BAD.items():
        assert passes({**WAIVER, **change}) is (name in beyond), name


def test_each_code_is_explained_and_used() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(__file__).parents[2].joinpath("optimizer").rglob("*.py")
        if path.name != "codes.py"
    )
    from optimizer.gate import codes as module

    for name, value in vars(module).items():
        if isinstance(value, str) and value in GATE_CODES:
            assert re.search(rf"\b{name}\b", source), name
            assert GATE_CODES[value].endswith(".")
    values = [value for value in vars(module).values() if re.fullmatch("IN[0-9]{3}", str(value))]
    assert sorted(values) == sorted(GATE_CODES)
