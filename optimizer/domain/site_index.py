"""Which country each bundled site lies in: all that `check` needs of the table of sites."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from ..bundled import data_path


@cache
def bundled_site_countries() -> Mapping[str, str]:
    """Country code by site id, of `data/sites.csv`."""
    with data_path("sites.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        site, country = header.index("site"), header.index("country")
        return {row[site]: row[country] for row in rows}
