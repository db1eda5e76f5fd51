"""The hotline on the page: what is said is checked, signed and heard, and silence cannot be overlooked."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

import skyaccord.hotline.acts
import skyaccord.incidents.acts  # noqa: F401
from skyaccord.record.statement import read_statement
from tests.browser import browser_driver, chromium, chromium_with_webgl
from tests.console import mock_hotline, scene
from tests.console.mock_node import MockNode
from tests.console.page import gone, node, open_page, seen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser_driver", "chromium", "chromium_with_webgl", "node"]

pytestmark = pytest.mark.browser


def test_messages_are_signed_sent_and_acknowledged(chromium: Browser, node: MockNode) -> None:
    page, _ = open_page(chromium, node)
    node.put("message", scene.message("B", 21, "Radio check at 0935Z?"))
    seen(page, "message-row", "Radio check")
    page.get_by_test_id("message-ack").click()
    gone(page, "message-ack")
    page.get_by_test_id("message-text").fill("نعم، في الموعد — да")
    page.get_by_test_id("message-send").click()
    seen(page, "message-row", "да")
    acknowledged, sent = (read_statement(one) for one in node.acts)
    assert acknowledged.act == "acknowledge"
    assert sent.act == "message"
    assert (sent.text, sent.to_role, sent.language) == ("نعم، في الموعد — да", "duty-officer", "en")
    assert page.get_by_test_id("message-text").input_value() == ""


def test_a_phrase_is_checked_before_it_is_signed(chromium: Browser, node: MockNode) -> None:
    """By code, with typed parameters, read in three languages before it is signed; a time has a zone."""
    page, _ = open_page(chromium, node, "?lang=ar")
    page.get_by_test_id("message-phrase").select_option("SAFETY_STOP")
    page.get_by_test_id("param-place").fill("35 19.800N, 040 08.400E")
    page.get_by_test_id("param-radius").fill("5")
    page.get_by_test_id("param-time").fill("2015-10-21T11:45:00")
    assert page.get_by_test_id("message-send").is_disabled()
    page.get_by_test_id("param-time").fill("2015-10-21T11:45:00Z")
    page.get_by_test_id("message-preview").nth(2).wait_for()
    said = page.get_by_test_id("message-preview").all_inner_texts()
    assert all(word in text for word, text in zip(("SAFETY STOP", "БЕЗОПАСНОСТЬ", "توقف"), said, strict=True))
    assert all("\u206835°19.800′N 040°08.400′E\u2069" in text for text in said)
    page.get_by_test_id("message-send").click()
    seen(page, "notice")
    (payload,) = [json.loads(base64.b64decode(act["payload"])) for act in node.acts]
    assert (payload["code"], payload["text"]) == ("SAFETY_STOP", "")
    assert payload["params"][0]["position"]["latitude"] == pytest.approx(35.33)


def test_a_level_is_sent_with_its_reference_and_not_without(chromium: Browser, node: MockNode) -> None:
    page, _ = open_page(chromium, node)
    page.get_by_test_id("message-phrase").select_option("POSITION")
    page.get_by_test_id("param-callsign").fill("ALFA11")
    page.get_by_test_id("param-position").fill("35.2,36.9")
    page.get_by_test_id("param-level").fill("3500")
    assert page.get_by_test_id("message-send").is_disabled()
    page.get_by_test_id("height-reference").select_option("mean-sea-level")
    page.get_by_test_id("message-preview").first.wait_for()
    assert "\u20683500 (AMSL)\u2069 feet" in page.get_by_test_id("message-preview").first.inner_text()
    page.get_by_test_id("message-send").click()
    seen(page, "notice")
    (payload,) = [json.loads(base64.b64decode(act["payload"])) for act in node.acts]
    (level,) = [one for one in payload["params"] if one["name"] == "level"]
    assert level == {"kind": "level", "name": "level", "number": 3500, "reference": "mean-sea-level"}


def test_a_silent_hotline_cannot_be_overlooked(chromium: Browser, node: MockNode) -> None:
    """Across the page, with a word and a sign, and a circuit beside the political status."""
    page, _ = open_page(chromium, node, "?lang=ru")
    assert page.get_by_test_id("hotline-alarm").count() == 0
    node.put_hotline(mock_hotline.alarmed())
    alarms = page.get_by_test_id("hotline-alarm")
    alarms.nth(1).wait_for()
    box = alarms.first.bounding_box()
    assert box is not None
    assert box["width"] > 1200
    assert "⚠" in alarms.first.inner_text()
    assert "НЕТ ПОДТВЕРЖДЕНИЯ" in alarms.first.inner_text()
    assert "4.79 NM" in alarms.nth(1).inner_text()
    assert page.title().startswith("☎ ⚠ НЕТ ПОДТВЕРЖДЕНИЯ · "), "seen where another page is in front"
    silent = page.get_by_test_id("hotline-sound-off")
    assert "ЗВУК ВЫКЛЮЧЕН" in silent.inner_text()
    silent.click()
    silent.wait_for(state="detached")
    page.get_by_test_id("hotline-tab-duty").click()
    circuits = page.get_by_test_id("hotline-circuits").inner_text()
    assert "МОЛЧИТ" in circuits
    node.put("message", scene.message("B", 40, "EXERCISE stop"))
    alarms.first.click()  # from the leaf of duty to the message
    seen(page, "message-row", "EXERCISE stop")
    node.put_hotline(mock_hotline.quiet())
    alarms.first.wait_for(state="detached")
    assert "☎" not in page.title()
