"""Runs inside the environment that has `traffic`: its closest points of approach on its switzerland sample.

    python traffic_peer.py whole.parquet hours.parquet answer.parquet

Writes the whole sample, the three hours of it that both get as one table, and the rows inside 5 NM and
1,000 ft that `traffic` finds there (`Traffic.closest_point_of_approach`, then its rows below both limits);
prints seconds and version as JSON.
"""

import json
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")

HORIZONTAL_NM = 5.0
VERTICAL_FT = 1000.0
M_PER_NM = 1852.0
HOURS = ("2018-08-01 14:00+00:00", "2018-08-01 17:00+00:00")
"""Of one of the days by which it works (they change at noon), so that it cuts nothing in two."""


def main(whole: str, hours: str, answer: str) -> None:
    import traffic
    from cartopy import crs
    from traffic.data.samples import switzerland

    switzerland.data.to_parquet(whole)
    sample = switzerland.query(f"'{HOURS[0]}' <= timestamp < '{HOURS[1]}'")
    sample.data.to_parquet(hours)
    started = time.perf_counter()
    found = sample.closest_point_of_approach(
        lateral_separation=HORIZONTAL_NM * M_PER_NM,
        vertical_separation=VERTICAL_FT,
        projection=crs.EuroPP(),
        round_t="d",
        max_workers=os.cpu_count() or 1,
    )
    near = found.data.query("lateral < @HORIZONTAL_NM and vertical < @VERTICAL_FT")
    seconds = time.perf_counter() - started
    near[["timestamp", "icao24_x", "icao24_y", "lateral", "vertical"]].to_parquet(answer)
    print(json.dumps({"seconds": seconds, "version": traffic.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
