"""Bugs planted on purpose: the storm must find each of them, or it proves nothing.

python -m tests.storm.mutations [NAME…]       the first seed that finds each, and what it says
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

from sqlalchemy.dialects.sqlite import insert

from skyaccord.record import behind, hot, journal, link, replica, schema, standing, store
from skyaccord.record.envelope import read_envelope
from skyaccord.record.hot import driver
from tests.storm.run import SEEDS, run_seed
from tests.storm.template import parties
from tests.storm.world import NODES

Planted = contextlib.AbstractContextManager[Any]


def _unsynced() -> Planted:
    real = store._prepare_connection

    def prepare(connection: Any, record: Any) -> None:
        real(connection, record)
        connection.execute("PRAGMA synchronous = NORMAL").close()

    return patch.object(store, "_prepare_connection", prepare)


@contextlib.contextmanager
def _no_behind_check() -> Iterator[None]:
    with (
        patch("tests.storm.node.recall", lambda _: None),
        patch("tests.storm.world.recall", lambda _: None),
        patch.object(link, "take_shown", lambda *_: None),
    ):
        yield


def _memory_goes_back() -> Planted:
    return patch.object(link, "remember", lambda folder, _, note: standing.write_memory(folder, note))


def _memory_not_read() -> Planted:
    return patch.object(behind, "read_memory", lambda _: None)


def _nothing(*_: Any) -> None:
    return None


def _no_rotations_told() -> Planted:
    return patch.multiple(
        "skyaccord.record.link", rotations_from=lambda *_: None, keep_announced=lambda *_: None
    )


def _taken_again() -> Planted:
    """Every entry of a batch is taken, held or not."""
    real = link.Incoming._store

    def store_all(self: Any, connection: Any, info: Any, batch: Any, *more: Any) -> None:
        now = self.journal.clock.now()
        if batch.entries and batch.entries[0].sequence < info.size:
            enrolments, keys = (
                link.enrolments_of(connection, info.origin),
                link.keys_of(connection, info.origin),
            )
            for wire in batch.entries:
                joined, today = link.Joined(connection, info.origin), link.Today(connection, info.origin, now)
                again = link.Again(connection, self.journal.origin, info)
                link.take(
                    connection, self.journal, info, wire, enrolments,
                    keys=keys, joined=joined, today=today, again=again, sent_at=now,
                )  # fmt: skip
        real(self, connection, info, batch, *more)

    return patch.object(link.Incoming, "_store", store_all)


@contextlib.contextmanager
def _sent_is_held() -> Iterator[None]:
    """What was sent counts as held, whatever the answer says."""
    real = link.Outgoing.batch

    def batch(self: Any, first: int | None = None) -> Any:
        found = real(self, first)
        if found.entries:
            held = found.entries[-1].sequence + 1
            with self.journal.store.writing() as connection:
                row = insert(schema.cursors).values(party=self.peer, held=held)
                connection.execute(row.on_conflict_do_update(index_elements=["party"], set_={"held": held}))
        return found

    def answered(self: Any, _: Any) -> bool:
        return bool(self.outbox() == 0)

    with patch.object(link.Outgoing, "batch", batch), patch.object(link.Outgoing, "answered", answered):
        yield


def _receipts_receipted() -> Planted:
    return patch.object(link, "RECEIPT", "none")


def _cosign_unchecked() -> Planted:
    return patch.object(link, "check_checkpoint", lambda *_: None)


@contextlib.contextmanager
def _statements_unchecked() -> Iterator[None]:
    with (
        patch.object(journal, "statement_fault", lambda *_: None),
        patch.object(replica, "statement_fault", lambda *_: None),
    ):
        yield


@contextlib.contextmanager
def _two_transactions() -> Iterator[None]:
    """The entry is committed before the head of its journal."""
    real = hot.write_rows

    def write_rows(connection: Any, origin: str, size: int, head: bytes, rows: Any, **more: Any) -> Any:
        raw = driver(connection)
        kept = list(rows)
        found = real(connection, origin, size, head, kept, **more)
        move = "UPDATE journals SET size = ?, head = ? WHERE origin = ?"
        raw.execute(move, (size, head, origin))
        raw.commit()
        raw.execute("BEGIN IMMEDIATE")
        end = found[-1]
        raw.execute(
            "UPDATE journals SET size = ?, head = ? WHERE origin = ?", (end.sequence + 1, end.head, origin)
        )
        return found

    with patch("skyaccord.record.journals.write_rows", write_rows):
        yield


def _rotation_not_announced() -> Planted:
    real = link.Outgoing.batch

    def batch(self: Any, first: int | None = None) -> Any:
        return real(self, first).model_copy(update={"rotations": None})

    return patch.object(link.Outgoing, "batch", batch)


class _Anything(bytes):
    """A head that equals every other."""

    __hash__ = bytes.__hash__

    def __eq__(self, other: object) -> bool:
        return True


def _edge_of_any_head() -> Planted:
    """The tree's edge is used for whatever the journal has become since."""
    real = hot._Edge
    return patch.object(hot, "_Edge", lambda head, waiting: real(_Anything(head), waiting))


