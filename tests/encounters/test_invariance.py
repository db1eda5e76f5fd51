"""What must not change the encounters of a scan: renaming, times, longitudes, order, parts, more samples.

The search below is held to the same in test_search.py; here it is the whole way from a table or files to
rows: reading, cleaning, search, verdict, label, quality.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skyaccord.airspace.geodesy import geographic
from skyaccord.airspace.units import M_PER_FT
from skyaccord.encounters import scan
from skyaccord.encounters.flights import flights_of
from skyaccord.encounters.search import Inside, search
from skyaccord.separation.walk import END, START
from skyaccord.tracks.readers import read_recording
from skyaccord.tracks.states import conform
from tests.encounters.synthetic import START as NOON
from tests.encounters.synthetic import states
from tests.tracks.samples import MONTEREY

WITHIN = "2nm,1000ft"


@st.composite
def skies(draw: st.DrawFn) -> pl.DataFrame:
    """Three to five aircraft at flying speed within some miles, sampled irregularly; one a radar target."""
    rows = []
    for name in ("0a0001", "0a0002", "0a0003", "0a0004", "~0a0005")[: draw(st.integers(3, 5))]:
        north, east = draw(st.integers(-60, 60)) * 1e-3, draw(st.integers(-60, 60)) * 1e-3
        course = np.radians(draw(st.integers(0, 23)) * 15.0)
        step = draw(st.integers(60, 120)) / 111_200
        altitude = 3000.0 + 100.0 * draw(st.integers(0, 12))
        climb = draw(st.sampled_from([0.0, 0.0, 10.0, -10.0]))
        for seconds in draw(st.lists(st.integers(0, 240), min_size=4, max_size=14, unique=True)):
            place = (
                45.0 + north + step * np.cos(course) * seconds,
                (east + step * np.sin(course) * seconds) / 0.7,
            )
            rows.append((name, seconds, *place, altitude + climb * seconds))
    return states(rows)


def encounters(table: Any, **more: Any) -> list[dict[str, Any]]:
    return scan(table, WITHIN, **more).to_dicts()


def alike(found: list[dict[str, Any]], expected: list[dict[str, Any]], *, later_s: float = 0.0) -> None:
    """The same rows; distances within a millimetre or so, times within some microseconds."""
    key = ("icao24_a", "icao24_b", "verdict", "label")
    assert [[row[name] for name in key] for row in found] == [[row[name] for name in key] for row in expected]
    for row, other in zip(found, expected, strict=True):
        for name in ("cpa_horizontal_nm", "min_horizontal_nm"):
            assert row[name] == pytest.approx(other[name], abs=3e-6)
        for name in ("cpa_vertical_ft", "min_vertical_ft"):
            assert row[name] == pytest.approx(other[name], abs=0.05)
        for name in ("start_time", "end_time"):
            apart = row[name] - other[name] - timedelta(seconds=later_s)
            assert abs(apart.total_seconds()) < 1e-3


QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(skies(), st.integers(-400_000, 400_000))
def test_later_or_earlier(table: pl.DataFrame, later_s: int) -> None:
    moved = table.with_columns(pl.col("timestamp") + pl.duration(seconds=later_s))
    alike(encounters(moved), encounters(table), later_s=later_s)


@QUICK
@given(skies(), st.sampled_from([179.98, -180.0, 90.0, -77.125]))
def test_turned_about_the_pole(table: pl.DataFrame, by: float) -> None:
    turned = table.with_columns((pl.col("longitude") + by + 180.0) % 360.0 - 180.0)
    alike(encounters(turned), encounters(table))


@QUICK
@given(skies())
def test_mirrored_at_the_equator(table: pl.DataFrame) -> None:
    alike(encounters(table.with_columns(-pl.col("latitude"))), encounters(table))


@QUICK
@given(skies(), st.integers(0, 2**31))
def test_rows_in_any_order_in_any_files(
    tmp_path_factory: pytest.TempPathFactory, table: pl.DataFrame, seed: int
) -> None:
    expected = encounters(table)
    shuffled = table.sample(fraction=1.0, shuffle=True, seed=seed)
    assert encounters(shuffled) == expected
    folder = tmp_path_factory.mktemp("parts")
    cut = seed % (table.height + 1)
    paths = [folder / "b.parquet", folder / "a.parquet"]
    for path, part in zip(paths, (shuffled[:cut], shuffled[cut:]), strict=True):
        part.write_parquet(path)
    given_paths = [path for path, rows in zip(paths, (cut, table.height - cut), strict=True) if rows]
    assert encounters(given_paths) == expected


@QUICK
@given(skies())
def test_the_two_of_a_pair_change_places(table: pl.DataFrame) -> None:
    names = {"0a0001": "0f0009", "0a0002": "0f0008", "0a0003": "0f0007", "0a0004": "0f0006"}
    renamed = table.with_columns(pl.col("icao24").replace(names))
    expected = []
    for row in encounters(table):
        one, other = (names.get(row[f"icao24_{side}"], row[f"icao24_{side}"]) for side in "ab")
        expected.append({**row, "icao24_a": min(one, other), "icao24_b": max(one, other)})
    order = ("start_time", "icao24_a", "icao24_b")
    expected.sort(key=lambda row: tuple(row[name] for name in order))
    alike(encounters(renamed), expected)


@QUICK
@given(skies(), st.integers(0, 2**31))
def test_more_samples_on_the_same_path(table: pl.DataFrame, seed: int) -> None:
    alike(encounters(resampled(table, seed)), encounters(table))


def resampled(table: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Each stretch between two states cut at one to three more times, with states that lie exactly on it."""
    flights = flights_of(table, 60.0)
    dice = np.random.default_rng(seed)
    rows = []
    for link, first in enumerate(flights.first.tolist()):
        start, end = flights.link_start[link], flights.link_end[link]
        for part in np.unique(dice.integers(1, 999, dice.integers(1, 4)) / 1000.0):
            micros = round((start + part * (end - start)) * 1e6)
            share = (micros / 1e6 - start) / (end - start)
            point = (1 - share) * flights.samples[first] + share * flights.samples[first + 1]
            latitude, longitude = geographic(point[None, :3])
            moment = timedelta(microseconds=flights.epoch_us + micros) + NOON.replace(
                year=1970, month=1, day=1, hour=0
            )
            rows.append(
                {
                    "icao24": flights.names[flights.link_track[link]],
                    "timestamp": moment,
                    "latitude": float(latitude[0]),
                    "longitude": float(longitude[0]),
                    "altitude": float(point[3]) / M_PER_FT,
                }
            )
    more = pl.DataFrame(rows, schema={name: table.schema[name] for name in rows[0]} if rows else None)
    return pl.concat([table, conform(more)]) if rows else table


