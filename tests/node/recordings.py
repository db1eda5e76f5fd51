"""Small recordings and real ones for the tests of feeds and watch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import polars as pl

from skyaccord.tracks.states import conform

MONTEREY = Path(str(files("skyaccord.demo") / "data" / "adsblol_2025-06-02_N36W122.jsonl.gz"))
"""Contains information from adsb.lol, made available under the Open Database License (ODbL) 1.0."""

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def straight(*addresses: str, seconds: int = 60, every_s: int = 1) -> pl.DataFrame:
    """Eastbound at 360 kt, one above the other, a state every `every_s`."""
    return conform(
        pl.DataFrame(
            [
                {
                    "timestamp": at(second),
                    "icao24": address,
                    "callsign": address.upper(),
                    "latitude": 10.0 + number,
                    "longitude": 20.0 + second * 0.1 / 60,
                    "altitude": 10_000.0 + 1000 * number,
                    "groundspeed": 360.0,
                    "track": 90.0,
                }
                for number, address in enumerate(addresses)
                for second in range(0, seconds, every_s)
            ]
        )
    )


def written(folder: Path, states: pl.DataFrame, name: str = "day.parquet") -> str:
    """The states as a file in a folder; returns the file's name."""
    states.write_parquet(folder / name)
    return name
