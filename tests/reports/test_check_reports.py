"""The two reports of a check, as text and as JSON, and the sentences in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from optimizer.check import CheckResult, Finding, check
from optimizer.errors import InputError, Location, Problem
from optimizer.explain.gpu_counts import room, too_few, too_many
from optimizer.explain.sentences import mend, sentence
from optimizer.reading import read_plan
from optimizer.reports import Outcome, internal, json_report, overall, text

SCHEMA = Path(__file__).resolve().parents[2] / "optimizer" / "schemas" / "report.schema.json"
PLANS = {
    "fine": "placements:\n- {country: US, accelerator: h100-sxm, gpus: 93, quarter: 2026Q1}\n",
    "over": """horizon: {first: 2026Q1, last: 2026Q3}
placements:
- {country: US, accelerator: h100-sxm, gpus: 93000}
- {country: MY, accelerator: h100-sxm, gpus: 5000, quarter: 2026Q1}
- {country: MY, accelerator: gb200-nvl72, gpus: 1000, quarter: 2026Q2}
- {country: HK, accelerator: h100-sxm, gpus: 3, quarter: 2026Q3}
""",
    "floor": """regime: ifr-2025
placements:
- {country: US, accelerator: h100-sxm, gpus: 100, quarter: 2026Q1}
- {country: DE, accelerator: h100-sxm, gpus: 200, quarter: 2026Q1}
""",
    "unknown": """regime: ifr-2025
placements:
- {country: US, accelerator: h100-sxm, gpus: 93, quarter: 2026Q1}
- {country: MY, accelerator: h100-sxm, gpus: 7, quarter: 2026Q1}
- {country: MY, accelerator: tpu-v5e, gpus: 1, quarter: 2026Q1}
""",
    "lpp": """placements:
