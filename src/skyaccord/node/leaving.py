"""What a run of the node leaves open when it ends, and for how long the next run may take it up again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from skyaccord.incidents.sightings import Sighting, Sightings, Thing

RESUME_S_MAX: Final = 300.0
"""Sky seconds without a watch after which an encounter that an earlier run left open is taken up again: its
dwell goes on. After longer the pair may as well have left and come back; then it begins anew."""
RESTARTED: Final = "the node was restarted: nobody watched in between"
STOPPED: Final = "the node was stopped"
_SPEAKING: Final[tuple[Thing, ...]] = ("alert", "encounter")


def left_open(sightings: Sightings, own: str, sky_now: datetime) -> list[Sighting]:
    """The encounters of journal `own` that a run left, by its end or its death, a short while ago."""
    spoken: dict[tuple[str | None, tuple[str, str]], datetime] = {}  # last of the pair, under the accord
    for thing in _SPEAKING:
        for one in sightings.all(thing, lambda one: one.key.origin == own):
            about, said = (one.header.accord, one.pair), one.header.sky_time
            spoken[about] = max(said, spoken.get(about, said))
    found = []
    for one in sightings.all("encounter", lambda one: one.key.origin == own):
        said = one.header.sky_time
        if one.active:  # killed: while inside, its alert was spoken of as well
            said = spoken[one.header.accord, one.pair]
        elif one.observation is None or not one.observation.reason.startswith(STOPPED):
            continue
        if 0.0 <= (sky_now - said).total_seconds() <= RESUME_S_MAX:
            found.append(one)
    return found
