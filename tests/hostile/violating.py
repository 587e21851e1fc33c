"""Plans that break a limit, as documents, and the ways to write them down again without mending them."""

from __future__ import annotations

import copy
import json
from functools import cache
from random import Random
from typing import Any

from oracle import NotThere, judge
from random_plans import random_plan

from optimizer.errors import InputError
from optimizer.reading import write_plan
from optimizer.reading.yaml_text import read_yaml

Document = dict[str, Any]
UVEU = {"name": "Example Cloud", "headquarters": "US", "status": "uveu"}


def plan(*rows: str, firm: dict[str, Any] = UVEU, regime: str = "factsheet-2025", **more: Any) -> Document:
    """A plan of rows such as ``MY h100-sxm 7001 2026Q1 uveu``."""
    keys = ("country", "accelerator", "gpus", "quarter", "authorization")
    placements = [dict(zip(keys, row.split(), strict=False)) for row in rows]
    for row in placements:
        row["gpus"] = int(row["gpus"])  # type: ignore[assignment]
    return {"fleetplan": "plan/1", "firm": firm, "regime": regime, "placements": placements, **more}


BY_HAND: dict[str, Document] = {
    "TIER301": plan("US h100-sxm 1000 2026Q1", "KP h100-sxm 1 2026Q1"),
    "TIER301 in a dependency": plan("US h100-sxm 1000 2026Q1", "HK h100-sxm 1 2026Q1 licence"),
    "UVEU100": plan("US h100-sxm 100 2026Q1", firm={"headquarters": "AE", "status": "uveu"}),
    "UVEU101": plan("US h100-sxm 92999 2026Q1", "MY h100-sxm 7000 2026Q1"),
    "UVEU101 on the way": plan("US h100-sxm 93000 2026Q2", "MY h100-sxm 7000 2026Q1", "US h100-sxm 92999 2026Q1"),
    "UVEU102": plan(
        "US h100-sxm 74999 2026Q1",
        *(f"{code} h100-sxm 6250 2026Q1" for code in ("MY", "IN", "BR", "MX")),
    ),
    "UVEU103": plan("US h100-sxm 49999 2026Q1", "DE h100-sxm 50001 2026Q1", regime="ifr-2025"),
    "CAP201": plan("US h100-sxm 900000 2026Q1", "MY h100-sxm 50001 2026Q1"),
    "CAP201 with use": plan("US h100-sxm 900000 2026Q1", "SG h100-sxm 1 2026Q1", national_use={"SG": 791600000}),
    "LPP501": plan("US h100-sxm 90000 2026Q1", "MY h100-sxm 1701 2026Q1 lpp"),
    "NVEU401": plan(
        "US h100-sxm 10 2026Q1",
        "AE h100-sxm 119948 2026Q1 nveu",
        firm={"headquarters": "US", "status": "nveu", "nveu_countries": ["AE"]},
        regime="ifr-2025",
    ),
    "AUTH200": plan("US h100-sxm 9 2026Q1", "MY h100-sxm 1 2026Q1 uveu", firm={**UVEU, "status": "none"}),
    "AIA250": plan("US h100-sxm 9 2026Q1 aia", firm={"headquarters": "AE", "status": "none"}, regime="ifr-2025"),
}


@cache
def random_documents(status: str, count: int) -> tuple[Document, ...]:
    """The first random plans of which the oracle says `status`."""
    found: list[Document] = []
    number = 0
    while len(found) < count:
        plan, regime = random_plan(f"hostile {number}")
        number += 1
        try:
            if judge(plan, regime)[0] == status and all(move.origin != move.to for move in plan.moves):
                found.append(read_yaml(write_plan(plan, None, "yaml"), "x").data())
        except (NotThere, InputError):  # the writer refuses names that no file may hold
            continue
    return tuple(found)


def violating(rng: Random) -> Document:
    """A plan that breaks a limit."""
    return copy.deepcopy(rng.choice([*BY_HAND.values(), *random_documents("violations", 60)]))


# --- ways to write a plan that mend nothing ---------------------------------------------------------------------------


def split_rows(rng: Random, doc: Document) -> None:
    """A row becomes two that add up to it."""
    row = rng.choice(doc["placements"])
    if row["gpus"] > 1:
        part = rng.randint(1, row["gpus"] - 1)
        row["gpus"] -= part
        doc["placements"].insert(rng.randint(0, len(doc["placements"])), {**row, "gpus": part})


def shuffle_rows(rng: Random, doc: Document) -> None:
    """The rows come in another order."""
    doc["placements"] = shuffled(rng, doc["placements"])


def rename_sites(rng: Random, doc: Document) -> None:
    """Every site gets another name, the same everywhere."""
    tail = rng.choice(["-2", " west", "東京", "é", "_" * 60])
    ends = [end for move in doc.get("moves", []) for end in (move["from"], move["to"])]
    for row in (*doc["placements"], *doc.get("retirements", []), *doc.get("site_operators", []), *ends):
        if "site" in row:
            row["site"] += tail


def name_sites(rng: Random, doc: Document) -> None:
    """Rows without a site get one, where nothing else in the plan asks for sites."""
    if not doc.get("retirements") and not doc.get("moves"):
        for row in doc["placements"]:
            row.setdefault("site", rng.choice(["a", "b"]))


