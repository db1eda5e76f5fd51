"""Chromium for tests: found, started as a machine without a screen needs it, and no skip is silent.

Use as `from tests.browser import browser_driver, chromium` (fixtures) with the marker `browser`. Without
Chromium a test is skipped and says so; where `CI=true` it fails: a proof that nobody ran proves nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import pytest

from skyaccord.node.http.pages import CONSOLE_BUILD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
WITHOUT_WEBGL = ("--disable-gpu", "--disable-3d-apis")
"""The console without its map: everything but the map, at a fraction of the work."""
WITH_WEBGL = (
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
"""WebGL drawn by the processor: slow, and the same everywhere."""

WAIT_MS = 90_000
"""How long anything may take on a busy machine before a test gives up."""


def find_chromium() -> str:
    """Path of Chromium; skips the test loudly without it, fails it where CI=true."""
    found = next((path for name in CANDIDATES if (path := shutil.which(name))), None)
    if found is None:
        _not_tested("Chromium is missing (Debian: apt-get install chromium)")
    if not (CONSOLE_BUILD / "index.html").is_file():
        _not_tested("the console is not built (make setup)")
    return found


def _not_tested(why: str) -> NoReturn:
    """Skip loudly; where CI=true, fail."""
    message = f"{why}: the console is NOT tested in a browser"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def browser_driver() -> Iterator[Playwright]:
    """Playwright; one at a time in a process, so the browsers of a module share it."""
    find_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


def _launch(driver: Playwright, *extra: str) -> Iterator[Browser]:
    browser = driver.chromium.launch(
        executable_path=find_chromium(), args=[*ARGUMENTS, *extra], timeout=WAIT_MS
    )
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture(scope="module")
def chromium(browser_driver: Playwright) -> Iterator[Browser]:
    """Chromium without WebGL: for everything but the map."""
    yield from _launch(browser_driver, *WITHOUT_WEBGL)


@pytest.fixture(scope="module")
def chromium_with_webgl(browser_driver: Playwright) -> Iterator[Browser]:
    """Chromium with WebGL in software: for the map."""
    yield from _launch(browser_driver, *WITH_WEBGL)


class Watched:
    """What a page asked for and complained of. `foreign`: requests to any other host than the page's own."""

    def __init__(self, page: Page, own: str) -> None:
        self._own = urlsplit(own).netloc
        self.urls: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.urls.append(request.url))
        page.on("websocket", lambda socket: self.urls.append(socket.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)

    def _console(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind == "error":
            self.complaints.append(text)

    @property
    def foreign(self) -> list[str]:
        """Requests that left the node's own address."""
        outside = (url for url in self.urls if urlsplit(url).scheme not in ("blob", "data"))
        return [url for url in outside if urlsplit(url).netloc != self._own]
