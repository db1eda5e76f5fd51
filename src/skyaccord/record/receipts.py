"""Who holds what: a projection of receipts. Holding is a machine's word, never an acknowledgement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from skyaccord.record.entries import Entry
from skyaccord.record.fields import EntryRef
from skyaccord.record.kinds import RECEIPT, Receipt


@dataclass(frozen=True)
class Holding:
    """`party` said it holds `first` to `last` of `origin`. refused: sequence → reason."""

    party: str
    origin: str
    first: int
    last: int
    recorded_at: datetime
    refused: dict[int, str]


class Receipts:
    """Fed with entries in any order; answers who holds an entry, since when, and whether they refused it."""

    def __init__(self) -> None:
        self._holdings: dict[str, list[Holding]] = {}

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
        )
        self._holdings.setdefault(receipt.origin, []).append(holding)
        return holding

    def of(self, ref: EntryRef) -> list[Holding]:
        """The receipts that cover this entry."""
        return [one for one in self._holdings.get(ref.origin, []) if one.first <= ref.sequence <= one.last]

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
