"""The verifier agrees with the checker on honest files, and refuses what was changed or cannot be read exactly."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from random_plans import random_plan
from verifying import HEAD, ROOT, SCRIPT, VERIFIER, certify, forge, verified

from optimizer.bundled import data_path
from optimizer.check import check
from optimizer.domain.plan import Plan
from optimizer.errors import InputError
from optimizer.reading import HeadOverrides, read_plan, write_plan

EXAMPLES = sorted((ROOT / "examples").glob("*.plan.yaml"))
JOHOR = ROOT / "examples" / "johor.plan.yaml"
PLANS = 90


def test_it_is_short_and_needs_the_standard_library_alone() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 150
    imported = {
        name.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import) for name in node.names
    }
    imported |= {str(node.module) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize("plan", EXAMPLES, ids=lambda path: path.stem)
def test_examples_verify_in_every_format(plan: Path, tmp_path: Path) -> None:
    target, again = tmp_path / "c.json", tmp_path / "again.json"
    status = certify(plan, target).status
    assert verified(target, plan, data_path("accelerators.csv"), data_path("countries.csv")) == status
    write_plan(read_plan(plan), again)
    assert certify(again, target).status == status
    assert verified(target, again) == status


def _writable(plan: Plan) -> Plan:
    """The plan with names that can stand in a file."""
    return plan.replace(consignees=tuple(row.replace(parent=row.parent.strip()) for row in plan.consignees))


def test_random_plans_verify_in_every_format(tmp_path: Path) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    target = tmp_path / "c.json"
    for number in range(PLANS):
        plan = _writable(random_plan(f"plan {number}")[0])
        for fmt in ("yaml", "json"):
            path = tmp_path / f"p.{fmt}"
            try:
                write_plan(plan, path, may_replace_input=True)
                result = certify(path, target)
            except InputError:  # moves to where the chips stand, and retirements of more than stands there
                continue
            assert verified(target, path) == result.status, f"plan {number} as {fmt}"
            seen[fmt, result.status] += 1
            seen[fmt, "events"] += bool(plan.moves or plan.retirements)
    for fmt in ("yaml", "json"):
        short = {key: seen[fmt, key] for key in ("compliant", "violations", "undecided") if seen[fmt, key] < 10}
        assert short == {}, "the random plans hardly touch this"
        assert seen[fmt, "events"] > 25


def test_random_plans_verify_with_their_placements_in_a_table(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    target, path, table = tmp_path / "c.json", tmp_path / "p.yaml", tmp_path / "rows.csv"
    for number in range(PLANS // 2):
        plan = _writable(random_plan(f"plan {number}")[0])
        try:
            write_plan(plan.replace(retirements=(), moves=()), table, may_replace_input=True)
            write_plan(plan.replace(placements=()), path, may_replace_input=True)
            path.write_text(path.read_text(encoding="utf-8") + "placements_file: rows.csv\n", encoding="utf-8")
            result = certify(path, target)
        except InputError:
            continue
        assert verified(target, path) == result.status, f"plan {number}"
        seen[result.status] += 1
        table.write_text(table.read_text(encoding="utf-8") + "US,,h100-sxm,1,,,\n", encoding="utf-8")
        with pytest.raises(AssertionError, match="not the file that was checked"):
            verified(target, path)
    assert min(seen.values()) > 3
    assert len(seen) == 3


def test_a_table_alone_verifies_with_flags_and_with_settings(tmp_path: Path) -> None:
    table, target = tmp_path / "fleet.csv", tmp_path / "c.json"
    head = "\ufeffaccelerator,country,gpus,site,quarter\r\n"
    rows = "h100-sxm,us,9000,'=ash,\r\nh100-sxm,MY,700, johor ,2026Q1\r\n\r\n"
    table.write_text(head + rows, encoding="utf-8", newline="")
    overrides = HeadOverrides(headquarters="US", status="uveu", regime="ifr-2025")
    result = certify(table, target, overrides)
    assert verified(target, table) == result.status == "violations"
    settings = tmp_path / "fleetplan.toml"
    settings.write_text('horizon = {first = "2026Q1", last = "2026Q2"}\n[firm]\nheadquarters = "US"\nstatus = "uveu"\n')
    assert verified(target, table) == "violations"
    result = certify(table, target)
    with pytest.raises(AssertionError, match="another horizon"):  # the certificate's word is not enough
        verified(target, table)
    assert verified(target, table, settings) == result.status
    assert json.loads(target.read_text())["horizon"] == {"first": "2026Q1", "last": "2026Q2"}


def _leaves(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value that is no container, and of every empty container."""
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    found = [leaf for key, value in items for leaf in _leaves(value, (*path, key))]
    return found or [path]


