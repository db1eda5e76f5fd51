"""The door in a browser: nothing but the form for a stranger, and a session's end that nobody can
overlook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.browser import WAIT_MS, browser_driver, chromium
from tests.console.mock_door import CODE, LINK, NAME, PASSPHRASE
from tests.console.mock_node import MockNode, rich

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser_driver", "chromium"]

pytestmark = pytest.mark.browser


@pytest.fixture
def node() -> Iterator[MockNode]:
    with MockNode() as running:
        rich(running)
        running.door.signed_in = False
        yield running


CHANGED = "before => document.querySelector('[data-testid=sky-time]').innerText !== before"


def a_page(browser: Browser, address: str) -> Page:
    for earlier in browser.contexts:
        earlier.close()
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(address)
    return page


def by_keyboard(page: Page) -> None:
    """Sign in without touching the mouse."""
    page.get_by_test_id("sign-in-name").wait_for()
    page.wait_for_function("() => document.activeElement?.id === 'sign-in-name'")
    page.keyboard.type(NAME)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement?.id === 'sign-in-code'")
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")


def test_a_stranger_sees_the_form_and_nothing_else(node: MockNode, chromium: Browser) -> None:
    page = a_page(chromium, node.url)
    page.get_by_test_id("sign-in-name").wait_for()
    text = page.locator("body").inner_text()
    for told in ("ALFA", "BRAVO", "Operations room", "EXERCISE", "Alerts", "Hotline"):
        assert told not in text
    assert page.get_by_test_id("chip-feed").count() == 0
    assert page.title() == "Sign in · SkyAccord"


def test_by_keyboard_in_and_out(node: MockNode, chromium: Browser) -> None:
    page = a_page(chromium, node.url)
    by_keyboard(page)
    page.get_by_test_id("chip-feed").filter(has_text="live").wait_for()
    page.get_by_test_id("account").click()
    assert "noor, duty officer" in page.get_by_test_id("account-panel").inner_text()
    page.get_by_test_id("account-sign-out").click()
    page.get_by_test_id("sign-in-name").wait_for()
    assert not node.door.signed_in
    assert "ALFA" not in page.locator("body").inner_text()


def test_a_passphrase_is_changed_at_the_page(node: MockNode, chromium: Browser) -> None:
    node.door.signed_in = True
    page = a_page(chromium, node.url)
    page.get_by_test_id("account").click()
    page.get_by_test_id("account-passphrase").click()
    form = page.get_by_test_id("passphrase-form")
    assert form.locator("input:not([type=password])").count() == 0

    def typed(present: str, new: str, again: str) -> None:
        for name, text in (("present", present), ("new", new), ("again", again)):
            page.get_by_test_id(f"passphrase-{name}").fill(text)
        page.get_by_test_id("passphrase-change").click()

    fault = page.get_by_test_id("passphrase-fault")
    typed(PASSPHRASE, "other words of mine", "other words of yours")
    assert "do not agree" in fault.inner_text()
    assert node.door.passphrase == PASSPHRASE, "nothing was sent"
    typed("not the words", "other words of mine", "other words of mine")
    fault.filter(has_text="the present passphrase is not right").wait_for()
    typed(PASSPHRASE, "other words of mine", "other words of mine")
    form.wait_for(state="detached")
    assert node.door.passphrase == "other words of mine"
    assert "The passphrase is changed" in page.locator("body").inner_text()


def test_what_is_wrong_is_said_once_and_kindly(node: MockNode, chromium: Browser) -> None:
    page = a_page(chromium, node.url)
    page.get_by_test_id("sign-in-name").fill(NAME)
    page.get_by_test_id("sign-in-passphrase").fill("not the words")
    page.get_by_test_id("sign-in-first").click()
    fault = page.get_by_test_id("sign-in-fault")
    fault.wait_for()
    assert "Name, passphrase or code is not right" in fault.inner_text()
    assert fault.get_attribute("role") == "alert"
    page.get_by_test_id("sign-in-passphrase").fill(PASSPHRASE)
    page.get_by_test_id("sign-in-first").click()
    page.get_by_test_id("sign-in-code").fill("000000")
    page.get_by_test_id("sign-in-second").click()
    fault.wait_for()
    page.get_by_test_id("sign-in-code").fill(CODE)
    page.get_by_test_id("sign-in-second").click()
    page.get_by_test_id("chip-feed").wait_for()


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("en", "ltr", "First sign-in"),
        ("ru", "ltr", "Первый вход"),
        ("ar", "rtl", "الدخول الأول"),
    ],
)
def test_the_first_time_an_app_is_set_up(
    node: MockNode, chromium: Browser, language: str, direction: str, words: str
) -> None:
    node.door.first_time = True
    page = a_page(chromium, f"{node.url}?lang={language}")
    page.get_by_test_id("sign-in-name").fill(NAME)
    page.get_by_test_id("sign-in-passphrase").fill(PASSPHRASE)
    page.get_by_test_id("sign-in-first").click()
    page.get_by_test_id("sign-in-qr").wait_for()
    assert page.locator("html").get_attribute("dir") == direction
    text = page.get_by_test_id("sign-in").inner_text()
    assert words in text
    assert "GEZD GNBV GY3T QOJQ" in text
    assert page.get_by_test_id("sign-in-qr").evaluate("image => image.naturalWidth") > 50
    box = page.get_by_test_id("sign-in").bounding_box()
    button = page.get_by_test_id("sign-in-second").bounding_box()
    assert box
    assert button
    middle = button["x"] + button["width"] / 2
    assert (middle > box["x"] + box["width"] / 2) == (direction == "rtl")
    page.get_by_test_id("sign-in-code").fill(CODE)
    page.get_by_test_id("sign-in-second").click()
    page.get_by_test_id("recovery-codes").wait_for()
    assert page.get_by_test_id("recovery-codes").locator("li").count() == 10
    page.get_by_test_id("sign-in-written").click()
    page.get_by_test_id("chip-feed").wait_for()


def test_a_link_opens_once_and_leaves_no_trace(node: MockNode, chromium: Browser) -> None:
    page = a_page(chromium, f"{node.url}#link={LINK}")
    page.get_by_test_id("chip-feed").wait_for()
    assert LINK not in page.url
    assert page.evaluate("history.length") <= 2
    node.door.signed_in = False
    again = a_page(chromium, f"{node.url}#link={LINK}")
    again.get_by_test_id("link-gone").wait_for()
    assert again.get_by_test_id("chip-feed").count() == 0
    assert LINK not in again.url


def test_the_picture_goes_on_while_somebody_signs_in_again(node: MockNode, chromium: Browser) -> None:
    node.door.signed_in = True
    node.door.lasts = timedelta(minutes=10)
    page = a_page(chromium, node.url)
    page.get_by_test_id("session-renew").click()
    page.get_by_test_id("sign-in").wait_for()
    page.evaluate(
        """() => {
          window.seen = new Set();
          const look = () => {
            const banners = document.querySelectorAll('[data-testid^=banner-]');
            for (const one of banners) window.seen.add(one.dataset.testid);
          };
          new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
        }"""
    )
    before = page.get_by_test_id("sky-time").inner_text()
    page.wait_for_function(CHANGED, arg=before)
    by_keyboard(page)
    page.get_by_test_id("notice").filter(has_text="Signed in again").wait_for()
    page.get_by_test_id("sign-in").wait_for(state="detached")
    page.get_by_test_id("banner-session-ends").wait_for(state="detached")
    after = page.get_by_test_id("sky-time").inner_text()
    page.wait_for_function(CHANGED, arg=after)
    assert not page.evaluate("[...window.seen]").count("banner-disconnected")
    assert not page.evaluate("[...window.seen]").count("banner-expired")


def test_a_session_that_has_ended_never_looks_calm(node: MockNode, chromium: Browser) -> None:
    node.door.signed_in = True
    node.rows["alert"].clear()
    page = a_page(chromium, node.url)
    page.get_by_test_id("chip-feed").filter(has_text="live").wait_for()
    node.door.signed_in = False
    banner = page.get_by_test_id("banner-expired")
    banner.wait_for()
    assert "SESSION ENDED" in banner.inner_text()
    assert "blind" in str(banner.get_attribute("class")).split()
    assert page.locator(".page.blind").count() == 1
    assert page.get_by_test_id("chip-feed").filter(has_text=re.compile("live")).count() == 0
    assert page.title().startswith("SESSION ENDED")
    page.get_by_test_id("sign-in-ended").filter(has_text="SESSION ENDED").wait_for()
    assert page.get_by_test_id("sign-in-later").count() == 0, "it cannot be put off"
    by_keyboard(page)
    banner.wait_for(state="detached")
    page.get_by_test_id("chip-feed").filter(has_text="live").wait_for()
    assert page.get_by_test_id("sign-in").count() == 0


def test_a_key_that_is_typed_into_the_form_acknowledges_nothing(node: MockNode, chromium: Browser) -> None:
    node.door.signed_in = True
    node.door.lasts = timedelta(minutes=10)
    node.me = {"enrolled": True, "role": "duty-officer", "party": "A", "name": "Officer A"}
    page = a_page(chromium, node.url)
    page.get_by_test_id("session-renew").click()
    page.get_by_test_id("sign-in-first").focus()
    page.keyboard.press("a")
    page.get_by_test_id("sign-in-name").focus()
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert node.acts == []
