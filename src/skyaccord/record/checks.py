"""The checklist for one journal, entry by entry. The numbers are those of `verdict.CHECKS`.

An auditor can tick them off: each block below carries the number of the check it serves. A folder's rows and
a bundle's lines go through the same checks; what only a folder files (kinds, heads, marks) is compared there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from skyaccord.base.errors import RefusedError, TrustError
from skyaccord.record.acts import ACTS
from skyaccord.record.behind import JOURNAL_RESTORED
from skyaccord.record.cards import Card
from skyaccord.record.carried import OTHER_LEAF
from skyaccord.record.chain import SALT_BYTES, leaf_hash, next_head, start_head
from skyaccord.record.checkpoint import open_by_any, split_note
from skyaccord.record.compact import Tree
from skyaccord.record.cosigned import Cosigner, check_cosignatures
from skyaccord.record.dsse import Dsse, signed_part
from skyaccord.record.enrolment import Enrolments
from skyaccord.record.envelope import ROOT_KINDS, Envelope, read_signed
from skyaccord.record.erasure import ERASED
from skyaccord.record.facts import JournalFacts
from skyaccord.record.fields import HASH_BYTES
from skyaccord.record.hot import node_number
from skyaccord.record.keycheck import KeyCheck
from skyaccord.record.keys import verify_signature
from skyaccord.record.kinds import KINDS, PEER_PINNED, RECEIPT, PeerPinned, Receipt
from skyaccord.record.rows import EntryRow, JournalRow
from skyaccord.record.signatures import SignatureChecks
from skyaccord.record.statement import statement_digest, statement_fault
from skyaccord.record.verdict import COSIGNATURES, KEYS, JournalVerdict, Report
from skyaccord.record.witness_card import WITNESS_PINNED, WitnessPinned
from skyaccord.record.words import counted_entries


class JournalChecker:
    """Checks 1 to 8, 11 and 12 for one journal, fed with its entries in order of sequence.

    row: without keys (`public_key` empty) it is a bundle's. cosigners: of this journal, where they are known
    already; else its checkpoints' cosignatures are left in `facts.notes`.
    """

    def __init__(
        self,
        report: Report,
        row: JournalRow,
        card: Card | None,
        signatures: SignatureChecks,
        cosigners: Mapping[str, Cosigner] | None = None,
    ) -> None:
        self.report = report
        self.verdict = JournalVerdict(row.party, row.origin, bool(row.own))
        self._filed = row.public_key != ""
        self._keys = KeyCheck(row.origin, row.public_key.split() if self._filed else None, card)
        self.facts = JournalFacts(row, self.verdict, self._keys)
        self.enrolments = Enrolments()
        self._signatures = signatures
        self._cosigners = cosigners
        self._head = self._before = start_head(row.origin)
        self._tree = Tree()
        self._statements: dict[str, int] = {}  # what persons signed → where it stands first
        self._passed_on: dict[str, int] = {}  # those that waited in an entry → where they went out
        self._restored: list[range] = []
        self._bare: list[int] = []  # first and last of the entries without envelope since the last `previous`
        self._later: list[tuple[int, str]] = []  # checkpoints by a key that is not known yet
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
            self._wrong(4, _misplaced(row.sequence, expected), row.sequence)
        # 2. The head follows from the one before and this leaf.
        self.report.counted(2)
        self._before = self._head
        if len(row.leaf) != HASH_BYTES or (row.head is not None and len(row.head) != HASH_BYTES):
            self._wrong(1, f"leaf and head must have {HASH_BYTES} bytes", row.sequence)
            self._head = row.head or self._head
        else:
            self._head = next_head(self._head, row.leaf)
            if row.head is not None and self._head != row.head:
                self._wrong(2, "its head does not follow from the head before and its leaf", row.sequence)
                self._head = row.head  # one fault is named once
            if row.sequence == self._tree.size:  # else a gap, named already; the tree cannot go on
                self._tree.append(row.leaf)
        self.facts.heads.add(row.sequence, self._head)
        self.facts.size = max(row.sequence + 1, expected)
        self.verdict.entries += 1
        self._content(row)

    def _content(self, row: EntryRow) -> None:
        if row.refused is not None:
            self.verdict.refused += 1
            self.facts.marks[row.sequence] = row.refused
        # 1. Salt, envelope and kind stand together, or the entry is sealed, which our own never is.
        self.report.counted(1)
        if row.salt is None and row.envelope is None:
            self._bare = [*self._bare[:1], row.sequence]
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
        unfiled = self._filed and row.kind is None
        if row.salt is None or row.envelope is None or unfiled or len(row.salt) != SALT_BYTES:
            self._wrong(1, "salt, envelope and kind do not stand together", row.sequence)
            return
        # 2. The envelope fits its leaf.
        if leaf_hash(row.salt, row.envelope) != row.leaf:
            self._wrong(2, "the envelope and its salt do not fit the leaf", row.sequence)
        # 6. The payload type is that of the kind; the header keeps to its model.
        self.report.counted(6)
        try:
            envelope, dsse = read_signed(row.envelope)
        except RefusedError as error:
            self._wrong(6, str(error), row.sequence)
            return
        if row.kind is not None and envelope.header.kind != row.kind:
            self._wrong(6, f"filed as {row.kind!r} but is {envelope.header.kind!r}", row.sequence)
        self._signature(row.sequence, envelope, dsse)
        self._header(row, envelope)
        self._body(row, envelope)

    def _signature(self, sequence: int, envelope: Envelope, dsse: Dsse) -> None:
        # 3. The signature is by the party's key of this time; or, where that changes, by its root key.
        self.report.counted(3)
        kind = envelope.header.kind
        if sequence == 0:
            self._keys.begin(envelope)
        key, fault = self._keys.expected(kind)
        by_root = f" (a {kind} is signed with the root key)" if kind in ROOT_KINDS else ""
        if fault is not None:
            self._wrong(3, fault, sequence)
            return
        try:
            signature, message = signed_part(dsse, kind, key)
        except RefusedError as error:
            self._wrong(3, f"{error}{by_root}", sequence)
            return

        def failed() -> None:
            self._wrong(3, f"the signature does not hold{by_root}", sequence)

        if by_root or sequence == 0:  # what comes after rests on it
            if not verify_signature(key, signature, message):
                failed()
        else:
            self._signatures.check(key, signature, message, failed)

    def _header(self, row: EntryRow, envelope: Envelope) -> None:
        header = envelope.header
        self.verdict.exercise += header.exercise
        # 4. It stands where it says it stands, and continues what is before it.
        if header.sequence != row.sequence:
            self._wrong(4, f"the envelope says it is entry {header.sequence}", row.sequence)
        if header.previous == self._before.hex():
            self._bare.clear()  # what stands before it is under its signature
        else:
            self._wrong(2, f"the envelope continues another history{self._perhaps()}", row.sequence)
        # 5. It belongs to this journal.
        self.report.counted(5)
        if header.origin != row.origin:
            self._wrong(5, f"the envelope belongs to the journal {header.origin}", row.sequence)

    def _perhaps(self) -> str:
        """Which leaves, that no envelope here stands under, may be the changed ones."""
        if not self._bare:
            return ""
        first, last = self._bare[0], self._bare[-1]
        which = f"entry {first}" if first == last else f"one of the entries {first} to {last}"
        return f" (perhaps the leaf of {which} was changed, of which only the leaf is here)"

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
            elif fault is None and ACTS.carried(header.kind) is not None:
                fault = self._carried(row.sequence, body)
            if fault is not None and row.refused is None:
                self.facts.faults[row.sequence] = (7, fault)
        if row.refused is None:
            self._change(row.sequence, envelope)
            self.enrolments.add(header, body)
            if fault is None:
                self.report.asked.add(envelope)
            self._note(row, envelope)

    def _carried(self, sequence: int, body: dict[str, Any]) -> str | None:
        """Why a statement that waited is not the one in the entry it names, or goes out again; or None."""
        digest, prepared = statement_digest(body["statement"]), body["prepared"]
        if self._passed_on.setdefault(digest, sequence) != sequence:
            return f"the statement that went out in entry {self._passed_on[digest]} already"
        if self._statements.get(digest, prepared["sequence"]) != prepared["sequence"]:
            return f"the statement stands in entry {self._statements[digest]}, not where it was prepared"
        place, heads = prepared["sequence"], self.facts.heads
        before = start_head(self.verdict.origin) if place == 0 else heads.get(place - 1)
        head = heads.get(place)
        if (
            before is not None
            and head is not None
            and next_head(before, bytes.fromhex(prepared["leaf"])) != head
        ):
            return OTHER_LEAF.format(place)
        return None

    def _change(self, sequence: int, envelope: Envelope) -> None:
        # 12. The key changes by the root's word alone, and each entry's is the one the reader's card names.
        if envelope.header.kind in ROOT_KINDS:
            self.report.counted(KEYS)
        fault = self._keys.take(envelope) or self._keys.place_fault(sequence)
        if fault is not None:
            self._wrong(KEYS, fault, sequence)

    def _note(self, row: EntryRow, envelope: Envelope) -> None:
        """Keep what the checks that compare journals need."""
        kind, body = envelope.header.kind, envelope.body
        if kind == RECEIPT:
            self.facts.plain_receipts.add(row.sequence)
            at_ms = round(envelope.header.recorded_at.timestamp() * 1000)
            self.facts.receipts.add(row.sequence, Receipt.model_validate(body), at_ms)
        if kind == JOURNAL_RESTORED:
            self._restored.append(range(body["first"], body["last"] + 1))
        if kind == ERASED:
            self.facts.erasures.append(body)
        if kind == PEER_PINNED:
            card = PeerPinned.model_validate(body).card
            self.facts.pinned[card.party] = card
        if kind == WITNESS_PINNED:
            witness = WitnessPinned.model_validate(body).card
            self.facts.witnesses[witness.name] = witness.public_key

    def _opening(self, envelope: Envelope) -> None:
        try:
            fault = self._keys.opened(envelope)
        except ValidationError:
            fault = "the first entry holds no valid card"
        if fault is not None:
            self._wrong(5, fault, 0)

    def checkpoint(self, note: str, filed: int | None = None) -> None:
        """Check a checkpoint of what has been given so far. filed: the size a folder files it under."""
        # 8. Every checkpoint is the party's, and of what is held.
        self.report.counted(8)
        try:
            text, _ = split_note(note)
            size = int(text.split("\n")[1]) if filed is None else filed
            found, _ = open_by_any(note, self.verdict.origin, self._keys.chain.signed_by(size))
        except (TrustError, ValueError, IndexError) as error:
            said = "a checkpoint" if filed is None else f"the checkpoint of {counted_entries(filed)}"
            self._wrong(8, f"{said}: {error}")
            return
        at = f"the checkpoint of {counted_entries(size)}"
        if found.size != size:
            self._wrong(8, f"{at} is filed as something else")
        elif found.size > self.facts.size:
            self._wrong(8, f"{at} is there, entry {found.size - 1} is not: the end is missing")
        elif self._tree.root(found.size) != found.root:
            self._wrong(8, f"{at} is not of the entries there are", max(found.size - 1, 0))
        # 11. It is cosigned by those who were pinned, and by nobody else.
        elif self._cosigners is None:
            self.facts.notes.append((size, note))
        else:
            cosigned(self.report, self.facts, size, note, self._cosigners)

    def checkpoint_so_far(self, note: str) -> None:
        """The same where later entries may still name the key that signed it."""
        try:
            _, signatures = split_note(note)
            known = {(self.verdict.origin, one) for one in self._keys.hashes()}
            if not known & {(one.name, one.key_hash) for one in signatures}:
                self._later.append((self.facts.size, note))
                return
        except TrustError:
            pass  # named below
        self.checkpoint(note)

    def end(self, nodes: Iterable[tuple[int, bytes]] | None = None) -> JournalFacts:
        """Checks after the last row: size and head as filed, the stored Merkle tree (None: a bundle)."""
        row, facts = self.facts.row, self.facts
        for _, note in self._later:
            self.checkpoint(note)
        self.verdict.head = self._head.hex()
        # 1, 5. The key is one, and it is where the rotations led.
        try:
            self.verdict.fingerprint = self._keys.fingerprint
        except TrustError as error:
            if self._filed or facts.size:
                self._wrong(1, f"its key is none ({error})")
        fault = self._keys.end_fault()
        if fault is not None and len(facts.heads):
            self._wrong(5, fault)
        # 1. As many entries as are announced, ending at the head that is announced.
        if row.size != len(facts.heads):
            says = "the folder" if self._filed else "the bundle"
            self._wrong(1, f"{says} says {counted_entries(row.size)}, {len(facts.heads)} are there")
        if row.head != self._head:
            self._wrong(2, "the head on file is not that of the last entry")
        # 1. Our own are never sealed, but for those that were lost and came back so, on the record.
        for sequence in sorted(facts.sealed) if self.verdict.own else ():
            if sequence and not any(sequence in lost for lost in self._restored):
                self._wrong(1, "its envelope is missing", sequence)
        # 2. The stored Merkle tree is that of the leaves (if they are wrong, so is it: named once).
        if nodes is not None:
            self._stored_tree(nodes)
        return facts

    def _stored_tree(self, nodes: Iterable[tuple[int, bytes]]) -> None:
        if self.verdict.wrong:
            return
        stored = iter(nodes)
        for level, place, value in self._tree.inner_nodes():
            if next(stored, None) != (node_number(level, place), value):
                what = f"a stored node of the Merkle tree over it (level {level}) is wrong"
                self._wrong(2, what, place << level)
                return
        if next(stored, None) is not None:
            self._wrong(2, "the stored Merkle tree has nodes over entries that are not there")


def _misplaced(sequence: int, expected: int) -> str:
    """What is wrong with an entry that stands where another one belongs."""
    if sequence < expected:
        return f"it stands behind entry {expected - 1}: out of its order, or a second time"
    if sequence == expected + 1:
        return f"entry {expected} is missing before it"
    return f"entries {expected} to {sequence - 1} are missing before it"


def cosigned(
    report: Report, facts: JournalFacts, size: int, note: str, cosigners: Mapping[str, Cosigner]
) -> None:
    """Check 11 for one checkpoint: who cosigned it."""
    report.counted(COSIGNATURES)
    try:
        text, signatures = split_note(note)
        keys = facts.keys.chain.keys
        origin = facts.row.origin
        for one in check_cosignatures(
            text, signatures, size=size, origin=origin, keys=keys, cosigners=cosigners
        ):
            facts.verdict.cosigned_by(one)
    except TrustError as error:
        report.wrong(COSIGNATURES, f"the checkpoint of {counted_entries(size)}: {error}", facts.verdict)
