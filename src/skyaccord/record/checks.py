"""The checklist for one journal, entry by entry. The numbers are those of `verdict.CHECKS`.

An auditor can tick them off: each block below carries the number of the check it serves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from skyaccord.base.errors import RefusedError, TrustError
from skyaccord.record.acts import ACTS
from skyaccord.record.behind import JOURNAL_RESTORED
from skyaccord.record.canonical import parse_json
from skyaccord.record.cards import Card
from skyaccord.record.chain import SALT_BYTES, leaf_hash, next_head, start_head
from skyaccord.record.checkpoint import open_by_any
from skyaccord.record.dsse import read_dsse
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import Envelope, read_envelope
from skyaccord.record.erasure import ERASED
from skyaccord.record.fields import HASH_BYTES
from skyaccord.record.hot import LEVEL_BITS, node_number
from skyaccord.record.keycheck import KeyCheck
from skyaccord.record.kinds import KINDS, PEER_PINNED, RECEIPT, PeerPinned, Receipt
from skyaccord.record.merkle import completed_nodes, root
from skyaccord.record.rows import CheckpointRow, EntryRow, JournalRow
from skyaccord.record.statement import statement_digest, statement_fault
from skyaccord.record.verdict import JournalVerdict, Report


@dataclass
class JournalFacts:
    """What the pass over one journal leaves for the checks that compare journals."""

    row: JournalRow
    verdict: JournalVerdict
    heads: dict[int, bytes] = field(default_factory=dict)  # sequence → chain head after it, as computed
    size: int = 0  # the sequence after the last entry that is there
    receipts: list[tuple[int, Receipt]] = field(default_factory=list)  # (sequence, receipt)
    pinned: dict[str, Card] = field(default_factory=dict)
    faults: dict[int, tuple[int, str]] = field(default_factory=dict)  # contents that break a rule
    marks: dict[int, str | None] = field(default_factory=dict)  # refused: sequence → reason
    sealed: set[int] = field(default_factory=set)
    erased: dict[int, tuple[bytes, str]] = field(default_factory=dict)  # sequence → leaf, kind on file
    erasures: list[dict[str, Any]] = field(default_factory=list)  # bodies of `record.erased`
    keys: KeyCheck = field(init=False)  # as followed through its rotations
    plain_receipts: set[int] = field(default_factory=set)  # disclosed, not refused, of kind receipt


class JournalChecker:
    """Checks 1 to 7 for one journal, fed with its rows in order of sequence."""

    def __init__(self, report: Report, row: JournalRow, card: Card | None) -> None:
        self.report = report
        self.verdict = JournalVerdict(row.party, row.origin, bool(row.own))
        self.facts = JournalFacts(row, self.verdict)
        self.enrolments = Enrolments()
        self._head = self._before = start_head(row.origin)
        self._nodes: dict[int, bytes] = {}  # inner nodes of the Merkle tree as computed
        self._spine: dict[int, bytes] = {}  # level → its newest complete node in an even place
        self._statements: dict[str, int] = {}  # what persons signed → where it stands first
        self._leaf_hashes: list[bytes] = []
        self._restored: list[range] = []
        self.facts.keys = self._keys = KeyCheck(row.origin, row.public_key.split(), card)
        self._check_card(row, card)

    def _wrong(self, check: int, what: str, sequence: int | None = None) -> None:
        self.report.wrong(check, what, self.verdict, sequence)

    def _check_card(self, row: JournalRow, card: Card | None) -> None:
        # 5. The card the reader gave names this journal, this party and this key.
        self.report.counted(5)
        if row.origin.split("/")[1:2] != [row.party]:
            self._wrong(5, f"the journal {row.origin} is filed under party {row.party}")
        if card is not None:
            self.verdict.anchored = True
            fault = self._keys.card_fault()
            if fault is not None:
                self._wrong(5, fault)

    def entry(self, row: EntryRow) -> None:
        """Check the next row."""
        expected = self.facts.size
        # 4. Sequences are 0, 1, 2…
        self.report.counted(4)
        if row.sequence != expected:
            missing = f"entry {expected}" if row.sequence == expected + 1 else f"entries {expected} and on"
            self._wrong(4, f"{missing} before it are missing", row.sequence)
        # 2. The head follows from the one before and this leaf.
        self.report.counted(2)
        self._before = self._head
        if len(row.leaf) != HASH_BYTES or len(row.head) != HASH_BYTES:
            self._wrong(1, f"leaf and head must have {HASH_BYTES} bytes", row.sequence)
            self._head = row.head
        else:
            self._head = next_head(self._head, row.leaf)
            if self._head != row.head:
                self._wrong(2, "its head does not follow from the head before and its leaf", row.sequence)
                self._head = row.head  # one fault is named once
            self._grow(row)
        self.facts.heads[row.sequence] = self._head
        self.facts.size = max(row.sequence + 1, expected)
        self.verdict.entries += 1
        self._content(row)

    def _grow(self, row: EntryRow) -> None:
        """Compute the inner nodes of the Merkle tree that this leaf completes."""
        if row.sequence != len(self._leaf_hashes):
            return  # a gap, named already; the tree cannot go on
        for level, place, value in completed_nodes(
            lambda level, place: self._spine[level], row.sequence, row.leaf
        ):
            self._spine[level] = value
            self._nodes[node_number(level, place)] = value
        if not row.sequence & 1:
            self._spine[0] = row.leaf
        self._leaf_hashes.append(row.leaf)

    def _content(self, row: EntryRow) -> None:
        if row.refused is not None:
            self.verdict.refused += 1
            self.facts.marks[row.sequence] = row.refused
        # 1. Salt, envelope and kind stand together, or the entry is sealed, which our own never is.
        self.report.counted(1)
        if row.salt is None and row.envelope is None and row.kind is None:
            self.verdict.sealed += 1
            self.facts.sealed.add(row.sequence)
            if row.sequence == 0:
                self._wrong(1, "its envelope is missing", row.sequence)
            return
        if row.salt is None and row.envelope is None and row.kind is not None:
            self.facts.erased[row.sequence] = (row.leaf, row.kind)  # held against our `record.erased` later
            self.verdict.erased += 1
            return
        if row.salt is None or row.envelope is None or row.kind is None or len(row.salt) != SALT_BYTES:
            self._wrong(1, "salt, envelope and kind do not stand together", row.sequence)
            return
        # 2. The envelope fits its leaf.
        if leaf_hash(row.salt, row.envelope) != row.leaf:
            self._wrong(2, "the envelope and its salt do not fit the leaf", row.sequence)
        # 6. The payload type is that of the kind; the header keeps to its model.
        self.report.counted(6)
        try:
            envelope = read_envelope(row.envelope)
        except RefusedError as error:
            self._wrong(6, str(error), row.sequence)
            return
        if envelope.header.kind != row.kind:
            self._wrong(6, f"filed as {row.kind!r} but is {envelope.header.kind!r}", row.sequence)
        # 3. The signature is by the party's key of this time; or, where that changes, by its root key.
        self.report.counted(3)
        fault = self._keys.signature_fault(read_dsse(parse_json(row.envelope)), envelope.header.kind)
        if fault is not None:
            self._wrong(3, fault, row.sequence)
        self._header(row, envelope)
        self._body(row, envelope)

    def _header(self, row: EntryRow, envelope: Envelope) -> None:
        header = envelope.header
        self.verdict.exercise += header.exercise
        # 4. It stands where it says it stands, and continues what is before it.
        if header.sequence != row.sequence:
            self._wrong(4, f"the envelope says it is entry {header.sequence}", row.sequence)
        if header.previous != self._before.hex():
            self._wrong(2, "the envelope continues another history", row.sequence)
        # 5. It belongs to this journal.
        self.report.counted(5)
        if header.origin != row.origin:
            self._wrong(5, f"the envelope belongs to the journal {header.origin}", row.sequence)

    def _body(self, row: EntryRow, envelope: Envelope) -> None:
        header, body = envelope.header, envelope.body
        # 6. Known kinds keep to their model, or were refused when they came in.
        fault = KINDS.fault(header.kind, body)
        if fault is not None and row.refused is None:
            self.facts.faults[row.sequence] = (6, fault)
        # 5. The first entry is the opening by the key that signs.
        if row.sequence == 0:
            self._opening(envelope)
        if fault is not None:
            return
        # 7. A statement's signer was enrolled for that party and role before, and is quoted once.
        if body.get("statement") is not None:
            self.report.counted(7)
            fault = statement_fault(envelope, self.enrolments)
            if fault is None and ACTS.of_kind(header.kind) is not None:
                first = self._statements.setdefault(statement_digest(body["statement"]), row.sequence)
                if first != row.sequence:
                    fault = f"the statement that stands in entry {first} already"
            if fault is not None and row.refused is None:
                self.facts.faults[row.sequence] = (7, fault)
        if row.refused is None:
            fault = self._keys.take(envelope)
            if fault is not None:
                self._wrong(3, fault, row.sequence)
            self.enrolments.add(header, body)
            self._note(row, header.kind, body)

    def _note(self, row: EntryRow, kind: str, body: dict[str, Any]) -> None:
        """Keep what the checks that compare journals need."""
        if kind == RECEIPT:
            self.facts.plain_receipts.add(row.sequence)
            self.facts.receipts.append((row.sequence, Receipt.model_validate(body)))
        if kind == JOURNAL_RESTORED:
            self._restored.append(range(body["first"], body["last"] + 1))
        if kind == ERASED:
            self.facts.erasures.append(body)
        if kind == PEER_PINNED:
            card = PeerPinned.model_validate(body).card
            self.facts.pinned[card.party] = card

    def _opening(self, envelope: Envelope) -> None:
        try:
            fault = self._keys.opened(envelope)
        except ValidationError:
            fault = "the first entry holds no valid card"
        if fault is not None:
            self._wrong(5, fault, 0)

    def end(self, checkpoints: list[CheckpointRow], nodes: dict[int, bytes]) -> JournalFacts:
        """Checks after the last row: size and head as filed, the Merkle tree, checkpoints."""
        row, facts = self.facts.row, self.facts
        self.verdict.head = self._head.hex()
        # 1, 5. The key is one, and it is where the rotations led.
        try:
            self.verdict.fingerprint = self._keys.fingerprint
        except TrustError as error:
            self._wrong(1, f"its key is none ({error})")
        fault = self._keys.end_fault()
        if fault is not None and facts.heads:
            self._wrong(5, fault)
        # 1. As many entries as the folder says, ending at the head it says.
        if row.size != len(facts.heads):
            self._wrong(1, f"the folder says {row.size} entries, {len(facts.heads)} are there")
        if row.head != self._head:
            self._wrong(2, "the head on file is not that of the last entry")
        # 1. Our own are never sealed, but for those that were lost and came back so, on the record.
        for sequence in sorted(facts.sealed) if self.verdict.own else ():
            if sequence and not any(sequence in lost for lost in self._restored):
                self._wrong(1, "its envelope is missing", sequence)
        # 2. The stored Merkle tree is that of the leaves (if they are wrong, so is it: named once).
        if nodes != self._nodes and self.verdict.wrong == 0:
            number = min(n for n in nodes.keys() | self._nodes.keys() if nodes.get(n) != self._nodes.get(n))
            level, place = number >> LEVEL_BITS, number & ((1 << LEVEL_BITS) - 1)
            first = place << max(level, 0)
            self._wrong(2, f"a stored node of the Merkle tree over it (level {level}) is wrong", first)
        # 8. Every checkpoint is the party's, and of what is held.
        for checkpoint in checkpoints:
            self.report.counted(8)
            self._checkpoint(checkpoint)
        return facts

    def _checkpoint(self, row: CheckpointRow) -> None:
        at = f"the checkpoint of {row.size} entries"
        try:
            keys = self._keys.chain.signed_by(row.size)
            found, _ = open_by_any(row.note, self.verdict.origin, keys)
        except TrustError as error:
            self._wrong(8, f"{at}: {error}")
            return
        if found.size != row.size:
            self._wrong(8, f"{at} is filed as something else")
        elif found.size > self.facts.size:
            self._wrong(8, f"{at} is there, entry {found.size - 1} is not: the end is missing")
        elif self._root(found.size) != found.root:
            self._wrong(8, f"{at} is not of the entries there are", max(found.size - 1, 0))

    def _root(self, size: int) -> bytes | None:
        def node(level: int, place: int) -> bytes:
            return self._leaf_hashes[place] if level == 0 else self._nodes[node_number(level, place)]

        try:
            return root(node, size)
        except LookupError:
            return None  # entries are missing, named already
