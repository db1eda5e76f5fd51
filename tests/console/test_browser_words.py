"""What the node says by code is worded by the page, in the reader's language; what is not known is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from skyaccord.hotline.lead import Lead
from tests.browser import browser_driver, chromium, chromium_with_webgl
from tests.console import mock_hotline, scene
from tests.console.mock_node import MockNode
from tests.console.page import head_on, node, open_page, seen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser_driver", "chromium", "chromium_with_webgl", "node"]

pytestmark = pytest.mark.browser

LATE = {
    "en": "LATE: given 50 s before its start; the accord asks for 3600 s.",
    "ru": "ПОЗДНО: подано за 50 с до начала; соглашение требует 3600 с.",
    "ar": "متأخر: أُرسل قبل البدء بمقدار 50 ث؛ والاتفاق يطلب 3600 ث.",
}
HEIGHT_UNKNOWN = {"en": "height unknown", "ru": "высота неизвестна", "ar": "ارتفاع غير معروف"}
LEFT_OUT = {
    "en": "More alarms than are listed here: 7.",
    "ru": "Тревог сверх показанных: 7.",
    "ar": "إنذارات غير المعروضة هنا: 7.",
}


@pytest.mark.parametrize("language", LATE)
def test_a_late_notice_is_called_late_in_the_readers_language(
    chromium: Browser, node: MockNode, language: str
) -> None:
    """Before it is signed, and in the row of one that came."""
    late = Lead(50, 3600, late=True).fault()
    node.put(
        "message", scene.message("B", 21, "", code="NOTICE", said={"en": "EXERCISE"}, faults=[late.row()])
    )
    page, _ = open_page(chromium, node, f"?lang={language}")
    assert LATE[language] in seen(page, "message-row-fault").inner_text()
    page.get_by_test_id("message-phrase").select_option("NOTICE")
    for name, typed in {
        "place": "Square",
        "count": "2",
        "class": "fighter",
        "contact": "duty-officer",
    }.items():
        field = page.get_by_test_id(f"param-{name}")
        if field.count():
            field.fill(typed)
    for field in page.locator("input[data-testid^=param-]").all():
        if field.input_value() == "":
            field.fill("FL100" if field.get_attribute("placeholder") == "FL250" else "2")
    said = seen(page, "message-warning").inner_text()
    assert LATE[language] in said
    if language != "en":
        assert "given" not in said


@pytest.mark.parametrize("language", LEFT_OUT)
def test_alarms_that_the_node_left_out_are_counted(chromium: Browser, node: MockNode, language: str) -> None:
    page, _ = open_page(chromium, node, f"?lang={language}")
    node.put_hotline({**mock_hotline.alarmed(), "alarms_left_out": 7})
    line = seen(page, "hotline-alarms-left-out")
    assert LEFT_OUT[language] in line.inner_text()
    box = line.bounding_box()
    assert box is not None
    assert box["width"] > 1200
    node.put_hotline(mock_hotline.quiet())
    line.wait_for(state="detached")


@pytest.mark.parametrize("language", HEIGHT_UNKNOWN)
def test_who_has_no_height_is_said_to_have_none(chromium: Browser, node: MockNode, language: str) -> None:
    node.put("alert", {**head_on(node), "vertical_ft": None, "predicted_vertical_ft": None})
    page, _ = open_page(chromium, node, f"?lang={language}")
    assert HEIGHT_UNKNOWN[language] in seen(page, "alert-height-unknown").inner_text()
    legend = seen(page, "legend-height-unknown", "1")
    assert HEIGHT_UNKNOWN[language] in legend.inner_text()


@pytest.mark.parametrize("language", HEIGHT_UNKNOWN)
def test_a_read_back_without_height_says_so_until_it_has_one(
    chromium: Browser, node: MockNode, language: str
) -> None:
    node.put("message", scene.message("B", 21, "EXERCISE", read_back_wanted=["place"]))
    page, _ = open_page(chromium, node, f"?lang={language}")
    page.get_by_test_id("message-read-back-start").click()
    page.get_by_test_id("read-back-position").fill("35.2,36.9")
    said = seen(page, "read-back-height-unknown")
    assert HEIGHT_UNKNOWN[language] in said.inner_text()
    page.get_by_test_id("read-back").locator("input[type=number]").fill("25000")
    said.wait_for(state="detached")
