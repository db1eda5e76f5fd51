"""A scripted sky: aircraft that fly straight, and rows as a node tells them. All of it EXERCISE."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from skyaccord.base.times import format_utc
from skyaccord.node.frame import FrameColumns

Row = dict[str, Any]

DIGEST = "sha256:" + "1f0c2a9b" * 8
ORIGINS = {"A": "skyaccord.journal/A/00000000000000aa", "B": "skyaccord.journal/B/00000000000000bb"}
START = datetime(2015, 10, 21, 9, 30, tzinfo=UTC)
CENTRE = (35.2, 36.9)


@dataclass
class Aircraft:
    """One aircraft on a straight track. party: "A", "B" or None."""

    icao24: str
    callsign: str | None
    party: str | None
    latitude: float
    longitude: float
    altitude_ft: float | None
    groundspeed_kt: float | None
    track_deg: float | None
    vertical_rate_ftmin: float = 0.0
    stale: bool = False
    suspect: bool = False
    on_ground: bool = False

    def after(self, seconds: float) -> tuple[float, float]:
        """Latitude and longitude after this time, on a plane: good enough to look at."""
        if self.groundspeed_kt is None or self.track_deg is None:
            return self.latitude, self.longitude
        nm = self.groundspeed_kt * seconds / 3600
        track = math.radians(self.track_deg)
        east = nm * math.sin(track) / (60 * math.cos(math.radians(self.latitude)))
        return self.latitude + nm * math.cos(track) / 60, self.longitude + east


def sky(count: int = 34) -> list[Aircraft]:
    """Two pairs on converging tracks, and traffic around them."""
    latitude, longitude = CENTRE
    fleet = [
        Aircraft("a00001", "ALFA11", "A", latitude, longitude - 0.22, 24000, 440, 90),
        Aircraft("b00001", "BRAVO21", "B", latitude + 0.02, longitude + 0.22, 23000, 430, 270, -900),
        Aircraft("a00002", "ALFA12", "A", latitude - 0.5, longitude - 0.4, 15200, 380, 40, 1200),
        Aircraft("b00002", "BRAVO22", "B", latitude - 0.2, longitude + 0.1, 16100, 400, 210),
        Aircraft("a00003", None, "A", latitude + 0.5, longitude + 0.5, None, None, None, suspect=True),
        Aircraft("b00003", "BRAVO23", "B", latitude + 0.4, longitude - 0.5, 31000, 410, 130, stale=True),
        Aircraft("~c0004", None, None, latitude - 0.35, longitude + 0.6, 8400, 210, 300, 500),
        Aircraft("d00005", "TAXI5", None, latitude + 0.1, longitude - 0.75, 0, 4, 10, on_ground=True),
    ]
    noise = np.random.default_rng(2015)
    for number in range(count - len(fleet)):
        party = ("A", "B", None)[number % 3]
        prefix = {"A": "a1", "B": "b1", None: "c1"}[party]
        fleet.append(
            Aircraft(
                f"{prefix}{number:04x}",
                f"{'ALFA' if party == 'A' else 'BRAVO' if party == 'B' else 'CIV'}{30 + number}",
                party,
                latitude + noise.uniform(-0.9, 0.9),
                longitude + noise.uniform(-1.2, 1.2),
                float(noise.integers(20, 380) * 100),
                float(noise.integers(180, 470)),
                float(noise.integers(0, 360)),
            )
        )
    return fleet


def columns(fleet: list[Aircraft], seconds: float, parties: list[str]) -> FrameColumns:
    """The picture this long after the start."""
    nan = math.nan
    places = [one.after(seconds) for one in fleet]

    def floats(values: list[float | None]) -> Any:
        return np.array([nan if value is None else value for value in values], dtype=np.float64)

    return FrameColumns(
        latitude=np.array([place[0] for place in places]),
        longitude=np.array([place[1] for place in places]),
        altitude_ft=floats([one.altitude_ft for one in fleet]),
        groundspeed_kt=floats([one.groundspeed_kt for one in fleet]),
        track_deg=floats([one.track_deg for one in fleet]),
        vertical_rate_ftmin=floats([one.vertical_rate_ftmin for one in fleet]),
        party=np.array([parties.index(one.party) if one.party else -1 for one in fleet], dtype=np.int64),
        stale=np.array([one.stale for one in fleet]),
        suspect=np.array([one.suspect for one in fleet]),
        on_ground=np.array([one.on_ground for one in fleet]),
    )


PLACES: list[Row] = [
    {"name": "Exercise Town", "latitude": 36.1, "longitude": 37.1},
    {"name": "Город", "latitude": 35.5, "longitude": 36.4},
]
"""Made-up names; one in another script."""


def ref(party: str, sequence: int) -> Row:
    """A reference to an entry of that party's journal."""
    return {"origin": ORIGINS[party], "sequence": sequence, "leaf": f"{sequence:064x}"}


