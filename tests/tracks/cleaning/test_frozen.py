from __future__ import annotations

import polars as pl

from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.cleaning.frozen import FROZEN, STANDING
from tests.tracks.cleaning.flights import every, fly, straight

FLIGHT = fly("a00001", straight(0, 0, 240, 45), every(5, 100))


def frozen_from(row: int, until: int, states: pl.DataFrame = FLIGHT) -> pl.DataFrame:
    """The states with the position of `row` repeated up to `until`."""
    rows = pl.int_range(states.height).is_between(row, until)
    return states.with_columns(
        pl.when(rows).then(pl.col(c).gather(row)).otherwise(pl.col(c)).alias(c)
        for c in ("latitude", "longitude")
    )


def test_a_position_repeated_in_flight_is_dropped_but_for_the_first() -> None:
    cleaned = clean(frozen_from(8, 14))
    assert cleaned.dropped == {FROZEN: 6}
    assert cleaned.states.equals(FLIGHT[[*range(9), *range(15, 21)]])


def test_frozen_to_the_end() -> None:
    assert clean(frozen_from(8, 20)).states.equals(FLIGHT[:9])


def test_a_position_held_for_a_moment_by_rounding_stays() -> None:
    quick = fly("a00001", straight(0, 0, 100, 45), every(0.5, 10))
    assert clean(frozen_from(8, 9, quick)).dropped == {}


def test_hovering_standing_and_unknown_speed_stay() -> None:
    still = frozen_from(0, 20)
    hovering = still.with_columns(pl.lit(10.0).alias("groundspeed"))
    unknown = still.with_columns(pl.lit(None, dtype=pl.Float64).alias("groundspeed"))
    taxiing = still.with_columns(
        pl.lit(True).alias("onground"), pl.lit(None, dtype=pl.Float64).alias("altitude")
    )
    for states in (hovering, unknown, taxiing):
        assert clean(states).states.height == states.height


def test_standing_where_it_was_on_the_ground_is_no_flight() -> None:
    """Traffic's Paris sample: an on-ground position repeated for minutes, airborne at 4,625 ft."""
    still = frozen_from(0, 20).with_columns(
        pl.lit(None, dtype=pl.Float64).alias("groundspeed"),
        (pl.int_range(pl.len()) < 5).alias("onground"),
        pl.when(pl.int_range(pl.len()) >= 5).then(4625.0).alias("altitude"),
    )
    assert clean(still).dropped == {STANDING: 16}
    climbing = still.with_columns(pl.col("altitude") + 20.0 * pl.int_range(pl.len()))
    assert clean(climbing).dropped == {}
    elsewhere = still.with_columns(
        pl.when(pl.int_range(pl.len()) < 5).then(1.0).otherwise("latitude").alias("latitude")
    )
    assert clean(elsewhere, rules=["frozen"]).dropped == {}


def test_standing_beside_where_it_was_on_the_ground_is_no_flight() -> None:
    row = pl.int_range(pl.len())
    still = frozen_from(1, 20).with_columns(
        pl.lit(0.0).alias("groundspeed"),
        (row == 0).alias("onground"),
        pl.when(row > 0).then(-100.0).alias("altitude"),
    )
    beside = still.with_columns(
        (pl.when(row == 0).then(pl.col("latitude").gather(1) + 1e-4).otherwise("latitude")).alias("latitude"),
        pl.when(row == 0).then(pl.col("longitude").gather(1)).otherwise("longitude").alias("longitude"),
    )
    assert clean(beside).dropped == {STANDING: 20}
    assert clean(still).dropped == {}  # 1,200 m away


def test_two_aircraft_at_one_place_are_not_one_frozen() -> None:
    first = fly("a00001", straight(0, 0, 240, 45), [0.0, 5.0])
    second = first.with_columns(
        pl.lit("a00002").alias("icao24"), pl.col("timestamp") + pl.duration(seconds=60)
    )
    assert clean(pl.concat([first, second.reverse()])).dropped == {}


def test_the_rule_can_be_switched_off() -> None:
    assert clean(frozen_from(8, 14), rules=["duplicates", "echoes"]).dropped == {}
