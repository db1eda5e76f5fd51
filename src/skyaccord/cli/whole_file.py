"""Files that are there whole, or, after any failure, as they were before."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

from skyaccord.base.errors import InputError

if TYPE_CHECKING:
    from skyaccord.tracks.readers import Rejected


def write_whole(path: Path, content: bytes) -> None:
    """Write a file at once. Raises InputError if that cannot be done; nothing half-written stays."""
    draft = _draft(path)
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _cannot_write(path, error) from error


class RejectsFile:
    """Refused records as JSON lines, written as they come; the file appears when all went well.

    path None: nothing is written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._draft = _draft(path) if path is not None else None
        self._file: IO[str] | None = None

    def __enter__(self) -> RejectsFile:
        if self._path is not None and self._draft is not None:
            try:
                self._file = self._draft.open("x", encoding="utf-8", newline="\n")
            except OSError as error:
                raise _cannot_write(self._path, error) from error
        return self

    def keep(self, record: Rejected) -> None:
        """Write one refused record."""
        if self._file is not None:
            line = {"file": record.file, "line": record.line, "reason": record.reason, "text": record.text}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._path is None or self._draft is None or self._file is None:
            return
        try:
            self._file.close()
            if kind is None:
                self._draft.replace(self._path)
        except OSError as failure:
            raise _cannot_write(self._path, failure) from failure
        finally:
            self._draft.unlink(missing_ok=True)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def _cannot_write(path: Path, error: OSError) -> InputError:
    reason = error.strerror or type(error).__name__
    return InputError(f"cannot be written ({reason})", where=str(path), do="check folder and permissions")
