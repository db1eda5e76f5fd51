"""Memory that a search uses again in the next one: fresh pages cost as much as the work done in them.

The kernel of the operating system hands out a page by clearing it, on first touch: of 8 MB, more than a
millisecond. One block a thread is kept, up to KEPT_BYTES_MAX; what is larger is given back at once.
"""

from __future__ import annotations

import math
import threading
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

KEPT_BYTES_MAX: Final = 32 * 1024 * 1024
"""Some 400,000 aircraft. A search of more takes long enough that its pages do not matter."""
LINE_BYTES: Final = 64
"""A cache line: every array begins at one."""

_kept = threading.local()


class Workspace:
    """Arrays out of one block, until the block is used up; their contents are whatever was there before.

    Nothing taken from it may outlive the search: the next one in this thread writes over it.
    """

    def __init__(self, size_bytes: int) -> None:
        block: NDArray[np.uint8] | None = getattr(_kept, "block", None)
        if block is None or len(block) < size_bytes + LINE_BYTES:
            block = np.empty(size_bytes + LINE_BYTES, np.uint8)
            _kept.block = block if len(block) <= KEPT_BYTES_MAX else None
        self._block = block
        self._used = -block.ctypes.data % LINE_BYTES

    def mark(self) -> int:
        """Where the next array will begin: to go back to when all that is taken from here on is done with."""
        return self._used

    def back_to(self, mark: int) -> None:
        """What was taken since the mark is free again."""
        self._used = mark

    def take(self, shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
        """An array that begins at a cache line. Raises ValueError when the block is used up."""
        size = math.prod(shape) * np.dtype(dtype).itemsize
        taken = self._block[self._used : self._used + size]
        if len(taken) < size:
            raise ValueError(f"{size} bytes wanted, {len(taken)} left")
        self._used += -(-size // LINE_BYTES) * LINE_BYTES
        return taken.view(dtype).reshape(shape)
