"""Where the law can be read in several ways: choosing an option, and the verdict under all of them."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pytest

from optimizer.check import check
from optimizer.domain.plan import Plan, RegimeRef
from optimizer.errors import InputError
from optimizer.explain.sentences import note_text
from optimizer.reading import read_plan, write_plan
from optimizer.readings import check_readings, readings_section
from optimizer.regimes import builtin_regimes, load_regime


def plan_of(folder: Path, regime: str, rows: str, firm: str = "{name: A, headquarters: US, status: uveu}") -> Plan:
    path = folder / "a.plan.yaml"
    text = f"fleetplan: plan/1\nfirm: {firm}\nregime: {regime}\nplacements:\n{rows}"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


US = "  - {country: US, accelerator: h100-sxm, gpus: 1000000}\n"
MY = "  - {{country: MY, accelerator: h100-sxm, gpus: {}, quarter: {}}}\n"
CASES = {  # reading: the regime, what the plan holds, and the options under which it is compliant
    "cap-binds": ("factsheet-2025", US + MY.format(50001, "2026Q1"), {"others"}),
    "cap-counts": ("factsheet-2025", US + MY.format(50001, "2024Q4") + MY.format(1, "2026Q1"), {"since-2025"}),
    "cyprus": ("factsheet-2025", US + MY.format(1, "2026Q1").replace("MY", "CY"), {"tier2"}),
    "chips": (
        "factsheet-2025",
        "  - {country: US, accelerator: h100-sxm, gpus: 93}\n  - {country: US, accelerator: h20-sxm, gpus: 100}\n"
        "  - {country: MY, accelerator: h100-sxm, gpus: 8, quarter: 2026Q1}\n",
        {"all"},
    ),
    "home-share": (
        "ifr-2025",
        "  - {country: US, accelerator: h100-sxm, gpus: 10, quarter: 2026Q1}\n"
        "  - {country: DE, accelerator: h100-sxm, gpus: 11, quarter: 2026Q1}\n"
        "  - {country: US, accelerator: h100-sxm, gpus: 10, quarter: 2026Q2}\n",
        {"reporting"},
    ),
    "cook-islands-niue": (
        "ifr-2025",
        "  - {country: US, accelerator: h100-sxm, gpus: 100}\n"
        "  - {country: NU, accelerator: h100-sxm, gpus: 20, authorization: licence, quarter: 2026Q1}\n",
        {"tier1"},
    ),
}
FIRMS = {
    "uveu-seat": ("ifr-2025", "{name: A, headquarters: SG, ultimate_parent: JP, status: uveu}", {"either"}),
    "home-firm": ("ifr-2025", "{name: A, headquarters: DE, ultimate_parent: US, status: uveu}", {"headquarters"}),
    "licence-at-home": ("ifr-2025", "{name: A, headquarters: SG, status: none}", {"presumed"}),
}


def statuses(plan: Plan, reading: str) -> dict[str, str]:
    """The status under each option of one reading."""
    found = next(one for one in load_regime(plan.regime).readings if one.id == reading)
    return {
        option.name: check(plan.replace(regime=plan.regime.replace(readings={reading: option.name}))).status
        for option in found.options
    }


@pytest.mark.parametrize("reading", CASES)
def test_a_reading_decides(reading: str, tmp_path: Path) -> None:
    regime, rows, kept = CASES[reading]
    found = statuses(plan_of(tmp_path, regime, rows), reading)
    assert {name for name, status in found.items() if status == "compliant"} == kept
    assert set(found.values()) == {"compliant", "violations"}


@pytest.mark.parametrize("reading", FIRMS)
def test_a_reading_about_the_firm_decides(reading: str, tmp_path: Path) -> None:
    regime, firm, kept = FIRMS[reading]
    rows = "  - {country: DE, accelerator: h100-sxm, gpus: 1000, quarter: 2026Q1}\n"
    found = statuses(plan_of(tmp_path, regime, rows, firm), reading)
    if reading == "licence-at-home":
        assert found == {"presumed": "compliant", "none": "violations"}
    else:
        ok = {name for name, status in found.items() if status == "compliant"}
        assert ok == kept or reading == "uveu-seat"
    if reading == "uveu-seat":
        rules = {
            option: {
                f.limit.rule.id
                for f in check(
                    plan_of(tmp_path, f"{{extends: {regime}, readings: {{uveu-seat: {option}}}}}", rows, firm)
                ).of("fail")
            }
            for option in found
        }
        assert "UVEU100" not in rules["either"]
        assert "UVEU100" in rules["both"]


def test_the_default_option_is_what_the_records_say() -> None:
    for name in builtin_regimes():
        base = load_regime(RegimeRef(name))
        for reading in base.readings:
            assert reading.chosen == reading.default
            chosen = load_regime(RegimeRef(name, readings={reading.id: reading.default}))
            assert chosen.records == base.records
            assert chosen.name == base.name
            for option in reading.options[1:]:
                other = load_regime(RegimeRef(name, readings={reading.id: option.name}))
                assert (other.records, other.tiers) != (base.records, base.tiers)
                assert f"{reading.id}={option.name}" in other.name
            assert reading.citation
            assert reading.question.endswith("?")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("{uveu_seat: both}", "did you mean 'uveu-seat'|Did you mean 'uveu-seat'"),
        ("{uveu-seat: all}", "Known: both, either"),
        ("[both]", "mapping"),
    ],
)
def test_a_wrong_choice_is_refused(chosen: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        check(plan_of(tmp_path, f"{{extends: ifr-2025, readings: {chosen}}}", US))


def test_a_choice_that_an_amendment_settles_is_refused(tmp_path: Path) -> None:
    regime = "{extends: ifr-2025, amend: {UVEU100.unless: {seat: parent, tiers: [1]}}, readings: {uveu-seat: both}}"
    with pytest.raises(InputError, match="settles"):
        check(plan_of(tmp_path, regime, US))
    amended = "{extends: ifr-2025, amend: {UVEU100.unless: {seat: parent, tiers: [1]}}}"
    found = check_readings(plan_of(tmp_path, amended, US))
    assert [reading.id for reading in found.settled] == ["uveu-seat"]


def test_a_chosen_reading_is_said_and_written(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "{extends: ifr-2025, readings: {uveu-seat: both}}", US)
    result = check(plan)
    assert any("uveu-seat = both" in note_text(note) for note in result.notes)
    write_plan(plan, tmp_path / "b.plan.yaml")
    assert read_plan(tmp_path / "b.plan.yaml").regime.readings == {"uveu-seat": "both"}


def test_a_regime_file_chooses_readings_and_adds_rules(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "fleetplan: regime/1\nid: own\nextends: ifr-2025\nreadings: {cap-binds: uveu}\namend: {tiers.move.IN: 1}\n"
        "add:\n  - {id: OURS1, title: No more than 3 % in Brazil, citation: board, grade: A, each: quarter, "
        "measured: {countries: [BR]}, at_most: 3%, of: all, assumed: a wish}\n",
        encoding="utf-8",
    )
    rows = US + "  - {country: BR, accelerator: h100-sxm, gpus: 40000, quarter: 2026Q1}\n"
    rows += "  - {country: IN, accelerator: h100-sxm, gpus: 400000, quarter: 2026Q1, authorization: aia}\n"
    result = check(plan_of(tmp_path, "own.yaml", rows))
    assert result.regime.tier("IN") == 1
    assert result.status == "compliant"
    worse = rows.replace("gpus: 40000,", "gpus: 49000,")
    assert [f.limit.name for f in check(plan_of(tmp_path, "own.yaml", worse)).of("fail")] == ["OURS1(2026Q1)"]
    record = "{id: OURS2, title: t, citation: c, grade: A, each: quarter, at_most: 5, assumed: x}"
    inline = f"{{extends: ifr-2025, add: [{record}]}}"
    found = check(plan_of(tmp_path, inline, US))
    assert [f.limit.rule.id for f in found.of("fail")] == ["OURS2"]
    assert any("OURS2" in note_text(note) for note in found.notes)


COUNTRIES = ["US", "DE", "MY", "AE", "CY", "NU", "CN"]


def random_plan(seed: int, folder: Path) -> Plan:
    rng = random.Random(seed)
    regime = rng.choice(["factsheet-2025", "ifr-2025", "none"])
    rows = [f"  - {{country: US, accelerator: h100-sxm, gpus: {rng.randint(1, 200000)}}}\n"]
    for _ in range(rng.randint(1, 6)):
        country = rng.choice(COUNTRIES[:-1] if rng.random() < 0.9 else COUNTRIES)
        quarter = rng.choice(["2024Q3", "2026Q1", "2026Q2"])
        chip = rng.choice(["h100-sxm", "h20-sxm", "gb200-nvl72"])
        extra = rng.choice(["", ", authorization: licence", ", authorization: lpp"])
        what = f"country: {country}, accelerator: {chip}, gpus: {rng.randint(1, 60000)}, quarter: {quarter}{extra}"
        rows.append(f"  - {{{what}}}\n")
    status = rng.choice(["uveu", "nveu", "none"])
    seat = rng.choice(["US", "JP", "SG", "CY"])
    listed = ", nveu_countries: [MY]" if status == "nveu" else ""
    firm = f"{{name: A, headquarters: {seat}, ultimate_parent: {rng.choice(['US', 'SG'])}, status: {status}{listed}}}"
    body = "".join(rows)
    if rng.random() < 0.5:
        body += "agreements: [{country: MY, from: 2026Q1}]\n"
    if rng.random() < 0.4:
        body += "retirements: [{country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}]\n"
    body += "horizon: {first: 2026Q1, last: 2026Q2}\n"
    return plan_of(folder, regime, body, firm)


@pytest.mark.parametrize("seed", range(12))
def test_the_verdict_under_all_readings_is_that_of_every_combination_by_itself(seed: int, tmp_path: Path) -> None:
    plan = random_plan(seed, tmp_path)
    found = check_readings(plan)
    readings = load_regime(plan.regime).readings
    rng = random.Random(seed)
    combinations = list(product(*([option.name for option in reading.options] for reading in readings)))
    for combination in rng.sample(combinations, min(24, len(combinations))):
        chosen = {reading.id: name for reading, name in zip(readings, combination, strict=True)}
        status = check(plan.replace(regime=plan.regime.replace(readings=chosen))).status
        assert found.table[tuple(chosen[reading.id] for reading in found.decisive)] == status, chosen


def test_the_section_says_all_some_or_none(tmp_path: Path) -> None:
    for rows, word in (
        (US, "all"),
        (CASES["cap-binds"][1], "some"),
        (US + "  - {country: CN, accelerator: h100-sxm, gpus: 1}\n", "none"),
    ):
        section = readings_section(plan_of(tmp_path, "factsheet-2025", rows))
        assert section.document["compliant_under"] == word
        assert f"under {word}" in section.lines[0]
        assert bool(section.table) == (word == "some")
        for entry in section.document["statuses"]:
            assert entry["status"] in ("compliant", "violations")
