"""A server of the page in a process of its own, and a browser that lets nothing through to other hosts unseen."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Desk:
    """A running server."""

    address: str
    folder: Path
    home: Path
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def desk(folder: Path, home: Path, command: list[str], base_path: str = "") -> Iterator[Desk]:
    """The server that `command` starts, with PORT in it replaced; it is stopped at the end."""
    port = free_port()
    log = home.with_name(f"{home.name}-{port}.log")
    environment = os.environ | {
        "FLEETPLAN_HOME": str(home),
        "FLEETPLAN_FOLDER": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [part.replace("PORT", str(port)) for part in command], cwd=folder, env=environment, stdout=out, stderr=out
        )
    address = f"http://localhost:{port}/{base_path}".rstrip("/")
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                time.sleep(0.1)
        yield Desk(address, folder, home, log, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


def by_command(*more: str) -> list[str]:
    return [sys.executable, "-m", "optimizer", "ui", "--no-browser", "--folder", ".", "--port", "PORT", *more]


def by_streamlit() -> list[str]:
    flags = ["--server.port", "PORT", "--server.address", "localhost", "--server.headless", "true"]
    return [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *flags]


@contextmanager
def visit(browser: Browser, desk: Desk, path: str = "", **options: object) -> Iterator[Page]:
    """The page at `path`; at the end no request has gone to another host and no script has failed."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 950}, **options})  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(20_000)
    elsewhere: list[str] = []
    failures: list[str] = []
    here = urlsplit(desk.address).netloc
    page.on(
        "request",
        lambda request: (
            elsewhere.append(request.url)
            if urlsplit(request.url).scheme in ("http", "https", "ws", "wss") and urlsplit(request.url).netloc != here
            else None
        ),
    )
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(f"{desk.address}/{path}")
    try:
        yield page
        assert page.locator("[data-testid=stException]").count() == 0, page.inner_text("body")
    finally:
        context.close()
    assert elsewhere == []
    assert failures == []


def shapes(page: Page, key: str) -> Locator:
    """The shapes that a map has drawn."""
    return page.locator(f".st-key-{key} svg.marks path")


def wait_for_map(page: Page, key: str = "map-card") -> None:
    """Return once the map shows the world."""
    expect(shapes(page, key).nth(150)).to_be_attached(timeout=30_000)


_POINT_INSIDE = """
([group, fills]) => {
  const found = [...document.querySelectorAll(`.st-key-map-card svg.marks .${group} path`)]
    .filter(node => !fills.length || fills.includes((node.getAttribute('fill') || '').toUpperCase()))
    .map(node => [node, node.getBoundingClientRect()])
    .sort((a, b) => b[1].width * b[1].height - a[1].width * a[1].height);
  for (const [node, box] of found)
    for (let row = 1; row < 20; row++)
      for (let column = 1; column < 20; column++) {
        const x = box.x + box.width * column / 20, y = box.y + box.height * row / 20;
        if (document.elementFromPoint(x, y) === node) return [x, y];
      }
  return null;
}
"""


def point_on_map(page: Page, group: str, fills: list[str]) -> tuple[float, float]:
    """A place to click inside the largest shape ("mark-shape") or circle ("mark-symbol") filled with one of `fills`."""
    page.locator(".st-key-map-card").scroll_into_view_if_needed()
    x, y = page.evaluate(_POINT_INSIDE, [group, fills])
    return float(x), float(y)


def title(page: Page) -> str:
    return page.locator(".fp-title").inner_text()


def copy_example(name: str, folder: Path, *, plan: bool = False, **replace: str) -> Path:
    """An example scenario in `folder`, with its shipped plan when asked, and words replaced."""
    text = (ROOT / "examples" / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in replace.items():
        assert old in text
        text = text.replace(old, new)
    target = folder / f"{name}.yaml"
    target.write_text(text, encoding="utf-8")
    if plan:
        shutil.copy(ROOT / "examples" / f"{name}.plan.yaml", folder)
    return target