def reorder_fields(rng: Random, doc: Document) -> None:
    """Every mapping lists its fields in another order."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in shuffled(rng, list(value))}
        return [turned(item) for item in value] if isinstance(value, list) else value

    for key in list(doc):
        doc[key] = turned(doc[key])


def use_alias(rng: Random, doc: Document) -> None:
    """A dependency stands for its parent: in every rule it counts as that."""
    alias = {"US": "PR", "CN": "HK", "GB": "JE", "FR": "GP", "DK": "GL"}
    row = rng.choice(doc["placements"])
    row["country"] = alias.get(row["country"], row["country"])


def add_nothing(rng: Random, doc: Document) -> None:
    """Fields that say what holds anyway."""
    doc.setdefault("result", {"status": "optimal", "proof": "proved", "compliant": True})
    doc.setdefault("site_operators", [])
    row = rng.choice(doc["placements"])
    row.setdefault("consignee", None)
    row.setdefault("holds_weights", False)


def claim(rng: Random, doc: Document) -> None:
    """Fields that no plan has, which would make it legal if anybody believed them."""
    where = rng.choice([doc, doc["firm"], doc["placements"][-1]])
    key = rng.choice(["tier", "exempt", "compliant", "Authorization", "authorisation", "ignore", "status "])
    where[key] = rng.choice([1, True, "licence", "none", None, []])


def respell(rng: Random, doc: Document) -> None:
    """A number, quarter or name in a spelling that some reader would take for something smaller, or other."""
    row = rng.choice(doc["placements"])
    gpus, country, chip = row["gpus"], row["country"], row["accelerator"]
    if not isinstance(gpus, int) or not isinstance(country, str):  # respelled before
        return
    spellings: list[tuple[str, Any]] = [
        *(("gpus", way) for way in (f"{gpus:,}", f"{gpus}.0", f"0{gpus}", f"+{gpus}", f"{gpus}e0", f"{gpus / 1e3}k")),
        *(
            ("gpus", way)
            for way in (f"0x{gpus:x}", f"{gpus:_}", -gpus, float(gpus), True, None, [gpus], f"{gpus} GPUs")
        ),
        *(("gpus", way) for way in (str(gpus).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), "NaN", ".inf")),
        *(("country", way) for way in (country.lower(), f"{country} ", country.translate(LIKE), f"{country}\u200b")),
        *(("country", way) for way in (None, "XX", "UK", f"{country}A", [country], f"{country}\n")),
        *(
            ("accelerator", way)
            for way in (chip.upper(), chip.translate(LIKE), f"{chip} ", chip.replace("-", "\u2011"))
        ),
        *(("quarter", way) for way in ("2024Q5", "2026-Q1", "2026-01-01", "2026q1", "2026", "1926Q0", "99999Q1")),
        *(("authorization", way) for way in ("LICENCE", "licence ", "license", "lісence", "none", ["licence"])),
    ]
    key, value = rng.choice(spellings)
    if value != row.get(key):
        row[key] = value


LIKE = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")

NEUTRAL = [split_rows, shuffle_rows, rename_sites, name_sites, reorder_fields, use_alias, add_nothing]
FOUL = [claim, respell]


def shuffled(rng: Random, items: list[Any]) -> list[Any]:
    """The items in another order."""
    return rng.sample(items, len(items))


# --- formats ----------------------------------------------------------------------------------------------------------


def scalar(rng: Random, value: Any) -> str:
    """A scalar in one of YAML's ways to write it."""
    if value is None:
        return rng.choice(["null", "~"])
    if isinstance(value, str):
        quoted = [json.dumps(value, ensure_ascii=rng.random() < 0.5)]
        if "'" not in value and value.isprintable():
            quoted.append(f"'{value}'")
        if value.isascii() and value.replace("-", "").isalnum() and value[0] not in "-" and value != "null":
            quoted += [value] * 3
        return rng.choice(quoted)
    return json.dumps(value)


def flow(rng: Random, value: Any) -> str:
    """A value within braces and brackets."""
    space = rng.choice(["", " ", "\n  "])
    if isinstance(value, dict):
        return "{" + ",".join(f"{space}{scalar(rng, key)}: {flow(rng, item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(f"{space}{flow(rng, item)}" for item in value) + "]"
    return scalar(rng, value)


def as_yaml(rng: Random, doc: Document) -> str:
    """The document in YAML, with comments, blank lines and other line ends."""
    noise = ["", "", "# regime: none\n", "\n", "# caf\u00e9 \u6771\u4eac\n", "#\t- {country: US}\n"]
    lines = []
    for key, value in doc.items():
        lines.append(rng.choice(noise))
        if key == "placements" and isinstance(value, list) and rng.random() < 0.5:
            lines.append("placements:\n")
            for row in value:
                fields = [f"{scalar(rng, name)}: {scalar(rng, item)}" for name, item in row.items()]
                lines.append("  - " + "\n    ".join(fields) + "\n" + rng.choice(noise))
        else:
            lines.append(f"{scalar(rng, key)}: {flow(rng, value)}\n")
    text = "".join(lines)
    return text.replace("\n", "\r\n") if rng.random() < 0.5 else text


def as_json(rng: Random, doc: Document) -> str:
    """The document in JSON."""
    indent = rng.choice([None, 1, "\t"])
    return json.dumps(doc, indent=indent, ensure_ascii=rng.random() < 0.5) + rng.choice(["", "\r\n", " \n"])
