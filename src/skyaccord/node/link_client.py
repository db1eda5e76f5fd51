"""Keeps one peer's copy of our journal up to date, and fetches the peer's where it cannot come to us.

All state that matters is on the two disks (`record.link`): these loops may be killed at any place. An empty
batch is the heartbeat. After a failure each waits longer each time, with jitter, so that two nodes that lost
each other do not meet in step; anything heard from the peer ends the wait.

    push   POST our batch          → the peer's Answer      at once when there is something, else each second
    pull   GET the peer's batch    → POST our Answer        a long poll, always waiting
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Final

import anyio
import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError

from skyaccord.base.clock import Clock
from skyaccord.base.errors import JournalError
from skyaccord.base.randomness import Randomness
from skyaccord.node.clock_skew import clock_of
from skyaccord.node.link_calls import DEADLINE_S, PeerCalls, TroubleError
from skyaccord.node.link_state import LinkStanding, LinkState
from skyaccord.record.cards import NO_ADDRESS
from skyaccord.record.fields import SEQUENCE_MAX
from skyaccord.record.link import Incoming, Outgoing
from skyaccord.record.wire import NOT_YET, Answer, Batch

HEARTBEAT_S: Final = 1.0
BACKOFF_FIRST_S: Final = 0.5
BACKOFF_MAX_S: Final = 15.0


class LinkClient:
    """One peer's link, our side of it. `run` and `run_pull` until cancelled."""

    def __init__(
        self,
        outgoing: Outgoing,
        incoming: Incoming,
        calls: PeerCalls,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self.peer = outgoing.peer
        self.calls = calls
        self.standing = LinkStanding(self.peer, clock)
        self._outgoing = outgoing
        self._incoming = incoming
        self._clock = clock
        self._randomness = randomness
        self.renew: Callable[[LinkClient], Awaitable[bool]] | None = None
        """Asked when the peer shows another certificate; True: it has a new one, go on (link_renewal.py)."""
        self._poked = anyio.Event()
        self._news = anyio.Event()
        self._fetch_failures = 0
        self._held = 0
        self._size = 0

    def poke(self) -> None:
        """There is something to send, or a reason to try again now."""
        self._poked.set()

    @property
    def poked(self) -> bool:
        """Whether it will not wait before its next push."""
        return self._poked.is_set()

    def heard(self) -> None:
        """The peer's own node has just spoken to us."""
        self.standing.heard()
        if self.standing.failures:
            self.poke()

    def sized(self, size: int) -> None:
        """Our journal has this many entries."""
        self._size = size
        self._news.set()
        self._news = anyio.Event()

    def state(self) -> LinkState:
        """How it stands now."""
        word, since, reason = self.standing.word()
        skew = self.calls.times.skew.best()
        return LinkState(word, since, max(0, self._size - self._held), self._held, reason, skew)

    # ── push ────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Push, wait, push again; never returns."""
        while True:
            self._poked = anyio.Event()
            if self.fetches_only:
                await self._poked.wait()
                continue
            try:
                everything_held = await self.push()
            except TroubleError as trouble:
                wait_s = self.backoff_s(self.standing.failures)
                if trouble.other_certificate and self.renew is not None and await self.renew(self):
                    wait_s = 0.0
            else:
                wait_s = HEARTBEAT_S if everything_held else 0.0
            if wait_s:
                with anyio.move_on_after(wait_s):
                    await self._poked.wait()

    def backoff_s(self, failures: int) -> float:
        """How long to wait after so many failures, with fresh jitter: half to all of the doubled time."""
        longest = min(BACKOFF_MAX_S, BACKOFF_FIRST_S * 2.0 ** min(failures - 1, 10))
        share: float = 0.5 + 0.5 * self._randomness.random()
        return longest * share

    async def push(self) -> bool:
        """One batch there and one answer back; True if the peer then holds everything. TroubleError."""
        try:
            batch = await anyio.to_thread.run_sync(self._outgoing.batch)
            with self._blaming_the_peer():
                return await self.answered(await self.calls.post_batch(batch))
        except TroubleError as trouble:
            self.standing.failed(trouble.word, trouble.reason)
            raise

    async def greet(self) -> None:
        """Show our newest checkpoint without any entry, and learn what the peer holds of us. TroubleError."""
        batch = await anyio.to_thread.run_sync(self._outgoing.batch, SEQUENCE_MAX)
        with self._blaming_the_peer():
            await self.answered(await self.calls.post_batch(batch), fresh=False)

    @contextlib.contextmanager
    def _blaming_the_peer(self) -> Iterator[None]:
        """Whatever else a peer's data sets off is TroubleError: it never ends this node. What our own journal
        or disk says goes through, and so does cancellation."""
        try:
            yield
        except (TroubleError, JournalError, SQLAlchemyError, sqlite3.Error, OSError, MemoryError):
            raise
        except Exception as error:
            what = f"what came as party {self.peer} cannot be read ({type(error).__name__})"
            self.standing.refused(what)
            raise TroubleError("refused", what) from error

    async def answered(self, answer: Answer, *, fresh: bool = True) -> bool:
        """The peer says what it holds; True if that is everything. TroubleError: it refuses, or lies."""
        held_all = False
        try:
            # Even a refusal may show a checkpoint that our own key signed, and then it counts.
            if answer.reason is None or answer.cosigned is not None:
                held_all = await anyio.to_thread.run_sync(self._outgoing.answered, answer)
        except JournalError as error:
            # A peer cannot stop this node by claiming things: we say so loudly and go on watching.
            raise TroubleError("refused", str(error)) from None
        if answer.reason is not None:
            waits = answer.reason.startswith(NOT_YET)
            who = f"at party {self.peer} our batch is " if waits else f"party {self.peer} refused our batch: "
            raise TroubleError("refused", who + answer.reason)
        self._held = answer.held
        if fresh:
            self.standing.sent()
        return held_all

    # ── pull ────────────────────────────────────────────────────────────────────────────────────────────

    async def run_pull(self) -> None:
        """Fetch, for ever; never returns."""
        while True:
            try:
                await self.pull()
            except TroubleError:
                self._fetch_failures += 1
                await self._clock.sleep(self.backoff_s(self._fetch_failures))
            else:
                self._fetch_failures = 0

    async def pull(self) -> int:
        """One batch of the peer's, checked, stored and answered; how many entries it had. TroubleError."""
        with self._blaming_the_peer():
            return await self._pull()

    async def _pull(self) -> int:
        asked_at = self._clock.now()
        batch, skew = await self.calls.fetch_batch()
        # A machine that slept meanwhile has an old word in its hands.
        now = self._clock.now()
        live = (now - asked_at).total_seconds() <= DEADLINE_S
        sent_at = clock_of(now, skew)
        accept = partial(self._incoming.accept, batch, party=self.peer, live=live, sent_at=sent_at)
        try:
            answer = await anyio.to_thread.run_sync(accept)
        except JournalError as error:  # nothing may be appended here, not even a receipt
            self.standing.refused(str(error))
            raise TroubleError("refused", str(error)) from None
        if answer.reason is None:
            self.heard()
        else:
            self.standing.refused(answer.reason)
        await self.calls.post_answer(answer)
        if answer.reason is not None:  # fetched again at once, it would be the same batch, for ever
            raise TroubleError("refused", f"the batch of party {self.peer} was refused: {answer.reason}")
        return len(batch.entries)

    async def next_batch(self, wait_s: float) -> Batch:
        """What a fetching peer gets: at once if there is something that it does not hold, else after a
        while."""
        with anyio.move_on_after(wait_s):
            while True:
                news = self._news
                if await anyio.to_thread.run_sync(self._outgoing.outbox):
                    break
                await news.wait()
        return await anyio.to_thread.run_sync(self._outgoing.batch)

    @property
    def fetches_only(self) -> bool:
        """Whether the peer has no address: it comes to us for everything."""
        return self.calls.address == NO_ADDRESS
