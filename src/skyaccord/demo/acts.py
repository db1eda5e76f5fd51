"""What the demo plays: two acts, each a recording, a window of sky time, a party map and an accord.

Party B never sees quite what party A sees: its feed loses some reports and stamps the others with its own
clock, repeatably from the demo's seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, Final

from skyaccord.base.times import format_utc
from skyaccord.demo.accords import MONTEREY_BAY, OCTOBER_2015, Terms
from skyaccord.demo.october_2015 import write_exercise

ODBL: Final = "Contains information from adsb.lol, made available under the Open Database License (ODbL) 1.0"
GENERATED: Final = "EXERCISE: synthetic tracks; counts and towns from public reports of October 2015"

REAL_RECORDING: Final = "adsblol_2025-06-02_N36W122.jsonl.gz"
REAL_PARTIES: Final = "parties_2025-06-02.csv"
REAL_PLACES: Final = "places_monterey_bay.csv"
# N396SP (a49ab1, party B) climbs out straight past N4335D (a5314e, party A), which practises turns: inside
# 3 NM and 3,000 ft from 21:59:24 to 22:03:04Z, 220 s, a breach after 180 s. docs/demo.md says why this pair.
REAL_START: Final = datetime(2025, 6, 2, 21, 57, 0, tzinfo=UTC)
REAL_END: Final = datetime(2025, 6, 2, 22, 3, 40, tzinfo=UTC)

DROPOUT_B: Final = 0.08  # share of reports that party B's receivers lose
TIME_JITTER_B_S: Final = 0.5  # how far its time stamps stray


@dataclass(frozen=True)
class Act:
    """One act. pair: the two aircraft that it is about."""

    number: int
    title: str
    recording: Path
    party_map: Path
    places: Path
    start: datetime
    end: datetime
    attribution: str
    terms: Terms
    pair: tuple[str, str]

    def feed(self, party: str, *, speed: float, seed: int, wall_start: datetime) -> dict[str, Any]:
        """The `[feed]` table of this party's node for this act. wall_start: when the replay begins."""
        table: dict[str, Any] = {
            "kind": "replay",
            "name": self.title,
            "files": [str(self.recording)],
            "speed": speed,
            "start": format_utc(self.start),
            "end": format_utc(self.end),
            "wall_start": format_utc(wall_start),
            "party_map": str(self.party_map),
            "places": str(self.places),
            "exercise": True,
            "attribution": self.attribution,
        }
        if party == "B":
            table["degrade"] = {"seed": seed, "dropout": DROPOUT_B, "time_jitter_s": TIME_JITTER_B_S}
        return table


def exercise_october_2015(folder: Path, seed: int) -> Act:
    """Act 1: generated into `folder` from the seed."""
    exercise = write_exercise(folder, seed)
    one, other = sorted(sortie.icao24 for sortie in exercise.sorties if sortie.passes)
    return Act(
        number=1,
        title="EXERCISE October 2015",
        recording=exercise.recording,
        party_map=exercise.party_map,
        places=exercise.places,
        start=exercise.start,
        end=exercise.end,
        attribution=GENERATED,
        terms=OCTOBER_2015,
        pair=(one, other),
    )


def monterey_bay() -> Act:
    """Act 2: a recorded day; only who belongs to which party is made up."""
    data = Path(str(resources.files("skyaccord.demo").joinpath("data")))
    return Act(
        number=2,
        title="EXERCISE on a recorded day: Monterey Bay, 2 June 2025",
        recording=data / REAL_RECORDING,
        party_map=data / REAL_PARTIES,
        places=data / REAL_PLACES,
        start=REAL_START,
        end=REAL_END,
        attribution=ODBL,
        terms=MONTEREY_BAY,
        pair=("a49ab1", "a5314e"),
    )


def write_feed(settings: Path, table: Mapping[str, Any]) -> None:
    """Give a node another feed: replace `[feed]` in its node.toml, in one step."""
    import tomlkit

    document = tomlkit.parse(settings.read_text("utf-8"))
    document.pop("feed", None)
    document["feed"] = dict(table)
    draft = settings.with_suffix(".toml.new")
    draft.write_text(tomlkit.dumps(document), encoding="utf-8")
    draft.chmod(settings.stat().st_mode)
    draft.replace(settings)
