"""The file of refused records: there whole, or, after any failure, not at all."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

from skyaccord.base.files import cannot_write, draft_of, settle

if TYPE_CHECKING:
    from skyaccord.tracks.readers import Rejected


class RejectsFile:
    """Refused records as JSON lines, written as they come; the file appears when all went well.

    path None: nothing is written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._draft = draft_of(path) if path is not None else None
        self._file: IO[str] | None = None

    def __enter__(self) -> RejectsFile:
        if self._path is not None and self._draft is not None:
            try:
                self._file = self._draft.open("x", encoding="utf-8", newline="\n")
            except OSError as error:
                raise cannot_write(self._path, error) from error
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
                settle(self._draft, self._path)
        except OSError as failure:
            raise cannot_write(self._path, failure) from failure
        finally:
            self._draft.unlink(missing_ok=True)
