"""The exercise as a recording: the same bytes for a seed, read by the ordinary readers, and its geometry."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from skyaccord.airspace.geodesy import horizontal_distance_m
from skyaccord.demo.october_2015 import Exercise, write_exercise
from skyaccord.tracks.cleaning import clean
from skyaccord.tracks.party_map import read_party_map
from skyaccord.tracks.readers import read_recording

M_PER_NM = 1852.0
STEP_S = 0.25
Floats = NDArray[np.float64]


@pytest.fixture(scope="module", params=[2015, 4, 11])
def exercise(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    return write_exercise(tmp_path_factory.mktemp("exercise"), request.param)


def distances(
    exercise: Exercise, states: pl.DataFrame, one: str, other: str
) -> tuple[Floats, Floats, Floats]:
    """Seconds into the window, horizontal NM and vertical ft between two aircraft, linearly interpolated."""
    start_s, end_s = exercise.start.timestamp(), exercise.end.timestamp()
    grid = np.arange(start_s, end_s, STEP_S)
    columns = []
    for icao24 in (one, other):
        track = states.filter(pl.col("icao24") == icao24)
        at = track["timestamp"].dt.epoch("us").to_numpy() / 1e6
        for name in ("latitude", "longitude", "altitude"):
            columns.append(np.interp(grid, at, track[name].to_numpy(), left=np.nan, right=np.nan))
    lat_a, lon_a, alt_a, lat_b, lon_b, alt_b = columns
    horizontal_nm = horizontal_distance_m(lat_a, lon_a, lat_b, lon_b) / M_PER_NM
    return grid - start_s, horizontal_nm, np.abs(alt_a - alt_b)


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "other")]
    for folder in folders:
        folder.mkdir()
    one, two, other = (write_exercise(folder, seed) for folder, seed in zip(folders, (7, 7, 8), strict=True))
    assert one.recording.read_bytes() == two.recording.read_bytes()
    assert one.party_map.read_bytes() == two.party_map.read_bytes()
    assert one.recording.read_bytes() != other.recording.read_bytes()


def test_the_ordinary_readers_take_all_of_it(exercise: Exercise) -> None:
    recording = read_recording([exercise.recording])
    assert len(recording.states) == exercise.states
    cleaned = clean(recording.states)
    assert cleaned.dropped_states.is_empty()
    parties = read_party_map(exercise.party_map)
    assert len(parties) == 102
    assert set(cleaned.states["icao24"].unique()) <= set(parties)
    assert {parties[sortie.icao24] for sortie in exercise.sorties} == {"A", "B"}
    assert 6 <= len(exercise.sorties) <= 12


def test_every_line_says_exercise(exercise: Exercise) -> None:
    with exercise.recording.open(encoding="utf-8") as lines:
        assert all(json.loads(line)["exercise"] is True for line in lines)


def test_reports_come_every_one_to_three_seconds(exercise: Exercise) -> None:
    states = read_recording([exercise.recording]).states
    for sortie in exercise.sorties:
        at = states.filter(pl.col("icao24") == sortie.icao24)["timestamp"].dt.epoch("us").to_numpy() / 1e6
        assert np.diff(at).min() >= 1.0
        assert np.diff(at).max() <= 4.0


def test_the_first_pass_is_an_approach_and_the_second_inside_the_limits(exercise: Exercise) -> None:
    states = read_recording([exercise.recording]).states
    one, other = (sortie.icao24 for sortie in exercise.sorties if sortie.passes)
    at_s, horizontal_nm, vertical_ft = distances(exercise, states, one, other)
    first, second = at_s < 300.0, at_s >= 300.0
    assert horizontal_nm[first].min() == pytest.approx(15.0, abs=0.1)
    assert horizontal_nm[second].min() == pytest.approx(2.2, abs=0.1)
    assert (vertical_ft == 1500.0).all()
    watched_s = at_s[first & (horizontal_nm < 20.0)]
    assert 75.0 < watched_s[0] < 85.0
    assert 175.0 < watched_s[-1] < 190.0
    infringed_s = at_s[(horizontal_nm < 3.0) & (vertical_ft < 3000.0)]
    assert infringed_s[0] > 460.0
    assert 10.0 < infringed_s[-1] - infringed_s[0] < 20.0  # far from the 180 s of a breach
    assert infringed_s[-1] < at_s[-1] - 30.0  # it is over before the window is


def test_nobody_else_of_the_two_parties_comes_near(exercise: Exercise) -> None:
    states = read_recording([exercise.recording]).states
    for one, other in itertools.combinations(exercise.sorties, 2):
        if one.party == other.party or (one.passes and other.passes):
            continue
        _, horizontal_nm, _ = distances(exercise, states, one.icao24, other.icao24)
        assert not (horizontal_nm < 25.0).any()
