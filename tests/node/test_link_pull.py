"""A node that nobody can reach fetches: the same entries, once and in order, whatever happens on the way."""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

import anyio
import httpx2
import pytest
from sqlalchemy.exc import SQLAlchemyError

from skyaccord.base.clock import SystemClock
from skyaccord.base.randomness import SystemRandomness
from skyaccord.node import link_server
from skyaccord.node.link_calls import TroubleError
from skyaccord.node.runtime import Listeners, Node, open_node
from skyaccord.node.settings import parse_settings
from skyaccord.record.cards import NO_ADDRESS
from skyaccord.record.link import Outgoing
from skyaccord.record.peers import pin_peer
from skyaccord.record.wire import Answer
from tests.node.tabletop import Seat, Table, play


@pytest.fixture(autouse=True)
def _short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_server, "LONG_POLL_S", 0.02)


def leaves(holder: Seat, of: Seat) -> list[bytes]:
    return [entry.leaf for entry in holder.journal.entries(of.journal.origin)]


class CutError(TroubleError):
    """The line was cut before the answer came through."""


async def met(table: Table) -> tuple[Seat, Seat]:
    """A can be reached, B cannot."""
    table.introduce()
    await table.prepare()
    a, b = table.seats["a"], table.seats["b"]
    a.node.desk.links.client("B").calls.address = NO_ADDRESS
    return a, b


