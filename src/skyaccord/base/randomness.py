"""Randomness, passed in everywhere, so that a seed can replay any failure."""

from __future__ import annotations

import random
import secrets
from typing import Protocol


class Randomness(Protocol):
    """What SkyAccord needs of chance: bytes for salts, a number in [0, 1) for jitter."""

    def token_bytes(self, count: int) -> bytes: ...

    def random(self) -> float: ...


class SystemRandomness:
    """The operating system's generator."""

    def token_bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)

    def random(self) -> float:
        return secrets.SystemRandom().random()


class SeededRandomness:
    """Repeatable from a seed: simulations, tests and exercises only, never keys."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 (a simulation's dice, not a secret)

    def token_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def random(self) -> float:
        return self._random.random()
