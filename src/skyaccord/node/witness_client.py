"""Brings our checkpoints to the neutral witnesses named on our record, and keeps their cosignatures.

A witness that cannot be reached holds nothing up: what is said to peers does not wait for it. What it has
cosigned stays proof even if our key is stolen later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import anyio
import anyio.to_thread
import httpx2
from anyio.abc import TaskGroup

from skyaccord.base.clock import Clock
from skyaccord.base.errors import JournalError, TrustError
from skyaccord.base.times import format_utc
from skyaccord.node.keeper import Keeper
from skyaccord.node.link_calls import DEADLINE_S
from skyaccord.node.link_state import REASON_CHARS_MAX
from skyaccord.node.projections import Touched
from skyaccord.record.entries import Entry
from skyaccord.record.standing import newest_by
from skyaccord.record.witness import ADD_CHECKPOINT_PATH
from skyaccord.record.witness_card import WITNESS_PINNED, WitnessCard, pinned_witnesses
from skyaccord.record.witnessing import ANSWER_BYTES_MAX, KnownWitness, Witnessing

EVERY_S: Final = 5.0
"""A witness settles disputes of weeks; a checkpoint each five seconds of change is close enough."""
AFTER_FAILURE_S: Final = 30.0

MakeClient = Callable[[bytes], httpx2.AsyncClient]


@dataclass
class _One:
    """One witness, and how it stands."""

    card: WitnessCard
    client: httpx2.AsyncClient
    witnessing: Witnessing
    size: int = 0
    at: str | None = None
    reason: str | None = "not asked yet"


class Witnesses:
    """All witnesses of our journal."""

    def __init__(self, keeper: Keeper, make_client: MakeClient, clock: Clock) -> None:
        self._keeper = keeper
        self._make_client = make_client
        self._clock = clock
        self._all: dict[str, _One] = {}
        self._tasks: TaskGroup | None = None

    async def prepare(self) -> None:
        """Read who was named, and listen for who will be."""
        self._keeper.listen(self._noticed)
        await self._match()

    def start(self, tasks: TaskGroup) -> None:
        """Ask every witness, from now on."""
        self._tasks = tasks
        for one in self._all.values():
            tasks.start_soon(self._run, one)

    async def close(self) -> None:
        """Give every connection back."""
        for one in self._all.values():
            await one.client.aclose()

    def rows(self) -> list[dict[str, Any]]:
        """What the status shows: how many of our entries each has cosigned, since when, and what is wrong."""
        return [
            {
                "name": name,
                "address": one.card.link_address,
                "fingerprint": one.card.fingerprint,
                "cosigned": one.size,
                "at": one.at,
                "reason": one.reason,
            }
            for name, one in sorted(self._all.items())
        ]

    async def ask(self, name: str) -> bool:
        """Have one witness cosign what there is now; False if it has all of it, or failed (see `rows`)."""
        one = self._all[name]
        try:
            done = await self._ask(one)
        except (JournalError, TrustError) as error:
            one.reason = str(error)[:REASON_CHARS_MAX]
            return False
        except (httpx2.HTTPError, OSError, TimeoutError) as error:
            what = str(error) or type(error).__name__
            one.reason = f"{one.card.link_address} cannot be reached ({what})"[:REASON_CHARS_MAX]
            return False
        one.reason = None
        return done

    async def _ask(self, one: _One) -> bool:
        done = False
        while True:
            body = await anyio.to_thread.run_sync(one.witnessing.request)
            if body is None:
                break
            with anyio.fail_after(DEADLINE_S):
                status, answer = await self._post(one, body)
            done = await anyio.to_thread.run_sync(one.witnessing.answered, status, answer)
            if done:
                break
        await anyio.to_thread.run_sync(self._look, one)
        return done

    async def _post(self, one: _One, body: bytes) -> tuple[int, bytes]:
        url = one.card.link_address.rstrip("/") + ADD_CHECKPOINT_PATH
        headers = {"accept-encoding": "identity", "content-type": "text/plain"}
        data = bytearray()
        async with one.client.stream("POST", url, content=body, headers=headers) as response:
            async for chunk in response.aiter_raw(ANSWER_BYTES_MAX):
                data += chunk
                if len(data) > ANSWER_BYTES_MAX:
                    raise TrustError(f"an answer of more than {ANSWER_BYTES_MAX} bytes")
        return response.status_code, bytes(data)

    def _look(self, one: _One) -> None:
        with self._keeper.journal.store.reading() as connection:
            known = newest_by(connection, one.card.name)
        if known is not None and known[0] != one.size:
            one.size, one.at = known[0], format_utc(self._clock.now())

    async def _run(self, one: _One) -> None:
        while True:
            await self.ask(one.card.name)
            await anyio.sleep(EVERY_S if one.reason is None else AFTER_FAILURE_S)

    def _noticed(self, entries: list[Entry], _touched: list[Touched]) -> None:
        own = self._keeper.journal.origin
        named = any(entry.origin == own and entry.kind == WITNESS_PINNED for entry in entries)
        if named and self._tasks is not None:
            self._tasks.start_soon(self._match)

    async def _match(self) -> None:
        cards = await anyio.to_thread.run_sync(pinned_witnesses, self._keeper.journal)
        for name, card in cards.items():
            held = self._all.get(name)
            if held is not None and held.card == card:
                continue
            client = self._make_client(card.certificate)
            if held is not None:
                await held.client.aclose()
                held.card, held.client = card, client
                continue
            witness = KnownWitness(name, card.public_key)
            one = _One(card, client, Witnessing(self._keeper.journal, witness))
            self._all[name] = one
            await anyio.to_thread.run_sync(self._look, one)
            if self._tasks is not None:
                self._tasks.start_soon(self._run, one)
