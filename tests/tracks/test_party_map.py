from __future__ import annotations

from pathlib import Path

import pytest

from skyaccord.base.errors import InputError, SkyAccordError, UnreadableError
from skyaccord.tracks.party_map import read_party_map


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "parties.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_party_map(tmp_path: Path) -> None:
    text = '\ufeff# declared 2025-05-30\nicao24,party\na5314e,A\n\n  # later\n~2B3577, B\n1f,"A"\na5314e,A\n'
    assert read_party_map(write(tmp_path, text)) == {"a5314e": "A", "~2b3577": "B", "00001f": "A"}


def test_a_header_alone_maps_nobody(tmp_path: Path) -> None:
    assert read_party_map(write(tmp_path, "ICAO24,Party\n")) == {}


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "parties.csv", "holds no line"),
        ("# only a comment\n", "parties.csv", "holds no line"),
        ("a5314e,A\n", "line 1", "the header is 'a5314e,A'"),
        ("party,icao24\n", "line 1", "the header is"),
        ("icao24,party\na5314e\n", "line 2", "1 fields instead of 2"),
        ("icao24,party\n#\na5314e,A,B\n", "line 3", "3 fields instead of 2"),
        ("icao24,party\nN123AB,A\n", "line 2", "'N123AB' is no address"),
        ("icao24,party\na5314e7,A\n", "line 2", "is no address"),
        ("icao24,party\na5314e,\n", "line 2", "no party"),
        ("icao24,party\na5314e,A\nA5314E,B\n", "line 3", "a5314e is given to B, but was given to A above"),
        ('icao24,party\n"a5314e,A\n', "line 2", "1 fields instead of 2"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, text: str, where: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read_party_map(write(tmp_path, text))
    assert where in str(caught.value)
    assert what in str(caught.value)
    assert caught.value.do


@pytest.mark.parametrize("name", ["missing.csv", ".", "a\0b"])
def test_unreadable(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableError):
        read_party_map(tmp_path / name)


def test_no_text(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xff\xfe\0")
    with pytest.raises(SkyAccordError, match="not UTF-8"):
        read_party_map(tmp_path / "x")
