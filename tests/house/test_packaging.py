"""The wheel holds everything that the installed product needs, and works away from the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import optimizer

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline with what is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import hatchling.build as b, sys; print(b.build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def below(folder: str) -> set[str]:
    """The files below a folder of the checkout, compiled ones apart."""
    paths = (ROOT / folder).rglob("*")
    return {path.relative_to(ROOT).as_posix() for path in paths if path.is_file() and "__pycache__" not in path.parts}


@pytest.mark.parametrize("folder", ["data", "examples", "docs/rules"])
def test_the_wheel_bundles_every_file_of(folder: str, names: set[str]) -> None:
    assert below(folder)
    assert {f"optimizer/_bundled/{name}" for name in below(folder)} == {
        n for n in names if n.startswith(f"optimizer/_bundled/{folder}/")
    }


def test_the_wheel_holds_the_whole_package_and_nothing_else(names: set[str]) -> None:
    outside = {name for name in names if not name.startswith("optimizer/") and ".dist-info/" not in name}
    assert outside == set()
    assert below("optimizer") == {name for name in names if name.startswith("optimizer/") and "/_bundled/" not in name}
    assert {"optimizer/py.typed", "optimizer/schemas/plan.schema.json", "optimizer/schemas/regime.schema.json"} <= names


def test_the_metadata_is_what_pyproject_says(wheel: Path, names: set[str]) -> None:
    info = f"fleetplan-{optimizer.__version__}.dist-info"
    assert {f"{info}/METADATA", f"{info}/entry_points.txt", f"{info}/licenses/LICENSE"} <= names
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"{info}/METADATA").decode()
        entry = archive.read(f"{info}/entry_points.txt").decode()
    assert f"Version: {optimizer.__version__}\n" in metadata
    assert "fleetplan = optimizer.cli.main:entry" in entry
    for extra in PROJECT["project"]["optional-dependencies"]:
        assert f"Provides-Extra: {extra}\n" in metadata
    assert re.search(r"^Requires-Dist: highspy.*<1\.15", metadata, re.MULTILINE)


def test_the_unpacked_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    where = "import optimizer.bundled as b; print(b.data_path('countries.csv'), b.example_path())"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert all(str(tmp_path / "site") in path for path in run("-c", where).split())
    assert '"$schema"' in run("-m", "optimizer", "schema", "plan")
    assert "factsheet-2025" in run("-m", "optimizer", "regimes")
    assert "Worked cases" in run("-m", "optimizer", "rules", "UVEU101")


def test_the_changelog_speaks_of_this_version() -> None:
    assert f"## [{optimizer.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_pin_has_a_version_and_a_hash(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==[^ ]+( ; .*)? \\\n", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_dev_pins_agree_with_run_pins_and_cover_the_project() -> None:
    def pins(name: str) -> dict[str, str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", text, flags=re.MULTILINE))

    run, dev = pins("run"), pins("dev")
    assert run.items() <= dev.items()

    def asked(groups: list[list[str]]) -> set[str]:
        return {re.split(r"[^A-Za-z0-9_.-]", text)[0].lower().replace("_", "-") for group in groups for text in group}

    project, extras = PROJECT["project"], PROJECT["project"]["optional-dependencies"]
    assert asked([project["dependencies"], extras["ui"], extras["big"]]) <= run.keys()
    assert asked([extras["dev"]]) <= dev.keys()
