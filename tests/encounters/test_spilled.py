"""Chunked and whole give the same: rows, counts, drops, second opinions, evidence."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skyaccord.base.errors import InputError
from skyaccord.encounters import Encounters, scan, shelf
from skyaccord.encounters.shelf import Shelf
from tests.encounters.synthetic import states, straight

DAY = Path(str(resources.files("skyaccord.demo") / "data" / "adsblol_2025-06-02_N36W122.jsonl.gz"))


@pytest.fixture(autouse=True)
def few_piles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "PILES", 5)


def assert_same(whole: Encounters, parts: Encounters) -> None:
    assert parts.to_polars().equals(whole.to_polars())
    assert parts.counts == whole.counts
    assert parts.lost.equals(whole.lost)
    assert parts.evidence is not None
    assert whole.evidence is not None
    assert parts.evidence.dropped.equals(whole.evidence.dropped)


@pytest.mark.parametrize(
    "options",
    [
        {"within": "3nm,1000ft", "watch": "5nm"},
        {"within": "0.5nm,500ft", "keep_ghosts": True, "without_rules": ["frozen"]},
        {"accord": "rule-of-threes"},
    ],
    ids=["within", "ghosts", "accord"],
)
def test_a_real_day_in_parts_is_the_day(options: dict[str, Any]) -> None:
    assert_same(scan(DAY, **options), scan(DAY, rows_in_memory=9_000, **options))


def sky(seed: int, aircraft: int) -> pl.DataFrame:
    """Aircraft that wander about one place for 20 minutes, some of them radar echoes of others; the first
    echo is reported six times over: cleaning takes most of it before it is held against its host."""
    random = np.random.default_rng(seed)
    rows: list[tuple[Any, ...]] = []
    for number in range(aircraft):
        start = int(random.integers(0, 600))
        times = np.unique(start + random.integers(0, 600, 60))
        speed = random.normal(0, 0.001, 2)
        place = (50.0 + random.normal(0, 0.1), 10.0 + random.normal(0, 0.1))
        altitude = 3000.0 + 500.0 * int(random.integers(0, 3))
        for name in (f"{number:06x}", f"~{number:06x}")[: 1 + number % 2]:
            times_over = 6 if name == "~000001" else 1
            rows += times_over * straight(name, times.tolist(), place, (speed[0], speed[1]), altitude)
    radar = pl.col("icao24").str.starts_with("~")
    return states(rows, source=pl.when(radar).then(pl.lit("tisb")).otherwise(pl.lit("adsb")))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), parts=st.integers(1, 4))
def test_files_in_any_parts_and_order_are_the_whole(
    tmp_path_factory: pytest.TempPathFactory, seed: int, parts: int
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    table = sky(seed, 24).sample(fraction=1.0, shuffle=True, seed=seed)
    paths = []
    for number in range(parts):
        paths.append(folder / f"{number}.parquet")
        table.gather_every(parts, number).write_parquet(paths[-1])
    whole = scan(table, within="2nm,600ft", watch="4nm")
    spilled = scan(paths, within="2nm,600ft", watch="4nm", rows_in_memory=1_000)
    assert len(whole)
    assert_same(whole, spilled)


def test_the_folder_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Shelf(1_000) as waiting:
        waiting.take(sky(1, 40))
        assert waiting.is_used
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_too_little_memory_is_refused() -> None:
    with pytest.raises(InputError, match="rows_in_memory 10 is too few"):
        scan(sky(1, 2), rows_in_memory=10)


PEAK = """
import json, sys
from pathlib import Path
from skyaccord.encounters import scan
found = scan(sys.argv[1], within="5nm,1000ft", rows_in_memory=int(sys.argv[2]))
# not getrusage: what that tells survives exec, and is then the peak of the tests that ran before
(peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([len(found), int(peak.split()[1]) // 1024]))
"""


def peak_mb(path: Path, rows_in_memory: int) -> list[int]:
    command = [sys.executable, "-c", PEAK, str(path), str(rows_in_memory)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: list[int] = json.loads(done.stdout)
    return answer


@pytest.mark.skipif(sys.platform != "linux", reason="no such measure there")
def test_memory_is_bounded_by_what_is_asked_for(tmp_path: Path) -> None:
    """1,200,000 states: whole, and with room for 60,000."""
    count, samples = 400, 3_000
    number = np.repeat(np.arange(count), samples)
    second = np.tile(np.arange(samples), count) * 10
    table = pl.DataFrame(
        {
            "timestamp": 1_750_000_000 + second,
            "icao24": [f"{name:06x}" for name in number.tolist()],
            "latitude": 40.0 + (number // 20) * 0.5 + 1e-5 * second,
            "longitude": 10.0 + (number % 20) * 0.5 - 1e-5 * second,
            "altitude": 30_000.0 + 1_000.0 * (number % 3),
        }
    ).sort("timestamp")
    path = tmp_path / "large.parquet"
    table.write_parquet(path, row_group_size=50_000)
    sky(1, 40).write_parquet(tmp_path / "small.parquet")
    peak_mb(tmp_path / "small.parquet", 1_000_000)  # compiles, if that was never done: that takes memory too
    (rows, whole_mb), (rows_in_parts, parts_mb) = peak_mb(path, 10_000_000), peak_mb(path, 60_000)
    assert rows_in_parts == rows
    assert parts_mb < 0.7 * whole_mb, f"{whole_mb} MB whole, {parts_mb} MB in parts"
