"""EXERCISE: one seeded sky, seen by two parties whose sensors differ in ways that are known.

Real monitors, real journals and keys; only the link is replaced: an entry that is not for the reader comes as
its leaf, as the link would bring it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from skyaccord.accord.source import LoadedAccord, parse_accord
from skyaccord.base.clock import ManualClock
from skyaccord.base.randomness import SeededRandomness
from skyaccord.hotline.asking import RoleTerms
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.node.feeds import ReplayFeed
from skyaccord.node.packing import LedgerReader
from skyaccord.node.policy import policy_of
from skyaccord.node.sayings import Sayings, coverage_sayings
from skyaccord.node.settings import MonitorSettings
from skyaccord.node.watch import Watch
from skyaccord.pack.ledger import Ledger
from skyaccord.record.cards import Card
from skyaccord.record.entries import Entry
from skyaccord.record.folder import open_new_journal
from skyaccord.record.journal import Journal
from skyaccord.record.keys import PartyKey
from skyaccord.record.peers import pin_peer
from skyaccord.record.store import open_store
from skyaccord.talks.signing import SIGNED_KIND, sign_accord
from skyaccord.tracks.states import empty_states
from tests.node.sky import ACCORD, PARTY

SKY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHARED = """[disclosure]
notices = "reference"
third_parties = "with-consent"
coverage = "shared"
small_count = 3
"""
CLOSING_KT = 200.0
LASTS_S = 300  # of one pair's flight: about 100 s of it inside 3 NM

Hears = Callable[[str, float], bool]
"""Address, seconds of sky → whether the party's feed hears it then."""


@dataclass(frozen=True)
class Meeting:
    """One overtaking, in a latitude of its own. miss_nm: how far beside."""

    number: int
    at_s: float
    miss_nm: float = 0.5

    @property
    def pair(self) -> tuple[str, str]:
        return f"a{self.number:05x}", f"b{self.number:05x}"


@dataclass
class View:
    """How one party sees it. late_s: its clock is ahead; nudge_nm: address → how far north it puts it.

    version: seconds of sky → version of the accord that its node holds to be in force.
    """

    party: str
    hears: Hears = lambda _icao24, _at_s: True
    late_s: float = 0.0
    nudge_nm: dict[str, float] = field(default_factory=dict)
    version: Callable[[float], int] = lambda _at_s: 1


def reports(meetings: list[Meeting], view: View, seed: int) -> pl.DataFrame:
    """What this party's sensor reports: every second or two of every aircraft, each at its own instants."""
    dice = random.Random(f"{seed} {view.party}")
    rows: list[dict[str, Any]] = []
    for meeting in meetings:
        north = 30.0 + 0.5 * meeting.number
        degrees_nm = 1 / 60.0 / _cosine(north)
        for icao24, speed_kt, beside_nm in (
            (meeting.pair[0], 300.0, 0.0),
            (meeting.pair[1], 500.0, meeting.miss_nm),
        ):
            at_s = meeting.at_s - LASTS_S / 2 + dice.random()
            while at_s < meeting.at_s + LASTS_S / 2:
                if view.hears(icao24, at_s):
                    along_nm = speed_kt / 3600.0 * (at_s - meeting.at_s)
                    latitude = north + (beside_nm + view.nudge_nm.get(icao24, 0.0)) / 60.0
                    rows.append(
                        {
                            "timestamp": SKY + timedelta(seconds=round(at_s + view.late_s, 3)),
                            "icao24": icao24, "callsign": icao24.upper(), "latitude": latitude,
                            "longitude": 36.0 + along_nm * degrees_nm, "altitude": 25_000.0,
                            "groundspeed": speed_kt, "track": 90.0, "vertical_rate": 0.0, "onground": False,
                            "source": "adsb",
                        }
                    )  # fmt: skip
                at_s += 1.0 + dice.random() * 0.5
    schema = empty_states().schema
    frame = pl.DataFrame(rows).with_columns(pl.col("timestamp").cast(schema["timestamp"]))
    missing = [
        pl.lit(None).cast(kind).alias(name) for name, kind in schema.items() if name not in frame.columns
    ]
    kept = [pl.col(name).cast(kind, strict=False) for name, kind in schema.items() if name in frame.columns]
    return frame.select(*kept, *missing).select(list(schema)).sort("timestamp")


def _cosine(degrees: float) -> float:
    return math.cos(math.radians(degrees))


