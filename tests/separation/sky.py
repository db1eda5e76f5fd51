"""A synthetic sky for the monitor's tests: straight flights, reported once a second, stepped once a
second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from skyaccord.accord.model import Combinator, Rule, Tier
from skyaccord.airspace.classes import ClassName
from skyaccord.airspace.geodesy import ecef, geographic, velocity_ecef
from skyaccord.airspace.units import KT_TO_MPS
from skyaccord.separation.events import MonitorEvent
from skyaccord.separation.monitor import Monitor
from skyaccord.separation.policy import MonitorPolicy, RuleInForce
from skyaccord.tracks.picture import Picture
from skyaccord.tracks.states import conform

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIERS = (
    Tier(name="advisory", lookahead_s=120.0),
    Tier(name="caution", lookahead_s=60.0),
    Tier(name="warning", lookahead_s=30.0),
)


@dataclass(frozen=True)
class Flight:
    """Straight and steady; at `at_s` it is at the given place."""

    icao24: str
    latitude: float
    longitude: float
    altitude_ft: float
    groundspeed_kt: float
    track_deg: float
    climb_ftmin: float = 0.0
    at_s: float = 0.0
    on_ground: bool = False
    category: str | None = None

    def row(self, time_s: float, *, velocity: bool = True) -> dict[str, object]:
        """Its state `time_s` after START."""
        ahead_s = time_s - self.at_s
        place = ecef([self.latitude], [self.longitude])
        moving = velocity_ecef(
            [self.latitude], [self.longitude], self.groundspeed_kt * KT_TO_MPS, self.track_deg
        )
        latitude, longitude = geographic(place + moving * ahead_s)
        return {
            "timestamp": START + timedelta(seconds=time_s),
            "icao24": self.icao24,
            "callsign": self.icao24.upper() * 2,
            "latitude": float(latitude[0]),
            "longitude": float(longitude[0]),
            "altitude": self.altitude_ft + self.climb_ftmin * ahead_s / 60,
            "groundspeed": self.groundspeed_kt if velocity else None,
            "track": self.track_deg if velocity else None,
            "vertical_rate": self.climb_ftmin if velocity else None,
            "onground": self.on_ground,
            "category": self.category,
        }


def table(rows: Iterable[dict[str, object]]) -> pl.DataFrame:
    """Rows as a table of states."""
    return conform(pl.DataFrame(list(rows), infer_schema_length=None))


def rule(
    horizontal_nm: float = 3.0,
    vertical_ft: float = 3000.0,
    *,
    combinator: Combinator = "either",
    max_dwell_s: float | None = 180.0,
    name: str = "r",
    accord: str | None = None,
    tiers: tuple[Tier, ...] = TIERS,
    classes: tuple[ClassName, ClassName] | None = None,
) -> RuleInForce:
    made = Rule(
        id=name,
        horizontal_nm=horizontal_nm,
        vertical_ft=vertical_ft,
        combinator=combinator,
        max_dwell_s=max_dwell_s,
        classes=classes,
    )
    return RuleInForce(accord, made, tiers)


def policy(*rules: RuleInForce, watch_nm: float | None = None, **more: object) -> MonitorPolicy:
    """`a…` flies for A, `b…` for B."""
    basis = MonitorPolicy(
        rules, watch_nm, {f"{side}{number}": side.upper() for side in "ab" for number in range(10)}
    )
    return replace(basis, **more)  # type: ignore[arg-type]


def run(
    flights: Sequence[Flight],
    monitor: Monitor,
    *,
    since_s: float,
    until_s: float,
    phase_s: float = 0.0,
    report_phase_s: float = 0.0,
    heard: Callable[[str, float], bool] = lambda _icao24, _time_s: True,
    velocity: bool = True,
    picture: Picture | None = None,
    before_step: Callable[[float], None] = lambda _time_s: None,
) -> list[MonitorEvent]:
    """Report every flight once a second and step once a second; all events in order."""
    seen = picture if picture is not None else Picture()
    events: list[MonitorEvent] = []
    for second in np.arange(since_s, until_s):
        report_s = float(second) + report_phase_s
        step_s = float(second) + report_phase_s + phase_s
        rows = [
            flight.row(report_s, velocity=velocity) for flight in flights if heard(flight.icao24, report_s)
        ]
        now = START + timedelta(seconds=step_s)
        if rows:
            seen.feed(table(rows), now)
        seen.drop_silent(now)
        before_step(step_s)
        events += monitor.step(seen, now)
    return events


def head_on(
    *, at_s: float, miss_nm: float = 0.5, speed_kt: float = 450.0, above_ft: float = 0.0
) -> list[Flight]:
    """`a1` eastbound, `b1` westbound, abeam at `at_s` with the given miss distance."""
    return [
        Flight("a1", 36.0, -120.0, 30_000.0, speed_kt, 90.0, at_s=at_s),
        Flight("b1", 36.0 + miss_nm / 60, -120.0, 30_000.0 + above_ft, speed_kt, 270.0, at_s=at_s),
    ]