- {country: MY, accelerator: h100-sxm, gpus: 1, authorization: lpp, quarter: 2026Q1}
- {country: MY, accelerator: h100-sxm, gpus: 1, authorization: lpp}
""",
}
Made = Callable[[str], Outcome]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """The outcome of one of PLANS."""

    def make(name: str) -> Outcome:
        path = tmp_path / f"{name}.plan.yaml"
        firm = "{name: A, headquarters: US, status: uveu}"
        path.write_text(f"fleetplan: plan/1\nfirm: {firm}\n{PLANS[name]}", encoding="utf-8")
        return Outcome(path.name, check(read_plan(path)))

    return make


def result_of(outcome: Outcome) -> CheckResult:
    assert outcome.result is not None
    return outcome.result


def finding(outcome: Outcome, name: str) -> Finding:
    return next(found for found in result_of(outcome).findings if found.limit.name == name)


BROKEN = Outcome("b.yaml", problems=(Problem("IN110", Location("b.yaml", 3, 5), "country", "'UK'", "why", "Mend."),))


def document(*outcomes: Outcome, show_all: bool = False) -> Any:
    found = json.loads(json_report.render(outcomes, show_all=show_all))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(found)
    return found


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("show_all", [False, True])
def test_json_of_one_file(name: str, show_all: bool, made: Made) -> None:
    outcome = made(name)
    result = result_of(outcome)
    report = document(outcome, show_all=show_all)
    assert report["status"] == result.status
    assert report["regime"]["id"] == result.regime.id
    limits = [found for found in report["findings"] if not found["rule"].startswith("DUTY")]
    verdicts = [found["verdict"] for found in limits]
    wanted = [f.verdict for f in result.findings if show_all or f.verdict in ("fail", "undecided")]
    assert verdicts == wanted
    assert report["summary"]["limits"] == len(result.findings)
    assert report["summary"]["fail"] == len(result.of("fail"))
    duties = [found for found in report["findings"] if found not in limits]
    assert [found["due"] for found in duties] == [duty.due for duty in result.duties if show_all]
    assert all(found["verdict"] == "pass" for found in duties)
    for found in limits:
        assert found["unit"] == "tpp"
        if found["verdict"] == "fail":
            assert found["excess"] == abs(found["measured"] - found["allowed"]) > 0
            assert found["location"]["line"] >= 3
        if found["verdict"] == "pass":
            assert found["excess"] == 0
        if found["verdict"] == "not_applicable":
            assert found["allowed"] is None


def test_json_of_a_finding(made: Made) -> None:
    report = document(made("over"))
    assert report["summary"]["first_failing_quarter"] == "2026Q2"
    first = report["findings"][0]
    assert (first["rule"], first["country"], first["jurisdiction"], first["quarter"]) == (
        "TIER301",
        "HK",
        "CN",
        "2026Q3",
    )
    share = next(found for found in report["findings"] if found["name"] == "UVEU101(MY,2026Q2)")
    assert share["measured"] == 5000 * 15832 + 1000 * 40000
    assert share["allowed"] == (98000 * 15832 + 1000 * 40000) * 7 // 100
    assert share["excess"] == share["measured"] - share["allowed"]
    assert share["location"]["line"] == 6
    assert [place["line"] for place in share["related"]] == [7]
    assert set(share["gpus"]["too_many"]) == {"h100-sxm", "gb200-nvl72"}


def test_json_of_a_year(made: Made) -> None:
    report = document(made("lpp"), show_all=True)
    found = [f for f in report["findings"] if f["rule"] == "LPP501"]
    assert [(f["quarter"], f["year"], f["consignee"], f["verdict"]) for f in found] == [
        (None, 2026, "", "pass"),
        (None, None, "", "undecided"),
    ]
    assert [f["allowed"] for f in found] == [26914400, None]


def test_json_of_what_cannot_be_read() -> None:
    report = document(BROKEN)
    assert report["status"] == "invalid_input"
    assert report["regime"] is None
    assert report["findings"] == []
    (error,) = report["errors"]
    keys = ("code", "file", "line", "column", "field", "found", "why", "mend")
    assert [error[key] for key in keys] == ["IN110", "b.yaml", 3, 5, "country", "'UK'", "why", "Mend."]


def test_json_of_several_files_has_the_same_shape(made: Made) -> None:
    report = document(made("fine"), BROKEN, made("over"), made("floor"))
    assert report["status"] == "invalid_input"
    assert report["regime"] is None  # they differ
    assert [file["status"] for file in report["files"]] == ["compliant", "invalid_input", "violations", "violations"]
    assert {found["file"] for found in report["findings"]} == {"over.plan.yaml", "floor.plan.yaml"}
    assert report["summary"]["files"] == 4
    assert report["summary"]["errors"] == 1
    assert document(made("fine"), made("over"))["regime"]["id"] == "factsheet-2025"


def test_the_gravest_status_counts() -> None:
    assert overall([]) == "compliant"  # only where that is allowed
    assert overall([BROKEN]) == "invalid_input"
    failed = internal("x.yaml", ValueError("boom"))
    assert failed.status == "undecided"
    assert overall([failed, BROKEN]) == "invalid_input"
    assert document(failed)["status"] == "undecided"


def test_text_says_the_worst_first_and_the_first_quarter(made: Made) -> None:
    shown = text.render([made("over")])
    first, *_ = lines = shown.splitlines()
    assert first.startswith(
        "over.plan.yaml: NOT compliant with factsheet-2025: 3 violations of 2 rules, first in 2026Q2"
    )
    heads = [line for line in lines if line.startswith("FAIL")]
    assert heads == [
        "FAIL UVEU101  Malaysia  from 2026Q2 (2 periods to 2026Q3)",
        "FAIL TIER301  Hong Kong (counts as China)  2026Q3",
    ]
    assert any(line.strip().endswith("over.plan.yaml:6:3") for line in lines)
    assert "pass" not in shown
    assert "Mend: " in shown
    assert "Notes:" in shown


def test_text_names_whom_a_limit_is_about(made: Made) -> None:
    assert "UNDECIDED LPP501  own group, undated\n" in text.render([made("lpp")])


def test_text_lists_what_passes_when_asked(made: Made) -> None:
    shown = text.render([made("fine")], show_all=True)
    assert shown.startswith("fine.plan.yaml: compliant with factsheet-2025: ")
    assert "pass UVEU102(2026Q1): " in shown
    assert "n/a NVEU401(firm): " in shown


def test_text_in_one_line_for_each_file(made: Made) -> None:
    shown = text.render([made("fine"), BROKEN, made("lpp")], quiet=True).splitlines()
    assert [line.split(":")[0] for line in shown] == [
        "fine.plan.yaml",
        "b.yaml",
        "  b.yaml",
        "lpp.plan.yaml",
        "3 files",
    ]
    assert shown[1] == "b.yaml: could not be read: 1 error"
    assert shown[2] == "  b.yaml:3:5: IN110 country: found 'UK': why. Mend."
    assert shown[3].startswith("lpp.plan.yaml: could not be decided under factsheet-2025: ")
    assert shown[4] == "3 files: 1 compliant, 1 undecided, 1 invalid input"


def test_text_names_every_problem_of_a_file() -> None:
    shown = text.render([Outcome("b.yaml", problems=BROKEN.problems, more=7)])
    assert "b.yaml:3:5: IN110 country: found 'UK': why. Mend." in shown
    assert "could not be read: 8 errors" in shown
    assert "... and 7 more" in shown


def test_a_share_in_words_and_gpus(made: Made) -> None:
    over = made("over")
    broken = finding(over, "UVEU101(MY,2026Q2)")
    catalogue = result_of(over).plan.catalogue
    # each alone: 100 m - 7 b is the excess times 100, and a GPU less in Malaysia takes (100 - 7) times its TPP off it
    excess = 100 * broken.measured - 7 * broken.base
    assert too_many(broken, catalogue) == {
        name: -(-excess // (93 * tpp)) for name, tpp in (("gb200-nvl72", 40000), ("h100-sxm", 15832))
    }
    said = sentence(broken, catalogue)
    assert said.startswith(
        "Malaysia holds 7.49 % of the firm's computing power at the end of 2026Q2 (119,160,000 of 1,591,536,000 TPP)"
    )
    assert (
        "at most 7 % is allowed, 111,407,520 TPP; 7,752,480 TPP too much, "
        "that is 209 gb200-nvl72 or 527 h100-sxm too many" in said
    )
    kept = finding(over, "UVEU101(MY,2026Q1)")
    assert room(kept, catalogue)["h100-sxm"] == (7 * kept.base - 100 * kept.measured) // (93 * 15832)
    assert "2,000 h100-sxm more would fit" in sentence(kept, catalogue)


def test_exactly_that_many_are_too_many(made: Made, tmp_path: Path) -> None:
    over = made("over")
    count = too_many(finding(over, "UVEU101(MY,2026Q2)"), result_of(over).plan.catalogue)["h100-sxm"]
    for fewer, verdict in ((count, "pass"), (count - 1, "fail")):
        path = tmp_path / "less.plan.yaml"
        body = PLANS["over"].replace("gpus: 5000", f"gpus: {5000 - fewer}")
        path.write_text(
            f"fleetplan: plan/1\nfirm: {{name: A, headquarters: US, status: uveu}}\n{body}", encoding="utf-8"
        )
        assert finding(Outcome("x", check(read_plan(path))), "UVEU101(MY,2026Q2)").verdict == verdict


def test_a_ban_in_words(made: Made) -> None:
    over = made("over")
    catalogue = result_of(over).plan.catalogue
    said = sentence(finding(over, "TIER301(CN,2026Q3)"), catalogue)
    assert said.startswith("Hong Kong (counts as China) has 47,496 TPP during 2026Q3; nothing is allowed")
    assert "3 h100-sxm too many" in said
    assert sentence(finding(over, "TIER301(CN,2026Q2)"), catalogue).startswith("Nothing is present in Hong Kong")


def test_a_floor_in_words(made: Made) -> None:
    floor = made("floor")
    catalogue = result_of(floor).plan.catalogue
    broken = finding(floor, "UVEU103(2026Q1)")
    assert too_few(broken, catalogue) == {"h100-sxm": 100}
    said = sentence(broken, catalogue)
    assert "holds 33.33 % of" in said
    assert "at least 50 % is needed" in said
    assert "that is 100 h100-sxm too few there" in said


def test_a_share_just_beside_the_bound_does_not_read_as_the_bound(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "near.plan.yaml"
    rows = "- {country: US, accelerator: h100-sxm, gpus: 930000}\n- {country: MY, accelerator: h100-sxm, gpus: 70001}\n"
    path.write_text(
        f"fleetplan: plan/1\nfirm: {{name: A, headquarters: US, status: uveu}}\nplacements:\n{rows}", encoding="utf-8"
    )
    result = check(read_plan(path))
    (broken,) = [f for f in result.of("fail") if f.limit.rule.id == "UVEU101"]
    assert "holds 7.0001 % of" in sentence(broken, result.plan.catalogue)


def test_undecided_in_words(made: Made) -> None:
    unknown = made("unknown")
    found = finding(unknown, "UVEU101(MY,2026Q1)")
    assert "not known whether tpu-v5e meets 3A090.a" in sentence(found, result_of(unknown).plan.catalogue)
    assert mend(found).startswith("State meets_3a090a for tpu-v5e")
    lpp = made("lpp")
    undated = finding(lpp, "LPP501(own group,undated)")
    said = sentence(undated, result_of(lpp).plan.catalogue)
    assert said.startswith(
        "The firm's own group receives 15,832 TPP under the low-volume allowance in a year that is not"
    )
    assert "Give each low-volume row its quarter" in mend(undated)


def test_what_a_file_says_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "a.plan.yaml"
    path.write_text(
        "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\nplacements:\n"
        '- {country: MY, accelerator: h100-sxm, gpus: 1, authorization: lpp, consignee: "a\\u0007b"}\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:  # the reader refuses it already
        read_plan(path)
    shown = text.render([Outcome("a", problems=caught.value.problems)])
    assert "\x07" not in shown
