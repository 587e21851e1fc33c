"""Escaping: what files say is shown, and does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.reports.escape import (
    MOST_NAME,
    command_data,
    command_property,
    markdown,
    plain,
    printable,
    repository_path,
    short_name,
    xml,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b", "a b"),
        ("a\nb\x1b", "a\\nb\\x1b"),
        ("\u202eab", "\\u202eab"),
        ("\ud800", "\\ud800"),
        ("\U0001f3ed 中文", "\U0001f3ed 中文"),
        ("x" * 12, "x" * 9 + "…"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text, 10) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("::error::x", ":\\x3aerror:\\x3ax"), (":::", ":\\x3a:"), ("##[group]", "#\\x23[group]"), ("a:b #1", "a:b #1")],
)
def test_a_log_line_is_no_command(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_no_text_makes_a_command(text: str) -> None:
    shown = plain(text)
    assert "::" not in shown
    assert "##[" not in shown
    assert shown.isprintable()


def test_xml() -> None:
    assert xml("a<b>&\"'\x00]]>") == "a&lt;b&gt;&amp;&quot;&#39;\\x00]]&gt;"


def test_commands() -> None:
    assert command_data("50 %\r\na:b,c") == "50 %25%0D%0Aa:b,c"
    assert command_property("50 %\r\na:b,c") == "50 %25%0D%0Aa%3Ab%2Cc"
    assert command_data("%0A") == "%250A"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a\\|b"),
        ("`x`", "\\`x\\`"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("*_x_*", "\\*\\_x\\_\\*"),
        ("[a](b)", "\\[a\\](b)"),
        ("@octocat", "@\u200boctocat"),
        ("#12", "\\#\u200b12"),
        ("!12", "!\u200b12"),
        ("https://evil.example", "https:\u200b//evil.example"),
        ("www.evil.example", "www\u200b.evil.example"),
        ("7 % of 1,000", "7 % of 1,000"),
        ("a\nb", "a\\\\nb"),
    ],
)
def test_markdown(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_long_names_stay_different() -> None:
    one, other = short_name("x" * 900 + "a"), short_name("x" * 900 + "b")
    assert one != other
    assert len(one) <= MOST_NAME
    assert short_name("UVEU101(MY,2026Q1)") == "UVEU101(MY,2026Q1)"


def test_paths_start_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert repository_path("plans/a.yaml") == ("", "plans/a.yaml")
    assert repository_path("./plans/../a.yaml") == ("", "a.yaml")
    assert repository_path(str(tmp_path / "plans" / "a.yaml")) == ("", "plans/a.yaml")
    assert repository_path("../a.yaml") == ("UP1", "a.yaml")
    assert repository_path("../../b/a.yaml") == ("UP2", "b/a.yaml")
    assert repository_path("..") == ("UP1", ".")
    base, path = repository_path(str(tmp_path) + "-other/a.yaml")
    assert base == "ROOT"
    assert not path.startswith("/")
    assert path.endswith("-other/a.yaml")
