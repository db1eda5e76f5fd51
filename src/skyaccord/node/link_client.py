"""Pushes our journal to one peer, for ever: at least once, in order, with exactly-once effect.

All state that matters is on the two disks (`record.link`): this loop may be killed at any place. An empty
batch is the heartbeat. After a failure it waits longer each time, with jitter, so that two nodes that lost
each other do not meet in step; anything heard from the peer ends the wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import anyio
import anyio.to_thread
import httpx2

from skyaccord.base.clock import Clock
from skyaccord.base.errors import JournalError, LinkError, RefusedError
from skyaccord.base.randomness import Randomness
from skyaccord.record.link import Outgoing
from skyaccord.record.wire import ANSWER_WIRE_BYTES_MAX, Answer, read_answer

HEARTBEAT_S: Final = 1.0
SILENT_AFTER_S: Final = 5.0
"""Five heartbeats missed: the link is down, loudly. Shorter would flicker on a busy machine."""
DEADLINE_S: Final = 10.0  # one batch of a megabyte over a slow line, stored and receipted
BACKOFF_FIRST_S: Final = 0.5
BACKOFF_MAX_S: Final = 15.0
ENTRIES_PATH: Final = "/link/v1/entries"
REASON_CHARS_MAX: Final = 300

LinkWord = Literal["up", "down", "refused"]


@dataclass(frozen=True)
class LinkState:
    """How the link to one peer stands. since: wall time of the last change. held: what the peer holds of
    ours.
    """

    link: LinkWord
    since: datetime
    outbox: int
    held: int
    reason: str | None


class LinkClient:
    """One peer's sender. `run` until cancelled; `poke` when there is something new to send."""

    def __init__(
        self,
        outgoing: Outgoing,
        address: str,
        client: httpx2.AsyncClient,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self.peer = outgoing.peer
        self.address = address
        self._outgoing = outgoing
        self._client = client
        self._clock = clock
        self._randomness = randomness
        self._poked = anyio.Event()
        self._sent_at: float | None = None
        self._heard_at: float | None = None
        self._failures = 0
        self._trouble: tuple[LinkWord, str] = ("down", "not reached yet")
        self._refused: str | None = None
        self._word: LinkWord = "down"
        self._since = clock.now()
        self._held = 0
        self._size = 0

    def poke(self) -> None:
        """There is something to send, or a reason to try again now."""
        self._poked.set()

    def heard(self) -> None:
        """The peer's own node has just spoken to us."""
        self._heard_at = self._clock.monotonic()
        self._refused = None
        if self._failures:
            self.poke()

    def refused(self, reason: str) -> None:
        """Somebody sent a batch as this peer, and it did not hold.

        It may be a forger, so it takes nothing away: it only explains why the peer itself is not heard.
        """
        self._refused = f"we refuse what comes as party {self.peer}: {reason}"[:REASON_CHARS_MAX]

    def sized(self, size: int) -> None:
        """Our journal has this many entries."""
        self._size = size

    def state(self) -> LinkState:
        """How it stands now. Up only if both directions were heard of lately: half a link is a link down."""
        word, reason = self._judge()
        if word != self._word:
            self._word, self._since = word, self._clock.now()
        return LinkState(word, self._since, max(0, self._size - self._held), self._held, reason)

    def _judge(self) -> tuple[LinkWord, str | None]:
        now = self._clock.monotonic()
        sent = self._sent_at is not None and now - self._sent_at <= SILENT_AFTER_S
        heard = self._heard_at is not None and now - self._heard_at <= SILENT_AFTER_S
        if sent and heard:
            return "up", None
        if self._failures and self._trouble[0] == "refused":
            return self._trouble
        if not heard and self._refused is not None:
            return "refused", self._refused
        if sent:
            return (
                "down",
                f"we reach party {self.peer}, but have not heard from it for {SILENT_AFTER_S:.0f} s",
            )
        return "down", self._trouble[1]

    async def run(self) -> None:
        """Push, wait, push again; never returns."""
        while True:
            self._poked = anyio.Event()
            try:
                everything_held = await self.push()
            except TroubleError:
                wait_s = self.backoff_s()
            else:
                wait_s = HEARTBEAT_S if everything_held else 0.0
            if wait_s:
                with anyio.move_on_after(wait_s):
                    await self._poked.wait()

    @property
    def poked(self) -> bool:
        """Whether it will not wait before its next push."""
        return self._poked.is_set()

    def backoff_s(self) -> float:
        """How long to wait after the failures so far, with fresh jitter: half to all of the doubled time."""
        longest = min(BACKOFF_MAX_S, BACKOFF_FIRST_S * 2.0 ** min(self._failures - 1, 10))
        share: float = 0.5 + 0.5 * self._randomness.random()
        return longest * share

    async def push(self) -> bool:
        """One batch there and one answer back; True if the peer then holds everything. TroubleError."""
        try:
            held_all = await self._exchange()
        except TroubleError as trouble:
            self._failures += 1
            self._trouble = (trouble.word, trouble.reason[:REASON_CHARS_MAX])
            raise
        self._failures = 0
        self._sent_at = self._clock.monotonic()
        return held_all

    async def _exchange(self) -> bool:
        batch = await anyio.to_thread.run_sync(self._outgoing.batch)
        answer = await self._post(batch.dumps())
        if answer.reason is not None:
            raise TroubleError("refused", f"party {self.peer} refused our batch: {answer.reason}")
        try:
            held_all = await anyio.to_thread.run_sync(self._outgoing.answered, answer)
        except JournalError as error:
            # A peer cannot stop this node by claiming things: we say so loudly and go on watching.
            raise TroubleError("refused", str(error)) from None
        self._held = answer.held
        return held_all

    async def _post(self, body: bytes) -> Answer:
        try:
            with anyio.fail_after(DEADLINE_S):
                async with self._client.stream(
                    "POST",
                    self.address.rstrip("/") + ENTRIES_PATH,
                    content=body,
                    headers={"content-type": "application/json", "accept-encoding": "identity"},
                ) as response:
                    data = await _bounded(response, self.address)
        except TimeoutError:
            raise TroubleError("down", f"no answer within {DEADLINE_S:.0f} s from {self.address}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            what = str(error) or type(error).__name__
            raise TroubleError("down", f"{self.address} cannot be reached ({what})") from None
        if response.status_code != httpx2.codes.OK:
            said = data.decode("utf-8", "replace")
            raise TroubleError("refused", f"{self.address} answered {response.status_code}: {said}")
        try:
            return read_answer(data)
        except RefusedError as error:
            raise TroubleError("refused", f"not an answer of a node: {error}") from None


async def _bounded(response: httpx2.Response, address: str) -> bytes:
    """The answer's body, never more of it than an answer may have."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise TroubleError("refused", f"a compressed answer from {address}")  # four bytes can hide a million
    data = bytearray()
    async for chunk in response.aiter_bytes(ANSWER_WIRE_BYTES_MAX):
        data += chunk
        if len(data) > ANSWER_WIRE_BYTES_MAX:
            raise TroubleError(
                "refused", f"an answer of more than {ANSWER_WIRE_BYTES_MAX} bytes from {address}"
            )
    return bytes(data)


class TroubleError(LinkError):
    """One push that did not work, and why."""

    def __init__(self, word: LinkWord, reason: str) -> None:
        super().__init__(reason)
        self.word: LinkWord = word
        self.reason = reason
