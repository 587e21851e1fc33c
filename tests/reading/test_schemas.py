"""The published schemas say what the readers accept: the same fields, and no good file that they refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import test_bad_plans
import test_scenario_reader
from reading_helpers import HEAD, SCENARIO_HEAD, plan, scenario
from test_plan_reader import FULL as FULL_PLAN
from test_scenario_reader import FULL as FULL_SCENARIO
from test_scenario_reader import ROWS

from optimizer.bundled import example_path
from optimizer.domain.plan import AUTHORIZATIONS
from optimizer.domain.scenario import LATER_OBJECTIVES, OBJECTIVES
from optimizer.reading import INPUT_CODES, codes, read_document, read_plan, read_scenario, write_plan
from optimizer.reading.nodes import Fields
from optimizer.reading.placements_reader import PLACEMENT_COLUMNS
from optimizer.reading.sites_reader import SITE_COLUMNS

FOLDER = Path(__file__).resolve().parents[2] / "optimizer" / "schemas"


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return loaded


def complaints(name: str, text: str, suffix: str = ".yaml") -> list[str]:
    """What the schema says against a document."""
    document = read_document(f"x{suffix}", text=text).data()
    return [error.message for error in jsonschema.Draft202012Validator(schema(name)).iter_errors(document)]


@pytest.mark.parametrize("name", ["plan", "scenario", "report"])
def test_each_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


SCENARIO_VARIANTS = [
    FULL_SCENARIO,
    SCENARIO_HEAD + ROWS + "regime: {extends: none, amend: {}}\n",
    SCENARIO_HEAD + "sites: bundled\nbudget_musd: {total: 5}\n",
    SCENARIO_HEAD + "sites: {bundled: true}\nbudget_musd: {per_quarter: 0.5}\n",
    SCENARIO_HEAD + "sites: {bundled: {countries: [US, AE], sites: [ashburn], exclude: []}, rows: []}\n"
    "demand: [{region: gulf, h100e: {2026Q1: 1.5}, max_rtt_ms: 80.5}]\n",
    SCENARIO_HEAD + ROWS + "objective: [cost, open_sites]\nobjective_tolerance: 0.5%\nsurvive_site_loss: true\n"
    "authorizations: {SG: [allocation, lpp], default: [lpp]}\n",
    SCENARIO_HEAD + ROWS + "objective: [carbon]\nauthorizations: [licence]\n",
]
PLAN_VARIANTS = [
    FULL_PLAN,
    HEAD + "placements: [{country: US, accelerator: h100-sxm, gpus: 8}]\n",
    HEAD
    + "regime: own/regime.yaml\nplacements: [{country: US, accelerator: h100-sxm, gpus: 8, holds_weights: true}]\n",
]


@pytest.mark.parametrize("text", PLAN_VARIANTS)
def test_good_plans_pass(text: str) -> None:
    assert complaints("plan", text) == []
    for fmt in ("yaml", "json"):
        assert complaints("plan", write_plan(plan(text), None, fmt), f".{fmt}") == []


@pytest.mark.parametrize("text", SCENARIO_VARIANTS)
def test_good_scenarios_pass(text: str) -> None:
    scenario(text)
    assert complaints("scenario", text) == []


def examples() -> list[Path]:
    """Every plan and scenario among the bundled examples."""
    found = [path for suffix in ("yaml", "yml", "json") for path in example_path().rglob(f"*.{suffix}")]
    return sorted(
        path for path in found if re.search(r"fleetplan\W+(plan|scenario)/1", path.read_text(encoding="utf-8"))
    )


def test_every_example_is_read_and_passes() -> None:
    for path in examples():
        document = read_document(path)
        kind = document.plain()["fleetplan"].partition("/")[0]
        jsonschema.Draft202012Validator(schema(kind)).validate(document.data())
        if "invalid" not in path.parts:
            (read_plan if kind == "plan" else read_scenario)(path)


SEEN_BY_A_SCHEMA = {"IN101", "IN102", "IN103", "IN104", "IN105", "IN106", "IN107", "IN108", "IN112", "IN201"}
BUT_NOT = {  # JSON has no other integers than 8.0 and 1e5, and what is missing depends on a table
    "exponent",
    "whole with a point",
    "own accelerator without TPP",
    "own accelerator between the thresholds",
    "nothing chosen",
}


@pytest.mark.parametrize("name", [*test_bad_plans.NUMBERS, *test_bad_plans.STRUCTURE])
def test_bad_plans_that_a_schema_can_see_do_not_pass(name: str) -> None:
    bad = (test_bad_plans.NUMBERS | test_bad_plans.STRUCTURE)[name]
    assert complaints("plan", bad.text) != [] or bad.code not in SEEN_BY_A_SCHEMA or name in BUT_NOT


@pytest.mark.parametrize("name", test_scenario_reader.BAD)
def test_bad_scenarios_that_a_schema_can_see_do_not_pass(name: str) -> None:
    bad = test_scenario_reader.BAD[name]
    assert complaints("scenario", bad.text) != [] or bad.code not in SEEN_BY_A_SCHEMA or name in BUT_NOT


def schema_fields(root: dict[str, Any], node: dict[str, Any], path: str, found: dict[str, set[str]]) -> None:
    """The names of the fields at each path of a schema."""
    if "$ref" in node:
        schema_fields(root, root["$defs"][node["$ref"].rpartition("/")[2]], path, found)
    for option in node.get("oneOf", []):
        schema_fields(root, option, path, found)
    if "items" in node:
        schema_fields(root, node["items"], f"{path}[]", found)
    if "properties" in node:
        found.setdefault(path, set()).update(node["properties"])
        for key, inner in node["properties"].items():
            schema_fields(root, inner, f"{path}.{key}" if path else key, found)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The names of the fields that the readers ask for at each path, recorded when they are done with it."""
    found: dict[str, set[str]] = {}
    done = Fields.done

    def record(self: Fields) -> None:
        found.setdefault(re.sub(r"\[\d+\]", "[]", self.path), set()).update(self.asked)
        done(self)

    monkeypatch.setattr(Fields, "done", record)
    return found


