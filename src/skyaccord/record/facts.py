"""What the pass over one journal leaves for the checks that compare journals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from skyaccord.record.cards import Card
from skyaccord.record.compact import Heads, ReceiptLog
from skyaccord.record.cosigned import Cosigner
from skyaccord.record.keycheck import KeyCheck
from skyaccord.record.rows import JournalRow
from skyaccord.record.verdict import JournalVerdict


@dataclass
class JournalFacts:
    """Small for its journal: flat bytes for what every entry has, objects for what few have."""

    row: JournalRow
    verdict: JournalVerdict
    keys: KeyCheck  # as followed through its rotations
    heads: Heads = field(default_factory=Heads)  # as computed
    size: int = 0  # the sequence after the last entry that is there
    receipts: ReceiptLog = field(default_factory=ReceiptLog)
    pinned: dict[str, Card] = field(default_factory=dict)
    witnesses: dict[str, str] = field(default_factory=dict)  # name → public key, as pinned
    faults: dict[int, tuple[int, str]] = field(default_factory=dict)  # contents that break a rule
    marks: dict[int, str] = field(default_factory=dict)  # refused: sequence → reason
    sealed: set[int] = field(default_factory=set)
    erased: dict[int, tuple[bytes, str]] = field(default_factory=dict)  # sequence → leaf, kind on file
    erasures: list[dict[str, Any]] = field(default_factory=list)  # bodies of `record.erased`
    plain_receipts: set[int] = field(default_factory=set)  # disclosed, not refused, of kind receipt
    notes: list[tuple[int, str]] = field(default_factory=list)  # checkpoints whose cosigners come later

    @property
    def own(self) -> bool:
        """Whether it is the journal of whoever holds the folder, or made the bundle."""
        return self.row.own == 1

    @property
    def cosigner(self) -> Cosigner:
        """This journal's party as a cosigner of others' checkpoints."""
        keys = tuple(self.keys.chain.keys)
        return Cosigner(self.row.origin, keys, f"party {self.row.party}", self.verdict.anchored)
