"""How the link to one peer stands: up only if both directions worked lately. Pure, but for the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from skyaccord.base.clock import Clock
from skyaccord.node.clock_skew import Skew
from skyaccord.record.wire import NOT_YET

SILENT_AFTER_S: Final = 5.0
"""Five heartbeats missed: the link is down, loudly. Shorter would flicker on a busy machine."""
REASON_CHARS_MAX: Final = 300

LinkWord = Literal["up", "down", "refused"]


@dataclass(frozen=True)
class LinkState:
    """since: wall time of the last change. held: what the peer holds of ours. skew: its clock beside ours."""

    link: LinkWord
    since: datetime
    outbox: int
    held: int
    reason: str | None
    skew: Skew | None = None


class LinkStanding:
    """Fed with what works and what does not; judges when asked."""

    def __init__(self, peer: str, clock: Clock) -> None:
        self.peer = peer
        self.failures = 0
        self._clock = clock
        self._sent_at: float | None = None
        self._heard_at: float | None = None
        self._trouble: tuple[LinkWord, str] = ("down", "not reached yet")
        self._refused: str | None = None
        self._word: LinkWord = "down"
        self._since = clock.now()

    def sent(self) -> None:
        """The peer has just said what it holds."""
        self.failures = 0
        self._sent_at = self._clock.monotonic()

    def heard(self) -> None:
        """The peer's own node has just spoken to us."""
        self._heard_at = self._clock.monotonic()
        self._refused = None

    def failed(self, word: LinkWord, reason: str) -> None:
        """We tried to reach the peer, in vain."""
        self.failures += 1
        self._trouble = (word, reason[:REASON_CHARS_MAX])

    def refused(self, reason: str) -> None:
        """What came from the peer did not hold: it explains why its journal does not come on."""
        who = f"party {self.peer}"
        waits = reason.startswith(NOT_YET)
        said = f"what comes as {who} is {reason}" if waits else f"we refuse what comes as {who}: {reason}"
        self._refused = said[:REASON_CHARS_MAX]

    def word(self) -> tuple[LinkWord, datetime, str | None]:
        """How it stands now, since when, and why."""
        word, reason = self._judge()
        if word != self._word:
            self._word, self._since = word, self._clock.now()
        return word, self._since, reason

    def _judge(self) -> tuple[LinkWord, str | None]:
        sent, heard = self._lately(self._sent_at), self._lately(self._heard_at)
        if sent and heard:
            return "up", None
        if self.failures and self._trouble[0] == "refused":
            return self._trouble
        if not heard and self._refused is not None:
            return "refused", self._refused
        if sent:
            return (
                "down",
                f"we reach party {self.peer}, but have not heard from it for {SILENT_AFTER_S:.0f} s",
            )
        return "down", self._trouble[1]

    def _lately(self, moment: float | None) -> bool:
        return moment is not None and self._clock.monotonic() - moment <= SILENT_AFTER_S
