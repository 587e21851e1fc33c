"""What `solve --certificate` writes is verified by a script without a solver; whatever is changed in it is refused."""

from __future__ import annotations

import ast
import copy
import hashlib
import importlib.util
import json
import lzma
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optimizer.optimise import optimise
from optimizer.solvers import Options
from optimizer.solvers.bound_certificate import bound_certificate
from tests.optimise.small_documents import document, scenario

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "verify_bound.py"
PARTS: dict[str, Any] = {
    "accelerators": [
        {"accelerator": "big", "tpp": 31_000, "gpus_per_unit": 1, "kw_per_gpu": 1.7, "capex_usd": 1000},
        {"accelerator": "small", "tpp": 19_000, "gpus_per_unit": 1, "kw_per_gpu": 1.1, "capex_usd": 700},
    ],
    "supply": [{"accelerator": name, "per_quarter": 30} for name in ("big", "small")],
    "demand": [{"region": "here", "tpp": 300_000, "sites": ["berlin", "dubai"]}],
    "budget_musd": {"per_quarter": 0.0253},
}
"""No relaxation is whole here, so that the proof is a tree; flows and totals are there too."""

Document = dict[str, Any]


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("verify_bound", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = _script()


def sealed(certificate: Document) -> str:
    """The certificate as text with its own digest."""
    rest = {name: part for name, part in certificate.items() if name != "sha256"}
    body = json.dumps(rest)[1:-1]
    return f'{{\n{body},\n "sha256": "{hashlib.sha256(body.encode()).hexdigest()}"\n}}\n'


@pytest.fixture(scope="module")
def certificate() -> Document:
    outcome = optimise(scenario(**PARTS), Options(gap=0.0))
    assert outcome.program is not None
    text = bound_certificate(outcome.program, outcome.answer, {"file": None, "sha256": None}, 0.0)
    found: Document = json.loads(text)
    return found


@pytest.fixture
def verified(tmp_path: Path) -> Callable[[Document], tuple[str, str]]:
    """What the script says of a certificate; what it refuses is raised."""

    def verify(certificate: Document) -> tuple[str, str]:
        path = tmp_path / "c.json"
        path.write_text(sealed(certificate), encoding="utf-8")
        found: tuple[str, str] = VERIFIER.verify(str(path))
        return found

    return verify


def test_the_script_is_short_and_needs_the_standard_library_alone() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 150
    tree = list(ast.walk(ast.parse(source)))
    imported = {name.name for node in tree if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in tree if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names


def test_a_tree_is_verified(certificate: Document, verified: Callable[[Document], tuple[str, str]]) -> None:
    assert len(certificate["tree"]) > 3
    assert {len(row) for row in certificate["columns"]} == {6}
    word, more = verified(certificate)
    assert word == "proved"
    assert more.endswith("gap 0.000e+00")


def test_a_plan_that_falls_short_of_its_bound_is_bounded(
    verified: Callable[[Document], tuple[str, str]], certificate: Document
) -> None:
    changed = copy.deepcopy(certificate)
    changed["bound"] += changed["value"] // 10
    changed["gap"] = "1/10"
    assert changed["value"] % 10 == 0
    with pytest.raises(AssertionError, match="it is bounded with a gap of 1/10"):
        verified(changed)
    changed["word"] = "bounded"
    assert verified(changed)[0] == "bounded"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("word", "bounded"),
        ("value", 1),
        ("bound", 1),
        ("gap", "1/2"),
        ("gap_asked", "-1"),
        ("offset", 64),
        ("places", 47),
        ("tree", []),
        ("fleetplan", "certificate/1"),
    ],
)
def test_another_claim_is_refused(
    field: str, value: Any, certificate: Document, verified: Callable[[Document], tuple[str, str]]
) -> None:
    with pytest.raises((AssertionError, TypeError, ValueError, IndexError)):
        verified({**certificate, field: value})


