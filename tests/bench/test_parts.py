"""The parts of benchmarks that say something: a plain check of the scan, a picture, kept caches."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from bench.every_second import pairs_each_second
from bench.growth_picture import growth_picture
from bench.processes import with_caches

from skyaccord.encounters import scan
from tests.encounters.synthetic import states


def test_every_second_sees_who_is_near_between_samples_and_nobody_else() -> None:
    def level(name: str, longitude: float, feet: float, times: tuple[float, ...]) -> list[tuple]:  # type: ignore[type-arg]
        return [(name, time, 47.0 + 1e-3 * time, longitude, feet) for time in times]

    sky = states(
        level("aaaaaa", 8.0, 30_000.0, (0.5, 20.5))
        + level("bbbbbb", 8.1, 30_900.0, (0.0, 13.0, 25.0))  # 4.1 NM, 900 ft
        + level("cccccc", 8.0, 31_001.0, (0.0, 25.0))  # 1,001 ft above the first, 101 above the second
        + level("dddddd", 8.1, 30_000.0, (21.0, 40.0))  # when the first is gone
        + level("eeeeee", 8.0, 30_000.0, (0.0, 70.0))  # a gap of more than a minute
    )
    expected = {("aaaaaa", "bbbbbb"), ("bbbbbb", "cccccc"), ("bbbbbb", "dddddd")}
    assert pairs_each_second(sky, 5.0, 1000.0) == expected
    found = scan(sky, within="5nm,1000ft").to_polars()
    assert set(found.select("icao24_a", "icao24_b").iter_rows()) == expected


def test_the_picture_of_growth_says_its_numbers() -> None:
    drawing = ET.fromstring(growth_picture((1_000, 10_000, 100_000), (1e-3, 1e-2, 1e-1)))  # noqa: S314 - ours
    told = " ".join(drawing.itertext())
    for word in ("1,000", "100,000", "1.00 ms", "100.00 ms", "as N²"):
        assert word in told
    ours, as_n = (
        [
            path.get("d")
            for path in drawing.iter()
            if path.get("stroke") == colour and path.get("fill") == "none"
        ]
        for colour in ("#00559b", "#6a737a")
    )
    assert [as_n[0].split("L")[-1], ours[0].split("L")[-1]] == [ours[0].split("L")[-1]] * 2  # exactly as N


@pytest.mark.parametrize("before", [{}, {"PYTHONDONTWRITEBYTECODE": "1", "PATH": "/bin"}])
def test_processes_keep_bytecode_and_kernels_in_a_folder_of_their_own(
    before: dict[str, str], tmp_path: Path
) -> None:
    after = with_caches(before, tmp_path)
    assert "PYTHONDONTWRITEBYTECODE" not in after
    assert after.get("PATH") == before.get("PATH")
    assert {after[name].split("/")[-2] for name in ("PYTHONPYCACHEPREFIX", "NUMBA_CACHE_DIR")} == {
        tmp_path.name
    }
