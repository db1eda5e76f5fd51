"""The binary picture: the vector shared with the console's decoder, what the format can and cannot say."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skyaccord.node import frame
from skyaccord.node.frame import FrameColumns, encode_frame

VECTOR = Path(__file__).parents[1] / "data" / "frame_vector.json"
SKY_TIME = datetime(2015, 10, 10, 9, 30, 0, 500_000, tzinfo=UTC)
NAN = float("nan")


def columns(rows: list[dict]) -> FrameColumns:
    def floats(name: str) -> np.ndarray:
        return np.array([NAN if row[name] is None else row[name] for row in rows], dtype=np.float64)

    def bools(name: str) -> np.ndarray:
        return np.array([row[name] for row in rows], dtype=np.bool_)

    return FrameColumns(
        latitude=floats("latitude"),
        longitude=floats("longitude"),
        altitude_ft=floats("altitude_ft"),
        groundspeed_kt=floats("groundspeed_kt"),
        track_deg=floats("track_deg"),
        vertical_rate_ftmin=floats("vertical_rate_ftmin"),
        party=np.array([row["party"] for row in rows], dtype=np.int64),
        stale=bools("stale"),
        suspect=bools("suspect"),
        on_ground=bools("on_ground"),
    )


def decode(data: bytes) -> dict:
    """A second implementation, straight from the table in frame.py's docstring."""
    magic, count, sky, roster, reserved = frame.HEADER.unpack_from(data)
    assert (magic, reserved) == (b"SKY1", 0)
    view = memoryview(data)[24:]
    at = 0
    table = {}
    for name, dtype, width in (
        ("latitude", "<i4", 4), ("longitude", "<i4", 4), ("altitude", "<i2", 2),
        ("groundspeed", "<u2", 2), ("track", "<u2", 2), ("flags", "<u2", 2),
    ):  # fmt: skip
        table[name] = np.frombuffer(view[at : at + width * count], dtype=dtype).tolist()
        at += width * count
    assert at == len(view)
    return {"count": count, "sky_time_s": sky, "roster_version": roster, **table}


def test_the_vector_shared_with_the_console() -> None:
    vector = json.loads(VECTOR.read_text(encoding="utf-8"))
    data = encode_frame(SKY_TIME, vector["decoded"]["roster_version"], columns(vector["aircraft"]))
    assert data.hex() == vector["hex"]
    assert decode(bytes.fromhex(vector["hex"])) == vector["decoded"]


def test_an_empty_picture_is_a_header_alone() -> None:
    data = encode_frame(SKY_TIME, 3, columns([]))
    assert len(data) == 24
    assert decode(data)["count"] == 0


def test_a_party_that_four_bits_cannot_name_shows_as_none() -> None:
    row = {
        "latitude": 0.0, "longitude": 0.0, "altitude_ft": None, "groundspeed_kt": None, "track_deg": None,
        "vertical_rate_ftmin": None, "party": 15, "stale": False, "suspect": False, "on_ground": False,
    }  # fmt: skip
    assert frame.flags_of(columns([row])).tolist() == [0]
    assert frame.flags_of(columns([{**row, "party": 14}])).tolist() == [15]


def test_a_sky_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        encode_frame(SKY_TIME.replace(tzinfo=None), 0, columns([]))


known = st.floats(-1e9, 1e9) | st.just(NAN)


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180), known, known, known, known), max_size=20))
def test_every_value_survives_within_its_unit_or_says_not_known(rows: list[tuple]) -> None:
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 6)
    no = np.zeros(len(rows), dtype=np.bool_)
    party = np.full(len(rows), -1, dtype=np.int64)
    picture = FrameColumns(*table.T, party, no, no, no)
    got = decode(encode_frame(SKY_TIME, 1, picture))
    for index, (latitude, longitude, altitude, speed, track, _) in enumerate(rows):
        assert abs(got["latitude"][index] * 1e-7 - latitude) <= 0.51e-7
        assert abs(got["longitude"][index] * 1e-7 - longitude) <= 0.51e-7
        assert (got["altitude"][index] == frame.ALTITUDE_NONE) == np.isnan(altitude)
        assert (got["groundspeed"][index] == frame.NONE_U16) == np.isnan(speed)
        assert (got["track"][index] == frame.NONE_U16) == np.isnan(track)
        if abs(altitude) < 800_000:
            assert abs(got["altitude"][index] * 25.0 - altitude) <= 12.5
