"""What is kept when a peer signs two histories: what it sent, and, where it can be had, a proof that needs
nothing else (`fork.py`), in the store and as a file beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from skyaccord.base.errors import InputError, RefusedError
from skyaccord.base.times import format_utc
from skyaccord.record import schema
from skyaccord.record.changes import announced
from skyaccord.record.checkpoint import Checkpoint, key_hash
from skyaccord.record.cosign import bare_note
from skyaccord.record.entries import read_entries, read_entry
from skyaccord.record.envelope import ROOT_KINDS
from skyaccord.record.fork import FORMAT, LEAVES_MAX, PROOF_BYTES_MAX, ForkProof, verify_fork_proof
from skyaccord.record.fork_keys import Signers, chain_of_file
from skyaccord.record.journal import Journal
from skyaccord.record.journals import JournalInfo, journal_info
from skyaccord.record.keychain import KeyChain
from skyaccord.record.keys import write_new_file
from skyaccord.record.kinds import NodeOpened
from skyaccord.record.tree import Grown, prove_consistency, prove_inclusion, tree_root
from skyaccord.record.wire import Batch, WireEntry

EVIDENCE_ROWS_MAX: Final = 100  # a journal; one row proves the point, a flood of them fills a disk
FORKS_FOLDER: Final = "forks"


class ForkError(RefusedError):
    """The peer signed two histories. Carries what proves it, to be kept."""

    def __init__(self, what: str, *, sequence: int, leaf: bytes, entry: WireEntry | None) -> None:
        super().__init__(what)
        self.sequence = sequence
        self.leaf = leaf
        self.entry = entry


@dataclass(frozen=True)
class Fork:
    """Evidence as kept: at `sequence` the party signed `leaf` as well as what we hold.

    signed: the checkpoint that came with it. proof: the self-contained proof's bytes, if there is one.
    """

    origin: str
    sequence: int
    leaf: bytes
    reason: str
    recorded_at: str
    signed: str
    proof: bytes | None


def keep_evidence(journal: Journal, batch: Batch, fork: ForkError) -> None:
    """Store what proves a fork, and write its proof file; the same proof again changes nothing."""
    entry, now = fork.entry, journal.clock.now()
    with journal.store.writing() as connection:
        kept = connection.execute(
            select(func.count()).select_from(schema.evidence).where(schema.evidence.c.origin == batch.origin)
        ).scalar_one()
        if kept >= EVIDENCE_ROWS_MAX:
            return
        proof = prove_fork(connection, journal_info(connection, batch.origin), batch, fork, now)
        row = insert(schema.evidence).values(
            origin=batch.origin,
            sequence=fork.sequence,
            leaf=fork.leaf,
            reason=fork.what,
            recorded_at=format_utc(now),
            signed=batch.checkpoint,
            salt=None if entry is None or entry.salt is None else bytes.fromhex(entry.salt),
            envelope=None if entry is None or entry.envelope is None else entry.envelope.encode("utf-8"),
            proof=None if proof is None else proof.decode(),
        )
        fresh = connection.execute(row.on_conflict_do_nothing()).rowcount == 1
    if fresh and proof is not None:
        write_proof(Path(journal.store.where).parent, batch.origin, proof)


def write_proof(folder: Path, origin: str, proof: bytes) -> Path | None:
    """Write the proof into the folder's `forks`. None if it cannot be written: the store has it as well."""
    name = f"{origin.split('/')[1]}-{hashlib.sha256(proof).hexdigest()[:16]}.json"
    path = folder / FORKS_FOLDER / name
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_new_file(path, proof, mode=0o644)
    except (OSError, InputError):
        return None
    return path


def forks(journal: Journal) -> list[Fork]:
    """The kept proofs that peers forked their journals."""
    table = schema.evidence
    query = select(
        table.c.origin,
        table.c.sequence,
        table.c.leaf,
        table.c.reason,
        table.c.recorded_at,
        table.c.signed,
        table.c.proof,
    ).order_by(table.c.origin, table.c.sequence)
    with journal.store.reading() as connection:
        return [
            Fork(*row[:-1], None if row.proof is None else row.proof.encode())
            for row in connection.execute(query)
        ]


def prove_fork(
    connection: Connection, info: JournalInfo, batch: Batch, fork: ForkError, at: datetime
) -> bytes | None:
    """The file that proves this fork by itself, checked; None if what was signed does not suffice for one."""
    try:
        known = _known_keys(connection, info, batch)
        signers = Signers(info.origin, chain_of_file(info.origin, **known))
        fields = (
            _by_checkpoints(connection, info, batch, signers)
            or _by_entries(connection, info, fork)
            or _by_entry(connection, info, fork, signers)
        )
    except RefusedError:
        return None
    if fields is None:
        return None
    proof = ForkProof.model_validate(
        {
            "format": FORMAT,
            "party": info.party,
            "origin": info.origin,
            "says": fork.what[:500],
            "found_at": at,
            **known,
            **fields,
        }
    ).dumps()
    if len(proof) > PROOF_BYTES_MAX:
        return None
    try:
        verify_fork_proof(proof)
    except RefusedError:
        return None  # it was noise on the way after all
    return proof


