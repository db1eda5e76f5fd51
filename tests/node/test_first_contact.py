"""A node whose folder was restored from an older copy appends nothing before it is whole again."""

from pathlib import Path

import pytest

from skyaccord.base.errors import JournalError
from skyaccord.record.evidence import forks
from skyaccord.record.link import Outgoing
from skyaccord.record.standing import MEMORY_FILE
from skyaccord.record.tiles import TILE_WIDTH
from skyaccord.record.wire import read_answer
from tests.node.tabletop import Seat, Table, play
from tests.node.test_link_server import ask


def note(seat: Seat, text: str, recipients: list[str]) -> None:
    seat.journal.append("note", {"text": text}, recipients=recipients)


async def behind(table: Table, *, memory: bool) -> tuple[Seat, list[bytes]]:
    """A's folder as it was before a day's work that B holds; memory: the file beside the store survived."""
    a = table.seats["a"]
    table.introduce()
    await table.prepare()
    await table.exchange()
    a.journal.store.close()
    older = a.folder.database.read_bytes()
    a.open()
    await a.node.prepare()
    for number in range(3):
        note(a, f"EXERCISE {number}", ["*"])
    note(a, "EXERCISE sealed", [])
    await table.exchange()
    leaves = [entry.leaf for entry in a.journal.entries()]
    await a.close()
    for file in a.folder.path.glob("node.db*"):
        file.unlink()
    a.folder.database.write_bytes(older)
    if not memory:
        (a.folder.path / MEMORY_FILE).unlink()
    a.open()
    assert a.journal.size() < len(leaves)
    return a, leaves


@pytest.mark.parametrize("memory", [True, False])
def test_what_was_lost_comes_back_from_the_peer_before_anything_is_appended(
    tmp_path: Path, memory: bool
) -> None:
    async def story(table: Table) -> None:
        a, leaves = await behind(table, memory=memory)
        b = table.seats["b"]
        await a.node.prepare()
        entries = list(a.journal.entries())
        assert [entry.leaf for entry in entries[: len(leaves)]] == leaves
        assert "journal.restored" in [entry.kind for entry in entries[len(leaves) :]]
        note(a, "EXERCISE and on", ["*"])
        await table.exchange()
        assert [entry.leaf for entry in b.journal.entries(a.journal.origin)][: len(leaves)] == leaves
        assert not forks(b.journal)
        assert a.node.desk.links.rows()[0]["link"] == "up"

    play(tmp_path, story)


def test_a_node_that_cannot_be_made_whole_says_so_and_appends_nothing(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, _ = await behind(table, memory=True)
        table.cut = True
        size = a.journal.size()
        with pytest.raises(JournalError, match="nothing is appended any more: behind"):
            await a.node.prepare()
        assert a.journal.size() == size
        assert not a.node.desk.links.ready
        table.cut = False
        await a.close()
        a.open()
        await a.node.prepare()
        assert a.journal.size() > size

    play(tmp_path, story)


def test_who_was_restored_alone_and_went_on_is_stopped_by_the_first_peer_it_meets(tmp_path: Path) -> None:
    """The whole folder, its memory too, and nobody to ask: the one case that forks, for a while."""

    async def story(table: Table) -> None:
        a, _ = await behind(table, memory=False)
        table.cut = True
        await a.node.prepare()
        note(a, "EXERCISE another history", ["*"])
        table.cut = False
        await table.exchange()
        (row,) = a.node.desk.links.rows()
        assert row["link"] == "refused"
        assert "nothing is appended any more" in row["reason"]
        with pytest.raises(JournalError):
            note(a, "EXERCISE", ["*"])

    play(tmp_path, story)


def test_greetings_are_answered_and_entries_wait_until_then(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        table.introduce()
        await table.prepare()
        a.node.desk.links.ready = False
        outgoing = Outgoing(b.journal, "A")
        size = a.journal.size()
        late = await ask(a, b.card.certificate, "POST", "/link/v1/entries", outgoing.batch().dumps())
        assert (late.status_code, a.journal.size()) == (503, size)
        greeting = outgoing.batch(10**9).dumps()
        answer = await ask(a, b.card.certificate, "POST", "/link/v1/entries", greeting)
        assert read_answer(answer.content).held == 0
        assert a.journal.size() == size

    play(tmp_path, story)


def test_proofs_are_for_pinned_peers_and_a_copy_is_of_the_askers_own(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b, c = (table.seats[name] for name in "abc")
        table.introduce()
        await table.prepare()
        note(b, "EXERCISE for A alone", ["A"])
        await table.exchange()
        size = a.journal.size()

        async def get(who: Seat | None, path: str) -> tuple[int, bytes]:
            shown = b"" if who is None else who.card.certificate
            answer = await ask(a, shown, "GET", f"/link/v1/{path}")
            return answer.status_code, answer.content

        status, checkpoint = await get(b, "checkpoint")
        assert status == 200
        assert checkpoint.decode().split("\n")[:2] == [a.journal.origin, str(size)]
        status, tile = await get(c, f"tile/0/000.p/{size}")
        assert tile == b"".join(entry.leaf for entry in a.journal.entries())
        assert [(await get(b, f"tile/0/{path}"))[0] for path in ("000", "x", "000.p/0")] == [
            404,
            400,
            400,
        ]
        assert size < TILE_WIDTH
        for path in ("checkpoint", f"tile/0/000.p/{size}", "copy?first=0"):
            assert (await get(None, path))[0] == 403

        assert b"EXERCISE" not in (await get(c, "copy?first=0"))[1]
        status, copy = await get(b, "copy?first=0")
        assert status == 200
        assert b.journal.origin.encode() in copy
        assert (await get(c, "copy?first=0"))[1].count(b.journal.origin.encode()) <= 1
        assert [(await get(b, f"copy?first={text}"))[0] for text in ("", "-1", "x", "9" * 30)] == [400] * 4
        assert (await get(b, "copy?first=100000"))[0] == 404

    play(tmp_path, story, "ABC")
