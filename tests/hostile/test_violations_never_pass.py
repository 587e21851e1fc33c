"""However a plan that breaks the law is written down, it never comes out green."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from judging import answer
from naive_reader import status_of
from quick import CHANCES, quick
from violating import BY_HAND, FOUL, NEUTRAL, as_json, as_yaml, violating


@pytest.mark.parametrize("name", BY_HAND)
def test_the_plans_break_the_law(name: str) -> None:
    text = json.dumps(BY_HAND[name])
    assert status_of("plan.json", text) == "violations"
    assert answer("plan.json", text.encode()).code == 1


def written(rng: Random, doc: Any) -> tuple[str, bytes]:
    """A name and the bytes of a document in one of the formats."""
    if rng.random() < 0.4:
        return "plan.json", as_json(rng, doc).encode()
    return "plan.yaml", (rng.choice(["", "\ufeff"]) + as_yaml(rng, doc)).encode()


@quick(400)
@given(CHANCES)
def test_however_it_is_written_it_breaks_the_law(rng: Random) -> None:
    doc = violating(rng)
    for change in rng.choices(NEUTRAL, k=rng.randint(0, 3)):
        change(rng, doc)
    name, raw = written(rng, doc)
    assert answer(name, raw).code == 1, raw


@quick(600)
@given(CHANCES)
def test_a_claim_or_another_spelling_makes_nothing_legal(rng: Random) -> None:
    doc = violating(rng)
    for change in rng.sample(NEUTRAL, 1) + rng.choices(FOUL, k=rng.randint(1, 2)):
        change(rng, doc)
    name, raw = written(rng, doc)
    assert answer(name, raw).code != 0, raw


@quick(100)
@given(CHANCES)
def test_no_encoding_makes_anything_legal(rng: Random) -> None:
    name, raw = written(rng, violating(rng))
    codec = rng.choice(["utf-16", "utf-16-le", "utf-32", "utf-7", "cp037", "latin-1"])
    raw = raw.decode().encode(codec, "replace")
    assert answer(name, raw).code != 0, raw
