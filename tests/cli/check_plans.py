"""Plans that are fine, over a limit, banned and broken, and a run of `check` on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optimizer.cli.main import main

HEAD = "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\nplacements:\n"
FINE = HEAD + "- {country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n"
OVER = HEAD + "- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n"
BANNED = HEAD + "- {country: CN, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n"
BROKEN = HEAD + "- {country: UK}\n"
COLUMNS = "country,site,accelerator,gpus,quarter,authorization,consignee\n"
ROWS = COLUMNS + "US,,h100-sxm,10,2026Q1,,\nMY,,h100-sxm,{},2026Q1,,\n"


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """The exit code and the JSON report."""
    capsys.readouterr()
    code = main(["check", "-f", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def rules(report: Any) -> list[str]:
    return list(dict.fromkeys(finding["rule"] for finding in report["findings"]))
