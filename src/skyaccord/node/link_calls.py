"""One request to a peer and its answer: deadline, bound, and every way it can fail as one line."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Final

import anyio
import httpx2

from skyaccord.base.errors import LinkError, RefusedError
from skyaccord.node.clock_skew import Skew
from skyaccord.node.link_proofs import COPY_PATH, ROTATIONS_PATH
from skyaccord.node.link_server import ANSWERS_PATH, ENTRIES_PATH, LONG_POLL_S
from skyaccord.node.link_state import REASON_CHARS_MAX, LinkWord
from skyaccord.node.link_times import PeerTimes
from skyaccord.record.cards import NO_ADDRESS
from skyaccord.record.wire import (
    ANSWER_WIRE_BYTES_MAX,
    BATCH_WIRE_BYTES_MAX,
    Answer,
    Batch,
    read_answer,
    read_batch,
)

DEADLINE_S: Final = 10.0  # one batch of a megabyte over a slow line, stored and receipted
KEEP_ALIVE_S: Final = 5.0  # shorter than the listener's patience, or one would close what the other uses
CONNECTIONS_MAX: Final = 2  # to one peer: one pushes, one polls


class TroubleError(LinkError):
    """One exchange that did not work, and why."""

    def __init__(self, word: LinkWord, reason: str, *, other_certificate: bool = False) -> None:
        """other_certificate: the peer showed another one than we have pinned."""
        super().__init__(reason)
        self.word: LinkWord = word
        self.other_certificate = other_certificate
        self.reason = reason[:REASON_CHARS_MAX]


MakeClient = Callable[[], httpx2.AsyncClient]


def over_tls(context: ssl.SSLContext) -> httpx2.AsyncClient:
    """A client that shows our certificate, and speaks only to the peer that `context` trusts."""
    return httpx2.AsyncClient(
        verify=context,
        timeout=DEADLINE_S,
        trust_env=False,
        limits=httpx2.Limits(max_connections=CONNECTIONS_MAX, keepalive_expiry=KEEP_ALIVE_S),
    )


class PeerCalls:
    """Requests to one peer. address: changes with its card or node.toml. client: None while the peer's card
    has no certificate."""

    def __init__(self, peer: str, times: PeerTimes) -> None:
        self.peer = peer
        self.times = times
        self.address = NO_ADDRESS
        self.client: httpx2.AsyncClient | None = None

    async def post_batch(self, batch: Batch) -> Answer:
        """Here is a batch; what the peer then holds. TroubleError."""
        data, _ = await self._ask("POST", ENTRIES_PATH, batch.dumps(), ANSWER_WIRE_BYTES_MAX)
        try:
            return read_answer(data)
        except RefusedError as error:
            raise TroubleError("refused", f"not an answer of a node: {error}") from None

    async def fetch_batch(self) -> tuple[Batch, Skew | None]:
        """What is next for us, and what this exchange measured of the peer's clock; waits a while if there is
        nothing. TroubleError."""
        data, skew = await self._ask("GET", ENTRIES_PATH, b"", BATCH_WIRE_BYTES_MAX)
        try:
            return read_batch(data), skew
        except RefusedError as error:
            raise TroubleError("refused", f"not a batch of a node: {error}") from None

    async def fetch_copy(self, first: int) -> Batch:
        """What the peer holds of our own journal from entry `first` on. TroubleError."""
        data, _ = await self._ask("GET", f"{COPY_PATH}?first={first}", b"", BATCH_WIRE_BYTES_MAX)
        try:
            return read_batch(data)
        except RefusedError as error:
            raise TroubleError("refused", f"not a copy of a journal: {error}") from None

    async def fetch_rotations(self, anybody: httpx2.AsyncClient) -> bytes:
        """What whoever answers at the peer's address says of changes of its key: unchecked bytes. No tick and
        no time of ours is told, and none taken. TroubleError."""
        url = self.address.rstrip("/") + ROTATIONS_PATH
        headers = {"accept-encoding": "identity"}
        try:
            with anyio.fail_after(DEADLINE_S):
                async with anybody.stream("GET", url, headers=headers) as response:
                    data = await self._bounded(response, BATCH_WIRE_BYTES_MAX)
        except TimeoutError:
            raise TroubleError("down", f"no answer within {DEADLINE_S:.0f} s from {self.address}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise self._why(error) from None
        if response.status_code != httpx2.codes.OK:
            raise TroubleError("refused", f"{self.address} answered {response.status_code}")
        return data

    async def post_answer(self, answer: Answer) -> None:
        """This is what we hold of yours. TroubleError."""
        await self._ask("POST", ANSWERS_PATH, answer.dumps(), 0)

    async def _ask(self, method: str, path: str, body: bytes, answer_max: int) -> tuple[bytes, Skew | None]:
        client = self._client()
        asked_at, headers = self.times.asking()
        headers |= {"content-type": "application/json", "accept-encoding": "identity"}
        url = self.address.rstrip("/") + path
        deadline_s = DEADLINE_S + (LONG_POLL_S if method == "GET" else 0.0)
        try:
            with anyio.fail_after(deadline_s):
                async with client.stream(method, url, content=body or None, headers=headers) as response:
                    data = await self._bounded(response, answer_max)
        except TimeoutError:
            raise TroubleError("down", f"no answer within {deadline_s:.0f} s from {self.address}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise self._why(error) from None
        if response.status_code not in (httpx2.codes.OK, httpx2.codes.NO_CONTENT):
            said = data.decode("utf-8", "replace")
            raise TroubleError("refused", f"{self.address} answered {response.status_code}: {said}")
        return data, self.times.answered(asked_at, response.headers)

    def _client(self) -> httpx2.AsyncClient:
        if self.address == NO_ADDRESS:
            raise TroubleError("down", f"party {self.peer}'s node has no address: it has to reach us")
        if self.client is None:
            raise TroubleError(
                "refused",
                f"party {self.peer}'s card is from before the link had TLS: pin its present one"
                " (`skyaccord node peer`)",
            )
        if not self.address.startswith("https://"):
            raise TroubleError(
                "refused", f"{self.address} is not https: pin party {self.peer}'s present card"
            )
        return self.client

    def _why(self, error: Exception) -> TroubleError:
        what = str(error) or type(error).__name__
        if "CERTIFICATE_VERIFY_FAILED" in what:
            return TroubleError(
                "refused",
                f"{self.address} shows another certificate than party {self.peer}'s card",
                other_certificate=True,
            )
        if isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError):
            return TroubleError(
                "down",
                f"{self.address} ended the connection; if it stays so, party {self.peer} may not have pinned"
                f" our present card ({what})",
            )
        return TroubleError("down", f"{self.address} cannot be reached ({what})")

    async def _bounded(self, response: httpx2.Response, most: int) -> bytes:
        """The answer's body, never more of it than such an answer may have."""
        if response.headers.get("content-encoding", "identity") != "identity":
            # four bytes can hide a million
            raise TroubleError("refused", f"a compressed answer from {self.address}")
        if response.status_code != httpx2.codes.OK:
            most = REASON_CHARS_MAX
        data = bytearray()
        async for chunk in response.aiter_bytes(max(most, 1)):
            data += chunk
            if len(data) > most:
                if response.status_code != httpx2.codes.OK:
                    break
                raise TroubleError("refused", f"an answer of more than {most} bytes from {self.address}")
        return bytes(data)
