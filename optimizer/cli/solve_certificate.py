"""`fleetplan solve --certificate`: the plan's value and the proved bound, as `examples/verify_bound.py` reads them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..optimise import Outcome

PACKED = ".xz"


def refuse_unwritable(path: Path, target: Path | None, inputs: list[str | Path]) -> None:
    """Raise InputError, before any time is spent, where the certificate could not be written to `path`."""
    from ..errors import Location
    from ..reading.codes import CANNOT_WRITE
    from ..reading.nodes import refuse
    from ..reading.output import refuse_input_as_output

    at = Location(str(path))
    refuse_input_as_output(path, inputs)
    if path.suffix.lower() not in (".json", PACKED):
        raise refuse(CANNOT_WRITE, at, "its name ends in neither .json nor .xz", "Name it certificate.json, say.")
    if not path.parent.is_dir():
        raise refuse(CANNOT_WRITE, at, "there is no such folder", "Create it first.")
    if target is not None and path.resolve() == target.resolve():
        raise refuse(CANNOT_WRITE, at, "the plan is written there", "Name another output.")


def write_bound_certificate(outcome: Outcome, path: Path, target: Path | None, text: str) -> None:
    """`path` holds the certificate of the outcome's plan, which was written to `target`, or printed as `text`.

    Packed where the name ends in .xz. Raises SolverError where no bound was proved.
    """
    import hashlib
    import lzma

    from ..reading.output import write_atomically
    from ..solvers.bound_certificate import bound_certificate

    assert outcome.program is not None
    assert outcome.plan is not None
    assert outcome.plan.result is not None
    gap = outcome.plan.result["manifest"]["options"]["gap"]
    raw = text.encode("utf-8") if target is None else target.read_bytes()
    plan = {"file": None if target is None else target.name, "sha256": hashlib.sha256(raw).hexdigest()}
    content = bound_certificate(outcome.program, outcome.answer, plan, gap).encode("ascii")
    write_atomically(path, lzma.compress(content) if path.suffix.lower() == PACKED else content)
