"""The report in a real browser: opens from disk without a request, prints, and is walked by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from skyaccord.report import write_report
from tests.browser import Watched, browser_driver, chromium  # noqa: F401 - fixtures
from tests.report.pages import CLOCK, crossing, found
from tests.report.test_page import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
PAGES = re.compile(rb"/Type\s*/Page\b")


def test_a_report_in_a_browser(chromium: Browser, tmp_path: Path) -> None:  # noqa: F811
    import polars as pl

    path = tmp_path / "report.html"
    write_report(found(crossing(3, callsign=pl.lit(HOSTILE))), path, clock=CLOCK)
    page = chromium.new_page()
    watched = Watched(page, path.as_uri())
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(path.as_uri())
    assert watched.urls == [path.as_uri()]
    assert watched.complaints == []
    assert dialogs == []
    assert page.locator("section.encounter").count() == 3
    assert page.get_by_role("img", name="Plan view").count() == 3
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the encounters"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.url.endswith("#encounters")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.emulate_media(media="print")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    # summary, map, table, a page an encounter, method with provenance
    assert 7 <= len(PAGES.findall(printed)) <= 8
    page.close()
