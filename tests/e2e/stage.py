"""What the stories of the talks stand on: two nodes with their representatives, on the same sky. EXERCISE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser import WAIT_MS, Watched
from tests.node.scene import Party, must, wait_for
from tests.node.sky import write_pass

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@contextmanager
def two_nodes(
    root: Path,
    *,
    seconds: int,
    miss_nm: float = 0.5,
    speed: float | None = None,
    more: str = "",
    before: Callable[[Party, Party], None] | None = None,
) -> Iterator[tuple[Party, Party]]:
    """Two serving nodes that know each other. seconds: of the sky; miss_nm: how far the
    two pass each other; speed: at which it is replayed, None: not.
    more: lines for node.toml. before: what is done while nothing runs.
    """
    write_pass(root, name="sky.jsonl", seconds=seconds, miss_nm=miss_nm)
    a, b = Party("A", root), Party("B", root)
    try:
        for party in (a, b):
            party.init()
            if more:
                with (party.folder / "node.toml").open("a", encoding="utf-8") as settings:
                    settings.write(more)
        a.introduce(b)
        b.introduce(a)
        if before is not None:
            before(a, b)
        for party in (a, b):
            party.serve()
        for party in (a, b):
            wait_for("the node is up", partial(party.get, "health"))
            if speed is not None:
                party.feed(speed=speed)
        yield a, b
    finally:
        a.close()
        b.close()


def representative(browser: Browser, party: Party, name: str, height: int = 900) -> tuple[Page, Watched]:
    """A console whose own key is enrolled as representative, as its administrator does it."""
    account = f"representative-{party.id.lower()}"
    must(
        "account", "add", account, "--role", "representative", "--without-passphrase", "--node", party.folder
    )
    page = browser.new_context(viewport={"width": 1280, "height": height}).new_page()
    page.set_default_timeout(WAIT_MS)
    watched = Watched(page, f"http://127.0.0.1:{party.console_port}/")
    page.goto(must("account", "link", account, "--node", party.folder).strip())
    page.get_by_test_id("chip-link").filter(has_text="up").wait_for()
    page.get_by_test_id("enrol-name").fill(name)
    page.get_by_test_id("enrol-send").click()
    page.get_by_test_id("enrol-command").wait_for()
    (asked,) = party.get("status")["enrolments_waiting"]
    must(
        "node", "enrol", party.folder, asked["public_key"], "--role", "representative",
        "--name", name, "--passphrase-file", party.passphrase,
    )  # fmt: skip
    page.get_by_test_id("chip-person").filter(has_text=name).wait_for()
    return page, watched


def row_of(party: Party) -> dict[str, Any]:
    """The one accord on a node's record."""
    (accord,) = party.get("status")["accords"]
    return dict(accord)
