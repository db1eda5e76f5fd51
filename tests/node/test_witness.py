"""A neutral witness over real sockets: cosigns what continues, knows only whom it follows, reads nothing."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx2
import pytest

from skyaccord.base.clock import ManualClock
from skyaccord.base.errors import InputError, NotANodeError, TrustError
from skyaccord.base.randomness import SeededRandomness
from skyaccord.node.link_calls import over_tls
from skyaccord.node.link_tls import LinkTls
from skyaccord.node.witness_server import WitnessServer
from skyaccord.record.standing import newest_by
from skyaccord.record.witness_card import WITNESS_PINNED, WitnessCard, pin_witness, pinned_witnesses
from skyaccord.record.witness_folder import (
    WitnessFolder,
    follow,
    followed_cards,
    init_witness_folder,
    open_witness_folder,
)
from tests.node.tabletop import WALL, Seat, Table, play


class Harbour:
    """A witness that serves."""

    def __init__(self, folder: WitnessFolder, port: int) -> None:
        self.folder, self.port = folder, port
        self.store = folder.open_store()
        self.witness = folder.witness(self.store, folder.load_key("secret"), ManualClock(WALL))
        tls = LinkTls(folder.load_link_key("secret"), folder.card().certificate)
        self.server = WitnessServer(self.witness, tls.server_context())

    def client(self, seat: Seat) -> httpx2.AsyncClient:
        shown = LinkTls(seat.link_key, seat.card.certificate or b"")
        return over_tls(shown.client_context(self.folder.card().certificate))

    async def follow(self, *seats: Seat) -> None:
        for seat in seats:
            follow(self.witness, seat.card)
        await self.server.look()


@contextlib.asynccontextmanager
async def harbour(root: Path) -> AsyncIterator[Harbour]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        folder = init_witness_folder(
            root / "W", name="harbour.example/w1", link_address=f"https://127.0.0.1:{port}",
            passphrase="secret", randomness=SeededRandomness(7),
        )  # fmt: skip
        made = Harbour(folder, port)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: made.server.serve(listener, heed_signals=False))
            yield made
            made.server.stop()
        made.store.close()


def point(seat: Seat, w: Harbour) -> None:
    """Have the seat's node reach the witness through the real network."""
    seat.node.desk.witnesses._make_client = lambda _certificate: w.client(seat)


