"""What the monitor is asked to watch now: the accords in force, and the party's own rule where none is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from skyaccord.accord.model import Accord, Rule, Tier
from skyaccord.accord.source import LoadedAccord
from skyaccord.node.settings import MonitorSettings
from skyaccord.separation.places import places_of
from skyaccord.separation.policy import MonitorPolicy, RuleInForce, rules_of

OWN_RULE: Final = "own"


def own_rule(settings: MonitorSettings) -> RuleInForce | None:
    """The party's own rule as the monitor takes it; None if node.toml has none."""
    own = settings.own_rule
    if own is None:
        return None
    tiers = {"advisory": own.advisory_s, "caution": own.caution_s, "warning": own.warning_s}
    return RuleInForce(
        accord=None,
        rule=Rule(id=OWN_RULE, horizontal_nm=own.horizontal_nm, vertical_ft=own.vertical_ft),
        tiers=tuple(Tier.model_validate({"name": name, "lookahead_s": s}) for name, s in tiers.items()),
        yields=not own.beside_accords,
    )


def runs_on(accord: Accord, *, exercise: bool) -> bool:
    """Whether an accord's rules are watched on a feed. A real accord's always; an exercise's on an exercise's
    feed only."""
    return exercise or not accord.exercise


def policy_of(
    settings: MonitorSettings, in_force: Sequence[LoadedAccord], parties: Mapping[str, str]
) -> MonitorPolicy:
    """The policy under these accords. parties: icao24 → party, of the feed.

    The own rule yields: it is about the pairs that no accord in force is about, for lack of an area or a
    signature. The watch rule is the widest of one's own and the accords', for each pair of classes.
    """
    rules = [rule for loaded in in_force for rule in rules_of(loaded.accord, loaded.digest)]
    own = own_rule(settings)
    if own is not None:
        rules.append(own)
    return MonitorPolicy(
        rules=tuple(rules),
        watch_nm=settings.watch_nm or None,
        watches=tuple(loaded.accord.watch for loaded in in_force if loaded.accord.watch is not None),
        places=tuple(place for loaded in in_force for place in places_of(loaded.accord, loaded.digest)),
        parties=parties,
        inter_party_only=settings.inter_party_only,
        include_unassigned=settings.include_unassigned,
        widen=settings.widen,
    )