def test_a_better_claim_is_refused(certificate: Document, verified: Callable[[Document], tuple[str, str]]) -> None:
    with pytest.raises(AssertionError, match="no more is proved than"):
        verified({**certificate, "bound": certificate["bound"] - 1000})


def test_no_column_of_the_plan_can_be_another(
    certificate: Document, verified: Callable[[Document], tuple[str, str]]
) -> None:
    """Every decision and every total: it breaks a row, a bound, or the value. Flows have room."""
    for number, column in enumerate(certificate["columns"]):
        if column[0].startswith("serve("):
            continue
        changed = copy.deepcopy(certificate)
        changed["columns"][number][5] += 1
        with pytest.raises(AssertionError, match=r"is broken|out of its bounds|the plan is worth"):
            verified(changed)


def test_no_leaf_can_be_missing_and_no_multiplier_proves_too_much(
    certificate: Document, verified: Callable[[Document], tuple[str, str]]
) -> None:
    """Multipliers may be others, since any give a true bound; the bound never comes out below the plan's value."""
    rng = random.Random(1)
    for number, node in enumerate(certificate["tree"]):
        changed = copy.deepcopy(certificate)
        del changed["tree"][number]
        with pytest.raises((AssertionError, IndexError)):
            verified(changed)
        if isinstance(node, dict) and node:
            changed = copy.deepcopy(certificate)
            row = rng.choice(sorted(node))
            changed["tree"][number][row] = -node[row]
            try:
                assert VERIFIER.proved_bound(changed) >= certificate["value"]
            except AssertionError as error:
                assert "wrong sign" in str(error)  # noqa: PT017  (either is right)
            changed["tree"][number][row] = 0.5
            with pytest.raises((AssertionError, ValueError)):
                verified(changed)


def test_every_byte_is_under_the_digest(certificate: Document, tmp_path: Path) -> None:
    text = sealed(certificate)
    digits = [at for at, letter in enumerate(text) if letter.isdigit()]
    for at in random.Random(2).sample(digits, 60):
        path = tmp_path / "c.json"
        path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :], encoding="utf-8")
        with pytest.raises(AssertionError, match="changed"):
            VERIFIER.verify(str(path))


@pytest.mark.parametrize("suffix", ["json", "xz"])
@pytest.mark.parametrize("script", ["verify_bound.py", "verify_certificate.py"])
def test_solve_writes_one_that_both_scripts_verify(
    suffix: str, script: str, fleetplan: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    given, plan, target = tmp_path / "s.json", tmp_path / "p.yaml", tmp_path / f"c.{suffix}"
    given.write_text(json.dumps(document()), encoding="utf-8")
    assert fleetplan("solve", given, "-o", plan, "--gap", 0, "--certificate", target).returncode == 0
    assert target.read_bytes()[:1] == (b"{" if suffix == "json" else b"\xfd")
    command = [sys.executable, str(ROOT / "examples" / script), str(target), str(plan)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.split(":")[0]) == (0, "proved"), done.stdout
    plan.write_text(plan.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "NOT VERIFIED: AssertionError: this is another plan\n")


@pytest.mark.parametrize(
    ("name", "why"),
    [("c.txt", "neither .json nor .xz"), ("p.json", "the plan is written there"), ("no/c.json", "no such folder")],
)
def test_a_certificate_that_could_not_be_written_is_refused_before_the_search(
    name: str, why: str, fleetplan: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    given, plan = tmp_path / "s.json", tmp_path / "p.json"
    given.write_text(json.dumps(document()), encoding="utf-8")
    done = fleetplan("solve", given, "-o", plan, "--certificate", tmp_path / name)
    assert done.returncode == 2
    assert why in done.stderr
    assert not plan.exists()


def test_packed_and_plain_hold_the_same(certificate: Document, tmp_path: Path) -> None:
    path = tmp_path / "c.xz"
    path.write_bytes(lzma.compress(sealed(certificate).encode()))
    assert VERIFIER.verify(str(path))[0] == "proved"
