"""Text cut into lines, a bounded batch at a time, each with its line number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from skyaccord.tracks.readers.opening import OpenedFile
from skyaccord.tracks.readers.tally import Tally

LINE_BYTES_MAX = 1 << 20
"""A record is some hundreds of bytes; a line of more than 1 MiB is no record, and is refused unread."""

TOO_LONG = f"line longer than {LINE_BYTES_MAX} bytes"

BOM = b"\xef\xbb\xbf"


class LineBatch(NamedTuple):
    """Lines without their line ends, and the number (from 1) of the first one."""

    first: int
    lines: list[bytes]


def line_batches(opened: OpenedFile, tally: Tally) -> Iterator[LineBatch]:
    """All lines of the text, a batch a read. Lines over LINE_BYTES_MAX are refused and counted."""
    number = 1
    rest = b""
    skipping = False
    while piece := opened.read():
        if number == 1 and not rest:
            piece = piece.removeprefix(BOM)
        if skipping:
            _, newline, piece = piece.partition(b"\n")
            if not newline:
                continue
            skipping = False
            number += 1
        *lines, rest = (rest + piece).split(b"\n")
        if lines:
            yield LineBatch(number, _within_limit(lines, number, tally))
            number += len(lines)
        if len(rest) > LINE_BYTES_MAX:
            tally.read += 1
            tally.refuse(TOO_LONG, number, rest[:200])
            rest = b""
            skipping = True
    if rest:
        yield LineBatch(number, _within_limit([rest], number, tally))


def _within_limit(lines: list[bytes], first: int, tally: Tally) -> list[bytes]:
    if max(map(len, lines)) <= LINE_BYTES_MAX:
        return lines
    for index, line in enumerate(lines):
        if len(line) > LINE_BYTES_MAX:
            tally.read += 1
            tally.refuse(TOO_LONG, first + index, line[:200])
            lines[index] = b""
    return lines
