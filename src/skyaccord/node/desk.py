"""What the HTTP API stands on: one object that knows the node's parts and answers what consoles ask."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

import anyio.to_thread

from skyaccord import __version__
from skyaccord.base.clock import Clock
from skyaccord.base.errors import LimitError
from skyaccord.base.times import format_utc
from skyaccord.node import rows
from skyaccord.node.accounts.door import Door
from skyaccord.node.acts import Acts
from skyaccord.node.hotline_desk import HotlineDesk
from skyaccord.node.http.live_socket import Broadcast
from skyaccord.node.keeper import Keeper
from skyaccord.node.links import Links
from skyaccord.node.settings import Settings
from skyaccord.node.standing_rows import circuit_rows, political_rows
from skyaccord.node.watching import Watching
from skyaccord.node.witness_client import Witnesses
from skyaccord.record.evidence import Fork, forks
from skyaccord.talks.outline import summary

WAITING_SETTING: Final = "enrolments_waiting"
"""Name of the stored list of persons whose consoles have asked to be enrolled (`node enrol --waiting`)."""
WAITING_MAX: Final = 50
"""Anyone who can open the console can ask; more than a duty room's persons is noise."""


@dataclass
class Desk:
    """The node's parts, as the API sees them."""

    settings: Settings
    keeper: Keeper
    watching: Watching
    links: Links
    witnesses: Witnesses
    acts: Acts
    broadcast: Broadcast
    clock: Clock
    door: Door
    hotline: HotlineDesk
    waiting: list[dict[str, str]] = field(default_factory=list)
    _forks: tuple[Fork, ...] = ()

    def status(self) -> dict[str, Any]:
        """The node at one moment, as `GET /api/status` gives it."""
        projections, watching = self.keeper.projections, self.watching
        watch = watching.status()
        feed = watching.feed.status(watch.sky_time or watching.sky_now())
        return {
            "party": projections.own.party,
            "name": projections.own.name,
            "fingerprint": projections.own.fingerprint,
            "version": __version__,
            "exercise": watching.feed.exercise,
            "sky_time": format_utc(watching.sky_now()),
            "wall_time": format_utc(self.clock.now()),
            "speed": watching.feed.speed,
            "feed": {
                "state": feed.state,
                "age_s": None if feed.age_s is None else round(feed.age_s, 1),
                "aircraft": watch.aircraft,
                "states": feed.states,
                "name": feed.name,
                "attribution": feed.attribution,
                "replay": feed.replay,
                "reason": feed.reason,
                "seconds_skipped": watch.seconds_skipped,
            },
            "trouble": self._trouble(),
            "peers": self.links.rows(),
            "link_listener": self.links.listener_row(),
            "witnesses": self.witnesses.rows(),
            "accords": self._accords(),
            "political": political_rows(projections.book.standings(watching.sky_now())),
            "circuit": circuit_rows(self.links.rows()),
            "talks": [summary(one, projections.own.party) for one in projections.talks],
            "persons": rows.person_rows(projections),
            "enrolments_waiting": list(self.waiting),
            "journals": [
                {"party": origin.split("/")[1], "origin": origin, "entries": entries}
                for origin, entries in sorted(projections.entries.items())
            ],
            "unused_entries": projections.unused_count,
            "unused": [
                {"ref": rows.ref_json(one.ref), "kind": one.kind, "reason": one.reason}
                for one in projections.unused
            ],
        }

    def places(self) -> list[dict[str, Any]]:
        """Named places for the map, of the present feed."""
        return [asdict(place) for place in self.watching.feed.places]

    def _accords(self) -> list[dict[str, Any]]:
        """Every accord as it stands. watched: its rules, on the feed that there is."""
        exercise = self.watching.feed.exercise
        found = rows.accord_rows(self.keeper.projections, self.watching.sky_now())
        return [{**row, "watched": row["watched"] and (exercise or not row["exercise"])} for row in found]

    async def look_for_forks(self) -> None:
        """Read what is kept as proof that a peer signed two histories of its journal."""
        self._forks = tuple(await anyio.to_thread.run_sync(forks, self.keeper.journal))

    def _trouble(self) -> str | None:
        """What people must know beyond feed and links, in words; None if there is nothing."""
        found = {
            f"PARTY {party} HAS SIGNED TWO HISTORIES of its journal; the proof is kept, "
            "`skyaccord journal verify` shows it"
            for party in (fork.origin.split("/")[1] for fork in self._forks)
        }
        watching, store = self.watching, self.keeper.journal.store
        said = [*sorted(found), *filter(None, (watching.trouble, watching.left_out, store.waits))]
        return "; ".join(said) or None

    def listed(self, kind: Any) -> list[dict[str, Any]]:
        """The newest row of everything of one type; what was withdrawn is gone."""
        return [row for row in self.broadcast.log.rows(kind).values() if not row.get("withdrawn")]

    def held_of_peers(self) -> dict[str, int]:
        """How many entries of each peer's journal are held here: what a reader may see of it now."""
        own = self.keeper.projections.own.party
        entries = self.keeper.projections.entries
        held = {origin.split("/")[1]: count for origin, count in entries.items()}
        return {party: count for party, count in held.items() if party != own}

    def me(self, public_key: str) -> dict[str, Any]:
        """What a console may know about its own key."""
        projections = self.keeper.projections
        found = projections.enrolments.of_key(projections.own.party, public_key)
        first = found[0] if found else None
        return {
            "enrolled": first is not None,
            "party": projections.own.party,
            "role": first.role if first else None,
            "name": first.name if first else None,
            "roles": [one.role for one in found],
            "automatic": first.automatic if first else False,
            "waiting": any(one["public_key"] == public_key for one in self.waiting),
        }

    async def ask_enrolment(self, public_key: str, name: str, role: str) -> None:
        """Note that a person asks to be enrolled. LimitError if too many wait already."""
        if any(one["public_key"] == public_key and one["role"] == role for one in self.waiting):
            return
        if len(self.waiting) >= WAITING_MAX:
            raise LimitError(f"{WAITING_MAX} persons wait to be enrolled already")
        self.waiting.append({"public_key": public_key, "name": name, "role": role})
        await self._store_waiting()

    async def forget_enrolled(self) -> None:
        """Take those off the list who have been enrolled meanwhile."""
        projections = self.keeper.projections
        left = [
            one
            for one in self.waiting
            if projections.enrolments.find(projections.own.party, one["public_key"], one["role"]) is None
        ]
        if left != self.waiting:
            self.waiting = left
            await self._store_waiting()

    async def load_waiting(self) -> None:
        """Read the list that an earlier run stored."""
        stored = await anyio.to_thread.run_sync(self.keeper.journal.store.setting, WAITING_SETTING)
        self.waiting = list(stored or [])

    async def _store_waiting(self) -> None:
        store = self.keeper.journal.store
        await anyio.to_thread.run_sync(store.put_setting, WAITING_SETTING, list(self.waiting))
