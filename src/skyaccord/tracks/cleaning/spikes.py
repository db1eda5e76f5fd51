"""Single altitudes that an aircraft cannot have reached, or come back from.

Mode C is eleven bits without a check: one wrong pulse is thousands of feet. In traffic's Paris sample an
aircraft on final at -200 ft reports 35,000 ft for one second, and the straight line to it and back passes
through everything above.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from skyaccord.tracks.cleaning.paths import Bools, Floats
from skyaccord.tracks.states import begins_track

SPIKE: Final = "altitude out of reach"

RATE_FTPS_MAX: Final = 1_000.0
"""60,000 ft/min, more than the best climb of any aircraft (an F-15 stripped for records: 50,000)."""

SLACK_FT: Final = 1_000.0
"""Times cut to seconds, altitudes in steps of 100 ft: two states of one second may differ so much at most."""

STATES_MAX: Final = 3
"""So many states in a row may be off (one message, repeated by a recorder that writes once a second)."""


def mark_spikes(states: pl.DataFrame) -> pl.Series:
    """A reason for each state whose altitude leaves the track for at most STATES_MAX states, else null.

    states: sorted by icao24, then timestamp. Both neighbours must be out of reach, and within reach of each
    other. States without an altitude are left alone, and end what can be judged.
    """
    count = states.height
    off = np.zeros(count, dtype=np.bool_)
    if count > 2:
        altitude_ft = states["altitude"].to_numpy()
        time_s = states["timestamp"].to_physical().to_numpy() / 1e6
        step_off = _out_of_reach(altitude_ft, time_s)
        step_off &= ~begins_track(states)[1:]
        track = np.cumsum(begins_track(states))
        found: list[tuple[int, int]] = []
        for length in range(1, STATES_MAX + 1):
            if not step_off.any() or count < length + 2:
                break
            before = np.flatnonzero(step_off[: count - 1 - length] & step_off[length:])
            after = before + length + 1
            back = np.abs(altitude_ft[after] - altitude_ft[before]) <= SLACK_FT + RATE_FTPS_MAX * (
                time_s[after] - time_s[before]
            )
            between = np.ones(len(before), dtype=np.bool_)
            for inner in range(1, length):
                between &= ~step_off[before + inner]
            chosen = before[back & between & (track[before] == track[after])]
            found += [(int(index), length) for index in chosen]
        for index, length in sorted(found):
            if not off[index]:  # where two altitudes alternate, the one that was first is the aircraft's
                off[index + 1 : index + 1 + length] = True
    return (
        pl.DataFrame({"off": off})
        .select(pl.when("off").then(pl.lit(SPIKE)).otherwise(pl.lit(None, dtype=pl.String)).alias("reason"))
        .to_series()
    )


def _out_of_reach(altitude_ft: Floats, time_s: Floats) -> Bools:
    result: Bools = np.abs(np.diff(altitude_ft)) > SLACK_FT + RATE_FTPS_MAX * np.diff(time_s)
    return result
