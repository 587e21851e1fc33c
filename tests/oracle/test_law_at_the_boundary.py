"""Every rule one GPU below its boundary, at it and above it, in figures worked by hand; checker and oracle alike."""

from __future__ import annotations

from typing import Any

import pytest
from oracle import PARENT, judge, tier

from optimizer.check import check
from optimizer.domain.catalogue import Accelerator, bundled_catalogue
from optimizer.domain.countries import countries, jurisdiction
from optimizer.domain.plan import Consignee, Firm, Horizon, Move, Place, Placement, Plan, RegimeRef, Retirement
from optimizer.regimes import builtin_regimes, load_regime
from optimizer.units import Quarter

FACTSHEET, IFR, NONE = "factsheet-2025", "ifr-2025", "none"
Q = Quarter.parse
Row = tuple[Any, ...]  # country, accelerator, gpus, quarter, authorization, consignee; the last ones may be left out
ROUND = Accelerator("round", "25,000 TPP", "own", 25_000, "yes", None, None, None, "own")  # divides the rule's amounts
UVEU = Firm("Example Cloud", "US", "US", "uveu")
NVEU = Firm("Example Cloud", "AE", "AE", "nveu", frozenset({"AE", "MY"}))
OTHER = Firm("Example Cloud", "US", "US", "none")


def plan_of(regime: str, firm: Firm, rows: list[Row], **more: Any) -> Plan:
    """A plan of these rows, judged in 2026Q1 and Q2 unless another horizon is given."""
    placements = []
    for country, accelerator, gpus, *rest in rows:
        quarter, authorization, consignee = [*rest, None, None, None][:3]
        when = Q(quarter) if quarter else None
        placements.append(Placement(country, accelerator, gpus, None, when, authorization, consignee))
    head = {
        "horizon": Horizon(Q("2026Q1"), Q("2026Q2")),
        "catalogue": bundled_catalogue().with_own([ROUND]),
        "own_accelerators": ("round",),
        **more,
    }
    return Plan(firm=firm, regime=RegimeRef(regime), placements=tuple(placements), **head)


def verdict(plan: Plan, limit: str) -> str:
    """The limit's verdict, on which the checker and the oracle agree."""
    found = {finding.limit.name: finding.verdict for finding in check(plan).findings}
    _, of = judge(plan, plan.regime.base)
    said = {f"{rule}({','.join(part for part in rest if part)})": answer for (rule, *rest), answer in of.items()}
    assert found[limit] == said.get(limit, said.get(limit.replace("(P,", "(p,")))  # it spells groups in small letters
    return found[limit]


# --- amounts ----------------------------------------------------------------------------------------------------------

AT: list[tuple[str, str, Firm, list[Row], Row, int, dict[str, Any]]] = []
"""Regime, limit, firm, the other rows, the row that grows, how many GPUs of it are allowed, and what else is given."""

for regime in (FACTSHEET, IFR):
    # 7,000 of 100,000 are 7 %; Puerto Rico is the United States
    AT.append((regime, "UVEU101(MY,2026Q1)", UVEU, [("US", "h100-sxm", 93_000)], ("MY", "h100-sxm"), 7_000, {}))
    AT.append((regime, "UVEU101(MY,2026Q2)", UVEU, [("PR", "round", 930)], ("MY", "round"), 70, {}))
    # three countries with 6,250 each and 6,250 more are 25,000 of 100,000
    rows: list[Row] = [("US", "h100-sxm", 75_000), *((country, "h100-sxm", 6_250) for country in ("MY", "SG", "AE"))]
    AT.append((regime, "UVEU102(2026Q1)", UVEU, rows, ("IN", "h100-sxm"), 6_250, {}))
    # what stands in Tier 3 stands outside Tier 1
    AT.append((regime, "UVEU102(2026Q1)", UVEU, [("US", "round", 75)], ("HK", "round"), 25, {}))
# half at home: a dependency counts as home, another Tier 1 country does not
AT.append(
    (IFR, "UVEU103(2026Q1)", UVEU, [("US", "h100-sxm", 300), ("GU", "h100-sxm", 200)], ("DE", "h100-sxm"), 500, {})
)
AT.append((IFR, "UVEU103(2026Q1)", UVEU, [("US", "round", 50), ("MY", "round", 7)], ("JE", "round"), 43, {}))
# 50,000 H100e, 100,000 under an agreement, less what others use, for a UVEU as for anybody
HOME: list[Row] = [("US", "gb300-nvl72", 10_000_000)]
for firm in (UVEU, OTHER):
    AT.append((FACTSHEET, "CAP201(MY,2026Q1)", firm, HOME, ("MY", "h100-sxm", "2026Q1"), 50_000, {}))
    AT.append((FACTSHEET, "CAP201(MY,2026Q1)", firm, HOME, ("MY", "h100-sxm"), 50_000, {}))
    agreed = {"agreements": {"MY": Q("2026Q2")}}
    AT.append((FACTSHEET, "CAP201(MY,2026Q1)", firm, HOME, ("MY", "h100-sxm"), 50_000, agreed))
    AT.append((FACTSHEET, "CAP201(MY,2026Q2)", firm, HOME, ("MY", "h100-sxm"), 100_000, agreed))
    used = {"national_use": {"MY": 15_832 * 49_000}}
    AT.append((FACTSHEET, "CAP201(MY,2026Q1)", firm, HOME, ("MY", "h100-sxm"), 1_000, used))
    AT.append((FACTSHEET, "CAP201(MY,2026Q2)", firm, HOME, ("MY", "h100-sxm"), 51_000, used | agreed))
