"""What peers can ask of the link: bounded, each only of one's own, and every refusal one line."""

from pathlib import Path

import anyio
import httpx2
import pytest

from skyaccord.node import link_server
from skyaccord.node.link_listener import CERTIFICATE
from skyaccord.node.link_server import link_app
from skyaccord.record.link import Outgoing
from skyaccord.record.wire import ANSWER_WIRE_BYTES_MAX, BATCH_WIRE_BYTES_MAX, Answer, read_answer, read_batch
from tests.node.tabletop import Seat, Table, play


async def ask(
    seat: Seat, shown: bytes | None, method: str, path: str, content: object = b"", **headers: str
) -> httpx2.Response:
    """A request to a seat's link by somebody who shows this certificate."""
    inner = link_app(seat.node.incoming, seat.node.desk.links)

    async def app(scope, receive, send) -> None:
        await inner({**scope, CERTIFICATE: shown or b""}, receive, send)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="https://a") as client:
        return await client.request(method, path, content=content, headers=headers)


def met(root: Path, story, parties: str = "AB") -> None:
    """A story among parties that know each other."""

    async def introduced(table: Table) -> None:
        table.introduce()
        await table.prepare()
        await story(table)

    play(root, introduced, parties)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/link/v1/entries", 405),
        ("GET", "/link/v1/answers", 405),
        ("GET", "/api/status", 404),
        ("GET", "/", 404),
        ("POST", "/api/acts", 404),
    ],
)
def test_nothing_else_can_be_asked_of_it(tmp_path: Path, method: str, path: str, status: int) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        assert (await ask(a, b.card.certificate, method, path)).status_code == status

    met(tmp_path, story)


def test_who_shows_no_pinned_certificate_learns_nothing(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b, c = (table.seats[name] for name in "abc")
        for seat in (a, b):
            seat.enrol()
        a.pin(b)
        await a.node.prepare()
        c.pin(a)
        batch = Outgoing(c.journal, "A").batch().dumps()
        for shown in (None, b"", b"x", c.card.certificate):
            for method, path in (("POST", "/link/v1/entries"), ("GET", "/link/v1/entries")):
                answer = await ask(a, shown, method, path, batch)
                assert answer.status_code == 403
                assert "no party pinned here" in answer.text
                assert "skyaccord-tick" not in answer.headers

    play(tmp_path, story, "ABC")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"from": 1}'])
@pytest.mark.parametrize("path", ["/link/v1/entries", "/link/v1/answers"])
def test_what_is_malformed_is_refused_in_one_line(tmp_path: Path, content: bytes, path: str) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        answer = await ask(a, b.card.certificate, "POST", path, content)
        assert answer.status_code == 400
        assert answer.text
        assert "\n" not in answer.text

    met(tmp_path, story)


def test_floods_and_dribbles_are_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_server, "BODY_S", 0.05)

    async def dribble():
        while True:
            await anyio.sleep(0.02)
            yield b"x"

    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        for path, most in (("entries", BATCH_WIRE_BYTES_MAX), ("answers", ANSWER_WIRE_BYTES_MAX)):
            flood = await ask(a, b.card.certificate, "POST", f"/link/v1/{path}", b"x" * (most + 1))
            assert (flood.status_code, flood.headers["connection"]) == (413, "close")
            slow = await ask(a, b.card.certificate, "POST", f"/link/v1/{path}", dribble())
            assert slow.status_code == 408

    met(tmp_path, story)


