"""Runs inside the environment that has `traffic`: its closest points of approach on its switzerland sample.

    python traffic_peer.py sample.parquet answer.parquet

Writes the sample as the one table that both get, and the rows inside 5 NM and 1,000 ft that `traffic` finds
(`Traffic.closest_point_of_approach`, then its rows below both limits); prints seconds and version as JSON.
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


def main(sample: str, answer: str) -> None:
    import traffic
    from cartopy import crs
    from traffic.data.samples import switzerland

    switzerland.data.to_parquet(sample)
    started = time.perf_counter()
    found = switzerland.closest_point_of_approach(
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
