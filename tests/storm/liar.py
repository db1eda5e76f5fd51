"""A party that lies: it has its own true key, and sends what no honest node would.

Its batches go to a peer past its own node's code, and nothing of them may be held, receipted or cosigned.
What it says about its own journal is believed by nobody here; what it makes others do is what counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from skyaccord.record.chain import SALT_BYTES, leaf_hash
from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint
from skyaccord.record.envelope import Header, seal
from skyaccord.record.hot import read_end
from skyaccord.record.journals import journal_info, write_entry
from skyaccord.record.keys import PartyKey
from skyaccord.record.tree import Grown
from skyaccord.record.wire import Batch, WireEntry
from tests.storm.node import Machine

Entries = list[WireEntry]


@dataclass
class Liar:
    """What a liar knows: its own node, the peer it lies to, and how much of its journal that peer holds."""

    machine: Machine
    peer: Machine
    byte: int  # drawn by the world, so that a seed stays one storm

    @property
    def key(self) -> Any:
        return self.machine.journal.key

    @property
    def held(self) -> int:
        return self.peer.end_of(self.machine.origin)[0]

    def head(self, size: int) -> bytes:
        return self.machine.head_at(self.machine.origin, size) or bytes(32)

    def entry(self, sequence: int, previous: bytes, *, key: Any = None, **header: Any) -> WireEntry:
        """A signed entry for this place that is not in the liar's own journal."""
        now = self.machine.clock.now()
        fields = {
            "origin": self.machine.origin, "sequence": sequence, "previous": previous.hex(), "kind": "note",
            "accord": None, "recipients": ["*"], "sky_time": now, "recorded_at": now, "exercise": True,
        }  # fmt: skip
        data = seal(Header(**{**fields, **header}), {"lie": self.byte}, key or self.key)
        return wire(sequence, data)

    def true_entries(self) -> Entries:
        """What the peer does not hold yet, as it is."""
        return [
            WireEntry(
                sequence=entry.sequence,
                leaf=entry.leaf.hex(),
                salt=None if entry.salt is None else entry.salt.hex(),
                envelope=None if entry.data is None else entry.data.decode(),
            )
            for entry in self.machine.journal.entries(after=self.held - 1, limit=3)
        ]

    def batch(self, entries: Entries, *, root: bytes | None = None, kept: int | None = None) -> bytes:
        """A batch of these after the first `kept` entries that the peer holds, under a checkpoint of them."""
        kept = self.held if kept is None else kept
        with self.peer.store.reading() as connection:
            tree = Grown(
                connection, self.machine.origin, kept, [bytes.fromhex(entry.leaf) for entry in entries]
            )
            found = Checkpoint(self.machine.origin, tree.size, root or tree.root(tree.size))
        return Batch.model_validate(
            {
                "from": self.machine.origin,
                "checkpoint": sign_checkpoint(found, self.key),
                "entries": [entry.model_dump() for entry in entries],
            }
        ).dumps()


def wire(sequence: int, data: bytes) -> WireEntry:
    salt = bytes(SALT_BYTES)
    return WireEntry(
        sequence=sequence, leaf=leaf_hash(salt, data).hex(), salt=salt.hex(), envelope=data.decode()
    )


def wrong_root(liar: Liar) -> bytes | None:
    """True entries under a checkpoint that is not theirs."""
    entries = liar.true_entries()
    return liar.batch(entries, root=bytes([liar.byte]) * 32) if entries else None


def wrong_heartbeat(liar: Liar) -> bytes | None:
    """Nothing new, and another root over what the peer holds."""
    return liar.batch([], root=bytes([liar.byte]) * 32)


def second_history(liar: Liar) -> bytes | None:
    """Another entry for a place that the peer holds already."""
    kept = liar.held - 1
    return liar.batch([liar.entry(kept, liar.head(kept))], kept=kept) if kept > 0 else None


def other_head(liar: Liar) -> bytes | None:
    """The next entry, continuing something else than what the peer holds."""
    return liar.batch([liar.entry(liar.held, bytes([liar.byte]) * 32)])


def other_key(liar: Liar) -> bytes | None:
    """The next entry, signed by somebody else."""
    key = PartyKey.generate(liar.machine._randomness)
    return liar.batch([liar.entry(liar.held, liar.head(liar.held), key=key)])


def other_journal(liar: Liar) -> bytes | None:
    """An entry of the peer's own journal, as if it were the liar's next."""
    own = liar.peer.journal.entry(liar.peer.origin, 0)
    assert own is not None
    assert own.data is not None
    return liar.batch([wire(liar.held, own.data)])


def half_true(liar: Liar) -> bytes | None:
    """True entries, and a last one by somebody else: nothing of it may stay."""
    entries = liar.true_entries()
    if not entries:
        return None
    place = liar.held + len(entries)
    key = PartyKey.generate(liar.machine._randomness)
    return liar.batch([*entries, liar.entry(place, liar.head(place), key=key)])


LIES: tuple[Callable[[Liar], bytes | None], ...] = (
    wrong_root, wrong_heartbeat, second_history, other_head, other_key, other_journal, half_true,
)  # fmt: skip


def forge_past_own_node(machine: Machine, statement: dict[str, Any]) -> None:
    """Write an acknowledgement that no person signed into the liar's own journal, past every check of its
    node: it is properly enveloped, chained and signed, and travels like any other entry."""
    with machine.store.writing() as connection:
        info = journal_info(connection, machine.origin)
        end = read_end(connection, machine.origin)
        now = machine.clock.now()
        header = Header(
            origin=machine.origin, sequence=end.size, previous=end.head.hex(), kind="acknowledgement",
            accord=None, recipients=["*"], sky_time=now, recorded_at=now, exercise=True,
        )  # fmt: skip
        data, salt = seal(header, {"statement": statement}, machine.journal.key), bytes(SALT_BYTES)
        write_entry(
            connection, info, leaf=leaf_hash(salt, data), salt=salt, data=data, kind="acknowledgement"
        )
