"""Which pairs a rule is about: by party, by class of aircraft, and by where they are.

By class, "may be" is enough: an aircraft whose class is not known escapes no rule. What is said about such a
pair is not confident, and a rule that yields to others does not yield to one that only may be about the pair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from skyaccord.accord.model import Watch
from skyaccord.airspace.classes import KINDS, UNKNOWN, names_of, of_classes
from skyaccord.separation.facts import PairFacts, Step
from skyaccord.separation.policy import MonitorPolicy, RuleInForce

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Sets = NDArray[np.int32]


@dataclass(frozen=True)
class Scope:
    """One rule and the pairs of one step: whether parties, classes and places are the rule's, shape (k,).

    left: not left to another rule. certain: the classes are the rule's whatever is not known about them.
    """

    step: Step
    by_party: Bools
    by_class: Bools
    by_place: Bools
    left: Bools
    certain: Bools

    @property
    def applies(self) -> Bools:
        """The pairs that the rule is, or may be, about."""
        return self.by_party & self.by_class & self.by_place & self.left

    def without(self, taken: Bools) -> Scope:
        """The same, leaving these pairs to another rule."""
        return replace(self, left=self.left & ~taken)

    def facts(self, k: int) -> PairFacts:
        """Everything about pair k, with the doubt whether the rule is about it."""
        facts = self.step.facts(k)
        if self.certain[k]:
            return facts
        now, pairs = self.step.now, self.step.pairs
        doubts = list(facts.doubts)
        for row in (int(pairs.first[k]), int(pairs.second[k])):
            kinds, who = int(now.kinds[row]), now.callsign[row] or now.icao24[row]
            if kinds == UNKNOWN:
                doubts.append(f"{who} does not say of what class it is")
            elif kinds not in KINDS:
                doubts.append(f"{who} has said that it is {names_of(kinds)}")
        return replace(facts, doubts=tuple(doubts))

    def why_not(self, k: int) -> str:
        """Why the rule is not about pair k, in words."""
        if not self.by_party[k]:
            return "the rule is not about these parties"
        if not self.by_class[k]:
            return "not of the classes of aircraft that the rule is about"
        if not self.by_place[k]:
            return "outside the area where the rule holds"
        return "another rule is about the pair"


def scope_of(rule: RuleInForce, step: Step, policy: MonitorPolicy) -> Scope:
    """The scope of a rule in this step."""
    now, pairs = step.now, step.pairs
    every = np.ones(len(pairs), np.bool_)
    by_party, by_place = every, every
    if rule.parties is not None:
        of_rule = np.array([policy.parties.get(a) in rule.parties for a in now.icao24], np.bool_)
        first, second = of_rule[pairs.first], of_rule[pairs.second]
        by_party = first & second
        if policy.include_unassigned:
            of_none = np.array([a not in policy.parties for a in now.icao24], np.bool_)
            by_party |= (first & of_none[pairs.second]) | (of_none[pairs.first] & second)
    if rule.areas:
        within = np.zeros(len(now), np.bool_)
        for area in rule.areas:
            within |= area.contains(now.latitude, now.longitude)
        by_place = within[pairs.first] | within[pairs.second]
    may_be, must_be = every, every
    if rule.rule.classes is not None:
        may_be, must_be = of_classes(rule.rule.classes, now.kinds[pairs.first], now.kinds[pairs.second])
    return Scope(step, by_party, may_be, by_place, every, must_be)


def watched_nm(policy: MonitorPolicy, first: Sets, second: Sets) -> Floats:
    """The watch distance of each pair of aircraft of these kinds: the largest that may apply, 0 for none."""
    widest = np.full(len(first), policy.watch_nm or 0.0)
    for watch in policy.watches:
        if not watch.by_class:
            np.maximum(widest, watch.horizontal_nm, out=widest)
            continue
        sets, code = np.unique(first, return_inverse=True)
        may_be = (sets[:, None] & _KINDS) != 0
        # for each set the farthest that it is watched from a kind, then the farthest kind of the other's set
        from_kind = np.where(may_be[:, :, None], _distances(watch), 0.0).max(axis=1)
        of_second = (second[:, None] & _KINDS) != 0
        np.maximum(widest, np.where(of_second, from_kind[code], 0.0).max(axis=1, initial=0.0), out=widest)
    return widest


_KINDS: Sets = np.array(KINDS, np.int32)


@lru_cache(maxsize=64)
def _distances(watch: Watch) -> Floats:
    """The distance watched between every two kinds, NM."""
    return np.array([[watch.between(one, other) for other in KINDS] for one in KINDS])
