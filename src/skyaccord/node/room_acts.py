"""Every room's handlers in one place: the running node and a command that acts without one use the same."""

from __future__ import annotations

from typing import Final

from skyaccord.base.clock import Clock
from skyaccord.node import accord_acts, hotline_acts, incident_acts, signing_acts, talks_acts
from skyaccord.node.acts import Acts
from skyaccord.node.keeper import Keeper

REGISTER: Final = (
    hotline_acts.register,
    incident_acts.register,
    talks_acts.register,
    accord_acts.register,
)
"""One a room: `register(acts, keeper)` adds the handlers of its acts."""


def all_acts(
    keeper: Keeper, clock: Clock, acts_per_minute_max: int, *, representatives_sign: bool = False
) -> Acts:
    """A dispatcher that knows the acts of all rooms. representatives_sign: whether the party's key signs
    accords on their word.
    """
    acts = Acts(keeper, clock, acts_per_minute_max)
    for register in REGISTER:
        register(acts, keeper)
    signing_acts.register(acts, keeper, allowed=representatives_sign)
    return acts
