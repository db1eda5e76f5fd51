"""What befalls one machine, whether the weather draws it or a bad day leads to it."""

from __future__ import annotations

from typing import Any

from skyaccord.record.entries import Entry
from skyaccord.record.fields import EntryRef
from skyaccord.record.keys import PartyKey, PersonKey
from skyaccord.record.rotation import rotate_key
from skyaccord.record.statement import sign_statement
from tests.storm.node import Backup, Machine
from tests.storm.template import ROLE
from tests.storm.world import World


def back_up(world: World, machine: Machine) -> None:
    """Copy its folder."""
    machine.back_up(world.truth.known[machine.origin])
    world.say(f"{machine.name}: backed up at {machine.journal.size()} entries")


def put_back(world: World, machine: Machine, backup: Backup, *, whole: bool) -> None:
    """Its disk is replaced by a copy. whole: the file beside the store, too."""
    machine.restore(backup, whole=whole)
    world.truth.restored_from(machine.name, machine.origin)
    if whole:
        world.truth.known[machine.origin] = backup.known
    world.say(f"{machine.name}: restored from a backup, {'whole' if whole else 'the database alone'}")


def cut_off(world: World, machine: Machine) -> None:
    """No line of it is whole, and it is started: what it remembers is all it knows."""
    world.cut |= {frozenset((machine.name, peer)) for peer in (*machine.peers, "W")}
    world.say(f"{machine.name}: cut off")
    world.start(machine)
    world.contact_ends(machine)


def signed(machine: Machine, key: PersonKey, of: EntryRef) -> dict[str, Any]:
    """An acknowledgement of this entry with somebody's key, in the name of the machine's officer."""
    payload = {
        "act": "acknowledge", "party": machine.name, "role": ROLE, "at": machine.clock.now(),
        "accord": None, "exercise": True, "automatic": False, "of": of.model_dump(mode="json"),
    }  # fmt: skip
    return sign_statement(payload, key)


def acknowledge(world: World, machine: Machine, entry: Entry) -> None:
    """Its officer acknowledges an entry of a peer."""
    dsse = signed(machine, machine.person, entry.ref)
    world.truth.acknowledged.add((machine.name, entry.origin, entry.sequence))
    world.do(
        machine,
        f"its officer acknowledges {entry.name}",
        lambda: machine.journal.append_statement("acknowledgement", dsse, recipients=["*"]),
    )


def rotate(world: World, machine: Machine) -> None:
    """Its key is replaced, and it is started again with the new one."""
    new = PartyKey.generate(machine._randomness)
    machine.keys.append(new)
    world.do(
        machine,
        "its key is replaced",
        lambda: rotate_key(machine.journal, machine.root, new, machine.card_now()),
    )
    if machine.state == "up":
        machine.stop()
        world.start(machine)