def test_what_is_fetched_is_held_receipted_and_up(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await met(table)
        fetching = b.node.desk.links.client("A")
        for _ in range(3):
            await fetching.pull()
            await fetching.push()
            await a.node.desk.keeper.catch_up()
            await b.node.desk.keeper.catch_up()
        assert leaves(b, a) == leaves(a, a)
        assert leaves(a, b) == leaves(b, b)
        assert Outgoing(a.journal, "B").outbox() == 0
        for seat in (a, b):
            (row,) = seat.node.desk.links.rows()
            assert (row["link"], row["outbox"]) == ("up", 0), row
        assert a.node.desk.links.rows()[0]["address"] == "none"
        assert [entry.kind for entry in a.journal.entries(b.journal.origin)].count("receipt") >= 1

    play(tmp_path, story)


def test_nothing_is_lost_or_doubled_by_cuts_repeats_and_late_answers(tmp_path: Path) -> None:
    """Answers get lost, come late and twice; requests are repeated; A restarts in between."""

    async def story(table: Table) -> None:
        a, b = await met(table)
        dice, late = random.Random(4), []

        for round_number in range(40):
            a.journal.append("note", {"text": f"EXERCISE {round_number}"}, recipients=["*"])
            fetching = b.node.desk.links.client("A")
            true_post = fetching.calls.post_answer

            async def post(answer: Answer, true_post=true_post) -> None:
                fate = dice.random()
                if fate < 0.3:
                    raise CutError("down", "cut")
                if fate < 0.5:
                    late.append(answer)
                    return
                await true_post(answer)
                if fate > 0.8 and late:
                    await true_post(late.pop(dice.randrange(len(late))))  # long outdated

            fetching.calls.post_answer = post
            with contextlib.suppress(CutError):
                await fetching.pull()
            fetching.calls.post_answer = true_post
            if round_number == 20:
                await a.close()
                a.open()
                await a.node.prepare()
        for _ in range(4):
            await b.node.desk.links.client("A").pull()
        assert leaves(b, a) == leaves(a, a)
        assert Outgoing(a.journal, "B").outbox() == 0

    play(tmp_path, story)


def test_a_batch_that_does_not_hold_is_refused_and_both_say_so(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = await met(table)
        calls = b.node.desk.links.client("A").calls
        true_fetch = calls.fetch_batch

        async def spoilt():
            batch, skew = await true_fetch()
            entries = [entry.model_copy(update={"leaf": "00" * 32}) for entry in batch.entries]
            return batch.model_copy(update={"entries": entries}), skew

        calls.fetch_batch = spoilt
        with pytest.raises(TroubleError, match="409"):
            await b.node.desk.links.client("A").pull()
        assert leaves(b, a) == []
        assert "refused our batch" in a.node.desk.links.rows()[0]["reason"]
        assert "we refuse what comes as party A" in b.node.desk.links.rows()[0]["reason"]

        async def taken_calmly(_: Answer) -> None:
            """A peer that answers our refusal as if nothing were wrong."""

        calls.post_answer = taken_calmly
        with pytest.raises(TroubleError, match="was refused"):  # so that the next fetch waits
            await b.node.desk.links.client("A").pull()

    play(tmp_path, story)


@pytest.mark.parametrize(("slept_s", "counts"), [(0.0, True), (600.0, False)])
def test_a_batch_that_waited_while_this_machine_slept_says_nothing_about_now(
    tmp_path: Path, slept_s: float, counts: bool
) -> None:
    async def story(table: Table) -> None:
        a, b = await met(table)
        fetching = b.node.desk.links.client("A")
        for _ in range(4):
            await fetching.pull()
        table.clock.advance(3600.0)
        name = f"ended/{a.card.origin}"
        before, true_fetch = b.journal.store.setting(name), fetching.calls.fetch_batch

        async def slow():
            fetched = await true_fetch()
            table.clock.advance(slept_s)
            return fetched

        fetching.calls.fetch_batch = slow
        assert await fetching.pull() == 0
        assert (b.journal.store.setting(name) != before) is counts

    play(tmp_path, story)


def test_a_poll_ends_as_soon_as_there_is_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_server, "LONG_POLL_S", 60.0)

    async def story(table: Table) -> None:
        a, b = await met(table)
        fetching, got = b.node.desk.links.client("A"), []
        while a.node.desk.links.client("B")._outgoing.outbox():
            await fetching.pull()

        async def fetch() -> None:
            got.append(await fetching.pull())

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(fetch)
                await anyio.sleep(0.1)
                assert got == []
                a.journal.append("note", {"text": "EXERCISE"}, recipients=["*"])
                await a.node.desk.keeper.catch_up()
        assert got == [1]

    play(tmp_path, story)


def real_node(seat: Seat, settings: str) -> Node:
    """The seat's node with real sockets, TLS and time."""
    sockets = []
    for _ in range(2):
        taken = socket.create_server(("127.0.0.1", 0))
        taken.setblocking(False)
        sockets.append(taken)
    text = seat.folder.settings_file.read_text("utf-8") + settings
    return open_node(
        seat.folder, parse_settings(text, where="node.toml"), seat.key, seat.link_key,
        Listeners(*sockets), clock=SystemClock(), randomness=SystemRandomness(),
    )  # fmt: skip


def test_two_real_nodes_one_behind_a_nat(tmp_path: Path) -> None:
    """Mutual TLS, real sockets: A can be reached, B fetches; both links come up; a stranger's do not."""

    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        hidden = b.card.renewed(b.key, link_address=NO_ADDRESS)
        pin_peer(a.journal, hidden)
        pin_peer(b.journal, a.card)
        node_a = real_node(a, "")
        port = node_a.listeners.link.getsockname()[1]
        node_b = real_node(b, f'\n[link]\npull = true\n[peer_addresses]\nA = "https://127.0.0.1:{port}"\n')
        nodes = (node_a, node_b)

        async def until_up() -> None:
            while True:
                rows = [node.desk.links.rows() for node in nodes]
                if all(row and row[0]["link"] == "up" and not row[0]["outbox"] for row in rows):
                    break
                await anyio.sleep(0.05)
            a.journal.append("note", {"text": "EXERCISE"}, recipients=["*"])
            while leaves(b, a) != leaves(a, a):
                await anyio.sleep(0.05)
            with pytest.raises(httpx2.HTTPError):
                async with httpx2.AsyncClient(verify=False) as stranger:
                    await stranger.get(f"https://127.0.0.1:{port}/link/v1/entries")
            for node in nodes:
                offset = node.desk.links.rows()[0]["clock_offset_s"]
                assert offset is not None
                assert abs(offset) < 1.0, "one clock"
                node.stop()

        with anyio.fail_after(60):
            async with anyio.create_task_group() as tasks:
                for node in nodes:
                    tasks.start_soon(node.run)
                tasks.start_soon(until_up)
        assert node_a.desk.links.listener_row()["turned_away"] == 1
        for node in nodes:
            await node.desk.links.close()
            node.listeners.close()
            node.desk.keeper.journal.store.close()

    play(tmp_path, story)


def test_what_makes_us_stumble_is_refused_and_never_ends_the_node(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        _, b = await met(table)
        fetching, tries = b.node.desk.links.client("A"), []

        def stumble(*_: object, **__: object) -> Answer:
            raise RuntimeError("a library's own error")

        async def wait(_: float) -> None:
            tries.append(fetching._fetch_failures)
            if len(tries) > 2:
                raise EndOfTestError

        fetching._incoming.accept = stumble
        fetching._clock.sleep = wait
        with pytest.raises(EndOfTestError):
            await fetching.run_pull()
        assert tries == [1, 2, 3]
        assert "cannot be read (RuntimeError)" in b.node.desk.links.rows()[0]["reason"]

        fetching._outgoing.answered = stumble
        with pytest.raises(TroubleError, match="RuntimeError") as caught:
            await fetching.push()
        assert caught.value.word == "refused"

        def halted(*_: object, **__: object) -> Answer:
            raise SQLAlchemyError("the disk is gone")

        fetching._incoming.accept = halted
        with pytest.raises(SQLAlchemyError):
            await fetching.pull()

    play(tmp_path, story)


class EndOfTestError(BaseException):
    """Enough was seen."""
