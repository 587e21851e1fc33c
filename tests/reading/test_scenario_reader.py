"""A good scenario is read as it is meant, and every way to get one wrong ends in a code, a line and a mend."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest
from reading_helpers import SCENARIO_HEAD, scenario, scenario_problems

from optimizer.bundled import data_path
from optimizer.domain.bundled_tables import bundled_regions, bundled_sites
from optimizer.domain.plan import Horizon, Placement
from optimizer.domain.steps import Steps
from optimizer.errors import InputError
from optimizer.reading import INPUT_CODES, read_scenario
from optimizer.units import Quarter

Q1, Q2, Q3, Q4 = (Quarter.parse(f"2026Q{number}") for number in (1, 2, 3, 4))

ROWS = """\
sites:
  - {site: one, country: US, power_mw: 300}
  - {site: two, country: MY, power_mw: 200, first_quarter: 2026Q3}
"""
"""Three lines: two sites."""

FULL = """\
fleetplan: scenario/1
name: US hyperscaler 2026
firm: {name: Example Cloud, headquarters: US, status: uveu}
regime: ifr-2025
horizon: {first: 2026Q1, last: 2026Q4}
agreements: [{country: AE, from: 2026Q3}]
national_use: {SG: 120000000}
accelerators: [{accelerator: mine, tpp: 5000, gpus_per_unit: 4, kw_per_gpu: 1, capex_usd: 10000}]
fleet:
  - {country: US, site: one, accelerator: h100-sxm, gpus: 80, quarter: 2024Q1}
  - {country: SG, accelerator: h100-sxm, gpus: 8}
supply:
  - {accelerator: gb200-nvl72, per_quarter: 72000, lead_quarters: 1}
  - {accelerator: mine, by_quarter: {2026Q3: 0, 2026Q1: 16000}}
sites:
  - {site: one, country: US, power_mw: 300.5, accelerators: [mine, b200], name: Site One}
  - {site: two, country: MY, power_mw: {2026Q3: 100, 2027Q1: 300}, first_quarter: 2026Q2, fixed_open_cost_musd: 80,
     capex_musd_per_mw: 9.5, min_viable_mw: 50, pue: 1.35, electricity_usd_per_mwh: 95, grid_carbon_g_per_kwh: 545,
     lat: -1.49, lon: 103.74}
  - {site: three, country: SG, power_mw: 10, first_quarter: 2026Q2, lead_quarters: 2}
budget_musd: {by_quarter: {2026Q1: 4000, 2026Q3: 0.5}}
demand:
  - {region: here, tpp: {2026Q1: 5000000, 2026Q4: 0}, sites: [one, two], cost_usd_per_h100e: {one: 12, two: 0.5}}
  - {region: there, h100e: 1.5, from: 2026Q3, sites: []}
own_limits:
  - {id: OWN1, title: No more than 5 % in Malaysia, measured: {countries: [MY]}, at_most: 5%, of: all}
