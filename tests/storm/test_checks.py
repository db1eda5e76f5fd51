"""Each invariant is really looked at: what held no longer holds once one thing is changed on one disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from skyaccord.record.checkpoint import Checkpoint, sign_checkpoint
from skyaccord.record.hot import driver
from skyaccord.record.journals import journal_info
from tests.storm.checks import calm, check, survivors
from tests.storm.liar import forge_past_own_node
from tests.storm.node import Machine
from tests.storm.troubles import signed
from tests.storm.truth import Violation
from tests.storm.weather import Weather
from tests.storm.world import World

SEED = 3


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two or more nodes that have talked and are at rest; nothing is wrong."""
    found = World(tmp_path, SEED)
    found.crash_share = 0.0
    machines = list(found.machines.values())
    for machine in machines:
        for number in range(3):
            found.do(
                machine,
                "says",
                lambda m=machine, n=number: m.journal.append("note", {"n": n}, recipients=["*"]),
            )
    for machine in machines:
        for peer in machine.peers:
            found.exchange(machine, peer)
    officer_acknowledges(found)
    calm(found)
    check(found, survivors(found))
    yield found
    found.close()


def officer_acknowledges(world: World) -> None:
    """One entry of a peer's, by the officer who is enrolled."""
    weather = Weather(world)
    before = len(world.truth.acknowledged)
    for _ in range(50):
        weather._acknowledge()
        if len(world.truth.acknowledged) > before:
            return
    raise AssertionError("nobody acknowledges")


def pair(world: World) -> tuple[Machine, Machine]:
    first, second, *_ = world.machines.values()
    return first, second


def run(machine: Machine, statement: str, *values: object) -> None:
    with machine.store.writing() as connection:
        changed = driver(connection).execute(statement, values).rowcount
    assert changed >= 1, "nothing was changed"


def an_entry_less_in_the_copy(world: World) -> None:
    a, b = pair(world)
    size = b.end_of(a.origin)[0]
    run(b, "DELETE FROM entries WHERE origin = ? AND sequence = ?", a.origin, size - 1)


def an_entry_twice_in_the_copy(world: World) -> None:
    a, b = pair(world)
    size, _ = b.end_of(a.origin)
    copy = (
        "INSERT INTO entries (origin, sequence, leaf, head, salt, envelope, kind, refused) "
        "SELECT origin, ?, leaf, head, salt, envelope, kind, refused FROM entries "
        "WHERE origin = ? AND sequence = ?"
    )
    run(b, copy, size, a.origin, size - 1)


def another_entry_in_the_copy(world: World) -> None:
    a, b = pair(world)
    run(b, "UPDATE entries SET leaf = zeroblob(32), salt = NULL, envelope = NULL, kind = NULL "
        "WHERE origin = ? AND sequence = 2", a.origin)  # fmt: skip


def an_entry_less_in_the_journal(world: World) -> None:
    a, _ = pair(world)
    run(a, "DELETE FROM entries WHERE origin = ? AND sequence = 1", a.origin)


def a_second_checkpoint_of_one_size(world: World) -> None:
    a, _ = pair(world)
    world.truth.checkpoint(sign_checkpoint(Checkpoint(a.origin, 2, bytes(32)), a.journal.key))


def a_checkpoint_of_what_was_never_written(world: World) -> None:
    a, _ = pair(world)
    size, _ = a.end_of(a.origin)
    world.truth.checkpoint(sign_checkpoint(Checkpoint(a.origin, size + 1, bytes(32)), a.journal.key))


def a_checkpoint_of_nothing_held_cosigned(world: World) -> None:
    a, b = pair(world)
    note = sign_checkpoint(Checkpoint(a.origin, 2, bytes(32)), a.journal.key)
    run(b, "INSERT INTO checkpoints (origin, size, note) VALUES (?, 2, ?) "
        "ON CONFLICT (origin, size) DO UPDATE SET note = excluded.note", a.origin, note)  # fmt: skip


def an_acknowledgement_nobody_signed(world: World) -> None:
    a, b = pair(world)
    of = a.journal.entry(b.origin, 0)
    assert of is not None
    forge_past_own_node(a, signed(a, a.forger, of.ref))


def an_acknowledgement_of_something_else(world: World) -> None:
    """It shows, it is signed; but the officer never acknowledged this one."""
    world.truth.acknowledged.clear()


def an_honest_party_accused(world: World) -> None:
    a, b = pair(world)
    with b.store.reading() as connection:
        head = journal_info(connection, a.origin).head
    run(b, "INSERT INTO evidence (origin, sequence, leaf, reason, recorded_at, signed) "
        "VALUES (?, 1, ?, 'invented', '2025-01-01T00:00:00Z', 'x')", a.origin, head)  # fmt: skip


def a_node_that_stays_stopped(world: World) -> None:
    a, _ = pair(world)
    run(a, "UPDATE journals SET halted = 'for no reason' WHERE own = 1")


CHANGES: dict[Callable[[World], None], str] = {
    an_entry_less_in_the_copy: "holds [0-9]+ entries of .*, or other ones",
    an_entry_twice_in_the_copy: "holds [0-9]+ entries of .*, or other ones",
    another_entry_in_the_copy: "or other ones",
    an_entry_less_in_the_journal: "has a gap",
    a_second_checkpoint_of_one_size: "checkpoints of 2 entries of .* differ|is not of its entries",
    a_checkpoint_of_what_was_never_written: "signed a checkpoint of [0-9]+ entries and has",
    a_checkpoint_of_nothing_held_cosigned: "cosigned 2 entries of .* that it does not hold",
    an_acknowledgement_nobody_signed: "acknowledgement that does not count|entries of .*, or other ones",
    an_acknowledgement_of_something_else: "nobody did",
    an_honest_party_accused: "accuses .* of a fork",
    a_node_that_stays_stopped: "does not come back",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_it_is_found(world: World, change: Callable[[World], None]) -> None:
    alive = survivors(world)
    change(world)
    with pytest.raises(Violation, match=CHANGES[change]):
        check(world, alive)
