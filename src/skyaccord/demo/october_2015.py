"""The exercise October 2015 as a recording: readsb JSON lines, as a receiver would have written them.

The same seed writes the same bytes. What is written goes through the ordinary readers, like any recording.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from skyaccord.demo.flight import M_PER_NM, Moment
from skyaccord.demo.passes import LEAD_IN, LEAD_OUT, fly_pass
from skyaccord.demo.sorties import WINDOW_LENGTH, WINDOW_START, Sortie, day_of_sorties, fly, towns

REPORT_MIN_S: Final = 1.0
REPORT_MAX_S: Final = 3.0
POSITION_NOISE_M: Final = 15.0  # one standard deviation, as of NACp 9
TRACK_NOISE_DEG: Final = 0.15
SPEED_NOISE_KT: Final = 0.5
ALTITUDE_STEP_FT: Final = 25.0  # transponders report in steps of 25 ft


@dataclass(frozen=True)
class Exercise:
    """What was written: the recording, who flies what, and the window to play."""

    recording: Path
    party_map: Path
    places: Path
    start: datetime
    end: datetime
    sorties: tuple[Sortie, ...]
    states: int


def write_exercise(folder: Path, seed: int) -> Exercise:
    """Write `october-2015.jsonl`, `october-2015-parties.csv` and `october-2015-places.csv` into `folder`.

    Only sorties airborne in the window are written; the party map names all 102 of the day.
    """
    sorties = day_of_sorties(seed)
    airborne, lines = [], []
    for sortie in sorties:
        states = list(_reports(sortie, seed))
        if states:
            airborne.append(sortie)
            lines += states
    lines.sort()
    recording = folder / "october-2015.jsonl"
    recording.write_text("".join(line for _, line in lines), encoding="utf-8")
    party_map = folder / "october-2015-parties.csv"
    rows = sorted(f"{sortie.icao24},{sortie.party}\n" for sortie in sorties)
    party_map.write_text("icao24,party\n" + "".join(rows), encoding="utf-8")
    places = folder / "october-2015-places.csv"
    named = dict.fromkeys(f"{town.name},{town.latitude},{town.longitude}\n" for town in towns())
    places.write_text("name,latitude,longitude\n" + "".join(named), encoding="utf-8")
    end = WINDOW_START + WINDOW_LENGTH
    return Exercise(recording, party_map, places, WINDOW_START, end, tuple(airborne), len(lines))


def _in_window(sortie: Sortie) -> Iterator[tuple[datetime, Moment]]:
    start, end = WINDOW_START - LEAD_IN, WINDOW_START + WINDOW_LENGTH + LEAD_OUT
    if sortie.passes:
        moments = fly_pass(sortie.party, (end - start).total_seconds())
        first = start
    else:
        moments = fly(sortie)
        first = sortie.takeoff
    if first > end:
        return
    for moment in moments:
        at = first + timedelta(seconds=moment.at_s)
        if at > end:
            return
        if at >= start:
            yield at, moment


def _reports(sortie: Sortie, seed: int) -> Iterator[tuple[float, str]]:
    """(epoch seconds, one JSON line) for each report a receiver would have had, one in 1 to 3 s."""
    dice = random.Random(f"{seed}/{sortie.icao24}")  # noqa: S311 (a scenario's dice, not a secret)
    due: float | None = None
    for at, moment in _in_window(sortie):
        epoch_s = at.timestamp()
        if due is None:
            due = epoch_s + dice.uniform(0.0, REPORT_MAX_S)
        if epoch_s >= due:
            due += dice.uniform(REPORT_MIN_S, REPORT_MAX_S)
            yield _line(sortie, epoch_s, moment, dice)


def _line(sortie: Sortie, epoch_s: float, moment: Moment, dice: random.Random) -> tuple[float, str]:
    noise_deg = POSITION_NOISE_M / M_PER_NM / 60.0
    now = round(epoch_s, 1)
    record = {
        "now": now,
        "hex": sortie.icao24,
        "type": "adsb_icao",
        "flight": sortie.callsign.ljust(8),
        "lat": round(moment.latitude + dice.gauss(0.0, noise_deg), 6),
        "lon": round(moment.longitude + dice.gauss(0.0, noise_deg), 6),
        "alt_baro": round(moment.altitude_ft / ALTITUDE_STEP_FT) * int(ALTITUDE_STEP_FT),
        "gs": round(moment.speed_kt + dice.gauss(0.0, SPEED_NOISE_KT), 1),
        "track": round((moment.track_deg + dice.gauss(0.0, TRACK_NOISE_DEG)) % 360.0, 1) % 360.0,
        "baro_rate": round(moment.vertical_rate_ft_min / 64.0) * 64,
        "category": "A6",
        "nic": 8,
        "nac_p": 9,
        "sil": 3,
        "exercise": True,
    }
    return now, json.dumps(record, separators=(",", ":")) + "\n"
