"""Named places for the console's map: a CSV file with the header `name,latitude,longitude`.

    # towns, WGS 84
    name,latitude,longitude
    Monterey,36.600,-121.895

Lines starting with # are comments. The map ships without a single name: what is called what is a party's own
matter, and stands in its own file.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from skyaccord.base.errors import InputError, LimitError, UnreadableError

HEADER: Final = ("name", "latitude", "longitude")
PLACES_MAX: Final = 2_000
"""More names than this on one map are read by nobody, and each costs the console."""
FILE_BYTES_MAX: Final = 1 << 20  # PLACES_MAX lines and their comments, many times over
NAME_CHARACTERS_MAX: Final = 60
LATITUDE_MAX: Final = 90.0
LONGITUDE_MAX: Final = 180.0


@dataclass(frozen=True)
class Place:
    """A name at a place, degrees, WGS 84."""

    name: str
    latitude: float
    longitude: float


def read_places(path: Path) -> tuple[Place, ...]:
    """Every place of a file, in its order. Raises UnreadableError for a file that cannot be read, LimitError
    for one that is too long, InputError naming file and line for anything else."""
    name = str(path)
    lines = [
        (number, line)
        for number, line in enumerate(_text(path, name).splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines or tuple(field.lower() for field in _fields(lines[0][1])) != HEADER:
        where = f"{name}, line {lines[0][0]}" if lines else name
        raise InputError("no header", where=where, do=f"begin with {','.join(HEADER)}")
    if len(lines) - 1 > PLACES_MAX:
        raise LimitError(f"{len(lines) - 1:,} places, at most {PLACES_MAX:,} are shown", where=name)
    return tuple(_place(line, f"{name}, line {number}") for number, line in lines[1:])


def _place(line: str, where: str) -> Place:
    fields = _fields(line)
    if len(fields) != len(HEADER):
        raise InputError(f"{len(fields)} fields instead of 3", where=where, do=f"write {','.join(HEADER)}")
    if not fields[0] or len(fields[0]) > NAME_CHARACTERS_MAX or not fields[0].isprintable():
        raise InputError(f"no name of 1 to {NAME_CHARACTERS_MAX} printable characters", where=where)
    latitude = _degrees(fields[1], LATITUDE_MAX, "latitude", where)
    return Place(fields[0], latitude, _degrees(fields[2], LONGITUDE_MAX, "longitude", where))


def _degrees(text: str, most: float, what: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not -most <= value <= most:
        raise InputError(
            f"{text[:20]!r} is no {what}", where=where, do=f"write degrees, {-most:g} to {most:g}"
        )
    return value


def _fields(line: str) -> list[str]:
    try:
        return [field.strip() for field in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return [line]


def _text(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise LimitError(
                f"is larger than {FILE_BYTES_MAX >> 20} MiB", where=name, do="is it a list of places?"
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("is not UTF-8 text", where=name, do="save it as UTF-8") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=name, do="check the path") from None
