"""The recorded picture: what was reported is there later, on disk or not yet, and does not grow for ever."""

from datetime import timedelta
from pathlib import Path

import polars as pl

from skyaccord.node.tape import FOLDER, SEGMENT_S, Tape
from skyaccord.tracks.states import conform
from tests.node.test_reconstructing import PAIR, ZERO, reports


def fed(root: Path, *, seconds: int = 700, keep_s: float = 86_400.0, bytes_max: int = 1 << 30) -> Tape:
    tape = Tape(root, keep_s=keep_s, bytes_max=bytes_max)
    tape.put_on("sky", exercise=True)
    states = conform(reports(seconds=seconds))
    for (time,), batch in states.group_by("timestamp", maintain_order=True):
        tape.take(batch, time)  # type: ignore[arg-type]
    return tape


def asked(tape: Tape, first: float, last: float) -> pl.DataFrame:
    return tape.states(PAIR, ZERO + timedelta(seconds=first), ZERO + timedelta(seconds=last))


def test_what_was_reported_is_there_on_disk_and_in_memory(tmp_path: Path) -> None:
    tape = fed(tmp_path)
    assert len(list((tmp_path / FOLDER).glob("*.parquet"))) == 2
    found = asked(tape, 250, 650)  # over two segments and what is in memory
    assert found.height == 2 * 401
    assert found["icao24"].unique().sort().to_list() == list(PAIR)
    tape.flush()
    again = Tape(tmp_path, keep_s=86_400.0, bytes_max=1 << 30)  # another process, after a restart
    again.put_on("sky", exercise=True)
    assert asked(again, 250, 650).equals(found)
    assert again.oldest() == ZERO


def test_another_sky_is_another_reel(tmp_path: Path) -> None:
    tape = fed(tmp_path)
    tape.put_on("another sky", exercise=True)
    assert asked(tape, 0, 700).is_empty()
    tape.put_on("sky", exercise=True)
    assert asked(tape, 0, 699).height == 1400


def test_what_is_too_old_or_too_much_goes_oldest_first(tmp_path: Path) -> None:
    tape = (
        fed(tmp_path / "old", seconds=3000, keep_s=2 * SEGMENT_S)
        if (tmp_path / "old").mkdir() is None
        else None
    )
    assert tape is not None
    assert asked(tape, 0, 900).is_empty()
    assert asked(tape, 2400, 2999).height == 1200
    (tmp_path / "large").mkdir()
    small = fed(tmp_path / "large", seconds=3000, bytes_max=1)
    assert len(list((tmp_path / "large" / FOLDER).glob("*.parquet"))) == 1
    assert asked(small, 2900, 2999).height == 200


def test_nothing_is_kept_where_nothing_shall_be(tmp_path: Path) -> None:
    tape = fed(tmp_path, keep_s=0.0)
    tape.flush()
    assert asked(tape, 0, 700).is_empty()
    assert tape.oldest() is None
    assert not (tmp_path / FOLDER).exists()


def test_a_disk_that_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("no folder")
    tape = fed(tmp_path)
    assert tape.trouble is not None
    assert "cannot be kept" in tape.trouble
