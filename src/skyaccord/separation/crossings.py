"""Who crosses a line of an accord, or enters a zone that is another party's, or an area of special caution.

Between two reports of a position an aircraft is taken to have flown straight (a great circle, altitude in
proportion): from reported positions, not from the extrapolated picture, which would cross and come back. The
way is met with the line exactly, so that nothing is missed for being fast; where it ran far without a report,
what is said is not confident.

    report ●──────────╫──────────● report        ╫ the line; the time is in proportion along the way
           t=12.0    12.41       t=13.0

Pure: reports and places in, events out. One `CrossingBook` a picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import normals_at
from skyaccord.airspace.lines import LineShape, meetings
from skyaccord.base.times import from_epoch
from skyaccord.separation.places import AreaInForce, LineInForce, PlaceInForce, within_levels
from skyaccord.tracks.reported import Reported

Floats = NDArray[np.float64]

GAP_S: Final = 30.0
"""A way without a report for longer than this is a guess: its crossings are not confident."""
_HALVINGS: Final = 24  # of the way between two reports: to a millimetre in 10 km
_SAMPLES_MAX: Final = 64  # points of a way at which an area is asked, with its nearest points to the area

Way = Literal["to-left", "to-right", "entered", "left"]


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """One aircraft crossed a line, or went into or out of a zone or an area of special caution.

    sky_time: the step that said it. time, latitude, longitude, altitude_ft: where it was met, between two
    reports. place: the id in the accord.
    """

    sky_time: datetime
    accord: str
    thing: Literal["line", "zone", "caution"]
    place: str
    way: Way
    icao24: str
    callsign: str | None
    party: str | None
    time: datetime
    latitude: float
    longitude: float
    altitude_ft: float | None
    confident: bool
    reason: str

    @property
    def pair(self) -> tuple[str, ...]:
        """Whom it is about, as other events name it."""
        return (self.icao24,)


@dataclass(frozen=True)
class _Seen:
    """One report of an aircraft. up: unit vector; altitude_ft: nan when not known."""

    heard_s: float
    up: Floats
    altitude_ft: float


@dataclass(frozen=True)
class _Leg:
    """From one report to the next."""

    icao24: str
    row: int
    before: _Seen
    after: _Seen

    def at(self, fraction: float) -> _Seen:
        """Where it was so far along."""
        up = self.before.up + fraction * (self.after.up - self.before.up)
        altitude = self.before.altitude_ft + fraction * (self.after.altitude_ft - self.before.altitude_ft)
        seconds = self.before.heard_s + fraction * (self.after.heard_s - self.before.heard_s)
        return _Seen(seconds, up / np.linalg.norm(up), altitude)


@dataclass(frozen=True)
class _Ways:
    """The legs of one step with their ends as arrays, unit vectors straight up, shape (n, 3)."""

    legs: Sequence[_Leg]
    party: Sequence[str | None]
    start: Floats
    end: Floats

    @classmethod
    def of(cls, legs: Sequence[_Leg], parties: Mapping[str, str]) -> _Ways:
        start = np.array([leg.before.up for leg in legs]).reshape(-1, 3)
        end = np.array([leg.after.up for leg in legs]).reshape(-1, 3)
        return cls(legs, [parties.get(leg.icao24) for leg in legs], start, end)

    def of_parties(self, parties: frozenset[str]) -> _Ways:
        rows = [row for row, party in enumerate(self.party) if party in parties]
        legs, party = [self.legs[row] for row in rows], [self.party[row] for row in rows]
        return _Ways(legs, party, self.start[rows], self.end[rows])


class CrossingBook:
    """Remembers where everything was last reported, and who is inside which area."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._inside: dict[tuple[str, str, str], set[str]] = {}  # accord, thing, place → addresses

    def step(
        self,
        reported: Reported,
        places: Sequence[PlaceInForce],
        parties: Mapping[str, str],
        sky_time: datetime,
    ) -> list[Crossing]:
        """What the reports since the last step tell. parties: icao24 → party; without one nothing is said."""
        running = [place for place in places if place.runs_at(sky_time)]
        if not running:
            self._seen, self._inside = {}, {}
            return []
        ways = _Ways.of(list(self._legs(reported)), parties)
        keys = {place.key for place in running}
        self._inside = {key: kept for key, kept in self._inside.items() if key in keys}
        found: list[Crossing] = []
        for place in running:
            own = ways.of_parties(place.parties)
            if isinstance(place, LineInForce):
                found += self._line(place, own, reported, parties, sky_time)
            else:
                found += self._area(place, own, reported, parties, sky_time)
        return sorted(found, key=lambda crossing: (crossing.time, crossing.icao24, crossing.place))

    def _legs(self, reported: Reported) -> Iterator[_Leg]:
        """The new ways, and a memory of the aircraft that are still there."""
        seen: dict[str, _Seen] = {}
        up = normals_at(reported.surface_m) if len(reported.icao24) else reported.surface_m
        for row, icao24 in enumerate(reported.icao24):
            before = self._seen.get(icao24)
            now = float(reported.heard_s[row])
            if before is not None and now <= before.heard_s:
                seen[icao24] = before
                continue
            after = _Seen(now, up[row], float(reported.altitude_ft[row]))
            if reported.on_ground[row]:
                continue  # an aircraft that taxis crosses no line; it begins anew when it flies
            seen[icao24] = after
            yield _Leg(icao24, row, before or after, after)
        self._seen = seen

    def _line(
        self,
        place: LineInForce,
        ways: _Ways,
        reported: Reported,
        parties: Mapping[str, str],
        sky_time: datetime,
    ) -> Iterator[Crossing]:
        met = meetings(place.shape, ways.start, ways.end)
        for k in np.lexsort((met.fraction, met.way)).tolist():
            way: Way = "to-left" if met.to_left[k] else "to-right"
            leg = ways.legs[int(met.way[k])]
            there = leg.at(float(met.fraction[k]))
            level = within_levels(place.levels, there.altitude_ft)
            if level is False or place.direction not in (None, way):
                continue
            yield _crossing(place, leg, there, way, level, (reported, parties, sky_time))

    def _area(
        self,
        place: AreaInForce,
        ways: _Ways,
        reported: Reported,
        parties: Mapping[str, str],
        sky_time: datetime,
    ) -> Iterator[Crossing]:
        inside = self._inside.setdefault(place.key, set())
        inside &= set(reported.icao24)
        for leg in _near(place, ways, inside):
            was = leg.icao24 in inside
            for fraction in _turning_points(place, leg):
                here = leg.at(fraction)
                now = place.holds(here.up, here.altitude_ft)
                if (now is not False) == was:
                    continue
                there = leg.at(fraction) if leg.before is leg.after else _border(place, leg, fraction, was)
                was = not was
                way: Way = "entered" if was else "left"
                yield _crossing(place, leg, there, way, now if was else True, (reported, parties, sky_time))
            (inside.add if was else inside.discard)(leg.icao24)