def test_it_cosigns_what_we_append_and_our_node_keeps_it(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        async with harbour(tmp_path) as w:
            card = w.folder.card()
            pin_witness(a.journal, card)
            point(a, w)
            await a.node.prepare()
            witnesses = a.node.desk.witnesses
            assert not await witnesses.ask(card.name)
            assert witnesses.rows()[0]["reason"], "it does not follow us yet"
            await w.follow(a)
            assert await witnesses.ask(card.name)
            (row,) = witnesses.rows()
            assert (row["name"], row["cosigned"], row["reason"]) == (card.name, a.journal.size(), None)
            for number in range(3):
                a.journal.append("note", {"text": f"EXERCISE {number}"}, recipients=[])
                assert await witnesses.ask(card.name)
            assert not await witnesses.ask(card.name), "it has cosigned all there is"
            (log,) = w.witness.logs()
            with a.journal.store.reading() as connection:
                known = newest_by(connection, card.name)
            assert known is not None
            assert (log.origin, log.size) == (a.journal.origin, known[0])
            assert known[0] == a.journal.size()

            # whoever is not followed does not come in, and nobody is told about others
            with pytest.raises(httpx2.HTTPError):
                async with w.client(b) as client:
                    await client.get(f"https://127.0.0.1:{w.port}/witnessed")
            async with w.client(a) as client:
                shown = await client.get(f"https://127.0.0.1:{w.port}/witnessed")
                assert shown.json() == [{"origin": log.origin, "size": log.size, "note": log.note}]
                for path in ("link/v1/entries", "link/v1/copy?first=0", "api/status"):
                    assert (await client.get(f"https://127.0.0.1:{w.port}/{path}")).status_code == 404
                flood = await client.post(
                    f"https://127.0.0.1:{w.port}/add-checkpoint", content=b"x" * 100_000
                )
                assert flood.status_code == 413
                bad = await client.post(f"https://127.0.0.1:{w.port}/add-checkpoint", content=b"old x\n\n")
                assert bad.status_code == 400
            await witnesses.close()

    play(tmp_path, story)


def test_a_node_that_serves_notices_a_witness_named_beside_it(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        async with harbour(tmp_path) as w, anyio.create_task_group() as tasks:
            await w.follow(a)
            point(a, w)
            await a.node.prepare()
            a.node.desk.witnesses.start(tasks)
            assert a.node.desk.witnesses.rows() == []
            pin_witness(a.journal, w.folder.card())
            await a.node.desk.keeper.catch_up()
            with anyio.fail_after(10):
                while not (rows := a.node.desk.witnesses.rows()) or not rows[0]["cosigned"]:
                    await anyio.sleep(0.02)
            assert (await a.get("status"))["witnesses"][0]["cosigned"] == a.journal.size()
            tasks.cancel_scope.cancel()

    play(tmp_path, story)


def test_a_witness_that_is_away_holds_nothing_up(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        async with harbour(tmp_path) as w:
            card = w.folder.card()
        pin_witness(a.journal, card)
        point(a, w)
        await a.node.prepare()
        assert not await a.node.desk.witnesses.ask(card.name)
        assert "cannot be reached" in a.node.desk.witnesses.rows()[0]["reason"]
        await a.node.tick()

    play(tmp_path, story)


def test_a_witness_is_pinned_once_and_its_key_is_never_replaced(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        made = [
            init_witness_folder(
                tmp_path / name, name="w", link_address="https://127.0.0.1:1", passphrase="secret",
                randomness=SeededRandomness(1),
            ).card()
            for name in ("one", "other")
        ]  # fmt: skip
        entry = pin_witness(a.journal, made[0])
        assert entry is not None
        assert (entry.kind, entry.header.recipients) == (WITNESS_PINNED, [])
        assert pin_witness(a.journal, made[0]) is None
        with pytest.raises(TrustError, match="another key"):
            pin_witness(a.journal, made[1])
        assert pinned_witnesses(a.journal) == {"w": made[0]}

    play(tmp_path, story)


def test_a_folder_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    made = {"link_address": "https://w:1", "passphrase": "secret", "randomness": SeededRandomness(1)}
    for name in ("", "two words", "a+b", "x" * 61):
        with pytest.raises(InputError, match="name"):
            init_witness_folder(tmp_path / "W", name=name, **made)
    assert list(tmp_path.iterdir()) == []
    folder = init_witness_folder(tmp_path / "W", name="w", **made)
    assert open_witness_folder(folder.path).card() == folder.card()
    with pytest.raises(InputError, match="exists"):
        init_witness_folder(folder.path, name="w", **made)
    with pytest.raises(NotANodeError, match=r"witness\.db is missing"):
        open_witness_folder(tmp_path)
    with pytest.raises(TrustError, match="passphrase"):
        folder.load_key("other")


def test_no_character_of_a_witnesss_card_can_be_changed(tmp_path: Path) -> None:
    folder = init_witness_folder(
        tmp_path / "W", name="w", link_address="https://w:1", passphrase="secret",
        randomness=SeededRandomness(1),
    )  # fmt: skip
    text, file = folder.card().dumps(), tmp_path / "card"
    for place in range(5, len(text) - 3, 7):
        if text[place].isspace():
            continue
        file.write_text(text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :])
        with pytest.raises(TrustError):
            WitnessCard.load(file)


def test_a_new_card_of_the_same_key_may_connect(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a = table.seats["a"]
        async with harbour(tmp_path) as w:
            assert follow(w.witness, a.card)
            assert not follow(w.witness, a.card)
            renewed = a.card.renewed(a.key, link_address="https://elsewhere")
            assert follow(w.witness, renewed)
            assert followed_cards(w.store) == {a.journal.origin: renewed}

    play(tmp_path, story)
