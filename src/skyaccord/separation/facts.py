"""What the books know of one pair in one step: names, doubts, and relative motion as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skyaccord.separation.pairs import Pairs
from skyaccord.separation.policy import MonitorPolicy
from skyaccord.tracks.snapshot import Snapshot

PairKey = tuple[str, str]


class Straight(NamedTuple):
    """Relative motion: position in metres and velocity in m/s, East, North, up."""

    x: float
    y: float
    z: float
    vx: float
    vy: float
    vz: float


@dataclass(frozen=True)
class PairFacts:
    """One pair in one step. piece_s: length of the piece that ends now; now_s: epoch seconds of the step.

    heard_s: epoch seconds of the older of both last reports: what is known, all after it is extrapolated.
    """

    key: PairKey
    callsigns: tuple[str | None, str | None]
    parties: tuple[str | None, str | None]
    doubts: tuple[str, ...]
    vertical_known: bool
    turning: bool
    now_s: float
    heard_s: float
    piece_s: float
    piece: Straight
    ahead: Straight

    @property
    def who(self) -> str:
        """Both names, for reasons."""
        return " and ".join(sign or address for sign, address in zip(self.callsigns, self.key, strict=True))


class Step:
    """One step's snapshot, pairs and policy; gives the facts of a pair on demand, once."""

    def __init__(self, now: Snapshot, pairs: Pairs, policy: MonitorPolicy) -> None:
        self.now = now
        self.pairs = pairs
        self.policy = policy
        self._keys = [(now.icao24[a], now.icao24[b]) for a, b in zip(*_rows(pairs), strict=True)]
        self._facts: dict[int, PairFacts] = {}
        self._index: dict[PairKey, int] | None = None

    @property
    def now_s(self) -> float:
        return self.now.sky_time_s

    @property
    def stale(self) -> NDArray[np.bool_]:
        """Pairs of which a track is stale, shape (k,)."""
        either: NDArray[np.bool_] = self.now.stale[self.pairs.first] | self.now.stale[self.pairs.second]
        return either

    def key(self, k: int) -> PairKey:
        """Addresses of pair k."""
        return self._keys[k]

    def index(self, key: PairKey) -> int | None:
        """Which pair has these addresses; None if it is not looked at in this step."""
        if self._index is None:
            self._index = {key: k for k, key in enumerate(self._keys)}
        return self._index.get(key)

    def facts(self, k: int) -> PairFacts:
        """Everything about pair k."""
        known = self._facts.get(k)
        if known is not None:
            return known
        now, pairs = self.now, self.pairs
        first, second = int(pairs.first[k]), int(pairs.second[k])
        found = self._facts[k] = PairFacts(
            key=self.key(k),
            callsigns=(now.callsign[first], now.callsign[second]),
            parties=(
                self.policy.parties.get(now.icao24[first]),
                self.policy.parties.get(now.icao24[second]),
            ),
            doubts=(*now.doubts(first), *now.doubts(second)),
            vertical_known=bool(pairs.vertical_known[k]),
            turning=bool(now.turning[first] or now.turning[second]),
            now_s=now.sky_time_s,
            heard_s=now.sky_time_s - float(max(now.age_s[first], now.age_s[second])),
            piece_s=float(pairs.piece_s[k]),
            piece=Straight(*pairs.piece_start[k].tolist(), *pairs.piece_velocity[k].tolist()),
            ahead=Straight(*pairs.position[k].tolist(), *pairs.velocity[k].tolist()),
        )
        return found

    def gone(self, key: PairKey) -> str | None:
        """Why a pair is not looked at any more, in words; None if it is."""
        if self.index(key) is not None:
            return None
        rows = {address: row for row, address in enumerate(self.now.icao24)}
        for address in key:
            if address not in rows:
                return f"{address} is no longer heard"
            if self.now.on_ground[rows[address]]:
                return f"{self.now.callsign[rows[address]] or address} is on the ground"
        return "the pair is no longer watched"


def _rows(pairs: Pairs) -> tuple[list[int], list[int]]:
    return pairs.first.tolist(), pairs.second.tolist()
