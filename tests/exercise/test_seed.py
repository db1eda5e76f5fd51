"""The same seed makes the same exercise: the same files for both feeds, the same losses at B's."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from skyaccord.exercise.scenario import Scenario, load_scenario, shipped
from skyaccord.exercise.terms import Feeds
from skyaccord.exercise.traffic_files import write_traffic
from skyaccord.node.degrade import degraded
from skyaccord.node.feed_settings import FeedSettings
from skyaccord.tracks.readers import read_recording


@dataclass
class Made:
    """What the two nodes get."""

    recording: bytes
    feeds: dict[str, dict[str, object]]
    seen_by_b: pl.DataFrame


def make(scenario: Scenario, folder: Path) -> Made:
    _, traffic = load_scenario(scenario.name)
    folder.mkdir(exist_ok=True)
    files = write_traffic(scenario, traffic, folder)
    feeds = {party: Feeds(scenario, files, datetime(2026, 1, 1, tzinfo=UTC)).table(party) for party in "AB"}
    settings = FeedSettings.model_validate(feeds["B"])
    assert settings.degrade is not None
    states = read_recording([str(files.recording)]).states
    return Made(files.recording.read_bytes(), feeds, degraded(states, settings.degrade))


@pytest.mark.parametrize("name", shipped())
def test_the_same_seed_makes_the_same_exercise_and_another_one_another(name: str, tmp_path: Path) -> None:
    scenario, _ = load_scenario(name)
    first, again = make(scenario, tmp_path), make(scenario, tmp_path)
    assert first.recording == again.recording
    assert first.feeds == again.feeds
    assert first.seen_by_b.equals(again.seen_by_b)
    other = make(scenario.model_copy(update={"seed": scenario.seed + 1}), tmp_path)
    assert other.recording == first.recording, "the script and the tracks do not depend on it"
    assert other.feeds["A"] == first.feeds["A"]
    assert not other.seen_by_b.equals(first.seen_by_b)
