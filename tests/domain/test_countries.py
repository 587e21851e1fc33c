"""Countries: codes, names, and which dependency follows which parent."""

from __future__ import annotations

import pytest

from optimizer.bundled import data_path
from optimizer.domain.countries import countries, jurisdiction


def test_the_table_holds_every_code_once() -> None:
    assert len(countries()) == 250
    assert countries()["NO"].name_en == "Norway"  # never read as a truth value
    assert countries()["XK"].iso3 == "XKX"
    assert countries()["CN"].name_zh == "中国"


@pytest.mark.parametrize(
    ("code", "follows"),
    [
        ("HK", "CN"),  # no row of its own since 2020
        ("MO", "MO"),  # named apart from China
        ("TW", "TW"),
        ("GL", "DK"),
        ("AX", "FI"),
        ("PR", "US"),
        ("KY", "GB"),  # the example of 15 CFR 738.3(b)
        ("GF", "FR"),
        ("BQ", "NL"),
        ("CW", "CW"),  # a row of its own, so it does not follow the Netherlands
        ("LI", "LI"),
        ("PS", "PS"),
        ("MY", "MY"),
    ],
)
def test_jurisdiction(code: str, follows: str) -> None:
    assert jurisdiction(code) == follows


def test_a_parent_follows_nobody() -> None:
    assert all(jurisdiction(jurisdiction(code)) == jurisdiction(code) for code in countries())
    assert sum(jurisdiction(code) != code for code in countries()) == 45


@pytest.mark.parametrize("code", ["", "UK", "us", "USA", "ZZ"])
def test_an_unknown_code_is_no_country(code: str) -> None:
    with pytest.raises(KeyError):
        jurisdiction(code)


def test_the_table_says_nothing_about_tiers() -> None:
    text = data_path("countries.csv").read_text(encoding="utf-8").lower()
    assert "tier" not in text
    assert "d:5" not in text
