"""From stretches on single pieces to encounters: what touches across pieces becomes one interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skyaccord.separation.compiled import compiled
from skyaccord.separation.piece import is_closer
from skyaccord.separation.tolerance import ALMOST_EQUAL
from skyaccord.separation.walk import (
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

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def join_stretches(pairs: Integers, rows: Floats, horizontal_m: float) -> tuple[Integers, Floats]:
    """Maximal intervals of each pair, sorted by pair and start, whatever the order of what comes in."""
    order = np.lexsort((rows[:, END], rows[:, START], pairs[:, 1], pairs[:, 0]))
    return joined(pairs[order], rows[order], horizontal_m)


@compiled
def joined(pairs: Integers, rows: Floats, horizontal_m: float) -> tuple[Integers, Floats]:
    """Fold each stretch into the one before it where the two meet from inside at the end of a piece."""
    out_pairs = np.empty_like(pairs)
    out = np.empty_like(rows)
    count = 0
    for i in range(rows.shape[0]):
        row = rows[i]
        if (
            count > 0
            and out_pairs[count - 1, 0] == pairs[i, 0]
            and out_pairs[count - 1, 1] == pairs[i, 1]
            and row[JOIN_BEFORE] != NO_JOIN
            and out[count - 1, JOIN_AFTER] == row[JOIN_BEFORE]
        ):
            into = out[count - 1]
            into[END] = max(into[END], row[END])
            into[JOIN_AFTER] = row[JOIN_AFTER]
            if is_closer(
                row[CPA_NORM], row[CPA_HORIZONTAL], into[CPA_NORM], into[CPA_HORIZONTAL], horizontal_m
            ):
                for column in (CPA_TIME, CPA_NORM, CPA_HORIZONTAL, CPA_VERTICAL):
                    into[column] = row[column]
            if row[LEAST_HORIZONTAL] < into[LEAST_HORIZONTAL] - ALMOST_EQUAL * horizontal_m:
                into[LEAST_HORIZONTAL] = row[LEAST_HORIZONTAL]
                into[LEAST_TIME] = row[LEAST_TIME]
            into[LEAST_VERTICAL] = min(into[LEAST_VERTICAL], row[LEAST_VERTICAL])
            into[IS_NMAC] = max(into[IS_NMAC], row[IS_NMAC])
        else:
            out_pairs[count] = pairs[i]
            out[count] = row
            count += 1
    return out_pairs[:count].copy(), out[:count].copy()
