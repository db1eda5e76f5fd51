"""The day's sorties: the published counts, made-up names, and only one meeting in the window."""

from __future__ import annotations

from collections import Counter

import pytest

from skyaccord.demo.sorties import (
    AFTER_WINDOW,
    EXERCISE_DAY,
    LONGEST_SORTIE,
    WINDOW_LENGTH,
    WINDOW_START,
    day_of_sorties,
    towns,
)

SEEDS = [2015, *range(8)]


def test_towns_carry_the_published_counts() -> None:
    of_party = Counter[str]()
    for town in towns():
        of_party[town.party] += town.sorties
        assert 31.0 < town.latitude < 37.5
        assert 35.0 < town.longitude < 46.0
    assert of_party == {"A": 11 + 3, "B": 88}
    assert sum(town.sorties for town in towns() if town.party == "A" and town.country == "Iraq") == 11


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_of_sorties(seed: int) -> None:
    sorties = day_of_sorties(seed)
    assert Counter(sortie.party for sortie in sorties) == {"A": 14, "B": 88}
    flown = Counter((sortie.party, sortie.town.name) for sortie in sorties)
    assert flown == {(town.party, town.name): town.sorties for town in towns()}
    assert len({sortie.callsign for sortie in sorties}) == len(sorties)
    assert len({sortie.icao24 for sortie in sorties}) == len(sorties)
    for sortie in sorties:
        assert sortie.takeoff.date() == EXERCISE_DAY.date()
        assert sortie.icao24[0] == "b"  # B00000-BFFFFF is assigned to no state
        assert sortie.callsign.startswith({"A": "ALFA", "B": "BRAVO"}[sortie.party])


@pytest.mark.parametrize("seed", SEEDS)
def test_one_of_each_party_meets_and_nobody_else_flies_there_then(seed: int) -> None:
    sorties = day_of_sorties(seed)
    assert [sortie.party for sortie in sorties if sortie.passes] in (["A", "B"], ["B", "A"])
    assert {sortie.town.name for sortie in sorties if sortie.passes} == {"Raqqa"}
    around = (WINDOW_START - LONGEST_SORTIE, WINDOW_START + WINDOW_LENGTH + AFTER_WINDOW)
    for sortie in sorties:
        if around[0] < sortie.takeoff < around[1] and not sortie.passes:
            assert not sortie.town.shared


def test_the_seed_decides() -> None:
    assert day_of_sorties(1) == day_of_sorties(1)
    assert day_of_sorties(1) != day_of_sorties(2)
