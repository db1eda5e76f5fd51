"""Which format a recording is in, told by its content. A file's name says nothing here."""

from __future__ import annotations

import re
from typing import Final

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.tracks.readers import (
    csv_table,
    igc,
    json_table,
    ogn,
    opensky,
    parquet_table,
    readsb_documents,
    readsb_lines,
    sbs,
)
from skyaccord.tracks.readers.columns import looks_like_header
from skyaccord.tracks.readers.lines import BOM
from skyaccord.tracks.readers.readsb_lines import parse_object
from skyaccord.tracks.states import REQUIRED

FORMATS: Final = (
    readsb_lines.FORMAT,
    csv_table.FORMAT,
    parquet_table.FORMAT,
    json_table.FORMAT,
    readsb_documents.AIRCRAFT_FORMAT,
    readsb_documents.TRACE_FORMAT,
    sbs.FORMAT,
    opensky.FORMAT,
    igc.FORMAT,
    ogn.FORMAT,
)
"""Names for --input-format."""

ACCEPTED: Final = (
    "accepted are readsb or adsb.lol JSON (lines, aircraft.json, trace_full), SBS lines, OpenSky CSV, IGC,"
    " OGN, and tables as CSV, Parquet or JSON with the columns timestamp, icao24, latitude, longitude,"
    " altitude; each plain or gzipped"
)

_LINES_TRIED: Final = 50
"""Lines of the head that are tried: one good record among the first fifty is enough to know the format."""

_OTHERS: Final = (
    (b"\x1f\x8b", "a gzip inside a gzip (unpack it once)"),
    (b"PK\x03\x04", "a ZIP archive (unpack it first)"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive (unpack it first)"),
    (b"BZh", "a bzip2 archive (unpack it first)"),
    (b"\xfd7zXZ", "an xz archive (unpack it first)"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\xff\xfe", "UTF-16 text (save it as UTF-8)"),
    (b"\xfe\xff", "UTF-16 text (save it as UTF-8)"),
    (b"<", "XML or HTML"),
    (b"%PDF", "a PDF"),
    (b"ULog", "a PX4 flight log (ULog)"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture (pcap), such as of Remote ID"),
    (b"\xa1\xb2\xc3\xd4", "a packet capture (pcap), such as of Remote ID"),
    (b"\x4d\x3c\xb2\xa1", "a packet capture (pcap), such as of Remote ID"),
    (b"\n\r\r\n", "a packet capture (pcapng), such as of Remote ID"),
)
_MAVLINK: Final = (0xFE, 0xFD)
"""First byte of a packet of MAVLink 1 and 2. A telemetry log (.tlog) has eight bytes of time before each."""
_AIRSPACE: Final = re.compile(
    rb'"(features|UASZoneVersion|UASZoneList)"\s*:|"type"\s*:\s*"Feature'
    rb"|(?m:^A[CN] \S[^\n]*\n(?:[^\n]*\n){0,9}?D[PC] )"
)
"""GeoJSON, ED-269, ED-318; OpenAir."""


def recognise(head: bytes, where: str) -> str:
    """The format's name, one of FORMATS. Raises UnreadableError: what was seen and what is accepted."""
    if head.startswith(parquet_table.MAGIC):
        return parquet_table.FORMAT
    text = head.removeprefix(BOM).lstrip()
    if not text:
        raise UnreadableError("holds only blanks", where=where, do=ACCEPTED)
    kind = _as_json(text) if text[:1] in b"{[" else _as_headed_table(text)
    kind = kind or _as_json_lines(text) or _as_text(text)
    if kind is None:
        raise UnreadableError(f"format not recognised: it {_seen(head)}", where=where, do=ACCEPTED)
    return kind


def check_format(name: str) -> str:
    """The name as given. Raises InputError if it is no format's."""
    if name not in FORMATS:
        raise InputError(
            f"{name!r} is no format", where="--input-format", do=f"use one of {', '.join(FORMATS)}"
        )
    return name


def _as_json_lines(text: bytes) -> str | None:
    for line in text.split(b"\n")[:_LINES_TRIED]:
        record = parse_object(line.rstrip(b", \t\r"))
        if not isinstance(record, dict):
            continue
        if readsb_documents.is_snapshot(record):
            return readsb_documents.AIRCRAFT_FORMAT
        if readsb_documents.is_trace(record):
            return readsb_documents.TRACE_FORMAT
        if "hex" in record and not isinstance(record["hex"], list | dict):
            return readsb_lines.FORMAT
        if record and looks_like_header(list(record)):
            return json_table.FORMAT
    return None


def _as_json(text: bytes) -> str | None:
    """JSON lines, or one document: a list, or an object whose first value is a column."""
    lines = _as_json_lines(text)
    if lines is not None:
        return lines
    if re.match(rb'\{\s*"', text) and re.search(rb'"aircraft"\s*:\s*\[', text[:4096]):
        return readsb_documents.AIRCRAFT_FORMAT
    if re.match(rb'\{\s*"icao"\s*:', text) and re.search(rb'"trace"\s*:\s*\[', text[:4096]):
        return readsb_documents.TRACE_FORMAT
    if re.match(rb'(\[\s*[\[{\]])|(\{\s*"[^"]{1,64}"\s*:\s*[\[{])', text):
        return json_table.FORMAT
    if re.match(rb'\{\s*"hex"\s*:', text):  # cut off in its first record, but readsb all the same
        return readsb_lines.FORMAT
    return None


def _as_headed_table(text: bytes) -> str | None:
    """A table whose first line names our columns: whatever stands below it, that line is no accident."""
    try:
        names, _ = csv_table.split_header(text.split(b"\n", 1)[0], "")
    except InputError:
        return None
    if opensky.is_header(names):
        return opensky.FORMAT
    return csv_table.FORMAT if len({*REQUIRED} & {name.strip().lower() for name in names}) >= 3 else None


def _as_text(text: bytes) -> str | None:
    """SBS lines, an IGC file, OGN lines, or a table with a header."""
    if any(line.startswith(b"MSG,") for line in text.split(b"\n")[:_LINES_TRIED]):
        return sbs.FORMAT
    if igc.is_igc(text) or ogn.is_ogn(text):
        return igc.FORMAT if igc.is_igc(text) else ogn.FORMAT
    first = text.split(b"\n", 1)[0]
    if b"\0" in first:
        return None
    try:
        names, _ = csv_table.split_header(first, "")
    except InputError:
        return None
    if opensky.is_header(names):
        return opensky.FORMAT
    words = [name for name in names if re.fullmatch(r"[A-Za-z_][\w .()/-]{0,63}", name.strip())]
    is_table = looks_like_header(names) or (len(names) >= 2 and len(words) == len(names))
    return csv_table.FORMAT if is_table else None


def _seen(head: bytes) -> str:
    for magic, name in _OTHERS:
        if head.lstrip().startswith(magic) or head.startswith(magic):
            return f"looks like {name}"
    if len(head) > 8 and head[8] in _MAVLINK and head[0] == 0 and head[1] in (4, 5, 6):
        return "looks like a MAVLink telemetry log (tlog)"  # the time is in microseconds: 2005 to 2032
    if _AIRSPACE.search(head[:65_536]) is not None:
        return "looks like airspace data, not a recording"
    first = head.split(b"\n", 1)[0][:40]
    shown = first.decode("utf-8", "replace")
    if shown.isprintable() and shown.strip() and "\ufffd" not in shown:
        return f"starts with {shown.strip()!r}"
    return f"starts with the bytes {head[:8].hex(' ')}"
