from __future__ import annotations

import polars as pl
import pytest

from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.cleaning.jumps import JUMP
from tests.tracks.cleaning.flights import every, fly, straight

FLIGHT = fly("a00001", straight(0, 0, 240, 45), every(5, 100))


def moved(rows: list[int], degrees: float = 1.0) -> pl.DataFrame:
    place = pl.int_range(pl.len()).is_in(rows)
    return FLIGHT.with_columns(pl.when(place).then(pl.col("latitude") + degrees).otherwise("latitude"))


@pytest.mark.parametrize("rows", [[7], [7, 8], [0], [0, 1], [20], [19, 20], [4, 9, 15]])
def test_positions_that_jump_away_and_back_are_dropped(rows: list[int]) -> None:
    cleaned = clean(moved(rows))
    assert cleaned.dropped == {JUMP: len(rows)}
    assert cleaned.states.equals(FLIGHT[[row for row in range(21) if row not in rows]])


def test_jumps_in_different_directions() -> None:
    place = pl.int_range(pl.len())
    states = FLIGHT.with_columns(
        pl.when(place == 7)
        .then(pl.col("latitude") + 1)
        .when(place == 8)
        .then(pl.col("latitude") - 2)
        .otherwise("latitude")
    )
    assert clean(states).dropped == {JUMP: 2}


@pytest.mark.parametrize("rows", [list(range(7, 10)), list(range(7, 21)), list(range(5))])
def test_a_track_that_jumps_and_stays_is_kept(rows: list[int]) -> None:
    assert clean(moved(rows)).dropped == {}


def test_fast_aircraft_and_cut_times_stay() -> None:
    fast = fly("a00001", straight(0, 0, 1400, 45), every(1, 60))
    cut = fast.with_columns(pl.col("timestamp") + pl.duration(milliseconds=pl.int_range(pl.len()) % 2 * 990))
    assert clean(pl.concat([fast])).dropped == {}
    assert clean(cut).dropped == {}


def test_a_long_pause_excuses_any_distance() -> None:
    later = moved(list(range(21))).with_columns(pl.col("timestamp") + pl.duration(hours=1))
    assert clean(pl.concat([FLIGHT, later])).dropped == {}


def test_other_tracks_are_left_alone() -> None:
    other = FLIGHT.with_columns(pl.lit("a00000").alias("icao24"))
    cleaned = clean(pl.concat([moved([7]), other]))
    assert cleaned.dropped_states["icao24"].to_list() == ["a00001"]
    assert cleaned.states.filter(icao24="a00000").equals(other)


def test_tracks_of_one_and_two_states_say_nothing() -> None:
    assert clean(moved([0])[:2]).dropped == {}
    assert clean(FLIGHT[:1]).dropped == {}
