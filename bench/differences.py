"""Why two searches disagree on a pair: the least distance of the pair in both models, against the limit.

All skies here are level, so a pair conflicts if its least horizontal distance within the look-ahead is less
than the limit. Flat: BlueSky's and the reference's model, a sphere of 6,371 km unrolled at the pair's mean
latitude, with North everywhere in one direction. Ours: the plane that touches WGS 84 below the middle of the
pair, and velocities along each aircraft's own horizon.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.skies import M_PER_NM, Floats, Sky
from skyaccord.airspace.geodesy import ecef, normals, velocity_ecef

RADIUS_M = 6_371_000.0
Pairs = NDArray[np.int64]


def only_in(these: Pairs, those: Pairs, n: int) -> Pairs:
    keys = these[:, 0] * n + these[:, 1]
    return these[~np.isin(keys, those[:, 0] * n + those[:, 1])]


def least(position: Floats, velocity: Floats, lookahead_s: float) -> Floats:
    speed_squared = (velocity**2).sum(axis=1)
    time = -(position * velocity).sum(axis=1) / np.maximum(speed_squared, 1e-12)
    moved = position + velocity * np.clip(time, 0.0, lookahead_s)[:, None]
    distance: Floats = np.linalg.norm(moved, axis=1)
    return distance


def flat_m(sky: Sky, pairs: Pairs) -> Floats:
    i, j = pairs.T
    latitude, longitude = np.radians(sky.latitude), np.radians(sky.longitude)
    east = (longitude[j] - longitude[i]) * np.cos(0.5 * (latitude[i] + latitude[j]))
    position = RADIUS_M * np.column_stack((east, latitude[j] - latitude[i]))
    speed, track = sky.groundspeed_kt * M_PER_NM / 3600, np.radians(sky.track_deg)
    velocity = np.column_stack((speed * np.sin(track), speed * np.cos(track)))
    return least(position, velocity[j] - velocity[i], sky.kind.lookahead_s)


def ellipsoid_m(sky: Sky, pairs: Pairs) -> Floats:
    i, j = pairs.T
    point, up = ecef(sky.latitude, sky.longitude), normals(sky.latitude, sky.longitude)
    moving = velocity_ecef(sky.latitude, sky.longitude, sky.groundspeed_kt * M_PER_NM / 3600, sky.track_deg)
    normal = up[i] + up[j]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)

    def level(vector: Floats) -> Floats:
        flat: Floats = vector - (vector * normal).sum(axis=1, keepdims=True) * normal
        return flat

    return least(level(point[j] - point[i]), level(moving[j] - moving[i]), sky.kind.lookahead_s)


def explained(sky: Sky, ours: Pairs, theirs: Pairs, name: str) -> str:
    """How many pairs each finds alone, and how many of these the two models of the Earth explain."""
    n, limit = len(sky.latitude), sky.kind.horizontal_nm * M_PER_NM
    ours_only, theirs_only = only_in(ours, theirs, n), only_in(theirs, ours, n)
    both = np.concatenate((ours_only, theirs_only))
    if not len(both):
        return f"{name} and we find the same {len(ours):,} pairs."
    on_earth, on_flat = ellipsoid_m(sky, both), flat_m(sky, both)
    mine = np.arange(len(both)) < len(ours_only)
    models = ((on_earth < limit) == mine) & ((on_flat < limit) != mine)
    apart = np.abs(on_earth - on_flat)
    return (
        f"We find {len(ours):,} pairs, {name} {len(theirs):,}: {len(ours_only):,} only we, "
        f"{len(theirs_only):,} only {name}. For {int(models.sum()):,} of these {len(both):,} the limit of "
        f"{limit:,.0f} m lies between the least distance on the ellipsoid and that on {name}'s flat sphere; "
        f"the two differ by {apart.min():.2g} to {apart.max():.3g} m (the ellipsoid is no sphere, and "
        f"meridians converge). Unexplained: {int((~models).sum())}."
    )
