"""Two aircraft, straight and steady: when are they closest, when inside a cylinder, when not well clear.

Everywhere `position` and `velocity` are intruder minus ownship, arrays of shape (n, 3), or (3,) for one pair:
East, North, up in metres and m/s in one flat local frame. Results have shape (n,). Limits and look-aheads are
numbers or arrays of shape (n,), so that each pair can have its own. Time 0 is now; nothing looks back.

Sources: RTCA DO-365B (well clear); Muñoz, Narkawicz, Chamberlain, Consiglio, Upchurch, "A family of
well-clear boundary models for the integration of UAS in the NAS", AIAA 2014-2412 (TAUMOD, in closed form).
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skyaccord.base.errors import InputError
from skyaccord.separation.alerters import ALERTERS, Alerter, Level, WellClearVolume
from skyaccord.separation.kernels import approach_many, cylinder_many, well_clear_many

Floats: TypeAlias = NDArray[np.float64]

WELL_CLEAR_HORIZONTAL_M: Final = 1222.32  # 0.66 NM; the "4,000 ft" of the prose is rounded
WELL_CLEAR_VERTICAL_M: Final = 137.16  # 450 ft
WELL_CLEAR_TAU_S: Final = 35.0
WELL_CLEAR_VERTICAL_TAU_S: Final = 0.0


def closest_approach(position: ArrayLike, velocity: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Time (s), horizontal (m) and vertical distance (m) at the horizontal closest approach, not before now.

    Without relative horizontal motion that is now. Distances are not negative.
    """
    relative, moving = _pairs(position, velocity)
    return approach_many(relative, moving)


def cylinder_interval(
    position: ArrayLike,
    velocity: ArrayLike,
    horizontal_m: ArrayLike,
    vertical_m: ArrayLike,
    lookahead_s: ArrayLike,
) -> tuple[Floats, Floats]:
    """When a pair is inside the cylinder, within [0, lookahead_s]: (time_in_s, time_out_s), nan if never.

    Inside is nearer than `horizontal_m` and nearer than `vertical_m`, both strictly; almost equal
    (`skyaccord.separation.tolerance.ALMOST_EQUAL`) is equal, hence outside. An infinite limit
    counts as broken at any distance. With a look-ahead of 0 the answer is (0, 0) for a pair inside now.
    """
    relative, moving = _pairs(position, velocity)
    n = len(relative)
    return cylinder_many(
        relative,
        moving,
        _each(horizontal_m, n, "horizontal_m"),
        _each(vertical_m, n, "vertical_m"),
        _each(lookahead_s, n, "lookahead_s"),
    )


def well_clear_interval(
    position: ArrayLike,
    velocity: ArrayLike,
    lookahead_s: ArrayLike,
    *,
    horizontal_m: ArrayLike = WELL_CLEAR_HORIZONTAL_M,
    vertical_m: ArrayLike = WELL_CLEAR_VERTICAL_M,
    tau_s: ArrayLike = WELL_CLEAR_TAU_S,
    vertical_tau_s: ArrayLike = WELL_CLEAR_VERTICAL_TAU_S,
) -> tuple[Floats, Floats]:
    """When a pair is not well clear (TAUMOD), within [0, lookahead_s]: (time_in_s, time_out_s), nan if never.

    Not well clear is both at once: horizontally, nearer than `horizontal_m`, or due to pass nearer with
    modified tau at most `tau_s`; vertically, nearer than `vertical_m`, or at equal height within
    `vertical_tau_s`. The standard counts its boundaries as inside, and so does this.
    """
    relative, moving = _pairs(position, velocity)
    n = len(relative)
    return well_clear_many(
        relative,
        moving,
        _each(lookahead_s, n, "lookahead_s"),
        _each(horizontal_m, n, "horizontal_m"),
        _each(vertical_m, n, "vertical_m"),
        _each(tau_s, n, "tau_s"),
        _each(vertical_tau_s, n, "vertical_tau_s"),
    )


def alert_level(position: ArrayLike, velocity: ArrayLike, alerter: str | Alerter) -> NDArray[np.int64]:
    """The highest level of alert that holds for each pair now, 0 for none.

    alerter: "do365b-phase1", "do365b-phase2", "do365b-noncooperative", or one of an accord's rule and tiers,
    made by `skyaccord.separation.alerters.alerter_of`. Raises InputError for another name.
    """
    if isinstance(alerter, str):
        if alerter not in ALERTERS:
            raise InputError(f"no alerter {alerter!r}", do=f"use one of {', '.join(ALERTERS)}")
        alerter = ALERTERS[alerter]
    relative, moving = _pairs(position, velocity)
    highest = np.zeros(len(relative), dtype=np.int64)
    for level in alerter:
        holds = ~np.isnan(_time_in_s(relative, moving, level))
        highest[holds] = np.maximum(highest[holds], level.level)
    return highest


def _time_in_s(relative: Floats, moving: Floats, level: Level) -> Floats:
    """When each pair enters the level's volume, within the level's time; nan if it does not."""
    volume = level.volume
    if isinstance(volume, WellClearVolume):
        return well_clear_interval(
            relative,
            moving,
            level.within_s,
            horizontal_m=volume.horizontal_m,
            vertical_m=volume.vertical_m,
            tau_s=volume.tau_s,
            vertical_tau_s=volume.vertical_tau_s,
        )[0]
    horizontal_m, vertical_m = volume.horizontal_m, volume.vertical_m
    if not volume.either_breaks:
        return cylinder_interval(relative, moving, horizontal_m, vertical_m, level.within_s)[0]
    beside, _ = cylinder_interval(relative, moving, horizontal_m, np.inf, level.within_s)
    above, _ = cylinder_interval(relative, moving, np.inf, vertical_m, level.within_s)
    return np.fmin(beside, above)


def _pairs(position: ArrayLike, velocity: ArrayLike) -> tuple[Floats, Floats]:
    relative = np.ascontiguousarray(np.atleast_2d(np.asarray(position, dtype=np.float64)))
    moving = np.ascontiguousarray(np.atleast_2d(np.asarray(velocity, dtype=np.float64)))
    if relative.ndim != 2 or relative.shape[1] != 3 or relative.shape != moving.shape:
        raise InputError(
            f"position {relative.shape} and velocity {moving.shape} do not match",
            do="give both as arrays of shape (n, 3): East, North, up",
        )
    return relative, moving


def _each(value: ArrayLike, n: int, name: str) -> Floats:
    array = np.asarray(value, dtype=np.float64)
    if array.ndim > 1 or (array.ndim == 1 and array.shape != (n,)):
        raise InputError(f"{name} has shape {array.shape}", do=f"give one number or an array of shape ({n},)")
    if not (array >= 0.0).all():  # nan fails too
        raise InputError(f"{name} is negative or not a number", do="give zero or more")
    return np.ascontiguousarray(np.broadcast_to(array, (n,)))
