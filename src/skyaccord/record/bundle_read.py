"""A bundle's lines, one after the other: what is wrong with one is told, and reading goes on with the next.

The lines are independent, so that damage in one place does not hide what stands in another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from skyaccord.base.errors import RefusedError, UnreadableError
from skyaccord.record.bundle import HEADER_START, LINE_BYTES_MAX, EndLine, HeaderLine, Line, read_line
from skyaccord.record.verify import Progress, no_progress

PROGRESS_LINES: Final = 1000
_DO: Final = "give a file that `skyaccord journal export` wrote"

Fault = Callable[[int, str], None]
"""(line number from 1, what is wrong)."""


def is_bundle(path: Path) -> bool:
    """Whether a file begins like a bundle. UnreadableError if it cannot be read."""
    with _open(path) as file:
        return file.read(len(HEADER_START)) == HEADER_START


def bundle_lines(path: Path, fault: Fault, *, progress: Progress = no_progress) -> Iterator[tuple[int, Line]]:
    """(line number, line) of every line that can be read, the header first, without the end.

    fault: called for every line that is not as it must be, and for an end that does not fit. progress: bytes.
    UnreadableError: the file cannot be read, or its first line is no bundle's.
    """
    with _open(path) as file:
        total = path.stat().st_size
        digest = hashlib.sha256()
        ended: EndLine | None = None
        number = done = 0
        for data, whole in _raw_lines(file):
            number += 1
            if ended is not None:
                fault(number, "something stands after the end of the bundle")
                return
            line, what = _parse(data, whole)
            if number == 1 and not isinstance(line, HeaderLine):
                where = f"{path}, line 1"
                raise UnreadableError(f"not a bundle ({what or 'another line'})", where=where, do=_DO)
            if isinstance(line, EndLine):
                ended = line
                _end(line, number, digest.hexdigest(), fault)
            elif isinstance(line, HeaderLine) and number > 1:
                fault(number, "the first line of a bundle again")
            elif line is None:
                fault(number, what)
            else:
                yield number, line
            digest.update(data)
            done += len(data)
            if number % PROGRESS_LINES == 0:
                progress(done, total)
        if number == 0:
            raise UnreadableError("an empty file", where=str(path), do=_DO)
        if ended is None:
            fault(number, "the bundle ends here, without its last line: the end is missing")
        progress(total, total)


def _parse(data: bytes, whole: bool) -> tuple[Line | None, str]:
    if not whole:
        return None, f"longer than {LINE_BYTES_MAX} bytes, which no line is"
    if not data.endswith(b"\n"):
        return None, "the line is cut: the end is missing"
    try:
        return read_line(data[:-1]), ""
    except RefusedError as error:
        return None, str(error)


def _end(line: EndLine, number: int, digest: str, fault: Fault) -> None:
    if line.lines != number - 1:
        fault(number, f"it says that {line.lines} lines stand before it, {number - 1} do")
    if line.sha256 != digest:
        fault(number, "its digest is not that of the lines before it: they were changed after it was written")


def _raw_lines(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """(bytes, whether they are a whole line) with newlines; of one that is too long, what can be held."""
    while data := file.readline(LINE_BYTES_MAX):
        whole = len(data) < LINE_BYTES_MAX or data.endswith(b"\n")
        yield data, whole
        while not whole and (more := file.readline(LINE_BYTES_MAX)):
            whole = more.endswith(b"\n")


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})", where=str(path), do=_DO) from None