def alert(
    event: str,
    pair: tuple[Aircraft, Aircraft],
    *,
    tier: str = "warning",
    cpa_in_s: float = 75,
    sky_time: datetime = START,
    own: str = "A",
    acknowledged_by: tuple[str, ...] = (),
    overdue: tuple[str, ...] = (),
    confident: bool = True,
    asked: bool = True,
) -> Row:
    """An active alert as `GET /api/alerts` gives it, observed by both parties."""
    now = datetime.now(UTC)
    a, b = pair
    return {
        "event": event,
        "pair": [a.icao24, b.icao24],
        "callsigns": [a.callsign, b.callsign],
        "parties": [a.party, b.party],
        "accord": DIGEST,
        "rule": "rule-of-threes",
        "tier": tier,
        "state": "active",
        "inside": cpa_in_s < 0,
        "time_to_cpa_s": cpa_in_s,
        "cpa_time": format_utc(sky_time + timedelta(seconds=cpa_in_s)),
        "predicted_horizontal_nm": 1.24,
        "predicted_vertical_ft": 900.0,
        "horizontal_nm": 21.6,
        "vertical_ft": 1000.0,
        "closing_kt": 868.0,
        "apart_since": None,
        "sky_time": format_utc(sky_time),
        "reason": "predicted to be inside both limits",
        "confident": confident,
        "exercise": True,
        "observed_by": ["A", "B"],
        "alerts": [
            {
                "ref": ref(party, sequence),
                "party": party,
                "tier": tier,
                "state": "active",
                "raised_at": format_utc(sky_time),
                "recorded_at": format_utc(now),
                "reason": "",
                "confident": confident,
            }
            for party, sequence in (("A", 41), ("B", 38))
        ],
        "acknowledgements": [acknowledgement(party, "B", 38) for party in acknowledged_by],
        "asked": {"A": "duty-officer", "B": "duty-officer"} if asked else {},
        "acknowledged_by": list(acknowledged_by),
        "overdue": list(overdue),
        "deadline_at": format_utc(now + timedelta(seconds=48)),
    }


def acknowledgement(party: str, of_party: str, sequence: int) -> Row:
    """A person of `party` has acknowledged entry `sequence` of `of_party`."""
    return {
        "of": ref(of_party, sequence),
        "ref": ref(party, 77),
        "party": party,
        "role": "duty-officer",
        "name": f"Officer {party}",
        "at": format_utc(datetime.now(UTC)),
        "automatic": False,
        "exercise": True,
    }


def crossing(sequence: int, aircraft: Aircraft, **more: Any) -> Row:
    """A crossing of a line as `GET /api/crossings` gives it."""
    return {
        "ref": ref("A", sequence),
        "seen_by": "A",
        "accord": DIGEST,
        "sky_time": format_utc(START),
        "exercise": True,
        **{"thing": "line", "place": "river", "way": "to-left"},
        **{"icao24": aircraft.icao24, "callsign": aircraft.callsign, "party": aircraft.party},
        **{"latitude": 35.5, "longitude": 38.25, "altitude_ft": 12_000.0},
        **{"time": format_utc(START - timedelta(minutes=2)), "confident": False, "reason": "", **more},
    }


def approach(sequence: int, pair: tuple[Aircraft, Aircraft], incident: str | None = None) -> Row:
    """A closed approach as `GET /api/approaches` gives it."""
    a, b = pair
    return {
        "ref": ref("A", sequence),
        "event": f"approach-{sequence}",
        "party": "A",
        "state": "closed",
        "contains_encounter": False,
        "incident": incident,
        "horizontal_nm": None,
        "sky_time": format_utc(START),
        "exercise": True,
        "pair": [a.icao24, b.icao24],
        "callsigns": [a.callsign, b.callsign],
        "parties": [a.party, b.party],
        "confident": True,
        "reason": "",
        "start_time": format_utc(START - timedelta(minutes=9)),
        "end_time": format_utc(START - timedelta(minutes=6)),
        "min_horizontal_nm": 14.83,
        "min_horizontal_time": format_utc(START - timedelta(minutes=8)),
        "vertical_ft": 2100.0,
        "verdict": "approach",
    }


