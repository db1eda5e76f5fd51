"""Who holds what: a projection of receipts. Holding is a machine's word, never an acknowledgement."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from skyaccord.record.entries import Entry
from skyaccord.record.fields import EntryRef
from skyaccord.record.kinds import RECEIPT, Receipt


@dataclass(frozen=True)
class Holding:
    """`party` said it holds `first` to `last` of `origin`. refused: sequence → reason. place: journal and
    sequence of the receipt itself."""

    party: str
    origin: str
    first: int
    last: int
    recorded_at: datetime
    refused: dict[int, str]
    place: tuple[str, int]


class Receipts:
    """Fed with entries in any order; answers who holds an entry, since when, and whether they refused it.

    The receipts of one party for one journal join without a gap, so each list is in order of `last`, and the
    one that covers an entry is found by bisection.
    """

    def __init__(self) -> None:
        self._holdings: dict[str, dict[str, list[Holding]]] = {}  # journal → who holds it → receipts

    def add(self, entry: Entry) -> Holding | None:
        """Take note of an entry, if it is a receipt that holds; else None."""
        if entry.sealed or entry.refused is not None or entry.kind != RECEIPT:
            return None
        try:
            receipt = Receipt.model_validate(entry.body)
        except ValidationError:
            return None
        holding = Holding(
            entry.party,
            receipt.origin,
            receipt.first,
            receipt.last,
            entry.header.recorded_at,
            {line.sequence: line.reason for line in receipt.refused},
            (entry.origin, entry.sequence),
        )
        found = self._holdings.setdefault(receipt.origin, {}).setdefault(entry.party, [])
        insort(found, holding, key=_last)
        return holding

    def of(self, ref: EntryRef) -> list[Holding]:
        """The receipts that cover this entry."""
        result = []
        for found in self._holdings.get(ref.origin, {}).values():
            place = bisect_left(found, ref.sequence, key=_last)
            result += [one for one in found[place : place + 1] if one.first <= ref.sequence]
        return result

    def held_by(self, ref: EntryRef) -> list[str]:
        """The parties that say they hold this entry, sorted."""
        return sorted({holding.party for holding in self.of(ref)})

    def refused_by(self, ref: EntryRef) -> dict[str, str]:
        """party → why it refused this entry."""
        return {
            holding.party: holding.refused[ref.sequence]
            for holding in self.of(ref)
            if ref.sequence in holding.refused
        }


def _last(holding: Holding) -> int:
    return holding.last
