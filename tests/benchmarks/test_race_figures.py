"""What is read from logs and reckoned from records: points over time, gaps, medians, bounds, the picture."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from benchmarks.race.figures import best_bound, gap, marks, rows_of
from benchmarks.race.instances import instance_named
from benchmarks.race.picture import picture
from benchmarks.race.records import MOST_POINTS, Record, record_of, thinned
from benchmarks.race.solver_logs import in_tpp, points_in, seconds_in_all
from benchmarks.race.tables import page
from benchmarks.what_if import changes_of, cold
from optimizer.regimes import load_regime
from optimizer.solvers import Options

HIGHS_LOG = """
        Nodes      |    B&B Tree     |            Objective Bounds              |  Dynamic Constraints |   Work
Src  Proc. InQueue |  Leaves   Expl. | BestBound       BestSol              Gap |   Cuts  InLp  Confl. | LpIters   Time

         0       0         0   0.00%   -5718           inf                  inf        0     0      0         0   0.3s
 R       0       0         0   0.00%   -1403.063535    -1255             11.80%        0     0      0        17   1.5s
         0       0         0   0.00%   -1403.063535    -1255             11.80%        0     0      0        17   1.6s
 T     381       0         1 100.00%   -1380           -1380              0.00%        5     0      0      4800  12.9s
"""
SCIP_LOG = """
 time | node |left|LP iter|LP it/n|mem/heur|mdpt|vars|cons|rows|cuts|sepa|confs|strbr|  dualbound   | primalbound  | gap
  0.5s|    1 |  0 |    20 |    -  |  1521k |  0 | 60 | 20 | 20 |  0 |  0 |   0 |   0 |-1.403064e+03 |      --      |Inf|
