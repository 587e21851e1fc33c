"""`fleetplan schema` prints schemas that are schemas, and that the product's own files pass."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from optimizer.cli.main import main
from optimizer.cli.schema import FORMATS
from optimizer.domain.plan import RegimeRef
from optimizer.reading.nodes import Fields
from optimizer.regimes import load_regime

ROOT = Path(__file__).resolve().parents[2]


def schema(name: str, capsys: pytest.CaptureFixture[str]) -> Any:
    assert main(["schema", name]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", FORMATS)
def test_each_schema_is_a_schema(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = schema(name, capsys)
    jsonschema.Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["title"]


def test_without_a_name_the_formats_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(FORMATS)


def test_no_other_format_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "../plan"]) == 2
    assert "There are: plan, scenario, regime, " in capsys.readouterr().err


class DatesAreText(yaml.SafeLoader):
    """YAML 1.2 has no dates, and neither has the schema."""


DatesAreText.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def regimes() -> list[Path]:
    return sorted((ROOT / "data" / "regimes").glob("*.yaml"))


@pytest.mark.parametrize("path", regimes(), ids=lambda path: path.stem)
def test_the_built_in_regimes_pass_the_regime_schema(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=DatesAreText)
    jsonschema.Draft202012Validator(schema("regime", capsys)).validate(document)


def test_the_regime_schema_has_the_fields_that_the_reader_asks_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, set[str]] = {}
    done = Fields.done

    def spy(fields: Fields) -> None:
        part = re.sub(r"rules\[\d+\]", "rule", fields.path)
        part = re.sub(r"(duties|readings)\[\d+\]", r"\1", part)
        asked.setdefault(part, set()).update(fields.asked)
        done(fields)

    monkeypatch.setattr(Fields, "done", spy)
    for path in regimes():
        load_regime(RegimeRef(base=path.name, folder=path.parent))
    document = schema("regime", capsys)
    parts = {
        "": document,
        "rule.measured": document["$defs"]["measured"],
        "rule.applies": document["$defs"]["firm_test"],
    }
    for name in ("rule", "tiers"):
        parts[name] = document["$defs"][name]
    parts["status"] = document["$defs"]["legal_status"]
    parts["duties"] = document["properties"]["duties"]["items"]
    parts["readings"] = document["properties"]["readings"]["oneOf"][0]["items"]
    parts["rule.weights"] = document["$defs"]["rule"]["properties"]["weights"]
    asked[""] |= {"extends", "amend", "add"}
    for part, schema_part in parts.items():
        assert asked[part] == set(schema_part["properties"]), part


EXTENDS = {"fleetplan": "regime/1", "id": "ours", "extends": "ifr-2025", "amend": {"UVEU101.at_most": "10%"}}


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({}, True),
        ({"amend": {"UVEU101": "10%"}}, False),
        ({"fleetplan": "regime/2"}, False),
        ({"colour": "blue"}, False),
        (
            {"rules": [{"id": "X1", "title": "t", "citation": "c", "grade": "P", "each": "moon", "at_most": "1%"}]},
            False,
        ),
        (
            {
                "rules": [
                    {"id": "X1", "title": "t", "citation": "c", "grade": "P", "each": "quarter", "at_most": "107%"}
                ]
            },
            False,
        ),
        (
            {"rules": [{"id": "X1", "title": "t", "citation": "c", "grade": "P", "each": "quarter", "at_most": "7%"}]},
            True,
        ),
    ],
)
def test_the_regime_schema_tells_right_from_wrong(
    change: dict[str, Any], passes: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    validator = jsonschema.Draft202012Validator(schema("regime", capsys))
    assert validator.is_valid({**EXTENDS, **change}) is passes