def incident(name: str, pair: tuple[Aircraft, Aircraft]) -> Row:
    """An incident as `GET /api/incidents` gives it."""
    a, b = pair
    observed = {"min_horizontal_nm": 14.83, "start_time": format_utc(START), "verdict": "approach"}
    return {
        "incident": name,
        "ref": ref("B", 12),
        "pair": [a.icao24, b.icao24],
        "callsigns": [a.callsign, b.callsign],
        "parties": [a.party, b.party],
        "accord": None,
        "level": "approach",
        "reason": "officer",
        "opened_by": ["B"],
        "openings": [
            {
                "ref": ref("B", 12),
                "party": "B",
                "reason": "officer",
                "at": format_utc(START),
                "about": None,
                "role": "duty-officer",
                "note": "Near enough to identify each other by eye. Conduct on both sides professional.",
                "automatic": False,
            }
        ],
        "observations": {"A": observed, "B": {**observed, "min_horizontal_nm": 14.91}},
        "sky_time": format_utc(START - timedelta(minutes=8)),
        "exercise": True,
        "between": ["A", "B"],
        "state": "open",
        "record": DIGEST,
        "words": 0,
        "closed_by": [],
        "accounts_of": [],
        "reconstructed_by": [],
        "facts": {},
        "questions": {},
        "severity": {},
        "dues": [],
        "missed": [],
        "deadline_at": None,
        "missing": ["your side has given no account"],
    }


def message(party: str, sequence: int, text: str, language: str = "en", **more: Any) -> Row:
    """A hotline message as `GET /api/messages` gives it."""
    now = format_utc(datetime.now(UTC))
    return {
        "ref": ref(party, sequence),
        "from": party,
        "to_role": "duty-officer",
        "role": "duty-officer",
        "name": f"Officer {party}",
        "text": text,
        "language": language,
        "at": now,
        "recorded_at": now,
        "sky_time": format_utc(START),
        "about": None,
        "accord": DIGEST,
        "exercise": True,
        "automatic": False,
        "held_by": [],
        "acknowledgements": [],
        "asked": {"B" if party == "A" else "A": "duty-officer"},
        "acknowledged_by": [],
        "overdue": [],
        "deadline_at": format_utc(datetime.now(UTC) + timedelta(seconds=95)),
        **more,
    }


def accord(state: str = "in force", missing: tuple[str, ...] = ()) -> Row:
    """The rule of threes as `GET /api/status` lists it."""
    return {
        "digest": DIGEST,
        "name": "rule-of-threes",
        "title": "Safety of flight: the rule of threes",
        "version": 1,
        "state": state,
        "reason": None,
        "signed_by": [party for party in ("A", "B") if party not in missing],
        "missing": list(missing),
        "parties": [{"id": "A", "name": "Party A"}, {"id": "B", "name": "Party B"}],
        "start": format_utc(START - timedelta(days=1)),
        "end": None,
        "exercise": True,
        "rules": [
            {
                "id": "rule-of-threes",
                "horizontal_nm": 3.0,
                "vertical_ft": 3000.0,
                "combinator": "either",
                "max_dwell_s": 180.0,
                "reading": "Keeping 3 NM horizontally or 3,000 ft vertically is enough: infringement = both "
                "limits broken; breach = still inside after 180 s.",
            }
        ],
        "watch_nm": 20.0,
        "annexes": [],
        "told": {},
        "tiers": [
            {"name": "advisory", "lookahead_s": 180.0},
            {"name": "caution", "lookahead_s": 120.0},
            {"name": "warning", "lookahead_s": 60.0},
        ],
        "roles": [
            {
                "id": "duty-officer",
                "title": "Duty officer",
                "acknowledge_within_s": 60.0,
                "escalates_to": "deputy",
            },
            {"id": "deputy", "title": "Deputy", "acknowledge_within_s": 60.0, "escalates_to": None},
        ],
    }
