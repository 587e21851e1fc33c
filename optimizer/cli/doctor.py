"""Tell whether this installation works: Python, packages, solvers, data, regimes, schemas, disk.

Each solver solves a tiny problem in a process of its own, and all of them in one process, in both orders of import. The
exit code is 0 when everything that `check` and `solve` need works, else 2; what only an extra brings may be missing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import __version__
from ..errors import FleetplanError, show

NEEDED = ("PyYAML", "numpy", "pandas", "networkx", "pulp", "highspy", "ortools", "numba")
OPTIONAL = {
    "streamlit": "ui",
    "altair": "ui",
    "pyarrow": "big",
    "psycopg": "postgres",
}
SOLVERS = {
    "HiGHS (highspy)": ["highs"],
    "CP-SAT (OR-Tools)": ["cp-sat"],
    "SCIP (OR-Tools)": ["scip"],
    "CBC (PuLP)": ["cbc"],
    "all in one process, PuLP first": ["cbc", "pulp-highs", "highs", "cp-sat", "scip"],
    "all in one process, OR-Tools first": ["cp-sat", "scip", "highs", "pulp-highs", "cbc"],
}
REINSTALL = "Install fleetplan again."
CHANGED = "Undo the change to data/, or install fleetplan again."
SECONDS = 60
LEAST_FREE_MB = 100


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `state` is ok, missing (only an extra lacks it) or broken; `mend` says what to do then."""

    name: str
    state: str
    detail: str
    mend: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan doctor`."""
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="text (default) or json")


def run(args: argparse.Namespace) -> int:
    """0 when everything needed works, else 2, with the table printed."""
    groups = {group: _looked(look) for group, look in LOOKS.items()}
    broken = [check for checks in groups.values() for check in checks if check.state == "broken"]
    if args.format == "json":
        rows = [{"group": group, **asdict(check)} for group, checks in groups.items() for check in checks]
        report = {"version": __version__, "status": "broken" if broken else "ok", "checks": rows}
        print(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        print(_text(groups, len(broken)))
    return 2 if broken else 0


def _looked(look: Callable[[], Iterator[Check]]) -> list[Check]:
    """The checks of one group; whatever goes wrong in looking is itself what is found."""
    try:
        return list(look())
    except Exception as error:
        return [Check("look", "broken", f"{type(error).__name__}: {error}", REINSTALL)]


def _text(groups: dict[str, list[Check]], broken: int) -> str:
    width = max(len(check.name) for checks in groups.values() for check in checks)
    lines = [f"fleetplan {__version__}"]
    for group, checks in groups.items():
        lines += ["", group]
        for check in checks:
            lines.append(f"  {check.state:<7}  {check.name:<{width}}  {check.detail}".rstrip())
            if check.mend:
                lines.append(f"  {'':<7}  {'':<{width}}  {check.mend}")
    verdict = f"{broken} checks are broken." if broken else "Everything that is needed works."
    return "\n".join([*lines, "", verdict])


def _python() -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < (3, 11)
    state, mend = ("broken", "Install Python 3.11 or newer.") if old else ("ok", "")
    yield Check("interpreter", state, f"{version} on {sys.platform}", mend)


def _packages() -> Iterator[Check]:
    from importlib.metadata import PackageNotFoundError, version

    for name in (*NEEDED, *OPTIONAL):
        extra = OPTIONAL.get(name)
        try:
            yield Check(name, "ok", version(name))
        except PackageNotFoundError:
            if extra is None:
                yield Check(name, "broken", "not installed", REINSTALL)
            else:
                mend = f"If you want it: pip install 'fleetplan[{extra}]'"
                yield Check(name, "missing", f"not installed; only the extra '{extra}' needs it", mend)
    try:
        from yaml import __with_libyaml__ as fast
    except ImportError:
        return
    detail = "present" if fast else "absent: YAML is read by the slower parser"
    yield Check("libyaml", "ok" if fast else "missing", detail)


def _solvers() -> Iterator[Check]:
    """Each solver alone first, so that a crash of all together can be told from a solver that does not work at all."""
    for name, engines in SOLVERS.items():
        mend = "Install fleetplan again; see docs/decisions/0003-highspy-below-1.15.md." if len(engines) > 1 else ""
        done = _self_test(*engines)
        if done is None:
            yield Check(name, "broken", f"no answer within {SECONDS} s", mend)
            continue
        if done.returncode == 0:
            yield Check(name, "ok", "solved")
            continue
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        how = f"crashed (signal {-done.returncode})" if done.returncode < 0 else f"failed (code {done.returncode})"
        yield Check(name, "broken", f"{how}: {show(last, 120)}", mend)
    found = _self_test("--others")
    names = [json.loads(line)["other"] for line in found.stdout.splitlines()] if found else []
    if names:
        yield Check("others", "ok", f"{', '.join(names)} (their licences are looked at when they solve)")
    else:
        yield Check("others", "missing", "no solver that others brought is found here; none is needed")


def _self_test(*arguments: str) -> subprocess.CompletedProcess[str] | None:
    """The self-test of these engines in a process of its own, None when it had to be ended."""
    command = [sys.executable, "-m", "optimizer.solvers.self_test", *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return None


def _data() -> Iterator[Check]:
    from ..domain.table_checks import table_problems

    problems = table_problems()
    if not problems:
        yield Check("tables", "ok", "every row holds what its columns mean")
    for problem in problems[:10]:
        yield Check("tables", "broken", str(problem), CHANGED)


def _regimes() -> Iterator[Check]:
    from ..domain.plan import RegimeRef
    from ..regimes import builtin_regimes, load_regime

    for name in builtin_regimes():
        try:
            regime = load_regime(RegimeRef(base=name))
            status = regime.status
            detail = f"{len(regime.records)} rules, {regime.first} to {regime.last}; enforced: {status.enforced}"
            yield Check(name, "ok", f"{detail} (looked up {status.looked})")
        except FleetplanError as error:
            yield Check(name, "broken", str(error), CHANGED)


def _schemas() -> Iterator[Check]:
    from .schema import FORMATS, schema_text

    for name in FORMATS:
        try:
            json.loads(schema_text(name))
            yield Check(name, "ok", "")
        except (OSError, ValueError) as error:
            yield Check(name, "broken", str(error), REINSTALL)


def _disk() -> Iterator[Check]:
    for name, folder in (("this folder", Path.cwd()), ("temporary files", Path(tempfile.gettempdir()))):
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"fleetplan")
            free = shutil.disk_usage(folder).free // 10**6
        except OSError as error:
            yield Check(name, "broken", f"cannot write: {error.strerror}", "Plans cannot be written there.")
            continue
        state, mend = (
            ("ok", "") if free >= LEAST_FREE_MB else ("broken", f"At least {LEAST_FREE_MB} MB should be free.")
        )
        yield Check(name, state, f"writable, {free:,} MB free", mend)


LOOKS: dict[str, Callable[[], Iterator[Check]]] = {
    "Python": _python,
    "Packages": _packages,
    "Solvers": _solvers,
    "Data": _data,
    "Regimes": _regimes,
    "Schemas": _schemas,
    "Disk": _disk,
}
