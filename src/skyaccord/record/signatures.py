"""Many signatures checked: where there are a great many, by all processors.

Ed25519 takes some 140 µs a signature and nothing can be left out, so a million entries wait for this and for
little else. What is signed goes to other processes in bunches; whose signature it must be was settled before.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Final, NamedTuple, Self

from skyaccord.record.keys import verify_signature

POOL_FROM: Final = 20_000
"""Signatures from which on other processes are started: they need a second to begin."""
BUNCH: Final = 512  # signatures sent at once: half a megabyte of envelopes
WAITING_MAX: Final = 16  # bunches on their way, so that memory stays bounded
WORKERS_MAX: Final = 16

Failed = Callable[[], None]


class Signed(NamedTuple):
    """A signature to be checked: base64 public key, signature, what was signed."""

    public: str
    signature: bytes
    message: bytes


def check_all(bunch: list[Signed]) -> list[bool]:
    """Whether each holds."""
    return [verify_signature(one.public, one.signature, one.message) for one in bunch]


class SignatureChecks:
    """`check` now, `failed` is called later, at the latest when the block ends.

    workers: other processes; None: as many as there are processors, 0: none.
    """

    def __init__(self, workers: int | None = None) -> None:
        found = os.cpu_count() or 1 if workers is None else workers
        self._workers = min(found, WORKERS_MAX) if found > 1 or workers is not None else 0
        self._count = 0
        self._bunch: list[Signed] = []
        self._failed: list[Failed] = []
        self._waiting: deque[tuple[Future[list[bool]], list[Failed]]] = deque()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def check(self, public: str, signature: bytes, message: bytes, failed: Failed) -> None:
        """Check a signature some time soon; call `failed` if it does not hold."""
        self._bunch.append(Signed(public, signature, message))
        self._failed.append(failed)
        if len(self._bunch) >= BUNCH:
            self._send()

    def finish(self) -> None:
        """Wait for all that was given."""
        self._send()
        while self._waiting:
            self._collect()

    def _send(self) -> None:
        bunch, failed = self._bunch, self._failed
        self._bunch, self._failed = [], []
        self._count += len(bunch)
        if self._workers == 0 or self._count < POOL_FROM:
            _tell(check_all(bunch), failed)
            return
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, mp_context=context)
        self._waiting.append((self._pool.submit(check_all, bunch), failed))
        while len(self._waiting) > WAITING_MAX:
            self._collect()

    def _collect(self) -> None:
        future, failed = self._waiting.popleft()
        _tell(future.result(), failed)


def _tell(holds: list[bool], failed: list[Failed]) -> None:
    for good, tell in zip(holds, failed, strict=True):
        if not good:
            tell()
