"""The newest picture for the consoles: binary frame and roster, from the watch's snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skyaccord.base.times import from_epoch
from skyaccord.node.frame import FrameColumns, encode_frame
from skyaccord.node.http.live_socket import Broadcast
from skyaccord.tracks.snapshot import Snapshot


class Show:
    """Encodes each picture once for all consoles. The roster is sent again only when it changes."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self._shown: tuple[object, ...] = ()
        self._version = 0

    def picture(
        self, snapshot: Snapshot, feed: int, parties: Mapping[str, str], names: Sequence[str]
    ) -> None:
        """Show this snapshot. feed: number of the feed it is of. parties: icao24 → party. names: all
        parties.
        """
        index = {name: place for place, name in enumerate(names)}
        current = (feed, snapshot.roster_version, tuple(names))
        if current != self._shown:
            self._shown = current
            self._version += 1
            self._broadcast.show_roster(self._roster(snapshot, names))
        columns = FrameColumns(
            latitude=snapshot.latitude,
            longitude=snapshot.longitude,
            altitude_ft=np.where(snapshot.on_ground, np.nan, snapshot.altitude_ft),
            groundspeed_kt=snapshot.groundspeed_kt,
            track_deg=snapshot.track_deg,
            vertical_rate_ftmin=snapshot.vertical_rate_ftmin,
            party=np.array([index.get(parties.get(one, ""), -1) for one in snapshot.icao24], dtype=np.int64),
            stale=snapshot.stale,
            suspect=snapshot.suspect != 0,
            on_ground=snapshot.on_ground,
        )
        sky_time = from_epoch(snapshot.sky_time_s)
        self._broadcast.show_picture(encode_frame(sky_time, self._version, columns))

    def _roster(self, snapshot: Snapshot, names: Sequence[str]) -> dict[str, Any]:
        return {
            "version": self._version,
            "parties": list(names),
            "aircraft": [
                [address, callsign]
                for address, callsign in zip(snapshot.icao24, snapshot.callsign, strict=True)
            ],
        }
