"""The yardsticks: the reference grid finds what is there, and every difference from ours is explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from bench.differences import explained, flat_m, only_in
from bench.ours import our_pairs
from bench.reference_grid import reference_pairs
from bench.skies import AIRLINERS, CROWD, DRONES, Kind, Sky, make

from bench import switzerland
from skyaccord import scan


def flat_all_pairs(sky: Sky) -> set[tuple[int, int]]:
    """Each pair on the flat sphere, without a grid."""
    first, second = np.triu_indices(len(sky.latitude), 1)
    pairs = np.column_stack((first, second))
    limit_m = sky.kind.horizontal_nm * 1852.0
    level = np.abs(sky.altitude_ft[first] - sky.altitude_ft[second]) < sky.kind.vertical_ft
    return set(map(tuple, pairs[(flat_m(sky, pairs) < limit_m) & level].tolist()))


@pytest.mark.parametrize("kind", [CROWD, AIRLINERS, DRONES], ids=lambda kind: kind.name)
def test_the_reference_finds_all_of_its_own_model(kind: Kind) -> None:
    """A yardstick that lost pairs would be quick for the wrong reason."""
    sky = make(kind, 700)
    expected = flat_all_pairs(sky)
    assert len(expected) > 10
    for threads in (1, 2):
        found = reference_pairs(sky, threads)
        assert len(found) == len(expected)
        assert set(map(tuple, found.tolist())) == expected


@pytest.mark.parametrize("kind", [CROWD, DRONES], ids=lambda kind: kind.name)
def test_ours_and_the_reference_differ_by_the_earth_alone(kind: Kind) -> None:
    sky = make(kind, 4_000)
    told = explained(sky, our_pairs(sky, 1), reference_pairs(sky, 1), "the reference grid")
    assert "the same" in told or told.endswith("Unexplained: 0.")


def test_a_lost_pair_is_not_explained_away() -> None:
    sky = make(CROWD, 2_000)
    ours = our_pairs(sky, 1)
    middle = ours[np.argmin(flat_m(sky, ours))]  # far inside in both models
    theirs = ours[(ours != middle).any(axis=1)]
    assert only_in(ours, theirs, 2_000).tolist() == [middle.tolist()]
    assert explained(sky, ours, theirs, "X").endswith("Unexplained: 1.")


def test_skies_are_as_dense_at_every_size() -> None:
    small, large = make(CROWD, 1_000), make(CROWD)
    assert len(large.latitude) == CROWD.aircraft
    assert np.ptp(small.latitude) == pytest.approx(np.ptp(large.latitude) / 10**0.5, rel=0.01)
    assert make(CROWD).latitude.tobytes() == large.latitude.tobytes()
    assert make(replace(CROWD, seed=99)).latitude.tobytes() != large.latitude.tobytes()


def test_differences_from_traffic_are_counted_each_for_its_reason() -> None:
    """a/b at shared instants, in both; c/d only between samples; e/f at one, and not listed by traffic."""
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def track(name: str, latitude: float, east_deg_s: float, at_s: range) -> list[dict[str, object]]:
        return [
            {
                "timestamp": start + timedelta(seconds=s),
                "icao24": name,
                "latitude": latitude,
                "longitude": 10.0 + east_deg_s * (s - 60),
                "altitude": 30_000.0,
            }
            for s in at_s
        ]

    rows = track("aaaaaa", 40.0, 0.002, range(0, 121, 10)) + track("bbbbbb", 40.01, 0.002, range(0, 121, 10))
    rows += track("cccccc", 45.0, 0.002, range(0, 121, 10)) + track(
        "dddddd", 45.01, -0.002, range(5, 121, 10)
    )
    rows += track("eeeeee", 50.0, 0.002, range(0, 121, 10)) + track("ffffff", 50.01, 0.002, range(0, 121, 10))
    table = pl.DataFrame(rows)
    theirs = pl.DataFrame({"icao24_x": ["aaaaaa", "bbbbbb"], "icao24_y": ["bbbbbb", "aaaaaa"]})
    told = switzerland.differences(scan(table, within="5nm,1000ft"), theirs, table)
    assert told.startswith("switzerland: 1 pairs are in both results (1 twice in traffic's), 0 only in")
    assert " 1 only in ours break both limits between two samples" in told
    assert told.endswith("share: eeeeee/ffffff.")
    ours = scan(table, within="5nm,1000ft")
    rows = ours.to_polars()
    assert rows.height == 3
    told, is_met = switzerland.each_once(ours, table)
    assert is_met
    assert "3 pairs are inside at one, of which 0 missing in ours. 0 only in ours" in told
    for changed, words in ((rows[1:], "1 missing in ours"), (rows[[0, 0, 1, 2]], "1 overlapping another")):
        told, is_met = switzerland.each_once(replace(ours, _table=changed), table)
        assert words in told
        assert not is_met