# 790,000,000 / 25,000; a UVEU only where it uses an allocation
AT.append((IFR, "CAP201(MY,2026Q1)", OTHER, HOME, ("MY", "round", "2026Q1"), 31_600, {}))
AT.append((IFR, "CAP201(MY,2026Q2)", OTHER, HOME, ("MY", "round"), 63_200, {"agreements": {"MY": Q("2026Q1")}}))
AT.append((IFR, "CAP201(MY,2026Q2)", OTHER, HOME, ("MY", "round"), 600, {"national_use": {"MY": 775_000_000}}))
AT.append((IFR, "CAP201(MY,2026Q1)", UVEU, HOME, ("MY", "round", None, "allocation"), 31_600, {}))
# 1,700 H100e a year and group; 26,900,000 / 25,000
AT.append((FACTSHEET, "LPP501(own group,2026)", OTHER, [], ("MY", "h100-sxm", "2026Q2", "lpp"), 1_700, {}))
AT.append((IFR, "LPP501(own group,2026)", OTHER, [], ("MY", "round", "2026Q2", "lpp"), 1_076, {}))
sisters = {"consignees": (Consignee("A", "P", "AE"), Consignee("B", "P", "IN"))}
AT.append(
    (
        IFR,
        "LPP501(P,2026)",
        OTHER,
        [("IN", "round", 76, "2026Q1", "lpp", "A")],
        ("AE", "round", "2026Q2", "lpp", "B"),
        1_000,
        sisters,
    )
)
last_year: list[Row] = [("MY", "round", 5_000, "2025Q4", "lpp")]
AT.append((IFR, "LPP501(own group,2026)", OTHER, last_year, ("MY", "round", "2026Q1", "lpp"), 1_076, {}))
# 320,000 H100e at any time, or the rule's table, whose amounts are these many times 25,000
AT.append((FACTSHEET, "NVEU401(MY,2026Q1)", NVEU, [], ("MY", "h100-sxm"), 320_000, {}))
TABLE = [25_320, 37_980, 50_640, 63_300, 75_960, 107_610, 139_260, 170_910, 202_560, 202_560, 202_560, 202_560]
for number, most in enumerate(TABLE):
    quarter = Q("2025Q1") + number
    only = {"horizon": Horizon(quarter, quarter)}
    AT.append((IFR, f"NVEU401(AE,{quarter})", NVEU, [("MY", "round", 9)], ("AE", "round", str(quarter)), most, only))


@pytest.mark.parametrize("regime, limit, firm, rows, last, most, more", AT)
def test_one_gpu_below_at_and_above(
    regime: str, limit: str, firm: Firm, rows: list[Row], last: Row, most: int, more: dict[str, Any]
) -> None:
    country, accelerator, *rest = last
    plans = [plan_of(regime, firm, [*rows, (country, accelerator, most + step, *rest)], **more) for step in (-1, 0, 1)]
    assert [verdict(plan, limit) for plan in plans] == ["pass", "pass", "fail"]


# --- what counts and when ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quarter, authorization, expected",
    [
        (None, None, "fail"),  # nobody knows when it came
        ("2025Q1", None, "fail"),
        ("2024Q4", None, "pass"),
        ("2026Q1", "licence", "pass"),
        ("2026Q1", "lpp", "pass"),
    ],
)
@pytest.mark.parametrize("regime", [FACTSHEET, IFR])
def test_a_cap_counts_from_2025_on(regime: str, quarter: str | None, authorization: str | None, expected: str) -> None:
    plan = plan_of(regime, OTHER, [*HOME, ("MY", "h100-sxm", 50_001, quarter, authorization)])
    assert verdict(plan, "CAP201(MY,2026Q1)") == expected


def test_a_moved_chip_counts_as_received_then() -> None:
    rows = [*HOME, ("US", "h100-sxm", 50_001, "2024Q1")]
    move = Move("h100-sxm", 50_001, Q("2026Q2"), Place("US"), Place("MY"))
    plan = plan_of(FACTSHEET, UVEU, rows, moves=(move,))
    assert [verdict(plan, f"CAP201(MY,{quarter})") for quarter in ("2026Q1", "2026Q2")] == ["pass", "fail"]


