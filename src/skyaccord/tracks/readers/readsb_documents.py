"""readsb's JSON documents: `aircraft.json` snapshots and `trace_full` files, as tar1090 and adsb.lol serve.

A document may stand alone or one a line (a log of snapshots). Served traces are gzipped under a `.json` name,
which makes no difference here. Both become the records of readsb_lines.py, and are read by the same code.

Fields: https://github.com/wiedehopf/readsb/blob/dev/README-json.md
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import polars as pl

from skyaccord.tracks.readers.json_table import read_documents
from skyaccord.tracks.readers.lines import BOM, line_batches
from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.readsb_lines import accept_records, parse_object
from skyaccord.tracks.readers.tally import Tally

AIRCRAFT_FORMAT: Final = "readsb-aircraft"
TRACE_FORMAT: Final = "readsb-trace"

NOT_A_SNAPSHOT: Final = "no aircraft.json snapshot"
NOT_A_TRACE: Final = "no trace"
NOT_A_RECORD: Final = "no aircraft or trace point"

_POINT_FIELDS_MIN: Final = 6
_GEOMETRIC_RATE: Final = 4
_GEOMETRIC_ALTITUDE: Final = 8
"""Bits of a trace point's flags: its vertical rate, its altitude are geometric."""


def read_aircraft(opened: OpenedFile, tally: Tally) -> Iterator[pl.DataFrame]:
    """Batches of states from `{"now": …, "aircraft": […]}`. Raises UnreadableError for broken JSON."""
    yield from _read(opened, tally, _snapshot)


def read_trace(opened: OpenedFile, tally: Tally) -> Iterator[pl.DataFrame]:
    """Batches of states from `{"icao": …, "timestamp": …, "trace": […]}`. Raises UnreadableError likewise."""
    yield from _read(opened, tally, _trace)


def is_snapshot(document: object) -> bool:
    return isinstance(document, dict) and isinstance(document.get("aircraft"), list)


def is_trace(document: object) -> bool:
    return isinstance(document, dict) and isinstance(document.get("trace"), list)


def _read(
    opened: OpenedFile, tally: Tally, records_of: Callable[[Any], list[Any] | str]
) -> Iterator[pl.DataFrame]:
    for line, document in _documents(opened, tally):
        found = records_of(document)
        if isinstance(found, str):
            tally.read += 1
            tally.refuse(found, line, json.dumps(document)[:200])
            continue
        good, numbers = [], []
        for record in found:
            if isinstance(record, dict):
                good.append(record)
                numbers.append(line)
            else:
                tally.read += 1
                tally.refuse(NOT_A_RECORD, line, json.dumps(document)[:200])
        if good:
            yield accept_records(good, numbers, tally)


def _documents(opened: OpenedFile, tally: Tally) -> Iterator[tuple[int, object]]:
    """Each document with its line: a line at a time if the first line is one, else from the whole text."""
    first, newline, _ = opened.head().removeprefix(BOM).lstrip().partition(b"\n")
    if not newline or isinstance(parse_object(first.rstrip(b", \t\r")), str):
        yield from read_documents(opened)
        return
    for number, lines in line_batches(opened, tally):
        for index, line in enumerate(lines):
            if not line.strip():
                continue
            document = parse_object(line.rstrip(b", \t\r"))
            if isinstance(document, str):
                tally.read += 1
                tally.refuse(document, number + index, line)
            else:
                yield number + index, document


def _snapshot(document: Any) -> list[Any] | str:
    if not is_snapshot(document):
        return NOT_A_SNAPSHOT
    return [{"now": document.get("now"), **a} if isinstance(a, dict) else a for a in document["aircraft"]]


def _trace(document: Any) -> list[Any] | str:
    if not is_trace(document):
        return NOT_A_TRACE
    start = document.get("timestamp")
    start_s = float(start) if isinstance(start, int | float) else None
    return [_point(document, start_s, point) for point in document["trace"]]


def _point(document: dict[str, Any], start_s: float | None, point: object) -> object:
    """One trace point as a record of readsb_lines.py; null if it is no point."""
    if not isinstance(point, list) or len(point) < _POINT_FIELDS_MIN:
        return None
    after, latitude, longitude, altitude, speed, track = point[:6]
    flags = point[6] if len(point) > 6 and isinstance(point[6], int) else 0
    rate = point[7] if len(point) > 7 else None
    detail = point[8] if len(point) > 8 and isinstance(point[8], dict) else {}
    geometric = bool(flags & _GEOMETRIC_ALTITUDE)
    record = {
        **{name: detail.get(name) for name in ("flight", "squawk", "category", "nic", "nac_p", "sil")},
        "now": start_s + after if start_s is not None and isinstance(after, int | float) else None,
        "hex": document.get("icao"),
        "r": document.get("r"),
        "lat": latitude,
        "lon": longitude,
        "alt_baro": None if geometric else altitude,
        "alt_geom": altitude if geometric else (point[10] if len(point) > 10 else None),
        "gs": speed,
        "track": track,
        "geom_rate" if flags & _GEOMETRIC_RATE else "baro_rate": rate,
        "type": point[9] if len(point) > 9 and point[9] else detail.get("type"),
    }
    return record
