from __future__ import annotations

import polars as pl

from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.cleaning.duplicates import IDENTICAL, SAME_TIME
from tests.tracks.cleaning.flights import every, fly, straight

FLIGHT = fly("a00001", straight(0, 0, 120, 45), every(5, 50))


def test_a_recording_read_twice_is_read_once() -> None:
    cleaned = clean(pl.concat([FLIGHT, FLIGHT]))
    assert cleaned.states.equals(FLIGHT)
    assert cleaned.dropped == {IDENTICAL: FLIGHT.height}
    assert cleaned.dropped_states.drop("reason", "of").equals(FLIGHT)


def test_one_of_two_positions_at_one_time_stays_whatever_the_order() -> None:
    moved = FLIGHT.with_columns(pl.col("latitude") + 0.001)
    for both in ([FLIGHT, moved], [moved, FLIGHT], [moved.reverse(), FLIGHT]):
        cleaned = clean(pl.concat(both))
        assert cleaned.states.equals(FLIGHT)
        assert cleaned.dropped == {SAME_TIME: FLIGHT.height}


def test_the_aircraft_itself_goes_before_radar() -> None:
    radar = FLIGHT.with_columns(pl.col("latitude") - 0.001, pl.lit("tisb").alias("source"))
    assert clean(pl.concat([radar, FLIGHT])).states.equals(FLIGHT)


def test_two_aircraft_may_be_anywhere_at_the_same_time() -> None:
    other = FLIGHT.with_columns(pl.lit("a00002").alias("icao24"))
    assert clean(pl.concat([FLIGHT, other])).dropped == {}


def test_ground_states_without_altitude_are_compared_too() -> None:
    ground = FLIGHT.with_columns(
        pl.lit(None, dtype=pl.Float64).alias("altitude"), pl.lit(True).alias("onground")
    )
    assert clean(pl.concat([ground, ground])).dropped == {IDENTICAL: FLIGHT.height}


def test_a_position_seen_again_milliseconds_later_is_the_same() -> None:
    again = FLIGHT.with_columns(pl.col("timestamp") + pl.duration(milliseconds=2))
    assert clean(pl.concat([FLIGHT, again])).dropped == {IDENTICAL: FLIGHT.height}
    later = FLIGHT.with_columns(pl.col("timestamp") + pl.duration(milliseconds=200))
    assert clean(pl.concat([FLIGHT, later])).dropped == {}