@pytest.mark.parametrize("old, expected", [("2024Q4", "fail"), ("2025Q4", "pass")])
def test_chips_from_before_2025_leave_first(old: str, expected: str) -> None:
    """50,001 counted and one more: the one that leaves is the older, whether or not the cap counts it."""
    rows = [*HOME, ("MY", "h100-sxm", 1, old), ("MY", "h100-sxm", 50_000 + (old < "2025Q1"), "2026Q1")]
    leave = Retirement("MY", "h100-sxm", 1, Q("2026Q2"))
    plan = plan_of(FACTSHEET, UVEU, rows, retirements=(leave,))
    assert [verdict(plan, f"CAP201(MY,{quarter})") for quarter in ("2026Q1", "2026Q2")] == ["fail", expected]


@pytest.mark.parametrize("regime", [FACTSHEET, IFR])
def test_values_that_ended_decide_nothing(regime: str) -> None:
    late = {"horizon": Horizon(Q("2027Q4"), Q("2028Q1"))}
    cap = plan_of(regime, OTHER, [*HOME, ("MY", "round", 1)], **late)
    base = plan_of(regime, NVEU, [("MY", "round", 1)], **late)
    share = plan_of(regime, UVEU, [("US", "round", 93), ("MY", "round", 7)], **late)
    year = plan_of(regime, OTHER, [("MY", "round", 1_076, "2028Q1", "lpp")], **late)
    assert [verdict(cap, f"CAP201(MY,{quarter})") for quarter in ("2027Q4", "2028Q1")] == ["pass", "undecided"]
    assert [verdict(base, f"NVEU401(MY,{quarter})") for quarter in ("2027Q4", "2028Q1")] == ["pass", "undecided"]
    assert verdict(share, "UVEU101(MY,2028Q1)") == "pass"
    assert verdict(year, "LPP501(own group,2028)") == "pass"


@pytest.mark.parametrize("regime", [FACTSHEET, IFR])
def test_quarters_before_the_regime_are_not_judged(regime: str) -> None:
    plan = plan_of(regime, UVEU, [("MY", "round", 9)], horizon=Horizon(Q("2024Q4"), Q("2025Q1")))
    assert [verdict(plan, f"UVEU101(MY,{quarter})") for quarter in ("2024Q4", "2025Q1")] == ["not_applicable", "fail"]
    before = plan.replace(horizon=Horizon(Q("2024Q1"), Q("2024Q4")))
    assert check(before).status == judge(before, regime)[0] == "undecided"


@pytest.mark.parametrize(
    "country, accelerator, gpus, expected",
    [
        ("MY", "h20-sxm", 10_000, "pass"),  # below 3A090.a: not in the base
        ("MY", "trainium1", 1, "undecided"),  # breaks the limit if it counts
        ("MY", "l4", 1, "fail"),  # meets it by density
        ("US", "trainium1", 1, "pass"),  # makes room if it counts, and no harm if not
        ("US", "h20-sxm", 10_000, "pass"),
    ],
)
def test_chips_of_which_it_is_unknown_whether_they_count(
    country: str, accelerator: str, gpus: int, expected: str
) -> None:
    rows: list[Row] = [("US", "h100-sxm", 93), ("MY", "h100-sxm", 7), (country, accelerator, gpus)]
    assert verdict(plan_of(IFR, UVEU, rows), "UVEU101(MY,2026Q1)") == expected


def test_two_kinds_that_may_count_are_read_apart() -> None:
    """All counted the share is kept, none counted it is kept, but not with the one in Malaysia alone."""
    rows: list[Row] = [("US", "h100-sxm", 93), ("MY", "h100-sxm", 7), ("MY", "trainium1", 1), ("US", "tpu-v5e", 50)]
    assert verdict(plan_of(IFR, UVEU, rows), "UVEU101(MY,2026Q1)") == "undecided"


def test_every_chip_counts_in_the_fact_sheet() -> None:
    rows: list[Row] = [("US", "h100-sxm", 93), ("MY", "h100-sxm", 7), ("MY", "h20-sxm", 1)]
    assert verdict(plan_of(FACTSHEET, UVEU, rows), "UVEU101(MY,2026Q1)") == "fail"


# --- who and where ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", builtin_regimes())
def test_tiers_and_parents_of_all_countries(name: str) -> None:
    regime = load_regime(RegimeRef(name))
    assert len(countries()) == 250
    assert {code: regime.tier(code) for code in countries()} == {code: tier(code) for code in countries()}
    assert {code: jurisdiction(code) for code in countries()} == {code: PARENT.get(code, code) for code in countries()}
    # 19 and their 44 dependencies; D:5, Macau and Hong Kong
    assert [sum(regime.tier(code) == number for code in countries()) for number in (1, 2, 3)] == [63, 162, 25]


