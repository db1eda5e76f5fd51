"""The latest state of everything that flies, in columns, fed by batches of states.

Reports may come out of order, twice, or from several receivers. A position is only ever replaced by one that
is not older. What a report leaves out is carried forward (callsign; altitude for `motion.CARRY_S`, then it is
not known) or derived from earlier positions (ground velocity, vertical rate). An aircraft keeps its row while
it is in the picture; when one leaves, rows close up and `roster_version` rises.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace.classes import UNKNOWN, kinds_said
from skyaccord.airspace.geodesy import ecef, geographic, normals
from skyaccord.tracks import marks
from skyaccord.tracks.motion import Motion
from skyaccord.tracks.reported import Reported
from skyaccord.tracks.snapshot import Snapshot

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

STALE_S: Final = 25.0
"""Older is marked stale. A good receiver hears a position every second or two; event-rate archives leave
gaps of
up to about 20 s on straight flight, and those are no reason for doubt."""
DROP_S: Final = 120.0
"""Not heard for this long: leaves the picture. At 250 kt it can be 8 NM from where it was, in any
direction."""
FUTURE_S: Final = 10.0
"""A report stamped farther ahead of sky time is refused: held as the latest, it would shut out every true
one."""
AIRCRAFT_MAX: Final = 100_000
"""Ten times all the aircraft in the air at once, world-wide. Reports of more are refused and counted."""


class Picture:
    """The latest state of every aircraft. Not thread-safe: one owner feeds it and reads it.

    counts: rows applied, and rows not applied by reason (`late`, `duplicate`, `future`, `no position`,
    `full`).
    """

    def __init__(self, *, stale_s: float = STALE_S, drop_s: float = DROP_S) -> None:
        if not 0 < stale_s <= drop_s:
            raise ValueError("an aircraft must become stale before it is dropped")
        self.stale_s = stale_s
        self.drop_s = drop_s
        self.roster_version = 0
        self.counts: Counter[str] = Counter()
        self.icao24: list[str] = []
        self.callsign: list[str | None] = []
        self.source: list[str | None] = []
        self.category: list[str | None] = []
        self._row_of: dict[str, int] = {}
        self._motion = Motion()
        self.on_ground: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.nic: NDArray[np.int16] = np.zeros(0, np.int16)
        self.nac_p: NDArray[np.int16] = np.zeros(0, np.int16)
        self._kinds_said: NDArray[np.int32] = np.zeros(0, np.int32)
        self._mark_until_s: Floats = np.zeros((0, len(marks.REASONS)))

    def __len__(self) -> int:
        return len(self.icao24)

    def row(self, icao24: str) -> int | None:
        """The row of an aircraft, valid while `roster_version` is the same; None if it is not in the
        picture."""
        return self._row_of.get(icao24)

    def feed(self, states: pl.DataFrame, sky_time: datetime) -> None:
        """Take a batch of states (columns of STATE_SCHEMA, any order). `sky_time`: when the batch came."""
        if states.is_empty():
            return
        now_s = sky_time.timestamp()
        times = states.get_column("timestamp").to_physical().to_numpy().astype(np.float64) / 1e6
        columns = {name: _floats(states, name) for name in _NUMBERS}
        placed = ~np.isnan(columns["latitude"]) & ~np.isnan(columns["longitude"])
        early = times > now_s + FUTURE_S
        self.counts["no position"] += int(np.count_nonzero(~placed))
        self.counts["future"] += int(np.count_nonzero(placed & early))
        use = np.flatnonzero(placed & ~early)
        use = use[np.argsort(times[use], kind="stable")]
        words = {
            name: states[name].to_list() for name in ("icao24", "callsign", "source", "category", "onground")
        }
        rows = np.array([self._place(words["icao24"][i]) for i in use], dtype=np.int64)
        self.counts["full"] += int(np.count_nonzero(rows < 0))
        use, rows = use[rows >= 0], rows[rows >= 0]
        for pick in _rounds(rows):
            self._apply(rows[pick], use[pick], times, columns, words)
        self._mark_one_point(now_s)

    def drop_silent(self, sky_time: datetime) -> list[str]:
        """Take out aircraft not heard for `drop_s`; returns their addresses."""
        keep = sky_time.timestamp() - self._motion.heard_s <= self.drop_s
        if keep.all():
            return []
        gone = [address for address, kept in zip(self.icao24, keep, strict=True) if not kept]
        for name in ("icao24", "callsign", "source", "category"):
            values = getattr(self, name)
            setattr(self, name, [value for value, kept in zip(values, keep, strict=True) if kept])
        self._row_of = {address: row for row, address in enumerate(self.icao24)}
        self._motion.keep(keep)
        self.on_ground, self.nic, self.nac_p = self.on_ground[keep], self.nic[keep], self.nac_p[keep]
        self._kinds_said = self._kinds_said[keep]
        self._mark_until_s = self._mark_until_s[keep]
        self.roster_version += 1
        self.counts["dropped aircraft"] += len(gone)
        return gone

    def extrapolated(self, sky_time: datetime) -> Snapshot:
        """Every aircraft moved straight on from its last report to this instant (great circle, constant
        climb)."""
        now_s = sky_time.timestamp()
        motion = self._motion
        age_s = now_s - motion.heard_s
        known = ~np.isnan(motion.velocity_mps[:, 0])
        velocity = np.where(known[:, None], motion.velocity_mps, 0.0)
        latitude, longitude = geographic(motion.surface_m + velocity * age_s[:, None])
        up = normals(latitude, longitude)
        level = velocity - np.einsum("ij,ij->i", velocity, up)[:, None] * up
        speed = np.linalg.norm(velocity, axis=1)
        level_speed = np.linalg.norm(level, axis=1)
        level *= (speed / np.where(level_speed > 0, level_speed, 1.0))[:, None]
        climb = np.nan_to_num(motion.vertical_rate_ftmin, nan=0.0)
        return Snapshot(
            sky_time_s=now_s,
            roster_version=self.roster_version,
            icao24=tuple(self.icao24),
            callsign=tuple(self.callsign),
            latitude=latitude,
            longitude=longitude,
            surface_m=ecef(latitude, longitude),
            velocity_mps=level,
            velocity_known=known,
            altitude_ft=motion.altitude_ft + climb * age_s / 60.0,
            groundspeed_kt=motion.groundspeed_kt.copy(),
            track_deg=motion.track_deg.copy(),
            vertical_rate_ftmin=motion.vertical_rate_ftmin.copy(),
            turning=motion.turning_until_s >= now_s,
            on_ground=self.on_ground.copy(),
            age_s=age_s,
            stale=age_s > self.stale_s,
            suspect=self._suspect(now_s),
            nac_p=self.nac_p.copy(),
            kinds=np.where(self._kinds_said, self._kinds_said, np.int32(UNKNOWN)),
        )

    def reported(self, sky_time: datetime) -> Reported:
        """Where everything was last reported, as it came. `sky_time`: now, for what is suspect."""
        motion = self._motion
        return Reported(
            icao24=tuple(self.icao24),
            callsign=tuple(self.callsign),
            heard_s=motion.heard_s,
            surface_m=motion.surface_m,
            altitude_ft=motion.altitude_ft,
            on_ground=self.on_ground,
            suspect=self._suspect(sky_time.timestamp()),
        )

    def _suspect(self, now_s: float) -> NDArray[np.uint8]:
        active = self._mark_until_s >= now_s
        suspect: NDArray[np.uint8] = (
            (active * (1 << np.arange(len(marks.REASONS)))).sum(axis=1).astype(np.uint8)
        )
        low = marks.low_integrity(self.nic, self.nac_p)
        suspect |= np.where(low, 1 << marks.INTEGRITY, 0).astype(np.uint8)
        return suspect

    def _place(self, icao24: str) -> int:
        row = self._row_of.get(icao24)
        if row is not None:
            return row
        if len(self.icao24) >= AIRCRAFT_MAX:
            return -1
        row = self._row_of[icao24] = len(self.icao24)
        self.icao24.append(icao24)
        self.callsign.append(None)
        self.source.append(None)
        self.category.append(None)
        self.roster_version += 1
        return row

    def _grow(self) -> None:
        missing = len(self.icao24) - len(self.on_ground)
        if not missing:
            return
        self._motion.grow(missing)
        self.on_ground = np.concatenate((self.on_ground, np.zeros(missing, np.bool_)))
        self.nic = np.concatenate((self.nic, np.full(missing, -1, np.int16)))
        self.nac_p = np.concatenate((self.nac_p, np.full(missing, -1, np.int16)))
        self._kinds_said = np.concatenate((self._kinds_said, np.zeros(missing, np.int32)))
        blank = np.full((missing, len(marks.REASONS)), -np.inf)
        self._mark_until_s = np.concatenate((self._mark_until_s, blank))

    def _apply(
        self, rows: Rows, use: Rows, times: Floats, columns: dict[str, Floats], words: dict[str, list[Any]]
    ) -> None:
        """Apply at most one report an aircraft: report `use[k]` belongs to row `rows[k]`."""
        self._grow()
        motion = self._motion
        surface = ecef(columns["latitude"][use], columns["longitude"][use])
        older = times[use] < motion.heard_s[rows]
        same = (times[use] == motion.heard_s[rows]) & (np.abs(surface - motion.surface_m[rows]) < 1e-3).all(
            axis=1
        )
        same &= ~(np.abs(columns["altitude"][use] - motion.altitude_ft[rows]) > 0)
        self.counts["late"] += int(np.count_nonzero(older))
        self.counts["duplicate"] += int(np.count_nonzero(same))
        fresh = ~older & ~same
        rows, use, surface = rows[fresh], use[fresh], surface[fresh]
        self.counts["applied"] += len(rows)
        found = motion.take(
            rows, times[use], surface, {name: column[use] for name, column in columns.items()}
        )
        for bit, hit in found.items():
            self._mark_until_s[rows[hit], bit] = times[use][hit] + marks.SUSPECT_HOLD_S
        for name, target in (("nic", self.nic), ("nac_p", self.nac_p)):
            values = columns[name][use]
            given = ~np.isnan(values)
            target[rows[given]] = values[given].astype(np.int16)
        for row, i in zip(rows.tolist(), use.tolist(), strict=True):
            callsign = words["callsign"][i]
            if callsign and callsign != self.callsign[row]:
                self.callsign[row] = callsign
                self.roster_version += 1
            self.source[row] = words["source"][i] or self.source[row]
            self.category[row] = words["category"][i] or self.category[row]
            self._kinds_said[row] |= kinds_said(words["category"][i])
            self.on_ground[row] = bool(words["onground"][i])

    def _mark_one_point(self, now_s: float) -> None:
        heard = np.flatnonzero((now_s - self._motion.heard_s <= self.stale_s) & ~self.on_ground)
        shared = marks.on_one_point(self._motion.surface_m[heard])
        self._mark_until_s[heard[shared], marks.ONE_POINT] = now_s + marks.SUSPECT_HOLD_S


_NUMBERS: Final = (
    "latitude",
    "longitude",
    "altitude",
    "groundspeed",
    "track",
    "vertical_rate",
    "nic",
    "nac_p",
)


def _floats(states: pl.DataFrame, name: str) -> Floats:
    return states.get_column(name).to_numpy().astype(np.float64)  # null becomes nan


def _rounds(rows: Rows) -> list[Rows]:
    """Positions in `rows` split so that no round holds an aircraft twice, earlier reports in earlier
    rounds."""
    if len(rows) == 0:
        return []
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    first = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    starts = np.maximum.accumulate(np.where(first, np.arange(len(rows)), 0))
    rank = np.empty(len(rows), np.int64)
    rank[order] = np.arange(len(rows)) - starts
    return [np.flatnonzero(rank == turn) for turn in range(int(rank.max()) + 1)]
