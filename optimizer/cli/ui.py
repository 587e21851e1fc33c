"""Open the planner's page in the browser. It works with no connection to the internet, and stops with Ctrl-C.

The page lists the scenarios of FOLDER and the bundled examples.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ..errors import FleetplanError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
NEEDED = ("streamlit", "altair", "starlette")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan ui`."""
    parser.add_argument(
        "--folder", type=Path, default=Path(), metavar="DIR", help="where your scenarios are (default: here)"
    )
    parser.add_argument("--port", type=_port, default=8501, help="port to listen on (default: 8501)")
    parser.add_argument(
        "--host",
        default="localhost",
        help="address to listen on (default: localhost). The page has no login: any other address lets everybody in "
        "who can reach it",
    )
    parser.add_argument("--base-path", default="", metavar="PATH", help="path below which a proxy shows the page")
    parser.add_argument("--no-browser", action="store_true", help="print the address and open nothing")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError("a whole number from 1 to 65535 is needed")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """0 once the page was stopped. Raises FleetplanError when it cannot be started."""
    folder = args.folder.resolve()
    if not folder.is_dir():
        raise FleetplanError(f"{args.folder} is not a folder. Name one that holds scenarios, or leave --folder out.")
    try:
        from ..ui import server
        from ..ui.library import FOLDER_VARIABLE
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in NEEDED:
            raise
        message = f"the page needs the package {error.name}, which is not installed. Try: pip install 'fleetplan[ui]'"
        raise FleetplanError(message) from None
    if args.host not in LOOPBACK:
        print(f"fleetplan: no login protects the page, and {args.host} may be reached by others.", file=sys.stderr)
    os.environ[FOLDER_VARIABLE] = str(folder)
    try:
        server.serve(args.host, args.port, args.base_path, open_browser=not args.no_browser)
    except KeyboardInterrupt:  # the way to stop it
        return 0
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise FleetplanError(
                f"the page could not be started. If the port is taken: --port {args.port + 1}"
            ) from None
    return 0
