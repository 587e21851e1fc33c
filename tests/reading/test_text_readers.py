"""YAML and JSON texts become the same nodes, with places, and hostile texts only ever an InputError."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from optimizer.errors import InputError
from optimizer.reading.json_text import read_json
from optimizer.reading.nodes import Node
from optimizer.reading.yaml_text import read_yaml


def places(node: Node) -> list[tuple[object, int | None, int | None]]:
    """Every scalar with its line and column."""
    if isinstance(node.value, dict):
        return [place for item in node.value.values() for place in places(item)]
    if isinstance(node.value, list):
        return [place for item in node.value for place in places(item)]
    return [(node.value, node.at.line, node.at.column)]


def test_yaml_scalars_stay_text() -> None:
    node = read_yaml("a: NO\nb: 010\nc: 1.50\nd: 2026-07-01\ne: 1:30\nf: yes\ng: 0x1F\nh: .nan\n", "x.yaml")
    assert list(node.plain().values()) == ["NO", "010", "1.50", "2026-07-01", "1:30", "yes", "0x1F", ".nan"]


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_yaml_null(text: str) -> None:
    assert read_yaml(f"a: {text}\n", "x.yaml").plain() == {"a": None}


def test_quoted_null_is_text() -> None:
    assert read_yaml("a: 'null'\nb: \"\"\nc: '~'\n", "x.yaml").plain() == {"a": "null", "b": "", "c": "~"}


def test_yaml_knows_what_was_quoted() -> None:
    node = read_yaml("[a, 'b', \"c\"]\n", "x.yaml")
    assert isinstance(node.value, list)
    assert [item.quoted for item in node.value] == [False, True, True]


def test_yaml_places_of_values_and_keys() -> None:
    node = read_yaml("a: 1\nbé:\n  - x\n  - {c: 'y'}\n", "x.yaml")
    assert places(node) == [("1", 1, 4), ("x", 3, 5), ("y", 4, 9)]
    assert [(key, at.line, at.column) for key, at in node.keys.items()] == [("a", 1, 1), ("bé", 2, 1)]


def test_json_places_of_values_and_keys() -> None:
    node = read_json('{"a": 1,\n "b": ["x",\n  {"c": null}]}', "x.json")
    assert places(node) == [("1", 1, 7), ("x", 2, 8), (None, 3, 9)]
    assert [(key, at.line, at.column) for key, at in node.keys.items()] == [("a", 1, 2), ("b", 2, 2)]


def test_json_numbers_and_words_are_bare_text() -> None:
    node = read_json('[1.50, -3, 1e5, true, false, null, "12"]', "x.json")
    assert node.plain() == ["1.50", "-3", "1e5", "true", "false", None, "12"]
    assert isinstance(node.value, list)
    assert [item.quoted for item in node.value] == [False] * 6 + [True]


def test_typed_data_is_what_json_reads() -> None:
    text = '{"a": [1, -2, 0.5, 1e-05, true, null, "7", "true"], "b": {"c": 12345678901234567890}}'
    assert read_json(text, "x.json").data() == json.loads(text)


@pytest.mark.parametrize("text", ["1" * 200, "1e999", "NaN", ".5", "1_000", "yes"])
def test_what_json_has_no_exact_value_for_stays_text(text: str) -> None:
    assert read_yaml(f"- {text}\n", "x.yaml").data() == [text]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "IN008"),
        ('{"a": NaN}', "IN104"),
        ('{"a": -Infinity}', "IN104"),
        ('{"a": 010}', "IN104"),
        ('{"a": 1,}', "IN005"),
        ("{a: 1}", "IN005"),
        ("{'a': 1}", "IN005"),
        ("{\"a\": 'b'}", "IN005"),
        ('{"a": "b}', "IN005"),
        ('{"a": "\n"}', "IN005"),
        ('{"a": "\\q"}', "IN005"),
        ('{"a": "\\ud800"}', "IN004"),
        ('{"a": "\\u0000"}', "IN004"),
        ('{"a\\u202e": 1}', "IN004"),
        ('{"a" 1}', "IN005"),
        ("[1 2]", "IN005"),
        ("[1", "IN005"),
        ('{"a": 1} {}', "IN007"),
        ("// a\n{}", "IN005"),
        ("[" * 50_000, "IN002"),
        ('{"a":' * 50_000, "IN002"),
        ('"' + "a" * 70_000 + '"', "IN002"),
        ("", "IN006"),
    ],
)
def test_bad_json(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_json(text, "x.json")
    assert caught.value.problems[0].code == code


def test_a_duplicate_key_names_both_lines() -> None:
    with pytest.raises(InputError) as caught:
        read_yaml("a: 1\nb: 2\na: 3\n", "x.yaml")
    (problem,) = caught.value.problems
    assert problem.at.line == 3
    assert "line 1" in problem.why


def test_all_refused_yaml_of_a_file_comes_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_yaml("a: &x 1\nb: *x\nc: !!int 3\nc: 4\n", "x.yaml")
    assert [(problem.code, problem.at.line) for problem in caught.value.problems] == [
        ("IN009", 1),
        ("IN009", 2),
        ("IN009", 3),
        ("IN008", 4),
    ]


def test_the_pure_python_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: NO\nb: [1, 'x', {c: ~}]\nd: |\n  long\n  text\n"
    fast = read_yaml(text, "x.yaml")
    monkeypatch.delattr(yaml, "CLoader", raising=False)
    slow = read_yaml(text, "x.yaml")
    assert (slow.plain(), places(slow)) == (fast.plain(), places(fast))
    with pytest.raises(InputError):
        read_yaml("[" * 50_000, "x.yaml")
    with pytest.raises(InputError):
        read_yaml('a: "\\UFFFFFFFF"\n', "x.yaml")


def test_a_million_values_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.reading.yaml_text.MAX_VALUES", 100)
    assert len(read_yaml("[" + "1," * 99 + "]", "x.yaml").plain()) == 99
    with pytest.raises(InputError) as caught:
        read_yaml("[" + "1," * 101 + "]", "x.yaml")
    assert caught.value.problems[0].code == "IN002"


# Texts near the grammar: its own characters are far likelier than others to reach deep into a parser.
NEARLY = st.text(alphabet="abN0189.-+_:,{}[]\"'\\|>&*!%@`#?~<= \t\n\r\x00é٨🙂\u202e\ufeff\x85", max_size=60)


def outcome(read: Callable[[str, str], Node], text: str) -> Node | list[str]:
    """The node, or the codes of what is wrong; any other exception ends the test."""
    try:
        return read(text, "x")
    except InputError as error:
        return [problem.code for problem in error.problems]


@given(st.one_of(st.text(max_size=60), NEARLY))
@example("a: !<tag:yaml.org,2002:int> 3")
@example("\ufeffa: 1")
@example("%YAML 1.1\n---\na: 1\n...\n")
@example('a: "\\ud800"')
@example("\ud800")
@example("? a\n? b\n")
@example("- - - a\n")
@example("&a [*a]")
def test_yaml_gives_nodes_or_an_input_error(text: str) -> None:
    got = outcome(read_yaml, text)
    assert isinstance(got, Node) or (got and all(code.startswith("IN0") for code in got))


@given(st.one_of(st.text(max_size=60), NEARLY))
@example('{"a":1}')
@example('"\\ud83d\\ude42"')
@example("-")
@example("\ud800")
def test_json_gives_nodes_or_an_input_error(text: str) -> None:
    got = outcome(read_json, text)
    assert isinstance(got, Node) or (got and all(code[:3] in ("IN0", "IN1") for code in got))


PRINTABLE = st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(allow_nan=False, allow_infinity=False),
        PRINTABLE,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(PRINTABLE, inner, max_size=4)),
    max_leaves=12,
)


@given(VALUES)
def test_json_reads_what_python_writes(value: object) -> None:
    assert read_json(json.dumps(value), "x.json").data() == value
    assert read_json(json.dumps(value, indent=1, ensure_ascii=False), "x.json").data() == value
