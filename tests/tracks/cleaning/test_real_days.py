"""Two real days: which radar targets are echoes, which stay, and that none is left by its own aircraft."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from skyaccord.airspace.geodesy import horizontal_distance_m
from skyaccord.tracks.cleaning import Cleaned, clean
from skyaccord.tracks.cleaning.duplicates import IDENTICAL, SAME_TIME
from skyaccord.tracks.cleaning.frozen import FROZEN
from skyaccord.tracks.cleaning.verdict import ECHO, OTHER_ALTITUDE_ECHO, SINGLE_ECHO
from skyaccord.tracks.readers import read_recording
from tests.tracks.samples import KWVI, MONTEREY

HALF_NM_M = 926.0
GAP_S = 60.0


@cache
def states_of(path: Path) -> pl.DataFrame:
    return read_recording([path]).states


@cache
def cleaned_day(path: Path, keep_ghosts: bool = False) -> Cleaned:
    return clean(states_of(path), keep_ghosts=keep_ghosts)


def closest_m(states: pl.DataFrame, first: str, second: str, vertical_ft: float = 500) -> tuple[float, float]:
    """Least distance of two targets (m) and the altitude difference then (ft), sampled twice a second,
    linear between states at most 60 s apart. Written apart from the code under test."""
    samples = []
    for name in (first, second):
        track = states.filter(pl.col("icao24") == name, pl.col("altitude").is_not_null())
        t = track["timestamp"].dt.epoch("ms").to_numpy() / 1000
        grid = np.arange(np.ceil(t[0] * 2), np.floor(t[-1] * 2) + 1) / 2
        known = np.zeros(len(grid), dtype=bool)  # between two states, or at one that has a neighbour
        for side in ("left", "right"):
            after = np.clip(np.searchsorted(t, grid, side), 1, max(len(t) - 1, 1))
            known |= len(t) > 1 and t[after] - t[after - 1] <= GAP_S
        columns = [np.interp(grid, t, track[c].to_numpy()) for c in ("latitude", "longitude", "altitude")]
        samples.append(
            pl.DataFrame({"t": grid, "la": columns[0], "lo": columns[1], "al": columns[2]}).filter(
                pl.Series(known)
            )
        )
    both = samples[0].join(samples[1], on="t")
    level = both.filter((pl.col("al") - pl.col("al_right")).abs() < vertical_ft)
    if level.is_empty():
        return np.inf, np.inf
    distance = horizontal_distance_m(level["la"], level["lo"], level["la_right"], level["lo_right"])
    at = int(distance.argmin())
    return float(distance[at]), abs(level["al"][at] - level["al_right"][at])


def radar_pairs(states: pl.DataFrame) -> set[tuple[str, str]]:
    """Pairs of a radar target with anything, under half a mile and 500 ft."""
    spans = states.group_by("icao24").agg(
        pl.col("timestamp").min().alias("begin"), pl.col("timestamp").max().alias("end"),
        pl.col("latitude").min().alias("s"), pl.col("latitude").max().alias("n"),
        pl.col("longitude").min().alias("w"), pl.col("longitude").max().alias("e"),
    )  # fmt: skip
    radar = spans.filter(pl.col("icao24").str.starts_with("~"))
    near = radar.join(spans, how="cross", suffix="_o").filter(
        pl.col("icao24") != pl.col("icao24_o"),
        pl.col("begin") <= pl.col("end_o"), pl.col("begin_o") <= pl.col("end"),
        pl.col("s") <= pl.col("n_o") + 0.01, pl.col("s_o") <= pl.col("n") + 0.01,
        pl.col("w") <= pl.col("e_o") + 0.013, pl.col("w_o") <= pl.col("e") + 0.013,
    )  # fmt: skip
    pairs = {tuple(sorted(pair)) for pair in near.select("icao24", "icao24_o").iter_rows()}
    return {(a, b) for a, b in pairs if closest_m(states, a, b)[0] < HALF_NM_M}


def test_what_is_dropped_at_monterey() -> None:
    cleaned = cleaned_day(MONTEREY)
    assert cleaned.dropped == {
        SAME_TIME: 2401,
        OTHER_ALTITUDE_ECHO: 252,
        ECHO: 227,
        SINGLE_ECHO: 1,
        FROZEN: 1,
        IDENTICAL: 3,
    }
    assert cleaned.states.height + cleaned.dropped_states.height == states_of(MONTEREY).height
    echoes = cleaned.dropped_states.filter(pl.col("of").is_not_null())
    assert echoes.select("icao24", "of").n_unique() == 29
    assert echoes.filter(~pl.col("icao24").str.starts_with("~")).is_empty()


def test_radar_targets_that_stay_at_monterey() -> None:
    kept = cleaned_day(MONTEREY).states.filter(pl.col("icao24").str.starts_with("~"))
    assert set(kept["icao24"]) == {
        "~2b0ca5", "~2b0e5f", "~2b0f6e", "~2b101b", "~2b2c31", "~2b2f9f", "~2b3132", "~2b32bf", "~2b356d",
        "~2b35ad", "~2b37f8",  # nobody else is where they are
        "~aa688f",  # heard itself (ADS-B and ADS-R) under an address of its own making
        "~2b0d0d", "~2b34b8", "~2b35c7",  # while their aircraft was not heard
    }  # fmt: skip


def test_what_is_dropped_at_watsonville() -> None:
    assert cleaned_day(KWVI).dropped == {SAME_TIME: 465, ECHO: 11, SINGLE_ECHO: 1, FROZEN: 2}
    assert set(cleaned_day(KWVI).dropped_states["of"].drop_nulls()) == {
        "a34b61",
        "a3688d",
        "a0baf0",
        "a50fbd",
    }


@pytest.mark.parametrize(("day", "echoes"), [(MONTEREY, 23), (KWVI, 3)])
def test_no_radar_target_is_left_beside_its_own_aircraft(day: Path, echoes: int) -> None:
    assert radar_pairs(cleaned_day(day).states) == set()
    assert len(radar_pairs(cleaned_day(day, keep_ghosts=True).states)) == echoes


def test_real_close_pairs_stay() -> None:
    states = cleaned_day(MONTEREY).states
    distance_m, vertical_ft = closest_m(states, "a99945", "ac155c")
    assert distance_m < 20
    assert 120 < vertical_ft < 160
    distance_m, vertical_ft = closest_m(states, "a50e83", "a55d81")
    assert 380 < distance_m < 415
    assert vertical_ft < 100
