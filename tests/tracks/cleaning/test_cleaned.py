from __future__ import annotations

import polars as pl
import pytest

from skyaccord.base.errors import InputError
from skyaccord.tracks.cleaning import RULES, clean
from skyaccord.tracks.cleaning.impossible import IMPOSSIBLE
from skyaccord.tracks.cleaning.zeros import AIRCRAFT_MIN
from tests.tracks.cleaning.flights import every, fly, straight

FLIGHT = fly("a00001", straight(0, 0, 240, 45), every(5, 100))
ECHO = fly("~2b0001", straight(0, 0, 240, 45), every(5, 100), source="tisb")


@pytest.mark.parametrize(
    ("altitude_ft", "possible"), [(-1400, True), (-2001, False), (90_000, True), (126_700, False)]
)
def test_impossible_altitudes(altitude_ft: float, possible: bool) -> None:
    states = fly("a00001", straight(0, 0, 240, 45), every(5, 100), altitude_ft=altitude_ft)
    assert clean(states).dropped == ({} if possible else {IMPOSSIBLE: states.height})


def test_each_rule_can_be_switched_off() -> None:
    place = pl.int_range(pl.len())
    latitude, longitude = pl.col("latitude"), pl.col("longitude")
    spoilt = FLIGHT.with_columns(
        pl.when(place == 3)
        .then(9e5)  # impossible
        .when(place == 16)
        .then(9e4)  # a spike
        .otherwise("altitude")
        .alias("altitude"),
        pl.when(place == 7)
        .then(latitude + 1)  # a jump
        .when(place == 12)
        .then(latitude.shift(1))  # frozen
        .otherwise(latitude)
        .alias("latitude"),
        pl.when(place == 12).then(longitude.shift(1)).otherwise(longitude).alias("longitude"),
    )
    grounded = [
        fly(f"b{i:05x}", straight(9e4, 1e3 * i, 0, 0), [0.0], altitude_ft=0.0) for i in range(AIRCRAFT_MIN)
    ]
    dirty = pl.concat([spoilt, FLIGHT[:1], ECHO, *grounded])
    whole = clean(dirty)
    assert len(whole.dropped) == len(RULES)
    for rule in RULES:
        rest = clean(dirty, rules=[name for name in RULES if name != rule])
        assert len(rest.dropped) == len(RULES) - 1
    assert clean(dirty, rules=[]).dropped == {}
    assert clean(dirty, rules=[]).states.height == dirty.height


def test_every_state_is_kept_or_returned_with_a_reason() -> None:
    cleaned = clean(pl.concat([FLIGHT, FLIGHT, ECHO]))
    everything = pl.concat([cleaned.states, cleaned.dropped_states.drop("reason", "of")])
    assert everything.sort(pl.all()).equals(pl.concat([FLIGHT, FLIGHT, ECHO]).sort(pl.all()))
    assert cleaned.dropped_states["reason"].null_count() == 0
    assert sum(cleaned.dropped.values()) == cleaned.dropped_states.height


def test_no_such_rule() -> None:
    with pytest.raises(InputError, match="no such cleaning rule: ghosts; use zeros, impossible"):
        clean(FLIGHT, rules=["ghosts"])
