"""How soon a pair needs attention: levels of alert, from an accord's tiers or as DO-365B has them.

A level holds when its volume is entered within its time. The highest that holds is the alert; 0 is none.

    level   accord's tiers                    DO-365B
    1       the longest look-ahead            preventive
    2       ...                               corrective
    3       the shortest                      warning

No M-of-N and no hysteresis here: `skyaccord.separation.pairwise.alert_level` looks at one pair at one
instant, without memory (the monitor has that).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from skyaccord.airspace.units import M_PER_FT, M_PER_NM

if TYPE_CHECKING:
    from skyaccord.accord.model import Rule, Tier


@dataclass(frozen=True)
class CylinderVolume:
    """Nearer than both limits; either_breaks: nearer than at least one (combinator "both")."""

    horizontal_m: float
    vertical_m: float
    either_breaks: bool = False


@dataclass(frozen=True)
class WellClearVolume:
    """Not well clear (TAUMOD)."""

    horizontal_m: float
    vertical_m: float
    tau_s: float
    vertical_tau_s: float = 0.0


@dataclass(frozen=True)
class Level:
    """One level of an alerter: `level` holds when `volume` is entered within `within_s`."""

    level: int
    volume: CylinderVolume | WellClearVolume
    within_s: float


Alerter = tuple[Level, ...]

_EN_ROUTE_M: Final = 0.66 * M_PER_NM
_TERMINAL_M: Final = 1500.0 * M_PER_FT
_NONCOOPERATIVE_M: Final = 2200.0 * M_PER_FT
_PREVENTIVE_M: Final = 700.0 * M_PER_FT
_HEIGHT_M: Final = 450.0 * M_PER_FT

ALERTERS: Final[dict[str, Alerter]] = {
    "do365b-phase1": (  # en route
        Level(1, WellClearVolume(_EN_ROUTE_M, _PREVENTIVE_M, 35.0), 55.0),
        Level(2, WellClearVolume(_EN_ROUTE_M, _HEIGHT_M, 35.0), 55.0),
        Level(3, WellClearVolume(_EN_ROUTE_M, _HEIGHT_M, 35.0), 25.0),
    ),
    "do365b-phase2": (  # terminal area: a warning only
        Level(3, WellClearVolume(_TERMINAL_M, _HEIGHT_M, 0.0), 45.0),
    ),
    "do365b-noncooperative": (
        Level(2, WellClearVolume(_NONCOOPERATIVE_M, _HEIGHT_M, 0.0), 55.0),
        Level(3, WellClearVolume(_NONCOOPERATIVE_M, _HEIGHT_M, 0.0), 25.0),
    ),
}
"""RTCA DO-365B, as NASA configures DAIDALUS 2.0.4 for it."""


def alerter_of(rule: Rule, tiers: Iterable[Tier]) -> Alerter:
    """The alerter of one rule of an accord: level 1 is the tier that looks farthest ahead."""
    volume = CylinderVolume(
        rule.horizontal_nm * M_PER_NM, rule.vertical_ft * M_PER_FT, rule.combinator == "both"
    )
    ahead = sorted((tier.lookahead_s for tier in tiers), reverse=True)
    return tuple(Level(number, volume, lookahead_s) for number, lookahead_s in enumerate(ahead, start=1))
