"""Rows and chips in a browser: nothing that must be pressed is cut off, nothing refused looks well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import browser_driver, chromium
from tests.console import scene
from tests.console.mock_node import MockNode, rich
from tests.console.page import node, open_page, seen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser_driver", "chromium", "node"]

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_the_button_that_answers_is_never_cut_off(chromium: Browser, node: MockNode, language: str) -> None:
    """At 1280 px, where the alerts have half the width."""
    rich(node)
    page, _ = open_page(chromium, node, f"?lang={language}")
    button = seen(page, "alert-ack").bounding_box()
    rows = page.get_by_role("listbox").bounding_box()
    assert button is not None
    assert rows is not None
    assert button["x"] >= rows["x"]
    assert button["x"] + button["width"] <= rows["x"] + rows["width"]


def test_refused_witnessed_and_a_clock_that_is_off(chromium: Browser, node: MockNode) -> None:
    node.script.clock_warning = "its clock is 61 s ahead of ours"
    node.script.witnesses = [
        {"name": "harbour.example/w1", "cosigned": 41, "at": None, "reason": None},
        {"name": "hill.example/w2", "cosigned": 3, "at": None, "reason": "cannot be reached"},
    ]
    node.put(
        "message", scene.message("A", 20, "EXERCISE one", held_by=["B"], refused_by={"B": "not enrolled"})
    )
    page, _ = open_page(chromium, node)
    said = seen(page, "message-row", "EXERCISE one").inner_text()
    assert "refused by B: not enrolled" in said
    assert "held by" not in said, "a refused message never looks held"
    assert "61" in seen(page, "chip-clock").inner_text()
    assert "41" in seen(page, "chip-witness", "harbour").inner_text()
    assert "bad" in str(seen(page, "chip-witness", "hill").get_attribute("class"))
