"""No file of the repository names a package registry or a path of somebody's machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

REGISTRIES = [
    "pypi" + r"\.org",
    "python" + r"hosted\.org",
    "registry" + r"\.npmjs",
    "npm" + "mirror",
    "anaconda" + r"\.org",
]
FORBIDDEN = {
    "a package registry": re.compile("|".join(REGISTRIES)),
    "an index option": re.compile(
        r"--(extra-)?" + "index-" + r"url|^\s*" + "index-" + r"url\s*=|--" + "find-" + "links|/sim" + "ple/"
    ),
    "a resolved download": re.compile(r"\"resol" + r"ved\"\s*:\s*\"http"),
    "a path of a machine": re.compile(r"(?<![\w.\-])/(home|root|Users|work|opt|tmp|private|var/folders)/[\w.]"),
}


def repository_files() -> list[Path]:
    """Every file that is tracked or would be."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
        return [ROOT / name for name in sorted(set(listed)) if name and (ROOT / name).is_file()]
    hidden = {
        ".git",
        ".venv",
        ".hypothesis",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        "__pycache__",
        "build",
        "dist",
    }
    return [path for path in ROOT.rglob("*") if path.is_file() and not hidden & set(path.relative_to(ROOT).parts)]


def offences(text: str) -> dict[str, str]:
    """What `text` must not hold, each with the line that holds it."""
    found = {}
    for line in text.splitlines():
        for what, pattern in FORBIDDEN.items():
            if pattern.search(line):
                found.setdefault(what, line.strip()[:120])
    return found


def test_no_file_names_a_registry_or_a_machine() -> None:
    files = repository_files()
    assert len(files) > 20
    found = {}
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        raw = path.read_bytes()
        if b"\0" in raw[:8192]:
            continue
        for what, line in offences(raw.decode("utf-8", errors="replace")).items():
            found[name] = f"{what}: {line}"
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "https://" + "pypi" + ".org/sim" + "ple/pulp/",
        "--" + "index-" + "url https://mirror.example/",
        "open('/" + "home/somebody/plan.yaml')",
        "see /" + "tmp/plan.yaml",
        '"resol' + 'ved": "https://mirror.example/x.tgz"',
    ],
)
def test_the_patterns_catch(line: str) -> None:
    assert offences(line)


@pytest.mark.parametrize(
    "line", ["docs/home/x", "a/" + "tmp/b", "https://www.ecfr.gov/current/title-15", "//root", "./opt/x"]
)
def test_the_patterns_spare(line: str) -> None:
    assert not offences(line)
