"""Files that are there whole, or, after any failure, as they were before."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from skyaccord.base.errors import InputError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file at once. Raises InputError if that cannot be done; nothing half-written stays."""
    draft = draft_of(path)
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise cannot_write(path, error) from error


def draft_of(path: Path) -> Path:
    """A new name beside the file, for what is not whole yet."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def cannot_write(path: Path, error: OSError) -> InputError:
    """The one line that says why a file could not be written."""
    reason = error.strerror or type(error).__name__
    return InputError(f"cannot be written ({reason})", where=str(path), do="check folder and permissions")
