"""Authorizations as decisions: a unit is built under one of those that the scenario names for its country."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer.business import shortfalls
from optimizer.domain.plan import Plan
from optimizer.errors import InputError
from optimizer.optimise import optimise
from optimizer.solvers import Options
from tests.optimise.brute_force import best_capacity
from tests.optimise.small_documents import Document, document, scenario

CHIP_TPP = 10_000


def neocloud(**parts: Any) -> Document:
    """A firm of Singapore with two sites in Tier 2, where caps and allowances hold back most of what is delivered.

    A national cap of 200,000 TPP is 20 chips, the allowance of a year 80,000 TPP, which is 8.
    """
    small: Document = {
        "firm": {"name": "Neocloud", "headquarters": "SG", "status": "none"},
        "regime": {
            "extends": "ifr-2025",
            "amend": {"CAP201.at_most": {"2025Q1": 200_000, "to": "2027Q4"}, "LPP501.at_most": 80_000},
        },
        "horizon": {"first": "2026Q4", "last": "2027Q1"},
        "sites": [
            {"site": "singapore", "country": "SG", "power_mw": 0.036},
            {"site": "dubai", "country": "AE", "power_mw": 0.024},
        ],
        "supply": [{"accelerator": "chip", "by_quarter": {"2026Q4": 60}}],
    }
    return document(**{**small, **parts})


def solved(parts: Document, engine: str) -> tuple[int | None, dict[tuple[str | None, str | None], int]]:
    """The value, and the GPUs by site and authorization."""
    outcome = optimise(scenario(**parts), Options(engine, time_limit=20, gap=0))
    gpus: dict[tuple[str | None, str | None], int] = {}
    for row in outcome.plan.placements if outcome.plan else ():
        gpus[row.site, row.authorization] = gpus.get((row.site, row.authorization), 0) + row.gpus
    return outcome.answer.value, gpus


@pytest.mark.parametrize("engine", ["highs", "cp-sat"])
def test_a_neocloud_gains_by_splitting_a_site_between_lpp_and_allocation(engine: str) -> None:
    value, gpus = solved(neocloud(), engine)
    assert value == 40 * CHIP_TPP
    assert {name for _, name in gpus} == {"allocation"}
    value, gpus = solved(neocloud(authorizations=["allocation", "lpp"]), engine)
    # the two caps of 20 chips, 8 of one year's allowance and 8 of the next; dubai has power for 24
    assert value == 56 * CHIP_TPP
    assert gpus["singapore", "allocation"] + gpus["dubai", "allocation"] == 40
    assert sum(count for (_, name), count in gpus.items() if name == "lpp") == 16
    assert gpus["singapore", "lpp"] >= 12


@pytest.mark.parametrize("engine", ["highs", "cp-sat"])
@pytest.mark.parametrize(
    "authorizations",
    [
        ["lpp"],
        ["allocation", "lpp"],
        {"SG": ["lpp", "allocation"]},
        {"AE": ["lpp"], "default": ["allocation"]},
        {"SG": ["licence", "lpp"]},
        ["nveu", "allocation", "lpp"],
        ["nveu"],
    ],
    ids=str,
)
def test_the_list_of_all_plans_says_the_same(authorizations: Any, engine: str) -> None:
    tiny = neocloud(
        authorizations=authorizations,
        firm={"name": "Neocloud", "headquarters": "SG", "status": "nveu", "nveu_countries": ["AE"]},
        regime={
            "extends": "ifr-2025",
            "amend": {
                "CAP201.at_most": {"2025Q1": 40_000, "to": "2027Q4"},
                "LPP501.at_most": 40_000,
                "NVEU401.at_most": {"2025Q1": 40_000, "2027Q1": 120_000, "to": "2027Q4"},
            },
        },
        supply=[{"accelerator": "chip", "by_quarter": {"2026Q4": 12, "2027Q1": 4}}],
    )
    best = best_capacity(scenario(**tiny))
    assert best is not None
    assert (solved(tiny, engine)[0] or 0) == best


def test_an_individual_licence_is_used_where_it_is_named_and_nowhere_else() -> None:
    _, gpus = solved(neocloud(authorizations={"AE": ["licence"]}), "highs")
    assert gpus == {("singapore", "allocation"): 20, ("dubai", "licence"): 24}


def test_a_list_leaves_tier_1_as_it_is() -> None:
    german = {"name": "Plain Cloud", "headquarters": "DE", "status": "none"}
    sites = [
        {"site": "berlin", "country": "DE", "power_mw": 0.02},
        {"site": "dubai", "country": "AE", "power_mw": 0.02},
    ]
    _, gpus = solved(neocloud(firm=german, sites=sites, authorizations=["lpp"]), "highs")
    assert gpus == {("berlin", "aia"): 20, ("dubai", "lpp"): 16}


def test_nothing_is_built_where_none_of_a_list_is_held() -> None:
    nveu = {"name": "Neocloud", "headquarters": "SG", "status": "nveu", "nveu_countries": ["AE"]}
    _, gpus = solved(neocloud(firm=nveu, authorizations=["nveu"]), "highs")
    assert gpus == {("dubai", "nveu"): 24}


def test_an_authorization_that_the_firm_does_not_hold_in_a_country_is_refused_with_its_place() -> None:
    with pytest.raises(InputError) as caught:
        solved(neocloud(authorizations={"SG": ["uveu", "lpp"], "AE": ["nveu"]}), "highs")
    assert [(problem.code, problem.field) for problem in caught.value.problems] == [("IN403", "authorizations")] * 2
    assert [problem.found for problem in caught.value.problems] == ["'AE: nveu'", "'SG: uveu'"]


def test_the_allowance_counts_what_the_fleet_received_in_the_same_year() -> None:
    fleet = [{"country": "AE", "accelerator": "chip", "gpus": 6, "quarter": "2026Q2", "authorization": "lpp"}]
    _, gpus = solved(neocloud(authorizations=["lpp"], fleet=fleet), "highs")
    added = sum(count for (site, _), count in gpus.items() if site is not None)
    assert added == 8  # 2026 has 2 left, which is no whole unit of 4; 2027 has all 8


def test_a_plan_under_an_authorization_that_is_not_named_falls_short() -> None:
    given = scenario(**neocloud(authorizations={"SG": ["lpp"], "default": ["lpp"]}))
    outcome = optimise(given, Options(time_limit=20, gap=0))
    assert outcome.plan is not None
    assert shortfalls(outcome.plan, given) == []
    other = Plan(
        **{**vars(outcome.plan), "placements": tuple(r._replace(authorization=None) for r in outcome.plan.placements)}
    )
    found = shortfalls(other, given)
    assert {short.family for short in found} == {"authorizations"}
    assert "stand under allocation" in found[0].sentence


def test_naming_the_default_alone_changes_no_row_of_the_program() -> None:
    from optimizer.model.build import build
    from optimizer.model.export import lp_text
    from optimizer.model.law import limits_of
    from optimizer.regimes import load_regime

    def rows(parts: Document) -> str:
        given = scenario(**parts)
        regime = load_regime(given.regime)
        return lp_text(build(given, regime, limits_of(given, regime)).program, "x")

    assert rows(neocloud(authorizations=["allocation"])) == rows(neocloud())
