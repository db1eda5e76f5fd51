"""What the monitor is asked to watch: rules in force, the watch rule, and who is paired with whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from skyaccord.accord.model import Accord, Rule, Tier, Watch
from skyaccord.separation.places import PlaceInForce


class AreaLike(Protocol):
    """Anything that knows which points lie in it (`skyaccord.airspace.areas`)."""

    def contains(self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Degrees of shape (n,) to booleans of shape (n,)."""
        ...


@dataclass(frozen=True)
class RuleInForce:
    """One separation rule, with where, when and between whom it applies.

    accord: digest of the accord it stands in; None: the party's own rule, shared with nobody.
    parties: the accord's parties, between whose aircraft it holds; None: between any two parties.
    areas: it applies to a pair if either aircraft is inside one of them; empty: everywhere.
    start, end: from `start` on until just before `end`, sky time; None: no such bound.
    yields: it leaves alone the pairs that a rule which does not yield applies to.
    """

    accord: str | None
    rule: Rule
    tiers: tuple[Tier, ...]
    parties: frozenset[str] | None = None
    areas: tuple[AreaLike, ...] = field(default=(), compare=False)
    start: datetime | None = None
    end: datetime | None = None
    yields: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Accord digest ("" for none) and the rule's id: the same key is the same rule over a change of
        policy."""
        return (self.accord or "", self.rule.id)

    @property
    def longest_lookahead_s(self) -> float:
        """The farthest any tier looks ahead; 0 without tiers."""
        return max((tier.lookahead_s for tier in self.tiers), default=0.0)

    def runs_at(self, sky_time: datetime) -> bool:
        """Whether the rule is valid at this (aware) time."""
        return (self.start is None or self.start <= sky_time) and (self.end is None or sky_time < self.end)


def rules_of(accord: Accord, digest: str) -> tuple[RuleInForce, ...]:
    """Every rule of an accord, as the monitor takes them."""
    return tuple(
        RuleInForce(
            accord=digest,
            rule=rule,
            tiers=accord.tiers,
            parties=frozenset(party.id for party in accord.parties),
            areas=accord.shapes_of(rule),
            start=accord.validity.start,
            end=accord.validity.end,
        )
        for rule in accord.rules
    )


@dataclass(frozen=True)
class MonitorPolicy:
    """Everything that decides what the monitor says about a picture.

    parties: icao24 to party id. inter_party_only: pairs of one party are not looked at; False: all pairs.
    include_unassigned: an aircraft without a party is paired with every party's aircraft (never two without).
    widen: warn also of what lies within the uncertainty of positions and the age of reports.
    watch_nm: the party's own watch rule, for all pairs; None: none. watches: those of accords, by class of
    aircraft; the largest distance that may apply to a pair counts. Without either there are no approaches.
    places: lines, zones and areas of special caution whose crossing is recorded.
    """

    rules: tuple[RuleInForce, ...] = ()
    watch_nm: float | None = None
    parties: Mapping[str, str] = field(default_factory=dict)
    inter_party_only: bool = True
    widen: bool = False
    include_unassigned: bool = False
    watches: tuple[Watch, ...] = ()
    places: tuple[PlaceInForce, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        keys = [rule.key for rule in self.rules]
        if len(set(keys)) != len(keys):
            raise ValueError("two rules in force with the same accord and id")

    @property
    def widest_watch_nm(self) -> float | None:
        """The largest distance at which any pair is watched; None: no watch rule."""
        distances = [] if self.watch_nm is None else [self.watch_nm]
        for watch in self.watches:
            distances += [watch.horizontal_nm, *(entry.horizontal_nm for entry in watch.by_class)]
        return max(distances, default=None)
