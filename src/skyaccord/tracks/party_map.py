"""Which party flies which aircraft: a CSV file with the header `icao24,party`.

    # declared by both working groups, 2025-05-30
    icao24,party
    a5314e,A
    ~2b3577,B

Lines starting with # are comments. Addresses are read as everywhere: any case, lost leading zeros restored.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from skyaccord.base.errors import InputError, LimitError, UnreadableError

HEADER: Final = ("icao24", "party")
FILE_BYTES_MAX: Final = 64 << 20
"""A line is some 10 bytes: this holds every aircraft there is, many times over."""

_ADDRESS: Final = re.compile(r"(~?)([0-9a-f]{1,6})")
_PARTY_CHARACTERS_MAX: Final = 100


def read_party_map(path: str | Path) -> dict[str, str]:
    """icao24 → party. Raises UnreadableError for a file that cannot be read, InputError naming file and line
    for a wrong header, a wrong address, an empty party, or an address given to two parties."""
    name = str(path)
    lines = [
        (number, line)
        for number, line in enumerate(_text(Path(path), name).splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        raise InputError("holds no line", where=name, do="begin with the header icao24,party")
    number, header = lines[0]
    if tuple(field.strip().lower() for field in _fields(header)) != HEADER:
        raise InputError(
            f"the header is {header.strip()[:60]!r}", where=f"{name}, line {number}", do="write icao24,party"
        )
    parties: dict[str, str] = {}
    for number, line in lines[1:]:
        where = f"{name}, line {number}"
        fields = [field.strip() for field in _fields(line)]
        if len(fields) != len(HEADER):
            raise InputError(f"{len(fields)} fields instead of 2", where=where, do="write icao24,party")
        _give(parties, fields[0], fields[1], where)
    return parties


def party_map_of(given: Mapping[Any, Any]) -> dict[str, str]:
    """The same from a mapping in Python: an address in capitals is the same aircraft. Raises InputError."""
    parties: dict[str, str] = {}
    for address, party in given.items():
        if not isinstance(address, str) or not isinstance(party, str):
            raise InputError(
                f"{address!r}: {party!r} is no address and its party",
                where="party_map",
                do="give two strings",
            )
        _give(parties, address.strip(), party.strip(), "party_map")
    return parties


def _give(parties: dict[str, str], address: str, party: str, where: str) -> None:
    """One more aircraft."""
    match = _ADDRESS.fullmatch(address.lower())
    if match is None:
        raise InputError(
            f"{address[:20]!r} is no address", where=where, do="write six hex digits, such as a5314e"
        )
    if not party or len(party) > _PARTY_CHARACTERS_MAX:
        raise InputError("no party, or one of more than 100 characters", where=where, do="write its id")
    uniform = match[1] + match[2].zfill(6)
    if parties.setdefault(uniform, party) != party:
        raise InputError(
            f"{uniform} is given to {party}, but was given to {parties[uniform]} above",
            where=where,
            do="keep one of the two",
        )


def _fields(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error:
        return [line]


def _text(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise LimitError(
                f"is larger than {FILE_BYTES_MAX >> 20} MiB", where=name, do="is it a party map?"
            )
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UnreadableError("no such file", where=name, do="check the path") from error
    except IsADirectoryError as error:
        raise UnreadableError("is a directory", where=name, do="give the CSV file") from error
    except UnicodeDecodeError as error:
        raise UnreadableError("is not UTF-8 text", where=name, do="save it as UTF-8") from error
    except (OSError, ValueError) as error:
        raise UnreadableError("cannot be read", where=name, do="check the path and permissions") from error
