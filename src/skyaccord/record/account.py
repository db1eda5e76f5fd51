"""What became of each entry: who received it when, who refused it, who acknowledged it. For reading.

From the journals' own words, of a folder or a bundle alike. Nothing is checked here but that a person has
signed what is called acknowledged: whether these words are whose they say is what `verify` is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from skyaccord.base.errors import RefusedError
from skyaccord.base.times import format_utc
from skyaccord.record.answers import ACKNOWLEDGEMENT, SILENCE, Answer, Asked, Lapse
from skyaccord.record.bundle import EntryLine, HeaderLine, JournalLine
from skyaccord.record.bundle_read import bundle_lines
from skyaccord.record.dsse import payload_type
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.entries import Entry
from skyaccord.record.envelope import read_envelope
from skyaccord.record.fields import EntryRef
from skyaccord.record.kinds import PERSON_DISMISSED, PERSON_ENROLLED, RECEIPT
from skyaccord.record.receipts import Receipts
from skyaccord.record.rows import EntryRow, JournalRow
from skyaccord.record.statement import statement_fault

_TELLING: Final = tuple(
    f'"payloadType":"{payload_type(kind)}"'.encode()
    for kind in (RECEIPT, PERSON_ENROLLED, PERSON_DISMISSED, ACKNOWLEDGEMENT, SILENCE)
)
"""Envelopes are canonical JSON, so that these words stand in those kinds' alone (base64 has no quotes)."""


class Source(Protocol):
    """Journals to be read: `rows.Rows` of a folder, or `BundleSource`."""

    def journals(self) -> list[JournalRow]:
        """Every journal, the holder's own first."""

    def entries(self, origin: str) -> Iterable[EntryRow]:
        """The entries of a journal by sequence."""


class BundleSource:
    """A bundle as rows. Lines that cannot be read are left out: `verify_bundle` names them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def journals(self) -> list[JournalRow]:
        """Every journal, the holder's own first."""
        lines = (line for _, line in bundle_lines(self._path, _silently))
        own, found = "", []
        for line in lines:
            if isinstance(line, HeaderLine):
                own = line.journals[0]
            elif isinstance(line, JournalLine):
                party = line.origin.split("/")[1]
                mine = int(line.origin == own)
                found.append(JournalRow(line.origin, party, "", mine, line.entries, line.head, 0))
        return found

    def entries(self, origin: str) -> Iterator[EntryRow]:
        """The entries of a journal by sequence. Their refusals stand in the holder's receipts."""
        here = False
        for _, line in bundle_lines(self._path, _silently):
            if isinstance(line, JournalLine):
                here = line.origin == origin
            elif isinstance(line, EntryLine) and here:
                yield EntryRow(
                    0, origin, line.sequence, line.leaf, None, line.salt, line.envelope, line.erased, None
                )


def _silently(_number: int, _what: str) -> None:
    """Reading goes on."""


@dataclass
class Account:
    """Receipts and answers of all journals.

    refused: (origin, sequence) → why the holder's own receipts refuse that entry; a bundle has no other mark.
    """

    receipts: Receipts = field(default_factory=Receipts)
    refused: dict[tuple[str, int], str] = field(default_factory=dict)
    asked: Asked = field(default_factory=Asked)
    _by_entry: dict[tuple[str, int], list[Lapse]] | None = None

    def __post_init__(self) -> None:
        self.asked.received_at = self._received_at

    def _received_at(self, of: tuple[str, int], party: str) -> datetime | None:
        ref = EntryRef(origin=of[0], sequence=of[1], leaf="0" * 64)  # receipts tell places
        return next((one.recorded_at for one in self.receipts.of(ref) if one.party == party), None)

    def received(self, ref: EntryRef) -> list[dict[str, Any]]:
        """Who holds an entry, since when by its own clock, why it refused it, if it did, and where it says
        so."""
        return [
            {
                "party": one.party,
                "at": format_utc(one.recorded_at),
                "refused": one.refused.get(ref.sequence),
                "entry": {"origin": one.place[0], "sequence": one.place[1]},
            }
            for one in sorted(self.receipts.of(ref), key=lambda one: one.party)
        ]

    def acknowledged(self, ref: EntryRef) -> list[dict[str, Any]]:
        """Who acknowledged an entry, when by the clock they signed at, and where it stands."""
        found: list[Answer] = self.asked.answers.get((ref.origin, ref.sequence), [])
        return [
            {
                "party": one.party,
                "role": one.role,
                "name": one.name,
                "at": format_utc(one.at),
                "entry": {"origin": one.ref[0], "sequence": one.ref[1]},
            }
            for one in found
        ]

    def silences(self, ref: EntryRef) -> list[dict[str, Any]]:
        """Who did not answer an entry in time, as its asker has journalled it: where that stands, and where
        the late answer does, if there is one."""
        return [
            {
                "told": one.told(),
                "party": one.party,
                "entry": {"origin": one.ref[0], "sequence": one.ref[1]},
                "answer": None
                if one.answered is None
                else {"origin": one.answered.ref[0], "sequence": one.answered.ref[1]},
            }
            for one in self._lapses().get((ref.origin, ref.sequence), ())
        ]

    def _lapses(self) -> dict[tuple[str, int], list[Lapse]]:
        """Every lapse by the entry it is of: made once, for all entries of a list."""
        if self._by_entry is None:
            self._by_entry = {}
            for one in self.asked.lapses():
                self._by_entry.setdefault(one.of, []).append(one)
        return self._by_entry


def account_of(source: Source) -> Account:
    """Read what all journals say of one another's entries. What their holder refused counts for nothing, nor
    does an acknowledgement that no enrolled person has signed, whoever holds it."""
    found = Account()
    for journal in source.journals():
        enrolments = Enrolments()
        for row in source.entries(journal.origin):
            if row.envelope is None or row.refused is not None:
                continue
            if (journal.origin, row.sequence) in found.refused:
                continue
            if not any(words in row.envelope for words in _TELLING):
                continue
            try:
                envelope = read_envelope(row.envelope)
            except RefusedError:
                continue
            enrolments.add(envelope.header, envelope.body)
            if statement_fault(envelope, enrolments) is None:
                found.asked.add(envelope)
            entry = Entry(0, journal.origin, row.sequence, row.leaf, b"", row.salt, row.envelope, None)
            holding = found.receipts.add(entry)
            if holding is not None and journal.own:
                found.refused |= {(holding.origin, place): why for place, why in holding.refused.items()}
    return found
