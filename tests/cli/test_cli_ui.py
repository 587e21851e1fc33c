"""`fleetplan ui`: what it refuses, and what it hands to the server. The page itself is tested in a browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from optimizer.cli.main import main
from optimizer.ui import server
from optimizer.ui.library import FOLDER_VARIABLE


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, "")
    monkeypatch.setattr(server, "serve", lambda *args, **options: pytest.fail("the server was started"))


def test_the_server_gets_the_address_and_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    monkeypatch.setattr(server, "serve", lambda *args, **options: calls.append((args, options)))
    assert main(["ui", "--folder", str(tmp_path), "--port", "8600", "--no-browser", "--base-path", "plans"]) == 0
    assert calls == [(("localhost", 8600, "plans"), {"open_browser": False})]
    assert Path(os.environ[FOLDER_VARIABLE]) == tmp_path.resolve()


def test_an_open_address_is_warned_of(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "serve", lambda *args, **options: None)
    assert main(["ui", "--host", "0.0.0.0"]) == 0
    assert "no login protects the page" in capsys.readouterr().err
    assert main(["ui"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 0), (SystemExit(0), 0), (SystemExit(1), 2)], ids=repr)
def test_the_way_it_ends_is_the_code(stop: BaseException, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(*args: object, **options: object) -> None:
        raise stop

    monkeypatch.setattr(server, "serve", serve)
    assert main(["ui"]) == code


@pytest.mark.parametrize(
    "arguments", [["--port", "0"], ["--port", "x"], ["--port", "٨"], ["--folder", "no-such-folder"]]
)
def test_what_cannot_be_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ui", *arguments]) == 2
    assert capsys.readouterr().err


def test_without_streamlit_the_extra_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("optimizer.ui.server")
    monkeypatch.setitem(sys.modules, "streamlit", None)
    monkeypatch.delitem(sys.modules, "optimizer.ui.server")
    assert main(["ui"]) == 2
    assert "pip install 'fleetplan[ui]'" in capsys.readouterr().err
