"""The runner of the benchmark suite on tiny instances: the peers state our model, what is measured is told right."""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import hyperscale
from benchmarks.race.contestants import CONTESTANTS
from benchmarks.race.facts import facts_of, plan_of
from benchmarks.race.instances import HYPERSCALER, instance_named
from benchmarks.race.judge import judge
from benchmarks.race.ortools_peers import CpSatModeller
from benchmarks.race.process import run, tree
from benchmarks.race.records import load_records
from benchmarks.race.statement import state
from optimizer.optimise import optimise
from optimizer.solvers import Options

TINY = "M-1:8x2x1"


@pytest.mark.parametrize("name", [TINY, "M-3:6x1x3", "M-2:9x1x2"])
def test_both_statements_of_the_peers_have_our_optimum(name: str) -> None:
    scenario = instance_named(name)
    ours = optimise(scenario, Options(time_limit=30, gap=0)).answer
    assert ours.value is not None
    assert ours.value == ours.bound
    facts = facts_of(scenario, whole=True)
    for written_out in (False, True):
        modeller = CpSatModeller()
        statement = state(facts, modeller, written_out=written_out)
        solver = modeller.library.CpSolver()
        solver.parameters.num_workers = 2
        assert solver.solve(modeller.model) == modeller.library.OPTIMAL
        assert statement.standing - round(solver.objective_value) == ours.value
        units = {key: solver.value(unit) for key, unit in statement.units.items()}
        assert judge(plan_of(scenario, units), scenario) == {
            "verdict": "legal",
            "value": ours.value,
            "broken": 0,
            "names": [],
        }


@pytest.mark.parametrize("name", HYPERSCALER)
def test_the_peers_can_state_the_hyperscaler_examples(name: str) -> None:
    facts = facts_of(instance_named(name), whole=False)
    modeller = _Counter()
    statement = state(facts, modeller, written_out=False)
    assert len(statement.units) > 10_000
    assert modeller.rows > 10_000


class _Counter:
    """A modelling library that counts."""

    def __init__(self) -> None:
        self.columns = self.rows = 0

    def whole(self, upper: float) -> object:
        assert upper >= 0
        self.columns += 1
        return object()

    amount = whole

    def at_most(self, terms: list[tuple[float, object]], bound: float) -> None:
        assert len({id(variable) for _, variable in terms}) == len(terms), "a variable stands twice in a row"
        self.rows += 1

    at_least = equal = at_most

    def minimise(self, terms: list[tuple[float, object]]) -> None:
        assert terms


def test_the_gate_counts_what_a_plan_breaks() -> None:
    scenario = instance_named(TINY)
    most = facts_of(scenario, whole=True).most
    found = judge(plan_of(scenario, most), scenario)  # everything everywhere
    assert found["verdict"] == "illegal"
    assert found["broken"] >= len(found["names"]) > 0
    assert judge(None, scenario)["verdict"] == "none"


@pytest.fixture(scope="module")
def raced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the whole script makes of a tiny instance."""
    folder = tmp_path_factory.mktemp("race")
    peers = "highs-arrays,pulp-cbc,pulp-highs,ortools-highs,ortools-scip,cp-sat"
    hyperscale.main([TINY, "--limit", "5", "--repeat", "1", "--peers", peers, "--into", str(folder)])
    return folder


def test_everybody_finds_the_optimum_of_a_tiny_instance(raced: Path) -> None:
    records = load_records(raced / "hyperscale.json")
    assert len(records) == 8
    best = max(record.value or 0 for record in records)
    for record in records:
        assert (record.verdict, record.value) == ("legal", best), record
        assert record.first is not None
        assert record.ended is not None
        assert record.build is not None
        assert 0 <= record.build <= record.first <= record.ended + 0.05
        assert record.peak_mb > 30
        assert record.bound is None or record.bound >= best
        assert record.proved is None or record.proved >= best
        assert record.points[-1][1] == best


def test_the_page_has_a_row_for_each_and_its_tables_parse(raced: Path) -> None:
    text = (raced / "hyperscale.md").read_text(encoding="utf-8")
    assert _rows(text), "there are tables"
    titles = {row["contestant"] for row in _rows(text) if "contestant" in row}
    ran = {CONTESTANTS[record.contestant].title for record in load_records(raced / "hyperscale.json")}
    assert titles == ran
    ours = next(row for row in _rows(text) if row.get("contestant") == "fleetplan")
    assert (ours["plan"], ours["value ×"], ours["runs"]) == ("legal", "1.00000", "1")
    assert float(ours["peak, MB"]) > 30
    assert "hyperscale-M-1-8x2x1.svg" in text


def _rows(text: str) -> list[dict[str, str]]:
    """Every line of every table by the names of its columns."""
    found: list[dict[str, str]] = []
    head: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            head = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not head:
            head = cells
        assert len(cells) == len(head)
        if cells != head and set(line) != {"|", "-"}:
            found.append(dict(zip(head, cells, strict=True)))
    return found


def test_the_picture_is_xml_with_a_line_for_each(raced: Path) -> None:
    root = ElementTree.fromstring((raced / "hyperscale-M-1-8x2x1.svg").read_text(encoding="utf-8"))
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for record in load_records(raced / "hyperscale.json"):
        if record.contestant != "fleetplan-cold":
            assert CONTESTANTS[record.contestant].title in words
    assert "prefers-color-scheme: dark" in "".join(root.itertext())


def test_rendering_again_changes_nothing(raced: Path) -> None:
    before = {path.name: path.read_text(encoding="utf-8") for path in raced.iterdir() if path.suffix == ".svg"}
    hyperscale.main(["--render", "--into", str(raced)])
    assert {path.name: path.read_text(encoding="utf-8") for path in raced.iterdir() if path.suffix == ".svg"} == before


def test_a_contestant_that_takes_too_much_memory_is_killed(tmp_path: Path) -> None:
    events = run("pulp-cbc", TINY, 5.0, [0], 0.001, tmp_path)
    assert events[-1]["event"] == "process"
    assert events[-1]["killed"] == "more than 0.001 GiB"


def test_a_tree_of_processes_holds_its_root() -> None:
    assert tree(os.getpid())[0] == os.getpid()


def test_the_races_asked_for_alternate_and_peers_run_where_they_are_asked_to() -> None:
    asked = hyperscale.arguments(["S", "M", "--seeds", "1-2", "--limit", "5,9", "--repeat", "2,1", "--peers", "cp-sat"])
    found = hyperscale.races(asked)
    assert found[0] == ("M-1", 5.0, "fleetplan-cold")
    assert found[1:4] == [("S-1", 5.0, "fleetplan"), ("S-1", 5.0, "cp-sat"), ("S-1", 5.0, "fleetplan")]
    assert [race for race in found if race[2] == "cp-sat"] == [("S-1", 5.0, "cp-sat"), ("M-1", 5.0, "cp-sat")]
    assert found.count(("M-2", 5.0, "fleetplan")) == 2
    assert found.count(("M-2", 9.0, "fleetplan")) == 1
    with pytest.raises(SystemExit, match="no such peer: nobody"):
        hyperscale.races(hyperscale.arguments(["S", "--peers", "nobody"]))
