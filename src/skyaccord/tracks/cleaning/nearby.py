"""Which aircraft come near a radar target at all, told without holding everything in memory.

Space is cut into cubes and time into minutes. Whoever is never in a cube and minute next to one where a radar
target is, cannot be what it echoes.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np
import polars as pl

from skyaccord.airspace import geodesy
from skyaccord.tracks.cleaning.echoes import NEAR_M, REACH_M, suspects_of
from skyaccord.tracks.cleaning.paths import HOLE_S

CUBE_M: Final = REACH_M + NEAR_M
"""A host whose path comes within NEAR_M has a state within HOLE_S, and REACH_M, of that place."""

_CELL: Final = ("minute", "x", "y", "z")


class Neighbourhood:
    """First all states in parts to `add_targets`, then all again to `add_hosts`."""

    def __init__(self) -> None:
        self.targets: set[str] = set()
        self.hosts: set[str] = set()
        self._cells = pl.DataFrame(schema=dict.fromkeys(_CELL, pl.Int64()))

    def add_targets(self, states: pl.DataFrame) -> None:
        """Radar targets among these states, of each of which all states must be here."""
        found = suspects_of(states)
        if found:
            self.targets |= found
            own = _cells(states.filter(pl.col("icao24").is_in(found)))
            self._cells = pl.concat([self._cells, own]).unique()

    def add_hosts(self, states: pl.DataFrame) -> None:
        """Aircraft among these states that come near a target."""
        if not self._cells.is_empty():
            others = states.filter(~pl.col("icao24").is_in(self.targets))
            cells = _cells(others).with_columns(others["icao24"])
            near = pl.concat(
                self._cells.select(pl.col(name) + step for name, step in zip(_CELL, steps, strict=True))
                for steps in product((-1, 0, 1), repeat=4)
            ).unique()
            self.hosts |= set(cells.join(near, on=list(_CELL), how="semi")["icao24"].unique().to_list())


def _cells(states: pl.DataFrame) -> pl.DataFrame:
    place = geodesy.ecef(states["latitude"].to_numpy(), states["longitude"].to_numpy())
    cubes = np.floor(place / CUBE_M).astype(np.int64)
    minute = states["timestamp"].to_physical().to_numpy() // round(HOLE_S * 1e6)
    return pl.DataFrame({"minute": minute, "x": cubes[:, 0], "y": cubes[:, 1], "z": cubes[:, 2]})