def test_resampling_the_real_day_keeps_its_close_pairs() -> None:
    near = scan(MONTEREY, "0.5nm,500ft").to_polars()
    names = set(near["icao24_a"]) | set(near["icao24_b"])
    table = read_recording([MONTEREY]).states.filter(pl.col("icao24").is_in(names))
    one = scan(table, "0.5nm,500ft", without_rules=["duplicates", "frozen", "echoes"]).to_dicts()
    # states of one second keep their order: those to come between are made from the cleaned table
    other = scan(resampled(table, 7), "0.5nm,500ft", without_rules=["duplicates", "frozen", "echoes"])
    alike(other.to_dicts(), one)
    assert len(one) >= 4


@QUICK
@given(skies())
def test_or_is_inside_one_limit_and_and_inside_both(table: pl.DataFrame) -> None:
    """At every tenth of a second: broken "either way" (rule "both"), if and only if near or level."""
    flights = flights_of(table, 60.0)
    near = inside(flights, Inside(2000.0, np.inf))
    level = inside(flights, Inside(1e7, 150.0))
    both = inside(flights, Inside(2000.0, 150.0))
    either = inside(flights, Inside(2000.0, 150.0, either_breaks=True))
    assert (either == (near | level)).all()
    assert (both == (near & level)).all()


def inside(flights: Any, limits: Inside) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(pairs, times): whether each pair is inside, a little off whole tenths: there nothing begins."""
    times = np.arange(0.0, 260.0, 0.1) + 0.0137
    seen = np.zeros((len(flights.names) ** 2, len(times)), np.bool_)
    for (a, b), row in zip(*search(flights, limits, threads=1), strict=True):
        seen[a * len(flights.names) + b] |= (times >= row[START]) & (times <= row[END])
    return seen


def test_a_file_and_its_parts_on_disk(tmp_path: Path) -> None:
    rows = [
        (f"0b{number:04x}", 4 * second, 50.0 + 0.01 * number, 10.0 + 0.004 * second, 3000.0)
        for number in range(6)
        for second in range(400)
    ]
    states(rows).write_parquet(tmp_path / "a.parquet")
    whole = encounters(tmp_path / "a.parquet")
    assert len(whole) >= 5
    assert encounters(tmp_path / "a.parquet", rows_in_memory=1_000) == whole
