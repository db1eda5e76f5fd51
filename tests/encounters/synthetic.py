"""States made up for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from skyaccord.tracks.states import STATE_SCHEMA, conform

START = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)


def states(rows: Iterable[tuple[Any, ...]], **more: Any) -> pl.DataFrame:
    """rows: (icao24, seconds after START, latitude, longitude, altitude in ft). more: further columns."""
    table = [
        (name, START + timedelta(seconds=seconds), float(latitude), float(longitude), altitude)
        for name, seconds, latitude, longitude, altitude in rows
    ]
    frame = pl.DataFrame(
        table,
        schema={
            name: STATE_SCHEMA[name] for name in ("icao24", "timestamp", "latitude", "longitude", "altitude")
        },
        orient="row",
    )
    return conform(frame.with_columns(**more))


def straight(
    name: str,
    seconds: Iterable[float],
    place: tuple[float, float],
    speed: tuple[float, float],
    altitude: float,
) -> list[tuple[Any, ...]]:
    """Samples of a straight flight. place: latitude, longitude at 0 s. speed: degrees a second."""
    return [(name, s, place[0] + speed[0] * s, place[1] + speed[1] * s, altitude) for s in seconds]
