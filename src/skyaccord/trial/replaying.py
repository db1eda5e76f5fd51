"""The monitor over a recording, second by second, for all variants at once: every alert from its first to
last word.

The same picture, the same monitor and the same steps of one second as in a node, so that what a trial counts
is what a node would have raised. The monitor sees only what had been reported by then; the scan, which
judges the same recording afterwards, sees everything (`counting.py` puts both together).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from skyaccord.accord.model import TierName
from skyaccord.base.errors import LimitError
from skyaccord.base.times import from_epoch
from skyaccord.separation.crossings import CrossingBook
from skyaccord.separation.events import Alert, AlertCleared, AlertRaised
from skyaccord.separation.monitor import Monitor
from skyaccord.separation.places import PlaceInForce, places_of
from skyaccord.separation.policy import MonitorPolicy, RuleInForce, rules_of
from skyaccord.tracks.picture import Picture
from skyaccord.trial.variants import Variant

STEP: Final = timedelta(seconds=1)
RULES_MAX: Final = 64
"""Rules watched at once: each is asked about every pair in every second of the recording."""
PROGRESS_EVERY: Final = 60
"""Steps between two words about progress."""
TIERS: Final[tuple[TierName, ...]] = ("advisory", "caution", "warning")

Progress = Callable[[int, int], object]
"""Called with (sky seconds done, sky seconds in all)."""


@dataclass
class Replayed:
    """What one variant came to. crossings: of its lines, and into or out of its zones and areas of special
    caution, by aircraft of the parties whom they are about.
    """

    alerts: list[Raised]
    crossings: int = 0


@dataclass
class Raised:
    """One alert. tier: the gravest it came to. cleared_at: None if the recording ended before it was."""

    pair: tuple[str, str]
    rule: str
    raised_at: datetime
    tier: TierName
    confident: bool
    cleared_at: datetime | None = None
    nuisance: bool = False


def rules_for(variants: Sequence[Variant], *, everywhere: bool, by_party: bool) -> tuple[RuleInForce, ...]:
    """Every variant's rules side by side, each under the variant's number.

    Validity is left out: a trial asks what would have been. everywhere: so are the areas. by_party: only
    between aircraft of the accord's parties; else between any two. LimitError: more rules than one monitor
    takes.
    """
    found = []
    for number, variant in enumerate(variants):
        for rule in rules_of(variant.loaded.accord, str(number)):
            found.append(
                replace(
                    rule,
                    start=None,
                    end=None,
                    areas=() if everywhere else rule.areas,
                    parties=rule.parties if by_party else None,
                )
            )
    if len(found) > RULES_MAX:
        raise LimitError(
            f"{len(found)} rules at once; the limit RULES_MAX is {RULES_MAX}", do="sweep fewer values"
        )
    return tuple(found)


def places_for(variants: Sequence[Variant]) -> tuple[PlaceInForce, ...]:
    """Every variant's lines, zones and areas of special caution, each under the variant's number, at any
    time.
    """
    found = [
        place
        for number, variant in enumerate(variants)
        for place in places_of(variant.loaded.accord, str(number))
    ]
    return tuple(replace(place, start=datetime.min.replace(tzinfo=UTC), end=None) for place in found)


def replay(
    states: pl.DataFrame,
    variants: Sequence[Variant],
    parties: Mapping[str, str],
    *,
    everywhere: bool = False,
    progress: Progress | None = None,
) -> list[Replayed]:
    """Each variant's alerts, in the order in which they were raised, and its crossings. states: cleaned, of
    STATE_SCHEMA. Without parties nobody knows whom a line or a zone is about: nothing crosses it.
    """
    found: list[dict[str, Raised]] = [{} for _ in variants]
    crossings = [0 for _ in variants]
    if states.is_empty():
        return [Replayed([]) for _ in variants]
    book, places = CrossingBook(), () if everywhere else places_for(variants)
    rules = rules_for(variants, everywhere=everywhere, by_party=bool(parties))
    policy = MonitorPolicy(rules=rules, parties=parties, inter_party_only=bool(parties))
    monitor, picture = Monitor(policy), Picture()
    states = states.sort("timestamp", maintain_order=True)
    due_s = states.get_column("timestamp").to_physical().to_numpy().astype(np.float64) / 1e6
    start, end = float(np.floor(due_s[0])), float(np.ceil(due_s[-1]))
    now, given, steps = from_epoch(start), 0, 0
    while now.timestamp() <= end:
        upto = int(np.searchsorted(due_s, now.timestamp(), side="right"))
        picture.feed(states.slice(given, upto - given), now)
        picture.drop_silent(now)
        given = upto
        _take(found, monitor.step(picture, now))
        for crossing in book.step(picture.reported(now), places, parties, now):
            crossings[int(crossing.accord)] += 1
        if len(picture):
            now += STEP
        else:  # nobody flies: on to the second in which the next is heard
            now = from_epoch(max(now.timestamp() + 1, float(np.floor(due_s[min(given, len(due_s) - 1)]))))
        steps += 1
        if progress is not None and steps % PROGRESS_EVERY == 0:
            progress(int(now.timestamp() - start), int(end - start))
    if progress is not None:
        progress(int(end - start), int(end - start))
    return [
        Replayed(list(alerts.values()), crossed) for alerts, crossed in zip(found, crossings, strict=True)
    ]


def _take(found: list[dict[str, Raised]], events: Sequence[object]) -> None:
    for event in events:
        if not isinstance(event, Alert):
            continue
        alerts, key = found[int(event.accord or 0)], f"{event.rule}/{event.alert_key}"
        if isinstance(event, AlertRaised):
            alerts[key] = Raised(event.pair, event.rule, event.raised_at, event.tier, event.confident)
            continue
        held = alerts[key]
        if TIERS.index(event.tier) > TIERS.index(held.tier):
            held.tier = event.tier
        held.confident |= event.confident
        if isinstance(event, AlertCleared):
            held.cleared_at, held.nuisance = event.sky_time, event.nuisance
