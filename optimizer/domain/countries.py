"""The country table: names, codes, and which dependency follows which parent. Tiers belong to the regimes."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from ..bundled import data_path


class Country(NamedTuple):
    """One row of `data/countries.csv`; `follows` is the parent whose rules a dependency takes (15 CFR 738.3(b))."""

    iso2: str
    iso3: str
    name_en: str
    name_zh: str
    follows: str | None


@cache
def countries() -> Mapping[str, Country]:
    """All countries by ISO 3166 alpha-2 code (and XK)."""
    with data_path("countries.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["iso2"]: Country(row["iso2"], row["iso3"], row["name_en"], row["name_zh"], row["treated_as"] or None)
            for row in csv.DictReader(file)
        }


def jurisdiction(code: str) -> str:
    """The country whose rules `code` follows: its parent for a dependency, else itself; KeyError when unknown."""
    country = countries()[code]
    return country.follows or country.iso2
