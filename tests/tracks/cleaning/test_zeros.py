"""Altitudes of 0: a pile of them stands for none, a few are altitudes."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from skyaccord.encounters import scan
from skyaccord.tracks.cleaning import clean, lost_tracks
from skyaccord.tracks.cleaning.zeros import AIRCRAFT_MIN, PILE, ZERO
from skyaccord.tracks.states import conform
from tests.encounters.synthetic import states


def feed(at_zero: int, low: int = 0, altitude_ft: float = 75.0, **more: pl.Expr) -> pl.DataFrame:
    """Two states each of aircraft at an airport: some at 0 ft, some a little above, one in cruise."""
    rows = [
        (f"a{number:05x}", seconds, 39.85, -104.67 + 1e-4 * number, 0.0 if number < at_zero else altitude_ft)
        for number in range(at_zero + low)
        for seconds in (0, 8)
    ]
    rows += [("f00000", seconds, 39.85 + 1e-3 * seconds, -104.67, 35_000.0) for seconds in (0, 8)]
    return states(rows, **more)


def test_a_pile_of_zeros_stands_for_no_altitude() -> None:
    cleaned = clean(feed(AIRCRAFT_MIN))
    assert cleaned.dropped == {ZERO: 2 * AIRCRAFT_MIN}
    assert cleaned.states["icao24"].unique().to_list() == ["f00000"]
    assert len(scan(feed(AIRCRAFT_MIN), "0.5nm,500ft")) == 0
    assert len(scan(feed(AIRCRAFT_MIN), "0.5nm,500ft", without_rules=["zeros"])) == 45


@pytest.mark.parametrize(
    "table",
    [
        feed(AIRCRAFT_MIN - 1),  # too few aircraft to tell
        feed(2 * PILE, low=2),  # altitudes round 0 as well: it is one of them
        feed(2 * PILE, low=2, altitude_ft=-25.0),
        feed(30, onground=pl.lit(True)),  # said to be on the ground: no altitude is read from them
    ],
    ids=["few", "among others", "below sea level", "on the ground"],
)
def test_zeros_that_are_altitudes_stay(table: pl.DataFrame) -> None:
    assert clean(table).dropped == {}


def test_more_than_the_pile_beside_true_altitudes() -> None:
    assert clean(feed(2 * PILE + 1, low=2)).dropped == {ZERO: 2 * (2 * PILE + 1)}
    assert clean(feed(2 * PILE + 1, low=2, altitude_ft=125.0)).dropped == {ZERO: 2 * (2 * PILE + 1)}


def test_parts_are_judged_by_the_whole(tmp_path: Path) -> None:
    # in parts of 1,000 states each, no part alone has enough aircraft or enough zeros
    cruising = [
        (f"b{number:05x}", 10 * seconds, 40 + 0.01 * number, 1e-3 * seconds, 30_000.0)
        for number in range(40)
        for seconds in range(60)
    ]
    table = pl.concat([feed(AIRCRAFT_MIN), states(cruising)])
    table.write_parquet(tmp_path / "a.parquet")
    whole = scan(tmp_path / "a.parquet", "0.5nm,500ft")
    parts = scan(tmp_path / "a.parquet", "0.5nm,500ft", rows_in_memory=1_000)
    assert whole.counts[f"dropped: {ZERO}"] == 2 * AIRCRAFT_MIN
    assert parts.counts == whole.counts
    assert parts.lost.equals(whole.lost)


def test_the_slow_are_confirmed_and_the_fast_are_named() -> None:
    speed = pl.when(pl.col("icao24") == "a00000").then(290.0).otherwise(12.0)
    lost = lost_tracks(clean(feed(AIRCRAFT_MIN, groundspeed=speed)))
    assert lost.filter(~lost["confirmed"])["icao24"].to_list() == ["a00000"]
    unknown = lost_tracks(clean(conform(feed(AIRCRAFT_MIN))))
    assert not unknown["confirmed"].any()
