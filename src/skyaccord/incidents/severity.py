"""A severity proposed from measured numbers, with those numbers beside it. People confirm or say otherwise.

    AIRPROX     A  inside the near mid-air cylinder (500 ft and 100 ft)
                B  not well clear (0.66 NM and 450 ft)
                C  the accord's limits broken, well clear all the time
                D  cannot be told: no positions, no altitude where it matters, or doubtful ones
                E  the limits were kept
    NMAC        yes, no, undetermined
    encounter   high-risk    NMAC, or AIRPROX A
                serious      AIRPROX B, a breach of the dwell, or conduct reported as not kept
                near-routine otherwise

The values are those of the published scales (`scales.py`); which measured number stands for which value is
this program's reading of them, the same for everybody, and only a proposal: no number says why it happened,
nor through whom.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from skyaccord.incidents.scales import (
    NMAC_HORIZONTAL_NM,
    NMAC_VERTICAL_FT,
    SCALES,
    WELL_CLEAR_HORIZONTAL_NM,
    WELL_CLEAR_VERTICAL_FT,
    ScaleName,
)

Ground = Literal[
    "inside-nmac",
    "not-well-clear",
    "limits-broken",
    "limits-kept",
    "no-positions",
    "no-altitude",
    "doubtful",
    "nmac-observed",
    "breach",
    "conduct-not-kept",
    "nothing-graver",
]
VERDICTS: Final = ("approach", "infringement", "breach", "nmac")


@dataclass(frozen=True)
class Inputs:
    """What one side's reconstruction and observation say.

    horizontal_nm, vertical_ft: at the closest point of approach; None where not known. verdict: the gravest
    that this side observed, None if none. inside: whether its reconstruction's closest point lies inside the
    accord's limits; None where there are none, or it cannot be told. confident: no doubt was said of either
    track. conduct_not_kept: how many reports on the record say so, of any side.
    """

    horizontal_nm: float | None
    vertical_ft: float | None
    verdict: str | None
    confident: bool
    conduct_not_kept: int = 0
    inside: bool | None = None


@dataclass(frozen=True)
class Proposal:
    """A value on a scale and the ground it stands on."""

    scale: ScaleName
    value: str
    ground: Ground


def propose(inputs: Inputs) -> dict[ScaleName, Proposal]:
    """What these numbers propose, on every scale."""
    airprox = _airprox(inputs)
    nmac = _nmac(inputs)
    return {"airprox": airprox, "nmac": nmac, "encounter": _encounter(inputs, airprox, nmac)}


def gravest(proposals: Iterable[Proposal]) -> Proposal | None:
    """The gravest of several sides' proposals on one scale; what is known outweighs what is not."""
    found = list(proposals)
    known = [one for one in found if one.value != SCALES[one.scale].undetermined]
    return max(known or found, key=lambda one: SCALES[one.scale].values.index(one.value), default=None)


def _within(inputs: Inputs, horizontal_nm: float, vertical_ft: float) -> bool | None:
    """Whether the closest point lies in a cylinder; None if that cannot be told."""
    if inputs.horizontal_nm is None:
        return None
    if inputs.horizontal_nm >= horizontal_nm:
        return False
    return None if inputs.vertical_ft is None else inputs.vertical_ft < vertical_ft


def _nmac(inputs: Inputs) -> Proposal:
    within = _within(inputs, NMAC_HORIZONTAL_NM, NMAC_VERTICAL_FT)
    if within or inputs.verdict == "nmac":
        if not inputs.confident:
            return Proposal("nmac", "undetermined", "doubtful")
        return Proposal("nmac", "yes", "inside-nmac" if within else "nmac-observed")
    if within is None:
        return Proposal("nmac", "undetermined", _unknown(inputs))
    return Proposal("nmac", "no", "nothing-graver")


def _airprox(inputs: Inputs) -> Proposal:
    nmac = _nmac(inputs)
    if nmac.value == "yes":
        return Proposal("airprox", "A", nmac.ground)
    near = _within(inputs, WELL_CLEAR_HORIZONTAL_NM, WELL_CLEAR_VERTICAL_FT)
    if near is None:
        return Proposal("airprox", "D", _unknown(inputs))
    if near or nmac.value == "undetermined":
        value = "B" if inputs.confident else "D"
        return Proposal("airprox", value, "not-well-clear" if inputs.confident else "doubtful")
    if inputs.inside or inputs.verdict in ("infringement", "breach"):
        return Proposal("airprox", "C", "limits-broken")
    kept = inputs.inside is False or inputs.verdict == "approach"
    return Proposal("airprox", "E", "limits-kept" if kept else "nothing-graver")


def _encounter(inputs: Inputs, airprox: Proposal, nmac: Proposal) -> Proposal:
    if nmac.value == "yes":
        return Proposal("encounter", "high-risk", nmac.ground)
    if inputs.conduct_not_kept:
        return Proposal("encounter", "serious", "conduct-not-kept")
    if inputs.verdict == "breach":
        return Proposal("encounter", "serious", "breach")
    if airprox.value == "B":
        return Proposal("encounter", "serious", airprox.ground)
    if airprox.value == "D":
        return Proposal("encounter", "undetermined", airprox.ground)
    return Proposal("encounter", "near-routine", "nothing-graver")


def _unknown(inputs: Inputs) -> Ground:
    return "no-positions" if inputs.horizontal_nm is None else "no-altitude"
