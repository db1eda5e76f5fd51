"""The sky time of an act from whose date something runs, like a notice: the wall clock's, but in an exercise.

Such acts say that they are dated (`acts.register_act(…, dated=True)`). What else holds their date is in
`arrival.py`.
"""

from __future__ import annotations

from typing import Final

from skyaccord.record.envelope import Header

DATE_SKEW_MAX_S: Final = 300.0
"""How far the clocks of two parties may differ before a date is not believed; as for statements."""


def sky_date_fault(header: Header) -> str | None:
    """Why the sky time of a dated act is not believed, or None. Every reader finds the same."""
    apart_s = (header.sky_time - header.recorded_at).total_seconds()
    if header.exercise or abs(apart_s) <= DATE_SKEW_MAX_S:
        return None
    word = "ahead of" if apart_s > 0 else "behind"
    return f"its sky time is {abs(apart_s):.0f} s {word} the clock it was recorded by, and it is no exercise"