keep_open: [one]
keep_closed: [three]
max_share_per_site: 30%
min_open_sites: 2
retire_allowed: true
move_cost_usd_per_gpu: 512.5
objective: cost
"""


def test_a_full_scenario() -> None:
    got = scenario(FULL)
    assert (got.name, got.regime.base, got.objective) == ("US hyperscaler 2026", "ifr-2025", "cost")
    assert got.horizon == Horizon(Q1, Q4)
    assert got.fleet == (
        Placement("US", "h100-sxm", 80, "one", Quarter.parse("2024Q1")),
        Placement("SG", "h100-sxm", 8),
    )
    assert [(row.accelerator, dict(row.by_quarter)) for row in got.supply] == [
        ("gb200-nvl72", dict.fromkeys((Q1, Q2, Q3, Q4), 72_000)),
        ("mine", {Q1: 16_000, Q3: 0}),
    ]
    one, two, three = got.sites
    assert (one.power_mw, one.name) == (Steps((), before=Fraction(601, 2)), "Site One")
    assert one.accelerators == {"mine", "b200-hgx"}
    assert two.power_mw == Steps(((Q3, Fraction(100)), (Quarter.parse("2027Q1"), Fraction(300))), before=Fraction(0))
    assert (two.fixed_open_cost_musd, two.capex_musd_per_mw, two.min_viable_mw) == (80, Fraction(19, 2), 50)
    assert (two.pue, two.electricity_usd_per_mwh, two.grid_carbon_g_per_kwh) == (Fraction(27, 20), 95, 545)
    assert (two.lat, two.lon, two.accelerators) == (-1.49, 103.74, None)
    assert [three.power_mw.at(quarter) for quarter in (Q1, Q2)] == [0, 10]
    assert got.budget_musd == {Q1: 4000, Q3: Fraction(1, 2)}
    here, there = got.demand
    assert [here.tpp.at(quarter) for quarter in got.horizon] == [5_000_000] * 3 + [0]
    assert (here.sites, here.max_rtt_ms) == ({"one", "two"}, None)
    assert here.cost_usd_per_h100e == {"one": 12, "two": Fraction(1, 2)}
    assert [there.tpp.at(quarter) for quarter in got.horizon] == [0, 0, 23_748, 23_748]
    assert [node.plain()["id"] for node in got.own_limits] == ["OWN1"]
    assert (got.keep_open, got.keep_closed) == ({"one"}, {"three"})
    assert (got.max_share_per_site, got.min_open_sites) == (Fraction(3, 10), 2)
    assert [site.lead_quarters for site in got.sites] == [0, 0, 2]
    assert got.supply[0].ready == dict.fromkeys((Q2, Q3, Q4, Quarter.parse("2027Q1")), 72_000)
    assert got.supply[1].ready == got.supply[1].by_quarter
    assert (got.retire_allowed, got.move_cost_usd_per_gpu, got.fleet_may_leave) == (True, Fraction(1025, 2), True)
    assert got.first_notified == Q2
    assert got.own_accelerators == ("mine",)
    assert str(got.sites[1].at) == "scenario.yaml:17:5"


def test_defaults() -> None:
    got = scenario(SCENARIO_HEAD + ROWS, "base case.yaml")
    assert got.name == "base case"
    assert (got.fleet, got.supply, got.budget_musd, got.demand, got.own_limits) == ((), (), None, (), ())
    assert (got.max_share_per_site, got.min_open_sites, got.objective) == (None, 0, "capacity")
    assert (got.retire_allowed, got.move_cost_usd_per_gpu, got.fleet_may_leave) == (False, None, False)
    assert scenario(SCENARIO_HEAD + ROWS + "move_cost_usd_per_gpu: null\n").move_cost_usd_per_gpu is None
    assert scenario(SCENARIO_HEAD + ROWS + "move_cost_usd_per_gpu: 0\n").fleet_may_leave


@pytest.mark.parametrize(
    ("written", "money"),
    [
        ("{per_quarter: 4000}", dict.fromkeys((Q1, Q2, Q3, Q4), Fraction(4000))),
        ("{total: 4000}", {Q1: Fraction(4000)}),
        ("{by_quarter: {2026Q2: 1}}", {Q2: Fraction(1)}),
    ],
)
def test_budgets(written: str, money: object) -> None:
    assert scenario(f"{SCENARIO_HEAD}{ROWS}budget_musd: {written}\n").budget_musd == money


def test_the_bundled_sites() -> None:
    assert scenario(SCENARIO_HEAD + "sites: bundled\n").sites == bundled_sites()
    assert scenario(SCENARIO_HEAD + "sites: {bundled: true}\n").sites == bundled_sites()
    assert scenario(SCENARIO_HEAD + "sites: {bundled: {}}\n").sites == bundled_sites()


def test_some_of_the_bundled_sites() -> None:
    got = scenario(SCENARIO_HEAD + "sites: {bundled: {countries: [US, MY], exclude: [ashburn]}}\n").sites
    assert {site.country for site in got} == {"US", "MY"}
    assert {site.site for site in bundled_sites() if site.country in ("US", "MY")} - {site.site for site in got} == {
        "ashburn"
    }
    got = scenario(SCENARIO_HEAD + "sites: {bundled: {sites: [johor, ashburn]}}\n").sites
    assert [site.site for site in got] == ["johor", "ashburn"]


def test_bundled_and_own_sites_together() -> None:
    rows = "rows: [{site: own, country: NO, power_mw: 5}]"
    got = scenario(f"{SCENARIO_HEAD}sites: {{bundled: {{sites: [johor]}}, {rows}}}\n").sites
    assert [(site.site, site.country) for site in got] == [("johor", "MY"), ("own", "NO")]


def test_sites_of_a_tier_3_country_are_kept_for_the_law_to_close() -> None:
    rows = "sites: [{site: a, country: RU, power_mw: 5}, {site: b, country: US, power_mw: 5}]\n"
    assert len(scenario(SCENARIO_HEAD + rows).sites) == 2


def test_sites_from_a_table(tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text(
        "site,country,power_mw,first_quarter,pue,accelerators,lat,lon\n"
        "one,us,300.5,,1.2,h100-sxm; b200,,\ntwo,MY,10,2026Q3,,,1.5,103.7\n"
    )
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO_HEAD + "sites: sites.csv\n")
    got = read_scenario(path)
    one, two = got.sites
    assert (one.country, one.power_mw.before, one.pue) == ("US", Fraction(601, 2), Fraction(6, 5))
    assert one.accelerators == {"h100-sxm", "b200-hgx"}
    assert (two.power_mw.at(Q2), two.power_mw.at(Q3), two.lat) == (0, 10, 1.5)
    assert any("small letters" in note for note in got.notes)


def test_a_copy_of_the_bundled_table_is_a_table_of_sites(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes(data_path("sites.csv").read_bytes())
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO_HEAD + "sites: mine.csv\n")
    mine = read_scenario(path).sites
    assert [(site.site, site.power_mw, site.capex_musd_per_mw) for site in mine] == [
        (site.site, site.power_mw, site.capex_musd_per_mw) for site in bundled_sites()
    ]


def test_problems_of_a_table_of_sites(tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text("site,country,power_mw,lat\none,UK,300,\ntwo,MY,-1,\nthree,MY,1,91\n")
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO_HEAD + "sites: sites.csv\n")
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    assert [(Path(problem.at.file).name, problem.at.line, problem.code) for problem in caught.value.problems] == [
        ("sites.csv", 2, "IN110"),
        ("sites.csv", 3, "IN105"),
        ("sites.csv", 4, "IN101"),
        ("sites.csv", 4, "IN105"),
    ]


def test_reach_follows_the_limit() -> None:
    text = SCENARIO_HEAD + "sites: {bundled: {countries: [US, AE, SA, IN]}}\ndemand: [{region: gulf, h100e: 10%s}]\n"
    region = bundled_regions()["gulf"]
    default = scenario(text % "").demand[0]
    same = scenario(text % f", max_rtt_ms: {region.interactive_rtt_ms}").demand[0]
    far = scenario(text % ", max_rtt_ms: 1000").demand[0]
    assert default.sites == same.sites
    assert default.sites < far.sites
    assert {site.country for site in bundled_sites() if site.site in default.sites} >= {"AE"}
    none = scenario(text % ", max_rtt_ms: 1")
    assert none.demand[0].sites == frozenset()
    assert any("within reach of gulf" in note for note in none.notes)


def test_a_horizon_left_out_spans_supply_budget_and_demand() -> None:
    head = SCENARIO_HEAD.replace("horizon: {first: 2026Q1, last: 2026Q4}\n", "")
    text = (
        head + ROWS + "supply: [{accelerator: b200, by_quarter: {2026Q2: 8}}]\nbudget_musd: {by_quarter: {2027Q1: 1}}\n"
    )
    got = scenario(text)
    assert got.horizon == Horizon(Q2, Quarter.parse("2027Q1"))
    assert any("no horizon" in note for note in got.notes)


def test_a_scenario_in_json() -> None:
    text = (
        '{"fleetplan": "scenario/1", "firm": {"headquarters": "US", "status": "none"},'
        ' "horizon": {"first": "2026Q1", "last": "2026Q1"}, "max_share_per_site": "30%",'
        ' "sites": [{"site": "one", "country": "US", "power_mw": 12.5}]}'
    )
    got = scenario(text, "scenario.json")
    assert (got.sites[0].power_mw.before, got.max_share_per_site) == (Fraction(25, 2), Fraction(3, 10))


class Bad(NamedTuple):
    """Lines after the head, the code and line of a problem, and words that its mend must hold."""

    text: str
    code: str
    line: int | None
    mend: str


def with_rows(more: str) -> str:
    """A scenario with two sites and, on line 7, something else."""
    return f"{SCENARIO_HEAD}{ROWS}{more}\n"


def with_site(**fields: str) -> str:
    """A scenario whose one site, on line 4, has these fields."""
    written = {"site": "one", "country": "US", "power_mw": "300"} | fields
    inside = ", ".join(f"{key}: {value}" for key, value in written.items() if value != "-")
    return f"{SCENARIO_HEAD}sites: [{{{inside}}}]\n"


NO_HORIZON = "fleetplan: scenario/1\nfirm: {headquarters: US, status: uveu}\n"

BAD = {
    "a plan": Bad("fleetplan: plan/1\n", "IN112", 1, "scenario"),
    "of the future": Bad("fleetplan: scenario/3\n", "IN112", 1, "update fleetplan"),
    "no sites": Bad(SCENARIO_HEAD, "IN101", 1, "bundled"),
    "no horizon": Bad(NO_HORIZON + ROWS + "supply: [{accelerator: b200, per_quarter: 8}]\n", "IN203", 1, "horizon:"),
    "unknown field": Bad(with_rows("budget: 3"), "IN102", 7, "budget_musd"),
    "sites by another word": Bad(SCENARIO_HEAD + "sites: all\n", "IN106", 4, "bundled"),
    "sites in a spreadsheet": Bad(SCENARIO_HEAD + "sites: sites.xlsx\n", "IN011", 4, "CSV"),
    "sites by URL": Bad(SCENARIO_HEAD + "sites: https://example.org/sites.csv\n", "IN010", 4, "relative path"),
    "sites up and away": Bad(SCENARIO_HEAD + "sites: ../sites.csv\n", "IN010", 4, "relative path"),
    "sites missing": Bad(SCENARIO_HEAD + "sites: no-such.csv\n", "IN010", 4, "relative path"),
    "no rows": Bad(SCENARIO_HEAD + "sites: []\n", "IN101", 4, "Add sites"),
    "nothing chosen": Bad(
        SCENARIO_HEAD + "sites: {bundled: {sites: [johor], exclude: [johor]}}\n", "IN101", 4, "loosen"
    ),
    "empty mapping of sites": Bad(SCENARIO_HEAD + "sites: {}\n", "IN101", 4, "bundled"),
    "unknown filter": Bad(SCENARIO_HEAD + "sites: {bundled: {country: [US]}}\n", "IN102", 4, "'countries'"),
    "filter by an unknown country": Bad(SCENARIO_HEAD + "sites: {bundled: {countries: [UK]}}\n", "IN110", 4, "'GB'"),
    "filter by an empty country": Bad(SCENARIO_HEAD + "sites: {bundled: {countries: [AQ]}}\n", "IN401", 4, "rows"),
    "filter by an unknown site": Bad(SCENARIO_HEAD + "sites: {bundled: {exclude: [johore]}}\n", "IN401", 4, "'johor'"),
    "site twice": Bad(with_rows("").replace("two", "one"), "IN204", 6, "an id of its own"),
    "site without power": Bad(with_site(power_mw="-"), "IN101", 4, "MW at the meter"),
    "site without a country": Bad(with_site(country="-"), "IN101", 4, "alpha-2"),
    "site with quoted power": Bad(with_site(power_mw='"300"'), "IN104", 4, "plain digits"),
    "site with negative power": Bad(with_site(power_mw="-3"), "IN105", 4, "Correct"),
    "site with power by date": Bad(with_site(power_mw="{2026-07-01: 3}"), "IN107", 4, "2026Q3"),
    "site with power in no quarter": Bad(with_site(power_mw="{}"), "IN101", 4, "2026Q1"),
    "site with nothing from a quarter": Bad(with_site(power_mw="{2026Q1: }"), "IN101", 4, "0 for none"),
    "steps before the first quarter": Bad(
        with_site(power_mw="{2026Q1: 3}", first_quarter="2026Q2"), "IN113", 4, "the steps say"
    ),
    "PUE below one": Bad(with_site(pue="0.9"), "IN105", 4, "Correct"),
    "half a place": Bad(with_site(lat="1"), "IN101", 4, "both"),
    "beyond the pole": Bad(with_site(lat="91", lon="0"), "IN105", 4, "Correct"),
    "site with an unknown accelerator": Bad(with_site(accelerators="[h100sxm]"), "IN111", 4, "'h100-sxm'"),
    "supply without an amount": Bad(with_rows("supply: [{accelerator: b200}]"), "IN101", 7, "per_quarter"),
    "supply given twice": Bad(
        with_rows("supply: [{accelerator: b200, per_quarter: 1, by_quarter: {2026Q1: 1}}]"), "IN113", 7, "Keep one"
    ),
    "supply of one accelerator twice": Bad(
        with_rows("supply: [{accelerator: b200, per_quarter: 1}, {accelerator: b200-hgx, per_quarter: 1}]"),
        "IN204",
        7,
        "Add its deliveries",
    ),
    "supply outside the horizon": Bad(
        with_rows("supply: [{accelerator: b200, by_quarter: {2027Q1: 1}}]"), "IN202", 7, "extend the horizon"
    ),
    "supply of what cannot be placed": Bad(
        with_rows("supply: [{accelerator: a100-pcie-40gb, per_quarter: 1}]"), "IN404", 7, "kw_per_gpu"
    ),
    "supply of an unknown accelerator": Bad(
        with_rows("supply: [{accelerator: b2000, per_quarter: 1}]"), "IN111", 7, "Did you mean"
    ),
    "fleet at an unknown site": Bad(
        with_rows("fleet: [{country: US, site: ones, accelerator: h100-sxm, gpus: 8}]"), "IN401", 7, "'one'"
    ),
    "fleet in another country than its site": Bad(
        with_rows("fleet: [{country: DE, site: one, accelerator: h100-sxm, gpus: 8}]"), "IN403", 7, "one of the two"
    ),
    "fleet where power comes later": Bad(
        with_rows("fleet: [{country: MY, site: two, accelerator: h100-sxm, gpus: 8}]"), "IN403", 7, "Leave the site out"
    ),
    "fleet of unknown power at a site": Bad(
        with_rows("fleet: [{country: US, site: one, accelerator: a100-pcie-40gb, gpus: 8}]"), "IN404", 7, "kw_per_gpu"
    ),
    "fleet that comes within the horizon": Bad(
        with_rows("fleet: [{country: US, accelerator: h100-sxm, gpus: 8, quarter: 2026Q1}]"), "IN202", 7, "supply"
    ),
    "budget as a number": Bad(with_rows("budget_musd: 4000"), "IN103", 7, "field: value"),
    "budget of nothing": Bad(with_rows("budget_musd: {}"), "IN101", 7, "per_quarter"),
    "budget given twice": Bad(with_rows("budget_musd: {total: 1, per_quarter: 1}"), "IN113", 7, "Keep one"),
    "budget outside the horizon": Bad(with_rows("budget_musd: {by_quarter: {2025Q1: 1}}"), "IN202", 7, "Correct it"),
    "demand without an amount": Bad(with_rows("demand: [{region: gulf}]"), "IN101", 7, "h100e or tpp"),
    "demand given twice": Bad(with_rows("demand: [{region: gulf, tpp: 1, h100e: 1}]"), "IN113", 7, "Keep either"),
    "demand of an unknown region": Bad(with_rows("demand: [{region: golf, tpp: 1}]"), "IN402", 7, "'gulf'"),
    "demand of a region twice": Bad(
        with_rows("demand: [{region: gulf, tpp: 1}, {region: gulf, tpp: 2}]"), "IN204", 7, "Add the two up"
    ),
    "demand after the horizon": Bad(with_rows("demand: [{region: gulf, tpp: 1, from: 2027Q1}]"), "IN202", 7, "Correct"),
    "demand steps after the horizon": Bad(
        with_rows("demand: [{region: gulf, tpp: {2027Q1: 1}}]"), "IN202", 7, "Correct"
    ),
    "demand with steps and from": Bad(
        with_rows("demand: [{region: gulf, tpp: {2026Q1: 1}, from: 2026Q1}]"), "IN113", 7, "Remove 'from'"
    ),
    "demand with sites and a time": Bad(
        with_rows("demand: [{region: x, tpp: 1, sites: [one], max_rtt_ms: 9}]"), "IN113", 7, "either"
    ),
    "demand at an unknown site": Bad(with_rows("demand: [{region: x, tpp: 1, sites: [ones]}]"), "IN401", 7, "'one'"),
    "demand in fractions of a TPP": Bad(
        with_rows("demand: [{region: x, tpp: 1.5, sites: [one]}]"), "IN104", 7, "decimal point"
    ),
    "demand in no time": Bad(with_rows("demand: [{region: gulf, tpp: 1, max_rtt_ms: 0}]"), "IN105", 7, "80"),
    "serving price at an unknown site": Bad(
        with_rows("demand: [{region: x, tpp: 1, sites: [one], cost_usd_per_h100e: {ones: 1}}]"), "IN401", 7, "'one'"
    ),
    "serving price left out": Bad(
        with_rows("demand: [{region: x, tpp: 1, sites: [one], cost_usd_per_h100e: {one: }}]"), "IN101", 7, "0 for none"
    ),
    "own limit as a word": Bad(with_rows("own_limits: [OWN1]"), "IN103", 7, "OWN1"),
    "kept open and closed": Bad(with_rows("keep_open: [one]\nkeep_closed: [one]"), "IN403", 8, "one of the two"),
    "kept open twice": Bad(with_rows("keep_open: [one, one]"), "IN204", 7, "one of the two"),
    "unknown site kept open": Bad(with_rows("keep_open: [ones]"), "IN401", 7, "'one'"),
    "kept closed with fleet": Bad(
        with_rows("fleet: [{country: US, site: one, accelerator: h100-sxm, gpus: 8}]\nkeep_closed: [one]"),
        "IN403",
        8,
        "out of the list",
    ),
    "share without its sign": Bad(with_rows("max_share_per_site: 30"), "IN108", 7, "as 30%"),
    "share above 100 %": Bad(with_rows("max_share_per_site: 130%"), "IN108", 7, "7%"),
    "more open sites than there are": Bad(with_rows("min_open_sites: 3"), "IN403", 7, "Lower it"),
    "a price of moves below nothing": Bad(with_rows("move_cost_usd_per_gpu: -500"), "IN105", 7, "Correct it"),
    "a lead longer than any horizon": Bad(
        with_rows("supply: [{accelerator: b200, per_quarter: 1, lead_quarters: 101}]"), "IN105", 7, "Correct it"
    ),
    "unknown objective in a list": Bad(with_rows("objective: [capacity, profit]"), "IN106", 7, "Known"),
    "no objective in a list": Bad(with_rows("objective: []"), "IN101", 7, "Name one of"),
    "an objective that cannot come first": Bad(with_rows("objective: [open_sites]"), "IN106", 7, "behind another"),
    "objective twice": Bad(with_rows("objective: [cost, cost]"), "IN204", 7, "Keep one"),
    "a tolerance with nothing after it": Bad(with_rows("objective_tolerance: 1%"), "IN403", 7, "a list of objectives"),
    "a tolerance without its sign": Bad(
        with_rows("objective: [capacity, cost]\nobjective_tolerance: 0.1"), "IN108", 8, "as 10%"
    ),
    "unknown authorization": Bad(with_rows("authorizations: [lvp]"), "IN106", 7, "'lpp'"),
    "no authorization": Bad(with_rows("authorizations: []"), "IN101", 7, "keep_closed"),
    "no authorization in a country": Bad(with_rows("authorizations: {SG: }"), "IN101", 7, "keep_closed"),
    "authorizations in an unknown country": Bad(with_rows("authorizations: {Sg: [lpp]}"), "IN110", 7, "SG"),
    "authorizations of one jurisdiction twice": Bad(
        with_rows("authorizations: {US: [aia], PR: [licence]}"), "IN204", 7, "one of the two"
    ),
    "authorization twice": Bad(with_rows("authorizations: {default: [lpp, lpp]}"), "IN204", 7, "Keep one"),
    "authorizations as a word": Bad(with_rows("authorizations: lpp"), "IN103", 7, "pairs"),
    "site loss as a word": Bad(with_rows("survive_site_loss: maybe"), "IN106", 7, "true"),
    "unknown objective": Bad(with_rows("objective: profit"), "IN106", 7, "capacity"),
    "amounts beyond int64": Bad(
        with_rows(f"supply: [{{accelerator: b200, per_quarter: {10**17}}}]"), "IN208", 1, "Correct"
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_scenario_is_refused_with_its_place_and_a_mend(bad: Bad) -> None:
    found = scenario_problems(bad.text)
    first = next((problem for problem in found if problem.code == bad.code), found[0])
    assert (first.code, first.at.line, bad.mend in first.mend) == (bad.code, bad.line, True), found
    assert all(problem.code in INPUT_CODES and problem.why and problem.mend for problem in found)


def test_everything_wrong_with_a_scenario_comes_at_once() -> None:
    found = scenario_problems(with_rows("keep_open: [ones]\nobjective: profit\nfleet: [{country: UK}]"))
    assert [problem.code for problem in found] == ["IN401", "IN106", "IN101", "IN101", "IN110"]


def test_objectives_and_authorizations_as_a_planner_ranks_them() -> None:
    got = scenario(
        with_rows(
            "objective: [capacity, cost, open_sites]\nobjective_tolerance: 0.1%\nsurvive_site_loss: true\n"
            "authorizations: {SG: [nveu, lpp], PR: [licence], default: [allocation, lpp]}"
        )
    )
    assert (got.objective, got.later_objectives) == ("capacity", ("cost", "open_sites"))
    assert got.objective_tolerance == Fraction(1, 1000)
    assert got.survive_site_loss
    assert got.authorizations is not None
    assert got.authorizations.by_country == {"SG": ("nveu", "lpp"), "US": ("licence",)}
    assert got.authorizations.elsewhere == ("allocation", "lpp")


def test_a_list_of_authorizations_is_for_every_country_outside_tier_1() -> None:
    got = scenario(with_rows("authorizations: [lpp, allocation]")).authorizations
    assert got is not None
    assert (got.by_country, got.elsewhere) == ({}, ("lpp", "allocation"))
    assert scenario(with_rows("objective: [cost]")).later_objectives == ()
