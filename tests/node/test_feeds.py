"""Feeds: replay in sky time, its poorer twin, how a feed says that it is stale."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyaccord.airspace.geodesy import horizontal_distance_m
from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.node.degrade import GAP_S, degraded
from skyaccord.node.feed import DATA_STALE_S, NoFeed
from skyaccord.node.feed_settings import DegradeSettings, FeedSettings
from skyaccord.node.feeds import WARM_UP_S, ReplayFeed, open_feed
from skyaccord.tracks.states import STATE_SCHEMA
from tests.node.recordings import START, at, straight, written


def replay(states: pl.DataFrame, **more: object) -> ReplayFeed:
    return ReplayFeed(states, FeedSettings.model_validate({"files": ["day"], **more}))


def test_states_come_when_they_are_due_each_once() -> None:
    feed = replay(straight("aaaaaa", "bbbbbb", seconds=10))
    assert feed.sky_start == START
    assert feed.sky_end == at(9)
    batches = [feed.poll(at(second)) for second in (0, 3.5, 3.5, 2.0, 9, 50)]
    assert [batch.height for batch in batches] == [2, 6, 0, 0, 12, 0]
    assert batches[1]["timestamp"].max() == at(3)
    assert dict(batches[1].schema) == STATE_SCHEMA
    assert pl.concat(batches).height == 20


def test_start_and_end_cut_the_recording_with_a_minute_of_warm_up() -> None:
    feed = replay(straight("aaaaaa", seconds=300), start=at(200), end=at(250))
    assert feed.poll(at(200)).height == WARM_UP_S + 1
    assert feed.poll(at(400)).height == 50
    assert feed.status(at(250)).state == "live"
    assert feed.status(at(251)).state == "ended"


def test_silence_of_the_whole_feed_is_stale() -> None:
    quiet = pl.concat([straight("aaaaaa", seconds=10), straight("aaaaaa", seconds=201).tail(1)])
    feed = replay(quiet)
    feed.poll(at(9))
    assert feed.status(at(9 + DATA_STALE_S)).state == "live"
    status = feed.status(at(9 + DATA_STALE_S + 1))
    assert status.state == "stale"
    assert status.age_s == DATA_STALE_S + 1
    assert "nothing heard for 31 s" in status.reason
    feed.poll(at(200))
    assert feed.status(at(200)).state == "live"
    assert feed.status(at(200)).states == 11


def test_a_feed_that_never_spoke_is_stale_too() -> None:
    late = replay(straight("aaaaaa", seconds=300).tail(5), start=at(100))
    late.poll(at(100))
    assert late.status(at(120)).state == "live"
    assert late.status(at(120)).age_s is None
    assert late.status(at(140)).state == "stale"


def test_open_reads_cleans_and_maps_parties(tmp_path: Path) -> None:
    states = straight("aaaaaa", "bbbbbb", seconds=5)
    written(tmp_path, pl.concat([states, states.head(3)]))
    (tmp_path / "parties.csv").write_text("icao24,party\naaaaaa,A\n")
    settings_ = FeedSettings(
        files=("day.parquet",), party_map="parties.csv", name="a day", attribution="ours"
    )
    feed = open_feed(settings_, tmp_path)
    assert isinstance(feed, ReplayFeed)
    assert dict(feed.parties) == {"aaaaaa": "A"}
    assert feed.poll(at(10)).height == 10
    assert sum(count for reason, count in feed.counts.items() if reason.startswith("dropped")) == 3
    status = feed.status(at(3))
    assert (status.name, status.attribution, status.replay, status.exercise) == ("a day", "ours", True, False)


def test_no_feed_says_so(tmp_path: Path) -> None:
    feed = open_feed(None, tmp_path)
    assert isinstance(feed, NoFeed)
    assert feed.poll(START).is_empty()
    assert feed.status(START).state == "none"


def test_a_missing_file_and_an_empty_stretch_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"nowhere\.parquet"):
        open_feed(FeedSettings(files=("nowhere.parquet",)), tmp_path)
    written(tmp_path, straight("aaaaaa"))
    with pytest.raises(InputError, match=r"no state between 2026-03-01T13:00:00\.000Z"):
        open_feed(FeedSettings(files=("day.parquet",), start=START + timedelta(hours=1)), tmp_path)


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ({"files": []}, "files"),
        ({"files": ["a"], "speeed": 3}, "speeed"),
        ({"files": ["a"], "speed": 0}, "speed"),
        ({"files": ["a"], "speed": "fast"}, "speed"),
        ({"files": ["a"], "start": "2026-03-01T12:00:00"}, "start"),
        ({"files": ["a"], "kind": "radar"}, "kind"),
        ({"files": ["a"], "degrade": {"dropout": 1.0}}, "degrade"),
    ],
)
def test_wrong_settings_name_their_field(table: dict[str, object], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        FeedSettings.model_validate(table)


def test_end_before_start_is_refused() -> None:
    with pytest.raises(ValueError, match="end is not after its start"):
        FeedSettings.model_validate({"files": ["a"], "start": at(10), "end": at(5)})


def test_the_poorer_sensor_loses_its_share_singly_and_in_gaps() -> None:
    whole = straight("aaaaaa", seconds=6000)
    poor = degraded(whole, DegradeSettings(seed=3, dropout=0.2))
    assert 0.15 < 1 - poor.height / whole.height < 0.25
    steps = poor["timestamp"].diff().drop_nulls().dt.total_seconds().to_numpy()
    assert (steps >= GAP_S).sum() > 10
    assert (steps == 2).sum() > 100
    assert set(poor["timestamp"]) <= set(whole["timestamp"])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.9), st.floats(0, 5))
def test_the_same_seed_loses_the_same_whatever_else_is_there(
    seed: int, dropout: float, jitter: float
) -> None:
    degrade = DegradeSettings(seed=seed, dropout=dropout, time_jitter_s=jitter)
    alone = degraded(straight("bbbbbb"), degrade)
    among = degraded(straight("bbbbbb", "aaaaaa"), degrade).filter(pl.col("icao24") == "bbbbbb")
    assert alone.equals(among)
    assert dict(alone.schema) == STATE_SCHEMA


def test_other_time_stamps_have_the_positions_of_those_times() -> None:
    whole = straight("aaaaaa", seconds=120, every_s=3)
    moved = degraded(whole, DegradeSettings(seed=1, time_jitter_s=2.0))
    assert moved.height == whole.height
    assert not set(moved["timestamp"][1:-1]) & set(whole["timestamp"])
    elapsed = (moved["timestamp"] - START).dt.total_microseconds().to_numpy() / 1e6
    away_m = horizontal_distance_m(
        np.full(len(elapsed), 10.0),
        20.0 + elapsed * 0.1 / 60,
        moved["latitude"].to_numpy(),
        moved["longitude"].to_numpy(),
    )
    assert np.max(away_m) < 0.1


def test_a_track_over_the_antimeridian_stays_there() -> None:
    east = straight("aaaaaa", seconds=60, every_s=5).with_columns(
        pl.when(pl.col("longitude") + 159.97 >= 180)
        .then(pl.col("longitude") + 159.97 - 360)
        .otherwise(pl.col("longitude") + 159.97)
        .alias("longitude")
    )
    moved = degraded(east, DegradeSettings(seed=1, time_jitter_s=4.0))
    assert (moved["longitude"].abs() > 179.8).all()
    assert (moved["longitude"] < 180).all()


def test_a_party_map_whose_ids_no_envelope_could_carry_is_refused(tmp_path: Path) -> None:
    written(tmp_path, straight("a00001", seconds=5))
    (tmp_path / "parties.csv").write_text("icao24,party\na00001,Party A\n", encoding="utf-8")
    with pytest.raises(InputError, match="'Party A' cannot be a party's id") as caught:
        open_feed(FeedSettings(files=("day.parquet",), party_map="parties.csv"), tmp_path)
    assert "parties.csv" in str(caught.value)
