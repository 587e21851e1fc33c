"""The commands of README.md and docs/ci.md are run as they stand, so that the text cannot drift from the product."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from pipeline_steps import EXAMPLE, ROOT, Done, repository, run

from optimizer.cli.check_settings import MANY, OF_THE_FIRM, ONE
from optimizer.reports.formats import FORMATS

pytestmark = pytest.mark.skipif(not shutil.which("bash") or not shutil.which("git"), reason="needs bash and git")
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
TODAY = "2026-12-01"
"""A day on which the waivers of the text hold."""


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def blocks(text: str, language: str) -> list[str]:
    """The code of that language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def judged(script: str) -> str:
    """The script with each command that names its exit code made to fail when it ends otherwise."""
    lines = []
    for line in script.splitlines():
        stated = re.match(r"(.*?)\s+# exit code ([0-9])", line)
        if stated is None:
            lines.append(line)
            continue
        command, code = stated.groups()
        lines.append(f"code=0; {command} || code=$?")
        lines.append(f'[ "$code" = {code} ] || {{ echo "exit code $code: {command}" >&2; exit 99; }}')
    return "\n".join(lines)


def run_all(texts: list[str], folder: Path, temp: Path) -> Done:
    """The blocks as one session in `folder`."""
    (temp / "bin").mkdir()
    command = temp / "bin" / "fleetplan"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -W error -m optimizer "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    env = {
        "PATH": f"{temp / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(temp),
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "FLEETPLAN_TODAY": TODAY,
        **{f"GIT_{who}_{what}": "test@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    return run(judged("\n".join(texts)), folder, env)


def test_the_five_minutes_of_the_readme(tmp_path: Path) -> None:
    texts = blocks(section(README, "In CI"), "sh")
    assert len(texts) == 2
    (tmp_path / "work").mkdir()
    done = run_all(texts, tmp_path / "work", tmp_path)
    assert done.code == 0, done
    assert "UVEU101" in done.stdout
    assert "UVEU101" in (tmp_path / "work" / "my-fleet" / "change.md").read_text(encoding="utf-8")


def test_the_commands_of_the_guide(tmp_path: Path) -> None:
    texts = blocks(GUIDE, "sh")
    assert len(texts) > 5
    folder = repository(tmp_path / "repo")
    done = run_all(texts, folder, tmp_path)
    assert done.code == 0, done
    for name in ("report.xml", "report.sarif", "report.json", "change.md", "baseline.json", "plan.schema.json"):
        assert (folder / name).stat().st_size > 2


def test_the_commands_of_the_example(tmp_path: Path) -> None:
    texts = blocks((EXAMPLE / "README.md").read_text(encoding="utf-8"), "sh")
    done = run_all(texts, repository(tmp_path / "repo"), tmp_path)
    assert done.code == 0, done


def test_a_wrong_exit_code_in_the_text_would_be_noticed(tmp_path: Path) -> None:
    done = run_all(["fleetplan schema plan > nothing    # exit code 1"], tmp_path, tmp_path)
    assert done.code == 99


@pytest.mark.parametrize("text", [section(README, "In CI"), GUIDE], ids=["README", "guide"])
def test_every_format_is_named(text: str) -> None:
    assert all(f"`{name}`" in text for name in FORMATS)


def test_the_guide_names_every_input_and_output_of_the_action() -> None:
    form = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for name in (*form["inputs"], *form["outputs"]):
        assert f"`{name}`" in GUIDE


def test_the_guide_names_every_setting_and_its_variable() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| `(FLEETPLAN_[A-Z_]+)` \|", GUIDE, re.MULTILINE)
    assert dict(rows) == {name: f"FLEETPLAN_{name.replace('-', '_').upper()}" for name in (*ONE, *MANY)}
    assert all(f"`FLEETPLAN_{name.replace('-', '_').upper()}`" in GUIDE for name in OF_THE_FIRM)


def test_the_files_that_the_text_names_are_there() -> None:
    text = GUIDE + section(README, "In CI") + (EXAMPLE / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(examples/[^`]+)`", text))
    assert len(named) > 2
    assert all((ROOT / name).exists() for name in named)
    listed = re.findall(r"`([^`]+)`", "\n".join(line for line in text.splitlines() if line.startswith("| `plans")))
    assert all((EXAMPLE / name).exists() for name in listed)


def test_what_the_guide_shows_of_yaml_json_and_toml_is_well_formed() -> None:
    import json
    import tomllib

    assert all(yaml.safe_load(text) is not None or text.startswith("#") for text in blocks(GUIDE, "yaml"))
    assert all(json.loads(text) for text in blocks(GUIDE, "json"))
    assert all(tomllib.loads(text) for text in blocks(GUIDE, "toml"))
