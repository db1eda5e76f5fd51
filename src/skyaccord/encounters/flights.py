"""From a table of states to the plain arrays that the search walks: samples, and links between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import ecef
from skyaccord.airspace.units import M_PER_FT
from skyaccord.tracks.states import begins_track, in_order

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ON_GROUND: Final = "on the ground"
NO_ALTITUDE: Final = "no altitude"
SAME_INSTANT: Final = "second state of one instant"
ALONE: Final = "alone, no other state of the aircraft within the longest gap"
"""Why a state takes no part in the search, as the counts name it."""

US_PER_S: Final = 1_000_000


@dataclass(frozen=True)
class Flights:
    """Airborne samples of all aircraft, sorted by address and time, and the links between them.

    names: address of track i, sorted, so that i < j means a < b.
    states: the rows of the table behind the samples, in the same order.
    epoch_us: time zero, microseconds since 1970; all times below are seconds since then.
    time, samples: (n,) and (n, 4): ECEF x, y, z on the surface and pressure altitude, metres.
    track: (n,) index into names.
    first, link_start, link_end, link_track: a link runs from sample `first` to the next.
    left_out: states that take no part, by reason.
    """

    names: list[str]
    states: pl.DataFrame
    epoch_us: int
    time: Floats
    samples: Floats
    track: Integers
    first: Integers
    link_start: Floats
    link_end: Floats
    link_track: Integers
    left_out: dict[str, int]

    def only(self, tracks: Integers) -> Flights:
        """The same samples and numbers of tracks, with the links of these tracks only."""
        wanted = np.zeros(len(self.names), dtype=np.bool_)
        wanted[tracks] = True
        links = np.flatnonzero(wanted[self.link_track])
        return replace(
            self,
            first=self.first[links],
            link_start=self.link_start[links],
            link_end=self.link_end[links],
            link_track=self.link_track[links],
        )


def flights_of(states: pl.DataFrame, max_gap_s: float, *, epoch_us: int | None = None) -> Flights:
    """Prepare states (STATE_SCHEMA) for the search; the order of the rows has no influence.

    Two samples of one aircraft are linked if they are at most `max_gap_s` apart and it was not on the ground
    in between. Aircraft on the ground, states without an altitude and states that are linked to no other take
    no part, and are counted: a position that nothing before or after supports is what a message with a wrong
    address looks like, and it lasts no time. epoch_us: time zero, if not that of the first sample.
    """
    ordered = in_order(states)
    altitude_ft = ordered["altitude"].cast(pl.Float64).to_numpy()
    time_us = ordered["timestamp"].dt.timestamp("us").to_numpy()
    track = np.cumsum(begins_track(ordered)) - 1
    on_ground, has_altitude, again = _apart(ordered)
    left_out = {
        ON_GROUND: int(on_ground.sum()),
        NO_ALTITUDE: int((~has_altitude & ~on_ground).sum()),
        SAME_INSTANT: int((again & has_altitude & ~on_ground).sum()),
    }
    landings = np.cumsum(on_ground, dtype=np.int64)
    keep = has_altitude & ~on_ground & ~again
    time_us, track, landings = time_us[keep], track[keep], landings[keep]
    flying = ordered.filter(pl.Series(keep))
    if epoch_us is None:
        epoch_us = int(time_us.min()) if len(time_us) else 0
    time = (time_us - epoch_us) / US_PER_S
    samples = np.empty((len(time), 4))
    samples[:, :3] = ecef(flying["latitude"].to_numpy(), flying["longitude"].to_numpy())
    samples[:, 3] = altitude_ft[keep] * M_PER_FT
    linked = _linked(time_us, track, landings, max_gap_s)
    first = np.flatnonzero(linked)
    left_out[ALONE] = int((~linked & ~np.roll(linked, 1)).sum())
    begins = np.ones(len(track), dtype=np.bool_)
    begins[1:] = track[1:] != track[:-1]
    track = np.cumsum(begins) - 1
    return Flights(
        names=flying["icao24"].filter(pl.Series(begins)).to_list(),
        states=flying,
        epoch_us=epoch_us,
        time=time,
        samples=samples,
        track=track.astype(np.int64),
        first=first,
        link_start=time[first],
        link_end=time[first + 1],
        link_track=track[first].astype(np.int64),
        left_out={reason: count for reason, count in left_out.items() if count},
    )


def speaking(states: pl.DataFrame) -> pl.DataFrame:
    """States in order, each that takes part with the call sign it goes by: the last one, else the next."""
    on_ground, has_altitude, again = _apart(states)
    flying = pl.Series("takes_part", has_altitude & ~on_ground & ~again)
    takes_part = pl.col("takes_part")
    said = pl.when(takes_part).then(pl.col("callsign"))
    last = said.forward_fill().over("icao24")
    following = said.backward_fill().over("icao24")
    heard = pl.when(takes_part).then(pl.coalesce(last, following)).otherwise(pl.col("callsign"))
    return states.with_columns(flying).with_columns(heard.alias("callsign")).drop("takes_part")


def _apart(ordered: pl.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """On the ground, with an altitude, second of one instant."""
    on_ground = ordered["onground"].fill_null(False).to_numpy()
    time_us = ordered["timestamp"].dt.timestamp("us").to_numpy()
    again = np.zeros(ordered.height, dtype=np.bool_)
    again[1:] = ~begins_track(ordered)[1:] & (time_us[1:] == time_us[:-1])
    return on_ground, np.isfinite(ordered["altitude"].cast(pl.Float64).to_numpy()), again


def _linked(time_us: Integers, track: Integers, landings: Integers, max_gap_s: float) -> NDArray[np.bool_]:
    """Whether each sample is linked to the next."""
    goes_on = np.zeros(len(track), dtype=np.bool_)
    if len(track) > 1:
        goes_on[:-1] = (
            (track[1:] == track[:-1])
            & (landings[1:] == landings[:-1])
            & (np.diff(time_us) <= round(max_gap_s * US_PER_S))
        )
    return goes_on
