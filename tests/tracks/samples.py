"""Small recordings for the tests, and where the real ones lie."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from skyaccord.tracks.states import STATE_SCHEMA, conform

ROOT = Path(__file__).parents[2]
MONTEREY = ROOT / "src/skyaccord/demo/data/adsblol_2025-06-02_N36W122.jsonl.gz"
KWVI = ROOT / "tests/data/adsblol_2025-12-13_KWVI_5nm.jsonl.gz"
NETJSON = ROOT / "tests/data/readsb_netjson_1.jsonl"

NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)


def line(**changes: Any) -> dict[str, Any]:
    """One adsb.lol trace record; `changes` overrule or, with None as a value, keep the key with null."""
    record: dict[str, Any] = {
        "now": 1748865600,
        "hex": "a5314e",
        "lat": 36.9,
        "lon": -121.5,
        "alt_baro": 3000,
        "gscp": 100,
        "track": 90.0,
        "flight": "N123AB",
        "flightdict": None,
    }
    record.update(changes)
    return record


def write_lines(path: Path, records: list[Any], *, packed: bool = False) -> Path:
    """JSON lines; a record that is text is written as it stands."""
    text = "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records).encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    return path


def table(rows: int = 3, **columns: list[Any]) -> dict[str, list[Any]]:
    """A minimal table of states as columns; `columns` replaces or adds."""
    base: dict[str, list[Any]] = {
        "timestamp": [f"2025-06-02T12:00:{i:02d}Z" for i in range(rows)],
        "icao24": ["a5314e"] * rows,
        "latitude": [36.9 + i / 1000 for i in range(rows)],
        "longitude": [-121.5] * rows,
        "altitude": [3000.0] * rows,
    }
    return {**base, **columns}


def write_csv(path: Path, columns: dict[str, list[Any]], separator: str = ",") -> Path:
    rows = zip(*columns.values(), strict=True)
    lines = [separator.join(columns)] + [separator.join("" if v is None else str(v) for v in r) for r in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def full_states() -> pl.DataFrame:
    """States with every column filled somewhere, and nulls in every optional one."""
    rows = [
        {
            "timestamp": NOON + timedelta(seconds=i, microseconds=123456 * (i % 2)),
            "icao24": "~2b3577" if i % 5 == 4 else "00a1b2",
            "callsign": "ABC 12" if i % 3 else None,
            "latitude": -12.345678 + i / 7,
            "longitude": -179.987654 + i / 3,
            "altitude": None if i == 2 else 3000.0 + 12.5 * i,
            "geoaltitude": 3100.0 if i % 2 else None,
            "groundspeed": 101.7 if i % 3 else None,
            "track": 359.9 if i % 4 else None,
            "vertical_rate": -64.0 if i % 2 else None,
            "onground": i == 2,
            "squawk": "0611" if i % 2 else None,
            "category": "A3" if i % 2 else None,
            "source": "tisb" if i % 5 == 4 else "adsb",
            "nic": 8 if i % 2 else None,
            "nac_p": 10 if i % 2 else None,
            "sil": 3 if i % 2 else None,
        }
        for i in range(10)
    ]
    states = conform(pl.DataFrame(rows, schema=STATE_SCHEMA)).sort("icao24", "timestamp")
    # what a reader carries forward along a track is carried already
    return states.with_columns(pl.col("callsign").forward_fill().over("icao24"))
