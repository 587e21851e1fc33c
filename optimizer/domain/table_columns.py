"""What each column of each bundled table may hold: one check per column, a ValueError says what is needed.

`TABLES` is the machine's half of `data/README.md`, which says the same columns' sources and units; a test holds the
two to the same names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ..units import Quarter, exact

Check = Callable[[str], object]

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_ISO2 = re.compile(r"[A-Z]{2}", re.ASCII)
_ISO3 = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Table:
    """A file of `data/`: its columns in order, and those whose values may occur once only."""

    file: str
    unique: tuple[str, ...]
    columns: Mapping[str, Check]


def text(value: str) -> None:
    """Some printable text without blanks around it."""
    if not value or value != value.strip() or not value.isprintable():
        raise ValueError("a printable text with no blanks around it is needed")


def optional(check: Check) -> Check:
    """Empty, or what `check` takes."""

    def run(value: str) -> None:
        if value:
            check(value)

    return run


def like(pattern: re.Pattern[str], what: str) -> Check:
    """Text that the pattern matches as a whole."""

    def run(value: str) -> None:
        if pattern.fullmatch(value) is None:
            raise ValueError(f"{what} is needed")

    return run


def one_of(*choices: str) -> Check:
    """One of the words."""

    def run(value: str) -> None:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)} is needed")

    return run


def decimal(least: int, most: int) -> Check:
    """A plain decimal number from `least` to `most`."""

    def run(value: str) -> None:
        if not least <= exact(value) <= most:
            raise ValueError(f"a number from {least} to {most} is needed")

    return run


def whole(least: int, most: int) -> Check:
    """A whole number from `least` to `most`, written without a point."""

    def run(value: str) -> None:
        if "." in value or not least <= exact(value) <= most:
            raise ValueError(f"a whole number from {least} to {most} is needed")

    return run


def several(check: Check, separator: str) -> Check:
    """One or more of what `check` takes, none of them twice."""

    def run(value: str) -> None:
        parts = value.split(separator)
        for part in parts:
            check(part)
        if len(set(parts)) < len(parts):
            raise ValueError("a part stands there twice")

    return run


IDENTIFIER: Final = like(_ID, "an id of small letters, digits and single hyphens")
ISO2: Final = like(_ISO2, "a two-letter country code")
ISO3: Final = like(_ISO3, "a three-letter country code")
COLUMN_NAMES: Final = optional(several(text, ";"))
LATITUDE: Final = decimal(-90, 90)
LONGITUDE: Final = decimal(-180, 180)
YES_NO: Final = one_of("yes", "no")

TABLES: Final = (
    Table(
        "countries.csv",
        ("iso2", "iso3", "name_en", "name_zh"),
        {
            "iso2": ISO2,
            "iso3": ISO3,
            "name_en": text,
            "name_zh": text,
            "treated_as": optional(ISO2),
            "note": optional(text),
        },
    ),
    Table(
        "accelerators.csv",
        ("accelerator", "name"),
        {
            "accelerator": IDENTIFIER,
            "name": text,
            "vendor": text,
            "tpp": whole(1, 10**7),
            "precision": one_of("INT8", "FP4", "FP8", "FP16", "BF16"),
            "dense_tflops": decimal(1, 10**6),
            "bits": one_of("4", "8", "16"),
            "confidence": one_of("high", "medium", "low"),
            "meets_3a090a": one_of("yes", "no", "unknown"),
            "tdp_watts": optional(whole(1, 10_000)),
            "memory_gb": optional(whole(1, 10_000)),
            "form": optional(text),
            "gpus_per_unit": optional(whole(1, 10_000)),
            "system_power_kw": optional(decimal(0, 10_000)),
            "kw_per_gpu": optional(decimal(0, 100)),
            "power_confidence": optional(one_of("sourced", "derived", "assumption")),
            "power_source": optional(text),
            "unit_price_low_usd": optional(whole(1, 10**7)),
            "unit_price_high_usd": optional(whole(1, 10**7)),
            "capex_usd": optional(whole(1, 10**7)),
            "price_confidence": optional(one_of("sourced", "sourced-secondary", "assumption")),
            "price_source": optional(text),
            "first_volume_quarter": optional(Quarter.parse),
            "assumed_fields": COLUMN_NAMES,
            "aliases": optional(several(IDENTIFIER, ";")),
        },
    ),
    Table(
        "backbone_nodes.csv",
        ("node_id",),
        {
            "node_id": IDENTIFIER,
            "name": text,
            "country_iso2": ISO2,
            "lat": LATITUDE,
            "lon": LONGITUDE,
            "kind": one_of("site", "landing", "terrestrial", "transit"),
        },
    ),
    Table(
        "backbone_edges.csv",
        (),
        {
            "node_a": IDENTIFIER,
            "node_b": IDENTIFIER,
            "type": one_of("terrestrial", "submarine"),
            "systems": text,
            "route_km": whole(1, 20_000),
            "rtt_ms_light": decimal(0, 1000),
            "status": text,
            "confidence": one_of("derived"),
            "use_by_default": YES_NO,
        },
    ),
    Table(
        "sites.csv",
        ("site", "metro"),
        {
            "site": IDENTIFIER,
            "metro": text,
            "country": ISO2,
            "lat": LATITUDE,
            "lon": LONGITUDE,
            "public_cloud_regions": optional(several(text, ";")),
            "size_class": one_of("XS", "S", "M", "L", "XL"),
            "power_mw": decimal(1, 10_000),
            "first_quarter": Quarter.parse,
            "fixed_open_cost_musd": decimal(0, 10_000),
            "capex_musd_per_mw": decimal(0, 100),
            "min_viable_mw": decimal(0, 10_000),
            "electricity_usd_per_mwh": decimal(1, 1000),
            "electricity_source": text,
            "grid_carbon_g_per_kwh": decimal(0, 2000),
            "carbon_year": whole(2015, 2030),
            "carbon_source": text,
            "pue": decimal(1, 3),
            "assumed_fields": COLUMN_NAMES,
        },
    ),
    Table(
        "demand_regions.csv",
        ("region_id", "name"),
        {
            "region_id": IDENTIFIER,
            "name": text,
            "countries_iso3": several(ISO3, " "),
            "hub_node": IDENTIFIER,
            "population_m": decimal(0, 10_000),
            "gdp_usd_bn": decimal(0, 100_000),
            "gdp_weight": decimal(0, 1),
            "latency_limit_interactive_rtt_ms": decimal(1, 1000),
            "latency_limit_batch_rtt_ms": decimal(1, 1000),
            "source": text,
            "confidence": one_of("sourced", "derived"),
            "assumed_fields": COLUMN_NAMES,
        },
    ),
    Table(
        "reference_fleets.csv",
        (),
        {
            "entity": text,
            "hq_iso2": optional(ISO2),
            "metric": text,
            "value": decimal(0, 10**9),
            "unit": one_of("H100e", "A100e", "H100", "GPU", "MW", "MW IT", "USD m"),
            "as_of": text,
            "scope": text,
            "source": optional(text),
            "confidence": one_of("sourced", "unsourced"),
        },
    ),
)
"""Every table of `data/` except the regimes, whose own reader checks them."""
