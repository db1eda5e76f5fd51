"""The whole story of the talks on the page, at two nodes, in two browsers: from a template to a suspension.

EXERCISE. What `test_talks_story.py` does by commands, two representatives do with keys that never leave their
browsers: two rounds, an approach on the agenda, a counter after a trial, a block that is lifted, minutes,
signatures, a member told, an annex amended, a suspension.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import browser_driver, chromium
from tests.e2e.stage import representative, row_of, two_nodes
from tests.node.scene import Party, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

__all__ = ["browser_driver", "chromium"]

pytestmark = pytest.mark.browser

MORE = """
[talks]
representatives_sign = true

[trial]
recordings = ["../sky.jsonl"]
party_map = "../parties.csv"
"""
DATE = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}"  # of both rounds: what has not come cannot have been held
KEPT = """
[suspension]
notice_s = 0

[withdrawal]
notice_s = 0

[frequency_plan]
version = 1

[[frequency]]
name = "guard-vhf"
mhz = 121.5
use = "Guard."

[[annex]]
id = "frequencies"
title = "Frequency plan"
version = 1
parts = ["frequency_plan", "frequency"]
"""
SMALL = """\
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
reading = "Three miles, or three thousand feet."

[[area]]
name = "North"
polygon = [[34, 35], [36, 35], [36, 38], [34, 38]]

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


def clause(page: Page, path: str) -> Locator:
    return page.locator(f'[data-testid=clause][data-path="{path}"]')


def state(page: Page, path: str, wanted: str) -> None:
    page.locator(f'[data-path="{path}"][data-state={wanted}]').wait_for()


def step(page: Page, path: str, name: str, because: str = "") -> None:
    one = clause(page, path)
    one.get_by_test_id(f"step-{name}").click()
    if because:
        one.get_by_test_id("because").fill(because)
    one.get_by_test_id("step-sign").click()


def counter(page: Page, path: str, text: str) -> None:
    """Another text of a clause in words, by the form's field."""
    one = clause(page, path)
    one.get_by_test_id("step-counter").click()
    one.get_by_test_id("field-text").fill(text)
    one.get_by_test_id("step-sign").click()
    one.get_by_test_id("because").wait_for(state="detached")


def look(page: Page, name: str) -> None:
    """A picture in each language, for whoever works on the page: TALKS_PICTURES names a folder."""
    if folder := os.environ.get("TALKS_PICTURES"):
        for language in ("ru", "ar", "en"):
            page.locator("header select").last.select_option(language)
            page.screenshot(path=f"{folder}/{name}-{language}.png")


def test_two_people_take_an_accord_from_a_template_to_a_suspension_on_the_page(
    tmp_path: Path, chromium: Browser
) -> None:
    with two_nodes(tmp_path, seconds=460, miss_nm=8.0, speed=20.0, more=MORE) as (a, b):
        ours, watched_a = representative(chromium, a, "R. Ames")
        theirs, watched_b = representative(chromium, b, "V. Orlov")
        first_round(ours, theirs, a, b)
        second_round(ours, theirs)
        signatures(ours, theirs, a, b)
        life_after(ours, theirs, a, b)
        for watched in (watched_a, watched_b):
            assert watched.foreign == []
            assert [one for one in watched.complaints if "422" not in one] == []  # a text with a fault in it


