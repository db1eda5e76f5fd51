"""`skyaccord scan` as people run it: a process, its exit code, standard output and standard error."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path

import polars as pl
import pytest

from tests.encounters.synthetic import states, straight

DAY = Path(str(resources.files("skyaccord.demo") / "data" / "adsblol_2025-06-02_N36W122.jsonl.gz"))
METRE = 1 / 111_200


def run(*arguments: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "skyaccord", "scan", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=240,
        check=False,
        env={**os.environ, "COLUMNS": "80"},
    )


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    rows = straight("aaaaaa", range(0, 121, 10), (50.0, 10.0), (100 * METRE, 0.0), 3000.0)
    rows += straight(
        "bbbbbb", range(5, 126, 10), (50.0 + 12_000 * METRE, 10.001), (-100 * METRE, 0.0), 3200.0
    )
    path = tmp_path / "day.csv"
    states(rows).select("timestamp", "icao24", "latitude", "longitude", "altitude").write_csv(path)
    return path


def test_a_day_as_a_table_that_fits_a_terminal() -> None:
    done = run(DAY, "--within", "0.5nm,500ft")
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith("2025-06-02")
    assert any("a99945 ac155c" in line and "nmac" in line and "formation" in line for line in lines)
    assert max(len(line) for line in lines) <= 80
    told = done.stderr.decode()
    assert "41,294 states read" in told
    assert "dropped: TIS-B echo" in told
    assert "encounters:" in told
    assert "\x1b" not in done.stdout.decode() + told


def test_json_is_all_there_is_on_standard_output() -> None:
    done = run(DAY, "--within", "0.5nm,500ft", "--format", "json")
    rows = json.loads(done.stdout)
    assert done.returncode == 0
    assert {(row["icao24_a"], row["icao24_b"]) for row in rows} >= {
        ("a99945", "ac155c"),
        ("a50e83", "a55d81"),
    }
    assert all(row["start_time"].endswith("Z") and row["start_time"] <= row["end_time"] for row in rows)


def test_standard_input_and_party_map(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "parties.csv").write_text("icao24,party\naaaaaa,A\nbbbbbb,B\n")
    packed = gzip.compress(recording.read_bytes())
    done = run("-", "--party-map", tmp_path / "parties.csv", "--format", "json", stdin=packed)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert (row["party_a"], row["party_b"], row["verdict"]) == ("A", "B", "infringement")


def test_out_writes_a_whole_file_and_nothing_else(recording: Path, tmp_path: Path) -> None:
    target = tmp_path / "found" / "encounters.json"
    done = run(recording, "--format", "json", "--out", target)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"encounters.json: cannot be written" in done.stderr
    target.parent.mkdir()
    done = run(recording, "--format", "json", "--out", target)
    assert (done.returncode, done.stdout) == (0, b"")
    assert len(json.loads(target.read_text())) == 1
    assert [path.name for path in target.parent.iterdir()] == ["encounters.json"]


def test_no_encounters_is_no_error(recording: Path) -> None:
    done = run(recording, "--within", "10m,10ft")
    assert (done.returncode, done.stdout) == (0, b"No encounters.\n")
    assert json.loads(run(recording, "--within", "10m,10ft", "--format", "json").stdout) == []


def test_bad_records_among_good_ones_are_counted(recording: Path) -> None:
    with recording.open("a") as file:
        file.write("2025-06-02T12:00:00Z,cccccc,4330.0,10.0,3000\n")
    done = run(recording, "--format", "json")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)) == 1
    assert b"1 refused: latitude outside" in done.stderr


def test_bad_input_is_one_clear_line(recording: Path, tmp_path: Path) -> None:
    whole = gzip.compress(recording.read_bytes())
    files = {
        "empty.csv": b"",
        "cut.csv.gz": whole[: len(whole) // 2],
        "photo.jsonl": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        "column.csv": b"timestamp,icao24,latitude,longitude\n2025-06-02T12:00:00Z,aaaaaa,50,10\n",
        "latitude.csv": b"timestamp,icao24,latitude,longitude,altitude\n"
        b"2025-06-02T12:00:00Z,aaaaaa,4330,10,3000\n",
        "zone.csv": b"timestamp,icao24,latitude,longitude,altitude\n2025-06-02 12:00:00,aaaaaa,50,10,3000\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    out = tmp_path / "out.json"
    for name, expected in [
        ("missing.csv", "no such file"),
        ("empty.csv", "empty"),
        ("cut.csv.gz", "cut short"),
        ("photo.jsonl", ""),
        ("column.csv", "altitude"),
        ("latitude.csv", "latitude"),
        ("zone.csv", "--timezone"),
        (".", "directory"),
    ]:
        done = run(tmp_path / name, "--format", "json", "--out", out)
        told = done.stderr.decode()
        assert (done.returncode, done.stdout) == (2, b""), name
        assert told.startswith("skyaccord: error: "), name
        assert told.count("\n") == 1, name
        assert expected in told, (name, told)
        assert "Traceback" not in told
        assert not out.exists()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--within", "banana"), "0.5nm,500ft"),
        (("--watch", "banana"), "20nm"),
        (("--max-gap", "banana"), "60s"),
        (("--accord", "rule-of-threes", "--within", "5nm,1000ft"), "either --accord or --within"),
        (("--accord", "banana"), "banana"),
        (("--input-format", "banana"), "banana"),
        (("--timezone", "Banana/Split"), "Banana/Split"),
        (("--party-map", "banana.csv"), "banana.csv"),
    ],
)
def test_wrong_options_say_what_to_write(recording: Path, options: tuple[str, ...], expected: str) -> None:
    done = run(recording, *options)
    told = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b"")
    assert expected in told
    assert "Traceback" not in told
    assert told.count("\n") == 1


def test_help_teaches_with_examples() -> None:
    done = run("--help")
    told = done.stdout.decode()
    assert done.returncode == 0
    assert "skyaccord scan day.jsonl.gz --within 0.5nm,500ft" in told
    for option in ("--accord", "--watch", "--max-gap", "--party-map", "--timezone", "--keep-ghosts", "--out"):
        assert option in told


def test_csv_and_parquet_out(recording: Path, tmp_path: Path) -> None:
    assert run(recording, "--out", tmp_path / "found.parquet").returncode == 0
    assert run(recording, "--out", tmp_path / "found.csv").returncode == 0
    parquet = pl.read_parquet(tmp_path / "found.parquet")
    csv = pl.read_csv(tmp_path / "found.csv", try_parse_dates=True)
    assert parquet.height == csv.height == 1
    assert csv.columns == parquet.columns
    assert "T12:00:" in (tmp_path / "found.csv").read_text().splitlines()[1]
    assert run(recording, "--format", "csv").stdout == (tmp_path / "found.csv").read_bytes()


def test_refused_records_are_kept_on_request(recording: Path, tmp_path: Path) -> None:
    with recording.open("a") as file:
        file.write("2025-06-02T12:00:00Z,cccccc,4330.0,10.0,3000\n")
    kept = tmp_path / "rejects.jsonl"
    assert run(recording, "--rejects", kept).returncode == 0
    (record,) = [json.loads(line) for line in kept.read_text().splitlines()]
    assert record["file"] == str(recording)
    assert "latitude" in record["reason"]
    assert "4330" in record["text"]
    assert run(tmp_path / "missing.csv", "--rejects", tmp_path / "none.jsonl").returncode == 2
    assert not (tmp_path / "none.jsonl").exists()


def test_parquet_in(recording: Path, tmp_path: Path) -> None:
    pl.read_csv(recording, try_parse_dates=True).write_parquet(tmp_path / "day.parquet")
    done = run(tmp_path / "day.parquet", "--format", "json")
    assert len(json.loads(done.stdout)) == 1, done.stderr
