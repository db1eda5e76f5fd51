"""Counts of what was read, accepted and refused. Nothing is refused without a reason that is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from skyaccord.base.errors import UnreadableError
from skyaccord.tracks.readers.recording import Rejected, RejectSink

REJECTED_TEXT_CHARACTERS_MAX = 2_000
"""A refused record is kept for the user to look at, not to be replayed: longer texts are cut here."""

LATITUDE_OUTSIDE = "latitude outside -90..90"
LONGITUDE_OUTSIDE = "longitude outside -180..360"


class Tally:
    """The counts of one file. `source` is the file's name as given; `sink` gets each refused record."""

    def __init__(self, source: str, sink: RejectSink | None = None) -> None:
        self.source = source
        self.read = 0
        self.accepted = 0
        self.notes: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self._sink: Callable[[Rejected], object] | None = sink.append if isinstance(sink, list) else sink

    @property
    def keeps_texts(self) -> bool:
        """Whether anyone wants the refused records themselves."""
        return self._sink is not None

    def refuse(self, reason: str, line: int, text: str | bytes, example: str | None = None) -> None:
        """Count one refused record, hand it to the sink. `example`: the offending value, for the summary."""
        self.refused[reason] += 1
        if example is not None:
            self.examples.setdefault(reason, example)
        if self._sink is not None:
            shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
            self._sink(Rejected(shown[:REJECTED_TEXT_CHARACTERS_MAX], reason, self.source, line))

    def note(self, what: str, count: int) -> None:
        """Count records that are neither accepted nor refused, such as messages without a position."""
        if count:
            self.notes[what] += count

    def counts(self) -> dict[str, int]:
        """`read`, `accepted`, notes, and `refused: <reason>`, the most frequent reason first."""
        return {
            "read": self.read,
            "accepted": self.accepted,
            **self.notes,
            **{f"refused: {reason}": count for reason, count in self.refused.most_common()},
        }

    def reject_if_nothing_remains(self) -> None:
        """Raises UnreadableError, with every reason and its count, if no record was accepted."""
        if self.accepted:
            return
        if not self.read:
            raise UnreadableError(
                "holds no record", where=self.source, do="give a recording with at least one position"
            )
        reasons = ", ".join(
            f"{reason} ({count}{self._first(reason)})" for reason, count in self.refused.most_common()
        )
        raise UnreadableError(
            f"no usable record among {self.read}: {reasons}", where=self.source, do=self._advice()
        )

    def _first(self, reason: str) -> str:
        return f", first: {self.examples[reason]}" if reason in self.examples else ""

    def _advice(self) -> str:
        (reason, _), *_ = self.refused.most_common(1)
        if reason in (LATITUDE_OUTSIDE, LONGITUDE_OUTSIDE):
            return "positions must be decimal degrees: is this another format, or another edition of it?"
        if reason == "no altitude":
            return "give a recording with pressure altitudes: heights by satellite do not separate aircraft"
        if reason == "no time":
            return "give a recording whose records say when they were made"
        return "check that this is a recording of aircraft positions, or name its format with --input-format"


def add_counts(total: dict[str, int], part: dict[str, int]) -> None:
    """Add the counts of one file to those of the whole recording."""
    for name, count in part.items():
        total[name] = total.get(name, 0) + count
