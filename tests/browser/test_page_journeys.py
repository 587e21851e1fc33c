"""Journeys of a planner through the page, in a real Chromium."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_helpers import (
    FLAGS,
    Desk,
    by_command,
    by_streamlit,
    desk,
    point_on_map,
    title,
    visit,
    wait_for_map,
)
from playwright.sync_api import Browser, Page, expect, sync_playwright

from optimizer.ui.theme import LIGHT

pytestmark = pytest.mark.browser
BROKEN = """\
fleetplan: scenario/1
name: A broken scenario
firm: {name: Example Cloud, headquarters: UK, status: uveu}
horizon: {first: 2026Q1, last: 2027Q4}
suply: []
sites: bundled
"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("scenarios")
    shutil.copy(Path(__file__).with_name("india.yaml"), folder)
    (folder / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    with desk(folder, tmp_path_factory.mktemp("home"), by_command()) as running:
        yield running


def solve(page: Page) -> None:
    """Press Solve and wait for the answer."""
    page.get_by_role("button", name=re.compile("^Solve")).click()
    expect(page).to_have_url(re.compile("job="))
    expect(page.locator(".fp-pills").first).to_contain_text("checks", timeout=60_000)


@pytest.fixture(scope="module")
def solved(server: Desk, browser: Browser) -> str:
    """The address, below the server's, of the small example solved."""
    with visit(browser, server, "?scenario=my-india") as page:
        expect(page.locator(".fp-pills").first).to_contain_text("Not solved yet")
        solve(page)
        return page.url.removeprefix(server.address).removeprefix("/")


def test_a_planner_solves_and_sees_the_answer_first(server: Desk, browser: Browser, solved: str) -> None:
    with visit(browser, server, solved) as page:
        wait_for_map(page)
        assert title(page) == "Two limits bind"
        pills = page.locator(".fp-pill").all_inner_texts()
        assert re.match(r"Proven optimal|Optimal within", pills[0])
        assert re.fullmatch(r"Compliant · (\d+) of \1 checks", pills[1])
        assert re.search(r"\d+ limits? binding", pills[2])
        expect(page.locator(".fp-limits .binding").first).to_have_text("● binding")
        assert page.locator(".st-key-map-card svg.marks text").count() >= 1  # names where a limit binds
        expect(page.get_by_text("Boundaries are illustrative")).to_be_visible()
        box = page.locator(".st-key-map-card svg.marks").bounding_box()
        assert box is not None
        assert box["width"] > 400


def test_a_colleague_opens_the_address_and_sees_the_same(server: Desk, browser: Browser, solved: str) -> None:
    with visit(browser, server, solved) as one, visit(browser, server, solved) as other:
        for page in (one, other):
            wait_for_map(page)
        assert one.locator(".fp-pills").first.inner_text() == other.locator(".fp-pills").first.inner_text()


@pytest.mark.parametrize("group", ["mark-shape", "mark-symbol"])
def test_a_click_on_a_country_or_a_circle_filters_the_table(
    server: Desk, browser: Browser, solved: str, group: str
) -> None:
    with visit(browser, server, solved) as page:
        wait_for_map(page)
        page.mouse.click(*point_on_map(page, group, [LIGHT.bins[4]]))
        head = page.locator(".st-key-sites-head")
        expect(head).to_contain_text(re.compile("(India|Malaysia) only"))
        wait_for_map(page)
        page.get_by_role("button", name="Show all countries").click()
        expect(head).to_have_count(0)


def test_another_quarter_draws_map_and_limits_anew(server: Desk, browser: Browser, solved: str) -> None:
    with visit(browser, server, solved) as page:
        wait_for_map(page)
        before = page.locator(".fp-limits").inner_text()
        slider = page.get_by_role("slider", name="At the end of")
        slider.focus()
        for _ in range(3):
            slider.press("ArrowLeft")
        expect(page.locator(".fp-limits")).not_to_have_text(before)
        wait_for_map(page)


def test_pages_keep_the_scenario_and_the_job(server: Desk, browser: Browser, solved: str) -> None:
    with visit(browser, server, solved) as page:
        wait_for_map(page)
        page.get_by_role("link", name="Compliance").click()
        expect(page.get_by_text("judged in whole numbers")).to_be_visible()
        expect(page).to_have_url(re.compile(r"/compliance\?.*job="))
        assert title(page) == "Two limits bind"
        page.get_by_role("link", name="Scenario").click()
        wait_for_map(page)
        expect(page).to_have_url(re.compile(r"/scenario\?.*scenario=my-india"))
        page.get_by_role("link", name="Overview").click()
        wait_for_map(page)
        expect(page).to_have_url(re.compile(r"job="))


def test_the_plan_and_the_report_can_be_taken_away(server: Desk, browser: Browser, solved: str, tmp_path: Path) -> None:
    with visit(browser, server, solved, accept_downloads=True) as page:
        wait_for_map(page)
        page.get_by_role("button", name="Export").click()
        for name, begins in (("Plan (YAML)", "fleetplan: plan/1"), ("Placements (CSV)", "country,site,accelerator")):
            with page.expect_download() as waiting:
                page.get_by_role("button", name=name).click()
            text = Path(waiting.value.path()).read_text(encoding="utf-8")
            assert begins in text
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Check report (JSON)").click()
        report = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
        assert report["status"] == "compliant"
        assert report["findings"]


def test_a_broken_file_is_told_with_line_and_mend(server: Desk, browser: Browser) -> None:
    with visit(browser, server, "?scenario=my-broken") as page:
        card = page.locator(".st-key-problems-card")
        expect(card).to_contain_text("broken.yaml cannot be read")
        expect(card).to_contain_text("broken.yaml:3:")
        expect(card).to_contain_text("Did you mean 'GB'?")
        expect(card).to_contain_text("Did you mean 'supply'?")
        expect(page.get_by_role("button", name=re.compile("^Solve"))).to_be_disabled()


def test_the_inputs_are_seen_before_anything_is_solved(server: Desk, browser: Browser) -> None:
    with visit(browser, server, "scenario?scenario=my-india") as page:
        wait_for_map(page)
        expect(page.locator(".fp-facts")).to_contain_text("Test Cloud")
        expect(page.locator(".fp-facts")).to_contain_text("48,000")
        page.get_by_role("tab", name="File").click()
        expect(page.locator("[data-testid=stCode]")).to_contain_text("fleetplan: scenario/1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_modes_have_their_own_colours(server: Desk, browser: Browser, solved: str, scheme: str) -> None:
    with visit(browser, server, solved, color_scheme=scheme) as page:
        wait_for_map(page)
        ground = page.locator("[data-testid=stApp]").evaluate("node => getComputedStyle(node).backgroundColor")
        card = page.locator(".st-key-map-card").evaluate("node => getComputedStyle(node).backgroundColor")
        assert (ground, card) == {
            "light": ("rgb(247, 249, 251)", "rgb(255, 255, 255)"),
            "dark": ("rgb(14, 20, 27)", "rgb(19, 27, 36)"),
        }[scheme]
        at_limit = {"light": "#D55E00", "dark": "#FF8C42"}[scheme]
        fills = page.locator(".st-key-map-card svg.marks path").evaluate_all(
            "all => all.map(n => n.getAttribute('fill'))"
        )
        assert at_limit in {str(fill).upper() for fill in fills}


@pytest.mark.parametrize("width", [390, 820, 1280, 1920])
def test_nothing_sticks_out_of_the_window(server: Desk, browser: Browser, solved: str, width: int) -> None:
    with visit(browser, server, solved, viewport={"width": width, "height": 900}) as page:
        wait_for_map(page)
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("node => node.scrollWidth - node.clientWidth") <= 1
        for part in (".fp-limits", ".fp-pills", ".fp-legend"):
            assert page.locator(part).first.evaluate("node => node.scrollWidth - node.clientWidth") <= 1, part


def test_two_planners_do_not_disturb_each_other(server: Desk, browser: Browser, solved: str) -> None:
    with visit(browser, server, solved) as one, visit(browser, server, "?scenario=my-broken") as other:
        wait_for_map(one)
        expect(other.locator(".st-key-problems-card")).to_be_visible()
        assert title(one) == "Two limits bind"


def test_below_a_base_path_the_map_is_there_too(server: Desk, browser: Browser, tmp_path: Path) -> None:
    with (
        desk(server.folder, server.home, by_command("--base-path", "plans/desk"), "plans/desk") as below,
        visit(browser, below, "scenario?scenario=my-india") as page,
    ):
        wait_for_map(page)


def test_streamlit_run_gives_the_same_page_with_no_request_to_another_host(
    server: Desk, browser: Browser, solved: str
) -> None:
    with desk(server.folder, server.home, by_streamlit()) as other, visit(browser, other, solved) as page:
        wait_for_map(page)
        assert title(page) == "Two limits bind"
        time.sleep(1)  # statistics would be sent after the first script run


def test_a_cancelled_solve_ends_soon(server: Desk, browser: Browser) -> None:
    with visit(browser, server, "?scenario=us-hyperscaler-ifr") as page:
        page.get_by_role("spinbutton", name="Time limit (seconds)").fill("600")
        page.get_by_role("spinbutton", name="Stop at a gap of (%)").fill("0")
        page.keyboard.press("Tab")
        page.get_by_role("button", name=re.compile("^Solve")).click()
        card = page.locator(".st-key-solve-card")
        expect(card).to_contain_text("Solving")
        expect(card).to_contain_text("Best possible")
        address = page.url
        page.reload()  # a closed tab loses nothing
        expect(page.locator(".st-key-solve-card")).to_contain_text("Solving")
        assert page.url == address
        time.sleep(2)
        started = time.monotonic()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=40_000)
        expect(page.get_by_text("Solving", exact=True)).to_have_count(0)
        assert time.monotonic() - started < 40