def _set(document: dict[str, Any], path: tuple[Any, ...], change: Any) -> None:
    holder: Any = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = change(holder[path[-1]])


def _other(value: Any) -> Any:
    """A value of the same kind that is not this one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return f"{value}x" if isinstance(value, str) else ["x"]


def test_any_change_that_is_not_sealed_is_noticed(tmp_path: Path) -> None:
    target, forged = tmp_path / "c.json", tmp_path / "forged.json"
    certify(JOHOR, target)
    leaves = _leaves(json.loads(target.read_text(encoding="utf-8")))
    for path in Random(1).sample(leaves, 150):
        forge(target, forged, lambda document, path=path: _set(document, path, _other), sealed=False)
        with pytest.raises(AssertionError, match="was changed"):
            verified(forged, JOHOR)


FIGURES = ("p", "q", "fixed", "measured", "base", "allowed", "excess", "verdict", "sense")


def test_a_changed_figure_is_noticed_even_under_a_new_seal(tmp_path: Path) -> None:
    """Every number, verdict and selection of limits that count something; the digest is made anew by the forger."""
    target, forged = tmp_path / "c.json", tmp_path / "forged.json"
    certify(JOHOR, target)
    document = json.loads(target.read_text(encoding="utf-8"))
    tried = 0
    for number, limit in enumerate(document["limits"]):
        if limit["standing"] != "applies" or not limit["measured"] or not limit["base"]:
            continue
        for name in FIGURES:
            change = {"verdict": lambda verdict: "fail" if verdict == "pass" else "pass"}.get(name, _other)
            forge(target, forged, lambda d, n=number, m=name, c=change: _set(d, ("limits", n, m), c), sealed=True)
            with pytest.raises((AssertionError, KeyError)):
                verified(forged, JOHOR)
            tried += 1
        for account in ("measures", "of"):
            for change in (
                lambda part: {**part, "only": {"country": ["JP"]}},
                lambda part: {**part, "when": "end of 2030Q1"},
                lambda part: {**part, "only": {"authorization": ["lpp"]}},
            ):
                forge(
                    target, forged, lambda d, n=number, a=account, c=change: _set(d, ("limits", n, a), c), sealed=True
                )
                with pytest.raises((AssertionError, KeyError)):
                    verified(forged, JOHOR)
                tried += 1
    assert tried > 150


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(status="compliant"),
        lambda d: d["limits"].pop(next(n for n, row in enumerate(d["limits"]) if row["verdict"] == "fail")),
        lambda d: d["limits"].pop(next(n for n, row in enumerate(d["limits"]) if row["limit"] == "CAP201(SG,2027Q1)")),
        lambda d: d["accelerators"]["gb300-nvl72"].update(tpp=1),
        lambda d: d["countries"]["MY"].update(counts_as="US"),
        lambda d: d["countries"]["MY"].update(default="licence"),
        lambda d: d.update(horizon={"first": "2026Q1", "last": "2026Q3"}),
        lambda d: d["plan"].update(sha256="0" * 64),
        lambda d: d["names"].pop("gb300-nvl72"),
        lambda d: [row.update(verdict="undecided", standing="undecided") for row in d["limits"]],
        lambda d: d["limits"].clear(),
    ],
)
def test_a_changed_head_is_noticed_even_under_a_new_seal(change: Any, tmp_path: Path) -> None:
    target, forged = tmp_path / "c.json", tmp_path / "forged.json"
    plan = tmp_path / "johor.plan.yaml"  # under the factsheet's cap, so that authorizations matter
    plan.write_text(JOHOR.read_text(encoding="utf-8").replace("ifr-2025", "factsheet-2025"), encoding="utf-8")
    certify(plan, target)
    forge(target, forged, change, sealed=True)
    with pytest.raises((AssertionError, KeyError)):
        verified(forged, plan)


def test_a_changed_plan_is_noticed_even_under_a_new_seal(tmp_path: Path) -> None:
    """One GPU more in any row; the forger gives the certificate the new plan's digest."""
    plan, target, forged = tmp_path / "p.plan.yaml", tmp_path / "c.json", tmp_path / "forged.json"
    text = JOHOR.read_text(encoding="utf-8")
    plan.write_text(text, encoding="utf-8")
    certify(plan, target)
    counts = [line.split("gpus: ")[1].split(",")[0].split("}")[0] for line in text.splitlines() if "gpus: " in line]
    for count in counts:
        plan.write_text(text.replace(f"gpus: {count}", f"gpus: {int(count) + 1}", 1), encoding="utf-8")
        with pytest.raises(AssertionError, match="not the file that was checked"):
            verified(target, plan)
        digest = hashlib.sha256(plan.read_bytes()).hexdigest()
        forge(target, forged, lambda document, d=digest: document["plan"].update(sha256=d), sealed=True)
        with pytest.raises(AssertionError, match="not as the certificate says"):
            verified(forged, plan)


