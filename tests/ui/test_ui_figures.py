"""Numbers and pieces of the page in words: short, and never rounded up to a limit that is not reached."""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from pathlib import Path

import pytest

from optimizer.ui import figures, parts
from optimizer.ui.places import spans
from optimizer.ui.text import EN, TABLES, Words

PAGE = Path(figures.__file__).parent


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (7_136, "7,136"),
        (9_994, "9,994"),
        (12_345, "12.3 k"),
        (999_600, "1 M"),
        (1_040_000, "1.04 M"),
        (31_800_000_000, "31.8 B"),
        (-1_120_000_000, "−1.12 B"),
        (56.7, "56.7"),
        (0.04, "0"),
    ],
)
def test_short(value: float, text: str) -> None:
    assert figures.short(value) == text


@pytest.mark.parametrize(
    "measured, allowed, texts",
    [
        ("7", "7", ("7", "7", "0")),
        ("4.87", "7", ("4.9", "7", "2.1")),
        ("6.96", "7", ("6.96", "7", "0.04")),
        ("6.99951", "7", ("6.9995", "7", "0.0005")),
        ("7.02", "7", ("7.02", "7", "0.02")),
    ],
)
def test_different_numbers_never_look_equal(measured: str, allowed: str, texts: tuple[str, str, str]) -> None:
    assert figures.against(Fraction(measured), Fraction(allowed)) == texts


@pytest.mark.parametrize(
    "seconds, text", [(0.04, "0 s"), (0.42, "0.4 s"), (38.2, "38 s"), (240, "4 min"), (7_300, "2 h"), (300_000, "3 d")]
)
def test_duration(seconds: float, text: str) -> None:
    assert figures.duration(seconds) == text


def test_money_power_and_percent() -> None:
    assert figures.money(31_800) == "$ 31.8 B"
    assert (figures.power(786), figures.power(53_200)) == ("786 MW", "53.2 GW")
    assert (figures.percent(0.249), figures.percent(0.0008, 2), figures.percent(0)) == ("24.9 %", "0.08 %", "0 %")


def test_runs_of_quarters_are_drawn_together() -> None:
    assert spans(["2027Q1", "2026Q3", "2026Q4", "2027Q3"]) == "2026Q3–2027Q1, 2027Q3"
    assert spans(["2026"]) == "2026"
    assert spans([]) == ""


def test_whatever_comes_into_a_piece_is_escaped() -> None:
    evil = '<img src=x onerror="alert(1)">'
    bar = parts.Bar(evil, evil, 0.5, 2, evil, evil, "binding", evil)
    written = "".join(
        [
            parts.title(evil),
            parts.quiet(evil),
            parts.card_title(evil, evil),
            parts.pills([parts.Pill(evil, "good")]),
            parts.bars([bar]),
            parts.facts([(evil, evil)]),
            parts.table([evil], [[evil]]),
            parts.legend([("red", "", evil)]),
        ]
    )
    assert "<img" not in written
    assert written.count("&lt;img") == 15


@pytest.mark.parametrize("part, width", [(-1.0, None), (0.0, None), (0.256, "25.6%"), (1.7, "100.0%")])
def test_a_bar_never_leaves_its_track(part: float, width: str | None) -> None:
    found = re.search(r"width:([\d.]+%)", parts.bars([parts.Bar("a", "", part, 1, "b")]))
    assert (found[1] if found else None) == width


# -- the table of sentences -------------------------------------------------------------------------------------------


def keys_in_code() -> set[str]:
    """The keys that the page's modules ask for; those put together at run time as patterns with a star."""
    found = set()
    for file in PAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = [str(v.value) if isinstance(v, ast.Constant) else "*" for v in node.values]
                found.add("".join(parts))
    return found


def test_every_sentence_is_used() -> None:
    asked = keys_in_code()
    patterns = [re.escape(key).replace(r"\*", ".+") for key in asked if re.fullmatch(r"[a-z]+\.[a-z_]*\*", key)]
    unused = [key for key in EN if key not in asked and not any(re.fullmatch(pattern, key) for pattern in patterns)]
    assert unused == []


def test_every_sentence_asked_for_exists() -> None:
    families = {key.split(".")[0] for key in EN if "." in key}
    calls = set()
    for file in PAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                if isinstance(node.args[0], ast.Constant):
                    calls.add(node.args[0].value)
                elif isinstance(node.args[0], ast.JoinedStr):
                    first = node.args[0].values[0]
                    assert isinstance(first, ast.Constant)
                    assert str(first.value).split(".")[0] in families
    assert calls - EN.keys() == set()
    assert len(calls) > 60


def test_every_language_has_the_same_sentences_with_the_same_values() -> None:
    def values(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", text))

    for table in TABLES.values():
        assert table.keys() == EN.keys()
        for key, text in table.items():
            assert values(text) == values(EN[key]), key


def test_words_puts_values_in_and_refuses_unknown_keys() -> None:
    assert Words()("kpi.sites_value", used=3, count=9) == "3 of 9"
    with pytest.raises(KeyError):
        Words()("no.such.key")