def first_round(ours: Page, theirs: Page, a: Party, b: Party) -> None:
    """The draft, an approach on the agenda, a round, a counter after a trial, a block, minutes."""
    for page in (ours, theirs):
        page.get_by_test_id("talks-open").click()
    ours.get_by_test_id("talks-new").click()
    ours.get_by_test_id("open-template").select_option("rule-of-threes")
    ours.get_by_test_id("open-name").fill("north-sector")
    ours.get_by_test_id("open-send").click()
    text = ours.get_by_test_id("open-text")
    text.wait_for()
    drafted = text.input_value()
    assert drafted.count("\npublic_key = ") == 2  # both cards are in it
    look(ours, "1-open")
    text.fill(drafted + "\nnot toml")
    ours.get_by_test_id("open-send").click()
    assert "line" in ours.get_by_test_id("open-fault").inner_text()
    keys = [line for line in drafted.splitlines() if line.startswith("public_key")]
    tables = "".join(
        f'[[party]]\nid = "{one}"\nname = "Party {one}"\n{key}\n' for one, key in zip("AB", keys, strict=True)
    )
    text.fill(SMALL.format(parties=tables) + KEPT)
    ours.get_by_test_id("open-send").click()
    state(ours, "rule.threes", "proposed")

    ours.get_by_test_id("talks-close").click()  # the approaches stand beside the map
    ours.get_by_test_id("to-agenda").first.click()
    ours.get_by_test_id("talks-open").click()
    ours.get_by_test_id("item").wait_for()
    ours.get_by_test_id("round-new").click()
    ours.get_by_test_id("round-starts").fill(DATE)
    ours.get_by_test_id("round-interpreter").fill("A's, Russian and English")
    ours.get_by_test_id("round-people").fill("R. Ames, chair\nL. Petit")
    ours.get_by_test_id("round-item").check()
    look(ours, "2-round")
    ours.get_by_test_id("round-sign").click()
    ours.locator("[data-testid=round][data-state=planned]").wait_for()

    words = theirs.locator("header select").last  # A's item in the language of B's page
    words.select_option("ru")
    theirs.get_by_test_id("item").filter(has_text="Сближение: ").wait_for()
    words.select_option("en")
    theirs.get_by_test_id("item").filter(has_text="Approach: ").wait_for()
    theirs.get_by_test_id("item-accept").click()
    theirs.get_by_test_id("round-plan").click()
    assert theirs.get_by_test_id("round-starts").input_value() == DATE
    theirs.get_by_test_id("round-people").fill("V. Orlov, chair")
    theirs.get_by_test_id("round-sign").click()
    theirs.get_by_test_id("round").filter(has_text="V. Orlov (chair)").wait_for()

    rule = clause(theirs, "rule.threes")
    rule.get_by_test_id("try").click()
    rule.get_by_test_id("trial-values").fill("3, 5, 9")
    rule.get_by_test_id("trial-start").click()
    rule.locator("[data-testid=trial][data-state=done]").wait_for()
    rule.get_by_test_id("trial-plot").wait_for()
    assert "horizontal_nm = 9 instead of the draft would have" in rule.get_by_test_id("trial").inner_text()
    look(theirs, "3-trial")
    rule.get_by_test_id("step-counter").click()
    rule.get_by_test_id("field-horizontal_nm").fill("5")
    rule.get_by_test_id("words-hint").filter(has_text="reading").wait_for()
    rule.get_by_test_id("because").fill("see the trial")
    rule.get_by_test_id("step-sign").click()
    state(theirs, "rule.threes", "countered")
    rule.get_by_test_id("words-left").filter(has_text="reading").wait_for()
    area = clause(theirs, "area.North")  # a polygon: no flat fields, but its text
    area.get_by_test_id("step-counter").click()
    whole = area.get_by_test_id("clause-toml")
    whole.wait_for()
    kept = whole.input_value()
    whole.fill('[[area]]\nname = "North"\npolygon = [[34, 35], [999, 35], [36, 38]]\n')
    area.get_by_test_id("step-sign").click()
    area.get_by_test_id("clause-fault").filter(has_text="line 3").wait_for()
    look(theirs, "4-text")
    whole.fill(kept.replace("38", "38.5"))
    area.get_by_test_id("step-sign").click()
    state(theirs, "area.North", "countered")
    assert "38.5" in area.get_by_test_id("nested-change").first.inner_text()
    counter(theirs, "clause.Purpose", "So that nobody is hurt by accident.")
    state(ours, "clause.Purpose", "countered")
    theirs.get_by_test_id("talks-agree-all").click()
    clause(theirs, "validity").wait_for(state="detached")
    crossed_counters(ours, theirs, a, b)
    minutes(ours, theirs, 1)


def crossed_counters(ours: Page, theirs: Page, a: Party, b: Party) -> None:
    """Both counter the same clause while the line is cut: both pages show the conflict, any two of its
    versions can be compared, and the next word that has read both settles it."""
    path = "clause.Purpose"
    for party in (a, b):
        party.proxy.cut()
    for page, text in ((ours, "So that nobody is hurt."), (theirs, "For the safety of flight.")):
        counter(page, path, text)
    for party in (a, b):
        party.proxy.restore()
    for page in (ours, theirs):
        state(page, path, "conflict")
    look(ours, "4-conflict")
    redline = clause(ours, path).get_by_test_id("clause-text")
    redline.locator("summary").click()
    redline.get_by_test_id("redline-from").select_option("1")
    redline.get_by_test_id("redline-change").filter(has_text="hurt each other by accident").wait_for()
    redline.get_by_test_id("redline-to").select_option("2")
    redline.locator("ins").first.wait_for()
    look(ours, "4-redline")
    step(theirs, path, "block", "no instructions yet")
    state(ours, path, "blocked")


def minutes(ours: Page, theirs: Page, count: int) -> None:
    """Both say who attended; A writes, B signs: the round is closed on both pages."""
    for page, name in ((ours, "R. Ames, chair"), (theirs, "V. Orlov, chair")):
        page.get_by_test_id("round-hold").first.click()
        page.get_by_test_id("round-people").fill(name)
        page.get_by_test_id("round-sign").click()
        page.locator("[data-testid=round][data-state=held]").wait_for()
    ours.get_by_test_id("round-minutes").click()
    ours.get_by_test_id("minutes-en").fill("The delegations met by video. The tone was factual.")
    ours.get_by_test_id("minutes-ru").fill("Делегации встретились по видеосвязи.")
    if count == 1:
        look(ours, "5-minutes")
    ours.get_by_test_id("minutes-send").click()
    theirs.get_by_test_id("minutes-sign").click()
    for page in (ours, theirs):
        page.locator("[data-testid=round][data-state=closed]").nth(count - 1).wait_for()


