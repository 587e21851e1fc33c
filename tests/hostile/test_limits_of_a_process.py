"""The same in a process of its own, which may take 300 MB and two seconds, whatever it is given."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_input import FIRM, HEAD, ROWS, Bad, write_files
from test_bad_inputs import CORPUS

ROOT = Path(__file__).resolve().parent.parent.parent
MEGABYTES, SECONDS = 300, 2
ROW = "  - {country: US, site: ashburn, accelerator: h100-sxm, gpus: 8, quarter: 2026Q1}\n"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs the limits of a Unix system")


def limited(
    argv: tuple[str, ...], folder: Path, stdin: bytes = b"", megabytes: int = MEGABYTES, seconds: int = SECONDS
) -> subprocess.CompletedProcess[bytes]:
    """`fleetplan ARGV` in `folder`: its data in `megabytes`, its time on the processor in `seconds`, no core dumps."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    command = [sys.executable, "-W", "error", "-m", "optimizer", *argv]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=env, input=stdin, capture_output=True, timeout=60, preexec_fn=limit)


SAMPLE = [
    "YAML: syntax: nesting bomb of lists",
    "YAML: syntax: nesting bomb of mappings",
    "YAML: syntax: alias bomb",
    "YAML: syntax: python tag",
    "YAML: number: 5,000 digits",
    "YAML: identity: Cyrillic country",
    "JSON: nesting bomb of objects",
    "JSON: half of a pair",
    "CSV: table: an endless cell",
    "CSV: head: settings nested deep",
    "file: kind: pipe",
    "file: kind: device without an end",
    "file: kind: a terabyte",
    "file: encoding: gzip bomb",
    "file: stdin: more than 16 MB",
    "file: argument: name with a line break",
    "file: output: on a full disk",
    "file: path: link to a device",
]


@pytest.mark.parametrize("name", SAMPLE)
def test_a_bad_input_stays_within_its_limits(name: str, tmp_path: Path) -> None:
    case: Bad = CORPUS[name]
    write_files(case.files, tmp_path)
    if case.prepare is not None:
        case.prepare(tmp_path)
    done = limited(case.argv, tmp_path, case.stdin)
    assert done.returncode == 2, done.stderr
    assert case.code.encode() in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr


def many_keys() -> bytes:
    """A document of many fields that are numbers."""
    return b"fleetplan: plan/1\nx: {" + b"".join(b"%d: 1, " % number for number in range(50_000)) + b"}\n"


def many_errors() -> bytes:
    """A plan of which every row is wrong in every cell."""
    return (
        HEAD + "placements:\n" + "  - {country: UK, accelerator: h1OO, gpus: 1e5, quarter: 26Q1}\n" * 50_000
    ).encode()


def one_line() -> bytes:
    """A comment of 15 MB."""
    return (HEAD + ROWS + "# " + "x" * 15_000_000).encode()


def open_quotation() -> bytes:
    """A text that is begun and never ends."""
    return (HEAD + 'x: "' + "a\n" * 1_000_000).encode()


@pytest.mark.parametrize("make", [many_keys, many_errors, one_line, open_quotation])
def test_a_large_plan_is_refused_or_read_in_bounded_time(make: Callable[[], bytes], tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_bytes(make())
    done = limited(("check", "-q", "plan.yaml"), tmp_path, seconds=10)
    assert done.returncode in (0, 2), done.stderr
    assert b"Traceback" not in done.stderr
    assert b"MemoryError" not in done.stderr


def test_a_plan_of_five_thousand_rows_is_read_within_the_limits(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(HEAD + "placements:\n" + ROW * 5_000, encoding="utf-8")
    done = limited(("check", "-q", "plan.yaml"), tmp_path)
    assert (done.returncode, b"compliant" in done.stdout) == (0, True), done.stderr


def test_a_table_of_bad_rows_is_refused_in_time(tmp_path: Path) -> None:
    rows = "".join(f"UK,h1{number},1e{number}\n" for number in range(20_000))
    (tmp_path / "rows.csv").write_text(f"country,accelerator,gpus\n{rows}", encoding="utf-8")
    done = limited(("check", *FIRM, "rows.csv"), tmp_path)
    assert done.returncode == 2, done.stderr
    assert b"and 950 more" in done.stdout


def test_a_file_that_vanishes_is_an_error_and_the_others_are_checked(tmp_path: Path) -> None:
    (tmp_path / "a.plan.yaml").symlink_to("gone.yaml")
    (tmp_path / "b.plan.yaml").write_text(HEAD + ROWS, encoding="utf-8")
    done = limited(("check", "-f", "concise", "."), tmp_path)
    assert done.returncode == 2
    assert b"a.plan.yaml" in done.stdout
    assert b"b.plan.yaml" in limited(("check", "--all", "."), tmp_path).stdout