def _signature_unchecked() -> Planted:
    return patch.object(replica, "open_envelope", lambda data, *_: read_envelope(data))


def _place_unchecked() -> Planted:
    return patch.object(replica, "place_fault", lambda *_: None)


def _peers_word_taken() -> Planted:
    return patch.object(replica, "statement_fault", lambda *_: None)


def _last_entry_lost() -> Planted:
    """The last entry of a batch is answered as held, and is not: a copy one short."""
    real = link._answer

    def answer(connection: Any, batch: Any, reason: str | None = None) -> Any:
        found = real(connection, batch, reason)
        return found.model_copy(update={"held": found.held + 1}) if len(batch.entries) > 1 else found

    return patch.object(link, "_answer", answer)


def _own_clock_decides() -> Planted:
    real = replica.future_fault
    return patch.object(replica, "future_fault", lambda header, now, _: real(header, now, now))


def _behind_unnoticed() -> Planted:
    return patch.object(behind, "fault_of", lambda *_: None)


MUTATIONS: dict[str, tuple[str, Callable[[], Planted]]] = {
    "answer-before-sync": ("a commit returns before it is on the disk", _unsynced),
    "no-behind-check": ("nothing is compared after a start", _no_behind_check),
    "memory-goes-back": ("a late answer overwrites a newer memory", _memory_goes_back),
    "memory-not-read": ("the file beside the store is not looked at", _memory_not_read),
    "rotations-not-told": ("a peer keeps our changes of key to itself", _no_rotations_told),
    "taken-again": ("an entry that is held is inserted again", _taken_again),
    "sent-is-held": ("the cursor moves when a batch is sent", _sent_is_held),
    "receipts-receipted": ("a receipt is answered by a receipt", _receipts_receipted),
    "cosign-unchecked": ("a checkpoint is cosigned without being checked", _cosign_unchecked),
    "statements-unchecked": ("an acknowledgement counts without its signature", _statements_unchecked),
    "two-transactions": ("entry and head are committed apart", _two_transactions),
    "rotation-not-announced": ("a batch by a new key does not say so", _rotation_not_announced),
    "edge-of-any-head": ("the edge of the tree is kept over a rollback", _edge_of_any_head),
    "signature-unchecked": ("an entry is taken without its signature being checked", _signature_unchecked),
    "place-unchecked": ("an entry is taken that continues something else", _place_unchecked),
    "peers-word-taken": ("a peer's acknowledgement is taken at its word", _peers_word_taken),
    "last-entry-lost": ("an answer says that more is held than is", _last_entry_lost),
    "own-clock-decides": ("a date is refused for good though our own clock may be wrong", _own_clock_decides),
    "behind-unnoticed": ("what is remembered is not compared with", _behind_unnoticed),
}


def hunt(name: str, seeds: range) -> tuple[int, str] | None:
    """The first of these seeds that finds the planted bug, and what it says."""
    for count in NODES:  # honest parties have met before the bug comes
        parties(count, met=True)
        parties(count, met=False)
    with MUTATIONS[name][1]():
        for seed in seeds:
            violation = run_seed(seed).violation
            if violation is not None:
                return seed, str(violation)
    return None


def main(names: list[str]) -> int:
    """Hunt each; exit code 1 if one is not found."""
    missed = 0
    for name in names or list(MUTATIONS):
        found = hunt(name, range(SEEDS))
        missed += found is None
        print(f"{name}: {'NOT FOUND' if found is None else f'seed {found[0]}: {found[1]}'}", flush=True)  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
