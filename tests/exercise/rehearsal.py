"""A scenario rehearsed at a table: the same files, steps, commands, officers and judges as a real playing.

Both nodes are in this process and the clock is in the hand: what takes minutes by the wall takes seconds, and
a requirement can be taken away to see that the score notices.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx2
import pytest

from skyaccord.base.clock import ManualClock
from skyaccord.cli import acting
from skyaccord.cli.running import check_act, run_command
from skyaccord.demo.acts import write_feed
from skyaccord.demo.api import NodeApi
from skyaccord.demo.officer import Officer
from skyaccord.exercise.play import AFTER_S, rest_s, still_asked, timeline
from skyaccord.exercise.records import ledger_of
from skyaccord.exercise.running import load_checked
from skyaccord.exercise.scenario import Scenario, Step
from skyaccord.exercise.scn import Traffic
from skyaccord.exercise.score import Score, score
from skyaccord.exercise.steps import Doer, Seat
from skyaccord.exercise.terms import Feeds, write_terms
from skyaccord.exercise.traffic_files import Files, write_traffic
from skyaccord.record.keys import PersonKey
from tests.node import tabletop

ROLES = ("duty-officer", "deputy", "representative")


def rehearse(name: str, root: Path, patch: pytest.MonkeyPatch) -> Score:
    """The score of a rehearsal; the folders lie in `root`."""
    scenario, traffic = load_checked(name, check_act)

    async def run() -> Score:
        table = tabletop.Table(root)
        stage = Rehearsal(table, scenario, traffic, asyncio.get_running_loop())
        stage.lay(patch)
        try:
            await stage.play()
        finally:
            await table.close()
        ledgers = {seat.party: ledger_of(seat.folder.path) for seat in table.seats.values()}
        return score(scenario, ledgers, stage.doer.done)

    return anyio.run(run)


@dataclass
class Rehearsal:
    """What stands around the table."""

    table: tabletop.Table
    scenario: Scenario
    traffic: Traffic
    loop: asyncio.AbstractEventLoop
    officers: list[Officer] = field(default_factory=list)

    def lay(self, patch: pytest.MonkeyPatch) -> None:
        """Keys, enrolments, accord, feeds; the programs' own clocks and addresses lead to the table."""
        table, root = self.table, self.table.root
        keys = {
            f"{role}-{seat.party}.key": PersonKey.generate()
            for seat in table.seats.values()
            for role in ROLES
        }
        (root / "passphrase").write_text("secret\n", encoding="utf-8")
        patch.setattr(PersonKey, "load", classmethod(lambda _, path, passphrase: keys[Path(path).name]))
        patch.setattr("skyaccord.base.clock.SystemClock", lambda: table.clock)
        patch.setattr("skyaccord.demo.officer.datetime", _hand(table.clock))
        hand_over = acting.hand_over
        patch.setattr(
            acting,
            "hand_over",
            lambda folder, dsse, _=None: hand_over(folder, dsse, self._bridge(folder.path)),
        )
        for seat in table.seats.values():
            seat.journal.store.put_exercise(True)
            for other in table.seats.values():
                if other is not seat:
                    seat.pin(other)
            for role in ROLES:
                seat.enrol(keys[f"{role}-{seat.party}.key"], role=role, automatic=True)
        (root / "recordings").mkdir()
        self.files: Files = write_traffic(self.scenario, self.traffic, root / "recordings")
        cards = [seat.card for seat in table.seats.values()]
        draft = write_terms(self.scenario, cards, root)
        accord = draft.read_text("utf-8")
        seats = {
            seat.party: Seat(
                seat.party,
                seat.folder.path,
                {role: (root / f"{role}-{seat.party}.key", root / "passphrase") for role in ROLES},
            )
            for seat in table.seats.values()
        }
        self.doer = Doer(
            seats, run_command, lambda party: table.seats[party.lower()].sign(accord), table.clock.now,
            lambda _line: None, draft,
        )  # fmt: skip
        for one in self.scenario.officer:
            seat = table.seats[one.party.lower()]
            api = NodeApi("http://node", SyncBridge(self._bridge(seat.folder.path)), token=seat.token)
            self.officers.append(
                Officer(
                    api, keys[f"{one.role}-{one.party}.key"], one.party, one.role, one.delay_s,
                    opens_incident=False, now_s=table.clock.monotonic,
                )
            )  # fmt: skip

    def _bridge(self, folder: Path) -> Bridge:
        seat = next(one for one in self.table.seats.values() if one.folder.path == folder)
        return Bridge(seat, self.loop)

    async def play(self) -> None:
        """The feeds begin now; then second by second of the wall."""
        scenario, clock = self.scenario, self.table.clock
        feeds = Feeds(scenario, self.files, clock.now())
        for seat in self.table.seats.values():
            await seat.close()
            write_feed(seat.folder.settings_file, feeds.table(seat.party))
            seat.open()
        await self.table.prepare()
        began = clock.monotonic()
        acts = timeline(scenario, lambda down: setattr(self.table, "cut", down))
        lasts = scenario.lasts_s / scenario.speed + AFTER_S
        while clock.monotonic() - began < lasts:
            while acts and acts[0][0] / scenario.speed <= clock.monotonic() - began:
                await self._act(acts.pop(0)[1])
            await self._second()
        for step in scenario.step:
            if step.after_end:
                await self._act(step)
                await self._second()
        for _ in range(int(rest_s(scenario))):
            if not any([still_asked(await seat.get("messages")) for seat in self.table.seats.values()]):
                break
            await self._second()

    async def _act(self, act: Step | Callable[[], None]) -> None:
        if isinstance(act, Step):
            await anyio.to_thread.run_sync(self.doer.do, act)
            await self.table.exchange(2)
        else:
            act()

    async def _second(self) -> None:
        await self.table.second()
        for officer in self.officers:
            await anyio.to_thread.run_sync(officer.step)


class Bridge(httpx2.AsyncBaseTransport):
    """A seat's console, from whatever loop a command runs in."""

    def __init__(self, seat: tabletop.Seat, loop: asyncio.AbstractEventLoop) -> None:
        self._seat = seat
        self._loop = loop

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        content = await request.aread()
        return await asyncio.wrap_future(self.ask(request, content))

    def ask(self, request: httpx2.Request, content: bytes) -> Any:
        """A future of the answer."""
        return asyncio.run_coroutine_threadsafe(self._answer(request, content), self._loop)

    async def _answer(self, request: httpx2.Request, content: bytes) -> httpx2.Response:
        own = {name: value for name, value in request.headers.items() if name != "host"}
        async with self._seat.browser() as client:
            answer = await client.request(
                request.method, request.url.raw_path.decode(), content=content, headers=own
            )
        return httpx2.Response(answer.status_code, content=answer.content)


class SyncBridge(httpx2.BaseTransport):
    """The same for a program that waits."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer: httpx2.Response = self._bridge.ask(request, request.read()).result()
        return answer


def _hand(clock: ManualClock) -> type[datetime]:
    class Hand(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock.now()

    return Hand
