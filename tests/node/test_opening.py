"""Another feed is opened beside the present one: the watch goes on, and what is not wanted is closed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from skyaccord.node import opening as opening_module
from skyaccord.node.feed import NoFeed
from skyaccord.node.feeds import open_feed
from skyaccord.node.opening import Opening
from tests.node.sky import feed_table, write_pass
from tests.node.tabletop import Table, play


class Closable(NoFeed):
    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Opening a feed waits for this."""
    opened = threading.Event()

    def slowly(*wanted: object) -> object:
        opened.wait(30)
        return open_feed(*wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(opening_module, "open_feed", slowly)
    return opened


def test_the_watch_goes_on_while_another_feed_opens(tmp_path: Path, gate: threading.Event) -> None:
    async def story(table: Table) -> None:
        (a,) = table.seats.values()
        write_pass(tmp_path)
        a.set_feed(feed_table())
        a.open()
        await table.prepare()
        await table.second(2)
        a.set_feed(feed_table(more='attribution = "second"\n'))
        pictures = []
        for _ in range(3):
            await table.second()
            status = await a.get("status")
            assert (status["feed"]["attribution"], status["feed"]["state"]) == (None, "live")
            pictures.append(a.node.desk.broadcast.picture_version)
        assert pictures == sorted(set(pictures)), "a new picture each second"
        gate.set()
        while (await a.get("status"))["feed"]["attribution"] != "second":
            await table.second()

    play(tmp_path, story, "A")


def test_a_change_of_mind_while_opening_counts(tmp_path: Path, gate: threading.Event) -> None:
    async def story(table: Table) -> None:
        (a,) = table.seats.values()
        write_pass(tmp_path)
        a.set_feed(feed_table())
        a.open()
        await table.prepare()
        for name in ("second", "third"):
            a.set_feed(feed_table(more=f'attribution = "{name}"\n'))
            await table.second()
        gate.set()
        seen = set()
        while "third" not in seen:
            await table.second()
            seen.add((await a.get("status"))["feed"]["attribution"])
        assert "second" not in seen

    play(tmp_path, story, "A")


def test_what_is_given_up_is_closed_before_or_after_it_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    for late in (True, False):
        feed, go = Closable(), threading.Event()
        monkeypatch.setattr(opening_module, "open_feed", lambda *_, feed=feed, go=go: (go.wait(30), feed)[1])
        opening = Opening(None, Path())
        if not late:
            opening.give_up()
        go.set()
        assert opening.wait(30)
        if late:
            assert opening.feed() is feed
            opening.give_up()
        assert feed.closed


def test_why_it_could_not_be_opened_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise InputError("no state", where="day.jsonl")

    monkeypatch.setattr(opening_module, "open_feed", wrong)
    opening = Opening(None, Path())
    assert opening.wait(30)
    with pytest.raises(InputError, match="no state"):
        opening.feed()
