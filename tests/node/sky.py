"""EXERCISE: a synthetic sky of two aircraft, and an accord between their parties.

Both fly east on one level. The faster one is party B's: it starts behind and overtakes beside the other at
120 kt, so that everything happens slowly enough to be looked at: an alert two minutes before the limits, an
encounter of three minutes, a breach after one.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

from skyaccord.base.times import format_utc

SKY = datetime(2015, 10, 20, 9, 0, tzinfo=UTC)
PAIR = ["a00001", "b00001"]
ROLE = "duty-officer"

ACCORD = """
format = "skyaccord.accord/1"
name = "test-sky"
title = "EXERCISE: two parties, one sky"
version = 1
exercise = true
[validity]
start = 2015-10-20T00:00:00Z
{parties}
[[rule]]
id = "three"
horizontal_nm = 3
vertical_ft = 1000
combinator = "either"
max_dwell_s = 60
[[tier]]
name = "advisory"
lookahead_s = 120
[[tier]]
name = "caution"
lookahead_s = 60
[[tier]]
name = "warning"
lookahead_s = 30
[[role]]
id = "duty-officer"
title = "Duty officer"
acknowledge_within_s = {within_s}
escalates_to = "deputy"
[[role]]
id = "deputy"
title = "Deputy"
acknowledge_within_s = {within_s}
"""

PARTY = """
[[party]]
id = "{id}"
name = "Party {id}"
public_key = "{key}"
"""


def write_pass(
    folder: Path, *, name: str = "pass.jsonl", miss_nm: float = 0.5, gap_nm: float = 10.0,
    seconds: int = 400, start: datetime = SKY, callsign: str = "BRAVO1",
) -> None:  # fmt: skip
    """EXERCISE: b00001 overtakes a00001 at 120 kt, `miss_nm` beside it; starts `gap_nm` behind."""
    latitude = 35.0
    degrees_a_knot_second = 1.0 / 3600.0 / 60.0 / math.cos(math.radians(latitude))
    flights = (
        ("a00001", "ALFA01", 420.0, 36.0, latitude),
        ("b00001", callsign, 540.0, 36.0 - gap_nm * 3600 * degrees_a_knot_second, latitude + miss_nm / 60.0),
    )
    with (folder / name).open("w", encoding="utf-8") as file:
        for second in range(-30, seconds):
            for address, sign, speed_kt, east, north in flights:
                line = {
                    "now": start.timestamp() + second, "hex": address, "flight": sign, "type": "adsb_icao",
                    "lat": north, "lon": east + speed_kt * degrees_a_knot_second * second,
                    "alt_baro": 25_000, "gs": speed_kt, "track": 90.0, "baro_rate": 0, "seen_pos": 0,
                }  # fmt: skip
                file.write(json.dumps(line) + "\n")
    (folder / "parties.csv").write_text("icao24,party\na00001,A\nb00001,B\n", encoding="utf-8")


def feed_table(
    name: str = "pass.jsonl", *, speed: float = 10.0, start: datetime = SKY, more: str = ""
) -> str:
    """A [feed] table for node.toml."""
    return (
        f'files = ["../{name}"]\nparty_map = "../parties.csv"\nspeed = {speed}\nexercise = true\n'
        f'start = {format_utc(start)}\nname = "EXERCISE"\n{more}'
    )