def test_another_regime_file_is_noticed(tmp_path: Path) -> None:
    target, other = tmp_path / "c.json", tmp_path / "ifr-2025.yaml"
    certify(JOHOR, target)
    regime = data_path("regimes", "ifr-2025.yaml")
    assert verified(target, JOHOR, regime) == "violations"
    other.write_bytes(regime.read_bytes() + b"\n")
    with pytest.raises(AssertionError, match="was not used"):
        verified(target, JOHOR, other)


UNREADABLE = {
    "anchor": "placements: [&a {country: US, accelerator: h100-sxm, gpus: 5}]",
    "alias": "x: *a",
    "tag": "placements: [!!map {country: US}]",
    "block scalar": "note: |\n  text",
    "folded": "note: >-\n  text",
    "several lines": "placements: [{country: US,\n  gpus: 5}]",
    "quote over lines": 'note: "a\n  b"',
    "plain over lines": "note: a\n  b",
    "duplicate": "a: 1\na: 2",
    "duplicate in a row": "a: {b: 1, b: 2}",
    "tab": "a:\tb",
    "second document": "a: 1\n---\nb: 2",
    "no space after a colon": "a: {b:1}",
    "single quotes": "a: 'b'",
    "merge": "a: {<<: 1}",
    "line separator": "a: b\u2028c: d",
    "carriage return": "a: b\rc: d",
    "no list": "a:\n  - 1\n  b: 2",
    "too deep": "a: " + "[" * 3000 + "]" * 3000,
    "comment in a word": "a: b#c",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_yaml_beyond_the_plain_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(text.encode())
    with pytest.raises((AssertionError, ValueError, AttributeError, RecursionError)):
        VERIFIER.read(path, hashlib.sha256(path.read_bytes()).hexdigest())


def _plain(node: yaml.Node) -> Any:
    """PyYAML's tree with scalars as text."""
    if isinstance(node, yaml.MappingNode):
        pairs = [(_plain(key), _plain(value)) for key, value in node.value]
        assert len({str(key) for key, _ in pairs}) == len(pairs)
        return dict(pairs)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return None if not node.style and node.value in ("null", "") else node.value


MESS = [
    *" \n:#,{}[]\"'-&*!|>%@`?~ab01\\/._=<",
    "  ",
    "\n  ",
    "- ",
    ": ",
    " #",
    "null",
    "\t",
    "é",
    "\u2028",
    "\u00a0",
    '""',
]


def test_what_the_verifier_reads_of_mutated_yaml_is_what_yaml_says(tmp_path: Path) -> None:
    rng, path, accepted = Random(7), tmp_path / "p.yaml", 0
    text = (
        JOHOR.read_text(encoding="utf-8")[-700:]
        + 'firm:\n  name: "Über"\n  nveu_countries: [AE, "NO"]   # two\n'
        + 'rows:\n- {country: "NO", site: "a: b, {c} # d"}\n'
        + "result:\n  a: null\n  b:\n    - {c: 1, d: {e: [x, y]}}\n    -\n      - 1\n"
    )
    text = "placements:\n" + text[text.index("  - {") :]
    for _ in range(1200):
        mutated = text
        for _ in range(rng.choice([0, 1, 1, 2])):
            at = rng.randrange(len(mutated))
            kept = mutated[at + rng.choice([0, 1, 1, 3]) :]
            mutated = mutated[:at] + rng.choice(["", *MESS]) + kept
        path.write_bytes(mutated.encode())
        try:
            mine = VERIFIER.read(path, hashlib.sha256(mutated.encode()).hexdigest())
        except (AssertionError, ValueError, AttributeError, TypeError):
            continue
        accepted += 1
        assert mine == _plain(yaml.compose(mutated, Loader=yaml.CSafeLoader)), mutated
    assert accepted > 200


BROKEN = (
    "horizon: {first: 2026Q1, last: 2027Q4}\nplacements:\n"
    "  - {country: US, accelerator: h100-sxm, gpus: 100000, quarter: 2026Q1}\n"
    "  - {country: MY, accelerator: h100-sxm, gpus: 30000, quarter: 2026Q2}\n"
    "  - {country: US, accelerator: h100-sxm, gpus: 400000, quarter: 2027Q4}\n"
)


def _broken(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The broken limits of a certificate, which now says that there is none."""
    document["status"] = "compliant"
    return [row for row in document["limits"] if row["verdict"] == "fail"]


def _backwards(document: dict[str, Any]) -> None:
    for row in _broken(document):
        row.update(p=-row["p"], q=-row["q"], verdict="pass", excess=0)


def _by_zero(document: dict[str, Any]) -> None:
    for row in _broken(document):
        row.update(p=0, q=0, verdict="pass", excess=0)


def _below_nothing(document: dict[str, Any]) -> None:
    for row in _broken(document):
        row.update(sense="at least", p=-row["p"], verdict="pass", excess=0)
        row["allowed"] = -(-row["p"] * row["base"] // row["q"])


def _truths(document: dict[str, Any]) -> None:
    for row in _broken(document):
        row.update(p=True, q=True, verdict="pass", excess=0, allowed=row["base"])


def _decimals(document: dict[str, Any]) -> None:
    for row in _broken(document):
        row.update(p=1.0, q=1, verdict="pass", excess=0, allowed=row["base"])


def _labels(document: dict[str, Any]) -> None:
    for row in _broken(document):
        row.update(standing="pass", verdict="pass", measured=None, base=None, allowed=None, excess=None)


def _no_figures(document: dict[str, Any]) -> None:
    for row in _broken(document):
        row.update(verdict="pass", measured=None, base=None, allowed=None, excess=None)


def _blank_excuses(document: dict[str, Any]) -> None:
    for row in _broken(document):
        row.update(excuse=" ")


def _one_quarter(document: dict[str, Any]) -> None:
    document.update(status="compliant", horizon={"first": "2027Q4", "last": "2027Q4"})
    document["limits"] = [row for row in document["limits"] if row["quarter"] in (None, "2027Q4")]


FORGERIES = (
    *(_backwards, _by_zero, _below_nothing, _truths, _decimals),
    *(_labels, _no_figures, _blank_excuses, _one_quarter),
)


@pytest.mark.parametrize("spoken", [True, False], ids=["horizon", "no horizon"])
@pytest.mark.parametrize("change", FORGERIES, ids=lambda change: change.__name__.strip("_"))
def test_a_broken_limit_is_not_forged_away_under_a_new_seal(change: Any, spoken: bool, tmp_path: Path) -> None:
    plan, target, forged = tmp_path / "p.plan.yaml", tmp_path / "c.json", tmp_path / "forged.json"
    plan.write_text(HEAD + (BROKEN if spoken else BROKEN.partition("\n")[2]), encoding="utf-8")
    assert certify(plan, target).status == verified(target, plan) == "violations"
    forge(target, forged, change, sealed=True)
    with pytest.raises((AssertionError, ZeroDivisionError)):
        verified(forged, plan)
    assert _run(forged, plan).returncode == 2


def test_an_excused_limit_is_still_a_broken_one(tmp_path: Path) -> None:
    plan, target, forged = tmp_path / "p.plan.yaml", tmp_path / "c.json", tmp_path / "forged.json"
    plan.write_text(HEAD + BROKEN, encoding="utf-8")
    certify(plan, target)
    forge(target, forged, lambda d: [row.update(excuse="agreed") for row in _broken(d)], sealed=True)
    done = _run(forged, plan)
    assert (done.returncode, done.stdout.partition(",")[0]) == (1, "excused: excused 6")


@pytest.mark.parametrize("horizon", [("2026Q1", "2026Q1"), ("2025Q1", "2027Q4")], ids=str)
def test_a_plan_that_names_no_quarter_is_judged_in_one(horizon: tuple[str, str], tmp_path: Path) -> None:
    plan, target, forged = tmp_path / "p.plan.yaml", tmp_path / "c.json", tmp_path / "forged.json"
    plan.write_text(HEAD + "placements: [{country: US, accelerator: h100-sxm, gpus: 5}]\n", encoding="utf-8")
    assert certify(plan, target).status == verified(target, plan) == "compliant"
    first, last = horizon
    forge(target, forged, lambda document: document["horizon"].update(first=first, last=last), sealed=True)
    with pytest.raises((AssertionError, KeyError)):
        verified(forged, plan)


def _run(*arguments: object, optimised: bool = False) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *(["-O"] if optimised else []), "-I", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_the_exit_code_says_what_was_verified(tmp_path: Path) -> None:
    target, gulf = tmp_path / "c.json", ROOT / "examples" / "gulf.plan.yaml"
    certify(JOHOR, target)
    done = _run(target, JOHOR)
    assert (done.returncode, done.stdout) == (1, "violations: fail 2, not_applicable 1, pass 40\n")
    assert _run(target, gulf).returncode == 2
    assert _run(target, JOHOR, optimised=True).returncode == 2
    assert _run(target).returncode == _run(tmp_path / "none.json", JOHOR).returncode == 2
    certify(gulf, target)
    assert _run(target, gulf).returncode == 0
    table = tmp_path / "p.xlsx"
    table.write_bytes(gulf.read_bytes())
    assert "NOT VERIFIED" in _run(target, table).stdout
    undecided = tmp_path / "u.plan.yaml"
    rows = "horizon: {first: 2027Q4, last: 2028Q1}\nplacements: [{country: MY, accelerator: h100-sxm, gpus: 5}]\n"
    undecided.write_text(HEAD + rows, encoding="utf-8")
    assert certify(undecided, target).status == "undecided"
    done = _run(target, undecided)
    assert (done.returncode, done.stdout.split(":")[0]) == (2, "undecided")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), (JOHOR,)], ids=str)
def test_without_both_files_it_says_how_it_is_used(arguments: tuple[object, ...]) -> None:
    done = _run(*arguments)
    assert (done.returncode, done.stderr) == (2, "")
    assert "Usage: python verify_certificate.py CERTIFICATE PLAN [FILE ...]" in done.stdout
    assert "Error" not in done.stdout


def test_a_workbook_is_said_not_to_be_read(tmp_path: Path) -> None:
    table, target = tmp_path / "p.xlsx", tmp_path / "c.json"
    write_plan(read_plan(ROOT / "examples" / "gulf.plan.yaml"), table)
    certify(table, target)
    for arguments in ((target, table), (table, table)):
        done = _run(*arguments)
        assert done.returncode == 2
        assert "of XLSX or Parquet write JSON first" in " ".join(done.stdout.split())
        assert "UnicodeDecodeError" not in done.stdout


def test_chips_leave_in_the_order_of_the_contract(tmp_path: Path) -> None:
    """Before 2025 first, then undated, then by date; of the same age those that fewer limits count."""
    plan, target = tmp_path / "p.plan.yaml", tmp_path / "c.json"
    rows = (
        "regime: factsheet-2025\nhorizon: {first: 2026Q1, last: 2026Q3}\nplacements:\n"
        "  - {country: US, accelerator: h100-sxm, gpus: 900000}\n"
        "  - {country: MY, accelerator: h100-sxm, gpus: 10000, quarter: 2024Q4}\n"
        "  - {country: MY, accelerator: h100-sxm, gpus: 20000}\n"
        "  - {country: MY, accelerator: h100-sxm, gpus: 30000, quarter: 2025Q2, authorization: licence}\n"
        "  - {country: MY, accelerator: h100-sxm, gpus: 5000, quarter: 2025Q2}\n"
        "retirements: [{country: MY, accelerator: h100-sxm, gpus: 15000, quarter: 2026Q2}]\n"
        "moves:\n"
        "  - {accelerator: h100-sxm, gpus: 30000, quarter: 2026Q3, from: {country: MY}, to: {country: US, site: x}}\n"
    )
    plan.write_text(HEAD + rows, encoding="utf-8")
    result = certify(plan, target)
    assert verified(target, plan) == result.status
    caps = {f.limit.index[1]: f.measured // 15832 for f in result.findings if f.limit.name.startswith("CAP201(MY")}
    assert caps == {"2026Q1": 25000, "2026Q2": 20000, "2026Q3": 5000}


def test_a_wrong_checker_would_be_caught(tmp_path: Path) -> None:
    """Verdicts that a broken checker might hand out do not verify."""
    from optimizer.certificate import write_certificate

    result = check(read_plan(JOHOR))
    target = tmp_path / "c.json"
    lenient = [f.replace(verdict="pass", excess=0) if f.verdict == "fail" else f for f in result.findings]
    write_certificate(result.replace(findings=tuple(lenient)), target)
    assert json.loads(target.read_text(encoding="utf-8"))["status"] == "compliant"
    with pytest.raises(AssertionError, match="not as the certificate says"):
        verified(target, JOHOR)
    fewer = [f for f in result.findings if f.verdict != "fail"]
    write_certificate(result.replace(findings=tuple(fewer)), target)
    with pytest.raises(AssertionError, match="is missing"):
        verified(target, JOHOR)
