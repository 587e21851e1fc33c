"""Mistakes put in one at a time, and what becomes of each: noticed, by whom, or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from code_mutants import CodeMutant, code_mutants
from equivalent import CODE, RECORDS
from noticing import FEW, SECONDS, Watch, within
from record_mutants import Mutant, read_tree, record_mutants

from optimizer.domain.plan import RegimeRef
from optimizer.regimes import builtin_regimes

OTHERWISE = ("refused", "record", "never ends", "raises")


class Outcome(NamedTuple):
    """What became of a mistake.

    `kind` is case, oracle, otherwise, survives, equivalent, or stale (called equivalent, but noticed).
    """

    name: str
    part: str
    kind: str
    by: str
    line: str = ""


def all_mutants(
    only: str | None = None, part: str | None = None, sample: int | None = None, seed: int = 0
) -> list[Mutant | CodeMutant]:
    """Every mistake, or the asked ones."""
    found: list[Mutant | CodeMutant] = []
    if only != "code":
        found += [mutant for regime in builtin_regimes() for mutant in record_mutants(regime)]
    if only != "records":
        found += code_mutants()
    if part is not None:
        found = [mutant for mutant in found if mutant.part == part]
    if sample is not None and sample < len(found):
        found = Random(seed).sample(found, sample)
    return found


def judge_mutants(mutants: Iterable[Mutant | CodeMutant], oracle_plans: int) -> Iterator[Outcome]:
    """What becomes of each mistake."""
    watch = Watch(oracle_plans)
    unspoiled = {regime: watch.notices(regime, "") for regime in builtin_regimes()}
    if any(unspoiled.values()):
        raise SystemExit(f"without any mistake the tests complain already: {unspoiled}")
    with TemporaryDirectory() as folder:
        for regime in builtin_regimes():
            if by := _of_record(Mutant(regime, "", " as it is", read_tree(regime)), watch, Path(folder)):
                raise SystemExit(f"{regime}, written anew without a mistake, is noticed: {by}")
        for mutant in mutants:
            equivalent = RECORDS if isinstance(mutant, Mutant) else CODE
            plans = FEW if mutant.name in equivalent else None
            if isinstance(mutant, Mutant):
                by = _of_record(mutant, watch, Path(folder), plans)
            else:
                by = _of_code(mutant, watch, plans)
            kind = _kind(by)
            if mutant.name in equivalent:
                kind = "equivalent" if kind == "survives" else "stale"
            yield Outcome(mutant.name, mutant.part, kind, by, getattr(mutant, "line", ""))


def _kind(by: str) -> str:
    if not by:
        return "survives"
    return "otherwise" if by.startswith(OTHERWISE) else by.split()[0]


def _of_record(mutant: Mutant, watch: Watch, folder: Path, plans: int | None = None) -> str:
    (folder / "mutant.json").write_text(mutant.text, encoding="utf-8")
    ref = RegimeRef("mutant.json", folder=folder)
    return within(SECONDS, lambda: watch.notices(mutant.regime, mutant.part, ref, plans))


def _of_code(mutant: CodeMutant, watch: Watch, plans: int | None) -> str:
    with mutant.in_place():
        for regime in builtin_regimes():
            by = within(SECONDS, lambda regime=regime: watch.notices(regime, mutant.part, plans=plans))  # type: ignore[misc]
            if by:
                return by
    return ""
