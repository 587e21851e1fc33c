"""The server's settings and its one route of our own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.requests import Request
from streamlit import config

from optimizer.ui import server
from optimizer.ui.desk import ICON
from optimizer.ui.world_file import world_url


@pytest.mark.parametrize("base_path, address", [("", "/"), ("plans", "/plans/"), ("/plans/desk/", "/plans/desk/")])
def test_the_map_is_served_once_for_good(base_path: str, address: str) -> None:
    (route,) = server.routes(base_path)
    assert address + world_url().split("?")[0] == route.path
    answer = asyncio.run(route.endpoint(Request({"type": "http", "method": "GET", "headers": [], "path": route.path})))
    assert answer.media_type == "application/json"
    assert "immutable" in answer.headers["cache-control"]
    assert json.loads(answer.body)["type"] == "Topology"


def test_every_setting_is_one_that_streamlit_knows() -> None:
    assert server.settings().keys() <= config._config_options_template.keys()
    assert server.settings()["browser.gatherUsageStats"] is False


def test_the_icon_is_a_local_picture() -> None:
    assert ICON.read_bytes().startswith(b"\x89PNG")


def test_serve_listens_on_this_machine_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    started: dict[str, Any] = {}

    class Recorded:
        def __init__(self, script: object, routes: object) -> None:
            started.update(script=script, routes=routes)

        def run(self, config: dict[str, object]) -> None:
            started.update(config)

    monkeypatch.setattr(server.st, "App", Recorded)
    server.serve()
    assert (started["server.address"], started["server.port"], started["server.headless"]) == ("localhost", 8501, False)
    assert started["browser.serverAddress"] == "localhost"  # else the server asks the internet for its own address
    assert started["script"] == server.ENTRY
    assert "localhost" in started.pop("server.allowedHosts")  # no other name leads here
    server.serve("0.0.0.0", 9000, "plans", open_browser=False)
    assert (started["server.address"], started["browser.serverAddress"]) == ("0.0.0.0", "localhost")
    assert started["server.baseUrlPath"] == "plans"
    assert "server.allowedHosts" not in started
    json.dumps({key: value for key, value in started.items() if "." in key})


def test_what_a_person_set_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: dict[str, object] = {}
    monkeypatch.setattr(server.config, "is_manually_set", lambda name: name == "client.toolbarMode")
    monkeypatch.setattr(server.config, "set_option", lambda name, value: chosen.update({name: value}))
    server.apply_settings()
    assert "client.toolbarMode" not in chosen
    assert chosen["browser.gatherUsageStats"] is False