def _known_keys(connection: Connection, info: JournalInfo, batch: Batch) -> dict[str, Any]:
    """`public_key`, `card` and `rotations` of the file: the first card and what changed the key since, held
    or brought along. Without a first card that names a root key: the one key there is."""
    opening = read_entry(connection, info.origin, 0)
    card = None
    if opening is not None and opening.envelope is not None and opening.refused is None:
        card = NodeOpened.model_validate(opening.body).card
    if card is None or card.root_key is None:
        return {"public_key": info.public_key, "card": None, "rotations": []}
    chain, rotations = KeyChain(card.public_key, card.root_key), []
    held = [
        entry.data.decode()
        for entry in read_entries(connection, info.origin, kinds=tuple(sorted(ROOT_KINDS)))
        if entry.data is not None and entry.refused is None
    ]
    for text in (*held, *(batch.rotations or [])):
        try:
            longer = announced(chain, info.origin, [text])
        except RefusedError:
            continue  # of the other history, where the two part before it
        if len(longer.changes) > len(chain.changes):
            chain = longer
            rotations.append(text)
    return {"public_key": card.public_key, "card": card, "rotations": rotations}


def _by_checkpoints(
    connection: Connection, info: JournalInfo, batch: Batch, signers: Signers
) -> dict[str, Any] | None:
    try:
        new, signer = signers.checkpoint(batch.checkpoint)
    except RefusedError:
        return None
    said = bare_note(batch.checkpoint, info.origin, key_hash(info.origin, signer))
    same = _stored(connection, info, new.size, new.size)
    if same is not None:
        return {"proves": "two-checkpoints", "checkpoints": [_bare(same, signers), said]}
    later = _stored(connection, info, new.size + 1, info.size)
    if later is not None:
        held, _ = signers.checkpoint(later)
        return {
            "proves": "inconsistent-checkpoints",
            "checkpoints": [said, _bare(later, signers)],
            "prefix_root": tree_root(connection, info.origin, new.size).hex(),
            "proof": _hex(prove_consistency(connection, info.origin, new.size, held.size)),
        }
    return _by_larger(connection, info, batch, new, signers)


def _by_larger(
    connection: Connection, info: JournalInfo, batch: Batch, new: Checkpoint, signers: Signers
) -> dict[str, Any] | None:
    """The new checkpoint is larger than all held: the batch's own leaves show that it leaves one out."""
    if not batch.entries:
        return None
    first = batch.entries[0].sequence
    tree = Grown(connection, info.origin, first, [bytes.fromhex(entry.leaf) for entry in batch.entries])
    note = _stored(connection, info, max(first, 1), info.size)
    if first > info.size or note is None or tree.size != new.size or tree.root(new.size) != new.root:
        return None
    held, _ = signers.checkpoint(note)
    return {
        "proves": "inconsistent-checkpoints",
        "checkpoints": [_bare(note, signers), _bare(batch.checkpoint, signers)],
        "prefix_root": tree.root(held.size).hex(),
        "proof": _hex(tree.prove_consistency(held.size, new.size)),
    }


def _by_entries(connection: Connection, info: JournalInfo, fork: ForkError) -> dict[str, Any] | None:
    if fork.entry is None or fork.entry.envelope is None:
        return None
    held = read_entry(connection, info.origin, fork.entry.sequence)
    if held is None or held.data is None or held.data == fork.entry.envelope.encode("utf-8"):
        return None
    return {"proves": "two-entries", "entries": [held.data.decode(), fork.entry.envelope]}


def _by_entry(
    connection: Connection, info: JournalInfo, fork: ForkError, signers: Signers
) -> dict[str, Any] | None:
    """An envelope that does not continue the entries under a checkpoint that is held."""
    if fork.entry is None or fork.entry.envelope is None:
        return None
    end = fork.entry.sequence
    note = _stored(connection, info, end, info.size)
    if note is None:
        return None
    size = signers.checkpoint(note)[0].size
    leaves: list[dict[str, Any]] = []
    for sequence in range(end - 1, max(end - LEAVES_MAX, 0) - 1, -1):
        held = read_entry(connection, info.origin, sequence)
        if held is None:
            return None
        proof = _hex(prove_inclusion(connection, info.origin, sequence, size))
        leaves.insert(0, {"leaf": held.leaf.hex(), "proof": proof})
        if held.data is not None and held.salt is not None:
            return {
                "proves": "checkpoint-and-entry",
                "checkpoints": [_bare(note, signers)],
                "entries": [held.data.decode(), fork.entry.envelope],
                "salt": held.salt.hex(),
                "leaves": leaves,
            }
    return None


def _stored(connection: Connection, info: JournalInfo, low: int, high: int) -> str | None:
    """The newest checkpoint of this journal on file with a size from `low` to `high`."""
    table = schema.checkpoints
    return connection.execute(
        select(table.c.note)
        .where(table.c.origin == info.origin, table.c.size.between(low, high))
        .order_by(table.c.size.desc())
        .limit(1)
    ).scalar_one_or_none()


def _bare(note: str, signers: Signers) -> str:
    _, signer = signers.checkpoint(note)
    return bare_note(note, signers.origin, key_hash(signers.origin, signer))


def _hex(hashes: list[bytes]) -> list[str]:
    return [item.hex() for item in hashes]
