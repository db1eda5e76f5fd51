from __future__ import annotations

import gzip
import hashlib
import io
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from skyaccord.base.errors import InputError, UnreadableError
from skyaccord.tracks.readers import read_recording
from tests.tracks.samples import line, write_lines


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file"):
        read_recording([tmp_path / "missing.jsonl"])


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="is a directory"):
        read_recording([tmp_path])


@pytest.mark.parametrize(
    "content", [b"", gzip.compress(b"", mtime=0), b" \n\n", gzip.compress(b"\n", mtime=0)]
)
def test_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=r"is empty|only blanks"):
        read_recording([path])


def test_a_name_with_a_null_byte() -> None:
    with pytest.raises(UnreadableError, match="cannot be opened"):
        read_recording(["a\0b"])


def test_nothing_given() -> None:
    with pytest.raises(InputError, match="no recording given"):
        read_recording([])


def test_standard_input_twice() -> None:
    with pytest.raises(InputError, match="given twice"):
        read_recording(["-", "-"])


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    content = write_lines(tmp_path / "x", [line()], packed=packed).read_bytes()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    recording = read_recording(["-"])
    [source] = recording.provenance
    assert (source.path, source.bytes) == ("-", len(content))
    assert source.sha256 == hashlib.sha256(content).hexdigest()


def test_a_gzip_cut_at_any_byte_is_said_to_be_cut(tmp_path: Path) -> None:
    whole = write_lines(
        tmp_path / "x", [line(now=1748865600 + i) for i in range(5)], packed=True
    ).read_bytes()
    path = tmp_path / "cut"
    for length in range(2, len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableError, match=rf"cut short: it ends after {length} bytes"):
            read_recording([path])
    for length in range(2):
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableError):
            read_recording([path])


def test_a_cut_is_found_far_behind_the_head(tmp_path: Path) -> None:
    whole = write_lines(tmp_path / "x", [line(now=1748865600 + i) for i in range(20_000)], packed=True)
    path = tmp_path / "cut"
    path.write_bytes(whole.read_bytes()[:-9])
    with pytest.raises(UnreadableError, match="cut short"):
        read_recording([path])


def test_a_damaged_gzip(tmp_path: Path) -> None:
    whole = bytearray(
        write_lines(tmp_path / "x", [line(now=1748865600 + i) for i in range(99)], packed=True).read_bytes()
    )
    whole[-6] ^= 0xFF  # the checksum
    path = tmp_path / "damaged"
    path.write_bytes(whole)
    with pytest.raises(UnreadableError, match="damaged"):
        read_recording([path])


def test_several_gzip_members_and_padding(tmp_path: Path) -> None:
    first = write_lines(tmp_path / "a", [line()], packed=True).read_bytes()
    second = write_lines(tmp_path / "b", [line(now=1748865610)], packed=True).read_bytes()
    path = tmp_path / "both"
    path.write_bytes(first + second + b"\0" * 512)
    assert read_recording([path]).states.height == 2


def test_a_tightly_packed_text_comes_out_whole(tmp_path: Path) -> None:
    text = (
        b'{"now":1748865600,"hex":"a5314e","lat":36.9,"lon":-121.5,"alt_baro":3000}' + b" " * 900 + b"\n"
    ) * 9000
    packer = zlib.compressobj(9, wbits=31)
    path = tmp_path / "x"
    path.write_bytes(packer.compress(text) + packer.flush())
    assert read_recording([path]).counts["accepted"] == 9000


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    paths = [write_lines(tmp_path / name, [line()] * 50) for name in "ab"]
    seen: list[tuple[int, int]] = []
    read_recording(paths, progress=lambda done, total: seen.append((done, total)))
    total = sum(path.stat().st_size for path in paths)
    assert seen[-1] == (total, total)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
