"""kind `incident.reconstruction`: what one party's node computed from its own recorded picture.

Each side's node says for itself what it saw; nobody's picture is taken for the truth. The body holds the
reports themselves (thinned where there were too many, and how is said), so that whoever reads the record can
compute the closest point of approach again, and feed the tracks to any other program.

Times are seconds after `zero` (sky time, UTC); positions WGS 84 in degrees; altitudes ft, pressure altitude.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from skyaccord.incidents.bodies import Address, Body, Callsign, Distance, Number, Reason, RuleId
from skyaccord.record.fields import EntryRef, PartyId, UtcTime
from skyaccord.record.kinds import register_kind

RECONSTRUCTION: Final = "incident.reconstruction"
SAMPLES_MAX: Final = 900
"""Reports of one aircraft: a quarter of an hour at one a second. Two tracks, the difference and the marks
then fill half an envelope (record.envelope.ENVELOPE_BYTES_MAX)."""
DIFFERENCE_MAX: Final = 400  # points of the difference over time: what a figure shows
MARKS_MAX: Final = 200  # lines of the timeline of one day
MARK_CHARS_MAX: Final = 200
FAULTS_MAX: Final = 20
WINDOW_S_MAX: Final = 1800.0
METHOD: Final = "straight-lines-1"
"""Straight lines between reports not farther apart than `max_gap_s`, solved exactly: docs/method.md."""


def _items(value: Any) -> Any:
    return tuple(_items(one) for one in value) if isinstance(value, list) else value


Latitude = Annotated[Number, Field(ge=-90, le=90)]
Longitude = Annotated[Number, Field(ge=-180, le=180)]
Sample = tuple[Number, Latitude, Longitude, Number | None]
"""Seconds after zero, latitude, longitude, altitude in ft or None where none was reported."""
Gap = tuple[Number, Distance, Number | None]
"""Seconds after zero, horizontal distance in NM, altitude of the second over the first in ft."""
Samples = Annotated[tuple[Sample, ...], Field(max_length=SAMPLES_MAX), BeforeValidator(_items)]
Reasons = Annotated[tuple[Reason, ...], Field(max_length=FAULTS_MAX), BeforeValidator(_items)]


class Quality(Body):
    """How well one aircraft was seen. reports: in the window; kept: of them in `samples`.

    every_s: their usual distance in time; longest_gap_s; sources: how many came by which way (adsb, mlat …);
    without_altitude: reports; nac_p_min: the worst accuracy category said (NACp), None if none was.
    thinned: how, if not all are kept; doubts: in words.
    """

    reports: Annotated[int, Field(ge=0)]
    kept: Annotated[int, Field(ge=0, le=SAMPLES_MAX)]
    every_s: Distance | None
    longest_gap_s: Distance | None
    sources: Annotated[dict[str, int], Field(max_length=16)]
    without_altitude: Annotated[int, Field(ge=0)]
    nac_p_min: Annotated[int, Field(ge=0, le=15)] | None
    thinned: Reason
    doubts: Reasons


class TrackSeen(Body):
    """One aircraft as this side saw it."""

    icao24: Address
    callsign: Callsign | None
    party: PartyId | None
    samples: Samples
    quality: Quality

    @model_validator(mode="after")
    def _in_order(self) -> TrackSeen:
        times = [sample[0] for sample in self.samples]
        if any(late <= early for early, late in pairwise(times)):
            raise ValueError("the reports of a track are in order of time, each instant once")
        return self


class LimitsUsed(Body):
    """The limits by which the closest point is the closest: those of the accord's rule, or of the watch."""

    rule: RuleId | None
    horizontal_nm: Distance
    vertical_ft: Distance | None
    combinator: Literal["either", "both"]
    max_dwell_s: Distance | None


class Closest(Body):
    """The closest point of approach as this side computed it: least max(h/H, v/V).

    vertical_ft: size of the difference in altitude, None where one side's is not known. least_*: the least
    horizontal distance, which may be at another time.
    """

    time: UtcTime
    horizontal_nm: Distance
    vertical_ft: Distance | None
    least_horizontal_nm: Distance
    least_horizontal_time: UtcTime


class Mark(Body):
    """A line of the timeline: what stands in which entry. at: sky time; recorded_at: wall clock."""

    at: UtcTime
    recorded_at: UtcTime
    kind: Annotated[str, Field(max_length=64)]
    party: PartyId
    ref: EntryRef
    text: Annotated[str, Field(max_length=MARK_CHARS_MAX)]


class ReconstructionBody(Body):
    """One side's reconstruction of one incident; a later one stands in the place of the one before.

    incident: an entry that opened it. aircraft: whom it looked for. tracks: of those it saw. difference and
    closest: None or empty where it did not see both. faults: what it could not do, in words.
    """

    incident: EntryRef
    aircraft: Annotated[tuple[Address, ...], Field(min_length=1, max_length=2), BeforeValidator(_items)]
    zero: UtcTime
    start: UtcTime
    end: UtcTime
    tracks: Annotated[tuple[TrackSeen, ...], Field(max_length=2), BeforeValidator(_items)]
    difference: Annotated[tuple[Gap, ...], Field(max_length=DIFFERENCE_MAX), BeforeValidator(_items)]
    closest: Closest | None
    limits: LimitsUsed | None
    max_gap_s: Distance
    method: Annotated[str, Field(max_length=64)]
    marks: Annotated[tuple[Mark, ...], Field(max_length=MARKS_MAX), BeforeValidator(_items)]
    marks_left_out: Annotated[int, Field(ge=0)] = 0
    faults: Reasons

    @model_validator(mode="after")
    def _whole(self) -> ReconstructionBody:
        if not 0 < (self.end - self.start).total_seconds() <= WINDOW_S_MAX:
            raise ValueError("the window has no length, or more than half an hour")
        seen = [track.icao24 for track in self.tracks]
        if seen != sorted(set(seen)) or not set(seen) <= set(self.aircraft):
            raise ValueError("tracks of other aircraft than it looked for, or out of order")
        if self.closest is not None and (len(seen) < 2 or self.limits is None):
            raise ValueError("a closest point of approach takes two tracks and limits")
        return self

    def track(self, icao24: str) -> TrackSeen | None:
        """This side's track of an aircraft, None if it saw none."""
        return next((one for one in self.tracks if one.icao24 == icao24), None)


register_kind(RECONSTRUCTION, ReconstructionBody)