SEATS = [  # headquarters, ultimate parent: UVEU100, AIA250, TIER301 in the United States
    ("US", "US", "pass", "pass", None),
    ("TW", "BM", "pass", "pass", None),
    ("US", "AE", "pass", "fail", None),
    ("AE", "PR", "pass", "fail", None),
    ("AE", "IN", "fail", "fail", None),
    ("US", "CN", "pass", "fail", "fail"),
    ("HK", "US", "pass", "fail", "fail"),
    ("MO", "RU", "fail", "fail", "fail"),
]


@pytest.mark.parametrize("headquarters, parent, uveu, aia, ban", SEATS)
def test_who_the_firm_is(headquarters: str, parent: str, uveu: str, aia: str, ban: str | None) -> None:
    firm = Firm("Example Cloud", headquarters, parent, "uveu")
    for regime in (FACTSHEET, IFR, NONE):
        plan = plan_of(regime, firm, [("US", "h100-sxm", 1, None, "aia")])
        found = {finding.limit.name for finding in check(plan).findings}
        assert ("TIER301(US,2026Q1)" in found) == (ban is not None)
        if ban:
            assert verdict(plan, "TIER301(US,2026Q1)") == ban
        if regime != NONE:
            assert verdict(plan, "UVEU100(firm)") == uveu
        if regime == IFR:
            assert verdict(plan, "AIA250(firm)") == aia


@pytest.mark.parametrize("regime", [FACTSHEET, IFR, NONE])
@pytest.mark.parametrize("country", ["CN", "HK", "MO", "KH"])
def test_one_gpu_in_tier_3_is_too_many(regime: str, country: str) -> None:
    plan = plan_of(regime, UVEU, [("US", "h100-sxm", 100), (country, "h20-sxm", 1, "2026Q2")])
    where = "CN" if country == "HK" else country
    assert [verdict(plan, f"TIER301({where},{quarter})") for quarter in ("2026Q1", "2026Q2")] == ["pass", "fail"]


HELD = [
    *((status, "US", "aia", "pass") for status in ("uveu", "nveu", "none")),
    *((status, "MY", "aia", "fail") for status in ("uveu", "nveu", "none")),
    *(("uveu", "GP", "aia", "pass"), ("uveu", "HK", "aia", "fail")),
    *(("uveu", "MY", "uveu", "pass"), ("nveu", "MY", "uveu", "fail"), ("none", "MY", "uveu", "fail")),
    *(("nveu", "MY", "nveu", "pass"), ("nveu", "SG", "nveu", "fail"), ("none", "MY", "nveu", "fail")),
    *(("uveu", "MY", "nveu", "fail"), ("none", "SG", None, "pass"), ("nveu", "SG", None, "pass")),
    *(("none", "MY", authorization, "pass") for authorization in ("allocation", "lpp", "licence")),
]


@pytest.mark.parametrize("regime", [FACTSHEET, IFR])
@pytest.mark.parametrize("status, country, authorization, expected", HELD)
def test_what_the_firm_holds(regime: str, status: Any, country: str, authorization: str | None, expected: str) -> None:
    firm = Firm("Example Cloud", "US", "US", status, frozenset({"MY"}))
    plan = plan_of(regime, firm, [(country, "h100-sxm", 1, "2026Q1", authorization)])
    assert verdict(plan, f"AUTH200({PARENT.get(country, country)})") == expected


@pytest.mark.parametrize(
    "consignee, quarter, limit, expected",
    [
        ("A", "2026Q1", "P,2026", "pass"),
        ("A", None, "P,undated", "undecided"),
        ("X", "2026Q1", "X,2026,not declared", "undecided"),
        ("P", "2026Q1", "P,2026,not declared", "undecided"),  # where its seat is, is not told
        ("C", "2026Q1", "R,2026", "fail"),  # seated in Hong Kong
        ("D", "2026Q1", "R,2026", "fail"),  # not itself, but a sister is
    ],
)
@pytest.mark.parametrize("regime", [FACTSHEET, IFR])
def test_whose_low_volume_allowance(
    regime: str, consignee: str, quarter: str | None, limit: str, expected: str
) -> None:
    known = (Consignee("A", "P", "AE"), Consignee("C", "R", "HK"), Consignee("D", "R", "IN"))
    plan = plan_of(regime, OTHER, [("MY", "h20-sxm", 1, quarter, "lpp", consignee)], consignees=known)
    found = {finding.limit.name: finding.verdict for finding in check(plan).findings}
    assert found[f"LPP501({limit})"] == expected
