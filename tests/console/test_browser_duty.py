"""The leaf of duty and circuit: shifts, drills, voice and radio, entered and signed in the browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import skyaccord.hotline.acts
import skyaccord.incidents.acts  # noqa: F401
from skyaccord.record.statement import read_statement
from tests.browser import browser_driver, chromium
from tests.console import mock_hotline, scene
from tests.console.mock_node import MockNode
from tests.console.page import node, open_page, seen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser_driver", "chromium", "node"]

pytestmark = pytest.mark.browser

AMAL = {
    "party": "A",
    "role": "duty-officer",
    "name": "Amal",
    "public_key": "A" * 43 + "=",
    "automatic": False,
}


def minutes(text: str) -> datetime:
    return datetime.fromisoformat(text)


def leaf(chromium: Browser, node: MockNode, query: str = "", **state: Any) -> Page:
    """The page at its leaf of duty, with the hotline in this state."""
    node.script.persons = [AMAL]
    node.put_hotline({**mock_hotline.quiet(), **state})
    page, _ = open_page(chromium, node, query)
    page.get_by_test_id("hotline-tab-duty").click()
    seen(page, "hotline-roster")
    return page


def signed(page: Page, node: MockNode, form: str, count: int = 1) -> Any:
    """Sign the form; the statement that the node got."""
    page.get_by_test_id(f"{form}-sign").click()
    page.get_by_test_id(f"{form}-form").wait_for(state="detached")
    assert len(node.acts) == count
    return read_statement(node.acts[-1])


def test_a_shift_is_planned_from_the_keyboard_alone(chromium: Browser, node: MockNode) -> None:
    page = leaf(chromium, node)
    opener = page.get_by_test_id("duty-plan")
    opener.focus()
    page.keyboard.press("Enter")
    start = minutes(page.get_by_test_id("duty-plan-from").input_value())
    assert minutes(page.get_by_test_id("duty-plan-until").input_value()) - start == timedelta(hours=12)
    page.get_by_test_id("duty-plan-who").select_option(label="Amal")
    page.get_by_test_id("duty-plan-until").fill("2026-11-22T18:00")
    assert page.get_by_test_id("duty-plan-sign").is_disabled(), "a time without a zone"
    until = start + timedelta(hours=6)
    page.get_by_test_id("duty-plan-until").fill(until.strftime("%Y-%m-%dT%H:%MZ"))
    page.get_by_test_id("duty-plan-note").fill("الوردية الأولى")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_test_id("duty-plan-form").wait_for(state="detached")
    said: Any = read_statement(node.acts[0])
    assert (said.act, said.step, said.shift) == ("duty", "plan", None)
    assert (said.duty_role, said.holder, said.note) == ("duty-officer", AMAL["public_key"], "الوردية الأولى")
    assert (said.start, said.end) == (start, until)


def test_a_drill_is_started_with_the_accords_phrases_said_and_closed(
    chromium: Browser, node: MockNode
) -> None:
    terms = {"phrases": ["GOODWILL", "POSITION"], "answer_within_s": 60.0}
    node.script.exercise = False
    page = leaf(chromium, node, drill_terms=terms)
    page.get_by_test_id("drill-start").click()
    page.get_by_test_id("drill-phrase-POSITION").uncheck()
    page.get_by_test_id("drill-phrase-SAY_AGAIN").check()
    said = signed(page, node, "drill-start")
    assert (said.act, said.step, sorted(said.phrases)) == ("drill", "start", ["GOODWILL", "SAY_AGAIN"])
    assert (said.answer_within_s, said.exercise) == (60.0, True), (
        "a drill is an exercise, whatever the sky is"
    )
    drill = {
        "ref": scene.ref("A", 30), "party": "A", "state": "running", "outcome": "open", "note": "",
        "phrases": ["GOODWILL"], "answer_within_s": 60.0, "starts": None, "started_at": None,
        "ended_at": None,
        "lines": [{"code": "GOODWILL", "party": None, "acknowledged_s": None, "in_time": False}],
    }  # fmt: skip
    node.put_hotline({**mock_hotline.quiet(), "drills": [drill]})
    seen(page, "drill-row")
    page.get_by_test_id("hotline-tab-messages").click()
    page.get_by_test_id("message-phrase").select_option("GOODWILL")
    page.get_by_test_id("message-drill").check()
    page.get_by_test_id("message-send").click()
    seen(page, "notice")
    message: Any = read_statement(node.acts[1])
    assert (message.code, message.exercise, message.drill.sequence) == ("GOODWILL", True, 30)
    page.get_by_test_id("hotline-tab-duty").click()
    page.get_by_test_id("drill-close").click()
    page.wait_for_function("() => document.querySelector('[data-testid=notice]') !== null")
    closed: Any = read_statement(node.acts[2])
    assert (closed.step, closed.drill.sequence, closed.exercise) == ("close", 30, True)


def test_radio_calls_that_nobody_answered_are_recorded(chromium: Browser, node: MockNode) -> None:
    page = leaf(chromium, node, query="?lang=ru")
    page.get_by_test_id("radio-record").click()
    page.get_by_test_id("radio-called").fill("борт, курс на юг")
    page.get_by_test_id("radio-times").fill("22")
    first = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=8)
    page.get_by_test_id("radio-first").fill(first.strftime("%Y-%m-%dT%H:%MZ"))
    page.get_by_test_id("radio-last").fill("2100-01-01T00:00Z")
    assert page.get_by_test_id("radio-record-sign").is_disabled(), "what has not been yet"
    page.get_by_test_id("radio-last").fill("")
    said = signed(page, node, "radio-record")
    assert (said.act, said.purpose, said.called, said.times) == ("radio", "call", "борт, курс на юг", 22)
    assert (said.mhz, said.answered, said.readability) == (121.5, False, None)
    assert (said.first_at, said.last_at) == (first, first)
    page.get_by_test_id("radio-record").click()
    page.get_by_test_id("radio-called").fill("BRAVO")
    page.get_by_test_id("radio-frequency").select_option(value="")
    page.get_by_test_id("radio-mhz").fill("123.45")
    page.get_by_test_id("radio-check").check()
    page.get_by_test_id("radio-answered").check()
    page.get_by_test_id("radio-readability").fill("4")
    said = signed(page, node, "radio-record", count=2)
    assert (said.purpose, said.mhz, said.answered, said.readability) == ("check", 123.45, True, 4)


def test_what_was_passed_by_voice_is_entered_confirmed_disputed(chromium: Browser, node: MockNode) -> None:
    page = leaf(chromium, node, query="?lang=ar")
    page.get_by_test_id("voice-enter").click()
    assert page.get_by_test_id("voice-enter-sign").is_disabled()
    page.get_by_test_id("voice-text").fill("تهبط ALFA12 في المطار الشمالي")
    page.get_by_test_id("voice-means").select_option("radio")
    page.get_by_test_id("voice-direction").select_option("heard")
    page.get_by_test_id("voice-name").fill("Ivan")
    said = signed(page, node, "voice-enter")
    assert (said.act, said.step, said.direction, said.means) == ("voice", "enter", "heard", "radio")
    assert (said.text, said.language) == ("تهبط ALFA12 في المطار الشمالي", "ar")
    assert (said.with_role, said.with_name) == ("duty-officer", "Ivan")
    entry = {
        "ref": scene.ref("B", 31), "party": "B", "role": "duty-officer", "state": "entered", "code": None,
        "direction": "said", "means": "telephone", "spoken_at": "2015-10-21T09:00:00.000Z", "said": {},
        "with_role": "duty-officer", "with_name": "Noor", "text": "two helicopters leave", "language": "en",
        "exercise": True, "answer": "", "params": [],
    }  # fmt: skip
    node.put_hotline({**mock_hotline.quiet(), "voices": [entry]})
    page.get_by_test_id("voice-confirm").click()
    seen(page, "notice")
    page.get_by_test_id("voice-dispute").click()
    page.get_by_test_id("voice-dispute-text").fill("three, not two")
    page.get_by_test_id("voice-dispute-sign").click()
    page.get_by_test_id("voice-dispute-text").wait_for(state="detached")
    answers: list[Any] = [read_statement(one) for one in node.acts[1:]]
    assert [(one.step, one.entry.sequence, one.text) for one in answers] == [
        ("confirm", 31, ""),
        ("dispute", 31, "three, not two"),
    ]


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_every_form_lies_inside_its_panel_in_every_language(
    chromium: Browser, node: MockNode, language: str
) -> None:
    page = leaf(chromium, node, query=f"?lang={language}")
    for form in ("duty-plan", "drill-start", "voice-enter", "radio-record"):
        page.get_by_test_id(form).click()
        if form == "drill-start":  # its phrases come later, and move what is below: a click may go astray
            page.locator("[data-testid^=drill-phrase-]").first.wait_for()
    panel = page.locator("aside.hotline").bounding_box()
    assert panel is not None
    for form in ("duty-plan", "drill-start", "voice-enter", "radio-record"):
        box = page.get_by_test_id(f"{form}-form").bounding_box()
        assert box is not None
        assert panel["x"] <= box["x"]
        assert box["x"] + box["width"] <= panel["x"] + panel["width"]
        widths = page.get_by_test_id(f"{form}-form").evaluate("one => [one.scrollWidth, one.clientWidth]")
        assert widths[0] <= widths[1], "nothing is cut off"
