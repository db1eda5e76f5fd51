"""Runs inside BlueSky's environment: its own detector on a sky from a file. Imports nothing of ours.

python bluesky_peer.py sky.npz answer.npz REPEATS compiled|python
"""

import statistics
import sys
import time
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import numpy as np
from bluesky.tools.aero import ft, kts, nm

given, answer, repeats, detector = sys.argv[1:]
with np.load(given) as sky:
    n = len(sky["latitude"])
    traffic = SimpleNamespace(
        lat=sky["latitude"],
        lon=sky["longitude"],
        alt=sky["altitude_ft"] * ft,
        gs=sky["groundspeed_kt"] * kts,
        trk=sky["track_deg"],
        vs=np.zeros(n),
        id=list(range(n)),
        ntraf=n,
    )
    horizontal_nm, vertical_ft, lookahead_s = sky["rule"]
limits = np.full(n, horizontal_nm * nm), np.full(n, vertical_ft * ft), np.full(n, lookahead_s)

if detector == "compiled":
    from bluesky.traffic.asas import cstatebased

    detect = cstatebased.detect
else:
    from bluesky.traffic.asas.statebased import StateBased

    def detect(*given: Any) -> Any:
        return StateBased.detect(None, *given)


times = []
for _ in range(int(repeats)):
    start = time.process_time()
    pairs = detect(traffic, traffic, *limits)[0]
    times.append(time.process_time() - start)
each = np.unique(np.sort(np.array(pairs, dtype=np.int64).reshape(-1, 2), axis=1), axis=0)
np.savez(answer, pairs=each, median_s=statistics.median(times), version=version("bluesky-simulator"))
