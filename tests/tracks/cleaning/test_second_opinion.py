from __future__ import annotations

import polars as pl

from skyaccord.tracks.cleaning import Cleaned, clean, lost_tracks
from skyaccord.tracks.cleaning.verdict import ECHO
from tests.tracks.cleaning.flights import every, fly, straight

HOST = fly("a00001", straight(0, 0, 240, 45), every(5, 100))
ECHOED = fly("~2b0001", straight(0, 0, 240, 45), every(5, 100), source="tisb")
FAR = fly("~2b0002", straight(0, 5_000, 240, 45), every(5, 100), source="tisb")


def test_an_echo_is_confirmed_with_the_distances() -> None:
    (row,) = lost_tracks(clean(pl.concat([HOST, ECHOED]))).iter_rows(named=True)
    assert (row["icao24"], row["host"], row["reason"]) == ("~2b0001", "a00001", ECHO)
    assert row["confirmed"]
    assert row["dropped"] == row["states"] == row["compared"] == ECHOED.height
    assert row["worst_m"] < 1.0
    assert row["median_ft"] == 0.0


def test_what_was_dropped_for_a_host_far_away_is_doubted() -> None:
    wrong = FAR.with_columns(pl.lit(ECHO).alias("reason"), pl.lit("a00001").alias("of"))
    (row,) = lost_tracks(Cleaned(states=HOST, dropped_states=wrong)).iter_rows(named=True)
    assert not row["confirmed"]
    assert row["median_m"] > 4_900


def test_a_host_that_was_not_seen_confirms_nothing() -> None:
    wrong = FAR.with_columns(pl.lit(ECHO).alias("reason"), pl.lit("a00009").alias("of"))
    (row,) = lost_tracks(Cleaned(states=HOST, dropped_states=wrong)).iter_rows(named=True)
    assert not row["confirmed"]
    assert row["compared"] == 0


def test_who_lost_little_is_not_told_of() -> None:
    assert lost_tracks(clean(pl.concat([HOST, HOST[:3]]))).is_empty()
    assert lost_tracks(clean(HOST)).is_empty()


def test_lost_to_a_value_that_cannot_be_is_doubted_lost_to_repetition_is_not() -> None:
    high = HOST.with_columns(pl.lit(2e5).alias("altitude"))
    (row,) = lost_tracks(clean(high)).iter_rows(named=True)
    assert not row["confirmed"]
    (row,) = lost_tracks(clean(pl.concat([HOST[:2]] * 10))).iter_rows(named=True)
    assert row["confirmed"]
