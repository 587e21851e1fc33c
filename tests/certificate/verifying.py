"""The verifier as a module, and certificates of plans in files."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from optimizer.certificate import certificate_text, seal, write_certificate
from optimizer.check import CheckResult, check
from optimizer.reading import HeadOverrides, read_plan

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "verify_certificate.py"
HEAD = "fleetplan: plan/1\nfirm: {name: Test, headquarters: US, status: uveu}\n"


def load_verifier() -> Any:
    """`examples/verify_certificate.py` as a module."""
    spec = importlib.util.spec_from_file_location("verify_certificate", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = load_verifier()


def certify(plan: Path, target: Path, overrides: HeadOverrides | None = None) -> CheckResult:
    """The result for the plan, whose certificate then stands in `target`."""
    result = check(read_plan(plan, overrides=overrides))
    write_certificate(result, target)
    return result


def verified(certificate: Path, plan: Path, *files: Path) -> str:
    """The status that the verifier confirms; what it refuses is raised."""
    status, _ = VERIFIER.verify(str(certificate), str(plan), *map(str, files))
    return str(status)


def forge(certificate: Path, target: Path, change: Any, *, sealed: bool) -> dict[str, Any]:
    """The certificate with `change` made to its document, in `target`; `sealed` makes its digest anew."""
    document: dict[str, Any] = json.loads(certificate.read_text(encoding="utf-8"))
    change(document)
    if sealed:
        document["sha256"] = seal(document)
    target.write_text(certificate_text(document), encoding="utf-8")
    return document