@pytest.mark.parametrize("name", ["plan", "scenario"])
def test_the_fields_of_the_schema_are_those_of_the_reader(name: str, asked: dict[str, set[str]]) -> None:
    for text in PLAN_VARIANTS if name == "plan" else SCENARIO_VARIANTS:
        plan(text) if name == "plan" else scenario(text)
    stated: dict[str, set[str]] = {}
    root = schema(name)
    schema_fields(root, root, "", stated)
    asked["sites[]"] = asked.get("sites[]", set()) | asked.pop("sites.rows[]", set())
    stated.pop("sites.rows[]", None)
    if name == "plan":
        del asked["sites[]"]
        for path in ("waivers[]", "waivers[].quarters"):  # read by the gate: tests/gate/test_waivers.py
            stated.pop(path)
    assert asked == stated


def test_the_words_of_the_schemas_are_those_of_the_readers() -> None:
    for name in ("plan", "scenario"):
        definitions = schema(name)["$defs"]
        assert definitions["authorization"]["enum"] == list(AUTHORIZATIONS)
        assert set(PLACEMENT_COLUMNS) == set(definitions["placement"]["properties"]) - {"holds_weights"}
    one, ranked = schema("scenario")["properties"]["objective"]["oneOf"]
    assert one["enum"] == ranked["prefixItems"][0]["enum"] == list(OBJECTIVES)
    assert ranked["items"]["enum"] == list(LATER_OBJECTIVES)
    assert set(SITE_COLUMNS) == set(schema("scenario")["$defs"]["site"]["properties"])


@pytest.mark.parametrize("name", ["plan", "scenario"])
def test_objects_are_closed(name: str) -> None:
    """A misspelt field is seen in the editor already; only what is kept as it is, is open."""

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            if "properties" in node and "/anyOf/" not in path:
                assert node.get("additionalProperties") is False, path
            for key, inner in node.items():
                walk(inner, f"{path}/{key}")
        elif isinstance(node, list):
            for number, inner in enumerate(node):
                walk(inner, f"{path}/{number}")

    walk(schema(name), name)


def test_every_field_of_a_row_is_described() -> None:
    for name in ("plan", "scenario", "report"):
        root = schema(name)
        assert root["description"]
        for key, definition in root["$defs"].items():
            assert "description" in definition or definition["type"] == "object", (name, key)


def test_a_report_passes_its_schema() -> None:
    report = {
        "status": "violations",
        "regime": {"id": "factsheet-2025"},
        "findings": [
            {
                "rule": "UVEU101",
                "country": "MY",
                "quarter": "2026Q3",
                "verdict": "fail",
                "measured": 90,
                "allowed": 70,
                "excess": 20,
                "unit": "tpp",
                "sentence": "MY holds 9 % of the total in 2026Q3; 7 % is allowed.",
                "location": {"file": "plan.yaml", "line": 5, "column": 5},
            }
        ],
        "errors": [
            {
                "code": "IN110",
                "location": {"file": "plan.yaml", "line": 5, "column": 5},
                "field": "placements[0].country",
                "found": "'UK'",
                "why": "not a country",
                "mend": "Did you mean 'GB'?",
            }
        ],
        "summary": {"fail": 1},
    }
    validator = jsonschema.Draft202012Validator(schema("report"))
    validator.validate(report)
    for key in ("status", "regime", "findings", "errors", "summary"):
        assert not validator.is_valid({name: value for name, value in report.items() if name != key})
    assert not validator.is_valid({**report, "status": "fine"})


def test_every_input_code_is_explained_once() -> None:
    constants = {name: value for name, value in vars(codes).items() if isinstance(value, str) and name.isupper()}
    assert sorted(constants.values()) == sorted(INPUT_CODES)
    assert len(set(constants.values())) == len(constants)
    for code, meaning in INPUT_CODES.items():
        assert re.fullmatch(r"IN[0-4][0-9]{2}", code)
        assert meaning.endswith(".")


def test_every_input_code_is_used() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in FOLDER.parent.rglob("*.py") if path.name != "codes.py"
    )
    for name, value in vars(codes).items():
        if isinstance(value, str) and value in INPUT_CODES:
            assert re.search(rf"\b{name}\b", source), name
