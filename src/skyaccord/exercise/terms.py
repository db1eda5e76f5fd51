"""What both nodes are given for a scenario: the accord that it is played under, and each party's feed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from skyaccord.base.times import format_utc
from skyaccord.demo.accords import Terms, write_accord
from skyaccord.demo.acts import DROPOUT_B, TIME_JITTER_B_S
from skyaccord.exercise.scenario import Scenario
from skyaccord.exercise.steps import ACCORD
from skyaccord.exercise.traffic_files import Files
from skyaccord.record.cards import Card

LASTS_DAYS: Final = 30
CORNERS: Final = ((37.5, 35.0), (37.5, 46.0), (31.5, 46.0), (31.5, 35.0))
"""The sky of the exercises, [latitude, longitude]: that of the demo."""


def write_terms(scenario: Scenario, cards: Sequence[Card], folder: Path) -> Path:
    """The shipped rule of threes with this scenario's times and places, coverage shared; the file's path."""
    start = scenario.start
    terms = Terms(
        name=ACCORD, title=scenario.title, start=start.replace(hour=0, minute=0, second=0, microsecond=0),
        end=start + timedelta(days=LASTS_DAYS), area="The sky flown by both (exercise)", corners=CORNERS,
    )  # fmt: skip
    path = write_accord(terms, cards, folder)
    text = path.read_text("utf-8")
    text = re.sub(
        r"acknowledge_within_s = [\d.]+",
        f"acknowledge_within_s = {scenario.acknowledge_within_s:g}",
        text,
    )
    text = re.sub(r"max_dwell_s = [\d.]+", f"max_dwell_s = {scenario.max_dwell_s:g}", text)
    text = text.replace("reading_logged = true", 'reading_logged = true\ncoverage = "shared"', 1)
    path.write_text(text + _areas(scenario), encoding="utf-8")
    return path


def _areas(scenario: Scenario) -> str:
    """The places of the scenario as areas of the accord: the gazetteer that positions are checked against."""
    return "".join(
        f'\n[[area]]\nname = "{one.name}"\n'
        f"circle = {{ latitude = {one.latitude}, longitude = {one.longitude},"
        f" radius_nm = {one.radius_nm} }}\n"
        for one in scenario.place
    )


@dataclass(frozen=True)
class Feeds:
    """begins: the wall clock's time at which the sky is at the scenario's start, the same at both nodes."""

    scenario: Scenario
    files: Files
    begins: datetime

    def table(self, party: str) -> dict[str, Any]:
        """The `[feed]` of this party's node. B's receivers are poorer, repeatably from the seed."""
        scenario = self.scenario
        table: dict[str, Any] = {
            "kind": "replay", "name": scenario.title, "files": [str(self.files.recording)],
            "speed": scenario.speed,
            "start": format_utc(scenario.start), "wall_start": format_utc(self.begins),
            "end": format_utc(scenario.start + timedelta(seconds=scenario.lasts_s)),
            "party_map": str(self.files.party_map), "places": str(self.files.places), "exercise": True,
            "attribution": scenario.title,
        }  # fmt: skip
        if party == "B":
            table["degrade"] = {
                "seed": scenario.seed, "dropout": DROPOUT_B, "time_jitter_s": TIME_JITTER_B_S,
            }  # fmt: skip
        return table