r 2.0s|    1 |  0 |    20 |    -  |rounding|  0 | 60 | 20 | 20 |  0 |  0 |   0 |   0 |-1.403064e+03 |-1.294000e+03 |8% |
"""
CBC_LOG = """
Continuous objective value is -1403.06 - 0.25 seconds
Cbc0012I Integer solution of -1255.5 found by feasibility pump after 0 iterations and 0 nodes (1.75 seconds)
Cbc0010I After 100 nodes, 51 on our tree, 1e+50 best solution, best possible -1401 (2.00 seconds)
Cbc0010I After 200 nodes, 51 on our tree, -1255.5 best solution, best possible -1400.5 (3.00 seconds)
Total time (CPU seconds):       5.39   (Wallclock seconds):       8.17
"""


def test_the_logs_of_three_solvers_give_value_and_bound_over_time() -> None:
    assert points_in(HIGHS_LOG.splitlines(), "highs") == [
        (0.3, None, -5718.0),
        (1.5, -1255.0, -1403.063535),
        (12.9, -1380.0, -1380.0),
    ]
    assert points_in(SCIP_LOG.splitlines(), "scip") == [(0.5, None, -1403.064), (2.0, -1294.0, -1403.064)]
    assert points_in(CBC_LOG.splitlines(), "cbc") == [
        (0.25, None, -1403.06),
        (1.75, -1255.5, -1403.06),
        (2.0, -1255.5, -1401.0),
        (3.0, -1255.5, -1400.5),
    ]
    assert seconds_in_all(CBC_LOG.splitlines()) == 8.17
    assert seconds_in_all(SCIP_LOG.splitlines()) == 0
    assert list(in_tpp([(1.0, -1.5, -2.5)], standing=100, grain=3)) == [(1.0, 104, 108)]


def record(contestant: str = "fleetplan", **fields: object) -> Record:
    """A run that found 900 after a second and 990 after 20, and bounds of 1,100 and 1,000."""
    points = [(0.5, None, 1_100), (1.0, 900, 1_100), (20.0, 990, 1_000)]
    whole = Record(
        *("M-1", 60.0, contestant, "2026-11-22", 0.5, 0.4, 0.1, 0.01, 1.0, 60.0, 100),
        *("legal", 0, [], 990, 1_000, None, "feasible", points),
    )
    return replace(whole, **fields)  # type: ignore[arg-type]


def test_gaps_are_of_the_plan_at_that_time_against_the_tightest_exact_bound() -> None:
    runs = [record(proved=1_050), record("cp-sat", proved=1_020, points=[(30.0, 950, 1_020)])]
    best = best_bound(runs, "M-1")
    assert best is not None
    assert (best.bound, best.exact) == (1_020, True)
    ours, cp_sat = rows_of(runs)
    assert marks(60.0) == (10.0, 60.0)
    assert ours.gaps == (pytest.approx(120 / 900), pytest.approx(30 / 990))
    assert ours.own_gap == pytest.approx(10 / 990)
    assert cp_sat.gaps == (float("inf"), pytest.approx(70 / 950))


def test_bounds_in_doubles_count_only_where_there_is_no_exact_one() -> None:
    best = best_bound([record(bound=1_000), record("pulp-highs", bound=995)], "M-1")
    assert best is not None
    assert (best.bound, best.exact) == (995, False)
    assert "~5.1e-03" in page([record(bound=1_000), record("pulp-highs", bound=995)], {}, {})


def test_a_row_is_the_median_of_its_runs() -> None:
    runs = [record(first=1.0), record(first=9.0), record(first=None, verdict="illegal", broken=2)]
    (row,) = rows_of(runs)
    assert (row.runs, row.first, row.plan) == (3, 9.0, "2 of 3 legal; illegal: 2 limits broken")
    (row,) = rows_of([record(first=None, verdict="none", said="") for _ in range(2)] + [record()])
    assert row.first == float("inf")


def test_a_gap_is_never_below_zero_and_infinite_without_a_plan() -> None:
    assert gap(1_000, 999) == 0
    assert gap(None, 5) == gap(5, None) == gap(0, 5) == float("inf")


def test_the_value_of_an_illegal_plan_counts_nowhere() -> None:
    events = [
        {"event": "ready", "seconds": 0.0, "import_s": 0.4},
        {"event": "built", "seconds": 0.2},
        {"event": "point", "seconds": 1.0, "value": 10**6, "bound": 2 * 10**6},
        {"event": "solved", "seconds": 2.0},
        {"event": "ended", "seconds": 2.0, "said": "optimal", "bound": None, "proved": None, "away": 0.5},
        {"event": "judged", "seconds": 2.1, "verdict": "illegal", "value": 10**6, "broken": 233, "names": ["A"]},
        {"event": "process", "code": 0, "killed": "", "peak_mb": 50, "load": 0.1, "last_line": ""},
    ]
    found = record_of("M-1", 60.0, "pulp-cbc", "2026-11-22", events)
    assert (found.verdict, found.first, found.points) == ("illegal", None, [(1.0, None, 2 * 10**6)])
    assert found.bound == 2 * 10**6
    assert "illegal: 233 limits broken" in page([record(), found], {}, {})


def test_what_was_killed_or_crashed_says_so() -> None:
    end = {"event": "process", "code": -9, "killed": "building alone takes more than 60 s", "peak_mb": 5, "load": 0.0}
    killed = record_of("M-1", 60.0, "pulp-cbc-naive", "2026-11-22", [end])
    assert "building alone takes more than 60 s" in page([record(), killed], {}, {})
    crashed = record_of("M-1", 60.0, "cp-sat", "2026-11-22", [{**end, "killed": "", "code": 1, "last_line": "Oops"}])
    assert crashed.said == "ended with code 1: Oops"


def test_thinning_keeps_the_first_plan_and_the_end() -> None:
    points = [(float(i), None if i < 7 else i, 10**6 - i) for i in range(1_000)]
    kept = thinned(points)
    assert len(kept) <= MOST_POINTS + 1
    assert points[7] in kept
    assert kept[-1] == points[-1]


def test_the_picture_names_who_has_no_plan_and_draws_who_has_one() -> None:
    runs = [
        record(),
        record("cp-sat", points=[(30.0, 950, 1_020)]),
        record("pulp-cbc", verdict="illegal", broken=233, value=None),
        record("pulp-cbc-naive", verdict="none", value=None),
    ]
    drawn = picture(runs, "M-1")
    assert drawn is not None
    root = ElementTree.fromstring(drawn)
    words = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "fleetplan, own bound" in words
    assert "PuLP + CBC, totals: illegal plan, 233 limits broken within 60 s" in words
    assert "PuLP + CBC, written out: no plan within 60 s" in words
    labels = [
        float(e.get("y", 0)) for e in root.iter("{http://www.w3.org/2000/svg}text") if e.get("class", "")[0] == "f"
    ]
    assert len(labels) == 3
    assert all(later - earlier > 14 for earlier, later in zip(sorted(labels), sorted(labels)[1:], strict=False))
    assert picture(runs, "M-2") is None


def test_what_ifs_change_one_limit_each_and_are_the_same_at_every_call() -> None:
    scenario = instance_named("M-1:20x3x2")
    changes = changes_of(scenario, 12)
    assert [each.words for each in changes] == [each.words for each in changes_of(scenario, 12)]
    assert len({each.words for each in changes}) > 6
    for change in changes:
        changed = scenario.replace(**change.fields)
        assert changed != scenario
        assert load_regime(changed.regime).records
    found = cold(instance_named("M-1:8x2x1"), changes[0], Options(time_limit=10, gap=0), wanted=None)
    assert found.verdict == "legal"
