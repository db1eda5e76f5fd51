"""Our search on a sky of `bench.skies`, from columns of degrees, feet and knots to sorted pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.skies import Sky
from skyaccord.separation.conflicts import conflict_pairs


def our_pairs(sky: Sky, threads: int) -> NDArray[np.int64]:
    kind = sky.kind
    return conflict_pairs(
        sky.latitude,
        sky.longitude,
        sky.altitude_ft,
        sky.groundspeed_kt,
        sky.track_deg,
        lookahead_s=kind.lookahead_s,
        horizontal_nm=kind.horizontal_nm,
        vertical_ft=kind.vertical_ft,
        threads=threads,
    ).pairs
