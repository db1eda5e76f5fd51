"""What a check found: numbered checks, findings that name the exact entry, a line a journal.

A finding is something wrong. A note is something that is not there, and that nobody promised: who reads the
verdict must know of it, and the exit status stays 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from skyaccord.base.times import format_utc
from skyaccord.record.answers import Asked
from skyaccord.record.cosigned import Cosigned

CHECKS = {
    1: "structure: everything is well formed, nothing is missing or left over",
    2: "chain: every envelope fits its leaf, every head follows from the one before",
    3: "signatures: every envelope is signed by the key of the party that wrote it",
    4: "sequence: 0, 1, 2… without a gap, each envelope in its own place",
    5: "origin: each envelope belongs to this journal, which its party's card names",
    6: "payload types: each is that of its kind, and known kinds keep to their model",
    7: "statements: every person was enrolled by that party for that role, and signed",
    8: "checkpoints: each is signed, and its Merkle root is that of the entries held",
    9: "receipts: each agrees with what is held, and covers what it should",
    10: "one history: no party is known to have signed two",
    11: "cosignatures: each is by a peer or witness that was pinned",
    12: "keys: each was replaced or revoked by the root key, and fits the card",
    13: "erasures: what is missing was erased on the record",
    14: "answers: what was asked and not answered in time, and what came too late",
}
COSIGNATURES, KEYS, ERASURES, ANSWERS = 11, 12, 13, 14

FINDINGS_SHOWN_MAX = 20  # a check; the rest is counted
FINDINGS_MAX = 10_000  # of one report: what is wrong everywhere is told by fewer


@dataclass(frozen=True)
class Finding:
    """Something wrong: which check, which journal and entry (if it is about one), and what.

    line: of the bundle, where it is about a line that is no entry.
    """

    check: int
    what: str
    party: str | None = None
    origin: str | None = None
    sequence: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}: "
        if self.party is not None:
            journal = f"journal of {self.party}"
            place += (
                f"entry {self.sequence} of the {journal}: " if self.sequence is not None else f"{journal}: "
            )
        return f"{place}{self.what}"

    def to_dict(self) -> dict[str, Any]:
        """For `--format json`."""
        found = {
            "check": self.check,
            "party": self.party,
            "origin": self.origin,
            "sequence": self.sequence,
            "what": self.what,
        }
        return found if self.line is None else {**found, "line": self.line}


@dataclass
class JournalVerdict:
    """One journal: its size, how much of it is sealed to whoever holds it, against which card it was checked.

    anchored: a card given by the reader names this journal. held_by: party → entries its receipts cover.
    cosigned: the newest checkpoint of each cosigner; `claimed`: the entries under the newest of all.
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
    cosigned: dict[str, Cosigned] = field(default_factory=dict)
    wrong: int = 0

    @property
    def verified(self) -> bool:
        """Nothing wrong, against a card the reader gave."""
        return self.anchored and self.wrong == 0

    @property
    def claimed(self) -> int:
        """The entries under the last cosigned checkpoint. Of those after it nothing is claimed."""
        return max((one.size for one in self.cosigned.values()), default=0)

    def cosigned_by(self, cosigned: Cosigned) -> None:
        """Take a cosignature that holds; of each cosigner the newest is kept."""
        known = self.cosigned.get(cosigned.name)
        if known is None or (known.size, known.at) < (cosigned.size, cosigned.at):
            self.cosigned[cosigned.name] = cosigned

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
            "cosigned": [
                {"by": one.who, "entries": one.size, "at": format_utc(one.at), "anchored": one.anchored}
                for one in sorted(self.cosigned.values(), key=lambda one: one.name)
            ],
            "claimed": self.claimed,
            "wrong": self.wrong,
            "verified": self.verified,
        }


@dataclass
class Report:
    """The whole check. `ok`: nothing wrong (a journal may still be UNANCHORED: see its verdict).

    folder: what was checked, a node's folder or a bundle. places: origin → every entry with a finding, also
    of those that are counted only.
    """

    folder: str
    journals: list[JournalVerdict] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    looked_at: dict[int, int] = field(default_factory=dict)
    asked: Asked = field(default_factory=Asked)
    more: int = 0  # findings that are counted only
    places: dict[str, set[int]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Nothing wrong."""
        return not self.findings

    def counted(self, check: int, amount: int = 1) -> None:
        """Count what a check looked at."""
        self.looked_at[check] = self.looked_at.get(check, 0) + amount

    def wrong(
        self,
        check: int,
        what: str,
        journal: JournalVerdict | None = None,
        sequence: int | None = None,
        *,
        line: int | None = None,
    ) -> None:
        """Add a finding."""
        if journal is not None:
            journal.wrong += 1
            if sequence is not None:
                self.places.setdefault(journal.origin, set()).add(sequence)
        if len(self.findings) >= FINDINGS_MAX:
            self.more += 1
        elif journal is None:
            self.findings.append(Finding(check, what, line=line))
        else:
            self.findings.append(Finding(check, what, journal.party, journal.origin, sequence, line))

    def note(self, check: int, what: str, journal: JournalVerdict, sequence: int | None = None) -> None:
        """Add something that is not there, and need not be."""
        self.notes.append(Finding(check, what, journal.party, journal.origin, sequence))

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
            "findings": [finding.to_dict() for finding in self.findings],
            "findings_not_listed": self.more,
            "notes": [note.to_dict() for note in self.notes],
            "answers": self.asked.to_dict(),
        }
