"""The tracks of a reconstruction as CSV: what `skyaccord scan` and a node's replay feed read.

The columns are those of every table of states (docs/formats.md). The samples are those that the closest point
was computed from, so a scan of the file finds the same one.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Final

from skyaccord.base.errors import InputError
from skyaccord.base.times import format_utc
from skyaccord.incidents.case import Case

HEADER: Final = ("timestamp", "icao24", "callsign", "latitude", "longitude", "altitude")


def replay_csv(case: Case, party: str) -> str:
    """One side's tracks. InputError if it has not reconstructed, or saw nothing."""
    made = case.reconstructions.get(party)
    if made is None:
        raise InputError(
            f"party {party[:40]} has no reconstruction here", where=f"incident {case.id}",
            do=f"there is one of {', '.join(case.reconstructions) or 'nobody'}",
        )  # fmt: skip
    if not any(track.samples for track in made.body.tracks):
        raise InputError(f"party {party} saw none of the aircraft", where=f"incident {case.id}")
    rows = sorted(
        (sample[0], track.icao24, track.callsign or "", sample)
        for track in made.body.tracks
        for sample in track.samples
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for after_s, icao24, callsign, (_, latitude, longitude, altitude) in rows:
        time = format_utc(made.body.zero + timedelta(seconds=after_s))
        height = "" if altitude is None else f"{altitude:g}"
        writer.writerow((time, icao24, callsign, f"{latitude:.6f}", f"{longitude:.6f}", height))
    return out.getvalue()