class Side:
    """One party: its journal, and its monitor's words in it."""

    def __init__(self, party: str, root: Path, seed: int) -> None:
        self.party = party
        self.clock = ManualClock(SKY)
        randomness = SeededRandomness(seed)
        self.key = PartyKey.generate(randomness)
        origin = f"skyaccord.journal/{party}/{seed:016x}"
        self.card = Card.make(
            party=party, name=f"Party {party}", origin=origin, link_address="http://127.0.0.1:1", key=self.key
        )
        folder = root / party
        folder.mkdir()
        self.store = open_store(folder, create=True)
        self.journal: Journal = open_new_journal(self.store, self.card, self.key, self.clock, randomness)

    def sign(self, loaded: LoadedAccord, at_s: float) -> None:
        body = sign_accord(loaded, self.party, self.key)
        when = SKY + timedelta(seconds=at_s)
        self.journal.append(SIGNED_KIND, body, recipients=["*"], accord=loaded.digest, sky_time=when)

    def watch(self, view: View, meetings: list[Meeting], accords: dict[int, LoadedAccord], seed: int) -> None:
        """Play the whole sky through a monitor and journal what it says."""
        parties = {icao24: icao24[0].upper() for one in meetings for icao24 in one.pair}
        settings = FeedSettings(kind="replay", files=["made.jsonl"], start=SKY, exercise=False)
        feed = ReplayFeed(reports(meetings, view, seed), settings, parties=parties)
        digests = {loaded.digest: loaded.accord for loaded in accords.values()}
        sayings = Sayings(self.party, "duty-officer", digests.get)
        monitor = MonitorSettings(watch_nm=8.0, own_rule=None)
        said: list[Any] = []
        version = view.version(0.0)
        watch = Watch(
            feed, policy_of(monitor, [accords[version]], parties),
            on_events=lambda _at, events: said.extend(sayings.of(one) for one in events),
        )  # fmt: skip
        last_s = int(max(one.at_s for one in meetings) + LASTS_S / 2 + 60)
        for second in range(0, last_s, 60):
            if view.version(second) != version:
                version = view.version(second)
                watch.set_policy(policy_of(monitor, [accords[version]], parties))
            watch.advance(SKY + timedelta(seconds=min(second + 59, last_s)))
        watch.coverage.end()
        said += coverage_sayings(watch.coverage.made(), [accords[version].accord], self.party)
        for one in said:
            if one is not None:
                self.journal.append(
                    one.kind, one.body, recipients=one.recipients, accord=one.accord, sky_time=one.sky_time
                )


@dataclass
class Two:
    """Both sides with their journals, and what each node makes of both."""

    a: Side
    b: Side

    def entries(self, reader: Side) -> Iterator[Entry]:
        """Every entry of both journals as this side's node holds them."""
        other = self.b if reader is self.a else self.a
        position = 0
        for side in (reader, other):
            for entry in side.journal.entries(side.journal.origin):
                position += 1
                disclosed = side is reader or entry.header.is_for(reader.party)
                data = entry.data if disclosed else None
                yield Entry(
                    position, entry.origin, entry.sequence, entry.leaf, entry.head,
                    entry.salt if disclosed else None, data, None, None,
                )  # fmt: skip

    def ledger(self, reader: Side) -> Ledger:
        found = LedgerReader(reader.card, RoleTerms(60, None))
        for entry in self.entries(reader):
            found.take(entry)
        return found.ledger()

    def close(self) -> None:
        self.a.store.close()
        self.b.store.close()


def two_views(
    root: Path, meetings: list[Meeting], a: View, b: View, *, seed: int = 1, late_s: float = 0.0
) -> Two:
    """Both parties watch the same meetings. Version 1 of the accord is signed by both at the beginning;
    version 2 by A at the beginning, and by B `late_s` after it, if either view ever holds it in force."""
    sides = Two(Side("A", root, 100 + seed), Side("B", root, 200 + seed))
    pin_peer(sides.a.journal, sides.b.card)
    pin_peer(sides.b.journal, sides.a.card)
    parties = "".join(PARTY.format(id=side.party, key=side.card.public_key) for side in (sides.a, sides.b))
    text = ACCORD.format(parties=parties, within_s=60).replace("exercise = true", "exercise = false")
    text = text.replace("2015-10-20T00:00:00Z", "2026-03-01T00:00:00Z").replace(
        "[[rule]]", f"{SHARED}[[rule]]", 1
    )
    accords = {1: parse_accord(text, "one")}
    accords[2] = parse_accord(
        text.replace("version = 1", "version = 2").replace('id = "three"', 'id = "four"'), "two"
    )
    for side in (sides.a, sides.b):
        side.sign(accords[1], 0)
    if any(view.version(second) == 2 for view in (a, b) for second in range(0, 4000, 60)):
        sides.a.sign(accords[2], 0)
        sides.b.sign(accords[2], late_s)
    sides.a.watch(a, meetings, accords, seed)
    sides.b.watch(b, meetings, accords, seed + 1)
    return sides
