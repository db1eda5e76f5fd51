from __future__ import annotations

import polars as pl
import pytest

from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.cleaning.spikes import SPIKE
from tests.tracks.cleaning.flights import every, fly, straight

FLIGHT = fly("a00001", straight(0, 0, 240, 45), every(1, 30))


def with_altitudes(first: int, last: int, altitude_ft: float) -> pl.DataFrame:
    rows = pl.int_range(pl.len()).is_between(first, last)
    return FLIGHT.with_columns(pl.when(rows).then(altitude_ft).otherwise("altitude").alias("altitude"))


@pytest.mark.parametrize("length", [1, 2, 3])
def test_an_altitude_out_of_reach_is_dropped(length: int) -> None:
    cleaned = clean(with_altitudes(10, 9 + length, 35_000.0))
    assert cleaned.dropped == {SPIKE: length}
    assert cleaned.states.equals(pl.concat([FLIGHT[:10], FLIGHT[10 + length :]]))


def test_an_altitude_that_stays_is_not_for_cleaning_to_judge() -> None:
    assert clean(with_altitudes(10, 13, 35_000.0)).dropped == {}
    assert clean(with_altitudes(20, 30, 35_000.0)).dropped == {}
    assert clean(with_altitudes(0, 1, 35_000.0)).dropped == {}


def test_what_an_aircraft_can_climb_stays() -> None:
    altitude = FLIGHT["altitude"][0]
    assert clean(with_altitudes(10, 10, altitude + 1_900.0)).dropped == {}


def test_the_neighbour_in_the_table_is_another_aircraft() -> None:
    high = FLIGHT[:2].with_columns(pl.lit("a00002").alias("icao24"), pl.lit(35_000.0).alias("altitude"))
    low = FLIGHT.with_columns(pl.lit("a00003").alias("icao24"))
    assert clean(pl.concat([FLIGHT, high, low])).dropped == {}


def test_where_two_altitudes_alternate_the_first_one_stays() -> None:
    """traffic's tour_de_france sample: a relay aircraft's altitude and another figure in turn."""
    row = pl.int_range(pl.len())
    other = row.is_between(8, 20) & (row % 2 == 0)
    mixed = FLIGHT.with_columns(pl.when(other).then(26_000.0).otherwise("altitude").alias("altitude"))
    cleaned = clean(mixed)
    assert cleaned.dropped == {SPIKE: 7}
    assert set(cleaned.states["altitude"]) == set(FLIGHT["altitude"])
