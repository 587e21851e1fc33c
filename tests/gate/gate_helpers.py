"""Small plans, waivers and repositories for the tests of the gate."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from optimizer.check import CheckResult, check
from optimizer.reading import read_plan

H100 = 15_832
HEAD = "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\n"
OVER = 100 * H100 // 10 - 7 * 100 * H100 // 100
"""The excess of `plan_text(10)`: ten of a hundred GPUs where seven are allowed, in TPP."""
WAIVER: dict[str, Any] = {
    "rule": "UVEU101",
    "scope": "MY",
    "quarters": ["2026Q1"],
    "max_excess_tpp": OVER,
    "reason": "The site at home opens late.",
    "approved_by": "VP Compliance",
    "expires": "2026-12-31",
}


def plan_text(malaysia: int, home: int | None = None, more: str = "") -> str:
    """A UVEU with `malaysia` H100s in Malaysia and the rest of a hundred (or `home`) in the United States."""
    home = 100 - malaysia if home is None else home
    rows = [("US", home), ("MY", malaysia)]
    lines = [f"- {{country: {c}, accelerator: h100-sxm, gpus: {n}, quarter: 2026Q1}}\n" for c, n in rows if n]
    return HEAD + more + "placements:\n" + "".join(lines)


def result(malaysia: int = 10, home: int | None = None, more: str = "", file: str = "a.plan.yaml") -> CheckResult:
    """The check of `plan_text`."""
    return check(read_plan(file, stdin_text=plan_text(malaysia, home, more)))


def waivers_text(*rows: dict[str, Any], schema: str = "waivers/1") -> str:
    """A file of waivers."""
    lines = [f"fleetplan: {schema}\n", "waivers:\n" if rows else "waivers: []\n"]
    for row in rows:
        mark = "- "
        for key, value in row.items():
            shown = f"[{', '.join(value)}]" if isinstance(value, list) else value
            lines.append(f"{mark}{key}: {shown}\n")
            mark = "  "
    return "".join(lines)


def verdicts(result: CheckResult) -> dict[str, str]:
    """The verdict on each limit by name."""
    return {finding.limit.name: finding.verdict for finding in result.findings}


def git(folder: Path, *arguments: str) -> str:
    """What git prints in the repository at `folder`."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.com",
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, env=environment, timeout=60
    )
    return done.stdout.strip()


def commit_all(folder: Path) -> str:
    """The id of a commit of everything below `folder`."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "x")
    return git(folder, "rev-parse", "HEAD")
