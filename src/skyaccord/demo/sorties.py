"""The day's sorties of the exercise October 2015: who takes off when, to fly over which town.

Dates, counts and towns come from public reports of that month (`data/towns_2015-10.csv` gives each source);
callsigns, addresses, bases and times are made up. A sortie is not a strike, and a target is not a sortie:
nothing here says what a sortie is for.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import chain
from typing import Final

from skyaccord.demo.flight import Moment, bearing_deg, fly_legs, fly_to, wait_over

EXERCISE_DAY: Final = datetime(2015, 10, 10, tzinfo=UTC)
"""The Saturday on which the talks were held."""

WINDOW_START: Final = EXERCISE_DAY.replace(hour=9)
WINDOW_LENGTH: Final = timedelta(seconds=520)
"""The minutes of sky that the demo plays; they hold both passes (see `passes.py`)."""

FIRST_TAKEOFF: Final = EXERCISE_DAY.replace(hour=4)
LAST_TAKEOFF: Final = EXERCISE_DAY.replace(hour=16)
"""Sorties take off in daylight."""

# Addresses from blocks that ICAO keeps unassigned (B00000-BFFFFF), so that no real aircraft is ever shown and
# none carries the `~` of a TIS-B target.
ADDRESS_BASE: Final = {"A": 0xBA0000, "B": 0xBB0000}
CALLSIGN: Final = {"A": "ALFA", "B": "BRAVO"}
ON_STATION_S: Final = {"A": 9000.0, "B": 1200.0}
SPEED_KT: Final = {"A": 420.0, "B": 430.0}
BASE_LEVEL_FT: Final = {"A": 20_000.0, "B": 15_000.0}

# Where party A's sorties enter and leave the picture, by country; party B's take off at Latakia.
GATES: Final = {"Iraq": (37.10, 41.20), "Syria": (36.95, 39.60)}
GATE_RAMADI: Final = (32.00, 45.00)
AIRFIELD_B: Final = (35.53, 35.85)

# A sortie that takes off this long before the window, or this soon after it, may be seen in the recording.
LONGEST_SORTIE: Final = timedelta(hours=4)
AFTER_WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Town:
    """A named place, and how many of the day's sorties of one party go there."""

    name: str
    country: str
    latitude: float
    longitude: float
    party: str
    sorties: int
    shared: bool


@dataclass(frozen=True)
class Sortie:
    """One flight of the day. `passes` marks the two that meet: `passes.py` writes their tracks."""

    callsign: str
    icao24: str
    party: str
    town: Town
    takeoff: datetime
    level_ft: float
    passes: bool = False


def towns() -> list[Town]:
    """The shipped table of towns."""
    text = resources.files("skyaccord.demo").joinpath("data/towns_2015-10.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO("".join(x for x in text.splitlines(True) if not x.startswith("#"))))
    return [
        Town(
            row["town"],
            row["country"],
            float(row["latitude"]),
            float(row["longitude"]),
            row["party"],
            int(row["sorties"]),
            row["shared"] == "yes",
        )
        for row in rows
    ]


def _of_party(party: str, dice: random.Random) -> list[Sortie]:
    places = list(chain.from_iterable([town] * town.sorties for town in towns() if town.party == party))
    dice.shuffle(places)
    slot = (LAST_TAKEOFF - FIRST_TAKEOFF) / len(places)
    sorties = [
        Sortie(
            f"{CALLSIGN[party]}{number:02d}",
            f"{ADDRESS_BASE[party] + number:06x}",
            party,
            town,
            FIRST_TAKEOFF + slot * (number - 1 + dice.random()),
            BASE_LEVEL_FT[party] + 1000.0 * (number % 8),  # neighbours in time fly at different levels
        )
        for number, town in enumerate(places, start=1)
    ]
    return _keep_shared_towns_out_of_the_window(_choose_the_one_that_meets(sorties))


def _choose_the_one_that_meets(sorties: list[Sortie]) -> list[Sortie]:
    """The sortie over Raqqa that takes off nearest before the window is brought into it."""
    raqqa = [n for n, sortie in enumerate(sorties) if sortie.town.name == "Raqqa"]
    before = WINDOW_START - timedelta(minutes=20)
    chosen = min(raqqa, key=lambda n: abs(sorties[n].takeoff - before))
    nearest = min(range(len(sorties)), key=lambda n: abs(sorties[n].takeoff - before))
    sorties = _swapped(sorties, chosen, nearest)
    sorties[nearest] = replace(sorties[nearest], takeoff=before, passes=True)
    return sorties


def _keep_shared_towns_out_of_the_window(sorties: list[Sortie]) -> list[Sortie]:
    """Only the two of `passes.py` meet while the demo plays: others fly over shared towns at other hours."""

    def may_be_airborne(sortie: Sortie) -> bool:
        return WINDOW_START - LONGEST_SORTIE < sortie.takeoff < WINDOW_START + WINDOW_LENGTH + AFTER_WINDOW

    for n, sortie in enumerate(sorties):
        if sortie.town.shared and not sortie.passes and may_be_airborne(sortie):
            other = next(m for m, x in enumerate(sorties) if not x.town.shared and not may_be_airborne(x))
            sorties = _swapped(sorties, n, other)
    return sorties


def _swapped(sorties: list[Sortie], one: int, other: int) -> list[Sortie]:
    towns_of = {one: sorties[other].town, other: sorties[one].town}
    return [replace(x, town=towns_of.get(n, x.town)) for n, x in enumerate(sorties)]


def day_of_sorties(seed: int) -> list[Sortie]:
    """All sorties of 10 October 2015, 14 of party A and 88 of party B, by take-off."""
    dice = random.Random(seed)  # noqa: S311 (a scenario's dice, not a secret)
    return sorted(_of_party("A", dice) + _of_party("B", dice), key=lambda sortie: sortie.takeoff)


def fly(sortie: Sortie) -> Iterator[Moment]:
    """The whole flight, a moment a second: there, on station, and back."""
    town = sortie.town
    if sortie.party == "B":
        home, level = AIRFIELD_B, 500.0
    else:
        home, level = (GATE_RAMADI if town.name == "Ramadi" else GATES[town.country]), sortie.level_ft
    start = Moment(
        0.0, *home, level, SPEED_KT[sortie.party], bearing_deg(*home, town.latitude, town.longitude)
    )
    place = (town.latitude, town.longitude, sortie.level_ft)
    return fly_legs(
        start,
        lambda now: fly_to(now, *place),
        lambda now: wait_over(now, *place, ON_STATION_S[sortie.party]),
        lambda now: fly_to(now, *home, level),
    )
