"""TIS-B echoes: radar targets (addresses with `~`) that are an aircraft already seen under its own address.

In the United States the ground broadcasts what its radars see. Where a radar track is not joined to the
aircraft's own ADS-B, the aircraft appears twice, a few tens of metres from itself. Such states are found run
by run (verdict.py) from how alike they are (likeness.py). A radar target that is nobody's echo is an aircraft
without ADS-B, and stays. A real address is never dropped for another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from skyaccord.tracks.cleaning.likeness import COAST_S, Likeness, compare
from skyaccord.tracks.cleaning.paths import HOLE_S, Bools, Floats, Integers, Track, at_times, tracks_of
from skyaccord.tracks.cleaning.verdict import OTHER_ALTITUDE_ECHO, Verdict, judge

WRONG_ALTITUDE_LASTS_S: Final = 600.0
"""A host whose radar altitude was once proved wrong has it wrong for its other radar tracks ten minutes
before and after (a2c344: five tracks in 20 minutes, three of them too short to prove it alone)."""

REACH_M: Final = 25_000.0
"""Hosts with no state within this of a run's own area cannot be near it: 60 s at 800 kt, the longest hole."""

NEAR_M: Final = 6_000.0
"""Hosts that never come this near are not looked at closer: 750 m and the worst hole, and 20 s straight on at
130 kt while the host turns back."""

RADAR_SOURCE: Final = "tisb"
"""A target heard from the aircraft itself (adsb, adsr, a recorder) is no echo, even under an address with
`~`: that is anonymous mode, or no ICAO address at all."""


@dataclass(frozen=True)
class _Case:
    """One run of a radar target against one host that comes near it."""

    run: Track
    host: str
    likeness: Likeness


def mark_echoes(states: pl.DataFrame) -> pl.DataFrame:
    """For each state, columns `reason` (null if it is no echo) and `of` (the target it echoes).

    states: columns of STATE_SCHEMA, sorted by icao24, then timestamp, at most one an instant.
    """
    suspects = suspects_of(states)
    reasons: list[str | None] = [None] * states.height
    hosts: list[str | None] = [None] * states.height
    if suspects:
        for case_run, host, verdict in _verdicts(tracks_of(states), suspects):
            for index in verdict.states:
                row = int(case_run.rows[index])
                if reasons[row] is None:
                    reasons[row], hosts[row] = verdict.reason, host
    return pl.DataFrame({"reason": reasons, "of": hosts}, schema={"reason": pl.String(), "of": pl.String()})


def suspects_of(states: pl.DataFrame) -> set[str]:
    """Targets that radar alone has seen: a `~` address, never heard from the aircraft itself."""
    own = (pl.col("source") != RADAR_SOURCE).fill_null(False)
    radar = (
        states.filter(pl.col("icao24").str.starts_with("~")).group_by("icao24").agg(own.any().alias("own"))
    )
    return set(radar.filter(~pl.col("own"))["icao24"].to_list())


def _verdicts(tracks: dict[str, Track], suspects: set[str]) -> list[tuple[Track, str, Verdict]]:
    """Every run's verdicts, those on most states first; altitudes proved wrong serve to judge the rest."""
    hosts = _Hosts([track for name, track in tracks.items() if name not in suspects])
    cases = [case for name in sorted(suspects) for run in _runs(tracks[name]) for case in hosts.cases(run)]
    found: list[tuple[Track, str, Verdict]] = []
    open_cases: list[_Case] = []
    for case in cases:
        verdict = judge(case.run, case.likeness)
        if verdict is None:
            open_cases.append(case)
        else:
            found.append((case.run, case.host, verdict))
    wrong = [(host, run) for run, host, verdict in found if verdict.reason == OTHER_ALTITUDE_ECHO]
    for case in open_cases:
        near = any(
            host == case.host and _apart_s(run, case.run) <= WRONG_ALTITUDE_LASTS_S for host, run in wrong
        )
        verdict = judge(case.run, case.likeness, altitude_known_wrong=True) if near else None
        if verdict is not None:
            found.append((case.run, case.host, verdict))
    found.sort(key=lambda entry: (-entry[2].support, entry[0].icao24, entry[0].time_s[0], entry[1]))
    likeness = {(id(case.run), case.host): case.likeness for case in cases}
    return [
        (run, host, _without_bridges(run, likeness[id(run), host], verdict)) for run, host, verdict in found
    ]


def _runs(track: Track) -> Iterator[Track]:
    """The track cut where nothing was seen for HOLE_S: radar track numbers are used again."""
    cuts = np.flatnonzero(np.diff(track.time_s) > HOLE_S) + 1
    for group in np.split(np.arange(len(track.time_s)), cuts):
        yield track.part(group)


def _apart_s(first: Track, second: Track) -> float:
    """Time between the end of one run and the start of the other; negative where they overlap."""
    return float(max(second.time_s[0] - first.time_s[-1], first.time_s[0] - second.time_s[-1]))


def _without_bridges(run: Track, likeness: Likeness, verdict: Verdict) -> Verdict:
    """The verdict's states, less those seen while the host was not: all there is of the aircraft then.

    But a kept state within HOLE_S of another kept one, with echo states between them, would be joined to it
    by interpolation, right across the time when the host was seen: such a state stays in the verdict.
    """
    in_verdict = np.zeros(len(run.time_s), dtype=np.bool_)
    in_verdict[verdict.states] = True
    dropped: Bools = in_verdict & likeness.covered
    last_kept_s, echoes_since = -np.inf, False
    for index in range(len(run.time_s)):
        if dropped[index]:
            echoes_since = True
        elif in_verdict[index] and echoes_since and run.time_s[index] - last_kept_s <= HOLE_S:
            dropped[index] = True
        else:
            last_kept_s, echoes_since = float(run.time_s[index]), False
    return Verdict(np.flatnonzero(dropped), verdict.reason, verdict.support)


class _Hosts:
    """Targets that may be echoed, found by time and place."""

    def __init__(self, tracks: list[Track]) -> None:
        self._tracks = [track for track in tracks if len(track.time_s) >= 2]
        sizes = [len(track.time_s) for track in self._tracks]
        owners: Integers = np.repeat(np.arange(len(sizes)), sizes)
        times: Floats = np.concatenate([track.time_s for track in self._tracks] or [np.empty(0)])
        places: Floats = np.concatenate([track.position for track in self._tracks] or [np.empty((0, 3))])
        order = np.argsort(times, kind="stable")
        self._times, self._owners, self._places = times[order], owners[order], places[order]

    def cases(self, run: Track) -> Iterator[_Case]:
        """The hosts that come near this run, each with its likeness."""
        first = np.searchsorted(self._times, run.time_s[0] - HOLE_S)
        last = np.searchsorted(self._times, run.time_s[-1] + HOLE_S, side="right")
        centre = run.position.mean(axis=0)
        radius = float(np.linalg.norm(run.position - centre, axis=1).max()) + REACH_M
        near = np.linalg.norm(self._places[first:last] - centre, axis=1) <= radius
        for owner in np.unique(self._owners[first:last][near]):
            track = self._tracks[owner]
            begin = np.searchsorted(track.time_s, run.time_s[0] - HOLE_S - COAST_S[-1])
            end = np.searchsorted(track.time_s, run.time_s[-1] + HOLE_S, side="right")
            host = track.part(slice(int(begin), int(end)))
            distance = np.linalg.norm(at_times(host, run.time_s).position - run.position, axis=1)
            if len(host.time_s) >= 2 and np.any(distance <= NEAR_M):
                yield _Case(run, host.icao24, compare(run, host))
