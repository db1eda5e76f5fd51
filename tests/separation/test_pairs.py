"""Which pairs are looked at and how each moves: nobody who can meet is left out, no path was not flown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from skyaccord.airspace.units import KT_TO_MPS, M_PER_NM
from skyaccord.separation.pairs import PairFinder, Pairs
from skyaccord.separation.policy import MonitorPolicy
from skyaccord.tracks.picture import Picture
from skyaccord.tracks.snapshot import Snapshot
from tests.separation.sky import START, Flight, table

ALL = MonitorPolicy(inter_party_only=False)
REACH_M = 3 * M_PER_NM
EAST_NM = 1 / 60.0  # degrees of longitude on the equator, a little more than a nautical mile


def at(*flights: Flight, time_s: float = 0.0) -> Snapshot:
    """A picture that has just heard these."""
    now, picture = START + timedelta(seconds=time_s), Picture()
    picture.feed(table([flight.row(time_s) for flight in flights]), now)
    return picture.extrapolated(now)


def find(
    now: Snapshot, lookahead_s: float = 120.0, finder: PairFinder | None = None, **more: object
) -> Pairs:
    told = {"tracked": (), **more}
    return (finder or PairFinder()).find(now, ALL, REACH_M, lookahead_s, **told)  # type: ignore[arg-type]


def facing(
    apart_m: float, *, speed_kt: float = 480.0, north: float = 0.0, on_ground: bool = False
) -> Snapshot:
    """Two at one height that fly at each other along the equator, or along a meridian."""
    half = apart_m / 2 / 111_319.49
    one = Flight("a1", north, -half, 30_000.0, speed_kt, 90.0)
    other = Flight("b1", north, half, 30_000.0, speed_kt, 270.0, on_ground=on_ground)
    return at(one, other)


@pytest.mark.parametrize("lookahead_s", [0.0, 30.0, 120.0])
def test_who_can_come_within_reach_is_looked_at_and_who_is_far_is_not(lookahead_s: float) -> None:
    reaches_m = REACH_M + 2 * 480 * KT_TO_MPS * lookahead_s
    assert len(find(facing(reaches_m - 1.0), lookahead_s)) == 1
    assert len(find(facing(reaches_m + 1.0), lookahead_s)) == 1  # a margin, not a limit
    assert len(find(facing(reaches_m * 1.02 + 200.0), lookahead_s)) == 0
    widened = np.array([0.02 * reaches_m + 200.0, 0.0])
    assert len(find(facing(reaches_m * 1.02 + 200.0), lookahead_s, widen_m=widened)) == 1


def test_who_is_tracked_is_looked_at_wherever_they_are_but_in_the_air() -> None:
    far = [facing(2e6, on_ground=on_ground) for on_ground in (False, True)]
    assert [len(find(now, tracked=[("a1", "b1")])) for now in far] == [1, 0]
    assert len(find(facing(2e6), tracked=[("a1", "c1"), ("c1", "b1")])) == 0
    three = at(
        *(Flight(name, 10.0 * k, 0.0, 9000.0, 100.0, 0.0) for k, name in enumerate(("b1", "a1", "c1")))
    )
    found = find(three, tracked=[("b1", "c1")])
    assert [three.icao24[row] for row in (found.first[0], found.second[0])] == ["b1", "c1"]
    assert len(found) == 1


def test_what_is_taken_up_again_goes_on_from_where_it_was() -> None:
    """A piece begins where the last step had them, at another place in the picture or not."""
    finder = PairFinder()
    flights = [Flight("b1", 0.0, 0.02, 31_000.0, 300.0, 180.0), Flight("a1", 0.0, 0.0, 30_000.0, 300.0, 90.0)]
    finder.find(at(*flights), ALL, REACH_M, 120.0, tracked=())
    later = replace(at(*reversed(flights), time_s=4.0), roster_version=99)
    found = finder.find(later, ALL, REACH_M, 120.0, tracked=())
    assert (later.icao24[found.first[0]], later.icao24[found.second[0]]) == ("a1", "b1")
    assert found.piece_s.tolist() == [4.0]
    flown_m = 300 * KT_TO_MPS * 4.0
    np.testing.assert_allclose(found.piece_start, [[0.02 * 111_319.49, 0.0, 304.8]], atol=0.1)
    np.testing.assert_allclose(found.position, [[0.02 * 111_319.49 - flown_m, -flown_m, 304.8]], atol=1.0)
    np.testing.assert_allclose(
        found.piece_start + found.piece_velocity * 4.0, found.position, atol=1e-6, rtol=0.0
    )
    np.testing.assert_allclose(found.velocity, found.piece_velocity, atol=0.5)


@pytest.mark.parametrize(
    ("moved_kt", "step_s", "is_flown"),
    [
        (1_900.0, 1.0, True),
        (2_100.0, 1.0, False),
        (300.0, 60.0, True),
        (300.0, 61.0, False),
    ],
)
def test_what_was_not_flown_is_no_path(moved_kt: float, step_s: float, is_flown: bool) -> None:
    """A position that jumps was corrected, and steps that are far apart are not joined: only now counts."""
    finder, still = PairFinder(), Flight("b1", 0.0, 0.1, 30_000.0, 0.0, 0.0)
    east = moved_kt * step_s / 3600 * EAST_NM
    for k in (0, 1):
        jumps = Flight("a1", 0.0, k * east, 30_000.0, 0.0, 0.0)
        found = finder.find(at(jumps, still, time_s=k * step_s), ALL, 1e6, 0.0, tracked=())
    assert found.piece_s.tolist() == [step_s if is_flown else 0.0]
    if not is_flown:
        np.testing.assert_array_equal(found.piece_start, found.position)
        assert not found.piece_velocity.any()


def test_who_was_on_the_ground_or_not_there_has_no_piece() -> None:
    for before in ([Flight("a1", 0.0, 0.0, 0.0, 50.0, 0.0, on_ground=True)], []):
        finder, other = PairFinder(), Flight("b1", 0.0, 0.01, 500.0, 100.0, 0.0)
        finder.find(at(*before, other), ALL, REACH_M, 120.0, tracked=())
        flies = Flight("a1", 0.0, 0.0, 200.0, 100.0, 0.0)
        (piece_s,) = finder.find(at(flies, other, time_s=1.0), ALL, REACH_M, 120.0, tracked=()).piece_s
        assert piece_s == 0.0


def test_an_altitude_that_is_new_has_no_other_before_it() -> None:
    finder, other = PairFinder(), Flight("b1", 0.0, 0.01, 500.0, 100.0, 0.0)
    for k, altitude_ft in enumerate((np.nan, 700.0)):
        now = at(Flight("a1", 0.0, 0.0, 700.0, 100.0, 0.0), other, time_s=float(k))
        heights = np.where(np.array(now.icao24) == "a1", altitude_ft, now.altitude_ft)
        found = finder.find(replace(now, altitude_ft=heights), ALL, REACH_M, 120.0, tracked=())
        assert found.vertical_known.tolist() == [k == 1]
    assert found.piece_s.tolist() == [1.0]
    np.testing.assert_allclose(found.piece_start[:, 2], found.position[:, 2])
    assert found.position[0, 2] == pytest.approx(-200 * 0.3048)


def test_a_pair_is_seen_from_above_its_middle() -> None:
    now = facing(2e6)
    position = find(now, tracked=[("a1", "b1")]).position[0]
    chord_m = np.linalg.norm(now.surface_m[1] - now.surface_m[0])
    assert abs(position[0]) == pytest.approx(chord_m, rel=1e-9)


def test_antipodes_are_far_apart() -> None:
    now = at(Flight("a1", 0.0, 0.0, 9000.0, 100.0, 0.0), Flight("b1", 0.0, 180.0, 9000.0, 100.0, 0.0))
    found = PairFinder().find(now, ALL, np.inf, 120.0, tracked=())
    assert np.isfinite(found.position).all()
    assert len(found) == 1


def test_pairs_are_of_the_parties_that_are_asked_about() -> None:
    """Addresses in an order that is not that of the parties, and some of no party before and after them."""
    parties = {"a1": "A", "b1": "B", "c1": "A"}
    now = at(*(Flight(name, 0.0, 0.0, 9000.0, 100.0, 0.0) for name in ("x1", "a1", "c1", "01", "b1", "x2")))
    finder, seen = PairFinder(), []
    for policy in (
        MonitorPolicy(parties=parties),
        MonitorPolicy(parties=parties, include_unassigned=True),
        MonitorPolicy(parties=parties, inter_party_only=False),
    ):
        found = finder.find(now, policy, REACH_M, 120.0, tracked=())
        seen.append([now.icao24[i] + now.icao24[j] for i, j in zip(found.first, found.second, strict=True)])
    assert sorted(seen[0]) == ["a1b1", "b1c1"]
    assert sorted(set(seen[1]) - set(seen[0])) == sorted(
        [f"01{name}" for name in parties] + [f"{name}{other}" for name in parties for other in ("x1", "x2")]
    )
    assert sorted(set(seen[2]) - set(seen[1])) == ["01x1", "01x2", "a1c1", "x1x2"]
    assert [len(pairs) for pairs in seen] == [2, 11, 15]
