"""What goes beside each exchange on the link, as headers: times for the clocks' difference, and a tick.

Every answer carries a fresh random **tick**; the next request brings it back. A request counts as a sign of
life only with a tick that we gave a few seconds ago: what somebody held up on the way does not, however well
it was signed and encrypted. No clock but our own is needed for that.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from skyaccord.base.clock import Clock
from skyaccord.base.errors import InputError
from skyaccord.base.randomness import Randomness
from skyaccord.base.times import format_utc, parse_utc
from skyaccord.node.clock_skew import Skew, SkewMeter

SENT: Final = "skyaccord-sent"
RECEIVED: Final = "skyaccord-received"
TICK: Final = "skyaccord-tick"
TICK_AT: Final = "skyaccord-tick-at"
FRESH_S: Final = 5.0
"""As long as a link stays up without a word: a sign of life may not be older."""
TICKS_KEPT: Final = 64  # a second's exchanges at full speed; a lost one costs one sign of life
TICK_BYTES: Final = 8
HEADER_CHARS_MAX: Final = 64


@dataclass(frozen=True)
class _Given:
    mono: float
    wall: datetime


class Asked(NamedTuple):
    """A peer's request. at: when it came, by our clock. fresh: made a few seconds ago at most, for certain.
    skew: what this request itself measures, None if nothing: a clock may have been set since the last one.
    """

    at: datetime
    fresh: bool
    skew: Skew | None


class PeerTimes:
    """Both roles towards one peer: we ask it, it asks us. One skew meter for all of it."""

    def __init__(self, clock: Clock, randomness: Randomness) -> None:
        self.skew = SkewMeter()
        self._clock = clock
        self._randomness = randomness
        self._given: OrderedDict[str, _Given] = OrderedDict()
        self._got: tuple[str, datetime] | None = None

    # ── we ask ──────────────────────────────────────────────────────────────────────────────────────────

    def asking(self) -> tuple[datetime, dict[str, str]]:
        """When we ask, and the request's headers."""
        now = self._clock.now()
        headers = {SENT: format_utc(now)}
        if self._got is not None:
            headers |= {TICK: self._got[0], TICK_AT: format_utc(self._got[1])}
        return now, headers

    def answered(self, asked_at: datetime, headers: Mapping[str, str]) -> Skew | None:
        """The answer's headers, and what they measure."""
        skew, now = None, self._clock.now()
        received, sent, tick = _time(headers.get(RECEIVED)), _time(headers.get(SENT)), headers.get(TICK)
        if received is not None and sent is not None:
            skew = self.skew.add(asked_at, received, sent, now)
        if tick is not None and len(tick) <= HEADER_CHARS_MAX:
            self._got = (tick, now)
        return skew

    # ── we are asked ────────────────────────────────────────────────────────────────────────────────────

    def asked(self, headers: Mapping[str, str]) -> Asked:
        """What a request's headers say of its time."""
        skew, now = None, self._clock.now()
        given = self._given.get(headers.get(TICK, ""))  # several requests under way may bring the same
        if given is None:
            return Asked(now, False, None)
        got, sent = _time(headers.get(TICK_AT)), _time(headers.get(SENT))
        if got is not None and sent is not None:
            skew = self.skew.add(given.wall, got, sent, now)
        slept_s = (now - given.wall).total_seconds()  # the other count may stand while a machine sleeps
        fresh = max(self._clock.monotonic() - given.mono, slept_s) <= FRESH_S
        return Asked(now, fresh, skew)

    def answering(self, asked_at: datetime) -> dict[str, str]:
        """The answer's headers."""
        now = self._clock.now()
        tick = self._randomness.token_bytes(TICK_BYTES).hex()
        self._given[tick] = _Given(self._clock.monotonic(), now)
        while len(self._given) > TICKS_KEPT:
            self._given.popitem(last=False)
        return {RECEIVED: format_utc(asked_at), SENT: format_utc(now), TICK: tick}


def _time(text: str | None) -> datetime | None:
    if text is None or len(text) > HEADER_CHARS_MAX:
        return None
    try:
        return parse_utc(text)
    except InputError:
        return None
