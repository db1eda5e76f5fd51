"""What a check of a folder found: numbered checks, findings that name the exact entry, a line a journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CHECKS = {
    1: "structure: every row is well formed, none is missing or left over",
    2: "chain: every envelope fits its leaf, every head follows from the one before",
    3: "signatures: every envelope is signed by the key of the party that wrote it",
    4: "sequence: 0, 1, 2… without a gap, each envelope in its own place",
    5: "origin: each envelope belongs to this journal, which its party's card names",
    6: "payload types: each is that of its kind, and known kinds keep to their model",
    7: "statements: every person was enrolled by that party for that role, and signed",
    8: "checkpoints: each is signed, cosigned, and of what is held",
    9: "receipts: each agrees with what is held, and covers what it should",
    10: "one history: no party is known to have signed two",
}

FINDINGS_SHOWN_MAX = 20  # a journal and check; the rest is counted


@dataclass(frozen=True)
class Finding:
    """Something wrong: which check, which journal and entry (if it is about one), and what."""

    check: int
    what: str
    party: str | None = None
    origin: str | None = None
    sequence: int | None = None

    def __str__(self) -> str:
        place = ""
        if self.party is not None:
            place = f"journal of {self.party}"
            if self.sequence is not None:
                place = f"entry {self.sequence} of the {place}"
            place += ": "
        return f"{place}{self.what}"


@dataclass
class JournalVerdict:
    """One journal: its size, how much of it is sealed to this folder, against which card it was checked.

    anchored: a card given by the reader names this journal. held_by: party → entries its receipts cover.
    """

    party: str
    origin: str
    own: bool
    entries: int = 0
    sealed: int = 0
    refused: int = 0
    erased: int = 0
    exercise: int = 0
    anchored: bool = False
    fingerprint: str | None = None
    head: str = ""
    held_by: dict[str, int] = field(default_factory=dict)
    wrong: int = 0

    @property
    def verified(self) -> bool:
        """Nothing wrong, against a card the reader gave."""
        return self.anchored and self.wrong == 0

    def to_dict(self) -> dict[str, Any]:
        """For `--format json`."""
        return {
            "party": self.party,
            "origin": self.origin,
            "own": self.own,
            "entries": self.entries,
            "sealed": self.sealed,
            "refused": self.refused,
            "erased": self.erased,
            "exercise": self.exercise,
            "anchored": self.anchored,
            "fingerprint": self.fingerprint,
            "head": self.head,
            "held_by": self.held_by,
            "wrong": self.wrong,
            "verified": self.verified,
        }


@dataclass
class Report:
    """The whole check. `ok`: nothing wrong (a journal may still be UNANCHORED: see its verdict)."""

    folder: str
    journals: list[JournalVerdict] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    looked_at: dict[int, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Nothing wrong."""
        return not self.findings

    def counted(self, check: int, amount: int = 1) -> None:
        """Count what a check looked at."""
        self.looked_at[check] = self.looked_at.get(check, 0) + amount

    def wrong(
        self, check: int, what: str, journal: JournalVerdict | None = None, sequence: int | None = None
    ) -> None:
        """Add a finding."""
        if journal is None:
            self.findings.append(Finding(check, what))
            return
        journal.wrong += 1
        self.findings.append(Finding(check, what, journal.party, journal.origin, sequence))

    def of_check(self, check: int) -> list[Finding]:
        """The findings of one check."""
        return [finding for finding in self.findings if finding.check == check]

    def to_dict(self) -> dict[str, Any]:
        """For `--format json`."""
        return {
            "folder": self.folder,
            "ok": self.ok,
            "journals": [journal.to_dict() for journal in self.journals],
            "checks": [
                {
                    "number": number,
                    "title": title,
                    "looked_at": self.looked_at.get(number, 0),
                    "ok": not self.of_check(number),
                }
                for number, title in CHECKS.items()
            ],
            "findings": [
                {
                    "check": finding.check,
                    "party": finding.party,
                    "origin": finding.origin,
                    "sequence": finding.sequence,
                    "what": finding.what,
                }
                for finding in self.findings
            ],
        }
