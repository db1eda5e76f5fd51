"""The console's page, opened against a node with a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

import skyaccord.hotline.acts
import skyaccord.incidents.acts  # noqa: F401
from tests.browser import WAIT_MS, Watched
from tests.console import scene
from tests.console.mock_node import MockNode

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ENROLLED = {"enrolled": True, "role": "duty-officer", "party": "A", "name": "Officer A"}


@pytest.fixture
def node() -> Iterator[MockNode]:
    with MockNode() as running:
        running.me = dict(ENROLLED)
        yield running


def open_page(browser: Browser, node: MockNode, query: str = "", **context: Any) -> tuple[Page, Watched]:
    for earlier in browser.contexts:
        earlier.close()
    page = browser.new_context(viewport={"width": 1280, "height": 800}, **context).new_page()
    page.set_default_timeout(WAIT_MS)
    watched = Watched(page, node.url)
    page.goto(node.url + query)
    page.get_by_test_id("chip-feed").wait_for()
    return page, watched


def seen(page: Page, hook: str, text: str = "") -> Locator:
    """The element with this test id (and text), once it can be seen."""
    found = page.get_by_test_id(hook).filter(has_text=re.compile(text)).first
    found.wait_for()
    return found


def gone(page: Page, hook: str) -> None:
    page.get_by_test_id(hook).wait_for(state="detached")


def head_on(node: MockNode, **more: Any) -> dict[str, Any]:
    by = {one.icao24: one for one in node.fleet}
    return scene.alert("event-1", (by["a00001"], by["b00001"]), sky_time=node.sky_time, **more)
