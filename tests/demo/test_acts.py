"""Both acts: their feeds, and that the recorded day holds the encounter that act 2 is about."""

from __future__ import annotations

import stat
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from skyaccord.demo.acts import ODBL, Act, exercise_october_2015, monterey_bay, write_feed
from skyaccord.encounters import scan
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.node.feeds import open_feed
from skyaccord.tracks.party_map import read_party_map

WALL = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def act(number: int, folder: Path) -> Act:
    return exercise_october_2015(folder, 2015) if number == 1 else monterey_bay()


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("party", ["A", "B"])
def test_a_node_takes_the_feed(number: int, party: str, tmp_path: Path) -> None:
    played = act(number, tmp_path)
    settings = FeedSettings.model_validate(played.feed(party, speed=10.0, seed=7, wall_start=WALL))
    assert settings.exercise
    assert settings.wall_start == WALL
    assert (settings.degrade is not None) == (party == "B")
    feed = open_feed(settings, tmp_path)
    assert feed.sky_start == played.start
    assert set(feed.parties.values()) == {"A", "B"}
    assert len(feed.poll(played.end)) > 500
    assert {feed.parties[icao24] for icao24 in played.pair} == {"A", "B"}


def test_the_recording_carries_its_attribution() -> None:
    assert monterey_bay().attribution == ODBL
    assert "Open Database License" in ODBL


def test_the_parties_of_the_recorded_day_follow_one_declared_rule() -> None:
    """Nobody was chosen: an even address is party A's, an odd one party B's; TIS-B tracks are nobody's."""
    parties = read_party_map(monterey_bay().party_map)
    assert len(parties) == 466
    assert all(party == "AB"[int(icao24, 16) % 2] for icao24, party in parties.items())


def test_the_real_encounter_is_a_breach_that_does_not_hang_on_a_gap() -> None:
    played = monterey_bay()
    window = (played.start, played.end)
    rows = [
        row
        for row in scan(played.recording, within="3nm,3000ft", party_map=played.party_map).to_dicts()
        if (row["icao24_a"], row["icao24_b"]) == played.pair and window[0] < row["start_time"] < window[1]
    ]
    assert len(rows) == 1
    (row,) = rows
    assert {row["party_a"], row["party_b"]} == {"A", "B"}
    assert row["start_time"] - played.start > timedelta(seconds=120)  # room for alerts before it
    assert played.end - row["end_time"] > timedelta(seconds=30)
    assert row["dwell_s"] == pytest.approx(220.0, abs=2.0)
    assert row["min_horizontal_nm"] == pytest.approx(0.78, abs=0.02)


def test_writing_a_feed_keeps_the_rest_of_the_settings(tmp_path: Path) -> None:
    settings = tmp_path / "node.toml"
    settings.write_text(
        '# mine\nparty = "A"\n\n[feed]\nkind = "replay"\nfiles = ["old"]\n\n[limits]\nx = 1\n'
    )
    settings.chmod(0o600)
    write_feed(settings, {"kind": "replay", "files": ["new"], "degrade": {"seed": 3}})
    assert tomllib.loads(settings.read_text()) == {
        "party": "A",
        "limits": {"x": 1},
        "feed": {"kind": "replay", "files": ["new"], "degrade": {"seed": 3}},
    }
    assert "# mine" in settings.read_text()
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["node.toml"]
