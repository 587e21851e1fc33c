"""The web server of the planner's page: Streamlit with one route more, and settings that keep it off the internet.

There are three ways in, with the same page and the same settings behind them: `fleetplan ui`, `python app.py`, and
`streamlit run app.py`. The last one takes the address, the port and the base path from Streamlit's own flags.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config

from . import theme
from .world_file import ROUTE, world_file, world_version

ENTRY: Final = Path(__file__).with_name("entry.py")
"""The script that a session runs when the server is started by `serve`."""

OFFLINE: Final[Mapping[str, object]] = {
    "browser.gatherUsageStats": False,
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 20,
    "server.showEmailPrompt": False,
}
"""No request leaves the host: no statistics, no links to search engines, and nothing to deploy to."""


LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
"""The names of this machine for itself."""


def routes(base_path: str) -> list[Route]:
    """What the server answers beside Streamlit's own pages, below `base_path` (empty: at the top)."""

    async def world(request: Request) -> Response:
        headers = {"ETag": f'"{world_version()}"', "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(world_file(), media_type="application/json", headers=headers)

    base = base_path.strip("/")
    return [Route(f"/{base}{ROUTE}" if base else ROUTE, world)]


def apply_settings() -> None:
    """Streamlit has our settings, except where the person who started it gave one in a flag or a file."""
    for name, value in settings().items():
        if not config.is_manually_set(name):
            config.set_option(name, value)


def settings() -> dict[str, object]:
    """Every setting of Streamlit that we choose, address and port apart."""
    return {**OFFLINE, **theme.streamlit_options()}


def serve(address: str = "localhost", port: int = 8501, base_path: str = "", open_browser: bool = True) -> None:
    """Serve the page until stopped; a port in use is an error.

    `address` is what the server listens on. Anything but this machine lets everybody on the network in, for there is
    no login. `base_path` is the folder of the address under which a proxy shows the page; without one, a server that
    listens on this machine alone answers to no other name, so that a page elsewhere cannot reach it through a name
    that it points here.
    """
    chosen = {
        **settings(),
        "server.address": address,
        "server.port": port,
        "server.baseUrlPath": base_path,
        "server.headless": not open_browser,
        "browser.serverAddress": "localhost" if address in ("", "0.0.0.0", "::") else address,
    }
    if address in LOOPBACK and not base_path:
        chosen["server.allowedHosts"] = list(LOOPBACK)
    st.App(ENTRY, routes=routes(base_path)).run(config=chosen)
