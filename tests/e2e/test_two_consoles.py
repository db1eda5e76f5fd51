"""Two nodes, two browsers: one alert on both pages; one officer's acknowledgement crosses over.

The officer's key is made in the browser of B and never leaves it; B's administrator enrols it. EXERCISE.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import WAIT_MS, Watched, browser_driver, chromium
from tests.node.scene import ROLE, Party, must, two_parties, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser_driver", "chromium"]

pytestmark = pytest.mark.browser

SPEED = 8.0


def open_console(browser: Browser, party: Party) -> tuple[Page, Watched]:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(WAIT_MS)
    address = f"http://127.0.0.1:{party.console_port}/"
    watched = Watched(page, address)
    page.goto(party.link())
    page.get_by_test_id("chip-link").filter(has_text="up").wait_for()
    return page, watched


def enrol_in_browser(page: Page, party: Party, name: str) -> str:
    """Ask at the console, enrol at the node as its administrator does; the public key."""
    page.get_by_test_id("enrol-name").fill(name)
    page.get_by_test_id("enrol-role").select_option(ROLE)
    page.get_by_test_id("enrol-send").click()
    page.get_by_test_id("enrol-command").wait_for()
    (asked,) = party.get("status")["enrolments_waiting"]
    command = page.get_by_test_id("enrol-command").inner_text()
    assert asked["public_key"] in command
    listed = must("node", "enrol", party.folder, "--waiting")
    assert asked["public_key"] in listed
    must(
        "node", "enrol", party.folder, asked["public_key"], "--role", asked["role"],
        "--passphrase-file", party.passphrase,
    )  # fmt: skip
    page.get_by_test_id("chip-person").filter(has_text=name).wait_for()
    return str(asked["public_key"])


def test_an_alert_on_both_pages_and_the_acknowledgement_of_one_on_the_other(
    tmp_path: Path, chromium: Browser
) -> None:
    with two_parties(tmp_path) as (a, b):
        for party in (a, b):
            party.serve()
        for party in (a, b):
            wait_for(f"link up at {party.id}", lambda p=party: p.peer_link()["link"] == "up")
        page_a, watched_a = open_console(chromium, a)
        page_b, watched_b = open_console(chromium, b)
        public = enrol_in_browser(page_b, b, "Browser officer of B")

        for party in (a, b):
            party.feed(speed=SPEED)
        for page in (page_a, page_b):
            page.get_by_test_id("banner-exercise").wait_for()
            row = page.get_by_test_id("alert-row").filter(has_text="ALFA01").filter(has_text="BRAVO1")
            row.wait_for()
            assert "flashing" in str(row.get_attribute("class")).split()

        page_b.get_by_test_id("alert-ack").first.click()
        for page in (page_b, page_a):
            page.get_by_test_id("alert-acknowledged-by").filter(has_text="B").filter(has_text=ROLE).wait_for()
        page_b.locator("[data-testid=alert-row]:not(.flashing)").wait_for()
        assert "flashing" in str(page_a.get_by_test_id("alert-row").get_attribute("class")).split()

        row_a = a.alert()
        assert row_a is not None
        (acknowledgement,) = row_a["acknowledgements"]
        assert (acknowledgement["party"], acknowledgement["name"]) == ("B", "Browser officer of B")
        assert acknowledgement["automatic"] is False
        persons = [one["public_key"] for one in a.get("status")["persons"] if one["party"] == "B"]
        assert public in persons  # A holds the enrolment against which it checked the signature

        page_b.get_by_test_id("message-text").fill("BRAVO1 climbs to FL280.")
        page_b.get_by_test_id("message-send").click()
        page_a.get_by_test_id("message-row").filter(has_text="BRAVO1 climbs to FL280.").wait_for()
        page_b.get_by_test_id("message-row").filter(has_text="held by A").wait_for()

        page_b.get_by_test_id("message-correct").click()
        page_b.get_by_test_id("message-replying").filter(has_text="B:").wait_for()
        assert page_b.get_by_test_id("message-text").input_value() == "BRAVO1 climbs to FL280."
        page_b.get_by_test_id("message-text").fill("BRAVO1 climbs to FL290.")
        page_b.get_by_test_id("message-send").click()
        page_a.get_by_test_id("message-row").filter(has_text="BRAVO1 climbs to FL290.").wait_for()
        assert page_b.get_by_test_id("message-replying").count() == 0
        page_a.get_by_test_id("message-row").filter(has_text="CORRECTED").filter(has_text="FL280").wait_for()
        wait_for("the first message is corrected", lambda: b.get("messages")[0]["corrected_by"])

        a.proxy.cut()
        b.proxy.cut()
        for page, other in ((page_a, "B"), (page_b, "A")):
            page.get_by_test_id("banner-link-down").filter(has_text=f"LINK DOWN: {other}").wait_for()
        b.kill()
        page_b.get_by_test_id("banner-disconnected").wait_for()

        for watched in (watched_a, watched_b):
            assert watched.foreign == []
        assert watched_a.complaints == []
