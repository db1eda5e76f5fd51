"""`skyaccord.scan`: recordings in, encounters out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from skyaccord.airspace.units import DURATION_S_MAX, M_PER_NM, parse_duration_s
from skyaccord.base.errors import InputError
from skyaccord.encounters.evidence import Evidence
from skyaccord.encounters.flights import Flights, flights_of
from skyaccord.encounters.kinds import kinds_of_tracks, may_be_about
from skyaccord.encounters.label import formations
from skyaccord.encounters.question import Question, question_of
from skyaccord.encounters.result import Encounters
from skyaccord.encounters.rows import table_of
from skyaccord.encounters.search import Inside, search
from skyaccord.encounters.verdicts import APPROACH, VERDICTS, counting, outside_rows, verdicts_of
from skyaccord.separation.walk import COLUMNS, END, START
from skyaccord.tracks.cleaning import clean, lost_tracks, rules_without
from skyaccord.tracks.party_map import read_party_map
from skyaccord.tracks.readers import Recording, read_recording, states_from_table

if TYPE_CHECKING:
    import polars as pl

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
) -> Encounters:
    """Every encounter in recordings: all pairs, at all times between samples, solved exactly.

    >>> encounters = scan("day.jsonl.gz", within="0.5nm,500ft")  # doctest: +SKIP

    recording: a path, several paths, `-` for standard input, or a table (pandas, Polars, PyArrow) with the
    columns timestamp, icao24, latitude, longitude, altitude. within: limits, 5nm,1000ft if neither they nor
    an accord are given. accord: a file, the name of a shipped one, or a loaded one. watch: a horizontal
    distance inside which an interval without an encounter is an `approach`. max_gap: samples farther apart
    than this are not joined. party_map: CSV file or mapping, address → party. keep_ghosts: keep states that
    cleaning takes for echoes. without_rules: cleaning rules to leave out (docs/cleaning.md). timezone: of
    times that carry none. rejects: gets each refused record.

    Raises InputError (and UnreadableError, AccordError) with what is wrong, where, and what to do.
    """
    question = question_of(within, accord, watch)
    max_gap_s = _max_gap_s(max_gap)
    cleaning_rules = rules_without(without_rules)
    parties = read_party_map(party_map) if isinstance(party_map, str | Path) else dict(party_map or {})
    source = _read(recording, timezone, input_format, progress, rejects)
    cleaned = clean(source.states, keep_ghosts=keep_ghosts, rules=cleaning_rules)
    flights = flights_of(cleaned.states, max_gap_s)
    table = _find(flights, question, parties)
    counts = dict(source.counts)
    counts |= {f"dropped: {reason}": count for reason, count in cleaned.dropped.items() if count}
    counts |= {f"left out: {reason}": count for reason, count in flights.left_out.items()}
    by_verdict = dict(table["verdict"].value_counts().iter_rows())
    counts |= {verdict: by_verdict[verdict] for verdict in VERDICTS if verdict in by_verdict}
    if len(question.rules) == 1:
        table = table.drop("rule")
    asked = question.asked | {"max_gap": f"{max_gap_s:g}s"}
    evidence = Evidence(flights, question, cleaned.dropped_states)
    return Encounters(table, counts, source.provenance, asked, evidence, lost_tracks(cleaned))


def _find(flights: Flights, question: Question, parties: Mapping[str, str]) -> pl.DataFrame:
    pairs, rows = [np.empty((0, 2), np.int64)], [np.empty((0, COLUMNS))]
    verdicts: list[str] = []
    rules: list[str] = []
    for rule in question.rules:
        found, measured = search(flights, rule.inside)
        if rule.classes is not None:
            about = may_be_about(rule.classes, kinds_of_tracks(flights), found)
            found, measured = found[about], measured[about]
        chosen = counting(flights, found, measured, question)
        pairs.append(found[chosen])
        rows.append(measured[chosen])
        verdicts += verdicts_of(measured[chosen], rule)
        rules += [rule.id] * int(chosen.sum())
    if question.watch_nm is not None:
        found, measured = search(flights, Inside(question.watch_nm * M_PER_NM, np.inf))
        chosen = outside_rows(found, measured, np.concatenate(pairs), np.concatenate(rows))
        found, measured = found[chosen], measured[chosen]
        chosen = counting(flights, found, measured, question)
        pairs.append(found[chosen])
        rows.append(measured[chosen])
        verdicts += [APPROACH] * int(chosen.sum())
        rules += ["watch"] * int(chosen.sum())
    all_pairs, all_rows = np.concatenate(pairs), np.concatenate(rows)
    labels = formations(flights, all_pairs, all_rows[:, START], all_rows[:, END])
    return table_of(flights, all_pairs, all_rows, verdicts, labels, rules, parties)


def _read(
    recording: Any,
    timezone: str | None,
    input_format: str | None,
    progress: Progress | None,
    rejects: RejectSink | None,
) -> Recording:
    if isinstance(recording, str | Path):
        recording = [recording]
    if isinstance(recording, Sequence) and all(isinstance(item, str | Path) for item in recording):
        return read_recording(
            recording, input_format=input_format, timezone=timezone, progress=progress, rejects=rejects
        )
    if input_format is not None:
        raise InputError("input_format goes with files, not with a table in memory", do="leave it out")
    return states_from_table(recording, timezone=timezone, rejects=rejects)


def _max_gap_s(max_gap: str | float) -> float:
    if isinstance(max_gap, str):
        return parse_duration_s(max_gap, where="--max-gap")
    if not 0.0 < max_gap <= DURATION_S_MAX:
        raise InputError(f"max_gap {max_gap!r} is out of range", do=f"give 0 to {DURATION_S_MAX:g} seconds")
    return float(max_gap)
