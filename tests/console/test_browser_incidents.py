"""What is missed of incidents, on the page: a line and a sound until it comes; and a row that opens one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import skyaccord.incidents.statements  # noqa: F401
from skyaccord.base.times import format_utc
from skyaccord.record.statement import read_statement
from tests.browser import browser_driver, chromium
from tests.console import scene
from tests.console.mock_node import MockNode
from tests.console.page import gone, node, open_page, seen
from tests.node.scene import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser_driver", "chromium", "node"]

pytestmark = pytest.mark.browser

COUNT_TONES = """() => {
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at); };
}"""


def late(node: MockNode, party: str, *, met: bool = False) -> dict[str, Any]:
    """An incident whose account is due of a party since a minute."""
    by = {one.icao24: one for one in node.fleet}
    now = datetime.now(UTC)
    due = {
        "what": "account",
        "party": party,
        "at": format_utc(now - timedelta(minutes=1)),
        "met_at": format_utc(now) if met else None,
        "state": "waiting",  # the page does not wait for the node to say that time has passed
    }
    return {**scene.incident("incident-1", (by["a00001"], by["b00001"])), "dues": [due]}


def _rings(page: Page, more_than: int) -> None:
    wait_for("more tones", lambda: page.evaluate("() => window.tones") > more_than)


def test_what_our_side_owes_sounds_until_it_is_given_and_what_theirs_owes_stands_there(
    chromium: Browser, node: MockNode
) -> None:
    page, _ = open_page(chromium, node)
    page.evaluate(COUNT_TONES)
    page.keyboard.press("s")
    _rings(page, 0)  # one tone: the person hears that it works
    node.put("incident", late(node, "B"))
    theirs = seen(page, "incident-alarm", "OUT OF TIME")
    assert "The other side owes it" in theirs.inner_text()
    before = page.evaluate("() => window.tones")
    node.put("incident", late(node, "A"))
    ours = seen(page, "incident-alarm", "Our side owes it")
    box = ours.bounding_box()
    assert box is not None
    assert box["width"] > 1200
    _rings(page, before + 2)  # it rings, and again
    node.put("incident", late(node, "A", met=True))
    gone(page, "incident-alarm")
    assert before == 1  # what the other side owes makes no sound here


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "СРОК ПРОШЁЛ"), ("ar", "انقضت المهلة"), ("en", "OUT OF TIME")]
)
def test_it_says_so_in_every_language(chromium: Browser, node: MockNode, language: str, words: str) -> None:
    page, _ = open_page(chromium, node, f"?lang={language}")
    node.put("incident", late(node, "A"))
    seen(page, "incident-alarm", words)


def test_a_flight_that_nobody_was_told_of_is_reported_on_the_page(chromium: Browser, node: MockNode) -> None:
    page, _ = open_page(chromium, node)
    page.get_by_test_id("tab-incidents").click()
    page.get_by_test_id("incident-open-one").click()
    form = page.get_by_test_id("incident-report-form")
    form.get_by_test_id("incident-report-kind").select_option("uncoordinated-flight")
    form.get_by_test_id("incident-report-note").fill("No word of it.")
    sign = form.get_by_test_id("incident-report-sign")
    for aircraft, ready in (("", False), ("BRAVO1", False), ("b00001 a00001", False), ("B00001", True)):
        form.get_by_test_id("incident-report-aircraft").fill(aircraft)
        assert sign.is_enabled() is ready, aircraft
    sign.click()
    form.wait_for(state="detached")
    (said,) = (read_statement(one) for one in node.acts)
    assert (said.reason, said.aircraft, said.note) == ("uncoordinated-flight", ["b00001"], "No word of it.")
    assert said.accord == scene.DIGEST
    assert said.exercise
