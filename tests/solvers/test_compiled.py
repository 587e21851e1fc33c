"""Compiled code is kept where only its user can write, and nobody needs such a folder."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numba
import pytest
from numba.core import caching

from optimizer.solvers.compiled import compiled, private_folder


def plus_one(number: int) -> int:
    return number + 1


@pytest.fixture
def no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Neither the source's folder nor the user's can be written; the folder for temporary files is returned."""
    able = caching._CacheLocator.ensure_cache_path

    def unable(self: caching._CacheLocator) -> None:
        if not self.get_cache_path().startswith(str(tmp_path)):
            raise OSError("read-only")
        able(self)

    monkeypatch.setattr(caching._CacheLocator, "ensure_cache_path", unable)
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_numba_itself_would_give_up_there(no_folder: Path) -> None:
    with pytest.raises(RuntimeError, match="no locator available"):
        numba.njit(cache=True)(plus_one)


def test_what_is_compiled_is_kept_among_temporary_files(no_folder: Path) -> None:
    assert compiled(plus_one)(1) == 2
    (folder,) = no_folder.iterdir()
    assert folder.name.startswith("fleetplan-")
    assert any(path.name.startswith("test_compiled.plus_one") for path in folder.rglob("*.nbc"))


def test_without_any_folder_it_is_compiled_all_the_same(no_folder: Path) -> None:
    no_folder.joinpath(private_name()).write_text("in the way", encoding="utf-8")
    assert compiled(plus_one)(1) == 2
    assert [path.name for path in no_folder.rglob("*")] == [private_name()]


def private_name() -> str:
    return f"fleetplan-{os.getuid() if hasattr(os, 'getuid') else 'compiled'}"


def test_the_folder_is_the_users_alone_and_found_again(tmp_path: Path) -> None:
    folder = private_folder(tmp_path)
    assert folder == tmp_path / private_name()
    if sys.platform != "win32":
        assert folder.stat().st_mode & 0o777 == 0o700
    assert private_folder(tmp_path) == folder


@pytest.mark.skipif(sys.platform == "win32", reason="the temporary files of Windows are a user's own")
def test_a_folder_that_others_can_write_is_none(tmp_path: Path) -> None:
    folder = tmp_path / private_name()
    folder.mkdir()
    folder.chmod(0o770)
    assert private_folder(tmp_path) is None
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert private_folder(tmp_path) is None


def test_a_place_that_is_not_there_has_no_folder(tmp_path: Path) -> None:
    assert private_folder(tmp_path / "missing") is None
