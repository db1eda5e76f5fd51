"""The numbers behind the figures, as data inside the report: whoever doubts a figure can compute it again.

One `<script type="application/json" id="skyaccord-data">`, format "skyaccord.report/1"; docs/report.md
describes it. The same arrays that were drawn; rounding is far below what is known (0.1 µdegree, 2 mm, 0.3 mm,
1 µs).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np

from skyaccord.base.times import format_utc
from skyaccord.report.situation import Floats, Relative, Side, Situation

FORMAT: Final = "skyaccord.report/1"
IDENTIFIER: Final = "skyaccord-data"


def embedded_data(
    rows: Sequence[dict[str, Any]], situations: Sequence[Situation], about: dict[str, Any]
) -> dict[str, Any]:
    """Everything: `about` the report, all rows of the table, and the arrays of those with figures."""
    return {
        "format": FORMAT,
        "about": about,
        "encounters": [_row(row) for row in rows],
        "figures": [_situation(situation) for situation in situations],
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: format_exact(value) if isinstance(value, datetime) else value for name, value in row.items()
    }


def format_exact(moment: datetime) -> str:
    """ISO 8601 in UTC, to the microsecond: as exact as the rows are."""
    return f"{format_utc(moment)[:-5]}.{moment.microsecond:06d}Z"


def _situation(situation: Situation) -> dict[str, Any]:
    return {
        "encounter": situation.number,
        "time_zero": format_exact(situation.zero),
        "window_s": [round(value, 6) for value in situation.window],
        "inside_s": [round(situation.start, 6), round(situation.end, 6)],
        "cpa_s": round(situation.cpa, 6),
        "limit_horizontal_nm": round(situation.horizontal_nm, 9),
        "limit_vertical_ft": None if situation.vertical_ft is None else round(situation.vertical_ft, 6),
        "combinator": "both" if situation.rule.inside.either_breaks else "either",
        "frame_origin": [round(value, 7) for value in situation.middle],
        "a": _side(situation.a),
        "b": _side(situation.b),
        "computed": _relative(situation.relative),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "icao24": side.icao24,
        "time_s": _rounded(side.time, 6),
        "latitude": _rounded(side.latitude, 7),
        "longitude": _rounded(side.longitude, 7),
        "altitude_ft": _rounded(side.altitude_ft, 3),
        "east_nm": _rounded(side.east_nm, 6),
        "north_nm": _rounded(side.north_nm, 6),
        "source": side.source,
        "nic": _rounded(side.nic, 0),
        "nac_p": _rounded(side.nac_p, 0),
        "joined_to_previous": _joined(side),
    }


def _joined(side: Side) -> list[bool]:
    """Whether each sample is joined to the one before by the straight line of the model."""
    cut = set(side.path_time[side.path_breaks].tolist())
    return [index > 0 and time not in cut for index, time in enumerate(side.time.tolist())]


def _relative(relative: Relative) -> dict[str, Any]:
    return {
        "time_s": _rounded(relative.time, 6),
        "horizontal_nm": _rounded(relative.horizontal_nm, 6),
        "vertical_ft_b_minus_a": _rounded(relative.vertical_ft, 3),
        "closing_kt": _rounded(relative.closing_kt, 2),
        "piece": relative.piece.tolist(),
    }


def _rounded(values: Floats, digits: int) -> list[float | None]:
    return [round(value, digits) if np.isfinite(value) else None for value in values.tolist()]
