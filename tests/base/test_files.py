"""Files that are there whole or not at all, and devices that stay what they are."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from skyaccord.base.errors import InputError
from skyaccord.base.files import draft_of, settle, write_whole


def by_draft(path: Path, content: bytes) -> None:
    draft = draft_of(path)
    draft.write_bytes(content)
    settle(draft, path)


@pytest.fixture(params=[write_whole, by_draft])
def write(request: pytest.FixtureRequest) -> Callable[[Path, bytes], None]:
    found: Callable[[Path, bytes], None] = request.param
    return found


def test_a_file_is_replaced_whole(tmp_path: Path, write: Callable[[Path, bytes], None]) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(b"earlier")
    write(path, b"now")
    assert path.read_bytes() == b"now"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_is_written_into_and_stays_a_pipe(
    tmp_path: Path, write: Callable[[Path, bytes], None]
) -> None:
    """As /dev/null must: a file put in its place would take it from the whole machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write(pipe, b"through")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    reader.join(20)
    assert read == [b"through"]
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_folder_in_the_way_is_one_line_and_stays(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_whole(tmp_path, b"x")
    assert tmp_path.is_dir()
    assert list(tmp_path.parent.glob(".*.part")) == []
