"""Opening a recording: plain or gzipped (told by its bytes, never its name), a file or standard input.

The file's own bytes are hashed as they pass, so that provenance costs no second reading.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.tracks.readers.recording import Progress

READ_BYTES = 1 << 20
"""File bytes read at a time: large enough that system calls do not matter, small enough to stay in cache."""

HEAD_BYTES = 256 << 10
"""How much of the text is looked at to recognise the format: some 500 readsb records."""

DOCUMENT_BYTES_MAX = 2 << 30
"""Largest text held in memory at once, for formats that are one document (JSON lists, piped Parquet)."""

GZIP_MAGIC = b"\x1f\x8b"
STANDARD_INPUT = "-"


class OpenedFile:
    """The text of one recording, read forward in bounded pieces.

    given: path, or `-` for standard input. progress: called with this file's own bytes done.
    Raises UnreadableError for a file that is missing, a directory, empty, a damaged gzip or one cut short.
    """

    def __init__(self, given: str | Path, progress: Progress | None = None) -> None:
        self.name = str(given)
        self.is_standard_input = self.name == STANDARD_INPUT
        self.bytes_done = 0
        self._digest = hashlib.sha256()
        self._progress = progress
        self._head = b""
        self._text_bytes = 0
        self._at_end = False
        self._file = self._open()
        try:
            first = self._read_file()
            if not first:
                raise UnreadableError("is empty", where=self.where, do="give a recording with records in it")
            self.gzipped = first.startswith(GZIP_MAGIC)
            self._inflater = zlib.decompressobj(wbits=31) if self.gzipped else None
            self._compressed = first
        except BaseException:
            self.close()
            raise

    @property
    def where(self) -> str:
        """How error messages name this file."""
        return "standard input" if self.is_standard_input else self.name

    @property
    def sha256(self) -> str:
        """Hex digest of the file's bytes read so far (all of them once the text has been read to its end)."""
        return self._digest.hexdigest()

    def head(self) -> bytes:
        """The first bytes of the text (up to HEAD_BYTES), without taking them away from `read`."""
        while len(self._head) < HEAD_BYTES:
            piece = self._next_piece()
            if not piece:
                break
            self._head += piece
        return self._head[:HEAD_BYTES]

    def read(self) -> bytes:
        """The next piece of the text, of some megabytes at most; empty at the end."""
        if self._head:
            piece, self._head = self._head, b""
            return piece
        return self._next_piece()

    def read_all(self) -> bytes:
        """The rest of the text at once. Raises UnreadableError if it is larger than DOCUMENT_BYTES_MAX."""
        pieces: list[bytes] = []
        size = 0
        while piece := self.read():
            pieces.append(piece)
            size += len(piece)
            if size > DOCUMENT_BYTES_MAX:
                raise UnreadableError(
                    f"is one document of more than {DOCUMENT_BYTES_MAX >> 30} GiB",
                    where=self.where,
                    do="write it as JSON lines, CSV or a plain Parquet file, which are read piece by piece",
                )
        return b"".join(pieces)

    def drain(self) -> None:
        """Read on to the end (so that the digest covers the whole file) and throw the text away."""
        while self.read():
            pass

    def close(self) -> None:
        if not self.is_standard_input:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> BinaryIO:
        if self.is_standard_input:
            return sys.stdin.buffer
        if not self.name:
            raise UnreadableError("the path is empty", do="name a file, or - for standard input")
        path = Path(self.name)
        try:
            if path.is_dir():
                raise UnreadableError("is a directory", where=self.where, do="give the files inside it")
            return path.open("rb")
        except FileNotFoundError as error:
            raise UnreadableError("no such file", where=self.where, do="check the path") from error
        except (OSError, ValueError) as error:
            raise UnreadableError(
                f"cannot be opened ({_reason(error)})",
                where=self.where,
                do="check the file and its permissions",
            ) from error

    def _read_file(self) -> bytes:
        try:
            data = self._file.read(READ_BYTES)
        except OSError as error:
            raise UnreadableError(
                f"cannot be read ({_reason(error)})", where=self.where, do="check the disk and the file"
            ) from error
        self.bytes_done += len(data)
        self._digest.update(data)
        if self._progress is not None:
            self._progress(self.bytes_done, 0)
        return data

    def _next_piece(self) -> bytes:
        if self._inflater is None:
            piece, self._compressed = self._compressed, b""
            return piece or self._read_file()
        piece = b""
        while not piece and not self._at_end:
            piece = self._inflate()
        self._text_bytes += len(piece)
        return piece

    def _inflate(self) -> bytes:
        assert self._inflater is not None  # noqa: S101 (narrowing: only called for gzip)
        if not self._compressed:
            self._compressed = self._read_file()
            if not self._compressed:
                pending = b"" if self._inflater.eof else self._inflater.decompress(b"", READ_BYTES * 4)
                if pending:
                    return pending
                if not self._inflater.eof:
                    raise UnreadableError(
                        f"the gzip is cut short: it ends after {self.bytes_done} bytes"
                        f" ({self._text_bytes} bytes of text), before its own end mark",
                        where=self.where,
                        do="copy or download it again",
                    )
                self._at_end = True
                return b""
        if self._inflater.eof:  # a further member follows, or zero padding (as tape and block tools leave it)
            self._compressed = self._compressed.lstrip(b"\0")
            if not self._compressed:
                return b""
            self._inflater = zlib.decompressobj(wbits=31)
        try:
            piece = self._inflater.decompress(self._compressed, READ_BYTES * 4)
        except zlib.error as error:
            raise UnreadableError(
                f"the gzip is damaged within the first {self.bytes_done} bytes"
                f" ({self._text_bytes} bytes of text came out)",
                where=self.where,
                do="copy or download it again",
            ) from error
        self._compressed = (
            self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
        )
        return piece


def sizes_in_bytes(given: list[str]) -> int:
    """Sum of the sizes of the files, for progress; 0 where one is unknown."""
    total = 0
    for name in given:
        if name == STANDARD_INPUT:
            return 0
        try:
            total += Path(name).stat().st_size
        except (OSError, ValueError):
            return 0
    return total


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.lower().replace("\n", " ")


def reject_repeated_standard_input(given: list[str]) -> None:
    """Raises InputError if standard input is named twice: it can be read only once."""
    if given.count(STANDARD_INPUT) > 1:
        raise InputError("standard input (-) is given twice", do="give it once")
