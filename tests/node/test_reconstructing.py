"""From reports to a reconstruction: the same closest point as a scan finds, and what is said of poor data."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import skyaccord
from skyaccord.incidents.case import Case, Opening, Reconstructed
from skyaccord.incidents.joint.comparing import differences
from skyaccord.incidents.joint.replay import replay_csv
from skyaccord.incidents.reconstruction import SAMPLES_MAX, LimitsUsed, ReconstructionBody
from skyaccord.node.reconstructing import Ask, reconstruct
from skyaccord.node.tape import COLUMNS
from skyaccord.record.fields import EntryRef

ZERO = datetime(2015, 10, 20, 9, 0, tzinfo=UTC)
REF = EntryRef(origin="skyaccord.journal/A/" + "0" * 16, sequence=3, leaf="0" * 64)
LIMITS = LimitsUsed(
    rule="three", horizontal_nm=3.0, vertical_ft=3000.0, combinator="either", max_dwell_s=180.0
)
PAIR = ("a00001", "b00001")


def reports(step_s: float = 1.0, seconds: int = 300, shift_s: float = 0.0, **more: object) -> pl.DataFrame:
    """Two aircraft that cross at right angles, a mile apart and climbing past each other."""
    rows = []
    for k in range(int(seconds / step_s)):
        t = k * step_s + shift_s
        for icao24, latitude, longitude, altitude in (
            ("a00001", 35.0, 36.0 + 0.0024 * (t - 150), 20_000.0 + 10 * (t - 150)),
            ("b00001", 35.0 + 0.0021 * (t - 158), 36.0, 21_000.0 - 8 * (t - 150)),
        ):
            rows.append({
                "timestamp": ZERO + timedelta(seconds=t), "icao24": icao24, "callsign": icao24.upper(),
                "latitude": latitude, "longitude": longitude, "altitude": altitude, "onground": False,
                "source": "adsb", "nac_p": 9, **more,
            })  # fmt: skip
    schema = {"altitude": pl.Float64, "nac_p": pl.Int16, "source": pl.String}
    return pl.DataFrame(rows, schema_overrides=schema).select(COLUMNS)


def made(states: pl.DataFrame, *, limits: LimitsUsed | None = LIMITS, aircraft=PAIR) -> ReconstructionBody:
    ask = Ask(REF, aircraft, ZERO, ZERO + timedelta(seconds=600), {"a00001": "A", "b00001": "B"}, limits)
    return reconstruct(ask, states)


def case_of(*bodies: tuple[str, ReconstructionBody]) -> Case:
    opening = Opening(REF, "A", ZERO, ZERO, True, "breach", True)
    return Case(
        id="x", level="conflict", accord=None, parties=("A", "B"), procedure=None, reason="breach",
        aircraft=PAIR, callsigns=(None, None), start=ZERO, end=ZERO, openings=(opening,),
        reconstructions={party: Reconstructed(REF, party, ZERO, body) for party, body in bodies},
    )  # fmt: skip


@pytest.mark.parametrize("step_s", [1.0, 4.0, 0.2])
def test_a_scan_of_the_replayed_tracks_finds_the_same_closest_point(tmp_path: Path, step_s: float) -> None:
    body = made(reports(step_s))
    assert body.closest is not None
    file = tmp_path / "tracks.csv"
    file.write_text(replay_csv(case_of(("A", body)), "A"), encoding="utf-8")
    [row] = skyaccord.scan(file, within="3nm,3000ft").to_polars().iter_rows(named=True)
    assert abs((row["cpa_time"] - body.closest.time).total_seconds()) < 0.01
    assert row["cpa_horizontal_nm"] == pytest.approx(body.closest.horizontal_nm, abs=2e-4)
    assert row["cpa_vertical_ft"] == pytest.approx(body.closest.vertical_ft, abs=1)
    assert row["min_horizontal_nm"] == pytest.approx(body.closest.least_horizontal_nm, abs=2e-4)
    lowest = min(gap[1] for gap in body.difference)
    assert lowest == pytest.approx(body.closest.least_horizontal_nm, abs=0.2)


def test_too_many_reports_are_thinned_but_not_near_the_closest_point() -> None:
    dense, body = made(reports(1.0)), made(reports(0.5, 600))
    assert dense.tracks[0].quality.thinned == ""
    for track in body.tracks:
        assert track.quality.reports == 1200
        assert track.quality.kept == len(track.samples) <= SAMPLES_MAX
        assert "all within 60 s of the closest point" in track.quality.thinned
    assert body.closest is not None
    near = [sample for sample in body.tracks[0].samples if abs(sample[0] - 155) < 30]
    assert len(near) == pytest.approx(119, abs=2)  # two a second, all of them


def test_what_one_side_does_not_see_is_said() -> None:
    only_a = reports().filter(pl.col("icao24") == "a00001")
    body = made(only_a)
    assert body.faults == ("nothing of b00001 in the picture of that time",)
    assert (body.closest, body.difference, len(body.tracks)) == (None, (), 1)
    nothing = made(reports().clear())
    assert len(nothing.faults) == 2
    apart = pl.concat([only_a.head(20), reports().filter(pl.col("icao24") == "b00001").tail(20)])
    assert made(apart).faults == ("the two were never seen at the same time",)
    alone = made(only_a, limits=None, aircraft=("a00001",))
    assert alone.faults == ()


def test_without_an_altitude_only_the_horizontal_distance_is_known() -> None:
    flat = reports().with_columns(
        pl.when(pl.col("icao24") == "b00001").then(None).otherwise(pl.col("altitude")).alias("altitude")
    )
    body = made(flat)
    assert body.closest is not None
    assert body.closest.vertical_ft is None
    assert body.closest.horizontal_nm == body.closest.least_horizontal_nm
    assert all(gap[2] is None for gap in body.difference)
    assert "300 of 300 reports without an altitude" in body.tracks[1].quality.doubts


def test_gaps_and_poor_accuracy_are_doubts() -> None:
    holed = reports().filter(
        ~pl.col("timestamp").is_between(ZERO + timedelta(seconds=60), ZERO + timedelta(seconds=100))
    )
    quality = made(holed).tracks[0].quality
    assert quality.longest_gap_s == 42
    assert quality.doubts == ("not heard for 42 s",)
    poor = made(reports().with_columns(nac_p=pl.lit(4, dtype=pl.Int16))).tracks[0].quality
    assert poor.nac_p_min == 4
    assert "NACp 4" in poor.doubts[0]


def test_two_versions_of_one_track_are_compared() -> None:
    late = reports().with_columns(pl.col("timestamp") + timedelta(seconds=2))
    found = differences(case_of(("A", made(reports())), ("B", made(late))))
    assert [one.icao24 for one in found] == ["a00001", "b00001"]
    moved_nm = 2 * 0.0024 * 60 * math.cos(math.radians(35))
    assert found[0].mean_nm == pytest.approx(moved_nm, rel=0.01)
    assert found[0].most_ft == pytest.approx(20, abs=1)
    assert differences(case_of(("A", made(reports())))) == []