def second_round(ours: Page, theirs: Page) -> None:
    """The counters are agreed, the block is lifted, the item dealt with."""
    ours.get_by_test_id("round-new").click()
    ours.get_by_test_id("round-starts").fill(DATE)
    ours.get_by_test_id("round-sign").click()
    ours.locator("[data-testid=round][data-state=planned]").wait_for()
    for path in ("rule.threes", "area.North"):
        step(ours, path, "agree")
        clause(ours, path).wait_for(state="detached")
    step(theirs, "clause.Purpose", "agree")
    theirs.get_by_test_id("item-deal").click()
    theirs.locator('[data-testid=item][data-state="dealt with"]').wait_for()
    for page in (ours, theirs):
        page.get_by_test_id("talks-all-agreed").wait_for()
    theirs.locator("[data-testid=round][data-state=planned]").wait_for()
    minutes(ours, theirs, 2)


def sign(page: Page, within: Locator) -> str:
    """Read the groups, type them, sign; the groups."""
    form = within.get_by_test_id("sign-form")
    shown = form.get_by_test_id("sign-digest").inner_text()
    form.get_by_test_id("sign-typed").fill("0000 0000 0000")
    assert form.get_by_test_id("sign-send").is_disabled()
    form.get_by_test_id("sign-typed").fill(shown)
    form.get_by_test_id("sign-send").click()
    form.wait_for(state="detached")
    return shown


def signatures(ours: Page, theirs: Page, a: Party, b: Party) -> None:
    """Each reads the digest's first groups and types them; the same on both pages."""
    look(ours, "6-sign")
    read = sign(ours, ours.get_by_test_id("draft"))
    theirs.locator("[data-testid=standing][data-state=proposed]").wait_for()
    assert sign(theirs, theirs.get_by_test_id("draft")) == read
    for page in (ours, theirs):
        page.locator('[data-testid=standing][data-state="in force"]').wait_for()
    accord = row_of(a)
    assert accord["digest"].startswith(f"sha256:{read.replace(' ', '')}")
    assert sorted(accord["instructed"]) == ["A", "B"]  # on whose word each party signed
    assert accord["rules"][0]["horizontal_nm"] == 5
    held = row_of(b)
    assert held["instructed"] == accord["instructed"]


def life_after(ours: Page, theirs: Page, a: Party, b: Party) -> None:
    """A member told, an annex amended on its own, a suspension; what must go on goes on."""
    mine, other = ours.get_by_test_id("standing"), theirs.get_by_test_id("standing")
    mine.get_by_test_id("accord-told").click()
    mine.get_by_test_id("told-by").fill("chief of operations")
    mine.get_by_test_id("accord-sign").click()
    mine.get_by_test_id("accord-told").wait_for(state="detached")

    mine.get_by_test_id("amend").click()
    text = mine.get_by_test_id("amend-text")
    text.wait_for()
    text.fill(text.input_value().replace("121.5", "1215"))
    mine.get_by_test_id("amend-check").click()
    mine.get_by_test_id("amend-fault").filter(has_text="line").wait_for()
    text.fill(text.input_value().replace("1215", "123.45"))
    mine.get_by_test_id("amend-check").click()
    look(ours, "7-amend")
    sign(ours, mine)
    sign(theirs, other)
    wait_for("the amendment runs at A", lambda: _annex(a) == 2)

    other.get_by_test_id("accord-suspend").click()
    other.get_by_test_id("accord-because").fill("the events of 7 April")
    look(theirs, "8-suspend")
    other.get_by_test_id("accord-sign").click()
    for page in (ours, theirs):
        page.locator("[data-testid=standing][data-state=suspended]").wait_for()
    look(ours, "9-suspended")
    status = b.get("status")
    assert status["accords"][0]["watched"] is True
    assert [one["link"] for one in status["circuit"]] == ["up"]
    resumed_and_left(ours, theirs, a, b)


def resumed_and_left(ours: Page, theirs: Page, a: Party, b: Party) -> None:
    """Only the side that suspended resumes; then one side leaves, and its own rule watches on."""
    mine, other = ours.get_by_test_id("standing"), theirs.get_by_test_id("standing")
    other.get_by_test_id("accord-resume").click()
    other.get_by_test_id("accord-because").fill("the talks of 6 May")
    other.get_by_test_id("accord-sign").click()
    for page in (ours, theirs):
        page.locator('[data-testid=standing][data-state="in force"]').wait_for()
    assert mine.get_by_test_id("accord-resume").count() == 0
    mine.get_by_test_id("accord-withdraw").click()
    assert mine.get_by_test_id("accord-sign").is_disabled()  # not without a reason
    mine.get_by_test_id("accord-because").fill("a new accord is wanted")
    look(ours, "9-withdraw")
    mine.get_by_test_id("accord-sign").click()
    for page in (ours, theirs):
        page.locator("[data-testid=standing][data-state=withdrawn]").wait_for()
    look(ours, "9-withdrawn")
    for party in (a, b):
        status = party.get("status")
        assert status["accords"][0]["watched"] is False
        assert [one["link"] for one in status["circuit"]] == ["up"]


def _annex(party: Party) -> int | None:
    rows = [row for row in row_of(party)["annexes"] if row["state"] == "in force"]
    return int(rows[0]["version"]) if rows else None
