# ruff: noqa: PLR0917 - options by name
"""`skyaccord.scan`: recordings in, encounters out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from skyaccord.airspace.units import DURATION_S_MAX, parse_duration_s
from skyaccord.base.errors import InputError
from skyaccord.encounters.asking import check_arguments
from skyaccord.encounters.evidence import Evidence
from skyaccord.encounters.question import question_of
from skyaccord.encounters.result import Encounters
from skyaccord.encounters.search import wake
from skyaccord.encounters.shelf import ROWS_IN_MEMORY, Shelf
from skyaccord.encounters.sky import Sky, WholeSky, find
from skyaccord.encounters.spilled import SpilledSky
from skyaccord.encounters.verdicts import VERDICTS
from skyaccord.tracks.cleaning import clean, rules_without
from skyaccord.tracks.party_map import party_map_of, read_party_map
from skyaccord.tracks.readers import Recording, finish, read_into, states_from_table

if TYPE_CHECKING:
    from skyaccord.accord.source import LoadedAccord
    from skyaccord.tracks.readers.recording import Progress, RejectSink

DEFAULT_MAX_GAP: Final = "60s"
"""How far apart two samples may be and still be joined by a straight line: what a recording needs at its gaps
(events every 2 to 30 s), and still well within a minute's look-ahead that controllers trust."""


def scan(
    recording: Any,
    within: str | None = None,
    *,
    accord: str | Path | LoadedAccord | None = None,
    watch: str | None = None,
    max_gap: str | float = DEFAULT_MAX_GAP,
    party_map: str | Path | Mapping[str, str] | None = None,
    keep_ghosts: bool = False,
    timezone: str | None = None,
    input_format: str | None = None,
    progress: Progress | None = None,
    rejects: RejectSink | None = None,
    without_rules: Collection[str] = (),
    rows_in_memory: int = ROWS_IN_MEMORY,
) -> Encounters:
    """Every encounter in recordings: all pairs, at all times between samples, solved exactly.

    >>> encounters = scan("day.jsonl.gz", within="0.5nm,500ft")  # doctest: +SKIP

    recording: a path, several paths, `-` for standard input, or a table (pandas, Polars, PyArrow) with the
    columns timestamp, icao24, latitude, longitude, altitude. within: limits, 5nm,1000ft if neither they nor
    an accord are given. accord: a file, the name of a shipped one, or a loaded one. watch: a horizontal
    distance inside which an interval without an encounter is an `approach`. max_gap: samples farther apart
    than this are not joined. party_map: CSV file or mapping, address → party. keep_ghosts: keep states that
    cleaning takes for echoes. without_rules: cleaning rules to leave out (docs/cleaning.md). timezone: of
    times that carry none. rejects: gets each refused record. rows_in_memory: files with more states than this
    are worked on in parts, through a temporary folder on disk; the result is the same.

    Raises InputError (and UnreadableError, AccordError) with what is wrong, where, and what to do.
    """
    check_arguments(
        within,
        accord,
        watch,
        max_gap,
        party_map,
        keep_ghosts,
        timezone,
        input_format,
        progress,
        rejects,
        without_rules,
        rows_in_memory,
    )
    question = question_of(within, accord, watch)
    max_gap_s = _max_gap_s(max_gap)
    cleaning_rules = rules_without(without_rules)
    parties = (
        read_party_map(party_map) if isinstance(party_map, str | Path) else party_map_of(party_map or {})
    )
    told_map = _told(party_map) if isinstance(party_map, str | Path) else {}
    Thread(target=wake, daemon=True).start()
    with Shelf(rows_in_memory) as shelf:
        source = _read(recording, shelf, timezone, input_format, progress, rejects)
        sky: Sky
        if shelf.is_used:
            sky = SpilledSky(shelf, cleaning_rules, max_gap_s, keep_ghosts=keep_ghosts)
        else:
            sky = WholeSky(clean(source.states, keep_ghosts=keep_ghosts, rules=cleaning_rules), max_gap_s)
        table = find(sky, question, parties)
        evidence = Evidence(sky.flights_of_rows(table), question, sky.dropped_states, sky.coverage)
        lost = sky.lost
    counts = dict(source.counts)
    counts |= {f"dropped: {reason}": count for reason, count in sky.dropped.items() if count}
    counts |= {f"left out: {reason}": count for reason, count in sky.left_out.items()}
    by_verdict = dict(table["verdict"].value_counts().iter_rows())
    counts |= {verdict: by_verdict[verdict] for verdict in VERDICTS if verdict in by_verdict}
    if len(question.rules) == 1:
        table = table.drop("rule")
    asked = question.asked | {"max_gap": f"{max_gap_s:g}s"}
    asked |= told_map
    if keep_ghosts:
        asked["keep_ghosts"] = "yes"
    if without_rules:
        asked["without_rules"] = ", ".join(sorted(set(without_rules)))
    return Encounters(table, counts, source.provenance, asked, evidence, lost)


def _read(
    recording: Any,
    shelf: Shelf,
    timezone: str | None,
    input_format: str | None,
    progress: Progress | None,
    rejects: RejectSink | None,
) -> Recording:
    if isinstance(recording, str | Path):
        recording = [recording]
    if isinstance(recording, Sequence) and all(isinstance(item, str | Path) for item in recording):
        source = read_into(
            shelf.take,
            recording,
            input_format=input_format,
            timezone=timezone,
            progress=progress,
            rejects=rejects,
        )
        if not shelf.is_used:
            source.states = finish(shelf.batches)
        return source
    if input_format is not None:
        raise InputError("input_format goes with files, not with a table in memory", do="leave it out")
    return states_from_table(recording, timezone=timezone, rejects=rejects)


def _told(party_map: str | Path) -> dict[str, str]:
    """The party map by name and digest; of a pipe, which can be read only once, by name."""
    path = Path(party_map)
    digest = f" sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" if path.is_file() else ""
    return {"party_map": f"{party_map}{digest}"}


def _max_gap_s(max_gap: str | float) -> float:
    if isinstance(max_gap, str):
        return parse_duration_s(max_gap, where="--max-gap")
    if not 0.0 < max_gap <= DURATION_S_MAX:
        raise InputError(f"max_gap {max_gap!r} is out of range", do=f"give 0 to {DURATION_S_MAX:g} seconds")
    return float(max_gap)
