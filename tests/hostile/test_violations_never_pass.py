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
    raw = json.dumps(BY_HAND[name]).encode()
    assert status_of("plan.json", raw) == "violations"
    assert answer("plan.json", raw).code == 1


def written(rng: Random, doc: Any) -> tuple[str, bytes]:
    """A name and the bytes of a document in one of the formats."""
    if rng.random() < 0.4:
        return "plan.json", as_json(rng, doc).encode()
    return "plan.yaml", (rng.choice(["", "\ufeff"]) + as_yaml(rng, doc)).encode()


@quick(250)
@given(CHANCES)
def test_however_it_is_written_it_breaks_the_law(rng: Random) -> None:
    doc = violating(rng)
    for change in rng.choices(NEUTRAL, k=rng.randint(0, 3)):
        change(rng, doc)
    name, raw = written(rng, doc)
    assert answer(name, raw).code == 1, raw


@quick(400)
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


LEGAL = "{country: US, accelerator: h100-sxm, gpus: 8, quarter: 2026Q1}"
AFTER = (
    "placements: []\n",
    f"placements: [{LEGAL}]\n",
    f"'placements': [{LEGAL}]\n",
    f'"\\x70lacements": [{LEGAL}]\n',
    f"? placements\n: [{LEGAL}]\n",
    f"Placements: [{LEGAL}]\n",
    f"<<: {{placements: [{LEGAL}]}}\n",
    "placements_file: rows.csv\n",
    "regime: none\n",
    "regime: {extends: none}\n",
    "firm: {headquarters: US, status: none}\n",
    "horizon: {first: 1999Q1, last: 1999Q4}\n",
    f"---\nfleetplan: plan/1\nfirm: {{headquarters: US, status: none}}\nplacements: [{LEGAL}]\n",
    f"...\n---\nfleetplan: plan/1\nfirm: {{headquarters: US, status: none}}\nplacements: [{LEGAL}]\n",
)
BEFORE = (
    f"fleetplan: plan/1\nfirm: {{headquarters: US, status: none}}\nplacements: [{LEGAL}]\n---\n",
    f"fleetplan: plan/1\nfirm: {{headquarters: US, status: none}}\nplacements: [{LEGAL}]\n...\n",
    "%YAML 1.1\n---\n",
    "--- !!omap\n",
    "# \r",
    "\x00",
)
WITHIN = (
    '"placements": []',
    '"placements": [{"country": "US", "accelerator": "h100-sxm", "gpus": 8}]',
    '"\\u0070lacements": []',
    '"regime": "none"',
    '"firm": {"headquarters": "US", "status": "none"}',
    '"placements": null',
    '"placements_file": "rows.csv"',
)


@pytest.mark.parametrize("name", BY_HAND)
def test_nothing_said_twice_replaces_what_was_said_first(name: str) -> None:
    """A second field, document or file, each of which some reader would take instead of the first."""
    text = as_yaml(Random(name), BY_HAND[name])
    for extra in AFTER:
        assert answer("plan.yaml", (text + extra).encode()).code != 0, extra
    for extra in BEFORE:
        assert answer("plan.yaml", (extra + text).encode()).code != 0, extra
    whole = json.dumps(BY_HAND[name])
    for extra in WITHIN:
        for raw in (f"{whole[:-1]}, {extra}}}", f"{{{extra}, {whole[1:]}"):
            assert answer("plan.json", raw.encode()).code != 0, extra


@pytest.mark.parametrize("name", BY_HAND)
def test_a_plan_cut_short_is_no_plan(name: str) -> None:
    """JSON says where it ends; a plan in YAML whose rows stand last within brackets does so, too."""
    doc = {key: value for key, value in BY_HAND[name].items() if key != "placements"}
    doc["placements"] = BY_HAND[name]["placements"]
    raw = json.dumps(doc).encode()
    for end in range(0, len(raw), 29):
        assert answer("plan.json", raw[:end]).code == 2
        assert answer("plan.yaml", raw[:end]).code == 2
