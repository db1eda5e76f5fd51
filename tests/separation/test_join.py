"""Stretches on single pieces become encounters: what is joined, and what each keeps of its parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skyaccord.separation.join import join_stretches
from skyaccord.separation.walk import (
    COLUMNS,
    CPA_HORIZONTAL,
    CPA_NORM,
    CPA_TIME,
    CPA_VERTICAL,
    END,
    IS_NMAC,
    JOIN_AFTER,
    JOIN_BEFORE,
    LEAST_HORIZONTAL,
    LEAST_TIME,
    LEAST_VERTICAL,
    NO_JOIN,
    START,
)

LIMIT_M = 926.0
NAMES = {
    "start": START,
    "end": END,
    "before": JOIN_BEFORE,
    "after": JOIN_AFTER,
    "cpa": CPA_TIME,
    "norm": CPA_NORM,
    "horizontal": CPA_HORIZONTAL,
    "vertical": CPA_VERTICAL,
    "least_at": LEAST_TIME,
    "least": LEAST_HORIZONTAL,
    "least_vertical": LEAST_VERTICAL,
    "nmac": IS_NMAC,
}


def stretch(start: float, end: float, **more: float) -> list[float]:
    """From one piece's end to the other, where both may join."""
    told = {"start": start, "end": end, "before": start, "after": end, "cpa": start, "norm": 0.5}
    told |= {"horizontal": 400.0, "vertical": 50.0, "least_at": start, "least": 400.0, "least_vertical": 50.0}
    row = [0.0] * COLUMNS
    for name, value in (told | more).items():
        row[NAMES[name]] = value
    return row


def joined(*rows: list[float], pairs: list[tuple[int, int]] | None = None) -> list[dict[str, Any]]:
    """What comes out, by name; whatever the order of what goes in."""
    named = np.array(pairs or [(0, 1)] * len(rows), dtype=np.int64)
    table = np.array(rows)
    out_pairs, out = join_stretches(named, table, LIMIT_M)
    again_pairs, again = join_stretches(named[::-1].copy(), table[::-1].copy(), LIMIT_M)
    np.testing.assert_array_equal(out_pairs, again_pairs)
    np.testing.assert_array_equal(out, again)
    return [
        {name: float(row[column]) for name, column in NAMES.items()} | {"pair": tuple(pair)}
        for pair, row in zip(out_pairs.tolist(), out, strict=True)
    ]


def test_the_gravest_of_the_parts_is_that_of_the_whole() -> None:
    deep = {"cpa": 14.0, "norm": 0.1, "horizontal": 90.0, "vertical": 9.0}
    least = {"least_at": 13.0, "least": 80.0, "least_vertical": 2.0, "nmac": 1.0}
    for first, second in ((deep | least, {}), ({}, deep | least)):
        (whole,) = joined(stretch(0.0, 10.0, **first), stretch(10.0, 20.0, **second))
        assert {name: whole[name] for name in (*deep, *least)} == deep | least
        assert (whole["start"], whole["end"], whole["before"], whole["after"]) == (0.0, 20.0, 0.0, 20.0)
    (flat,) = joined(stretch(0.0, 10.0), stretch(10.0, 20.0))
    assert flat["nmac"] == 0.0


def test_the_parts_of_the_least_distances_are_judged_apart() -> None:
    near = {"least_at": 12.0, "least": 100.0}
    (whole,) = joined(stretch(0.0, 10.0, norm=0.3, least_vertical=5.0), stretch(10.0, 20.0, **near))
    assert (whole["cpa"], whole["norm"]) == (0.0, 0.3)
    assert (whole["least_at"], whole["least"], whole["least_vertical"]) == (12.0, 100.0, 5.0)


@pytest.mark.parametrize(("nearer_m", "time"), [(1e-8, 0.0), (5e-7, 0.0), (1e-5, 10.0), (1.0, 10.0)])
def test_almost_as_near_is_as_near_and_the_earlier_instant_counts(nearer_m: float, time: float) -> None:
    near = {"horizontal": 400.0 - nearer_m, "least": 400.0 - nearer_m}
    (whole,) = joined(stretch(0.0, 10.0), stretch(10.0, 20.0, **near))
    assert (whole["cpa"], whole["least_at"]) == (time, time)


def test_only_what_meets_from_inside_is_joined() -> None:
    assert len(joined(stretch(0.0, 10.0), stretch(10.0, 20.0), stretch(20.0, 25.0))) == 1
    assert len(joined(stretch(0.0, 10.0), stretch(10.0, 20.0, before=NO_JOIN))) == 2
    assert len(joined(stretch(0.0, 10.0, after=NO_JOIN), stretch(10.0, 20.0))) == 2
    assert len(joined(stretch(0.0, 10.0, after=NO_JOIN), stretch(11.0, 20.0, before=NO_JOIN))) == 2
    assert len(joined(stretch(0.0, 10.0), stretch(11.0, 20.0))) == 2
    for pairs in ([(0, 1), (0, 2)], [(0, 2), (1, 2)]):
        assert [row["pair"] for row in joined(stretch(0.0, 10.0), stretch(10.0, 20.0), pairs=pairs)] == pairs
