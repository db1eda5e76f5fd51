"""The watch, run once a wall second: advance the sky, journal what the monitor says, swap feeds when
asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import anyio.to_thread
from pydantic import ValidationError

from skyaccord.accord.model import Accord
from skyaccord.accord.source import LoadedAccord
from skyaccord.base.clock import Clock, SkyClock
from skyaccord.base.errors import SkyAccordError
from skyaccord.incidents.bodies import AlertBody
from skyaccord.incidents.sightings import Sighting, SightingKey, Thing, observation_name
from skyaccord.node.feed import Feed, NoFeed
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.node.keeper import Keeper
from skyaccord.node.leaving import RESTARTED, STOPPED, left_open
from skyaccord.node.opening import Opening
from skyaccord.node.policy import policy_of, runs_on
from skyaccord.node.rows import ApproachSoFar
from skyaccord.node.sayings import (
    Saying,
    Sayings,
    approach_observation,
    closing_of,
    coverage_sayings,
    encounter_seen,
    reopening_of,
)
from skyaccord.node.settings import Settings, load_settings
from skyaccord.node.tape import Tape
from skyaccord.node.watch import Watch, WatchEvent, WatchStatus
from skyaccord.record.dsse import first_fault
from skyaccord.record.store import read_setting, read_sky_clock
from skyaccord.separation.policy import MonitorPolicy
from skyaccord.tracks.snapshot import Snapshot

TICK_S: Final = 1.0
FEED_SETTING: Final = "feed"
"""Name of the stored fact that says which feed the stored sky clock belongs to."""
CANNOT: Final = "node.toml was changed, but cannot be used: {}"
OPENING_WAIT_S: Final = 0.2
"""Wall seconds of a tick that a feed which opens fast is waited for; a slow one opens beside the watch."""
LATE_S: Final = 60.0  # sky seconds; less is caught up with, second by second


class Watching:
    """Owns the watch. `tick` and `look_at_settings` are called by one task only."""

    def __init__(self, keeper: Keeper, settings: Settings, folder: Path, clock: Clock, tape: Tape) -> None:
        self._keeper = keeper
        self._settings = settings
        self._folder = folder
        self._clock = clock
        self._tape = tape
        self._sayings = Sayings(keeper.projections.own.party, settings.hotline.role, self._accord)
        self._heard: list[WatchEvent] = []
        self._in_force: tuple[tuple[str, Accord], ...] = ()
        self._settings_seen: tuple[int, int] | None = None
        self._watch: Watch | None = None
        self._opening: Opening | None = None
        self.sky_clock = SkyClock.live(clock.now())
        self.feed_number = 0
        self.trouble: str | None = None

    # ── what others ask ─────────────────────────────────────────────────────────────────────────────────

    def sky_now(self) -> datetime:
        """Sky time at this moment."""
        return self.sky_clock.at(self._clock.now())

    @property
    def watch(self) -> Watch:
        """The running watch. Only after `start`."""
        if self._watch is None:
            raise RuntimeError("the watch has not been started")
        return self._watch

    @property
    def feed(self) -> Feed:
        """The feed of the picture."""
        return self.watch.feed

    @property
    def snapshot(self) -> Snapshot | None:
        """The picture as of the last step."""
        return self.watch.snapshot

    @property
    def parties(self) -> Mapping[str, str]:
        """icao24 → party."""
        return self.feed.parties

    def status(self) -> WatchStatus:
        """How feed and watch are."""
        return self.watch.status()

    def newest(self) -> dict[SightingKey, AlertBody]:
        """The monitor's present numbers of every alert that is raised."""
        origin = self._keeper.projections.own.origin
        return {
            SightingKey(origin, "alert", alert.alert_key): self._sayings.body_of(alert)
            for alert in self.watch.alerts()
        }

    def approaches(self) -> dict[SightingKey, ApproachSoFar]:
        """The monitor's present numbers of every open approach."""
        origin, found = self._keeper.projections.own.origin, {}
        for one in self.watch.approaches():
            try:
                seen = approach_observation(one)
            except ValidationError:
                continue  # `_journal_heard` has said so
            found[SightingKey(origin, "approach", observation_name(seen))] = ApproachSoFar(
                min_horizontal_nm=round(seen.min_horizontal_nm, 2),
                min_horizontal_time=seen.min_horizontal_time,
                vertical_ft=seen.vertical_ft,
                horizontal_nm=None if one.horizontal_nm is None else round(one.horizontal_nm, 2),
            )
        return found

    # ── the run ─────────────────────────────────────────────────────────────────────────────────────────

    async def start(self, feed: Feed) -> None:
        """Begin with this feed. What an earlier run left open in our journal is closed."""
        self._settings_seen = _stamp(self._folder)
        resumed = await anyio.to_thread.run_sync(self._clock_before, feed)
        self.sky_clock = resumed or self._clock_of(feed)
        await anyio.to_thread.run_sync(partial(self._tape.put_on, feed.name, exercise=feed.exercise))
        self._watch = Watch(feed, self._policy(feed), on_events=self._on_events, tape=self._tape)
        # What an earlier run has watched is not watched again; what it missed is said to be missed.
        self._join_late(feed, later_than_s=LATE_S if resumed is None else 0.0)
        same_sky = resumed is not None or feed.sky_start is None
        own = self._keeper.projections.own.origin
        left = left_open(self._keeper.projections.sightings, own, self.sky_now()) if same_sky else []
        await self._close_or_resume(left)
        await self._share_clock(feed)

    async def tick(self) -> None:
        """Advance to now and journal what was seen."""
        self._renew_policy()
        await anyio.to_thread.run_sync(self.watch.advance, self.sky_now())
        await self._journal_heard()
        await self._journal_coverage()

    async def stop(self) -> None:
        """Say on the record that nobody watches from now on."""
        self._heard.extend(self.watch.monitor.close_all(STOPPED))
        await self._journal_heard()
        await self._close_open(STOPPED)
        self.watch.coverage.end()
        await self._journal_coverage()
        self._give_up_opening()
        await anyio.to_thread.run_sync(self._tape.flush)
        self.feed.close()

    @property
    def folder(self) -> Path:
        """The node's folder, where its settings name files from."""
        return self._folder

    async def look_at_settings(self) -> None:
        """If node.toml has another [feed] now, open that one beside the present one, and take it when it is
        open; if it is wrong, say so and keep the present one.
        """
        stamp = _stamp(self._folder)
        if stamp == self._settings_seen:
            await self._take_opened()
            return
        self._settings_seen = stamp
        self._give_up_opening()
        try:
            wanted = load_settings(self._folder / "node.toml").feed
            if wanted == self._settings.feed:
                self.trouble = None
                return
            if self._only_begins_otherwise(wanted):
                self.trouble = None
                await self._begin_otherwise(wanted)
                return
        except SkyAccordError as error:
            self.trouble = CANNOT.format(error)
            return
        self._opening = Opening(wanted, self._folder)
        await self._take_opened()

    async def _take_opened(self) -> None:
        """Take the feed that is being opened, if it is open; else the present one goes on."""
        opening = self._opening
        if opening is None or not await anyio.to_thread.run_sync(opening.wait, OPENING_WAIT_S):
            return
        self._opening = None
        try:
            feed = opening.feed()
        except SkyAccordError as error:
            self.trouble = CANNOT.format(error)
            return
        self.trouble = None
        await self._swap(feed, opening.settings)

    def _give_up_opening(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.give_up()

    async def _swap(self, feed: Feed, wanted: FeedSettings | None) -> None:
        self._settings = self._settings.model_copy(update={"feed": wanted})
        await anyio.to_thread.run_sync(self.watch.set_feed, feed, self._policy(feed))
        await anyio.to_thread.run_sync(partial(self._tape.put_on, feed.name, exercise=feed.exercise))
        await self._journal_heard()  # closings, in the old feed's sky time and marked as it was
        await self._journal_coverage()
        self.sky_clock = self._clock_of(feed)
        self._join_late(feed)
        self.feed_number += 1
        await self._share_clock(feed)
        self._renew_policy()

    def _only_begins_otherwise(self, wanted: FeedSettings | None) -> bool:
        """Whether this is the present replay, not begun yet, with another wall_start: nothing to open."""
        present = self._settings.feed
        if wanted is None or present is None or self.watch.sky_time is not None:
            return False
        return wanted.model_copy(update={"wall_start": present.wall_start}) == present

    async def _begin_otherwise(self, wanted: FeedSettings | None) -> None:
        self._settings = self._settings.model_copy(update={"feed": wanted})
        self.sky_clock = self._clock_of(self.feed)
        self._join_late(self.feed)
        await self._share_clock(self.feed)

    # ── parts ───────────────────────────────────────────────────────────────────────────────────────────

    def _on_events(self, _sky_time: datetime, events: Sequence[WatchEvent]) -> None:
        self._heard.extend(events)

    async def _journal_heard(self) -> None:
        heard, self._heard = self._heard, []
        sayings = []
        for event in heard:
            try:
                saying = self._sayings.of(event)
            except ValidationError as error:
                # One aircraft with an impossible name must not silence all others; it is said, not hidden.
                self.trouble = f"{type(event).__name__} of {' and '.join(event.pair)}: {first_fault(error)}"
                continue
            if saying is not None:
                sayings.append(saying)
        await self._keeper.say_all(sayings)

    async def _journal_coverage(self) -> None:
        """Say what the feed heard: to the parties of accords that want it shared, else sealed."""
        made = self.watch.coverage.made()
        if made:
            accords = [accord for _, accord in self._in_force]
            await self._keeper.say_all(coverage_sayings(made, accords, self._keeper.projections.own.party))

    async def _close_or_resume(self, left: list[Sighting]) -> None:
        """Let these encounters go on; close in our journal whatever else an earlier run left open."""
        sky_now = self.sky_now()
        of_key = {(seen.accord, seen.rule, seen.pair): one for one in left if (seen := encounter_seen(one))}
        events = [seen for one in of_key.values() if (seen := encounter_seen(one))]
        for seen in self.watch.monitor.resume(events, sky_now):
            del of_key[seen.accord, seen.rule, seen.pair]
        await self._close_open(RESTARTED, going_on={one.key for one in of_key.values()})
        goes_on = [reopening_of(one, RESTARTED, sky_now) for one in of_key.values()]
        await self._keeper.say_all([saying for saying in goes_on if saying is not None])

    async def _close_open(self, reason: str, going_on: Collection[SightingKey] = ()) -> None:
        """Close in our journal whatever it left open, but for what is going on."""
        own = self._keeper.projections.own.origin
        found: list[Saying] = []
        things: tuple[Thing, ...] = ("alert", "encounter", "approach")
        for thing in things:
            for sighting in self._keeper.projections.sightings.all(thing):
                if not sighting.active or sighting.key.origin != own or sighting.key in going_on:
                    continue
                closing = closing_of(sighting, reason)
                if closing is not None:
                    found.append(closing)
        await self._keeper.say_all(found)

    def _accord(self, digest: str) -> Accord | None:
        book = self._keeper.projections.book
        loaded = book.get(digest)
        return None if loaded is None else book.as_it_runs(loaded, self.sky_now()).accord

    def _watched(self, feed: Feed) -> tuple[LoadedAccord, ...]:
        """The accords whose rules are watched on this feed. An exercise's only on an exercise's feed: on real
        aircraft its rules would stand in the way of the party's own, and count real days as exercises."""
        in_force = self._keeper.projections.book.watched(self.sky_now())
        return tuple(loaded for loaded in in_force if runs_on(loaded.accord, exercise=feed.exercise))

    @property
    def left_out(self) -> str | None:
        """Which exercise accords do not run on this feed, in words; None if all do, or there is no feed."""
        if self.feed.exercise or isinstance(self.feed, NoFeed):
            return None
        names = [
            loaded.accord.name
            for loaded in self._keeper.projections.book.watched(self.sky_now())
            if not runs_on(loaded.accord, exercise=False)
        ]
        if not names:
            return None
        return f"EXERCISE accord {', '.join(names)}: not watched here, because this feed is no exercise"

    def _policy(self, feed: Feed) -> MonitorPolicy:
        in_force = self._watched(feed)
        self._in_force = tuple((loaded.digest, loaded.accord) for loaded in in_force)
        return policy_of(self._settings.monitor, in_force, feed.parties)

    def _renew_policy(self) -> None:
        in_force = self._watched(self.feed)
        if tuple((loaded.digest, loaded.accord) for loaded in in_force) != self._in_force:
            self.watch.set_policy(self._policy(self.feed))

    def _clock_of(self, feed: Feed) -> SkyClock:
        """How sky time runs with this feed: from its start on, begun now or when node.toml says."""
        now = self._clock.now()
        if feed.sky_start is None:
            return SkyClock.live(now)
        wanted = self._settings.feed
        begun = wanted.wall_start if wanted is not None and wanted.wall_start is not None else now
        return SkyClock(feed.sky_start, begun, feed.speed)

    def _join_late(self, feed: Feed, later_than_s: float = LATE_S) -> None:
        """A replay that began a while ago is joined where it is now; its past is nobody's to watch."""
        sky_now = self.sky_now()
        if feed.sky_start is not None and (sky_now - feed.sky_start).total_seconds() > later_than_s:
            self.watch.sky_time = sky_now.replace(microsecond=0) - timedelta(seconds=1)

    def _clock_before(self, feed: Feed) -> SkyClock | None:
        """The sky clock of the run before, if that was stopped in the middle of this same replay."""
        with self._keeper.journal.store.reading() as connection:
            stored = read_sky_clock(connection)
            same_feed = read_setting(connection, FEED_SETTING) == _digest(self._settings.feed)
        now = self._clock.now()
        sky_end: datetime | None = getattr(feed, "sky_end", None)
        if stored is not None and same_feed and feed.sky_start is not None:
            sky_now = stored.at(now)
            if feed.sky_start <= sky_now and (sky_end is None or sky_now < sky_end):
                return stored
        return None

    async def _share_clock(self, feed: Feed) -> None:
        """Tell the other processes of this node how sky time runs, and whether this is an exercise."""
        store = self._keeper.journal.store
        clock = None if feed.sky_start is None else self.sky_clock
        await anyio.to_thread.run_sync(store.put_sky_clock, clock)
        await anyio.to_thread.run_sync(store.put_exercise, feed.exercise)
        await anyio.to_thread.run_sync(partial(store.put_setting, FEED_SETTING, _digest(self._settings.feed)))


def _digest(feed: FeedSettings | None) -> str | None:
    return None if feed is None else hashlib.sha256(feed.model_dump_json().encode()).hexdigest()


def _stamp(folder: Path) -> tuple[int, int] | None:
    try:
        found = (folder / "node.toml").stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
