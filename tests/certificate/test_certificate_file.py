"""What stands in a certificate, and that it is written whole and never over an input."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from verifying import HEAD, ROOT, certify, verified

from optimizer.bundled import data_path
from optimizer.certificate import certificate, seal, write_certificate
from optimizer.check import check
from optimizer.checking.findings import Suppression
from optimizer.errors import InputError
from optimizer.reading import read_plan

JOHOR = ROOT / "examples" / "johor.plan.yaml"


def written(tmp_path: Path, text: str) -> Path:
    plan = tmp_path / "x.plan.yaml"
    plan.write_text(text, encoding="utf-8")
    return plan


def test_every_limit_stands_in_it_as_whole_numbers(tmp_path: Path) -> None:
    target = tmp_path / "johor.certificate.json"
    result = certify(JOHOR, target)
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document["fleetplan"] == "certificate/1"
    assert document["status"] == result.status == "violations"
    assert [row["limit"] for row in document["limits"]] == [finding.limit.name for finding in result.findings]
    broken = [row for row in document["limits"] if row["verdict"] == "fail"]
    first = next(row for row in broken if row["limit"] == "UVEU101(MY,2026Q4)")
    assert (first["p"], first["q"], first["fixed"], first["sense"]) == (7, 100, 0, "at most")
    assert first["measures"]["only"] == {"country": ["MY"]}
    assert first["measures"]["when"] == first["of"]["when"] == "end of 2026Q4"
    assert first["measured"] * 100 > 7 * first["base"]
    assert first["excess"] == first["measured"] - first["allowed"] == first["measured"] - 7 * first["base"] // 100
    assert "748" in first["citation"]


def test_digests_are_those_of_the_files(tmp_path: Path) -> None:
    target = tmp_path / "c.json"
    certify(JOHOR, target)
    document = json.loads(target.read_text(encoding="utf-8"))
    assert document["plan"]["sha256"] == hashlib.sha256(JOHOR.read_bytes()).hexdigest()
    for name, path in {
        "data accelerators.csv": data_path("accelerators.csv"),
        "data countries.csv": data_path("countries.csv"),
        "regime ifr-2025": data_path("regimes", "ifr-2025.yaml"),
    }.items():
        assert document["sources"][name] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert document["sha256"] == seal(document)


def test_it_is_the_same_for_the_same_plan() -> None:
    result = check(read_plan(JOHOR))
    assert certificate(result) == certificate(check(read_plan(JOHOR)))


def test_names_countries_and_defaults_are_those_that_the_plan_writes(tmp_path: Path) -> None:
    rows = "  - {country: PR, accelerator: h100-sxm, gpus: 5}\n  - {country: US, accelerator: h20-sxm, gpus: 1}\n"
    document = certificate(check(read_plan(written(tmp_path, HEAD + "regime: ifr-2025\nplacements:\n" + rows))))
    assert document["countries"]["PR"] == {"counts_as": "US", "tier": 1, "default": "aia"}
    assert document["accelerators"] == {
        "h100-sxm": {"tpp": 15832, "meets_3a090a": "yes"},
        "h20-sxm": {"tpp": 2368, "meets_3a090a": "no"},
    }
    assert set(document["names"].values()) == {"h100-sxm", "h20-sxm"}


def test_a_limit_that_is_not_judged_has_no_figures(tmp_path: Path) -> None:
    rows = "horizon: {first: 2027Q4, last: 2028Q1}\nplacements: [{country: MY, accelerator: h100-sxm, gpus: 5}]\n"
    document = certificate(check(read_plan(written(tmp_path, HEAD + rows))))
    row = next(row for row in document["limits"] if row["limit"] == "CAP201(MY,2028Q1)")
    assert (row["standing"], row["verdict"]) == ("undecided", "undecided")
    assert [row[name] for name in ("measured", "base", "allowed", "excess")] == [None] * 4
    assert document["status"] == "undecided"


def test_a_waived_finding_says_who_excused_it(tmp_path: Path) -> None:
    result = check(read_plan(JOHOR))
    waiver = Suppression("waiver", "agreed for the ramp", "Compliance", "2027-01-31")
    findings = [f.replace(verdict="waived", suppression=waiver) if f.verdict == "fail" else f for f in result.findings]
    result = result.replace(findings=tuple(findings))
    target = tmp_path / "c.json"
    write_certificate(result, target)
    document = json.loads(target.read_text(encoding="utf-8"))
    excused = [row for row in document["limits"] if row["excuse"]]
    assert [row["verdict"] for row in excused] == ["fail", "fail"]
    assert excused[0]["excuse"] == "waiver: agreed for the ramp, Compliance, 2027-01-31"
    assert document["status"] == "compliant"
    assert verified(target, JOHOR) == "excused"


def test_a_rule_that_was_not_in_force_is_excused(tmp_path: Path) -> None:
    result = check(read_plan(JOHOR), as_of="2025-03-01")
    target = tmp_path / "c.json"
    write_certificate(result, target)
    assert result.status == "compliant"
    assert verified(target, JOHOR) == "excused"
    assert "not yet in force" in next(row["excuse"] for row in certificate(result)["limits"] if row["excuse"])


def test_it_is_not_written_over_the_plan_or_the_regime(tmp_path: Path) -> None:
    plan = written(tmp_path, JOHOR.read_text(encoding="utf-8"))
    result = check(read_plan(plan))
    before = plan.read_bytes()
    with pytest.raises(InputError, match="IN012"):
        write_certificate(result, plan)
    assert plan.read_bytes() == before


def test_a_plan_that_is_no_file_has_no_certificate(tmp_path: Path) -> None:
    text = JOHOR.read_text(encoding="utf-8")
    result = check(read_plan("<stdin>", stdin_text=text))
    target = tmp_path / "c.json"
    with pytest.raises(InputError, match="digest of a file"):
        write_certificate(result, target)
    assert not target.exists()


def test_a_hostile_name_cannot_leave_its_text(tmp_path: Path) -> None:
    text = HEAD.replace("Test", '"a\\"b }, \\u00e9"') + "placements: [{country: US, accelerator: h100-sxm, gpus: 5}]\n"
    plan = written(tmp_path, text)
    target = tmp_path / "c.json"
    certify(plan, target)
    assert json.loads(target.read_text(encoding="utf-8"))["firm"]["name"] == 'a"b }, é'
    assert target.read_bytes().isascii()
    assert verified(target, plan) == "compliant"