def _near(place: AreaInForce, ways: _Ways, inside: set[str]) -> Iterator[_Leg]:
    """The ways that may have anything to do with an area: all at once, since most have not."""
    before, after = ways.start, ways.end
    near = place.above(after) | place.above(before)
    if isinstance(place.border, LineShape):
        near[meetings(place.border, before, after).way] = True
    else:
        along = after - before
        length = np.einsum("ij,ij->i", along, along)
        share = ((place.border - before) * along).sum(axis=1) / np.where(length > 0, length, 1.0)
        near |= place.above(before + np.clip(share, 0, 1)[:, None] * along)
    for leg, close in zip(ways.legs, near.tolist(), strict=True):
        if close or leg.icao24 in inside:
            yield leg


def _turning_points(place: AreaInForce, leg: _Leg) -> list[float]:
    """Fractions of a way between which it goes into or out of an area at most once, with the end."""
    if leg.before is leg.after:
        return [1.0]
    if isinstance(place.border, LineShape):
        met = meetings(place.border, leg.before.up[None, :], leg.after.up[None, :])
        cuts = sorted(met.fraction.tolist())[:_SAMPLES_MAX]
    else:  # a circle: the point of the way that is nearest to its centre
        along = leg.after.up - leg.before.up
        length = float(along @ along)
        cuts = [float(np.clip((place.border - leg.before.up) @ along / length, 0, 1))] if length else []
    if place.levels != (None, None):  # in proportion between them, levels are passed one after another
        climb = leg.after.altitude_ft - leg.before.altitude_ft
        for level in place.levels:
            if level is not None and climb:
                cuts.append((level - leg.before.altitude_ft) / climb)
    edges = [0.0, *sorted(cut for cut in cuts if 0 < cut < 1), 1.0]
    middles = [(a + b) / 2 for a, b in pairwise(edges)]
    exact = [] if isinstance(place.border, LineShape) else edges[1:-1]
    return sorted({*middles, *exact, 1.0})


def _border(place: AreaInForce, leg: _Leg, until: float, was_inside: bool) -> _Seen:
    """Where the border is passed, before this fraction of the way."""
    low, high = 0.0, until
    points = [fraction for fraction in _turning_points(place, leg) if fraction < until]
    low = points[-1] if points else 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        here = leg.at(middle)
        if (place.holds(here.up, here.altitude_ft) is not False) == was_inside:
            low = middle
        else:
            high = middle
    return leg.at(high)


def _crossing(  # noqa: PLR0917 (what one event is made of)
    place: PlaceInForce,
    leg: _Leg,
    there: _Seen,
    way: Way,
    level: bool | None,
    rest: tuple[Reported, Mapping[str, str], datetime],
) -> Crossing:
    """The event. level: whether it was at a level that the place is about; None: not known."""
    reported, parties, sky_time = rest
    who = reported.callsign[leg.row] or leg.icao24
    doubts = list(reported.doubts(leg.row))
    gap_s = leg.after.heard_s - leg.before.heard_s
    if gap_s > GAP_S:
        doubts.append(f"{who} was not heard for {gap_s:.0f} s")
    if leg.before is leg.after:
        doubts.append(f"{who} was first heard inside")
    if level is None:
        doubts.append(f"{who} gives no altitude")
    said = {"to-left": "crossed to the left of", "to-right": "crossed to the right of"}.get(way, way)
    reason = "; ".join([f"{who} {said} {place.thing} {place.place}", *doubts])
    x, y, z = there.up.tolist()
    return Crossing(
        sky_time=sky_time,
        accord=place.accord,
        thing=place.thing,
        place=place.place,
        way=way,
        icao24=leg.icao24,
        callsign=reported.callsign[leg.row],
        party=parties.get(leg.icao24),
        time=from_epoch(there.heard_s),
        latitude=float(np.degrees(np.arctan2(z, np.hypot(x, y)))),
        longitude=float(np.degrees(np.arctan2(y, x))),
        altitude_ft=None if np.isnan(there.altitude_ft) else there.altitude_ft,
        confident=not doubts,
        reason=reason,
    )
