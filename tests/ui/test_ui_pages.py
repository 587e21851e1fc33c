"""Each page, run by Streamlit's own test harness: what it says, and what it does when something is pressed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from ui_helpers import PLAN, SCENARIO, page_text, write_scenario

from optimizer.ui import session
from optimizer.ui.jobs import JobPool, State, fingerprint
from optimizer.ui.progress import read_progress

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in_solver.py")))


def overview() -> None:
    from optimizer.ui import overview_page

    overview_page.show()


def scenario() -> None:
    from optimizer.ui import scenario_page

    scenario_page.show()


def compliance() -> None:
    from optimizer.ui import compliance_page

    compliance_page.show()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A person's folder of scenarios, and a data folder of their own."""
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setenv("FLEETPLAN_FOLDER", str(own))
    monkeypatch.setenv("FLEETPLAN_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    yield own
    st.cache_resource.clear()


def run(page: Any, **query: str) -> Any:
    test = (
        AppTest.from_function(page, default_timeout=30)
        if callable(page)
        else AppTest.from_file(page, default_timeout=30)
    )
    for name, value in query.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def test_the_whole_page_opens_on_the_persons_own_scenario(folder: Path) -> None:
    write_scenario(folder)
    page = run(str(ROOT / "app.py"))
    said = page_text(page)
    assert "Two sites <abroad>" in said
    assert "Optimal within the gap asked · gap 0.08 %" in said
    assert "Compliant · 15 of 15 checks" in said
    assert "1 limit binding" in said
    assert "Solved example, 12 s · by highs · rules of factsheet-2025 · not enforced when looked at in" in said
    assert page.selectbox[0].options[0] == "Two sites <abroad> (yours)"
    assert page.query_params["scenario"] == "my-two"
    assert [metric.label for metric in page.metric] == [
        "GPUs in service",
        "Computing power",
        "Outside Tier 1",
        "Investment",
        "Sites in use",
    ]
    assert [metric.value for metric in page.metric] == ["106 k", "106 k H100e", "6.4 %", "$ 890 M", "2 of 3"]


def test_the_entry_of_the_installed_package_shows_the_same_page(folder: Path) -> None:
    write_scenario(folder)
    assert "Compliant" in page_text(run(str(ROOT / "optimizer" / "ui" / "entry.py")))


def test_another_scenario_can_be_chosen(folder: Path) -> None:
    write_scenario(folder)
    page = run(str(ROOT / "app.py"))
    page.selectbox[0].select("small").run()
    assert "Small example" in page_text(page)
    assert page.query_params["scenario"] == "small"


def test_a_key_that_is_not_there_falls_back_to_the_first(folder: Path) -> None:
    write_scenario(folder)
    assert "Two sites" in page_text(run(overview, scenario="nothing", job="0" * 12))


def test_map_limits_and_tables_of_the_overview(folder: Path) -> None:
    write_scenario(folder)
    page = run(overview, scenario="my-two")
    said = page_text(page)
    assert "Malaysia UVEU101" in " ".join(said.split())
    assert "binds in 2026Q3" in said
    assert "Boundaries are illustrative." in said
    (sites,) = (frame.value for frame in page.dataframe)
    assert list(sites["country_name"]) == ["United States", "United States", "Malaysia", "United States"]
    assert sites["name"].iloc[0] == "(no site given)"
    page.select_slider[0].set_value("2026Q3").run()
    assert not page.exception
    assert "● binding" in page_text(page)
    assert len(page.dataframe[0].value) == 2
    page.session_state["places-tabs"] = "By quarter"
    page.run()
    (quarters,) = (frame.value for frame in page.dataframe)
    assert list(quarters["gpus"]) == [96_768, 105_568, 105_568]


def test_a_scenario_with_no_plan_shows_its_inputs(folder: Path) -> None:
    write_scenario(folder, plan=None)
    said = page_text(run(overview, scenario="my-two"))
    assert "Not solved yet" in said
    assert "What is given" in said
    assert "Not solved yet" in page_text(run(compliance, scenario="my-two"))


def test_the_inputs_page_says_what_the_file_says(folder: Path) -> None:
    write_scenario(folder)
    page = run(scenario, scenario="my-two")
    said = " ".join(page_text(page).split())
    for part in (
        "3 candidate sites in 3 countries · 2026Q3 to 2027Q1",
        "Test Cloud, universal validated end user",
        "most computing power at the end",
        "United Arab Emirates from 2026Q4",
        "Malaysia 10 k H100e",
        "$ 1.5 B",
        "70 MW",
    ):
        assert part in said
    assert len(page.dataframe) == 4
    assert "OWN1" in str(page.table[0].value)
    assert SCENARIO.strip() in page.code[0].value


def test_assumed_figures_carry_their_mark(folder: Path) -> None:
    page = run(scenario, scenario="small")
    assert "assumed by size class" in page_text(page)


def test_a_file_that_cannot_be_read_says_where_and_how_to_mend(folder: Path) -> None:
    write_scenario(folder, SCENARIO.replace("headquarters: US", "headquarters: UK"), plan=None)
    for page in (overview, scenario):
        said = page_text(run(page, scenario="my-two"))
        assert "two.yaml cannot be read" in said
        assert "two.yaml:3:" in said
        assert "Did you mean 'GB'?" in said
    whole = run(str(ROOT / "app.py"), scenario="my-two")
    assert whole.button[0].disabled


def test_a_plan_that_cannot_be_read_says_so_too(folder: Path) -> None:
    write_scenario(folder, plan=PLAN.replace("gpus: 6768", "gpus: 1e5"))
    said = page_text(run(overview, scenario="my-two"))
    assert "two.plan.yaml cannot be read" in said
    assert "two.plan.yaml cannot be read" in page_text(run(compliance, scenario="my-two"))


def test_a_plan_that_breaks_a_limit_is_not_shown_as_compliant(folder: Path) -> None:
    write_scenario(folder, plan=PLAN.replace("gpus: 6768", "gpus: 6784"))
    said = page_text(run(overview, scenario="my-two"))
    assert "1 of 15 checks fail" in said
    assert "Compliant" not in said
    page = run(compliance, scenario="my-two")
    assert "✗ fail" in str(page.dataframe[0].value)
    assert "How to mend it" in page_text(page)


def test_compliance_lists_the_tightest_then_everything(folder: Path) -> None:
    write_scenario(folder)
    page = run(compliance, scenario="my-two")
    table = page.dataframe[0].value
    assert list(table["rule"]) == ["UVEU101", "OWN1", "UVEU102", "CAP201"]
    assert table["sentence"].iloc[0].startswith("Malaysia holds 6.99")
    assert "UVEU101(MY,2026Q3)" in page_text(page)
    page.segmented_control[0].set_value("all").run()
    assert len(page.dataframe[0].value) == 16
    page.selectbox[0].select("MY").run()
    assert set(page.dataframe[0].value["country"]) == {"Malaysia"}
    assert not page.exception


def test_compliance_lists_what_is_to_be_filed_and_how_else_the_law_can_be_read(folder: Path) -> None:
    write_scenario(folder)
    page = run(compliance, scenario="my-two")
    duties = page.dataframe[1].value
    assert "DUTY604" in set(duties["rule"])
    assert list(duties["due"]) == sorted(duties["due"])
    assert "in which the regime can be read" in page_text(page)
    assert not page.exception


def test_no_scenario_at_all_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("optimizer.ui.library.example_path", lambda: tmp_path / "nowhere")
    assert "No scenario found" in page_text(run(str(ROOT / "app.py")))


def test_a_data_folder_that_cannot_be_used_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("FLEETPLAN_HOME", str(tmp_path / "file" / "home"))
    page = run(str(ROOT / "app.py"))
    assert "FLEETPLAN_HOME" in page.error[0].value


# -- solving ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pool(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobPool]:
    """Jobs that the stand-in runs: it takes a second, and its plan is the one of these tests."""
    wrapper = tmp_path / "wrapper.py"
    wrapper.write_text(
        f"import json, pathlib, runpy, sys\norders = pathlib.Path({str(tmp_path / 'orders.json')!r})\n"
        "sys.argv[2] = str(orders)\n"
        f"runpy.run_path({STAND_IN[1]!r}, run_name='__main__')\n",
        encoding="utf-8",
    )
    (tmp_path / "orders.json").write_text('{"seconds": 60}', encoding="utf-8")
    jobs = JobPool(tmp_path / "home", (sys.executable, str(wrapper))).start()
    monkeypatch.setattr(session, "_pool", lambda home: jobs)
    yield jobs
    for job in jobs.jobs():
        jobs.cancel(job.id)
    jobs.close()


def wait_until(condition: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_solve_starts_a_job_shows_it_and_cancel_ends_it(folder: Path, pool: JobPool) -> None:
    write_scenario(folder, plan=None)
    page = run(str(ROOT / "app.py"), scenario="my-two")
    page.button[0].click().run()
    assert not page.exception
    (job,) = pool.jobs()
    assert page.query_params["job"] == job.id
    assert (job.name, job.time_limit, job.gap) == ("Two sites <abroad>", 60.0, "0.001000")
    wait_until(lambda: pool.job(job.id).state is State.RUNNING)  # type: ignore[union-attr]
    time.sleep(0.5)
    page.run()
    assert "Solving" in page_text(page)
    assert page.metric[1].value.endswith("H100e")
    page.button(key="cancel").click().run()
    wait_until(lambda: pool.job(job.id).state.over)  # type: ignore[union-attr]
    assert pool.job(job.id).state is State.DONE  # type: ignore[union-attr]


def test_a_job_that_found_no_plan_says_why_and_can_be_closed(folder: Path, pool: JobPool, tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text('{"plan": false, "code": 1, "say": "Too little power."}', encoding="utf-8")
    file = write_scenario(folder)
    job_id = pool.submit(file.resolve(), "a", 5, "0.001")
    wait_until(lambda: pool.job(job_id).state.over)  # type: ignore[union-attr]
    page = run(overview, job=job_id)
    assert "No plan" in page_text(page)
    assert "Too little power." in page.code[0].value
    assert "Compliant" in page_text(page)  # the plan that ships is still there
    page.button(key="dismiss").click().run()
    assert "No plan" not in page_text(page)


def test_an_objective_in_other_units_shows_gap_and_time(folder: Path, pool: JobPool) -> None:
    file = write_scenario(folder, SCENARIO + "objective: cost\n", plan=None)
    job_id = pool.submit(file.resolve(), "a", 60, "0.001")
    wait_until(lambda: read_progress(pool.job(job_id).progress).points)  # type: ignore[union-attr]
    page = run(overview, job=job_id)
    assert [metric.label for metric in page.metric] == ["Gap", "Time"]


def test_a_second_solve_waits_in_line_and_says_so(folder: Path, pool: JobPool) -> None:
    file = write_scenario(folder, plan=None)
    first = pool.submit(file.resolve(), "a", 60, "0.001")
    wait_until(lambda: pool.job(first).state is State.RUNNING)  # type: ignore[union-attr]
    second = pool.submit(file.resolve(), "b", 60, "0.001")
    assert "Waiting: 1 before it" in page_text(run(overview, job=second))


def test_a_plan_older_than_its_scenario_is_marked(folder: Path, pool: JobPool, tmp_path: Path) -> None:
    file = write_scenario(folder)
    job_id = pool.submit(file.resolve(), "a", 5, "0.001")
    wait_until(lambda: pool.job(job_id).pid is not None)  # type: ignore[union-attr]
    pool.cancel(job_id)
    wait_until(lambda: pool.job(job_id).state.over)  # type: ignore[union-attr]
    job = pool.job(job_id)
    assert job is not None
    job.plan.write_text(PLAN, encoding="utf-8")
    assert not run(overview, job=job_id).warning
    noted = f"  manifest: {{inputs: {{two.yaml: {fingerprint(file)}}}}}\n"
    file.with_name("two.plan.yaml").write_text(PLAN + noted, encoding="utf-8")
    assert not run(overview, scenario="my-two").warning
    file.write_text(SCENARIO.replace("per_quarter: 8000", "per_quarter: 9000"), encoding="utf-8")
    assert "changed since this plan was made" in run(overview, job=job_id).warning[0].value
