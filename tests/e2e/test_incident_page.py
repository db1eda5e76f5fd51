"""Two people at two nodes account for one breach, each in a browser; and what is late alarms.

EXERCISE. The keys never leave the browsers. One side works in English, its account by keyboard alone, the
other in Arabic, right to left: accounts, a fact agreed, a fact disputed, a question, conduct good and bad, a
severity confirmed and one given otherwise, a meeting, the closing by both.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import browser_driver, chromium
from tests.e2e.stage import two_nodes
from tests.e2e.test_two_consoles import enrol_in_browser, open_console
from tests.node.scene import ACKNOWLEDGE_WITHIN_S, Party, must, wait_for
from tests.node.sky import ACCORD, PARTY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

__all__ = ["browser_driver", "chromium"]

pytestmark = pytest.mark.browser

SPEED = 20.0
MORE = """
[[conduct]]
code = "lights"
text = "Position lights are on at night."
text_ar = "أضواء الملاحة مضاءة ليلًا."
[[conduct]]
code = "no-aerobatics"
text = "No aerobatics near the other side's aircraft."
[incident]
report_within_s = {within_s}
account_within_s = {within_s}
reported = ["breach", "nmac"]
severity_scales = ["airprox", "encounter"]
"""


@contextmanager
def two_under_accord(root: Path, *, speed: float, within_s: int = 3600) -> Iterator[tuple[Party, Party]]:
    """Two serving nodes under an accord that says what is due of incidents."""

    def sign(a: Party, b: Party) -> None:
        keys = {party.id: json.loads(party.card.read_text("utf-8"))["public_key"] for party in (a, b)}
        parties = "".join(PARTY.format(id=name, key=key) for name, key in keys.items())
        text = ACCORD.format(parties=parties, within_s=ACKNOWLEDGE_WITHIN_S) + MORE.format(within_s=within_s)
        (root / "accord.toml").write_text(text, encoding="utf-8")
        for party in (a, b):
            must(
                "accord", "sign", root / "accord.toml",
                "--node", party.folder, "--passphrase-file", party.passphrase,
            )  # fmt: skip

    with two_nodes(root, seconds=460, speed=speed, before=sign) as nodes:
        yield nodes


def look(page: Page, name: str) -> None:
    """A picture, for whoever works on the page: INCIDENT_PICTURES names a folder."""
    if folder := os.environ.get("INCIDENT_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def breach(party: Party, seen: list[Any]) -> dict[str, Any] | None:
    """The breach, once both sides' reconstructions are here. seen: what there was, for a failure's words."""
    seen[:] = [(row["reason"], row["state"], row["reconstructed_by"]) for row in party.get("incidents")]
    rows = [row for row in party.get("incidents") if row["reason"] == "breach"]
    return rows[0] if rows and rows[0]["reconstructed_by"] == ["A", "B"] else None


def open_record(page: Page, name: str) -> None:
    page.get_by_test_id("tab-incidents").click()
    page.locator(f'[data-incident="{name}"]').get_by_test_id("incident-open-record").click()
    page.get_by_test_id("incident-side").nth(1).wait_for()


def say(page: Page | Locator, hook: str, text: str) -> None:
    page.get_by_test_id(hook).click()
    page.get_by_test_id(f"{hook}-text").fill(text)
    page.get_by_test_id(f"{hook}-sign").click()
    page.get_by_test_id(f"{hook}-text").wait_for(state="detached")


def fact(page: Page, text: str, state: str) -> Locator:
    found = page.locator(f"[data-testid=incident-fact][data-state={state}]").filter(has_text=text)
    found.wait_for()
    return found


def test_two_people_account_for_one_breach_on_the_page(tmp_path: Path, chromium: Browser) -> None:
    with two_under_accord(tmp_path, speed=SPEED) as (a, b):
        ours, watched_a = open_console(chromium, a)
        theirs, watched_b = open_console(chromium, b)
        enrol_in_browser(ours, a, "R. Ames")
        enrol_in_browser(theirs, b, "V. Orlov")
        theirs.locator("header select").last.select_option("ar")
        seen: list[Any] = []
        row = wait_for(f"the breach with both reconstructions, of {seen}", partial(breach, a, seen))
        wait_for("the same at B", partial(breach, b, seen))
        for page in (ours, theirs):
            open_record(page, row["incident"])
        assert theirs.evaluate("document.documentElement.dir") == "rtl"
        _accounts(ours, theirs)
        _facts(ours, theirs)
        _conduct(ours, theirs)
        _severity(ours, theirs)
        _close(ours, theirs, a, b, row["incident"])
        for watched in (watched_a, watched_b):
            assert watched.foreign == []
            assert watched.complaints == []


def _accounts(ours: Page, theirs: Page) -> None:
    """One by keyboard alone, one from right to left."""
    ours.get_by_test_id("incident-give-account").focus()
    ours.keyboard.press("Enter")
    ours.get_by_test_id("incident-give-account-text").wait_for()
    ours.keyboard.type("We kept our level and our course.")
    ours.keyboard.press("Tab")
    ours.keyboard.press("Enter")
    theirs.locator("[data-testid=incident-account][data-party=A]").filter(
        has_text="We kept our level"
    ).wait_for()
    say(theirs, "incident-give-account", "حافظنا على مستوانا.")
    ours.locator("[data-testid=incident-account][data-party=B]").filter(has_text="حافظنا").wait_for()


def _facts(ours: Page, theirs: Page) -> None:
    """One that both agree to, one that stays disputed with both versions; a question and its answer."""
    for text in ("Both were at FL250.", "We called twice on guard."):
        say(ours, "incident-state-fact", text)
    fact(theirs, "FL250", "stated").get_by_test_id("incident-agree").click()
    say(fact(theirs, "guard", "stated"), "incident-dispute", "لا يوجد نداء في تسجيلنا.")
    fact(ours, "FL250", "agreed")
    disputed = fact(ours, "guard", "disputed").inner_text()
    assert "≠ DISPUTED" in disputed
    assert "لا يوجد نداء" in disputed
    say(ours, "incident-ask", "Did you hear us?")
    say(theirs, "incident-answer", "لا.")
    ours.get_by_test_id("incident-question").filter(has_text="لا.").wait_for()


def _conduct(ours: Page, theirs: Page) -> None:
    """Good conduct is said as well as bad; codes are the accord's, in the reader's language."""
    theirs.get_by_test_id("incident-report-conduct").click()
    form = theirs.get_by_test_id("incident-report-form")
    assert "أضواء الملاحة" in form.inner_text()
    assert form.get_by_test_id("incident-report-sign").is_disabled()
    form.locator("input[value=lights]").check()
    form.get_by_test_id("incident-report-kept").check()
    form.get_by_test_id("incident-report-sign").click()
    form.wait_for(state="detached")
    ours.get_by_test_id("incident-report-conduct").click()
    form = ours.get_by_test_id("incident-report-form")
    form.locator("input[value=no-aerobatics]").check()
    form.get_by_test_id("incident-report-not-kept").check()
    form.get_by_test_id("incident-report-note").fill("A roll at half a mile.")
    form.get_by_test_id("incident-report-sign").click()
    for page, words in ((ours, ("kept", "not kept")), (theirs, ("رُوعي", "لم يُراعَ"))):
        said = page.get_by_test_id("incident-conduct")
        said.nth(1).wait_for()
        told = said.all_inner_texts()
        assert any("lights" in one and words[0] in one for one in told)
        assert any("no-aerobatics" in one and words[1] in one and "A roll" in one for one in told)


def _severity(ours: Page, theirs: Page) -> None:
    """Confirmed by both on one scale; on the other one side says otherwise, with its reason."""

    def scale(page: Page, name: str) -> Locator:
        return page.locator(f"[data-testid=incident-severity][data-scale={name}]")

    for page in (ours, theirs):
        scale(page, "airprox").get_by_test_id("incident-confirm").click()
        page.locator("[data-scale=airprox]").get_by_test_id("incident-confirm").wait_for(state="detached")
    for page in (ours, theirs):
        page.locator("[data-scale=airprox][data-state=confirmed]").wait_for()
    scale(ours, "encounter").get_by_test_id("incident-confirm").click()
    one = scale(theirs, "encounter")
    one.get_by_test_id("incident-other").click()
    one.get_by_test_id("incident-other-value").select_option("near-routine")
    assert one.get_by_test_id("incident-other-sign").is_disabled()  # another value needs its reason
    one.get_by_test_id("incident-other-because").fill("كان الطياران محترفين.")
    one.get_by_test_id("incident-other-sign").click()
    for page in (ours, theirs):
        page.locator("[data-scale=encounter][data-state=differs]").wait_for()
        given = scale(page, "encounter").get_by_test_id("incident-given").all_inner_texts()
        assert len(given) == 2
        assert any("كان الطياران محترفين." in told for told in given)


def _close(ours: Page, theirs: Page, a: Party, b: Party, name: str) -> None:
    say(ours, "incident-lesson", "Call on guard first.")
    say(theirs, "incident-meeting", "التقى الممثلان عبر الفيديو.")
    for page in (ours, theirs):
        page.get_by_text("Call on guard first.").wait_for()
        page.get_by_text("التقى الممثلان").wait_for()
    ours.get_by_test_id("incident-close").click()
    theirs.get_by_test_id("incident-state").filter(has_text="A").wait_for()
    look(theirs, "before-closing-ar")
    theirs.get_by_test_id("incident-close").click()
    for page, said, by in ((ours, "closed", "A, B"), (theirs, "مغلق", "A، B")):
        page.get_by_test_id("incident-state").filter(has_text=said).filter(has_text=by).wait_for()
        assert page.get_by_test_id("incident-give-account").count() == 0
        look(page, f"closed-{said}")
    records = [party.get(f"incidents/record?name={name}") for party in (a, b)]
    assert records[0]["record"] == records[1]["record"]
    assert [one["state"] for one in records] == ["closed", "closed"]
    assert records[0]["facts"] == {"agreed": 1, "disputed": 1}
    assert not any(one["automatic"] for one in records[0]["accounts"])
    with ours.expect_download() as downloading:
        ours.get_by_test_id("incident-html").click()
    page = Path(downloading.value.path()).read_text(encoding="utf-8")
    assert "We called twice on guard." in page
    assert "لا يوجد نداء في تسجيلنا." in page
    said = must("incident", "verify", records[0]["record"], "--node", b.folder)
    assert "AGREED by A and B" in said


def test_an_incident_by_hand_alarms_when_an_account_is_late(tmp_path: Path, chromium: Browser) -> None:
    """Opened on the page; nobody gives an account: a line across both pages, until it comes."""
    with two_under_accord(tmp_path, speed=1.0, within_s=3) as (a, b):
        ours, _ = open_console(chromium, a)
        theirs, _ = open_console(chromium, b)
        enrol_in_browser(theirs, b, "V. Orlov")
        enrol_in_browser(ours, a, "R. Ames")
        ours.get_by_test_id("tab-incidents").click()
        ours.get_by_test_id("incident-open-one").click()
        form = ours.get_by_test_id("incident-report-form")
        form.get_by_test_id("incident-report-from").fill("2015-10-20T11:45:00")
        form.get_by_test_id("incident-report-note").fill("A near miss that no sensor saw.")
        form.get_by_test_id("incident-report-wrong-time").wait_for()
        assert form.get_by_test_id("incident-report-sign").is_disabled()
        form.get_by_test_id("incident-report-from").fill("2015-10-20T11:45:00Z")
        form.get_by_test_id("incident-report-sign").click()
        for page in (ours, theirs):
            for party in ("A", "B"):
                page.locator(f"[data-testid=incident-alarm][data-party={party}]").wait_for()
        box = theirs.get_by_test_id("incident-alarm").first.bounding_box()
        assert box is not None
        assert box["width"] > 1200
        assert (
            theirs.get_by_test_id("incident-alarm").first.get_attribute("data-party") == "B"
        )  # its own first
        look(theirs, "alarm")
        theirs.get_by_test_id("incident-alarm").first.click()
        say(theirs, "incident-give-account", "Мы шли своим эшелоном.")
        for page in (ours, theirs):
            page.locator("[data-testid=incident-alarm][data-party=B]").wait_for(state="detached")
        assert ours.locator("[data-testid=incident-alarm][data-party=A]").count() == 1
        (row,) = b.get("incidents")
        assert [due["state"] for due in row["dues"] if due["party"] == "B"] == ["met late", "met late"]