def test_one_valid_peer_cannot_pull_anothers_journal(tmp_path: Path) -> None:
    """The certificate says whose: C gets what is for C, whatever it asks, and cannot speak for B."""

    async def story(table: Table) -> None:
        a, b, c = (table.seats[name] for name in "abc")
        secret = a.journal.append("note", {"text": "EXERCISE for B alone"}, recipients=["B"])
        for query in ("", "?party=B", f"?from={b.journal.origin}"):
            got = read_batch((await ask(a, c.card.certificate, "GET", f"/link/v1/entries{query}")).content)
            line = next(one for one in got.entries if one.sequence == secret.sequence)
            assert (line.leaf, line.envelope) == (secret.leaf.hex(), None), "C gets the leaf"
        got = read_batch((await ask(a, b.card.certificate, "GET", "/link/v1/entries")).content)
        assert any(one.envelope and one.sequence == secret.sequence for one in got.entries)

        theirs = Outgoing(b.journal, "A").batch().dumps()
        answer = read_answer((await ask(a, c.card.certificate, "POST", "/link/v1/entries", theirs)).content)
        assert "another party's" in (answer.reason or "")
        assert list(a.journal.entries(b.journal.origin)) == []
        assert (
            read_answer((await ask(a, b.card.certificate, "POST", "/link/v1/entries", theirs)).content).reason
            is None
        )

        held = Outgoing(a.journal, "B").held()
        said = Answer(held=2).dumps()
        assert (await ask(a, c.card.certificate, "POST", "/link/v1/answers", said)).status_code == 204
        assert Outgoing(a.journal, "B").held() == held, "C's answer is about C alone"
        assert Outgoing(a.journal, "C").held() == 2

    met(tmp_path, story, "ABC")


def test_a_false_answer_is_refused_and_shown(tmp_path: Path) -> None:
    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        answer = await ask(a, b.card.certificate, "POST", "/link/v1/answers", Answer(held=999).dumps())
        assert answer.status_code == 409
        (row,) = a.node.desk.links.rows()
        assert row["link"] == "refused"
        assert "999" in row["reason"]

    met(tmp_path, story)


def test_a_replayed_heartbeat_does_not_make_a_dead_link_look_up(tmp_path: Path) -> None:
    """A request counts as a sign of life only with a tick of ours, a few seconds old; later, and from
    strangers, never."""

    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        await table.exchange(3)
        assert a.node.desk.links.rows()[0]["link"] == "up"
        recorded = Outgoing(b.journal, "A").batch().dumps()
        first = await ask(a, b.card.certificate, "POST", "/link/v1/entries", recorded)
        tick = first.headers["skyaccord-tick"]

        table.cut = True
        table.clock.advance(6.0)
        assert a.node.desk.links.rows()[0]["link"] == "down"
        with pytest.raises(Exception, match="cut"):
            await a.node.desk.links.client("B").push()
        for headers in ({}, {"skyaccord-tick": tick}, {"skyaccord-tick": "00"}):
            played = await ask(a, b.card.certificate, "POST", "/link/v1/entries", recorded, **headers)
            assert read_answer(played.content).reason is None
            assert (
                await ask(a, b"stranger", "POST", "/link/v1/entries", recorded, **headers)
            ).status_code == 403
        standing = a.node.desk.links.client("B").standing
        standing.sent()  # even if we reach it
        assert a.node.desk.links.rows()[0]["link"] == "down"
        fresh = {"skyaccord-tick": played.headers["skyaccord-tick"]}
        await ask(a, b.card.certificate, "POST", "/link/v1/entries", recorded, **fresh)
        assert a.node.desk.links.rows()[0]["link"] == "up"

    met(tmp_path, story)


def test_a_heartbeat_that_was_held_up_does_not_say_that_a_journal_ends_now(tmp_path: Path) -> None:
    """It waited while this machine slept: what its party did meanwhile must not be called dated back."""

    async def story(table: Table) -> None:
        a, b = table.seats["a"], table.seats["b"]
        await table.exchange(3)
        name = f"ended/{b.card.origin}"
        held_up = Outgoing(b.journal, "A").batch().dumps()
        first = await ask(a, b.card.certificate, "POST", "/link/v1/entries", held_up)
        tick = {"skyaccord-tick": first.headers["skyaccord-tick"]}
        table.clock.advance(600.0)
        before = a.journal.store.setting(name)
        answer = await ask(a, b.card.certificate, "POST", "/link/v1/entries", held_up, **tick)
        assert read_answer(answer.content).reason is None
        assert a.journal.store.setting(name) == before
        tick = {"skyaccord-tick": answer.headers["skyaccord-tick"]}
        await ask(a, b.card.certificate, "POST", "/link/v1/entries", held_up, **tick)
        assert a.journal.store.setting(name) != before, "one that comes at once does"

    met(tmp_path, story)
