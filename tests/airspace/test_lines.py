"""Where ways cross lines: against a count of small steps, and at the points where counting is delicate."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skyaccord.airspace.geodesy import normals
from skyaccord.airspace.lines import Floats, LineShape, line, meetings
from skyaccord.base.errors import InputError, LimitError

RIVER = [[33.0, 38.0], [34.0, 39.0], [34.5, 41.0]]


def up(*points: tuple[float, float]) -> Floats:
    return normals([p[0] for p in points], [p[1] for p in points])


def counted(shape: LineShape, way: Floats, steps: int = 4_000) -> int:
    """Crossings of one piece of line by the way from way[0] to way[1], walked along in small steps."""
    share = np.linspace(0, 1, steps + 1)[:, None]
    walked = (1 - share) * way[0] + share * way[1]
    walked /= np.linalg.norm(walked, axis=1, keepdims=True)
    first, second = shape.points
    across = np.cross(first, second)
    across /= np.linalg.norm(across)
    side = walked @ across >= 0
    found = 0
    for k in np.flatnonzero(side[1:] != side[:-1]):
        place = walked[k] + walked[k + 1]
        before = np.cross(first, place) @ across > 0
        after = np.cross(place, second) @ across > 0
        found += bool(before and after)
    return found


LATITUDE, LONGITUDE = st.floats(-85, 85), st.floats(-180, 180)
NEAR = st.floats(-2, 2)


@settings(max_examples=200, deadline=None)
@given(LATITUDE, LONGITUDE, st.lists(NEAR, min_size=8, max_size=8))
def test_against_small_steps(latitude: float, longitude: float, offsets: list[float]) -> None:
    points = [
        (max(-90.0, min(90.0, latitude + a)), (longitude + b + 180) % 360 - 180)
        for a, b in zip(offsets[::2], offsets[1::2], strict=True)
    ]
    ends = up(*points)
    assume(np.linalg.norm(ends[0] - ends[1]) > 1e-4)
    assume(np.linalg.norm(ends[2] - ends[3]) > 1e-4)
    across = np.cross(ends[0], ends[1])
    along = np.cross(ends[2], ends[3])
    # ends that touch the other line within the size of a step are for the tests below
    assume(np.min(np.abs(ends[2:] @ across)) / np.linalg.norm(across) > 1e-5)
    assume(np.min(np.abs(ends[:2] @ along)) / np.linalg.norm(along) > 1e-5)
    shape = line(points[:2])
    met = meetings(shape, ends[2:3], ends[3:4])
    assert len(met.way) == counted(shape, ends[2:])
    for k in range(len(met.way)):
        here = (1 - met.fraction[k]) * ends[2] + met.fraction[k] * ends[3]
        here /= np.linalg.norm(here)
        assert np.linalg.norm(here - met.point[k]) < 1e-5
        assert abs(met.point[k] @ across) < 1e-12
        assert met.to_left[k] == (ends[3] @ across >= 0)


def test_left_is_left_of_somebody_who_follows_the_line() -> None:
    equator = line([[0, 0], [0, 10]])
    northward = meetings(equator, up((-1, 5)), up((1, 5)))
    assert northward.to_left.tolist() == [True]
    assert northward.fraction == pytest.approx([0.5], abs=1e-3)
    assert meetings(equator, up((1, 5)), up((-1, 5))).to_left.tolist() == [False]
    assert len(meetings(equator, up((1, 11)), up((-1, 11))).way) == 0


def test_a_way_that_ends_on_the_line_and_goes_on_crosses_once() -> None:
    equator = line([[0, 0], [0, 10]])
    for stops in ([(-1, 5), (0, 5), (1, 5)], [(1, 5), (0, 5), (-1, 5)]):
        ways = up(*stops)
        assert len(meetings(equator, ways[:-1], ways[1:]).way) == 1
    there_and_back = up((1, 5), (0, 5), (1, 5))
    assert len(meetings(equator, there_and_back[:-1], there_and_back[1:]).way) % 2 == 0


@settings(max_examples=100, deadline=None)
@given(st.floats(-1, 1), st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_way_through_a_joint_crosses_once(sideways: float, before: float, after: float) -> None:
    shape = line([[0, 0], [0, 5], [0, 10]])
    met = meetings(shape, up((-before, 5 - sideways * before)), up((after, 5 + sideways * after)))
    assert len(met.way) == 1


def test_no_seam_at_the_antimeridian_and_no_meeting_behind_the_earth() -> None:
    seam = line([[-5, 179], [5, -179]])
    assert len(meetings(seam, up((0, 178)), up((0, -178))).way) == 1
    assert len(meetings(seam, up((0, -2)), up((0, 2))).way) == 0
    pole = line([[89, 0], [89, 180]])
    assert len(meetings(pole, up((89, 90)), up((89, -90))).way) == 1


def test_an_hour_at_mach_three_in_one_way() -> None:
    """Nothing is missed for being fast: the way is met, not sampled."""
    met = meetings(line(RIVER), up((20.0, 40.0)), up((48.0, 40.0)))
    assert met.piece.tolist() == [1]
    assert met.to_left.tolist() == [True]


def test_many_ways_at_once_and_none() -> None:
    ways = up((33.0, 40.0), (35.0, 40.0), (35.0, 40.0))
    met = meetings(line(RIVER), ways[:-1], ways[1:])
    assert met.way.tolist() == [0]
    assert len(meetings(line(RIVER), np.empty((0, 3)), np.empty((0, 3))).way) == 0


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([[0, 0]], "a line of 1 points"),
        ([[0, 0], [1, 1], [1, 1]], "points 1 and 2 of the line are the same"),
        ([[0, 180], [0, -180]], "points 0 and 1 of the line are the same"),
        ([[0, 0], [0, 100]], "more than 90 degrees apart"),
    ],
)
def test_what_is_no_line(points: list[list[float]], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        line(points)


def test_a_line_of_too_many_points() -> None:
    with pytest.raises(LimitError, match="at most 1000"):
        line([[0, k / 100] for k in range(1001)])
