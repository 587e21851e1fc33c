"""The instances by name: `M-1` is the generator's size M with seed 1, any other name is an example's."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.generator import generate_with_plan
from benchmarks.sizes import SIZES
from optimizer.domain.scenario import Scenario
from optimizer.reading import read_scenario

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
HYPERSCALER = ("us-hyperscaler-factsheet", "us-hyperscaler-ifr")
_GENERATED = re.compile(r"(?P<size>S|M|L|XL)-(?P<seed>\d+)(:(?P<s>\d+)x(?P<k>\d+)x(?P<t>\d+))?")


def instance_named(name: str) -> Scenario:
    """The scenario: `M-1`, `M-1:20x3x2` (cut down to 20 sites, 3 accelerators, 2 quarters), or an example's name."""
    found = _GENERATED.fullmatch(name)
    if found is None:
        path = EXAMPLES / f"{name}.yaml"
        if not path.is_file():
            raise SystemExit(f"there is no instance {name}: a size and a seed such as M-1, or the name of an example")
        return read_scenario(path)
    size = SIZES[found["size"]]
    if found["s"]:
        size = size.cut(int(found["s"]), int(found["k"]), int(found["t"]))
    return generate_with_plan(size, int(found["seed"]), name)[0]


def group_of(name: str) -> str:
    """What instances are shown together: the size, or the name itself where it is an example or cut down."""
    found = _GENERATED.fullmatch(name)
    return found["size"] if found and not found["s"] else name.replace(":", "-")


def described(name: str) -> str:
    """The group's size in words."""
    found = _GENERATED.fullmatch(name)
    if found is None:
        return "an example of this repository"
    size = SIZES[found["size"]]
    shape = (found["s"], found["k"], found["t"]) if found["s"] else None
    sites, accelerators, quarters = shape or (f"{size.sites:,}", len(size.accelerators), size.quarters)
    return f"{sites} sites × {accelerators} accelerators × {quarters} quarter{'s' * (int(quarters) != 1)}"
