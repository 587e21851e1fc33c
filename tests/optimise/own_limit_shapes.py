"""Own limits of every shape that the grammar of rules has, in amounts that small scenarios reach; one function each."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.optimise.random_scenarios import Document

Shape = Callable[[random.Random, Document], Document]


def _country(rng: random.Random, document: Document) -> str:
    """The jurisdiction of one of the sites, or Germany where that follows another."""
    code: str = rng.choice(document["sites"])["country"]
    return "DE" if code in ("PR", "GL", "HK") else code


def _units(rng: random.Random, document: Document) -> int:
    """TPP of a few units, or one more or less."""
    chip = rng.choice(document["accelerators"])
    count: int = rng.randint(0, 3) * chip["tpp"] * chip["gpus_per_unit"]
    return max(0, count + rng.choice([-1, 0, 0, 1]))


def amount_by_quarter(rng: random.Random, document: Document) -> Document:
    first, last = document["horizon"]["first"], document["horizon"]["last"]
    steps = {first: _units(rng, document)} | {last: _units(rng, document)}
    return {"measured": {"countries": [_country(rng, document)]}, "at_most": steps, "unit": "tpp"}


def amount_in_h100e(rng: random.Random, document: Document) -> Document:
    most = rng.choice([0.5, 1, 3.25])
    return {"measured": {"tiers": [rng.choice([1, 2])]}, "at_most": most, "unit": "h100e"}


def of_authorizations(rng: random.Random, document: Document) -> Document:
    ways = rng.sample(["aia", "uveu", "nveu", "allocation", "licence", "lpp"], 2)
    return {"measured": {"authorizations": ways}, "at_most": f"{rng.choice([20, 55])}%", "of": "all"}


def present(rng: random.Random, document: Document) -> Document:
    """What stood at a quarter's start or came within it."""
    where = {"countries": [_country(rng, document)], "span": "present"}
    return {"measured": where, "at_most": f"{rng.choice([25, 75])}%", "of": {"tiers": ["1", "2"]}}


def ever(rng: random.Random, document: Document) -> Document:
    where = {"countries": [_country(rng, document)]}
    return {"each": rng.choice(["firm", "country"]), "measured": where, "at_most": _units(rng, document)}


def floor_amount(rng: random.Random, document: Document) -> Document:
    where = {"countries": [_country(rng, document)]}
    return {"measured": where, "at_least": _units(rng, document), "from": document["horizon"]["last"]}


def floor_share(rng: random.Random, document: Document) -> Document:
    where = {"countries": [_country(rng, document)]}
    return {"each": "country+quarter", "measured": where, "at_least": "20%", "of": "all"}


def share_and_amount(rng: random.Random, document: Document) -> Document:
    where = {"sites": [rng.choice(document["sites"])["site"]]}
    return {"measured": where, "at_most": f"{rng.choice([5, 33])}%", "of": "all", "plus": _units(rng, document)}


def some_quarters(rng: random.Random, document: Document) -> Document:
    listed = rng.sample(["Q1", "Q2", "Q3", "Q4"], 2)
    where = {"tiers": ["2"], "chips": rng.choice(["all", "meets_3a090a"])}
    return {"in_quarters": listed, "measured": where, "at_most": f"{rng.choice([10, 40])}%", "of": "all"}


def until(rng: random.Random, document: Document) -> Document:
    row: Document = {"measured": {}, "at_most": _units(rng, document), "to": document["horizon"]["first"]}
    return row


def only_some_firms(rng: random.Random, document: Document) -> Document:
    firms = {"status": [rng.choice(["uveu", "nveu", "none"])], "seat": rng.choice(["headquarters", "either", "both"])}
    key = rng.choice(["applies", "unless"])
    where = {"countries": [_country(rng, document)]}
    return {key: firms | {"tiers": ["1"]}, "measured": where, "at_most": _units(rng, document)}


def less_what_others_use(rng: random.Random, document: Document) -> Document:
    row: Document = {"each": "country+quarter", "measured": {"tiers": ["2"]}, "less": "national_use"}
    return row | {"at_most": 500_000 + _units(rng, document), "with_agreement": 1_000_000}


def received_in_the_horizon(rng: random.Random, document: Document) -> Document:
    where = {"received_from": document["horizon"]["first"], "tiers": ["1", "2"]}
    return {"measured": where, "at_most": _units(rng, document)}


def warning(rng: random.Random, document: Document) -> Document:
    where = {"countries": [_country(rng, document)]}
    return {"severity": "warning", "measured": where, "at_most": "50%", "of": "all"}


SHAPES: list[Shape] = [
    amount_by_quarter,
    amount_in_h100e,
    of_authorizations,
    present,
    ever,
    floor_amount,
    floor_share,
    share_and_amount,
    some_quarters,
    until,
    only_some_firms,
    less_what_others_use,
    received_in_the_horizon,
    warning,
]
