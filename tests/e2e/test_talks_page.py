"""The talks page at two nodes: a representative's key made in the browser counters, blocks, agrees.
EXERCISE.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from skyaccord.record.keys import PersonKey
from tests.browser import WAIT_MS, Watched, browser_driver, chromium
from tests.node.scene import Party, must, wait_for
from tests.node.sky import write_pass

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser_driver", "chromium"]

pytestmark = pytest.mark.browser

SMALL = """
format = "skyaccord.accord/1"
name = "north-sector"
title = "Safety of flight: north sector"
version = 1
exercise = true
[validity]
start = 2015-10-20T00:00:00Z
{parties}
[[rule]]
id = "threes"
horizontal_nm = 3
vertical_ft = 3000
max_dwell_s = 180
[[tier]]
name = "warning"
lookahead_s = 30
[[role]]
id = "duty-officer"
title = "Duty officer"
acknowledge_within_s = 30
[[clause]]
title = "Purpose"
text = "So that aircraft do not hurt each other by accident."
"""


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Party, Party]]:
    """Two running nodes; A's representative, at a shell, has opened talks and planned a round."""
    write_pass(tmp_path, name="sky.jsonl", seconds=60)
    a, b = Party("A", tmp_path), Party("B", tmp_path)
    try:
        for party in (a, b):
            party.init()
        a.introduce(b)
        b.introduce(a)
        secret = a.passphrase.read_text(encoding="utf-8").strip()
        key, person = tmp_path / "rep-A.key", PersonKey.generate()
        person.save(key, secret)
        must(
            "node", "enrol", a.folder, person.public, "--role", "representative",
            "--name", "Representative of A", "--passphrase-file", a.passphrase,
        )  # fmt: skip
        parties = "".join(f'[[party]]\nid = "{one}"\nname = "Party {one}"\n' for one in "AB")
        draft = tmp_path / "draft.toml"
        draft.write_text(SMALL.format(parties=parties), encoding="utf-8")
        options: list[str | Path] = [
            "--node",
            a.folder,
            "--as",
            key,
            "--person-passphrase-file",
            a.passphrase,
        ]
        options += ["--passphrase-file", a.passphrase]
        steps: list[list[str | Path]] = [
            ["open", draft],
            ["round", "1", "--starts", "2026-12-14T12:00:00Z", "--by", "video"],
            ["agenda", "The pass of Saturday"],
        ]
        with ThreadPoolExecutor(1) as shell:  # the browser's driver has an event loop in this thread
            for words in steps:
                shell.submit(must, "talks", *words, *options).result()
        for party in (a, b):
            party.serve()
        for party in (a, b):
            wait_for("the node is up", partial(party.get, "health"))
        yield a, b
    finally:
        a.close()
        b.close()


def representative(browser: Browser, party: Party) -> tuple[Page, Watched]:
    """A console whose own key is enrolled as representative, as its administrator does it."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(WAIT_MS)
    watched = Watched(page, f"http://127.0.0.1:{party.console_port}/")
    page.goto(party.link())
    page.get_by_test_id("chip-link").filter(has_text="up").wait_for()
    page.get_by_test_id("enrol-name").fill("V. Orlov")
    page.get_by_test_id("enrol-send").click()
    page.get_by_test_id("enrol-command").wait_for()
    (asked,) = party.get("status")["enrolments_waiting"]
    must(
        "node", "enrol", party.folder, asked["public_key"], "--role", "representative",
        "--name", "V. Orlov", "--passphrase-file", party.passphrase,
    )  # fmt: skip
    page.get_by_test_id("chip-person").filter(has_text="V. Orlov").wait_for()
    return page, watched


def look(page: Page, name: str) -> None:
    """A picture for whoever works on the page: TALKS_PICTURES names a folder."""
    if folder := os.environ.get("TALKS_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_representative_counters_blocks_and_agrees_on_the_page(
    sides: tuple[Party, Party], chromium: Browser
) -> None:
    a, b = sides
    page, watched = representative(chromium, b)
    wait_for("the draft has crossed over", lambda: b.get("talks"))
    page.get_by_test_id("talks-open").click()
    rule = page.locator('[data-testid=clause][data-path="rule.threes"]')
    rule.wait_for()
    assert "2026-12-14 12:00:00Z" in page.get_by_test_id("talks-next").inner_text()
    look(page, "talks-en")

    rule.get_by_test_id("step-counter").click()
    rule.get_by_test_id("field-horizontal_nm").fill("5")
    rule.get_by_test_id("because").fill("see the trial")
    rule.get_by_test_id("step-sign").click()
    page.locator('[data-path="rule.threes"][data-state=countered]').wait_for()
    assert rule.locator("table ins").inner_text() == "5"
    assert rule.locator("table del").inner_text() == "3"

    rule.get_by_test_id("clause-text").locator("summary").click()
    rule.get_by_test_id("clause-text").locator("ins").first.wait_for()

    purpose = page.locator('[data-testid=clause][data-path="clause.Purpose"]')
    purpose.get_by_test_id("step-block").click()
    assert purpose.get_by_test_id("step-sign").is_disabled()  # not without a reason
    purpose.get_by_test_id("because").fill("no instructions yet")
    purpose.get_by_test_id("step-sign").click()
    page.locator('[data-path="clause.Purpose"][data-state=blocked]').wait_for()

    item = page.get_by_test_id("item")
    item.get_by_test_id("item-accept").click()
    page.locator("[data-testid=item][data-state=accepted]").wait_for()
    page.get_by_test_id("talks-agree-all").click()
    page.locator('[data-path="validity"]').wait_for(state="detached")  # agreed: no longer among the open
    look(page, "talks-blocked")
    for language in ("ru", "ar"):
        page.locator("header select").last.select_option(language)
        look(page, f"talks-{language}")
    assert page.locator("html").get_attribute("dir") == "rtl"
    path = rule.locator("header bdi")
    assert path.get_attribute("dir") == "ltr"  # paths keep their direction on an Arabic page

    table = wait_for("A has B's words", lambda: _all_of_b(a))
    assert table["paths"]["clause.Purpose"]["blocked"][0]["because"] == "no instructions yet"
    assert table["paths"]["rule.threes"]["texts"][-1]["value"]["horizontal_nm"] == 5
    assert table["paths"]["validity"]["state"] == "agreed"
    assert table["agenda"][0]["state"] == "accepted"
    assert page.get_by_test_id("talks").is_visible()
    assert page.locator("section.alerts").is_visible()  # never out of sight behind the talks
    assert watched.complaints == []
    assert watched.foreign == []


def _all_of_b(a: Party) -> dict[str, dict[str, dict[str, object]]] | None:
    found = a.get("talks/table")
    ready = found["paths"]["validity"]["state"] == "agreed" and found["agenda"][0]["state"] == "accepted"
    return found if ready else None
