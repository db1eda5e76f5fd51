"""Rate limits: token buckets by account or address, and back-off after failed sign-ins."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

KEYS_MAX: Final = 10_000
"""Accounts and addresses remembered at once; the one not seen for longest is forgotten first."""
FREE_FAILURES: Final = 5  # a mistyped passphrase is no attack
FIRST_WAIT_S: Final = 1.0
WAIT_S_MAX: Final = 60.0
"""Back-off stops here: some 1,400 guesses a day are hopeless against a passphrase, and nobody who knows an
officer's name can keep the officer from the console for longer than a minute.
"""
FORGOTTEN_AFTER_S: Final = 3600.0  # without another failure

MINUTE_S: Final = 60.0


class Buckets:
    """One token bucket a key: `per_minute` tokens, filled evenly, full at first. now_s: a clock that only
    rises.
    """

    def __init__(self, per_minute: int, now_s: Callable[[], float]) -> None:
        self._size = float(per_minute)
        self._per_s = per_minute / MINUTE_S
        self._now_s = now_s
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one token; 0 if there was one, else the seconds until there is."""
        now_s = self._now_s()
        tokens, at_s = self._held.pop(key, (self._size, now_s))
        tokens = min(self._size, tokens + (now_s - at_s) * self._per_s)
        wait_s = 0.0 if tokens >= 1.0 else (1.0 - tokens) / self._per_s
        self._held[key] = (tokens - 1.0 if wait_s == 0.0 else tokens, now_s)
        while len(self._held) > KEYS_MAX:
            self._held.popitem(last=False)
        return wait_s


@dataclass
class _Failures:
    count: int
    last_s: float
    until_s: float


class BackOff:
    """Counts failures by key: the first FREE_FAILURES cost nothing, each further one doubles the wait."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Seconds until a try with this key is heard; 0: now."""
        found = self._failures.get(key)
        return 0.0 if found is None else max(0.0, found.until_s - self._now_s())

    def failed(self, key: str) -> None:
        """Note a failure."""
        now_s = self._now_s()
        found = self._failures.pop(key, None)
        if found is None or now_s - found.last_s > FORGOTTEN_AFTER_S:
            found = _Failures(0, now_s, now_s)
        found.count += 1
        found.last_s = now_s
        beyond = found.count - FREE_FAILURES
        if beyond >= 0:
            found.until_s = now_s + min(WAIT_S_MAX, FIRST_WAIT_S * 2.0 ** min(beyond, 16))
        self._failures[key] = found
        while len(self._failures) > KEYS_MAX:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of this key."""
        self._failures.pop(key, None)
