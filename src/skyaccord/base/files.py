"""Files that are there whole, or, after any failure, as they were before."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from skyaccord.base.errors import InputError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file at once. Raises InputError if that cannot be done; nothing half-written stays."""
    draft = draft_of(path)
    try:
        if _is_device(path):
            path.write_bytes(content)
            return
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


def settle(draft: Path, path: Path) -> None:
    """Put a finished draft in the file's place. OSError.

    A device or a pipe (/dev/null) is written into: put in its place, a file would take it from everybody.
    """
    if not _is_device(path):
        draft.replace(path)
        return
    with draft.open("rb") as whole, path.open("wb") as target:
        shutil.copyfileobj(whole, target)
    draft.unlink()


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def cannot_write(path: Path, error: OSError) -> InputError:
    """The one line that says why a file could not be written."""
    reason = error.strerror or type(error).__name__
    return InputError(f"cannot be written ({reason})", where=str(path), do="check folder and permissions")
