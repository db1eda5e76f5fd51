"""The sender's manners: back-off with jitter, an end to waiting, and every kind of bad answer named."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import httpx2
import pytest

from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.node.link_calls import PeerCalls, TroubleError
from skyaccord.node.link_client import BACKOFF_MAX_S, LinkClient
from skyaccord.node.link_state import SILENT_AFTER_S
from skyaccord.node.link_times import PeerTimes
from skyaccord.record.link import Outgoing
from skyaccord.record.wire import ANSWER_WIRE_BYTES_MAX, Answer, read_batch
from tests.node.tabletop import Table

Handler = Callable[[httpx2.Request], httpx2.Response]


def with_client(root: Path, handler: Handler, story) -> None:
    async def run() -> None:
        table = Table(root, "AB")
        table.introduce()
        seat = table.seats["a"]
        transport = httpx2.AsyncClient(transport=httpx2.MockTransport(handler))
        randomness = SeededRandomness(1)
        calls = PeerCalls("B", PeerTimes(table.clock, randomness))
        calls.client, calls.address = transport, "https://b"
        outgoing, incoming = Outgoing(seat.journal, "B"), seat.node.incoming
        client = LinkClient(outgoing, incoming, calls, table.clock, randomness)
        try:
            await story(client, table.clock)
        finally:
            await transport.aclose()
            await table.close()

    anyio.run(run)


def good(request: httpx2.Request) -> httpx2.Response:
    batch = read_batch(request.content)
    held = batch.entries[-1].sequence + 1 if batch.entries else 3
    return httpx2.Response(200, content=Answer(held=held).dumps())


def test_up_needs_both_directions(tmp_path: Path) -> None:
    async def story(client: LinkClient, clock: ManualClock) -> None:
        assert (client.state().link, client.state().reason) == ("down", "not reached yet")
        client.sized(3)
        assert client.state().outbox == 3
        assert await client.push()
        state = client.state()
        assert (state.link, state.outbox, state.held) == ("down", 0, 3)
        assert "have not heard" in (state.reason or "")
        client.heard()
        state = client.state()
        assert (state.link, state.reason) == ("up", None)
        since = state.since
        clock.advance(SILENT_AFTER_S)
        assert client.state().link == "up"
        clock.advance(0.1)
        state = client.state()
        assert state.link == "down"
        assert state.since > since

    with_client(tmp_path, good, story)


def test_a_forger_takes_nothing_away_but_explains_a_silence(tmp_path: Path) -> None:
    async def story(client: LinkClient, clock: ManualClock) -> None:
        await client.push()
        client.heard()
        client.standing.refused("the signature does not hold")
        assert client.state().link == "up"
        clock.advance(SILENT_AFTER_S + 1)
        await client.push()
        state = client.state()
        assert state.link == "refused"
        assert "signature does not hold" in (state.reason or "")
        client.heard()
        assert client.state().link == "up"

    with_client(tmp_path, good, story)


@pytest.mark.parametrize(
    ("answer", "word", "says"),
    [
        (httpx2.Response(200, content=Answer(held=1, reason="bad chain").dumps()), "refused", "bad chain"),
        (httpx2.Response(200, content=Answer(held=99).dumps()), "refused", "restored"),
        (httpx2.Response(200, content=Answer(held=1, cosigned="x\n").dumps()), "refused", "none of ours"),
        (httpx2.Response(200, content=b"<html>"), "refused", "not an answer"),
        (
            httpx2.Response(200, content=b"x" * (ANSWER_WIRE_BYTES_MAX + 1)),
            "refused",
            "bytes from https",
        ),
        (
            httpx2.Response(200, headers={"content-encoding": "br"}, stream=httpx2.ByteStream(b"x")),
            "refused",
            "compressed",
        ),
        (httpx2.Response(404, content=b"nothing here"), "refused", "404"),
        (httpx2.Response(302, headers={"location": "https://elsewhere"}), "refused", "302"),
    ],
)
def test_a_bad_answer_is_named_and_moves_nothing(
    tmp_path: Path, answer: httpx2.Response, word: str, says: str
) -> None:
    async def story(client: LinkClient, _clock: ManualClock) -> None:
        with pytest.raises(TroubleError, match=says):
            await client.push()
        state = client.state()
        assert state.link == word
        assert says in (state.reason or "")
        assert state.held == 0

    with_client(tmp_path, lambda _: answer, story)


def test_waits_grow_with_jitter_up_to_a_limit_and_end_when_the_peer_is_heard(tmp_path: Path) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("connection refused", request=request)

    async def story(client: LinkClient, _clock: ManualClock) -> None:
        waits = []
        for _ in range(12):
            with pytest.raises(TroubleError, match="cannot be reached"):
                await client.push()
            waits.append(client.backoff_s(client.standing.failures))
        for number, wait in enumerate(waits):
            longest = min(BACKOFF_MAX_S, 0.5 * 2**number)
            assert longest / 2 <= wait <= longest
        assert len(set(waits)) == len(waits)
        client.heard()
        assert client.poked

    with_client(tmp_path, refuse, story)


def test_an_endless_answer_is_cut_off(tmp_path: Path) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 1
            yield b"x" * 1024

    async def story(client: LinkClient, _clock: ManualClock) -> None:
        with pytest.raises(TroubleError, match="bytes from https"):
            await client.push()
        assert given * 1024 <= 3 * ANSWER_WIRE_BYTES_MAX

    with_client(tmp_path, lambda _: httpx2.Response(200, content=endless()), story)


@pytest.mark.parametrize(
    ("raised", "word", "says"),
    [
        ("certificate verify failed [SSL: CERTIFICATE_VERIFY_FAILED]", "refused", "another certificate"),
        ("Server disconnected without sending a response.", "down", "may not have pinned our present card"),
    ],
)
def test_who_does_not_know_whom_is_said(tmp_path: Path, raised: str, word: str, says: str) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        kind = httpx2.ConnectError if "verify" in raised else httpx2.RemoteProtocolError
        raise kind(raised, request=request)

    async def story(client: LinkClient, _clock: ManualClock) -> None:
        with pytest.raises(TroubleError, match=says):
            await client.push()
        assert client.state().link == word

    with_client(tmp_path, refuse, story)


def test_nothing_is_sent_in_the_open_or_to_nobody(tmp_path: Path) -> None:
    def never(request: httpx2.Request) -> httpx2.Response:
        raise AssertionError(request.url)

    async def story(client: LinkClient, _clock: ManualClock) -> None:
        for address, says in (("http://b", "is not https"), ("none", "no address")):
            client.calls.address = address
            with pytest.raises(TroubleError, match=says):
                await client.push()
        client.calls.address, client.calls.client = "https://b", None
        with pytest.raises(TroubleError, match="before the link had TLS"):
            await client.push()

    with_client(tmp_path, never, story)
