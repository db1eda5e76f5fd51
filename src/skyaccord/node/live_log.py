"""What consoles are told, in order, with nothing dropped and nothing growing without bound.

Every message is the whole row of one thing (an alert, a message, an incident …), so a later row replaces an
earlier one of the same thing. The log therefore keeps the newest row of each thing only, under its number. A
console that comes back with "I have seen N" gets every row whose newest number is above N, in order: it can
miss an intermediate wording of a row, never a row. A slow console cannot make the node hold more than this.

Numbers start at the wall clock's milliseconds when the node starts, so that they rise over restarts and a
console with a number of an earlier run gets everything.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final, Literal

import anyio

RowType = Literal[
    "alert", "approach", "crossing", "encounter", "incident", "message", "accord", "person", "talks",
    "hotline",
]  # fmt: skip
UNNUMBERED: Final = ("status", "roster")


@dataclass(frozen=True)
class LiveRow:
    """One numbered message to the consoles."""

    n: int
    type: RowType
    data: dict[str, Any]

    def frame(self) -> dict[str, Any]:
        """The text frame's JSON."""
        return {"n": self.n, "type": self.type, "data": self.data}


class LiveLog:
    """Newest row of each thing, numbered; consoles wait on `changed`. One event loop only, no locks."""

    def __init__(self, first_number: int) -> None:
        self._last = first_number
        self._rows: OrderedDict[tuple[str, str], LiveRow] = OrderedDict()
        self._changed = anyio.Event()

    @property
    def last(self) -> int:
        """The newest number given."""
        return self._last

    def publish(self, kind: RowType, key: str, data: dict[str, Any]) -> LiveRow | None:
        """Number this row and wake the consoles; None if it says nothing new."""
        held = self._rows.get((kind, key))
        if held is not None and held.data == data:
            return None
        self._last += 1
        row = LiveRow(self._last, kind, data)
        self._rows[(kind, key)] = row
        self._rows.move_to_end((kind, key))
        self.wake()
        return row

    def since(self, seen: int) -> list[LiveRow]:
        """Rows above `seen`, in order. A number that this node has not given yet counts as 0."""
        if seen > self._last:
            seen = 0
        fresh: list[LiveRow] = []
        for row in reversed(self._rows.values()):
            if row.n <= seen:
                break
            fresh.append(row)
        fresh.reverse()
        return fresh

    def rows(self, kind: RowType) -> dict[str, dict[str, Any]]:
        """Newest row of each thing of one type, by its key."""
        return {key: row.data for (held, key), row in self._rows.items() if held == kind}

    def wake(self) -> None:
        """Let everyone who waits look again."""
        waiting, self._changed = self._changed, anyio.Event()
        waiting.set()

    async def changed(self) -> None:
        """Return when something was published after this call."""
        await self._changed.wait()
