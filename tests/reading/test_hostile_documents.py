"""Whatever stands in the fields of a document or the cells of a table, the answer is a plan or an InputError."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from reading_helpers import US_FIRM, plan, scenario
from test_plan_reader import FULL as FULL_PLAN
from test_scenario_reader import FULL as FULL_SCENARIO

from optimizer.domain.plan import Plan
from optimizer.domain.scenario import Scenario
from optimizer.errors import InputError
from optimizer.reading import INPUT_CODES
from optimizer.reading.yaml_text import read_yaml

FIELDS = sorted(
    {key for text in (FULL_PLAN, FULL_SCENARIO) for key in re.findall(r"(\w+):", text)}
    | {"parent", "placements_file", "bundled", "rows", "countries", "exclude", "per_quarter", "total", "max_rtt_ms"}
)
"""The names of fields, so that nearly every part of the readers is reached."""

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**19), 10**19),
    st.sampled_from(
        [
            "US",
            "MY",
            "XX",
            "2026Q1",
            "2026Q4",
            "h100-sxm",
            "7%",
            "bundled",
            "johor",
            "gulf",
            "uveu",
            "x.csv",
            "a\nb",
            "\xa0a",
            "x" * 300,
        ]
    ),
    st.text(max_size=5),
    st.floats(allow_nan=False, allow_infinity=False),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from([*FIELDS, "2026Q1", "US", "johor", "a\nb", "\xa0", "x" * 300]), inner, max_size=4
        ),
    ),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A good document, as JSON, with one to three of its values replaced or further fields added."""
    document = read_yaml(text, "x").data()
    for _ in range(draw(st.integers(1, 3))):
        node: Any = document
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and draw(st.integers(0, 3)):
                node = node[key]
                continue
            node[draw(st.sampled_from(FIELDS)) if isinstance(node, dict) and draw(st.booleans()) else key] = draw(
                VALUES
            )
            break
    return json.dumps(document)


def check_error(error: InputError) -> None:
    assert error.problems
    for problem in error.problems:
        assert problem.code in INPUT_CODES
        assert problem.why
        assert problem.mend
        assert str(problem).isprintable()


@given(damaged(FULL_PLAN))
def test_a_damaged_plan_is_a_plan_or_an_input_error(text: str) -> None:
    got: Plan | InputError
    try:
        got = plan(text, "x.json")
    except InputError as error:
        got = error
    assert isinstance(got, Plan) or check_error(got) is None


@given(damaged(FULL_SCENARIO))
def test_a_damaged_scenario_is_a_scenario_or_an_input_error(text: str) -> None:
    got: Scenario | InputError
    try:
        got = scenario(text, "x.json")
    except InputError as error:
        got = error
    assert isinstance(got, Scenario) or check_error(got) is None


CELLS = st.one_of(
    st.sampled_from(["US", "us", "UK", "h100-sxm", "8", "0", "1e5", "2026Q1", "uveu", "", "'=1", '"', '"a,b"', "a;b"]),
    st.text(max_size=4),
)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=8).map(",".join), max_size=5).map("\n".join))
def test_a_damaged_table_is_a_plan_or_an_input_error(rows: str) -> None:
    got: Plan | InputError
    try:
        got = plan(
            f"country,site,accelerator,gpus,quarter,authorization,consignee\nUS,,h100-sxm,8,,,\n{rows}",
            "x.csv",
            US_FIRM,
        )
    except InputError as error:
        got = error
    assert isinstance(got, Plan) or check_error(got) is None
